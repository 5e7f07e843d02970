"""Copying says that it was done, and then offers itself again."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.shown import shown
from ui.widgets.copy_button import CopyButton


def test_it_copies_what_there_is_at_that_moment(qtbot: QtBot) -> None:
    lines = ["one"]
    button = CopyButton("the log", lambda: "\n".join(lines), rest=1)
    shown(qtbot, button)
    lines.append("two")
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "one\ntwo"
    assert button.text() == "Copied"
    assert button.accessibleName() == "Copy: the log"
    qtbot.waitUntil(lambda: button.text() == "Copy")
