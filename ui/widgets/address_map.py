"""A map of the private address spaces: which blocks are in use, routed to, reserved or free, and which one is chosen.

It takes blocks with a few words and knows nothing of where they come from. The cells are painted in
`ui.widgets.address_grid`, what lies in them is worked out in `ui.widgets.address_space`.
"""

from collections.abc import Sequence
from functools import partial
from ipaddress import IPv4Network

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.address_grid import CELL_HEIGHT, RADIUS, AddressGrid, paint_chosen, paint_look
from ui.widgets.address_space import SPACES, AddressSpace, Look, Mark
from ui.widgets.buttons import Button, Kind
from ui.widgets.flow import Flow
from ui.widgets.text import Label

__all__ = ["AddressMap", "Look", "Mark"]

LEGEND = (Look.USED, Look.ROUTED, Look.RESERVED, Look.FREE)


class AddressMap(QWidget):
    """The four spaces to choose from, the map of one of them, its legend, and a line about the cell one looks at."""

    picked = Signal(object)
    """The person asks for a free block (an `IPv4Network`), at the size last given to `set_size`."""

    def __init__(self) -> None:
        super().__init__()
        self._chosen: IPv4Network | None = None
        self._word = ""
        self._certain = True
        self._prefix: int | None = None
        self.grid = AddressGrid()
        self.tabs = tuple(_Tab(space) for space in SPACES)
        self._key = _Key("", chosen=True)
        self._key_of_conflict = _Key(Look.CONFLICT.value, look=Look.CONFLICT)
        self._line = Label(role=TextRole.SECONDARY, colour="secondary")
        self._pick = Button("", kind=Kind.LINK)
        self._spaces: dict[IPv4Network, AddressSpace] = {}
        self._lay_out()
        for tab in self.tabs:
            tab.clicked.connect(partial(self.show_space, tab.space))
        self.grid.moved.connect(self._tell)
        self._pick.clicked.connect(self._take)
        self.set_marks(())

    def _lay_out(self) -> None:
        switch = QWidget()
        switch.setAccessibleName("Address space")
        tabs = Flow(switch, gap=4, row_gap=4)
        for tab in self.tabs:
            tabs.addWidget(tab)
        legend = QWidget()
        keys = Flow(legend, gap=20, row_gap=4)
        for key in (*(_Key(look.value, look=look) for look in LEGEND), self._key_of_conflict, self._key):
            keys.addWidget(key)
        told = QWidget()
        row = QHBoxLayout(told)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._line, 1)
        row.addWidget(self._pick)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (switch, self.grid, told, legend):
            column.addWidget(part)

    @property
    def space(self) -> IPv4Network:
        """The space that is shown."""
        return self.grid.space.space

    @property
    def told(self) -> str:
        """What the line says of the current cell."""
        return self._line.text()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """What is in use, routed to and reserved, in any order."""
        self._spaces = {space: AddressSpace(space, marks) for space in SPACES}
        for tab in self.tabs:
            tab.set_count(self._spaces[tab.space].count)
        self.show_space(self.space)

    def set_chosen(self, block: IPv4Network | None, word: str = "chosen", *, certain: bool = True) -> None:
        """Outline a block and show the space where it lies. `certain`: all that could speak against it was read."""
        moved = block != self._chosen
        self._chosen, self._word, self._certain = block, word, certain
        if block is not None and moved:
            self.look_at(block)
        else:
            self.show_space(self.space)

    def look_at(self, block: IPv4Network) -> None:
        """Show the space where a block lies, and tell of the cell where it begins."""
        home = next((space for space in SPACES if block.subnet_of(space)), None)
        self.show_space(home if home is not None else self.space)
        if home is not None:
            self.grid.set_current(self.grid.space.index_of(block))

    def set_size(self, prefix: int | None) -> None:
        """The prefix length of the blocks that can be picked; None: none can."""
        self._prefix = prefix
        self._tell()

    def show_space(self, space: IPv4Network, _checked: bool = False) -> None:
        shown = self._spaces[space]
        shown.choose(self._chosen, self._word)
        for tab in self.tabs:
            tab.setChecked(tab.space == space)
        self.grid.show_space(shown, certain=self._certain)
        self._key.show_chosen(self._word if shown.chosen is not None else "", certain=self._certain)
        self._key_of_conflict.setVisible(shown.in_conflict)
        self._tell()

    def _tell(self, _index: int = 0) -> None:
        """The line about the current cell, and the offer to take a block there."""
        self._line.setText(self.grid.space.said(self.grid.current))
        block = self._block_to_pick()
        self._pick.setVisible(block is not None)
        if block is not None:
            self._pick.setText(f"Use {block}")
            self._pick.setAccessibleName(f"Use {block}")

    def _block_to_pick(self) -> IPv4Network | None:
        if self._prefix is None:
            return None
        cell = self.grid.space.cell(self.grid.current)
        block = IPv4Network((cell.network_address, self._prefix), strict=False)
        return block if block != self._chosen and self.grid.space.is_free(block) else None

    def _take(self) -> None:
        block = self._block_to_pick()
        if block is not None:
            self.picked.emit(block)


class _Tab(QAbstractButton):
    """One of the spaces, and how many blocks are known in it."""

    def __init__(self, space: IPv4Network) -> None:
        super().__init__()
        self.space = space
        self._count = 0
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        self._count = count
        self.setText(str(self.space))
        self.setAccessibleName(f"Address space {self.space}")
        self.setAccessibleDescription(f"{count or 'no'} {'range' if count == 1 else 'ranges'} known")
        self.setToolTip(self.accessibleDescription().capitalize())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        height = max(metrics.height(), QFontMetrics(theme.font(TextRole.PILL)).height())
        return QSize(metrics.horizontalAdvance(self.text()) + self._count_width() + theme.px(24), height + theme.px(12))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours, on = theme.colours(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ring = QPen(colours.accent, 2.0) if self.hasFocus() else QPen(colours.accent if on else colours.line, 1.0)
        painter.setPen(ring)
        painter.setBrush(colours.accent_ground if on else colours.window if self.underMouse() else colours.card)
        painter.drawRoundedRect(area, theme.px(8), theme.px(8))
        inner = area.adjusted(theme.px(11), 0, -theme.px(11), 0)
        painter.setFont(self._font())
        painter.setPen(colours.accent if on else colours.text)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | middle, self.text())
        if self._count:
            painter.setFont(theme.font(TextRole.PILL))
            painter.setPen(colours.accent if on else colours.secondary)
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | middle, str(self._count))

    def _font(self) -> QFont:
        return theme.font(TextRole.MONO_SMALL)

    def _count_width(self) -> int:
        if not self._count:
            return 0
        return QFontMetrics(theme.font(TextRole.PILL)).horizontalAdvance(str(self._count)) + theme.px(8)


class _Key(QWidget):
    """One entry of the legend: a cell as it is drawn, and its word."""

    def __init__(self, word: str, *, look: Look = Look.FREE, chosen: bool = False) -> None:
        super().__init__()
        self._look = look
        self._chosen = chosen
        self._certain = True
        self._word = Label(word, TextRole.SECONDARY, colour="secondary", wrap=False)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(0)
        self._row.addWidget(self._word)
        self._apply_theme()

    def show_chosen(self, word: str, *, certain: bool) -> None:
        self._certain = certain
        self._word.setText(word)
        self.setVisible(bool(word))
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = theme.px(CELL_HEIGHT)
        area = QRectF(QPointF(1, (self.height() - height) / 2), QSize(self._width(), height).toSizeF())
        paint_look(painter, area, theme.px(RADIUS), self._look)
        if self._chosen:
            paint_chosen(painter, area, area, certain=self._certain, conflict=False)

    def _width(self) -> int:
        return theme.px(24)

    def _apply_theme(self) -> None:
        self._row.setContentsMargins(self._width() + theme.px(8), 0, 0, 0)
        self.updateGeometry()
        self.update()
