"""The editor of policies: typing, pasting, problems in place, the budget, all by keyboard and by ear."""

import json

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QHelpEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QProgressBar, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from installer.steps import Severity
from tests.support.shown import flaws, focus, shown
from ui import theme
from ui.theme import Scheme
from ui.widgets.buttons import Button
from ui.widgets.policy_editor import PolicyEditor
from ui.widgets.policy_editor_problems import MOST_ROWS, SHOWN_AT_FIRST, ProblemList, ProblemRow
from ui.widgets.policy_editor_status import Place
from ui.widgets.policy_editor_text import PolicyText

POLICY = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Deny"}\n  ]\n}'
CONTROL, SHIFT, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier(0)
ERROR = (4, 13, Severity.BLOCKER, "No policy has this.", "Remove it.")
HINT = (31, 42, Severity.INFO, "One statement would do.", "")


def formatted(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), indent=2)
    except ValueError:
        return None


def code(editor: PolicyEditor) -> PolicyText:
    return editor.findChild(PolicyText)


def button(editor: QWidget, text: str) -> Button:
    return next(button for button in editor.findChildren(Button) if button.text() == text)


def said(editor: QWidget) -> list[str]:
    return [label.text() for label in editor.findChildren(QLabel) if label.isVisible()]


def rows(editor: PolicyEditor) -> tuple[ProblemRow, ...]:
    return editor.findChild(ProblemList).rows()


def place(editor: PolicyEditor, position: int, *, upto: int | None = None) -> None:
    cursor = code(editor).textCursor()
    cursor.setPosition(position)
    if upto is not None:
        cursor.setPosition(upto, cursor.MoveMode.KeepAnchor)
    code(editor).setTextCursor(cursor)


def typed(editor: PolicyEditor, *keys: Qt.Key | str, modifiers: Qt.KeyboardModifier = NONE) -> None:
    for key in keys:
        if isinstance(key, str):
            QTest.keyClicks(code(editor), key)
        else:
            QTest.keyClick(code(editor), key, modifiers)


@pytest.fixture
def editor(qtbot: QtBot) -> PolicyEditor:
    made = PolicyEditor(name="Boundary", format_text=formatted, visible_lines=8, pause=0)
    shown(qtbot, made)
    focus(code(made))
    return made


# Typing


def test_a_new_line_keeps_the_indent_and_an_open_bracket_adds_to_it(editor: PolicyEditor) -> None:
    typed(editor, "{", Qt.Key.Key_Return, '"a": [', Qt.Key.Key_Return, "1", Qt.Key.Key_Return, "]")
    typed(editor, Qt.Key.Key_Return, "}")
    assert editor.text() == '{\n  "a": [\n    1\n  ]\n}'


def test_between_brackets_a_new_line_opens_them(editor: PolicyEditor) -> None:
    editor.set_text("{}")
    place(editor, 1)
    typed(editor, Qt.Key.Key_Return, "x")
    assert editor.text() == "{\n  x\n}"


def test_a_new_line_is_one_step_back_and_never_a_soft_one(editor: PolicyEditor) -> None:
    editor.set_text("[1]")
    place(editor, 1)
    typed(editor, Qt.Key.Key_Return, modifiers=SHIFT)
    assert editor.text() == "[\n  1]"
    typed(editor, Qt.Key.Key_Z, modifiers=CONTROL)
    assert editor.text() == "[1]"


def test_the_key_for_the_primary_button_is_left_to_the_window(editor: PolicyEditor) -> None:
    typed(editor, Qt.Key.Key_Return, modifiers=CONTROL)
    assert editor.text() == ""


def test_undo_and_redo_have_buttons(editor: PolicyEditor) -> None:
    assert not button(editor, "Undo").isEnabled()
    typed(editor, "ab")
    QTest.mouseClick(button(editor, "Undo"), Qt.MouseButton.LeftButton)
    assert editor.text() == ""
    QTest.mouseClick(button(editor, "Redo"), Qt.MouseButton.LeftButton)
    assert editor.text() == "ab"


def test_a_bracket_that_takes_ctrl_and_alt_closes_as_well(editor: PolicyEditor) -> None:
    typed(editor, "{", Qt.Key.Key_Return)
    keys = CONTROL | Qt.KeyboardModifier.AltModifier
    QApplication.sendEvent(code(editor), QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_BraceRight, keys, "}"))
    assert editor.text() == "{\n}"


# Tab


def test_tab_leaves_the_editor(editor: PolicyEditor) -> None:
    typed(editor, Qt.Key.Key_Tab)
    assert not code(editor).hasFocus()
    assert editor.text() == ""
    assert "Tab leaves the editor; Ctrl+M: Tab indents." in said(editor)


def test_tab_indents_when_it_is_asked_to_and_escape_tab_leaves(editor: PolicyEditor) -> None:
    typed(editor, Qt.Key.Key_M, modifiers=CONTROL)
    typed(editor, Qt.Key.Key_Tab, "x")
    assert editor.text() == "  x"
    assert "Tab indents. Esc, then Tab leaves the editor; Ctrl+M: Tab leaves it again." in said(editor)
    typed(editor, Qt.Key.Key_Escape, "y", Qt.Key.Key_Tab)
    assert editor.text() == "  xy  "
    typed(editor, Qt.Key.Key_Escape, Qt.Key.Key_Tab)
    assert not code(editor).hasFocus()
    focus(code(editor))
    typed(editor, Qt.Key.Key_Tab)
    assert code(editor).hasFocus()
    typed(editor, Qt.Key.Key_M, modifiers=CONTROL)
    typed(editor, Qt.Key.Key_Tab)
    assert not code(editor).hasFocus()


def test_tab_moves_all_chosen_lines(editor: PolicyEditor) -> None:
    editor.set_text("a\n b\n\nc")
    code(editor).set_tab_indents(True)
    place(editor, 0, upto=4)
    typed(editor, Qt.Key.Key_Tab)
    assert editor.text() == "  a\n   b\n\nc"
    typed(editor, Qt.Key.Key_Backtab, modifiers=SHIFT)
    assert editor.text() == "a\n b\n\nc"
    typed(editor, Qt.Key.Key_Backtab, modifiers=SHIFT)
    assert editor.text() == "a\nb\n\nc"
    typed(editor, Qt.Key.Key_Z, modifiers=CONTROL)
    assert editor.text() == "a\n b\n\nc"


# Pasting


def test_hidden_characters_are_shown_and_it_is_said(editor: PolicyEditor) -> None:
    QGuiApplication.clipboard().setText('{"a\u202e": "\x00"}')
    typed(editor, Qt.Key.Key_V, modifiers=CONTROL)
    assert editor.text() == '{"a\\u202e": ""}'
    assert any("1 hidden character is now shown" in words for words in said(editor))
    typed(editor, Qt.Key.Key_Z, modifiers=CONTROL)
    assert editor.text() == ""


def test_hidden_characters_cannot_be_typed(editor: PolicyEditor) -> None:
    typed(editor, "a")
    QApplication.sendEvent(code(editor), QKeyEvent(QEvent.Type.KeyPress, 0, NONE, "\u200b"))
    typed(editor, "b")
    event = QInputMethodEvent()
    event.setCommitString("\u2066")
    QApplication.sendEvent(code(editor), event)
    assert editor.text() == "a\\u200bb\\u2066"


def test_far_too_much_is_refused_with_the_limit(editor: PolicyEditor) -> None:
    typed(editor, "kept")
    QGuiApplication.clipboard().setText("x" * 10_000_000)
    typed(editor, Qt.Key.Key_V, modifiers=CONTROL)
    assert editor.text() == "kept"
    words = "The text on the clipboard has 10,000,000 characters; the editor takes 262,144. Nothing was pasted."
    assert words in said(editor)
    QGuiApplication.clipboard().setText("ok")
    typed(editor, Qt.Key.Key_V, modifiers=CONTROL)
    assert words not in said(editor)


def test_what_fills_it_up_is_refused_and_what_replaces_is_not(qtbot: QtBot) -> None:
    editor = PolicyEditor("x" * 90, most_characters=100)
    qtbot.addWidget(editor)
    code(editor).insert_from_outside("y" * 11)
    assert editor.text() == "x" * 90
    code(editor).selectAll()
    code(editor).insert_from_outside("y" * 100)
    assert editor.text() == "y" * 100
    assert not editor.set_text("z" * 101)
    assert editor.set_text("z" * 100)


def test_a_dropped_file_is_no_text(editor: PolicyEditor) -> None:
    data = QMimeData()
    data.setText("file:///policy.json")
    data.setUrls(["file:///policy.json"])
    assert not code(editor).canInsertFromMimeData(data)


def test_the_menu_offers_no_characters_that_nobody_sees(editor: PolicyEditor) -> None:
    QTest.mouseClick(code(editor).viewport(), Qt.MouseButton.LeftButton)
    made = code(editor).context_menu()
    assert [action.text() for action in made.actions() if action.menu() is not None] == []
    assert any("Paste" in action.text() for action in made.actions())
    made.deleteLater()


# What has changed


def test_changes_are_told_once_they_pause(editor: PolicyEditor, qtbot: QtBot) -> None:
    told: list[str] = []
    editor.changed.connect(told.append)
    typed(editor, "abc")
    assert told == []
    qtbot.waitUntil(lambda: told == ["abc"])


def test_new_colours_are_no_change(editor: PolicyEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editor.changed):
        editor.set_text(POLICY)
    with qtbot.assertNotEmitted(editor.changed, wait=20):
        theme.set_scheme(Scheme.DARK)
        editor.set_text(POLICY)


# Format


def test_format_is_one_step_and_the_cursor_stays_with_its_sign(editor: PolicyEditor) -> None:
    editor.set_text('{"a":[1,2],"b":3}')
    place(editor, editor.text().index('"b"') + 2)
    typed(editor, Qt.Key.Key_F, modifiers=CONTROL | SHIFT)
    assert editor.text() == '{\n  "a": [\n    1,\n    2\n  ],\n  "b": 3\n}'
    assert code(editor).textCursor().position() == editor.text().index('"b"') + 2
    typed(editor, Qt.Key.Key_Z, modifiers=CONTROL)
    assert editor.text() == '{"a":[1,2],"b":3}'


def test_format_leaves_hidden_characters_in_sight(qtbot: QtBot) -> None:
    editor = PolicyEditor(
        '["\\u202e"]', format_text=lambda text: json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    )
    qtbot.addWidget(editor)
    editor.format()
    assert editor.text() == '[\n  "\\u202e"\n]'


def test_format_says_where_it_cannot(editor: PolicyEditor) -> None:
    editor.set_text("{")
    QTest.mouseClick(button(editor, "Format"), Qt.MouseButton.LeftButton)
    assert editor.text() == "{"
    assert "This is not JSON yet, so it cannot be laid out. Nothing was changed." in said(editor)


# Problems


def test_problems_are_told_in_words_and_lead_to_their_place(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([HINT, ERROR])
    assert [row.sentence() for row in rows(editor)] == [
        "Line 2, column 3: No policy has this.",
        "Line 3, column 3: One statement would do.",
    ]
    assert "1 problem, 1 note" in said(editor)
    QTest.mouseClick(rows(editor)[1], Qt.MouseButton.LeftButton)
    assert code(editor).hasFocus()
    assert code(editor).textCursor().position() == HINT[0]


def test_f8_goes_from_problem_to_problem_and_around(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([ERROR, HINT])
    visited = []
    for modifiers in (NONE, NONE, NONE, SHIFT, SHIFT):
        typed(editor, Qt.Key.Key_F8, modifiers=modifiers)
        visited.append(code(editor).textCursor().position())
    assert visited == [4, 31, 4, 31, 4]


def test_a_problem_is_found_by_screen_readers(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([ERROR])
    assert rows(editor)[0].accessibleName() == "Problem. Line 2, column 3: No policy has this."
    assert rows(editor)[0].accessibleDescription() == "Remove it. Press to go there."
    assert QAccessible.queryAccessibleInterface(rows(editor)[0]).role() == QAccessible.Role.Button
    interface = QAccessible.queryAccessibleInterface(code(editor))
    assert interface.role() == QAccessible.Role.EditableText
    assert interface.text(QAccessible.Text.Name) == "Boundary"
    assert interface.text(QAccessible.Text.Description).startswith("1 problem. Tab leaves the editor")
    assert code(editor).numbers.accessibleDescription() == "Line 2, column 3: No policy has this."


def test_a_problem_has_a_tool_tip_beside_its_line_and_in_it(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([ERROR])
    line = code(editor).cursorRect().height()
    for widget, x in ((code(editor).numbers, 4), (code(editor).viewport(), 40)):
        at = QPoint(x, round(line * 1.5) + 4)
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
        assert "Problem: No policy has this. Remove it." in QToolTip.text()
        QToolTip.hideText()


def test_a_problem_moves_with_its_text(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([HINT])
    place(editor, 0)
    typed(editor, Qt.Key.Key_Return)
    assert code(editor).placed()[0].place == "Line 4, column 3"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-5, 900), (900, 950), (7, 3), (len(POLICY), len(POLICY))])
def test_places_beyond_the_text_do_no_harm(editor: PolicyEditor, start: int, end: int) -> None:
    editor.set_text(POLICY)
    editor.set_problems([(start, end, Severity.BLOCKER, "Odd", "")])
    typed(editor, Qt.Key.Key_F8)
    editor.grab()
    assert len(rows(editor)) == 1


def test_places_are_counted_in_utf_16_and_columns_in_characters(editor: PolicyEditor) -> None:
    editor.set_text('["😀", 1]')
    editor.set_problems([(7, 8, Severity.BLOCKER, "Odd", "")])
    assert rows(editor)[0].sentence() == "Line 1, column 7: Odd"
    typed(editor, Qt.Key.Key_F8)
    assert code(editor).textCursor().position() == 7


def test_what_was_not_checked_is_not_called_checked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.widgets.policy_editor.UNCHECKED", 0)
    editor = PolicyEditor(pause=0)
    shown(qtbot, editor)
    focus(code(editor))
    assert "Not checked yet" in said(editor)
    editor.set_text(POLICY)
    editor.set_problems([])
    assert "No problems found" in said(editor)
    typed(editor, "x")
    qtbot.waitUntil(lambda: "Not checked since your last change" in said(editor))


def test_the_list_is_one_stop_of_tab_and_arrows_move_in_it(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([ERROR, HINT])
    assert [bool(row.focusPolicy() & Qt.FocusPolicy.TabFocus) for row in rows(editor)] == [True, False]
    focus(rows(editor)[0])
    QTest.keyClick(rows(editor)[0], Qt.Key.Key_Down)
    assert rows(editor)[1].hasFocus()
    QTest.keyClick(rows(editor)[1], Qt.Key.Key_Return)
    assert code(editor).textCursor().position() == HINT[0]


def test_a_long_list_opens_in_two_steps(editor: PolicyEditor) -> None:
    editor.set_text("x" * 400)
    editor.set_problems([(at, at + 1, Severity.CAUTION, "Odd", "") for at in range(80)])
    assert len(rows(editor)) == SHOWN_AT_FIRST
    QTest.mouseClick(button(editor, f"Show {MOST_ROWS - SHOWN_AT_FIRST} more"), Qt.MouseButton.LeftButton)
    assert len(rows(editor)) == MOST_ROWS
    assert rows(editor)[SHOWN_AT_FIRST].hasFocus()
    assert not button(editor, "30 more are not listed").isEnabled()
    editor.set_problems([])
    assert rows(editor) == ()


def test_another_text_has_no_problems_of_the_old_one(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_problems([ERROR])
    editor.set_text("{}")
    assert code(editor).placed() == ()


# Budget, read-only, search


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (0, "0 of 5,144 characters"),
        (4_000, "4,000 of 5,144 characters"),
        (4_812, "4,812 of 5,144 characters, 332 left"),
        (5_144, "5,144 of 5,144 characters, 0 left"),
        (5_400, "5,400 of 5,144 characters: 256 too many"),
    ],
)
def test_the_budget_is_said_in_words(editor: PolicyEditor, used: int, words: str) -> None:
    editor.set_budget(used, 5_144)
    assert words in said(editor)
    bar = editor.findChild(QProgressBar)
    assert (bar.accessibleName(), bar.accessibleDescription()) == ("Characters used", words)
    editor.grab()


def test_read_only_can_be_read_by_keyboard_and_not_changed(editor: PolicyEditor) -> None:
    editor.set_text(POLICY)
    editor.set_read_only(True, "This is the preset.")
    typed(editor, "x", Qt.Key.Key_Return, Qt.Key.Key_Backspace)
    typed(editor, Qt.Key.Key_V, modifiers=CONTROL)
    typed(editor, Qt.Key.Key_F, modifiers=CONTROL | SHIFT)
    assert editor.text() == POLICY
    assert "This is the preset." in said(editor)
    assert not any(button(editor, name).isVisible() for name in ("Undo", "Redo", "Format"))
    typed(editor, Qt.Key.Key_A, modifiers=CONTROL)
    assert code(editor).textCursor().hasSelection()
    editor.set_read_only(False)
    typed(editor, "x")
    assert editor.text() == "x"


def test_search_is_that_of_documents_and_follows_what_is_written(editor: PolicyEditor, qtbot: QtBot) -> None:
    editor.set_text(POLICY)
    typed(editor, Qt.Key.Key_F, modifiers=CONTROL)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "effect")
    assert "1 of 1" in said(editor)
    focus(code(editor))
    place(editor, 0)
    typed(editor, "effect")
    qtbot.waitUntil(lambda: "1 of 2" in said(editor))
    assert code(editor).textCursor().position() == 6


def test_nothing_is_cut_off_or_unreadable(qtbot: QtBot) -> None:
    editor = PolicyEditor(POLICY, format_text=formatted, visible_lines=6)
    window = shown(qtbot, editor)
    editor.set_problems([ERROR, HINT, (50, 52, Severity.CAUTION, "A long sentence " * 12, "A long way out " * 12)])
    editor.set_budget(9_000, 5_144)
    code(editor).insert_from_outside("\u202e")
    focus(code(editor))
    place(editor, 1)
    assert flaws(window) == []


def test_the_place_of_the_cursor_has_the_room_it_takes(qtbot: QtBot) -> None:
    editor = PolicyEditor("\n" * 12_000)
    window = shown(qtbot, editor)
    code(editor).moveCursor(code(editor).textCursor().MoveOperation.End)
    QApplication.processEvents()
    place_of_cursor = editor.findChild(Place)
    assert place_of_cursor.text() == "Line 12,001, column 1"
    code(editor).insert_from_outside("x" * 1_000)
    QApplication.processEvents()
    assert place_of_cursor.text() == "Line 12,001, column 1,001"
    assert flaws(window) == []


def test_a_result_is_spoken_when_it_is_another_one(editor: PolicyEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    monkeypatch.setattr("ui.widgets.policy_editor.announce", lambda _widget, words: spoken.append(words))
    editor.set_text(POLICY)
    for problems in ([], [], [ERROR], [ERROR]):
        editor.set_problems(problems)
    editor.next_problem()
    assert spoken == [
        "No problems found",
        "1 problem",
        "Problem. Line 2, column 3: No policy has this. Remove it. 1 of 1.",
    ]
