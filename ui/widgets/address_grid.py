"""The cells of an address space, painted: what is in use is solid, what is routed to striped, what is reserved dotted,
what is in conflict crossed, and the chosen block outlined.

What lies in the cells is told by `ui.widgets.address_space`; legend and words are in `ui.widgets.address_map`.
"""

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.address_space import CELLS, COLUMNS, SLOTS, SPACES, AddressSpace, Look
from ui.widgets.announce import announce
from ui.widgets.plain import tool_tip

CELL_HEIGHT, GAP, RADIUS, RING = 14, 3, 3, 3
_LABELLED = 4
"""Every so many rows are labelled with the address they begin with."""


class AddressGrid(QWidget):
    """The map itself. Arrow keys or a click move the cell that is told about."""

    moved = Signal(int)
    """Another cell is told about."""

    def __init__(self) -> None:
        super().__init__()
        self._space = AddressSpace(SPACES[0])
        self._current = 0
        self._certain = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    @property
    def space(self) -> AddressSpace:
        return self._space

    @property
    def current(self) -> int:
        return self._current

    def show_space(self, space: AddressSpace, *, certain: bool) -> None:
        """`certain`: all that could speak against the chosen block was read."""
        self._space = space
        self._certain = certain
        self._describe()
        self.update()

    def set_current(self, index: int) -> None:
        if index != self._current and 0 <= index < CELLS:
            self._current = index
            self._describe()
            self.update()
            self.moved.emit(index)
            if self.hasFocus():
                announce(self, self._space.said(index))

    def cell_rect(self, index: int) -> QRectF:
        row, column = divmod(index, COLUMNS)
        left, gap = self._margin(), float(theme.px(GAP))
        width = (self.width() - left - RING - gap * (COLUMNS - 1)) / COLUMNS
        height = theme.px(CELL_HEIGHT)
        return QRectF(left + column * (width + gap), RING + row * (height + gap), width, height)

    def cell_at(self, place: QPointF) -> int | None:
        """The cell at a place, its gap to the next one included; None beside the cells."""
        first = self.cell_rect(0)
        column = (place.x() - first.left()) // (first.width() + theme.px(GAP))
        row = (place.y() - first.top()) // (first.height() + theme.px(GAP))
        inside = 0 <= column < COLUMNS and 0 <= row < CELLS // COLUMNS
        return int(row * COLUMNS + column) if inside else None

    def sizeHint(self) -> QSize:
        rows = CELLS // COLUMNS
        height = rows * theme.px(CELL_HEIGHT) + (rows - 1) * theme.px(GAP) + 2 * RING
        return QSize(self._margin() + COLUMNS * theme.px(40), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._margin() + COLUMNS * theme.px(GAP + 8), self.sizeHint().height())

    # Keys, mouse and screen readers

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at, last_column = self._current, COLUMNS - 1
        whole = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        target = {
            Qt.Key.Key_Left: max(at - 1, 0),
            Qt.Key.Key_Right: min(at + 1, CELLS - 1),
            Qt.Key.Key_Up: at - COLUMNS if at >= COLUMNS else at,
            Qt.Key.Key_Down: at + COLUMNS if at + COLUMNS < CELLS else at,
            Qt.Key.Key_Home: 0 if whole else at - at % COLUMNS,
            Qt.Key.Key_End: CELLS - 1 if whole else at - at % COLUMNS + last_column,
        }.get(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
        else:
            self.set_current(target)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.cell_at(event.position())
        if index is not None:
            self.set_current(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.updateGeometry()
            self.update()

    def tip(self, place: QPoint) -> str:
        """What is said of the cell at a place, for a tool tip."""
        index = self.cell_at(QPointF(place))
        return tool_tip(self._space.said(index)) if index is not None else ""

    def _show_tip(self, place: QPoint, on_screen: QPoint) -> None:
        index = self.cell_at(QPointF(place))
        area = self.cell_rect(index).toAlignedRect() if index is not None else self.rect()
        QToolTip.showText(on_screen, self.tip(place), self, area)

    def _describe(self) -> None:
        self.setAccessibleName(f"Map of {self._space.space}")
        said = self._space.said(self._current)
        self.setAccessibleDescription(f"{self._space.summary} At {said}. The arrow keys move from block to block.")

    # Painting

    def _margin(self) -> int:
        """Left of the cells: room for the widest address of a row, and for the ring around a cell."""
        return QFontMetrics(theme.font(TextRole.MONO_SMALL)).horizontalAdvance("100.112.0.0") + theme.px(12) + RING

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_addresses(painter)
        for index in range(CELLS):
            self._paint_cell(painter, index)
        self._paint_cursor(painter)

    def _paint_addresses(self, painter: QPainter) -> None:
        painter.setFont(theme.font(TextRole.MONO_SMALL))
        painter.setPen(theme.colours().faint)
        for index in range(0, CELLS, COLUMNS * _LABELLED):
            cell = self.cell_rect(index)
            height = painter.fontMetrics().height()
            area = QRectF(0, cell.center().y() - height / 2, cell.left() - theme.px(8), height)
            place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, place, str(self._space.cell(index).network_address))

    def _paint_cell(self, painter: QPainter, index: int) -> None:
        area, radius = self.cell_rect(index), theme.px(RADIUS)
        runs = list(self._space.runs(index))
        paint_look(painter, area, radius, runs[0].look if len(runs) == 1 else Look.FREE)
        if len(runs) > 1:
            for run in runs:
                if run.look is not Look.FREE:
                    paint_look(painter, _part(area, run.start, run.end), radius / 2, run.look)
        chosen = self._space.chosen_run(index)
        if chosen:
            paint_chosen(
                painter,
                area,
                _part(area, chosen.start, chosen.stop) if len(chosen) < SLOTS else area,
                certain=self._certain,
                conflict=any(run.look is Look.CONFLICT for run in runs),
            )

    def _paint_cursor(self, painter: QPainter) -> None:
        """A ring around the cell that is told about: strong where the keyboard is."""
        colours, focused = theme.colours(), self.hasFocus()
        painter.setPen(QPen(colours.text if focused else colours.faint, 2.0 if focused else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = self.cell_rect(self._current).adjusted(-2, -2, 2, 2)
        painter.drawRoundedRect(area, theme.px(RADIUS) + 2, theme.px(RADIUS) + 2)


def paint_look(painter: QPainter, area: QRectF, radius: float, look: Look) -> None:
    """A stretch of addresses: told by its colour, and by its pattern as well."""
    colours = theme.colours()
    fill = {
        Look.FREE: colours.map,
        Look.RESERVED: colours.faint,
        Look.ROUTED: colours.caution,
        Look.USED: colours.accent,
        Look.CONFLICT: colours.bad,
    }[look]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(area, radius, radius)
    if look is Look.ROUTED:
        _hatch(painter, area, colours.card, slants=(1,))
    elif look is Look.CONFLICT:
        _hatch(painter, area, colours.card, slants=(1, -1))
    elif look is Look.RESERVED:
        _dots(painter, area, colours.card)


def paint_chosen(painter: QPainter, cell: QRectF, part: QRectF, *, certain: bool, conflict: bool) -> None:
    """The outline of a cell with the chosen block, and in it the block; dashed where not all was read."""
    colours = theme.colours()
    fore, ground = (colours.good, colours.good_ground) if certain else (colours.caution, colours.caution_ground)
    radius = theme.px(RADIUS)
    if conflict:
        fore = colours.bad
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground if part == cell else fore)
        painter.drawRoundedRect(part, radius, radius)
    style = Qt.PenStyle.SolidLine if certain or conflict else Qt.PenStyle.DashLine
    painter.setPen(QPen(fore, theme.px(2), style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = theme.px(2) / 2
    painter.drawRoundedRect(cell.adjusted(inset, inset, -inset, -inset), radius, radius)


def _part(area: QRectF, start: int, end: int) -> QRectF:
    slot = area.width() / SLOTS
    return QRectF(area.left() + start * slot, area.top(), (end - start) * slot, area.height())


def _hatch(painter: QPainter, area: QRectF, colour: QColor, slants: tuple[int, ...]) -> None:
    """Diagonals within the area; worked out, because clipping every cell would be slow."""
    step, height = theme.px(6), area.height()
    lines = []
    foot = area.left() - height + step / 2
    while foot < area.right():
        start, end = max(foot, area.left()), min(foot + height, area.right())
        for slant in slants:
            bottom, top = area.bottom() - (start - foot), area.bottom() - (end - foot)
            if slant < 0:
                bottom, top = area.top() + area.bottom() - bottom, area.top() + area.bottom() - top
            lines.append(QLineF(start, bottom, end, top))
        foot += step
    painter.setPen(QPen(colour, max(1.0, theme.scale()), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawLines(lines)


def _dots(painter: QPainter, area: QRectF, colour: QColor) -> None:
    step = theme.px(5)
    painter.setPen(QPen(colour, 1.6 * theme.scale(), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    across, down = max(1, int(area.width() // step)), max(1, int(area.height() // step))
    left = area.center().x() - (across - 1) * step / 2
    top = area.center().y() - (down - 1) * step / 2
    painter.drawPoints([QPointF(left + x * step, top + y * step) for x in range(across) for y in range(down)])
