"""One item of the rail: a step with the mark of its state, or an installation."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.marks import Shape, paint_mark
from ui.widgets.plain import tool_tip

_RADIUS = 8
_HEIGHT, _LEAST_HEIGHT = 40, 26
_MARK = 18
_MARK_AT = 24  # its middle, from the left of the row
_TEXT_AT = 46
_RIGHT = 10


class ItemState(StrEnum):
    TO_COME = "to come"
    CURRENT = "current"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    PLAIN = "plain"
    NEW = "new"


# The rest, `CURRENT` and what is no step, has marks of its own below.
_SHAPE_AND_TONE = {
    ItemState.TO_COME: (Shape.RING, Tone.NEUTRAL),
    ItemState.DONE: (Shape.CHECK, Tone.GOOD),
    ItemState.FAILED: (Shape.CROSS, Tone.BAD),
    ItemState.SKIPPED: (Shape.DASH, Tone.NEUTRAL),
}


@dataclass(frozen=True)
class RailItem:
    """What an item says. `note` is for screen readers and the tool tip: "step 3 of 8"; the state is added to it."""

    value: object
    title: str
    state: ItemState
    note: str = ""
    enabled: bool = True

    @property
    def description(self) -> str:
        is_step = self.state not in (ItemState.PLAIN, ItemState.NEW)
        return ", ".join(filter(None, (self.note, self.state.value if is_step else "")))


class RailButton(QAbstractButton):
    """Shows one `RailItem`; the rail decides which one is current."""

    moved = Signal(int)
    """An arrow key: 1 for the next item, -1 for the one before."""

    def __init__(self, item: RailItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._current = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.show_item(item, current=False)

    def show_item(self, item: RailItem, *, current: bool) -> None:
        self.item, self._current = item, current
        self.setText(item.title.replace("&", "&&"))
        self.setEnabled(item.enabled)
        self.setAccessibleName(item.title)
        self.setAccessibleDescription(item.description)
        self.setCursor(Qt.CursorShape.PointingHandCursor if item.enabled else Qt.CursorShape.ArrowCursor)
        # Tab comes to the rail once, at the current item; the arrows go on from there.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if current else Qt.FocusPolicy.ClickFocus)
        self._tell_whole()
        self.update()

    def is_current(self) -> bool:
        return self._current

    def sizeHint(self) -> QSize:
        return QSize(theme.px(160), theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(96), theme.px(_LEAST_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._tell_whole()
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_mark(painter)
        painter.setFont(self._font())
        painter.setPen(theme.colours().text if self._stands_out() else theme.colours().secondary)
        painter.drawText(
            self._text_area(), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, self._shown_text()
        )

    # Painting

    def _paint_ground(self, painter: QPainter) -> None:
        colours = theme.colours()
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self._current:
            painter.setBrush(colours.accent_ground)
        elif self.isEnabled() and self.underMouse():
            painter.setBrush(theme.mixed(colours.rail, colours.text, 0.05))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            area.adjust(1, 1, -1, -1)
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)

    def _paint_mark(self, painter: QPainter) -> None:
        side = min(theme.px(_MARK), self.height() - 4)
        middle = QPointF(theme.px(_MARK_AT), self.height() / 2)
        area = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        state = self.item.state
        if state in _SHAPE_AND_TONE:
            paint_mark(painter, area, *_SHAPE_AND_TONE[state])
        elif state is ItemState.NEW:
            _paint_plus(painter, middle, side)
        else:
            _paint_disc(painter, middle, side, strong=self._current or state is ItemState.CURRENT)

    def _stands_out(self) -> bool:
        return self._current or self.item.state not in (ItemState.TO_COME, ItemState.SKIPPED)

    # Text

    def _font(self) -> QFont:
        return theme.font(TextRole.ROW if self._current else TextRole.BODY)

    def _text_area(self) -> QRect:
        left = theme.px(_TEXT_AT)
        return QRect(left, 0, max(0, self.width() - left - theme.px(_RIGHT)), self.height())

    def _shown_text(self) -> str:
        metrics = QFontMetrics(self._font())
        return metrics.elidedText(self.item.title, Qt.TextElideMode.ElideRight, self._text_area().width())

    def _tell_whole(self) -> None:
        whole = self._shown_text() == self.item.title and self.item.state is not ItemState.PLAIN
        self.setToolTip("" if whole else tool_tip(f"{self.item.title}\n{self.item.note}".strip()))


def _paint_disc(painter: QPainter, middle: QPointF, side: float, *, strong: bool) -> None:
    """A disc with a dot for where the person is, a dot alone for an installation that is not shown."""
    colours = theme.colours()
    painter.setPen(Qt.PenStyle.NoPen)
    if strong:
        painter.setBrush(colours.accent)
        painter.drawEllipse(middle, side / 2, side / 2)
    painter.setBrush(colours.on_accent if strong else colours.secondary)
    painter.drawEllipse(middle, side / 6, side / 6)


def _paint_plus(painter: QPainter, middle: QPointF, side: float) -> None:
    painter.setPen(QPen(theme.colours().secondary, side / 11, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    half = side / 3.2
    painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0))
    painter.drawLine(middle - QPointF(0, half), middle + QPointF(0, half))
