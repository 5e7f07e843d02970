"""Select: values of any kind, items that cannot be chosen, and search by typing."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from tests.support.shown import HOSTILE, flaws, focus, shown
from ui.widgets.fields import Item, Select

REGIONS = (
    ("eu-west-1", "Europe (Ireland)", True, "24 ms"),
    ("me-south-1", "Middle East (Bahrain)", False, "not enabled in this account"),
    ("us-east-1", "US East (N. Virginia)", True, "92 ms"),
)


def combo(select: Select) -> QComboBox:
    assert isinstance(select.editor, QComboBox)
    return select.editor


def test_the_first_that_can_be_chosen_is_unless_a_placeholder_asks(qtbot: QtBot) -> None:
    first, asking = Select("Region", REGIONS[1:]), Select("Region", REGIONS, placeholder="Choose a region")
    qtbot.addWidget(first)
    qtbot.addWidget(asking)
    assert first.value() == "us-east-1"
    assert asking.value() is None


def test_values_keep_their_kind_and_are_told(qtbot: QtBot) -> None:
    select = Select("What", [Item(("a", 1), "A"), Item(None, "Nothing"), Item(3, "Three")])
    qtbot.addWidget(select)
    assert select.value() == ("a", 1)
    with qtbot.waitSignal(select.changed) as told:
        select.set_value(3)
    assert told.args == [3]
    select.set_value("unknown")
    assert select.value() is None
    assert combo(select).currentText() == "Nothing chosen"


def test_other_items_keep_the_choice_where_they_can(qtbot: QtBot) -> None:
    select = Select("Region", REGIONS)
    qtbot.addWidget(select)
    select.set_value("us-east-1")
    with qtbot.assertNotEmitted(select.changed):
        select.set_items(reversed(REGIONS))
    assert select.value() == "us-east-1"
    with qtbot.waitSignal(select.changed) as told:
        select.set_items(REGIONS[:1])
    assert told.args == ["eu-west-1"]


def test_the_keyboard_skips_what_cannot_be_chosen_and_finds_by_typing(qtbot: QtBot) -> None:
    select = Select("Region", REGIONS)
    shown(qtbot, select)
    focus(select)
    QTest.keyClick(select.editor, Qt.Key.Key_Down)
    assert select.value() == "us-east-1"
    QTest.keyClicks(select.editor, "eur")
    assert select.value() == "eu-west-1"


def test_the_wheel_of_the_page_changes_nothing(qtbot: QtBot) -> None:
    select = Select("Region", REGIONS)
    shown(qtbot, select)
    focus(select)
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(select.editor, wheel)
    assert select.value() == "eu-west-1"
    assert not wheel.isAccepted()


def test_an_item_says_why_it_cannot_be_chosen(qtbot: QtBot) -> None:
    select = Select("Region", REGIONS)
    qtbot.addWidget(select)
    model = combo(select).model()
    index = model.index(2, 0)
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "not enabled in this account"
    assert "not enabled in this account" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_the_open_list_is_painted_in_both_states(qtbot: QtBot) -> None:
    select = Select("Region", REGIONS)
    shown(qtbot, select)
    combo(select).showPopup()
    view = combo(select).view()
    qtbot.waitUntil(view.isVisible)
    chosen = view.viewport().grab(view.visualRect(combo(select).model().index(1, 0))).toImage()
    disabled = view.viewport().grab(view.visualRect(combo(select).model().index(2, 0))).toImage()
    assert chosen != disabled
    combo(select).hidePopup()


def test_name_problem_and_role_are_spoken(qtbot: QtBot) -> None:
    select = Select("Region", REGIONS, hint="Where the data is.")
    qtbot.addWidget(select)
    select.set_problem("Choose a region.")
    spoken = QAccessible.queryAccessibleInterface(select.editor)
    assert spoken.role() == QAccessible.Role.ComboBox
    # On Linux the name is the chosen item's, and the label a relation.
    assert spoken.text(QAccessible.Text.Name) in {"Region", "Europe (Ireland)"}
    assert select.editor.accessibleName() == "Region"
    labels = [other.object() for other, relation in spoken.relations() if relation == QAccessible.RelationFlag.Label]
    assert [label.text() for label in labels] == ["Region"]
    assert spoken.text(QAccessible.Text.Description) == "Choose a region. Where the data is."


def test_nothing_is_cut_off_whatever_an_item_holds(qtbot: QtBot) -> None:
    hostile = Select("Region", [("x", HOSTILE, True, HOSTILE)])
    asking = Select("Profile", REGIONS, placeholder="Choose a profile")
    asking.set_problem("Choose who signs in.")
    assert flaws(shown(qtbot, hostile, asking, Select("Empty"))) == []
    assert "\u202e" not in combo(hostile).currentText()
    assert len(combo(hostile).currentText()) <= 200
