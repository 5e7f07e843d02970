"""A layout that sets its items side by side and goes on in the next row where the width ends, like words."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui.widgets.layouts import Cell


class Flow(QLayout):
    """Items at the size they ask for; one that is wider than the row is made as narrow as the row."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8, row_gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self._row_gap = row_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        widget = item.widget()
        self._items.append(Cell(widget) if widget is not None else item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for place in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._shown]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._shown]
        return QSize(max((size.width() for size in sizes), default=0), max((s.height() for s in sizes), default=0))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, place in zip(self._shown, self._places(rect.width()), strict=True):
            item.setGeometry(place.translated(rect.topLeft()))

    @property
    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _places(self, width: int) -> list[QRect]:
        """Where each shown item stands in rows of that width; in a row they are centred on one another."""
        places: list[QRect] = []
        row: list[QSize] = []
        top = 0
        for size in (item.sizeHint().boundedTo(QSize(max(width, 1), 1 << 20)) for item in self._shown):
            if row and sum(one.width() + self._gap for one in row) + size.width() > width:
                top += self._set(places, row, top) + self._row_gap
                row = []
            row.append(size)
        self._set(places, row, top)
        return places

    def _set(self, places: list[QRect], row: list[QSize], top: int) -> int:
        """Add the places of one row; returns its height."""
        height = max((size.height() for size in row), default=0)
        left = 0
        for size in row:
            places.append(QRect(left, top + (height - size.height()) // 2, size.width(), size.height()))
            left += size.width() + self._gap
        return height
