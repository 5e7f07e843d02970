"""A table to read: thousands of rows without delay, whatever the cells hold.

There is no widget per cell: the model cleans a cell when it is asked for, the delegate paints it. Both are in
`ui.widgets.table_cells`.
"""

import heapq
from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QSizePolicy, QTableView

from ui import theme
from ui.widgets.plain import one_line
from ui.widgets.scroll import calm
from ui.widgets.table_cells import BETWEEN, Cells, Delegate, Head, shown_text

ROW_HEIGHT, HEAD_HEIGHT = 40, 32
NARROWEST, WIDEST = 72, 420
STEP = 4
"""What the widest column gives at a time, so that wide ones end up equal."""
MEASURED = 12
"""So many of a column's longest cells are measured, not all."""
WRAPPED = 60
"""The cells of up to so many rows wrap; those of more are elided, and all rows are of one height."""


class Table(QTableView):
    """Columns with their heads, rows with lines between. Ctrl+C copies the selected rows, separated by tabs.

    It is as tall as its rows up to `visible_rows`; more of them scroll.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]] = (),
        *,
        mono_columns: Collection[int] = (),
        secondary_columns: Collection[int] = (),
        visible_rows: int = 10,
        name: str = "",
    ) -> None:
        super().__init__()
        self._visible_rows = visible_rows
        self._cells = Cells(columns, self)
        self._delegate = Delegate(self, frozenset(mono_columns), frozenset(secondary_columns))
        self._natural: list[int] = []
        self.setModel(self._cells)
        self.setItemDelegate(self._delegate)
        self.setHorizontalHeader(Head(self))
        self.setAccessibleName(name or ", ".join(columns))
        self._set_up()
        self._add_copy_action()
        self.set_rows(rows)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        lines = self.verticalHeader()
        lines.hide()
        # Nothing is measured by Qt while thousands of rows open or scroll.
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _add_copy_action(self) -> None:
        copy = QAction("Copy", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def rows(self) -> tuple[tuple[str, ...], ...]:
        return self._cells.rows

    def set_rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Other rows, one text per column. Where the person has scrolled to stays, if there is still so much."""
        at = self.verticalScrollBar().value()
        self._cells.set_rows(rows)
        # An empty table has nowhere to show the focus.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._cells.rows else Qt.FocusPolicy.NoFocus)
        self._apply_theme()
        self.verticalScrollBar().setValue(at)

    def selected_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy(self) -> None:
        """The selected rows, whole, to the clipboard. Where none is selected, nothing happens."""
        if chosen := self.selected_rows():
            lines = ("\t".join(one_line(cell) for cell in self._cells.rows[row]) for row in chosen)
            QGuiApplication.clipboard().setText("\n".join(lines))

    def sizeHint(self) -> QSize:
        rows = min(len(self._cells.rows), self._visible_rows)
        height = theme.px(HEAD_HEIGHT) + sum(self.rowHeight(row) for row in range(rows))
        if sum(self._fitted()) > self.viewport().width() > 0:
            height += self.horizontalScrollBar().sizeHint().height()
        return QSize(sum(self._natural), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(240), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW_HEIGHT))
        self.horizontalHeader().setFixedHeight(theme.px(HEAD_HEIGHT))
        self._natural = [self._natural_width(column) for column in range(self._cells.columnCount())]
        self._delegate.wraps = len(self._cells.rows) <= WRAPPED
        scrolls = len(self._cells.rows) > self._visible_rows
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if scrolls else QSizePolicy.Policy.Fixed
        )
        self._fit()
        self.viewport().update()

    def _natural_width(self, column: int) -> int:
        head = QFontMetrics(self._delegate.head_font()).horizontalAdvance(self._cells.columns[column])
        metrics = QFontMetrics(self._delegate.font(column))
        longest = heapq.nlargest(MEASURED, (row[column] for row in self._cells.rows), key=len)
        cells = max((metrics.horizontalAdvance(shown_text(cell)) for cell in longest), default=0)
        return min(max(head, cells) + theme.px(BETWEEN) + 2, theme.px(WIDEST))

    def _fitted(self) -> list[int]:
        """The widths as they fit: the widest give way first, identifiers in monospace last, and none vanishes."""
        widths = list(self._natural)
        excess = sum(widths) - self.viewport().width()
        mono = self._delegate.mono
        for columns in ([c for c in range(len(widths)) if c not in mono], sorted(mono)):
            while excess > 0 and columns and max(widths[c] for c in columns) > theme.px(NARROWEST):
                widest = max(columns, key=lambda c: widths[c])
                share = min(excess, STEP, widths[widest] - theme.px(NARROWEST))
                widths[widest] -= share
                excess -= share
        return widths

    def _fit(self) -> None:
        for column, width in enumerate(self._fitted()):
            self.setColumnWidth(column, width)
        if self._delegate.wraps:
            for row in range(len(self._cells.rows)):
                self.setRowHeight(row, self._row_height(row))
        self.updateGeometry()

    def _row_height(self, row: int) -> int:
        height = theme.px(ROW_HEIGHT)
        for column in range(self._cells.columnCount()):
            text = str(self._cells.index(row, column).data())
            more = len(self._delegate.lines(text, column, self.columnWidth(column))) - 1
            height = max(height, theme.px(ROW_HEIGHT) + more * QFontMetrics(self._delegate.font(column)).lineSpacing())
        return height
