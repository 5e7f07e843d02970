"""What a screen reader is told reaches Qt's bridge, in its urgency."""

import pytest
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.widgets.announce import alert, announce


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[QAccessibleEvent]:
    events: list[QAccessibleEvent] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", events.append)
    return events


def test_a_problem_waits_for_its_turn(qtbot: QtBot, told: list[QAccessibleEvent]) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    announce(label, "Nothing found")
    assert [event.type() for event in told] == [QAccessible.Event.Announcement]
    assert told[0].message() == "Nothing found"
    assert told[0].politeness() == QAccessible.AnnouncementPoliteness.Polite


def test_an_error_interrupts(qtbot: QtBot, told: list[QAccessibleEvent]) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    alert(label, "A permission is missing")
    assert [event.type() for event in told] == [QAccessible.Event.Alert, QAccessible.Event.Announcement]
    assert told[1].politeness() == QAccessible.AnnouncementPoliteness.Assertive
