"""A layout that sets its items side by side and goes on in the next row where the width ends, like words."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.layouts import Items


class Flow(Items):
    """Items at the size they ask for; one that is wider than the row is made as narrow as the row."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8, row_gap: int = 8) -> None:
        super().__init__(parent)
        self._gap = gap
        self._row_gap = row_gap
        self._sizes: list[QSize | None] | None = None

    def invalidate(self) -> None:
        self._sizes = None
        super().invalidate()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def sizeHint(self) -> QSize:
        sizes = [size for size in self._asked() if size is not None]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self.items if not item.isEmpty()]
        return QSize(max((size.width() for size in sizes), default=0), max((s.height() for s in sizes), default=0))

    def places(self, width: int) -> tuple[list[QRect], int]:
        """Rows of that width; in a row the items are centred on one another. What is hidden has no place."""
        places = [QRect() for _ in self.items]
        row: dict[int, QSize] = {}
        top = 0
        for number, asked in enumerate(self._asked()):
            if asked is None:
                continue
            size = asked.boundedTo(QSize(max(width, 1), 1 << 20))
            if row and sum(one.width() + self._gap for one in row.values()) + size.width() > width:
                top += self._set(places, row, top) + self._row_gap
                row = {}
            row[number] = size
        return places, top + self._set(places, row, top)

    def _asked(self) -> list[QSize | None]:
        """The size that each item asks for; None where it is hidden."""
        sizes = self._sizes
        if sizes is None:
            sizes = [None if item.isEmpty() else item.sizeHint() for item in self.items]
            if self.keeps:
                self._sizes = sizes
        return sizes

    def _set(self, places: list[QRect], row: dict[int, QSize], top: int) -> int:
        """Put one row in its places; returns its height."""
        height = max((size.height() for size in row.values()), default=0)
        left = 0
        for number, size in row.items():
            places[number] = QRect(left, top + (height - size.height()) // 2, size.width(), size.height())
            left += size.width() + self._gap
        return height
