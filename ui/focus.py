"""Where the keys go: from one stop of Tab to the next, to what a page asks first, and to a new place when the widget
that had the focus is gone.

Qt gives the focus of a widget that is hidden or disabled to whatever is next to it, or to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPlainTextEdit, QPushButton, QWidget
from shiboken6 import isValid


def stops(root: QWidget) -> Iterator[QWidget]:
    """What Tab comes to below `root`, in the order of reading: card by card, downwards, from left to right.

    Qt's own order is that in which widgets were made, and pages make and unmake theirs all the time.
    """
    for child in _in_rows(root):
        if _is_stop(child):
            yield child
        yield from stops(child)


def first_to_decide(root: QWidget) -> QWidget | None:
    """The first stop below `root` that asks for something; None where there is none.

    A button does not: Return would press it, and nobody expects that something is copied by going on to a page. Nor
    does a text that can only be read.
    """
    return next((stop for stop in stops(root) if _asks(stop)), None)


def _is_stop(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    return by_tab and widget.isEnabled() and widget.focusProxy() is None


def _asks(widget: QWidget) -> bool:
    if isinstance(widget, QPlainTextEdit):
        return not widget.isReadOnly()
    return not isinstance(widget, QPushButton | QAbstractScrollArea)


def _in_rows(parent: QWidget) -> list[QWidget]:
    """Its visible children, row by row. Those that stand beside one another overlap by half a height at least."""
    children = parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    # Qt asks for the next stop while it hides the last one: that one is hidden already, though still visible.
    shown = [child for child in children if child.isVisible() and not child.isHidden() and not child.isWindow()]
    rows: list[list[QWidget]] = []
    for child in sorted(shown, key=lambda child: child.geometry().center().y()):
        row = rows[-1][0].geometry() if rows else child.geometry()
        overlap = min(row.bottom(), child.geometry().bottom()) - max(row.top(), child.geometry().top())
        if rows and 2 * overlap >= min(row.height(), child.height()):
            rows[-1].append(child)
        else:
            rows.append([child])
    return [child for row in rows for child in sorted(row, key=QWidget.x)]


class FocusKeeper(QObject):
    """Calls `find_home` when the focus of `window` was lost: its widget was hidden or disabled, and nobody has put the
    focus anywhere since.
    """

    def __init__(self, window: QWidget, find_home: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._find_home = find_home
        self._lost = False
        self._strayed_to: QWidget | None = None
        # Not at once: whoever hides a widget may be about to say where the focus goes.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._look)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._changed)

    @Slot(QWidget, QWidget)
    def _changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if not isValid(self._window):
            return  # it is being taken apart, and its widgets lose the focus one by one
        if old is not None and self._window.isAncestorOf(old):
            self._lost = not (old.isVisible() and old.isEnabled())
        elif new is not None:
            self._lost = False
        self.look_soon()

    def strayed_to(self, place: QWidget) -> None:
        """The widget that had the focus is gone, and Qt went on to this one. Where the window is not the active one, as
        behind a dialog, nobody is told of that; it counts once the window is, unless somebody has chosen another place.
        """
        if not self._window.isActiveWindow():
            self._strayed_to = place

    def look_soon(self) -> None:
        """Something was hidden, shown or disabled: see whether the focus still is where it can be."""
        self._soon.start()

    @Slot()
    def _look(self) -> None:
        focus = QApplication.focusWidget()
        nowhere = focus is None or not (focus.isVisible() and focus.isEnabled())
        if not self._window.isActiveWindow():
            return
        strayed = self._strayed_to is not None and focus is self._strayed_to
        self._strayed_to = None
        if self._lost or nowhere or strayed:
            self._lost = False
            self._find_home()
