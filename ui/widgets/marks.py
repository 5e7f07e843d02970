"""Small painted marks that say a state by their shape, beside words that say it too.

The evidence chips, with their five shapes, are in `ui.widgets.chips`.
"""

from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.theme import Tone


class Shape(StrEnum):
    RING = "ring"
    CHECK = "check"
    CROSS = "cross"
    DASH = "dash"
    CLOCK = "clock"
    ALERT = "alert"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"
    INFO = "info"


def paint_mark(painter: QPainter, area: QRectF, shape: Shape, tone: Tone) -> None:
    """The shape in a square `area`, in the colours of `tone`."""
    fore, ground = theme.tone(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.topLeft())
    painter.scale(area.width() / 24, area.height() / 24)
    if shape is not Shape.RING:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPath(_outline(shape))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(fore, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if shape in {Shape.TRIANGLE, Shape.OCTAGON}:
        painter.drawPath(_outline(shape))
    painter.drawPath(_sign(shape))
    _paint_dot(painter, shape, fore)
    painter.restore()


def _outline(shape: Shape) -> QPainterPath:
    path = QPainterPath()
    if shape is Shape.TRIANGLE:
        path.addPolygon(QPolygonF([QPointF(12, 3), QPointF(22, 20.5), QPointF(2, 20.5)]))
        path.closeSubpath()
    elif shape is Shape.OCTAGON:
        corners = ((8, 2), (16, 2), (22, 8), (22, 16), (16, 22), (8, 22), (2, 16), (2, 8))
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        path.closeSubpath()
    else:
        path.addEllipse(QRectF(0.5, 0.5, 23, 23))
    return path


_STROKES: dict[Shape, tuple[tuple[tuple[float, float], ...], ...]] = {
    Shape.CHECK: (((7, 12.5), (10.5, 16), (17, 8.5)),),
    Shape.CROSS: (((8, 8), (16, 16)), ((16, 8), (8, 16))),
    Shape.DASH: (((7.5, 12), (16.5, 12)),),
    Shape.CLOCK: (((12, 6.5), (12, 12.5), (15.5, 14.5)),),
    Shape.ALERT: (((12, 6.5), (12, 12.5)),),
    Shape.TRIANGLE: (((12, 9.5), (12, 13.5)),),
    Shape.OCTAGON: (((8.5, 12), (15.5, 12)),),
    Shape.INFO: (((12, 11.5), (12, 17)),),
}
_DOTS = {Shape.ALERT: (12.0, 17.0), Shape.TRIANGLE: (12.0, 17.3), Shape.INFO: (12.0, 7.3)}


def _sign(shape: Shape) -> QPainterPath:
    path = QPainterPath()
    if shape is Shape.RING:
        path.addEllipse(QRectF(2.5, 2.5, 19, 19))
    for stroke in _STROKES.get(shape, ()):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in stroke]))
    return path


def _paint_dot(painter: QPainter, shape: Shape, colour: QColor) -> None:
    if shape in _DOTS:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(*_DOTS[shape]), 1.5, 1.5)


class Mark(QWidget):
    """One mark of `size` pixels of 100 %. The widget that holds it says the same in words."""

    def __init__(self, shape: Shape, tone: Tone, *, size: int = 20) -> None:
        super().__init__()
        self._shape = shape
        self._tone = tone
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def shape(self) -> Shape:
        return self._shape

    def set(self, shape: Shape, tone: Tone) -> None:
        self._shape, self._tone = shape, tone
        self.update()

    def sizeHint(self) -> QSize:
        side = theme.px(self._size)
        return QSize(side, side)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        side = min(self.width(), self.height())
        paint_mark(QPainter(self), QRectF(0, 0, side, side), self._shape, self._tone)
