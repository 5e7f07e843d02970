"""Choices: exactly one is chosen, the arrow keys move it, and the cards find their columns."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.shown import HOSTILE, flaws, focus, shown
from ui.theme import Tone
from ui.widgets.chips import Pill
from ui.widgets.choice import ChoiceCard, ChoiceGroup


def cards(count: int = 4) -> list[ChoiceCard]:
    names = ("As requested", "Vendor minimal", "Guarded", "Ours")[:count]
    return [ChoiceCard(name.lower(), name, f"What {name} means.") for name in names]


def test_nothing_is_chosen_until_something_is(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards())
    qtbot.addWidget(group)
    assert group.value() is None
    with qtbot.waitSignal(group.changed) as told:
        group.set_value("guarded")
    assert told.args == ["guarded"]
    with qtbot.assertNotEmitted(group.changed):
        group.set_value("guarded")
    with qtbot.waitSignal(group.changed) as told:
        group.set_value("unknown")
    assert told.args == [None]
    assert not any(card.isChecked() for card in group.cards())


def test_one_choice_replaces_the_other(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards())
    shown(qtbot, group)
    for card in group.cards():
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.rect().center())
        assert group.value() == card.value
        assert [other for other in group.cards() if other.isChecked()] == [card]


def test_the_arrow_keys_go_around_and_skip_what_is_closed(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards())
    shown(qtbot, group)
    first, closed, third, last = group.cards()
    closed.setEnabled(False)
    first.setChecked(True)
    focus(first)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert group.value() == third.value
    assert third.hasFocus()
    QTest.keyClick(third, Qt.Key.Key_Down)
    QTest.keyClick(last, Qt.Key.Key_Down)
    assert group.value() == first.value
    QTest.keyClick(first, Qt.Key.Key_Left)
    assert group.value() == last.value


def test_space_chooses(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards(2))
    shown(qtbot, group)
    focus(group.cards()[0])
    QTest.keyClick(group.cards()[0], Qt.Key.Key_Space)
    assert group.value() == "as requested"


def test_a_card_is_a_radio_button_to_a_screen_reader(qtbot: QtBot) -> None:
    card = ChoiceCard(1, "Guarded", "Minimal.", pill=Pill("suggested", Tone.GOOD))
    group = ChoiceGroup([card], name="Limit")
    qtbot.addWidget(group)
    spoken = QAccessible.queryAccessibleInterface(card)
    assert spoken.role() == QAccessible.Role.RadioButton
    assert spoken.text(QAccessible.Text.Name) == "Guarded"
    assert spoken.text(QAccessible.Text.Description) == "Minimal. suggested"
    assert not spoken.state().checked
    card.setChecked(True)
    assert QAccessible.queryAccessibleInterface(card).state().checked
    assert group.accessibleName() == "Limit"


def test_columns_follow_the_width(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards())
    window = shown(qtbot, group)
    for width, columns in ((1100, 4), (700, 2), (560, 2), (380, 1)):
        window.fit(width)
        tops = {card.y() for card in group.cards()}
        assert len(group.cards()) / len(tops) == columns
        assert max(card.geometry().right() for card in group.cards()) == group.width() - 1
        assert len({card.height() for card in group.cards()[:columns]}) == 1


def test_other_cards_replace_all(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards())
    window = shown(qtbot, group)
    group.set_value("ours")
    group.set_cards(cards(2))
    window.fit(1100)
    assert group.value() is None
    assert len(group.cards()) == 2
    assert all(card.isVisible() for card in group.cards())


def test_the_choice_is_seen_without_its_colour(qtbot: QtBot) -> None:
    group = ChoiceGroup(cards(2))
    shown(qtbot, group)
    plain, chosen = group.cards()
    chosen.setChecked(True)
    shades = [_shades(card) for card in (plain, chosen)]
    assert shades[0] == 1
    assert shades[1] > 1


def _shades(card: ChoiceCard) -> int:
    """How many colours stand at the right of the title, where the mark of the chosen one is."""
    image = card.grab().toImage()
    place = [(x, y) for x in range(image.width() - 34, image.width() - 12) for y in range(12, 34)]
    return len({image.pixelColor(x, y).rgb() for x, y in place})


def test_nothing_is_cut_off(qtbot: QtBot) -> None:
    made = cards(3)
    made[1].setEnabled(False)
    long = ChoiceCard("long", "A title that needs more than one line " * 2, HOSTILE[:400], pill=Pill("new", Tone.GOOD))
    group = ChoiceGroup([*made, long])
    window = shown(qtbot, group)
    group.set_value("long")
    focus(long)
    assert flaws(window) == []
