"""What a table is made of: the model of its texts, and what paints a cell and a head. The table: `ui.widgets.table`."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from ui import theme
from ui.theme import TextRole
from ui.widgets.plain import ELLIPSIS, cut, one_line, tool_tip

BETWEEN = 24
"""Between a column's text and the next column's, in pixels of 100 %."""
EDGE = 8
"""Left of a cell's text, so that the ring of a row does not touch it."""
MOST_LINES = 6
"""Of a cell that wraps."""
_SHOWN = 400

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def shown_text(cell: str) -> str:
    """What is painted of a cell: one harmless line, not endless. The tool tip shows more of it."""
    # Cut first: cleaning ten thousand characters for each painted cell would be felt.
    return cut(one_line(cell[: 4 * _SHOWN]), _SHOWN)


def broken(text: str, font: QFont, width: int, most: int) -> list[str]:
    """`text` in lines of at most `width`, at most `most` of them; the last one is elided where that is too few."""
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    if most == 1:
        return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)]
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    # Qt counts in UTF-16.
    units = text.encode("utf-16-le")
    made: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        start, rest = 2 * line.textStart(), line.textLength() * 2
        if len(made) == most - 1:
            remaining = units[start:].decode("utf-16-le", "replace")
            made.append(metrics.elidedText(remaining, Qt.TextElideMode.ElideRight, width))
            break
        made.append(units[start : start + rest].decode("utf-16-le", "replace").rstrip())
    layout.endLayout()
    return made


class Cells(QAbstractTableModel):
    """Rows of texts as they came; cleaned where they are shown."""

    def __init__(self, columns: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self.columns = tuple(one_line(column) for column in columns)
        self.rows: tuple[tuple[str, ...], ...] = ()

    def set_rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Raises ValueError where a row has not one text per column."""
        made = tuple(tuple(row) for row in rows)
        if any(len(row) != len(self.columns) for row in made):
            raise ValueError(f"every row needs {len(self.columns)} texts: {', '.join(self.columns)}")
        self.beginResetModel()
        self.rows = made
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self.rows[index.row()][index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return shown_text(cell)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        # The numbers of rows are not shown, but read out.
        return self.columns[section] if orientation == Qt.Orientation.Horizontal else str(section + 1)


class Delegate(QStyledItemDelegate):
    """Paints a cell: elided text, the line below, the row that is selected or has the keyboard."""

    def __init__(self, table: QTableView, mono: frozenset[int], secondary: frozenset[int]) -> None:
        super().__init__(table)
        self._table = table
        self.mono = mono
        self._secondary = secondary
        self.wraps = False

    def font(self, column: int) -> QFont:
        if column in self.mono:
            return theme.font(TextRole.MONO)
        return theme.font(TextRole.SECONDARY if column in self._secondary else TextRole.BODY)

    def head_font(self) -> QFont:
        return theme.font(TextRole.PILL)

    def lines(self, text: str, column: int, width: int) -> list[str]:
        """What is painted of a text in a column of that width: one elided line, or several where cells wrap."""
        font, room = self.font(column), width - theme.px(BETWEEN)
        return broken(text, font, room, MOST_LINES if self.wraps else 1)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        metrics = QFontMetrics(self.font(index.column()))
        return QSize(metrics.horizontalAdvance(str(index.data() or "")) + theme.px(BETWEEN), metrics.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = theme.colours()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colours.accent_ground)
        painter.setPen(colours.line)
        if index.row() < index.model().rowCount() - 1:
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setFont(self.font(index.column()))
        painter.setPen(colours.secondary if index.column() in self._secondary else colours.text)
        lines = self.lines(str(index.data() or ""), index.column(), area.width())
        painter.drawText(_inner(area), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "\n".join(lines))
        if self._table.hasFocus() and index.row() == self._table.currentIndex().row():
            _paint_row_ring(painter, area, index)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """The tool tip of a cell that is not shown whole; none for others."""
        if event.type() is not QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        whole = self.whole_text(index, view.visualRect(index))
        QToolTip.showText(event.globalPos(), tool_tip(whole), view)
        return True

    def whole_text(self, index: _Index, area: QRect) -> str:
        """The cell's text if it does not fit into `area`, else nothing."""
        shown = str(index.data() or "")
        model = index.model()
        whole = model.rows[index.row()][index.column()] if isinstance(model, Cells) else shown
        last = self.lines(shown, index.column(), area.width())[-1]
        cut_off = last.endswith(ELLIPSIS) and not shown.endswith(last)
        return whole if cut_off or shown != one_line(whole) else ""


class Head(QHeaderView):
    """The names of the columns, small and quiet, with the line below."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self.setStretchLastSection(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def viewportEvent(self, event: QEvent) -> bool:
        """The tool tip of a name that is not shown whole."""
        if not isinstance(event, QHelpEvent) or event.type() is not QEvent.Type.ToolTip:
            return super().viewportEvent(event)
        section = self.logicalIndexAt(event.pos())
        room = self.sectionSize(section) - theme.px(BETWEEN)
        fits = QFontMetrics(theme.font(TextRole.PILL)).horizontalAdvance(self._name(section)) <= room
        QToolTip.showText(event.globalPos(), "" if fits else tool_tip(self._name(section)), self)
        return True

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        colours, font = theme.colours(), theme.font(TextRole.PILL)
        inner = _inner(rect)
        painter.save()
        painter.fillRect(rect, colours.card)
        painter.setPen(colours.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(font)
        painter.setPen(colours.secondary)
        text = QFontMetrics(font).elidedText(self._name(logicalIndex), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()

    def _name(self, section: int) -> str:
        return str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")


def _inner(area: QRect) -> QRect:
    """Where the text of a cell goes."""
    return area.adjusted(EDGE, 0, -(theme.px(BETWEEN) - EDGE), 0)


def _paint_row_ring(painter: QPainter, area: QRect, index: _Index) -> None:
    painter.setPen(QPen(theme.colours().accent, 2))
    inside = area.adjusted(1, 1, -1, -1)
    first, last = index.column() == 0, index.column() == index.model().columnCount() - 1
    left, right = inside.left() if first else area.left(), inside.right() if last else area.right()
    painter.drawLine(left, inside.top(), right, inside.top())
    painter.drawLine(left, inside.bottom(), right, inside.bottom())
    if first:
        painter.drawLine(inside.left(), inside.top(), inside.left(), inside.bottom())
    if last:
        painter.drawLine(inside.right(), inside.top(), inside.right(), inside.bottom())
