"""The view of a document: its text as it is, numbers, search and Copy, all by keyboard."""

import json

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.shown import flaws, focus, shown
from ui.widgets.buttons import Button
from ui.widgets.code_text import MOST_HITS, CodeText
from ui.widgets.code_view import CodeView

POLICY = json.dumps({"Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}] * 12}, indent=2)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def code(view: CodeView) -> CodeText:
    return view.findChild(CodeText)


def button(view: QWidget, text: str) -> Button:
    return next(button for button in view.findChildren(Button) if button.text() == text)


def said(view: CodeView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def test_the_text_is_shown_as_it_is_and_cannot_be_changed(qtbot: QtBot) -> None:
    view = CodeView(POLICY, name="Permissions boundary")
    shown(qtbot, view)
    focus(code(view))
    QTest.keyClicks(code(view), "x")
    assert view.text() == POLICY
    assert code(view).accessibleName() == "Permissions boundary"
    assert f"{POLICY.count(chr(10)) + 1} lines, {len(POLICY):,} characters" in said(view)


def test_copy_takes_all_of_it(qtbot: QtBot) -> None:
    view = CodeView(POLICY, name="Permissions boundary")
    shown(qtbot, view)
    assert button(view, "Copy").accessibleName() == "Copy: Permissions boundary"
    QTest.mouseClick(button(view, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == POLICY


def test_search_by_keyboard_goes_around_and_comes_back(qtbot: QtBot) -> None:
    view = CodeView(POLICY, visible_lines=8)
    shown(qtbot, view)
    focus(code(view))
    QTest.keyClick(code(view), Qt.Key.Key_F, CONTROL)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "ACTION")
    assert "1 of 12" in said(view)
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    assert "12 of 12" in said(view)
    hit = code(view).textCursor()
    assert code(view).viewport().rect().contains(code(view).cursorRect(hit).center())
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "1 of 12" in said(view)
    QTest.mouseClick(button(view, "Next"), Qt.MouseButton.LeftButton)
    assert "2 of 12" in said(view)
    QTest.mouseClick(button(view, "Previous"), Qt.MouseButton.LeftButton)
    assert "1 of 12" in said(view)
    focus(field)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert code(view).hasFocus()
    assert code(view).extraSelections() == []


def test_search_says_that_there_is_nothing(qtbot: QtBot) -> None:
    view = CodeView(POLICY)
    shown(qtbot, view)
    view.open_search()
    QTest.keyClicks(QApplication.focusWidget(), "s3:GetObject")
    assert "Nothing found" in said(view)


def test_search_starts_with_what_is_selected(qtbot: QtBot) -> None:
    view = CodeView("alpha beta alpha")
    shown(qtbot, view)
    cursor = code(view).textCursor()
    cursor.setPosition(6)
    cursor.setPosition(10, cursor.MoveMode.KeepAnchor)
    code(view).setTextCursor(cursor)
    view.open_search()
    assert "1 of 1" in said(view)


def test_another_text_is_searched_anew(qtbot: QtBot) -> None:
    view = CodeView("one one")
    shown(qtbot, view)
    view.open_search()
    QTest.keyClicks(QApplication.focusWidget(), "one")
    view.set_text("one")
    assert "1 of 1" in said(view)


def test_not_more_is_marked_than_anybody_reads(qtbot: QtBot) -> None:
    view = CodeView("a " * (MOST_HITS + 500))
    qtbot.addWidget(view)
    code(view).search("a")
    assert code(view).hits() == MOST_HITS


def test_line_numbers_make_room_for_themselves(qtbot: QtBot) -> None:
    short, long = CodeView("x\n" * 9), CodeView("x\n" * 12_000)
    shown(qtbot, short, long)
    assert code(long).numbers_width() > code(short).numbers_width()
    assert code(long).viewport().x() >= code(long).numbers_width()


def test_control_characters_go_and_mark_up_stays_text(qtbot: QtBot) -> None:
    view = CodeView("<b>a</b>\x1b[31m\u202eb\r\n\tc\x00")
    qtbot.addWidget(view)
    assert view.text() == "<b>a</b>b\n\tc"


def test_nothing_is_cut_off(qtbot: QtBot) -> None:
    view = CodeView(POLICY, visible_lines=4)
    window = shown(qtbot, view)
    view.open_search()
    assert flaws(window) == []
