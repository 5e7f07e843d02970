"""A word or two on a round ground: the pill, and the evidence chip that says what is known of a claim."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from installer.evidence import State
from ui import theme
from ui.theme import TextRole, Tone

_PADDING = (9, 4)
_ICON = 14
_GAP = 5

# The shape says it without the colour: circle, octagon, dashed circle, square, diamond.
_SHAPE_AND_TONE = {
    State.VERIFIED: ("verified", Tone.GOOD),
    State.REFUTED: ("refuted", Tone.BAD),
    State.PREDICTED: ("predicted", Tone.NEUTRAL),
    State.REQUESTED: ("requested", Tone.ACCENT),
    State.NOT_CHECKED: ("not-checked", Tone.CAUTION),
}


class Pill(QLabel):
    """A short word in a tone, on the ground of that tone."""

    def __init__(self, text: str, tone: Tone = Tone.NEUTRAL, *, icon: str = "") -> None:
        super().__init__()
        self._tone = tone
        self._icon = icon
        self._size = QSize()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def tone(self) -> Tone:
        return self._tone

    def set(self, text: str, tone: Tone) -> None:
        self._tone = tone
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._apply_theme()

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return self._size

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        fore, ground = theme.tone(self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, ground)
        left = theme.px(_PADDING[0])
        if self._icon:
            side = theme.px(_ICON)
            painter.drawPixmap(QPointF(left - 2, (self.height() - side) / 2), theme.icon(self._icon, fore, side))
        painter.setPen(fore)
        area = self.rect().adjusted(left + self._before_text(), 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, self.text())

    def _paint_ground(self, painter: QPainter, ground: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)

    def _before_text(self) -> int:
        return theme.px(_ICON) + theme.px(_GAP) - 2 if self._icon else 0

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.PILL))
        self._size = self._measured()
        self.updateGeometry()
        self.update()

    def _measured(self) -> QSize:
        """Once for each text: layouts ask for it hundreds of times."""
        beside, above = (theme.px(length) for length in _PADDING)
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(self.text()) + self._before_text() + 2 * beside, metrics.height() + 2 * above
        )


class EvidenceChip(Pill):
    """One of the five states of evidence, in its shape and in its exact word."""

    def __init__(self, state: State) -> None:
        shape, tone = _SHAPE_AND_TONE[state]
        super().__init__(state.value, tone, icon=shape)
        self._state = state

    def state(self) -> State:
        return self._state
