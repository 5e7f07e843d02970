"""The hands of the demo: they press and type as a person does, with a mouse or by keys alone.

Events are handed to the top-level window, not to the widget: what is covered, out of sight, disabled or out of the
reach of Tab is not pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from ui.demo.finding import NotFound
from ui.demo.flaw import accessible_name, called
from ui.widgets.choice import ChoiceCard
from ui.widgets.rail_item import RailButton

_FARTHEST = 250
"""Presses of Tab after which everything in the window was reached."""
_BACKWARDS = Qt.KeyboardModifier.ShiftModifier


class Hand(Protocol):
    """`interactions` counts clicks and filled fields: what the person did, not how many keys it took."""

    interactions: int

    def press(self, button: QAbstractButton) -> None:
        """A button, a card, a tick, an item of the rail."""

    def fill(self, editor: QLineEdit | QPlainTextEdit, text: str) -> None:
        """Replace what stands in a field."""

    def confirm(self, editor: QLineEdit, button: QAbstractButton) -> None:
        """Having typed into the field: go on by the button."""


class _Counting:
    def __init__(self) -> None:
        self.interactions = 0

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Looking around for the pictures' sake."""
        before = self.interactions
        yield
        self.interactions = before


class Mouse(_Counting):
    """Clicks in the middle of what it can see; types into what it clicked."""

    def press(self, button: QAbstractButton) -> None:
        self.interactions += 1
        self._click(button)

    def fill(self, editor: QLineEdit | QPlainTextEdit, text: str) -> None:
        self.interactions += 1
        self._click(editor)
        _type(editor, text)

    def confirm(self, editor: QLineEdit, button: QAbstractButton) -> None:
        del editor
        self.press(button)

    def _click(self, widget: QWidget) -> None:
        _bring_into_sight(widget)
        window = widget.window()
        place = widget.mapTo(window, _middle(widget))
        hit = window.childAt(place)
        if hit is not widget and (hit is None or not widget.isAncestorOf(hit)):
            raise NotFound(f"{called(widget)} is covered by {called(hit) if hit is not None else 'nothing'}.")
        if not widget.isEnabled():
            raise NotFound(f"{called(widget)} is disabled.")
        QTest.mouseClick(_handle(window), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


class Keyboard(_Counting):
    """Reaches everything by Tab, or from a neighbour by the arrows, and presses it by Space."""

    def press(self, button: QAbstractButton) -> None:
        self.interactions += 1
        self.reach(button)
        if not (button.isCheckable() and button.autoExclusive() and button.isChecked()):
            _key(Qt.Key.Key_Space)

    def fill(self, editor: QLineEdit | QPlainTextEdit, text: str) -> None:
        self.interactions += 1
        self.reach(editor)
        _type(editor, text)

    def confirm(self, editor: QLineEdit, button: QAbstractButton) -> None:
        """By Enter in the field."""
        self.interactions += 1
        if QApplication.focusWidget() is not editor or not button.isEnabled():
            raise NotFound(f"{called(button)} does not wait for Enter in {called(editor)}.")
        _key(Qt.Key.Key_Return)

    def reach(self, widget: QWidget) -> None:
        """Put the focus there by Tab, or by Shift+Tab where that is shorter; from a neighbour by the arrows."""
        passed: list[str] = []
        way = _BACKWARDS if self._is_before(widget, QApplication.focusWidget()) else Qt.KeyboardModifier.NoModifier
        for _ in range(_FARTHEST):
            focus = QApplication.focusWidget()
            if focus is widget:
                return
            if focus is not None and self._by_arrows(focus, widget):
                return
            passed.append(accessible_name(focus) if focus is not None else "nothing")
            _key(Qt.Key.Key_Tab, way)
        raise NotFound(f"Tab does not come to {called(widget)}. It comes to {', '.join(dict.fromkeys(passed))}.")

    @staticmethod
    def _by_arrows(focus: QWidget, widget: QWidget) -> bool:
        """Cards and the items of the rail are one stop of Tab; the arrows move among them."""
        family = focus.parentWidget()
        if type(focus) is not type(widget) or not isinstance(focus, ChoiceCard | RailButton):
            return False
        if family is None or family is not widget.parentWidget():
            return False
        key = Qt.Key.Key_Up if _place(widget) < _place(focus) else Qt.Key.Key_Down
        for _ in family.findChildren(type(focus)):
            _key(key)
            if QApplication.focusWidget() is widget:
                return True
        return False

    @staticmethod
    def _is_before(widget: QWidget, focus: QWidget | None) -> bool:
        """Whether the way back is the shorter one."""
        if focus is None or focus.window() is not widget.window():
            return False
        return _distance(focus, widget, QWidget.previousInFocusChain) < _distance(
            focus, widget, QWidget.nextInFocusChain
        )


def _place(widget: QWidget) -> tuple[int, int]:
    """In reading order."""
    return widget.y(), widget.x()


def _distance(start: QWidget, end: QWidget, step: Callable[[QWidget], QWidget | None]) -> int:
    here: QWidget | None = start
    for number in range(_FARTHEST):
        if here is end or here is None:
            return number
        here = step(here)
    return _FARTHEST


def _middle(widget: QWidget) -> QPoint:
    """Of the part that can be seen."""
    window, seen = widget.window(), widget.rect()
    above = widget.parentWidget()
    while above is not None and widget is not window:
        seen &= QRect(above.mapTo(window, QPoint()), above.size()).translated(-widget.mapTo(window, QPoint()))
        above = above.parentWidget() if above is not window else None
    if seen.isEmpty():
        raise NotFound(f"{called(widget)} cannot be seen.")
    return seen.center()


def _bring_into_sight(widget: QWidget) -> None:
    """Scroll, as the wheel would."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 0, 16)
        parent = parent.parentWidget()


def _handle(window: QWidget) -> QWindow:
    """Active, as whatever is clicked becomes; a platform without a window manager leaves that to us."""
    if not window.isActiveWindow():
        window.activateWindow()
    handle = window.windowHandle()
    if handle is None:
        raise NotFound(f"{called(window)} is not shown.")
    return handle


def _type(editor: QLineEdit | QPlainTextEdit, text: str) -> None:
    if QApplication.focusWidget() is not editor:
        raise NotFound(f"{called(editor)} did not take the focus.")
    _key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, text)


def _key(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """To whichever window has the keyboard now."""
    window = QApplication.focusWindow()
    if window is None:
        raise NotFound("No window has the keyboard.")
    QTest.keyClick(window, key, modifiers)
