"""How much of what is allowed a text takes: a sentence, and a thin bar that says the same."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.announce import announce
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.text import Label

TIGHT = 0.9
"""The share from which on little is left."""
_THICK = 6
_GAP = 2


class Budget(Wrapping):
    """ "4,812 of 5,144 characters". Hidden until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = _Bar()
        self._mark = Mark(Shape.OCTAGON, Tone.BAD, size=15)
        self._words = Label("", TextRole.SECONDARY, colour="secondary")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._bar)
        column.addLayout(row)
        self.hide()

    def text(self) -> str:
        return self._words.text()

    def set(self, used: int, limit: int) -> None:
        """`used` of `limit` characters. Where it begins to be too many, screen readers say so."""
        over, was_over = used > limit, self._bar.is_over()
        words = f"{used:,} of {limit:,} characters"
        if over:
            words += f": {used - limit:,} too many"
        elif used >= limit * TIGHT:
            words += f", {limit - used:,} left"
        self._words.setText(words)
        self._words.set_tone(Tone.BAD if over else None)
        self._mark.setVisible(over)
        self._bar.set(used, limit, words)
        self.show()
        if over and not was_over:
            announce(self._bar, words)


class _Bar(QProgressBar):
    """Up to the limit in one colour; what is beyond stands apart from it, behind a gap, in another."""

    def __init__(self) -> None:
        super().__init__()
        self._used = 0
        self._limit = 1
        self.setTextVisible(False)
        self.setAccessibleName("Characters used")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def is_over(self) -> bool:
        return self._used > self._limit

    def set(self, used: int, limit: int, words: str) -> None:
        self._used, self._limit = used, max(1, limit)
        self.setRange(0, self._limit)
        self.setValue(min(used, self._limit))
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(160), theme.px(_THICK))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(48), theme.px(_THICK))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, area = theme.colours(), QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setClipPath(outline)
        painter.fillRect(area, colours.map)
        if self.is_over():
            within = area.width() * self._limit / self._used
            painter.fillRect(QRectF(0, 0, within, area.height()), colours.accent)
            painter.fillRect(QRectF(within, 0, theme.px(_GAP), area.height()), colours.card)
            painter.fillRect(QRectF(within + theme.px(_GAP), 0, area.width() - within, area.height()), colours.bad)
        elif self._used:
            width = max(area.width() * self._used / self._limit, area.height())
            self._fill(painter, QRectF(0, 0, width, area.height()), self._colour())

    def _fill(self, painter: QPainter, area: QRectF, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)

    def _colour(self) -> QColor:
        colours = theme.colours()
        return colours.caution if self._used >= self._limit * TIGHT else colours.accent
