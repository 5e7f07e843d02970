"""Fields: what is typed comes out, what is wrong is said, and the keyboard is enough."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.support.shown import HOSTILE, flaws, focus, shown
from ui import theme
from ui.widgets.fields import RING, TICK, TextBox, TextField, Tick

pytestmark = pytest.mark.usefixtures("qapp")


def test_typing_and_enter_are_told(qtbot: QtBot) -> None:
    field = TextField("Workspace", placeholder="acme")
    shown(qtbot, field)
    focus(field)
    with qtbot.waitSignal(field.submitted):
        QTest.keyClicks(field.editor, "acme-prod")
        QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert field.text() == "acme-prod"


def test_changed_carries_the_text(qtbot: QtBot) -> None:
    field = TextField("Workspace")
    with qtbot.waitSignal(field.changed) as told:
        field.set_text("acme")
    assert told.args == ["acme"]


def test_the_label_and_the_hint_are_the_editors_name_and_description(qtbot: QtBot) -> None:
    field = TextField("Workspace", hint="Letters and digits.")
    qtbot.addWidget(field)
    spoken = QAccessible.queryAccessibleInterface(field.editor)
    assert spoken.text(QAccessible.Text.Name) == "Workspace"
    assert spoken.text(QAccessible.Text.Description) == "Letters and digits."
    assert spoken.role() == QAccessible.Role.EditableText


def test_a_problem_is_shown_and_spoken_until_it_is_taken_away(qtbot: QtBot) -> None:
    field = TextField("Block", "10.0.0.0/33", hint="A block.", mono=True)
    shown(qtbot, field)
    before = field.grab().toImage()
    field.set_problem("The prefix is at most 32.")
    assert field.problem() == "The prefix is at most 32."
    assert field.editor.accessibleDescription() == "The prefix is at most 32. A block."
    assert field.grab().toImage() != before
    field.set_problem("")
    assert field.problem() == ""
    assert field.editor.accessibleDescription() == "A block."


def test_what_is_set_is_harmless_and_what_is_typed_is_kept(qtbot: QtBot) -> None:
    field = TextField("Name", "a\x1b[31mb\u202ec\nd")
    qtbot.addWidget(field)
    assert field.text() == "abc d"
    QTest.keyClicks(field.editor, "  ")
    assert field.text().count(" ") == 3


def test_read_only_fields_take_no_typing(qtbot: QtBot) -> None:
    field, box = TextField("Name", "kept"), TextBox("Text", "kept")
    for widget in (field, box):
        qtbot.addWidget(widget)
        widget.set_read_only(True)
        QTest.keyClicks(widget.editor, "x")
        assert widget.text() == "kept"


def test_a_box_keeps_its_lines_and_lets_tab_go_on(qtbot: QtBot) -> None:
    box, after = TextBox("Invitation", lines=4), TextField("Next")
    shown(qtbot, box, after)
    focus(box)
    QTest.keyClicks(box.editor, "one")
    QTest.keyClick(box.editor, Qt.Key.Key_Return)
    QTest.keyClicks(box.editor, "two")
    assert box.text() == "one\ntwo"
    with qtbot.waitSignal(box.submitted):
        QTest.keyClick(box.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box.editor, Qt.Key.Key_Tab)
    assert after.editor.hasFocus()


def test_a_box_shows_as_many_lines_as_were_asked_for(qtbot: QtBot) -> None:
    small, large = TextBox("A", lines=3), TextBox("B", lines=9)
    qtbot.addWidget(small)
    qtbot.addWidget(large)
    line = large.editor.fontMetrics().lineSpacing()
    assert large.editor.sizeHint().height() - small.editor.sizeHint().height() == 6 * line


def test_a_tick_is_a_check_box_for_keyboard_mouse_and_screen_reader(qtbot: QtBot) -> None:
    tick = Tick("I have read it", "You can change your mind.")
    shown(qtbot, tick)
    spoken = QAccessible.queryAccessibleInterface(tick)
    assert spoken.role() == QAccessible.Role.CheckBox
    assert spoken.text(QAccessible.Text.Name) == "I have read it"
    assert spoken.text(QAccessible.Text.Description) == "You can change your mind."
    focus(tick)
    with qtbot.waitSignal(tick.changed) as told:
        QTest.keyClick(tick, Qt.Key.Key_Space)
    assert told.args == [True]
    assert tick.value()
    QTest.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().center())
    assert not tick.value()


def test_the_focus_is_seen(qtbot: QtBot) -> None:
    widgets = (TextField("Name"), TextBox("Text"), Tick("Tick"))
    elsewhere = TextField("Elsewhere")
    shown(qtbot, elsewhere, *widgets)
    for widget in widgets:
        focus(elsewhere)
        before = widget.grab().toImage()
        focus(widget)
        assert widget.grab().toImage() != before


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_the_ring_around_a_tick_is_whole(qtbot: QtBot, scale: float) -> None:
    theme.set_scale(scale)
    tick = Tick("The fingerprints are the same")
    shown(qtbot, tick)
    focus(tick)
    tick.resize(tick.width(), tick.heightForWidth(tick.width()))  # as little as a page leaves it
    picture, side = tick.grab().toImage(), theme.px(TICK) + 2 * RING
    painted = [y for y in range(picture.height()) if picture.pixelColor(side // 2, y) != picture.pixelColor(0, 0)]
    assert len(range(painted[0], painted[-1] + 1)) >= side


def test_nothing_is_cut_off(qtbot: QtBot) -> None:
    long = "A sentence that is long enough to need more than one line where the window is narrow and the type is large."
    wrong = TextField("Address block", "10.0.0.0/33", hint=long, mono=True)
    wrong.set_problem(long)
    off = TextField("Settled", "value")
    off.setEnabled(False)
    window = shown(qtbot, TextField("Name", HOSTILE), wrong, off, TextBox("Text", HOSTILE, lines=3), Tick(long, long))
    assert flaws(window) == []
    assert isinstance(wrong.editor, QLineEdit)
    assert window.findChildren(QPlainTextEdit)
