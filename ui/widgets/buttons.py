"""The one button, in four kinds. What it does when it is pressed is up to who made it."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from ui import theme
from ui.theme import TextRole
from ui.widgets.plain import tool_tip

RADIUS = 8
_HEIGHT = 38
_PADDING = 16  # beside the text
_ICON = 16
_GAP = 8
_RING = 2  # the line of the focus ring, and the gap within it
_HOVERED, _PRESSED = 0.10, 0.20
_HOVERED_CARD, _PRESSED_CARD = 0.04, 0.09


class Kind(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"
    LINK = "link"


class Button(QPushButton):
    """A button with its text as it is: an ampersand is an ampersand.

    `icon` names one of `resources/icons/`. A button with an icon alone needs an accessible name.
    """

    def __init__(self, text: str, kind: Kind = Kind.PRIMARY, *, icon: str = "") -> None:
        super().__init__()
        self._kind = kind
        self._icon = icon
        self._whole = ""
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind is Kind.LINK else Qt.CursorShape.ArrowCursor)
        self.setText(text)
        self._apply_theme()

    def kind(self) -> Kind:
        return self._kind

    def text(self) -> str:
        return super().text().replace("&&", "&")

    def setText(self, text: str) -> None:
        super().setText(text.replace("&", "&&"))
        self._tell_whole()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text())
        if self._icon:
            width += theme.px(_ICON) + (theme.px(_GAP) if self.text() else 0)
        if self._kind is Kind.LINK:
            return QSize(width + 2, metrics.height() + theme.px(6))
        padding = theme.px(_PADDING if self.text() else 11)
        height = max(theme.px(_HEIGHT), metrics.height() + theme.px(theme.UNIT) * 2)
        return QSize(width + 2 * padding, height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._kind is Kind.LINK:
            self._paint_link(painter)
            return
        ground, line = self._body()
        _round(painter, QRectF(self.rect()), ground, line)
        if self.hasFocus():
            self._paint_ring(painter, ground)
        self._paint_content(painter)

    # Painting

    def _body(self) -> tuple[QColor, QColor]:
        """Ground and line of the body."""
        colours = theme.colours()
        filled = self._kind is not Kind.SECONDARY
        if not self.isEnabled():
            return (colours.line, colours.line) if filled else (QColor(Qt.GlobalColor.transparent), colours.line)
        if not filled:
            ground = theme.mixed(colours.card, colours.text, self._share(_HOVERED_CARD, _PRESSED_CARD))
            return ground, theme.mixed(colours.line, colours.faint, 0.35)
        base = colours.bad if self._kind is Kind.DANGER else colours.accent
        ground = theme.mixed(base, colours.text, self._share(_HOVERED, _PRESSED))
        return ground, ground

    def _share(self, hovered: float, pressed: float) -> float:
        return pressed if self.isDown() else hovered if self.underMouse() else 0.0

    def _fore(self) -> QColor:
        colours = theme.colours()
        if not self.isEnabled():
            return colours.faint
        return {Kind.SECONDARY: colours.text, Kind.LINK: colours.accent}.get(self._kind, colours.on_accent)

    def _paint_ring(self, painter: QPainter, ground: QColor) -> None:
        """Line, gap, body, all within the button: nothing moves when the focus comes."""
        colours = theme.colours()
        area = QRectF(self.rect())
        _round(painter, area, colours.accent, colours.accent)
        _round(painter, area.adjusted(_RING, _RING, -_RING, -_RING), colours.card, colours.card, RADIUS - _RING)
        inset = 2 * _RING
        _round(painter, area.adjusted(inset, inset, -inset, -inset), ground, ground, RADIUS - inset)

    def _paint_content(self, painter: QPainter) -> None:
        icon = theme.px(_ICON) if self._icon else 0
        gap = theme.px(_GAP) if icon and self.text() else 0
        padding = 0 if self._kind is Kind.LINK else theme.px(_PADDING) // 2
        shown = self._shown_text()
        width = icon + gap + self.fontMetrics().horizontalAdvance(shown)
        left = 0 if self._kind is Kind.LINK else max(padding, (self.width() - width) // 2)
        if icon:
            pixmap = theme.icon(self._icon, self._fore(), icon)
            painter.drawPixmap(QPointF(left, (self.height() - icon) / 2), pixmap)
        painter.setPen(self._fore())
        area = QRect(left + icon + gap, 0, self.width() - left - icon - gap, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    def _paint_link(self, painter: QPainter) -> None:
        if self.hasFocus():
            _round(painter, QRectF(self.rect()), theme.colours().accent_ground, None, 4)
        self._paint_content(painter)
        if self.isEnabled() and (self.hasFocus() or self.underMouse()):
            metrics = self.fontMetrics()
            thick = _RING if self.hasFocus() else 1
            baseline = (self.height() - metrics.height()) // 2 + metrics.ascent() + 2
            left = theme.px(_ICON) + theme.px(_GAP) if self._icon else 0
            width = metrics.horizontalAdvance(self._shown_text())
            painter.fillRect(QRectF(left, baseline, width, thick), self._fore())

    # Text and theme

    def _shown_text(self) -> str:
        taken = 2 + (theme.px(_ICON) + theme.px(_GAP) if self._icon else 0)
        padding = 0 if self._kind is Kind.LINK else theme.px(_PADDING)
        room = self.width() - taken - padding
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, max(room, 0) + 2)

    def _tell_whole(self) -> None:
        """Nobody gives a button less room than it asks for; if it happens, a tool tip has the text."""
        if self.toolTip() == self._whole:  # else it is of whoever made the button
            fits = self.width() >= self.minimumSizeHint().width()
            self._whole = "" if fits else tool_tip(self.text())
            self.setToolTip(self._whole)

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.ROW))
        self.updateGeometry()
        self.update()


def _round(painter: QPainter, area: QRectF, ground: QColor, line: QColor | None, radius: float = RADIUS) -> None:
    painter.setPen(QPen(line, 1) if line is not None else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
