"""The real window with its real pages on a desk without an AWS: shown, active, and pressed as a person does."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from installer.flow import Step
from tests.support.desk import FakeDesk
from tests.support.surveys import survey
from ui.app import build_window
from ui.memory import Memory
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.rail_item import RailButton
from ui.window import Window


def desk_without_aws(root: Path) -> FakeDesk:
    """One AWS profile, and an account with some networks in it."""
    desk = FakeDesk(root)
    desk.profiles = ("acme-admin",)
    desk.current_survey = survey()
    return desk


def opened(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, root: Path) -> Window:
    """The window, active, and not told yet where to begin."""
    window = build_window(desk, runner, Memory(root))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def visits(desk: FakeDesk) -> dict[Step | None, Callable[[], Visit]]:
    """For each step, a visit whose first unsettled step that is."""
    return {
        Step.INVITATION: Visit,
        Step.SIGN_IN: desk.invited,
        Step.PERMISSIONS: desk.signed_in,
        Step.CONNECT: desk.permitted,
        Step.NETWORK: desk.connected,
        Step.REVIEW: desk.networked,
        Step.INSTALL: desk.reviewed,
        None: desk.installed,
    }


def at(qtbot: QtBot, window: Window, desk: FakeDesk, step: Step | None) -> Window:
    """The window at that step, with everything read that the page reads by itself."""
    window.take_up(visits(desk)[step]())
    rest(qtbot, window)
    return window


def rest(qtbot: QtBot, window: Window) -> None:
    """Until nothing goes on any more."""
    qtbot.waitUntil(lambda: not window.page.busy and not window.runner.running)
    QApplication.processEvents()


def press(button: QAbstractButton) -> None:
    """A click, by somebody who sees the button and finds it enabled."""
    assert button.isVisible(), f"{button.text()} is not to be seen"
    assert button.isEnabled(), f"{button.text()} is disabled"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(8, 8))


def press_primary(qtbot: QtBot, window: Window) -> None:
    press(window.footer.primary_button)
    rest(qtbot, window)


def type_key(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """To whatever has the focus."""
    focus = QApplication.focusWidget()
    assert focus is not None, "nothing has the focus"
    QTest.keyClick(focus, key, modifiers)
    QApplication.processEvents()


def rail_item(window: Window, title: str) -> RailButton:
    return next(one for one in window.rail.findChildren(RailButton) if one.item.title == title and one.isVisible())


def stops_of_tab(window: Window) -> list[QWidget]:
    """Where Tab comes to, from where the focus is, until it comes there again."""
    stops: list[QWidget] = []
    while True:
        focus = QApplication.focusWidget()
        assert focus is not None, f"Tab loses the focus after {stops[-1:]}"
        if focus in stops:
            return stops
        stops.append(focus)
        assert len(stops) < 300, "Tab does not come round"
        type_key(Qt.Key.Key_Tab)
