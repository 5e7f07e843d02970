"""The two sides of a limit, of which one is shown: tabs on a line, as a card holds them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTabBar, QWidget

from ui import theme
from ui.theme import TextRole

GAP = 24
"""Between two tabs, in pixels of 100 %."""
ABOVE = 6
BELOW = 10


class Tabs(QTabBar):
    """Keys, clicks and the tree for assistive technology are Qt's; the look is ours."""

    def __init__(self, texts: Iterable[str], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for text in texts:
            self.addTab(text)
        self._apply_theme()

    def tabSizeHint(self, index: int) -> QSize:
        metrics = QFontMetrics(theme.font(TextRole.ROW))
        width = metrics.horizontalAdvance(self.tabText(index)) + theme.px(GAP)
        return QSize(width, metrics.height() + theme.px(ABOVE + BELOW))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(0, self.height() - 1, self.width(), 1, colours.line)
        painter.setFont(theme.font(TextRole.ROW))
        for index in range(self.count()):
            place = QRectF(self.tabRect(index)).adjusted(0, 0, -theme.px(GAP), 0)
            chosen = index == self.currentIndex()
            painter.setPen(colours.text if chosen else colours.secondary)
            painter.drawText(place.adjusted(0, theme.px(ABOVE), 1, -theme.px(BELOW)), self.tabText(index))
            if chosen:
                painter.fillRect(QRectF(place.left(), self.height() - 2, place.width(), 2), colours.accent)
                self._paint_focus(painter, place)

    def _paint_focus(self, painter: QPainter, place: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(theme.colours().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                place.adjusted(-5, 1, 5, -theme.px(BELOW) + 4).intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1)),
                6,
                6,
            )

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.ROW))
        self.updateGeometry()
        self.update()
