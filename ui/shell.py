"""The window's frame: the rail at the left, the shown page, the footer below it; its keys, its focus, and its closing.

Which page is shown, and what rail and footer say, decides `window.py`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractSlider,
    QHBoxLayout,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import questions
from ui.focus import FocusKeeper, stops
from ui.footer import Footer
from ui.page import Page
from ui.widgets.buttons import Button, Kind
from ui.widgets.rail import AccountCard, Rail

if TYPE_CHECKING:
    from ui.memory import Memory

MINIMUM_SIZE = (960, 640)
USUAL_SIZE = (1200, 800)

_SCROLLS: dict[int, QAbstractSlider.SliderAction] = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
}


class Shell(QMainWindow):
    """Every key presses a button that can be seen: nothing can be done by keys that cannot be done with a mouse."""

    painted = Signal()
    """For the first time: what takes long, and was not needed for that, may begin."""
    closed = Signal()

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory
        self._painted = False
        self._leaving = False
        self.setWindowTitle("Houseguest")
        self.setMinimumSize(*MINIMUM_SIZE)
        self.resize(*USUAL_SIZE)
        self.rail = Rail()
        self.all_installations = Button("All installations", Kind.LINK, icon="list")
        self.account_card = AccountCard()
        self.stack = QStackedWidget()
        self.footer = Footer()
        self._lay_out()
        for keys, button in (
            ("Ctrl+Return", self.footer.primary_button),
            ("Ctrl+Enter", self.footer.primary_button),
            ("Alt+Left", self.footer.back_button),
            ("Esc", self.footer.stop_button),
        ):
            self._add_shortcut(keys).activated.connect(partial(_press, button))
        self._add_shortcut("Ctrl+Q").activated.connect(self.close)
        self.focus_keeper = FocusKeeper(self, self.place_focus)

    def _lay_out(self) -> None:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.all_installations)
        column.addWidget(self.account_card)
        self.rail.set_bottom(below)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(self.footer)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(whole)

    def _add_shortcut(self, keys: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setAutoRepeat(False)  # a key that is held down must not walk through the journey
        return shortcut

    @property
    def page(self) -> Page:
        """The page that is shown."""
        shown = self.stack.currentWidget()
        if not isinstance(shown, Page):
            raise AssertionError("every widget of the stack is a page")
        return shown

    # Keys and focus

    def place_focus(self) -> None:
        """On the button that goes on or stops, unless the page has a better place."""
        buttons = (self.footer.primary_button, self.footer.stop_button, self.footer.back_button)
        button = next((button for button in buttons if button.isVisible() and button.isEnabled()), None)
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the focus, else the primary one; in a text of several lines it is text.
        A page can be scrolled from anywhere.
        """
        focus, key = self.focusWidget(), event.key()
        if key in _SCROLLS:
            self.page.area.verticalScrollBar().triggerAction(_SCROLLS[key])
        elif key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or isinstance(focus, QPlainTextEdit):
            super().keyPressEvent(event)
        elif event.isAutoRepeat():
            pass  # a key that is held down must not walk through the journey
        elif isinstance(focus, QPushButton):
            focus.click()
        else:
            _press(self.footer.primary_button)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab: through the rail, the page, the footer, and round again."""
        found = [*stops(self.rail), *stops(self.page), *stops(self.footer)]
        if not found:
            return False
        focus: QWidget | None = self.focusWidget()
        step = 1 if forwards else -1
        at = found.index(focus) + step if focus in found else min(step, 0)
        reason = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
        place = found[at % len(found)]
        place.setFocus(reason)
        if focus is not None and not (focus.isVisibleTo(self) and focus.isEnabled()):  # no key: Qt asks by itself
            self.focus_keeper.strayed_to(place)
        return True

    # Coming and going

    def come_to_front(self) -> None:
        """Somebody started the program again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaving is always possible; what goes on in AWS is said first."""
        if self.page.going_on and not self._leaving:
            event.ignore()
            questions.leave(self, self.page.going_on, self._leave)
            return
        self.memory.save_geometry(self)
        event.accept()
        self.closed.emit()

    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)  # when what is in the window is painted too


def _press(button: QPushButton) -> None:
    """Only what can be seen. What is disabled does nothing by itself."""
    if button.isVisible():
        button.click()
