"""Errors: they stay, they are announced, and what helps is one key away."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.support.shown import HOSTILE, NARROW, flaws, shown
from ui.error_text import ErrorText, Remedy
from ui.widgets.buttons import Button
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.fields import TextField

MISSING = ErrorText(
    "A permission is missing",
    "You may not call iam:CreateRole.",
    "Ask for the permission.",
    "code: permission_missing\nrequest_id: 6f1c",
    Remedy.RETRY,
)


def with_remedy(remedy: Remedy) -> ErrorText:
    return ErrorText(MISSING.title, MISSING.sentence, MISSING.fix, MISSING.details, remedy)


def button(panel: ErrorPanel, text: str) -> Button:
    return next(button for button in panel.findChildren(Button) if button.text() == text)


def buttons(panel: ErrorPanel) -> list[str]:
    return [button.text() for button in panel.findChildren(Button) if button.isVisible()]


def test_it_says_what_why_and_what_helps(qtbot: QtBot) -> None:
    panel = ErrorPanel(MISSING)
    shown(qtbot, panel)
    said = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert said == [MISSING.title, MISSING.sentence, MISSING.fix]
    assert panel.accessibleName() == "Error: A permission is missing"
    assert panel.accessibleDescription() == "You may not call iam:CreateRole. Ask for the permission."


def test_it_takes_the_focus_and_the_next_key_is_the_remedy(qtbot: QtBot) -> None:
    panel, field = ErrorPanel(), TextField("Typed before", "kept")
    panel.hide()
    shown(qtbot, panel, field)
    field.setFocus()
    panel.show_error(MISSING)
    assert panel.hasFocus()
    QTest.keyClick(panel, Qt.Key.Key_Tab)
    assert button(panel, "Retry").hasFocus()
    with qtbot.waitSignal(panel.retry):
        QTest.keyClick(button(panel, "Retry"), Qt.Key.Key_Space)
    assert panel.isVisible()
    assert field.text() == "kept"


def test_it_is_announced(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("ui.widgets.error_panel.alert", lambda _panel, message: told.append(message))
    panel = ErrorPanel()
    shown(qtbot, panel)
    panel.show_error(MISSING)
    assert told == ["A permission is missing. You may not call iam:CreateRole. Ask for the permission."]


@pytest.mark.parametrize(
    ("remedy", "offered"),
    [
        (Remedy.RETRY, ["Retry"]),
        (Remedy.SIGN_IN, ["Sign in again"]),
        (Remedy.INVITATION, ["Open an invitation"]),
        (Remedy.NONE, []),
    ],
)
def test_each_remedy_has_its_button(qtbot: QtBot, remedy: Remedy, offered: list[str]) -> None:
    panel = ErrorPanel(with_remedy(remedy))
    shown(qtbot, panel)
    assert buttons(panel) == [*offered, "Show details", "Copy details"]
    if remedy in {Remedy.SIGN_IN, Remedy.INVITATION}:
        with qtbot.waitSignal(panel.action) as told:
            QTest.mouseClick(button(panel, offered[0]), Qt.MouseButton.LeftButton)
        assert told.args == [remedy]


def test_retry_is_offered_only_where_there_is_something_to_repeat(qtbot: QtBot) -> None:
    panel = ErrorPanel()
    shown(qtbot, panel)
    panel.show_error(MISSING, can_retry=False)
    assert "Retry" not in buttons(panel)
    panel.show_error(with_remedy(Remedy.SIGN_IN), can_retry=True)
    assert buttons(panel)[:2] == ["Retry", "Sign in again"]


def test_details_open_close_and_can_be_read_whole(qtbot: QtBot) -> None:
    panel = ErrorPanel(MISSING)
    window = shown(qtbot, panel)
    details = panel.findChild(QPlainTextEdit)
    assert not details.isVisible()
    QTest.mouseClick(button(panel, "Show details"), Qt.MouseButton.LeftButton)
    for width in (1100, NARROW, 360):
        window.fit(width)
        assert details.isVisible()
        assert details.verticalScrollBar().maximum() == 0
    assert details.isReadOnly()
    QTest.mouseClick(button(panel, "Hide details"), Qt.MouseButton.LeftButton)
    assert not details.isVisible()


def test_details_are_copied_with_the_words_that_were_shown(qtbot: QtBot) -> None:
    panel = ErrorPanel(MISSING)
    shown(qtbot, panel)
    QTest.mouseClick(button(panel, "Copy details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "\n".join(
        (MISSING.title, MISSING.sentence, MISSING.fix, "", MISSING.details)
    )


def test_another_error_takes_the_place_of_the_one_before(qtbot: QtBot) -> None:
    panel = ErrorPanel(MISSING)
    shown(qtbot, panel)
    QTest.mouseClick(button(panel, "Show details"), Qt.MouseButton.LeftButton)
    panel.show_error(ErrorText("You stopped this", "Stopped.", "", "", Remedy.NONE))
    assert [label.text() for label in panel.findChildren(QLabel) if label.isVisible()] == [
        "You stopped this",
        "Stopped.",
    ]
    assert buttons(panel) == ["Copy details"]
    assert panel.details() == ""


def test_nothing_is_cut_off_whatever_the_error_says(qtbot: QtBot) -> None:
    panel = ErrorPanel(ErrorText(HOSTILE[:90], HOSTILE[:300], HOSTILE[:120], HOSTILE[:400], Remedy.SIGN_IN))
    window = shown(qtbot, panel)
    assert "\x1b" not in panel.details()
    assert flaws(window) == []
    QTest.mouseClick(button(panel, "Show details"), Qt.MouseButton.LeftButton)
    assert flaws(window) == []
