"""Buttons: their text as it is, by keyboard as by mouse, and a look for each state."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme
from ui.widgets.buttons import Button, Kind

Shown = Callable[..., None]


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Puts buttons into an active window."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)

    def show(*buttons: Button) -> None:
        for button in buttons:
            column.addWidget(button)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)

    return show


def ground(button: Button) -> str:
    """The colour beside the text, within the line."""
    return button.grab().toImage().pixelColor(7, button.height() // 2).name()


def colours_in(button: Button) -> set[str]:
    image = button.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_an_ampersand_is_an_ampersand(qtbot: QtBot) -> None:
    button = Button("Research & Development")
    qtbot.addWidget(button)
    assert button.text() == "Research & Development"
    assert button.shortcut().isEmpty()
    name = QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    assert name == "Research & Development"


@pytest.mark.parametrize("kind", Kind)
def test_space_and_mouse_press_it(shown: Shown, qtbot: QtBot, kind: Kind) -> None:
    button = Button("Go on", kind)
    shown(button)
    button.setFocus()
    with qtbot.waitSignals([button.clicked, button.clicked]):
        QTest.keyClick(button, Qt.Key.Key_Space)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_disabled_one_is_not_pressed(shown: Shown) -> None:
    button = Button("Go on")
    button.setEnabled(False)
    shown(button)
    pressed: list[bool] = []
    button.clicked.connect(pressed.append)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == []


@pytest.mark.parametrize("scheme", Scheme)
def test_each_kind_has_its_ground(shown: Shown, scheme: Scheme) -> None:
    theme.set_scheme(scheme)
    buttons = {kind: Button("Go on", kind) for kind in (Kind.PRIMARY, Kind.SECONDARY, Kind.DANGER)}
    shown(*buttons.values())
    buttons[Kind.PRIMARY].clearFocus()
    colours = theme.colours()
    expected = {Kind.PRIMARY: colours.accent, Kind.SECONDARY: colours.card, Kind.DANGER: colours.bad}
    assert {kind: ground(button) for kind, button in buttons.items()} == {
        kind: colour.name() for kind, colour in expected.items()
    }


def test_a_change_of_scheme_repaints(shown: Shown) -> None:
    button, other = Button("Go on"), Button("Other")
    shown(other, button)
    light = ground(button)
    theme.set_scheme(Scheme.DARK)
    assert light == "#2f5de6"
    assert ground(button) == "#7c9cff"


def test_pressing_changes_the_ground(shown: Shown) -> None:
    button, other = Button("Go on"), Button("Other")
    shown(other, button)
    before = ground(button)
    button.setDown(True)
    assert ground(button) != before


@pytest.mark.parametrize("kind", [Kind.SECONDARY, Kind.DANGER, Kind.LINK])
def test_the_focus_is_seen(shown: Shown, kind: Kind) -> None:
    button, other = Button("Go on", kind), Button("Other", Kind.SECONDARY)
    shown(other, button)
    other.setFocus()
    without = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert theme.colours().accent.name() in colours_in(button)
    assert button.grab().toImage() != without


def test_the_focus_ring_has_a_gap(shown: Shown) -> None:
    button = Button("Go on")
    shown(button)
    button.setFocus()
    image = button.grab().toImage()
    middle = image.height() // 2
    line = [image.pixelColor(x, middle).name() for x in (0, 1, 2, 3, 5)]
    accent, gap = theme.colours().accent.name(), theme.colours().card.name()
    assert line == [accent, accent, gap, gap, accent]


def test_a_link_is_underlined_under_the_mouse(shown: Shown) -> None:
    link, other = Button("Show all", Kind.LINK), Button("Other")
    shown(other, link)
    other.setFocus()
    before = link.grab().toImage()
    link.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    assert link.grab().toImage() != before
    assert link.cursor().shape() is Qt.CursorShape.PointingHandCursor


def test_a_disabled_one_is_told_apart_and_can_be_read(shown: Shown) -> None:
    button = Button("Go on")
    button.setEnabled(False)
    shown(button)
    assert ground(button) == theme.colours().line.name()
    assert QColor(theme.colours().faint).name() in colours_in(button)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_it_is_as_wide_as_its_text(qtbot: QtBot, scale: float) -> None:
    theme.set_scale(scale)
    button = Button("Keep watching in the background", icon="play")
    qtbot.addWidget(button)
    text = button.fontMetrics().horizontalAdvance(button.text())
    assert button.sizeHint().width() >= text + theme.px(16) * 3
    assert button.minimumSizeHint() == button.sizeHint()
    button.resize(button.sizeHint())
    assert button.toolTip() == ""


def test_with_less_room_the_tool_tip_has_the_text(qtbot: QtBot) -> None:
    button = Button("Keep watching in the background")
    qtbot.addWidget(button)
    button.resize(120, 38)
    button.show()
    assert "Keep watching in the background" in button.toolTip()


def test_the_tool_tip_of_an_earlier_text_does_not_stay(qtbot: QtBot) -> None:
    button = Button("Keep watching in the background")
    qtbot.addWidget(button)
    button.resize(120, 38)
    button.show()
    button.setText("Watch all of it in the background")
    assert "Watch all of it" in button.toolTip()
    button.setText("Watch")
    assert button.toolTip() == ""


def test_a_tool_tip_of_the_maker_stays(qtbot: QtBot) -> None:
    button = Button("Go on")
    qtbot.addWidget(button)
    button.setToolTip("Ctrl+Return")
    button.resize(40, 38)
    button.resize(200, 38)
    assert button.toolTip() == "Ctrl+Return"


def test_an_icon_takes_its_room_and_a_link_has_the_hand(qtbot: QtBot) -> None:
    plain, link = Button("Remove", Kind.DANGER), Button("Remove", Kind.LINK)
    with_icon = Button("Remove", Kind.DANGER, icon="refresh")
    for button in (plain, link, with_icon):
        qtbot.addWidget(button)
    assert with_icon.sizeHint().width() == plain.sizeHint().width() + theme.px(16) + theme.px(8)
    assert plain.cursor().shape() is Qt.CursorShape.ArrowCursor
    assert link.cursor().shape() is Qt.CursorShape.PointingHandCursor


def test_hovering_is_seen(shown: Shown, qapp: QApplication) -> None:
    button, other = Button("Go on", Kind.SECONDARY), Button("Other")
    shown(other, button)
    before = ground(button)
    QTest.mouseMove(button, QPoint(5, 5))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    qapp.processEvents()
    assert ground(button) != before
