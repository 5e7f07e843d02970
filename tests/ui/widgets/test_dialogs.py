"""Dialogs: nothing is taken away without the name, Esc always leaves, and the safe way is the easy one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.support.shown import flaws
from ui.widgets.buttons import Button, Kind
from ui.widgets.dialogs import ConfirmByTyping, Notice, Question
from ui.widgets.scroll import ScrollArea

ROWS = ("Delete the role houseguest-popsql", "Delete the stack and its 4 resources")


def confirm(**more: object) -> ConfirmByTyping:
    given: dict[str, object] = {"name": "popsql", "danger_text": "Remove access", "rows": ROWS, **more}
    return ConfirmByTyping("Remove the access of Release", "The vendor's role is deleted.", **given)  # type: ignore[arg-type]


def opened(qtbot: QtBot, dialog: QDialog) -> None:
    qtbot.addWidget(dialog, before_close_func=lambda _: dialog.hide())
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)


def button(dialog: QDialog, text: str) -> Button:
    return next(button for button in dialog.findChildren(Button) if button.text() == text)


def test_the_focus_starts_in_the_field_and_the_dialog_says_what_will_happen(qtbot: QtBot) -> None:
    dialog = confirm()
    opened(qtbot, dialog)
    said = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert said[:2] == ["Remove the access of Release", "The vendor's role is deleted."]
    assert set(ROWS) < set(said)
    assert "Type popsql to remove the access" in said
    assert QApplication.focusWidget() is dialog.field.editor
    assert dialog.windowModality() is Qt.WindowModality.WindowModal
    assert dialog.windowTitle() == dialog.accessibleName() == "Remove the access of Release"


@pytest.mark.parametrize("typed", ["", "popsq", "PopSQL", "popsql2", "pop sql"])
def test_another_name_removes_nothing(qtbot: QtBot, typed: str) -> None:
    dialog = confirm()
    opened(qtbot, dialog)
    with qtbot.assertNotEmitted(dialog.decided):
        QTest.keyClicks(dialog.field.editor, typed)
        QTest.keyClick(dialog.field.editor, Qt.Key.Key_Return)
        dialog.accept()
    assert not button(dialog, "Remove access").isEnabled()
    assert dialog.isVisible()


@pytest.mark.parametrize("typed", ["popsql", "  popsql "])
def test_the_name_removes(qtbot: QtBot, typed: str) -> None:
    dialog = confirm()
    opened(qtbot, dialog)
    QTest.keyClicks(dialog.field.editor, typed)
    assert button(dialog, "Remove access").kind() is Kind.DANGER
    with qtbot.waitSignal(dialog.decided) as told:
        QTest.mouseClick(button(dialog, "Remove access"), Qt.MouseButton.LeftButton)
    assert told.args == [True]


def test_enter_in_the_field_removes_once(qtbot: QtBot) -> None:
    dialog = confirm()
    opened(qtbot, dialog)
    told: list[bool] = []
    dialog.decided.connect(told.append)
    QTest.keyClicks(dialog.field.editor, "popsql")
    QTest.keyClick(dialog.field.editor, Qt.Key.Key_Return)
    assert told == [True]


def test_taking_a_letter_back_disables_again(qtbot: QtBot) -> None:
    dialog = confirm()
    opened(qtbot, dialog)
    QTest.keyClicks(dialog.field.editor, "popsql")
    QTest.keyClick(dialog.field.editor, Qt.Key.Key_Backspace)
    assert not button(dialog, "Remove access").isEnabled()


@pytest.mark.parametrize("leave", ["escape", "cancel", "close"])
def test_every_other_way_out_removes_nothing(qtbot: QtBot, leave: str) -> None:
    dialog = confirm()
    opened(qtbot, dialog)
    QTest.keyClicks(dialog.field.editor, "popsql")
    with qtbot.waitSignal(dialog.decided) as told:
        if leave == "escape":
            QTest.keyClick(dialog.field.editor, Qt.Key.Key_Escape)
        elif leave == "cancel":
            QTest.mouseClick(button(dialog, "Cancel"), Qt.MouseButton.LeftButton)
        else:
            dialog.close()
    assert told.args == [False]


def test_a_name_of_nothing_is_never_typed(qtbot: QtBot) -> None:
    dialog = confirm(name="  ")
    opened(qtbot, dialog)
    assert not button(dialog, "Remove access").isEnabled()


def test_many_rows_scroll_and_the_buttons_stay(qtbot: QtBot) -> None:
    dialog = confirm(rows=[f"Delete resource {number}" for number in range(40)])
    opened(qtbot, dialog)
    area = dialog.findChild(ScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    assert dialog.height() < 640
    assert dialog.rect().contains(button(dialog, "Remove access").geometry())


@pytest.mark.parametrize(("danger", "expected"), [(False, True), (True, False)])
def test_enter_takes_the_way_that_takes_nothing_away(qtbot: QtBot, danger: bool, expected: bool) -> None:
    dialog = Question("Leave now?", "The install goes on in AWS.", yes="Leave", no="Stay", danger=danger)
    opened(qtbot, dialog)
    with qtbot.waitSignal(dialog.decided) as told:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert told.args == [expected]


def test_a_question_is_left_by_escape(qtbot: QtBot) -> None:
    dialog = Question("Leave now?", "", yes="Leave")
    opened(qtbot, dialog)
    with qtbot.waitSignal(dialog.decided) as told:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert told.args == [False]


def test_a_notice_has_one_button(qtbot: QtBot) -> None:
    dialog = Notice("Already open", "Another window works on this installation.")
    opened(qtbot, dialog)
    assert [button.text() for button in dialog.findChildren(Button)] == ["Close"]
    with qtbot.waitSignal(dialog.decided) as told:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert told.args == [True]


def test_nothing_is_cut_off(qtbot: QtBot) -> None:
    long = "A sentence that is long enough to need more than one line in a dialog, however wide that is made. " * 2
    dialog = confirm(rows=(*ROWS, long, "arn:aws:iam::222222222222:role/" + "houseguest-" * 12))
    opened(qtbot, dialog)
    assert flaws(dialog) == []
