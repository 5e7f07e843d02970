"""Labels: never cut off, always what was set, in the colours and sizes of now."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QGuiApplication, QPalette, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme, TextRole, Tone
from ui.widgets.text import ElidedLabel, Label

ARN = "arn:aws:cloudformation:eu-west-1:222222222222:stack/houseguest-popsql-production/51af3dc0-da77-11e4-872e-12345"


def colour(label: Label) -> str:
    return label.palette().color(QPalette.ColorRole.WindowText).name()


def test_mark_up_from_outside_is_shown_as_it_is(qtbot: QtBot) -> None:
    label = Label("<b>bold</b>")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == "<b>bold</b>"


@pytest.mark.parametrize("text", [ARN, "x" * 300, f"The stack {ARN} was made."])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_long_word_wraps_into_little_width(qtbot: QtBot, text: str, scale: float) -> None:
    theme.set_scale(scale)
    label = Label(text, TextRole.MONO)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() <= theme.px(240)
    narrow = label.heightForWidth(theme.px(240))
    assert narrow >= label.fontMetrics().height() * 2
    assert narrow > label.heightForWidth(theme.px(900))


def test_a_text_of_short_words_is_left_as_it_is(qtbot: QtBot) -> None:
    label = Label("Nothing is created yet, and everything can be changed.")
    qtbot.addWidget(label)
    assert super(Label, label).text() == label.text()
    assert label.accessibleName() == ""


def test_the_number_of_an_account_stays_in_one_line_and_is_copied_as_it_was(qtbot: QtBot) -> None:
    text = "Create these in account 2222 2222 2222?"
    label = Label(text, TextRole.TITLE, selectable=True)
    qtbot.addWidget(label)
    needed = label.fontMetrics().horizontalAdvance("2222 2222 2222")
    assert label.minimumSizeHint().width() >= needed
    label.setSelection(0, len(super(Label, label).text()))
    assert label.text() == label.selectedText() == label.accessibleName() == text


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("שלום asks for access to your AWS account", False),
        ("شركة, only in AWS account 2222 2222 2222", False),
        ("Release asks for access, in the words of שלום", False),
        ("שלום עולם", True),
    ],
)
def test_our_sentence_runs_to_the_right_whatever_name_it_begins_with(qtbot: QtBot, text: str, turned: bool) -> None:
    label = Label(text, selectable=True)
    qtbot.addWidget(label)
    assert _runs_to_the_left(super(Label, label).text()) is turned
    label.setSelection(0, len(super(Label, label).text()))
    assert label.text() == label.selectedText() == text


def _runs_to_the_left(text: str) -> bool:
    """As Qt decides it."""
    document = QTextDocument(text)
    return document.firstBlock().textDirection() is Qt.LayoutDirection.RightToLeft


def test_assistive_technology_gets_the_text_as_it_was_set(qtbot: QtBot) -> None:
    label = Label(ARN)
    qtbot.addWidget(label)

    def name() -> str:
        return QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Name)

    assert name() == label.text() == ARN
    label.setText("short")
    assert name() == label.text() == "short"


def selectable(qtbot: QtBot) -> Label:
    label = Label(ARN, TextRole.MONO, selectable=True)
    qtbot.addWidget(label)
    label.resize(300, 200)
    label.show()
    label.setSelection(0, len(super(Label, label).text()))
    return label


def test_what_is_copied_is_what_was_set(qtbot: QtBot) -> None:
    label = selectable(qtbot)
    QTest.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == ARN


def test_the_menu_selects_and_copies(qtbot: QtBot) -> None:
    label = selectable(qtbot)
    label.setSelection(0, 3)
    QApplication.sendEvent(label, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5)))
    (menu,) = label.findChildren(QMenu)
    copy, everything = menu.actions()
    everything.trigger()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == ARN
    with qtbot.waitSignal(menu.destroyed):
        menu.close()


def test_what_cannot_be_selected_has_no_menu(qtbot: QtBot) -> None:
    label = Label("x")
    qtbot.addWidget(label)
    QApplication.sendEvent(label, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5)))
    assert label.findChildren(QMenu) == []


def test_pressing_on_a_selection_drops_it(qtbot: QtBot) -> None:
    label = selectable(qtbot)
    QTest.mousePress(label, Qt.MouseButton.LeftButton, pos=QPoint(20, label.height() // 2))
    assert not label.hasSelectedText()


@pytest.mark.parametrize("scheme", Scheme)
def test_colours_follow_the_scheme(qtbot: QtBot, scheme: Scheme) -> None:
    plain, toned, disabled = Label("x", colour="secondary"), Label("x", tone=Tone.BAD), Label("x")
    disabled.setEnabled(False)
    for label in (plain, toned, disabled):
        qtbot.addWidget(label)
    theme.set_scheme(scheme)
    colours = theme.colours()
    expected = [shade.name() for shade in (colours.secondary, colours.bad, colours.faint)]
    assert [colour(label) for label in (plain, toned, disabled)] == expected


def test_a_tone_goes_before_the_colour(qtbot: QtBot) -> None:
    label = Label("x", TextRole.TITLE, colour="faint")
    qtbot.addWidget(label)
    assert (label.font().pixelSize(), colour(label)) == (24, theme.colours().faint.name())
    label.set_tone(Tone.GOOD)
    assert colour(label) == theme.colours().good.name()


def test_size_follows_the_scale(qtbot: QtBot) -> None:
    label = Label("x", TextRole.HEADING)
    qtbot.addWidget(label)
    theme.set_scale(1.5)
    assert label.font().pixelSize() == 24


def test_one_line_elides_and_tells_the_whole(qtbot: QtBot) -> None:
    label = ElidedLabel(ARN, TextRole.MONO_SMALL)
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.show()
    assert label.shown_text().endswith("…")
    assert label.text() == ARN
    assert ARN in label.toolTip()
    assert label.accessibleDescription() == ARN
    label.resize(label.sizeHint())
    assert label.shown_text() == ARN
    assert label.toolTip() == label.accessibleDescription() == ""


def test_one_line_may_elide_in_the_middle(qtbot: QtBot) -> None:
    label = ElidedLabel(ARN, TextRole.MONO_SMALL, Qt.TextElideMode.ElideMiddle)
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.show()
    assert label.shown_text().startswith("arn:")
    assert label.shown_text().endswith("2345")


def test_one_line_elides_when_the_font_grows(qtbot: QtBot) -> None:
    label = ElidedLabel("Europe (Ireland), 24 ms")
    qtbot.addWidget(label)
    label.show()
    label.resize(label.sizeHint())
    theme.set_scale(1.5)
    label.resize(label.width(), 40)
    assert label.shown_text() != label.text()
    assert label.text() in label.toolTip()
