"""Scrolling: downwards only, by keys from anywhere inside, and reachable where nothing inside takes the focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme
from ui.widgets.buttons import Button
from ui.widgets.scroll import ScrollArea, ScrollBar, calm
from ui.widgets.text import Label


def area(qtbot: QtBot, *content: QWidget) -> ScrollArea:
    inside = QWidget()
    column = QVBoxLayout(inside)
    for widget in content:
        column.addWidget(widget)
    made = ScrollArea()
    qtbot.addWidget(made)
    made.setWidget(inside)
    made.resize(300, 200)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def long_text() -> Label:
    return Label("Nothing is created yet, and everything can be changed. " * 30)


def test_text_wraps_and_never_scrolls_sideways(qtbot: QtBot) -> None:
    made = area(qtbot, long_text())
    assert made.minimumSizeHint().width() <= made.width()
    assert made.horizontalScrollBar().maximum() == 0
    assert made.verticalScrollBar().maximum() > 0


def test_long_text_alone_takes_the_focus_and_scrolls_by_keys(qtbot: QtBot) -> None:
    made = area(qtbot, long_text())
    assert made.focusPolicy() is Qt.FocusPolicy.StrongFocus
    assert made.accessibleName() == "Content of this page"
    bar = made.verticalScrollBar()
    for key, expected in ((Qt.Key.Key_End, bar.maximum()), (Qt.Key.Key_Home, 0), (Qt.Key.Key_PageDown, bar.pageStep())):
        QTest.keyClick(made, key)
        assert bar.value() == expected


def test_where_something_inside_takes_the_focus_the_area_does_not(qtbot: QtBot) -> None:
    button = Button("Go on")
    made = area(qtbot, long_text(), button)
    assert made.focusPolicy() is Qt.FocusPolicy.NoFocus
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_PageDown)
    assert made.verticalScrollBar().value() > 0


def test_what_fits_is_no_stop_for_tab(qtbot: QtBot) -> None:
    assert area(qtbot, Label("short")).focusPolicy() is Qt.FocusPolicy.NoFocus


def test_the_focus_is_seen_in_the_scroll_bar(qtbot: QtBot) -> None:
    made = area(qtbot, long_text())

    def colours() -> set[str]:
        image = made.verticalScrollBar().grab().toImage()
        return {image.pixelColor(image.width() // 2, y).name() for y in range(image.height())}

    made.setFocus()
    assert theme.colours().accent.name() in colours()
    made.clearFocus()
    assert theme.colours().accent.name() not in colours()


@pytest.mark.parametrize("scheme", Scheme)
def test_the_ground_of_what_lies_below_shows_through(qtbot: QtBot, qapp: QApplication, scheme: Scheme) -> None:
    made = area(qtbot, Label("short"))
    theme.set_scheme(scheme)
    qapp.processEvents()  # Qt hands the palette on when it is idle
    assert made.grab().toImage().pixelColor(150, 150) == theme.colours().window


def test_any_scrolling_widget_can_have_the_calm_bars(qtbot: QtBot) -> None:
    edit = QPlainTextEdit("line\n" * 100)
    qtbot.addWidget(edit)
    calm(edit)
    edit.show()
    assert isinstance(edit.verticalScrollBar(), ScrollBar)
    thin = edit.verticalScrollBar().sizeHint().width()
    theme.set_scale(1.5)
    assert edit.verticalScrollBar().sizeHint().width() == thin * 1.5


def test_a_bar_with_nothing_to_scroll_is_empty(qtbot: QtBot) -> None:
    bar = ScrollBar(Qt.Orientation.Vertical)
    qtbot.addWidget(bar)
    bar.resize(12, 200)
    bar.setRange(0, 0)
    image = bar.grab().toImage()
    assert len({image.pixelColor(6, y).name() for y in range(200)}) == 1
    bar.setRange(0, 100)
    assert len({bar.grab().toImage().pixelColor(6, y).name() for y in range(200)}) > 1
