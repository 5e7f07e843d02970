"""The fields that a person fills: a line of text, several lines, one of several values, a tick.

The frame they share is in `ui.widgets.field`; `Select` lives in `ui.widgets.select` and is offered here, too.
"""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF, QTextOption
from PySide6.QtWidgets import QAbstractButton, QFrame, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout

from ui import theme
from ui.theme import TextRole
from ui.widgets.field import FIELD_HEIGHT, FIELD_PADDING, Field, Well
from ui.widgets.plain import many_lines, one_line
from ui.widgets.scroll import calm
from ui.widgets.select import Item, Select
from ui.widgets.text import Label

__all__ = ["Field", "Item", "Select", "TextBox", "TextField", "Tick"]

TICK = 18
RING = 4
"""Room around the box for the ring that shows the focus."""


class TextField(Field):
    """One line of text."""

    changed = Signal(str)
    submitted = Signal()
    """Enter was pressed."""

    def __init__(
        self, label: str, text: str = "", *, placeholder: str = "", hint: str = "", mono: bool = False
    ) -> None:
        self._edit = _LineEdit(mono)
        self._edit.setPlaceholderText(placeholder)
        super().__init__(label, self._edit, Well(self._edit), hint=hint)
        self.set_text(text)
        self._edit.textChanged.connect(self.changed)
        self._edit.returnPressed.connect(self.submitted)

    def text(self) -> str:
        return self._edit.text()

    def set_text(self, text: str) -> None:
        """Show `text`, in one line and without control characters; what was typed is taken as it is."""
        self._edit.setText(one_line(text))
        self._edit.setCursorPosition(0)

    def select_all(self) -> None:
        self._edit.selectAll()

    def set_read_only(self, read_only: bool) -> None:
        self._edit.setReadOnly(read_only)


class TextBox(Field):
    """Several lines of text, `lines` of them visible. Tab goes on to the next widget."""

    changed = Signal(str)
    submitted = Signal()
    """Ctrl+Enter was pressed."""

    def __init__(
        self,
        label: str,
        text: str = "",
        *,
        placeholder: str = "",
        hint: str = "",
        mono: bool = False,
        lines: int = 6,
    ) -> None:
        self._edit = _TextEdit(mono, lines)
        self._edit.setPlaceholderText(placeholder)
        super().__init__(label, self._edit, Well(self._edit, padding=(8, 6)), hint=hint)
        self.set_text(text)
        self._edit.textChanged.connect(self._text_changed)
        self._edit.submitted.connect(self.submitted)

    def text(self) -> str:
        return self._edit.toPlainText()

    def set_text(self, text: str) -> None:
        self._edit.setPlainText(many_lines(text))

    def set_read_only(self, read_only: bool) -> None:
        self._edit.setReadOnly(read_only)

    def _text_changed(self) -> None:
        self.changed.emit(self.text())


class Tick(QAbstractButton):
    """A box to tick, with a label that wraps and a hint below it."""

    changed = Signal(bool)

    def __init__(self, label: str, hint: str = "", *, value: bool = False) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setChecked(value)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # Else the labels on it would be painted as those of a button.
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName(one_line(label))
        self.setAccessibleDescription(one_line(hint))
        self._label = Label(one_line(label), TextRole.BODY)
        self._hint = Label(one_line(hint), TextRole.SECONDARY, colour="secondary")
        if not hint:
            self._hint.hide()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(2)
        for part in (self._label, self._hint):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.toggled.connect(self.changed)
        self._apply_theme()

    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        self.setChecked(value)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, box = theme.colours(), self._box()
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 8, 8)
        on = self.isChecked()
        line = colours.accent if on else colours.faint
        painter.setPen(QPen(line if self.isEnabled() else colours.line, 1.5))
        painter.setBrush((colours.accent if self.isEnabled() else colours.map) if on else colours.card)
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 5, 5)
        if on:
            _paint_check(painter, box, enabled=self.isEnabled())

    def _box(self) -> QRectF:
        """Beside the first line of the label, centred on it."""
        side = theme.px(TICK)
        return QRectF(RING, self._above() + (_line() - side) / 2, side, side)

    def _above(self) -> int:
        """The margin above the label, and below: a box that is taller than a line has its ring inside, too."""
        return RING + max(0, math.ceil((theme.px(TICK) - _line()) / 2))

    def _apply_theme(self) -> None:
        above = self._above()
        self._column.setContentsMargins(RING + theme.px(TICK) + theme.px(10), above, 0, above)
        self.updateGeometry()
        self.update()


class _LineEdit(QLineEdit):
    """Without a frame of its own: the well paints it."""

    def __init__(self, mono: bool) -> None:
        super().__init__()
        self._role = TextRole.MONO if mono else TextRole.BODY
        self.setFrame(False)
        self._apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self.setFont(theme.font(self._role))
        self.setMinimumHeight(theme.px(FIELD_HEIGHT - 2 * FIELD_PADDING[1]))


class _TextEdit(QPlainTextEdit):
    """Several lines without a frame of its own, as tall as `lines` of them."""

    submitted = Signal()

    def __init__(self, mono: bool, lines: int) -> None:
        super().__init__()
        self._role = TextRole.MONO if mono else TextRole.BODY
        self._lines = lines
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._apply_theme()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height(self._lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self._height(min(self._lines, 3)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _height(self, lines: int) -> int:
        return round(lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin())

    def _apply_theme(self) -> None:
        self.setFont(theme.font(self._role))
        self.updateGeometry()


def _line() -> int:
    return QFontMetrics(theme.font(TextRole.BODY)).height()


def _paint_check(painter: QPainter, box: QRectF, *, enabled: bool) -> None:
    colours = theme.colours()
    side = box.width()
    pen = QPen(colours.on_accent if enabled else colours.secondary, side / 9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    corners = ((0.27, 0.53), (0.43, 0.69), (0.74, 0.34))
    painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x * side, y * side) for x, y in corners]))
