"""Where the keys go: the first thing to decide on a page, and a new place when the widget that had the focus is gone.

Qt gives the focus of a widget that is hidden or disabled to whatever is next to it, or to nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid


def first_to_decide(root: QWidget) -> QWidget | None:
    """The first widget below `root` that Tab comes to and that is no mere button; None where there is none.

    Return would press a button: copying something is not what a person expects of it who goes on to a page.
    """
    widget = root.nextInFocusChain()
    while widget is not None and widget is not root:
        by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value) and widget.focusProxy() is None
        decides = by_tab and not isinstance(widget, QPushButton) and root.isAncestorOf(widget)
        if decides and widget.isVisibleTo(root) and widget.isEnabled():
            return widget
        widget = widget.nextInFocusChain()
    return None


class FocusKeeper(QObject):
    """Calls `find_home` when the focus of `window` was lost: its widget was hidden or disabled, and nobody has put the
    focus anywhere since.
    """

    def __init__(self, window: QWidget, find_home: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._find_home = find_home
        self._lost = False
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
        self._soon.start()

    @Slot()
    def _look(self) -> None:
        focus = QApplication.focusWidget()
        nowhere = focus is None or not (focus.isVisible() and focus.isEnabled())
        if self._window.isActiveWindow() and (self._lost or nowhere):
            self._lost = False
            self._find_home()
