"""The bar below every page: one quiet fact, and at most three buttons, the primary one last."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from ui import theme
from ui.page import SIDE_MARGIN, Action
from ui.widgets.buttons import Button, Kind
from ui.widgets.progress import Spinner
from ui.widgets.text import Label

_BETWEEN = 12
_LEAST_OF_A_FACT = 160
"""In pixels of 100 %: in less, a sentence stands above the buttons."""


class Footer(QWidget):
    """Shows what `show_state` is given; it decides nothing."""

    back = Signal()
    primary = Signal()
    stop = Signal()
    extra = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self._fact = Label(role=theme.TextRole.SECONDARY, colour="secondary")
        self._fact.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._spinner = Spinner(16)
        self.extra_button = self._button("extra", Kind.SECONDARY, self.extra)
        self.stop_button = self._button("stop", Kind.SECONDARY, self.stop)
        self.back_button = self._button("back", Kind.SECONDARY, self.back)
        self.back_button.setText("Back")
        self.primary_button = self._button("primary", Kind.PRIMARY, self.primary)
        self._buttons = (self.extra_button, self.stop_button, self.back_button, self.primary_button)
        self._parts = self._lay_out()

    def _lay_out(self) -> QBoxLayout:
        told = QHBoxLayout()
        told.setSpacing(_BETWEEN)
        told.addWidget(self._spinner)
        told.addWidget(self._fact, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(_BETWEEN)
        buttons.addStretch(1)
        for button in self._buttons:
            buttons.addWidget(button)
        parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        parts.setContentsMargins(SIDE_MARGIN, 16, SIDE_MARGIN, 16)
        parts.setSpacing(_BETWEEN)
        parts.addLayout(told, 1)
        parts.addLayout(buttons)
        return parts

    def _arrange(self) -> None:
        """The fact beside the buttons, or above them where a few words would make a column there."""
        shown = [button.sizeHint().width() + _BETWEEN for button in self._buttons if not button.isHidden()]
        free = self.width() - 2 * SIDE_MARGIN - sum(shown)
        needed = self._fact.fontMetrics().horizontalAdvance(self._fact.text())
        beside = free >= min(needed, theme.px(_LEAST_OF_A_FACT))
        self._parts.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def _button(self, name: str, kind: Kind, signal: SignalInstance) -> Button:
        button = Button("", kind=kind)
        button.setObjectName(name)
        button.clicked.connect(signal)
        return button

    def show_state(self, *, fact: str, busy: bool, stop: str, can_go_back: bool, extra: Action | None) -> None:
        """`stop` is the text of the button that stops the work, shown while `busy`."""
        self._fact.setText(fact)
        self._spinner.setVisible(busy)
        _show(self.stop_button, busy, stop)
        _show(self.back_button, can_go_back and not busy, "Back")
        _show(self.extra_button, extra is not None and not busy, extra.text if extra else "")
        self.extra_button.setEnabled(extra is not None and extra.enabled)
        self._arrange()

    def show_primary(self, text: str, *, enabled: bool) -> None:
        _show(self.primary_button, bool(text), text)
        self.primary_button.setEnabled(enabled)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colours().line)
        painter.drawLine(0, 0, self.width(), 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._arrange()
            self.update()


def _show(button: Button, shown: bool, text: str) -> None:
    if text:
        button.setText(text)
        button.setAccessibleName(text)
    button.setVisible(shown)
