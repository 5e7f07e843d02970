"""The rail: what each item says, how it is walked by keyboard, and that it fits where there is little room."""

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme
from ui.widgets.rail import AccountCard, ItemState, Rail, RailItem
from ui.widgets.text import Label

TITLES = ("Invitation", "Sign in", "Permissions", "Connect", "Network", "Review", "Install", "Done")


def steps(current: int = 2) -> list[RailItem]:
    def state(place: int) -> ItemState:
        return ItemState.DONE if place < current else ItemState.CURRENT if place == current else ItemState.TO_COME

    return [
        RailItem(title, title, state(place), f"step {place + 1} of {len(TITLES)}", place <= current)
        for place, title in enumerate(TITLES)
    ]


@pytest.fixture
def rail(qtbot: QtBot) -> Rail:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    made = Rail()
    row.addWidget(made)
    row.addStretch(1)
    made.set_who("PopSQL", "for Acme Corp")
    made.set_items(steps(), current="Permissions")
    window.resize(960, 640)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made.window_to_keep = window  # type: ignore[attr-defined] # a window nobody refers to is gone
    return made


def focused(rail: Rail) -> str:
    return next(title for title in TITLES if rail.button(title).hasFocus())


def test_each_item_says_its_name_place_and_state(rail: Rail) -> None:
    interface = QAccessible.queryAccessibleInterface(rail.button("Permissions"))
    assert interface.text(QAccessible.Text.Name) == "Permissions"
    assert interface.text(QAccessible.Text.Description) == "step 3 of 8, current"
    assert rail.button("Invitation").accessibleDescription() == "step 1 of 8, done"
    assert rail.button("Review").accessibleDescription() == "step 6 of 8, to come"


@pytest.mark.parametrize("state", [ItemState.PLAIN, ItemState.NEW])
def test_what_is_no_step_says_no_state(state: ItemState) -> None:
    assert RailItem(1, "popsql", state, "222222222222, active").description == "222222222222, active"


def test_the_marks_differ_in_shape(rail: Rail) -> None:
    marks = {}
    for state in ItemState:
        rail.set_items([RailItem("x", "", state)], current=None)
        grey = rail.button("x").grab(rail.button("x").rect().adjusted(0, 0, -180, 0)).toImage()
        marks[state] = grey.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(QImage.Format.Format_Mono)
    for one, other in combinations(marks, 2):
        assert marks[one] != marks[other], (one, other)


def test_a_click_asks_for_the_item(rail: Rail, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rail.clicked) as asked:
        QTest.mouseClick(rail.button("Sign in"), Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert asked.args == ["Sign in"]


def test_what_is_to_come_cannot_be_chosen(rail: Rail) -> None:
    asked: list[object] = []
    rail.clicked.connect(asked.append)
    QTest.mouseClick(rail.button("Review"), Qt.MouseButton.LeftButton)
    assert asked == []


def test_tab_comes_to_the_current_item_alone(rail: Rail) -> None:
    stops = [title for title in TITLES if rail.button(title).focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ["Permissions"]


def test_the_arrows_walk_what_can_be_chosen(rail: Rail) -> None:
    rail.button("Permissions").setFocus()
    walked = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(rail.button(focused(rail)), key)
        walked.append(focused(rail))
    assert walked == ["Sign in", "Invitation", "Invitation", "Sign in", "Permissions", "Permissions"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_choose(rail: Rail, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(rail.clicked) as asked:
        QTest.keyClick(rail.button("Invitation"), key)
    assert asked.args == ["Invitation"]


def test_new_items_leave_the_focus_where_it_is(rail: Rail) -> None:
    rail.button("Sign in").setFocus()
    rail.set_items(steps(current=3), current="Connect")
    assert focused(rail) == "Sign in"
    assert rail.button("Connect").is_current()
    assert not rail.button("Permissions").is_current()


@pytest.mark.parametrize("count", [0, 1, 3, 8])
def test_there_may_be_more_or_fewer_items(rail: Rail, count: int) -> None:
    rail.set_items(steps()[:count], current=None)
    assert [item.title for item in rail.items()] == list(TITLES[:count])
    rail.set_items(steps(), current=None)
    assert [item.title for item in rail.items()] == list(TITLES)


def test_an_item_that_is_not_there_is_an_error(rail: Rail) -> None:
    with pytest.raises(KeyError):
        rail.button("Unicorn")


def heights(rail: Rail) -> list[int]:
    return [rail.button(title).height() for title in TITLES]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_all_items_fit_into_the_smallest_window(rail: Rail, qtbot: QtBot, scale: float) -> None:
    account = AccountCard()
    account.set_lines("Acme production", "2222 2222 2222", "admin, session 52 min")
    rail.set_bottom(account)
    theme.set_scale(scale)
    last = rail.button("Done")

    def in_place() -> bool:
        below = account.mapTo(rail, QPoint())
        return last.mapTo(rail, QPoint(0, last.height())).y() <= below.y() and below.y() + account.height() <= 640

    qtbot.waitUntil(in_place)
    assert rail.height() == 640
    assert min(heights(rail)) >= theme.font(theme.TextRole.ROW).pixelSize() * 1.3


@pytest.mark.parametrize(("scale", "width"), [(1.0, 236), (1.5, 307)])
def test_the_width_grows_less_than_the_font(rail: Rail, qtbot: QtBot, scale: float, width: int) -> None:
    theme.set_scale(scale)
    qtbot.waitUntil(lambda: rail.width() == width)


def test_a_name_that_is_too_long_is_told_whole(rail: Rail) -> None:
    name = "popsql-in-the-production-account-of-acme"
    rail.set_items([RailItem(1, name, ItemState.PLAIN, "222222222222, active")], current=1)
    assert name in rail.button(1).toolTip()
    assert rail.button(1).accessibleName() == name


def test_an_ampersand_is_an_ampersand(rail: Rail) -> None:
    rail.set_items([RailItem(1, "R&D", ItemState.PLAIN)], current=1)
    assert rail.button(1).shortcut().isEmpty()


@pytest.mark.parametrize("scheme", Scheme)
def test_grounds_follow_the_scheme(rail: Rail, scheme: Scheme) -> None:
    theme.set_scheme(scheme)
    image = rail.grab().toImage()
    assert image.pixelColor(3, 600) == theme.colours().rail
    assert image.pixelColor(235, 600) == theme.colours().line
    row = rail.button("Permissions")
    assert image.pixelColor(row.mapTo(rail, QPoint(row.width() - 20, 4))) == theme.colours().accent_ground


def test_the_focus_is_seen(rail: Rail) -> None:
    button = rail.button("Sign in")
    before = button.grab().toImage()
    button.setFocus()
    assert button.grab().toImage() != before


def test_who_it_is_for(rail: Rail) -> None:
    texts = [label.text() for label in rail.findChildren(Label) if label.isVisible()]
    assert texts == ["PopSQL", "for Acme Corp"]
    rail.set_who("Houseguest", "")
    assert [label.text() for label in rail.findChildren(Label) if label.isVisible()] == ["Houseguest"]


def test_nobody_signed_in_shows_no_account(qtbot: QtBot) -> None:
    card = AccountCard()
    qtbot.addWidget(card)
    card.set_lines("Acme", "2222 2222 2222", "")
    assert not card.isHidden()
    assert card.accessibleDescription() == "Acme, 2222 2222 2222"
    card.set_lines("", "", "")
    assert card.isHidden()
