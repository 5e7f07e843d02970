"""How far something is, and that something goes on. Nothing moves where the system asks for no motion."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from ui import theme

_STEPS = 1000
_FRAME = 40  # ms
_TURN = 1000  # ms for one round


class _Beat(QTimer):
    """Moves a widget on while it is seen and `wanted` says so: `phase` goes from 0 to 1, over and over."""

    def __init__(self, widget: QWidget, wanted: Callable[[], bool] = lambda: True) -> None:
        super().__init__(widget)
        self.phase = 0.0
        self._widget = widget
        self._wanted = wanted
        self.setInterval(_FRAME)
        self.timeout.connect(self._move)
        widget.installEventFilter(self)

    def look(self) -> None:
        """Something has changed: go on, or stop."""
        if self._widget.isVisible() and self._wanted() and not theme.reduced_motion():
            self.start()
        else:
            self.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self.look()
        elif isinstance(watched, QWidget) and theme.has_changed(event):
            watched.updateGeometry()
            watched.update()
        return super().eventFilter(watched, event)

    def _move(self) -> None:
        self.phase = (self.phase + _FRAME / _TURN) % 1.0
        self._widget.update()


class ProgressBar(QProgressBar):
    """A share of 0 to 1, or None while nobody knows how much there is. `text` names what goes on."""

    _THICK = 8
    _PART = 0.3
    """How much of the bar is filled while the share is not known."""

    def __init__(self, value: float | None = None, text: str = "") -> None:
        super().__init__()
        self._beat = _Beat(self, lambda: self.share() is None)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_text(text)
        self.set_value(value)

    def share(self) -> float | None:
        return self.value() / _STEPS if self.maximum() else None

    def moves(self) -> bool:
        return self._beat.isActive()

    def set_value(self, value: float | None) -> None:
        if value is None:
            self.setRange(0, 0)
        else:
            self.setRange(0, _STEPS)
            self.setValue(round(min(max(value, 0.0), 1.0) * _STEPS))
        self._beat.look()
        self.update()

    def set_text(self, text: str) -> None:
        self.setAccessibleName(text or "Progress")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(160), theme.px(self._THICK))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(48), theme.px(self._THICK))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect())
        radius = area.height() / 2
        painter.setBrush(theme.colours().map)
        painter.drawRoundedRect(area, radius, radius)
        painter.setBrush(theme.colours().accent)
        painter.drawRoundedRect(self._filled(area), radius, radius)

    def _filled(self, area: QRectF) -> QRectF:
        share = self.share()
        if share is not None:
            # As wide as it is high at least, or nothing: never a sliver.
            width = max(area.width() * share, area.height()) if share else 0.0
            return QRectF(area.left(), area.top(), width, area.height())
        free = 1.0 - self._PART
        there_and_back = 1.0 - abs(1.0 - 2.0 * self._beat.phase) if self._beat.isActive() else 0.5
        return QRectF(area.left() + area.width() * free * there_and_back, 0, area.width() * self._PART, area.height())


class Spinner(QWidget):
    """Something goes on. It says so only by moving, so a sentence stands beside it."""

    def __init__(self, size: int = 20) -> None:
        """`size` is in pixels of 100 %."""
        super().__init__()
        self._size = size
        self._beat = _Beat(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def moves(self) -> bool:
        return self._beat.isActive()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(self._size))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        thick = max(1.75, side / 10)
        area = QRectF(0, 0, side, side).adjusted(thick, thick, -thick, -thick)
        painter.setPen(QPen(theme.colours().map, thick))
        painter.drawEllipse(area)
        painter.setPen(QPen(theme.colours().accent, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        # In sixteenths of a degree, from the top, clockwise.
        painter.drawArc(area, round((90 - 360 * self._beat.phase) * 16), -100 * 16)
