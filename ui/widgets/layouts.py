"""Layouts and widgets whose height follows from their width, beside those of Qt.

Items that flow like words are in `ui.widgets.flow`.
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QLayout, QLayoutItem, QWidget, QWidgetItem

from ui import theme
from ui.theme import TextRole


class Wrapping(QWidget):
    """A widget whose height follows from its width alone.

    Qt takes the height at the least width for the least height at every width: pages would scroll past their end.
    """

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


class Cell(QWidgetItem):
    """The item of one widget, made by us.

    Of an item that Qt made, Python does not learn when Qt deletes it. Another one may then be at its address, and be
    taken for the old one: "already deleted", while it is in use.
    """


class Items(QLayout):
    """What every layout of our own begins with: it keeps its items. A subclass says `places` for a width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Of a change Qt tells only the outermost layout of a widget at once, so one that lies in another keeps nothing.
        self.keeps = parent is not None
        self.items: list[QLayoutItem] = []
        self._known: dict[int, tuple[list[QRect], int]] = {}
        self.setContentsMargins(0, 0, 0, 0)

    def places(self, width: int) -> tuple[list[QRect], int]:
        """Where the items stand in that width, and the height of all."""
        raise NotImplementedError

    def addItem(self, item: QLayoutItem) -> None:
        widget = item.widget()
        self.items.append(Cell(widget) if widget is not None else item)

    def count(self) -> int:
        return len(self.items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self.items[index] if 0 <= index < len(self.items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self.items.pop(index) if 0 <= index < len(self.items) else None

    def invalidate(self) -> None:
        """Something in it has changed."""
        self._known.clear()
        super().invalidate()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._places(width)[1]

    def _places(self, width: int) -> tuple[list[QRect], int]:
        """Qt asks for the same width again and again: once for each layout around this one."""
        known = self._known.get(width)
        if known is None:
            known = self.places(width)
            if self.keeps:
                self._known[width] = known
        return known

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, place in zip(self.items, self._places(rect.width())[0], strict=True):
            item.setGeometry(place.translated(rect.topLeft()))


def height_of(item: QLayoutItem, width: int) -> int:
    if item.isEmpty():
        return 0
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()


def line_of(item: QLayoutItem) -> int:
    """The height of its first line: what stands beside it is centred on that."""
    widget = item.widget()
    if isinstance(widget, QLabel) and widget.wordWrap():
        return QFontMetrics(widget.font()).height()
    return item.sizeHint().height()


class Beside(Items):
    """A name beside its text, and perhaps something small at the right; in little width the name stands above.

    The names of all rows have the same width, so that their texts begin below one another.
    """

    def __init__(self, parent: QWidget, *, side: int, narrow: int, role: TextRole, gap: int = 16, padding: int = 8):
        """Lengths in pixels of 100 %. `role` is that of the text's first line."""
        super().__init__(parent)
        self._side = side
        self._narrow = narrow
        self._role = role
        self._gap = gap
        self._padding = padding

    def places(self, width: int) -> tuple[list[QRect], int]:
        side, main, *tail = self.items
        stacked = width < theme.px(self._narrow)
        top, gap = theme.px(self._padding), theme.px(self._gap)
        left = 0 if stacked else theme.px(self._side) + gap
        side_width = side.sizeHint().width() if not side.hasHeightForWidth() else width if stacked else left - gap
        side_height = height_of(side, side_width)
        small = tail[0].sizeHint() if tail else QSize(0, 0)
        main_width = width - left - (small.width() + gap if tail else 0)
        line = QFontMetrics(theme.font(self._role)).height()
        first = top + (side_height + theme.px(4) if stacked else 0)
        main_height = height_of(main, main_width)
        side_top = top if stacked else first + (line - line_of(side)) // 2
        made = [
            QRect(0, side_top, side_width, side_height),
            QRect(left, first, main_width, main_height),
        ]
        if tail:
            made.append(QRect(width - small.width(), first + (line - small.height()) // 2, *small.toTuple()))
        return made, max(place.bottom() + 1 for place in made) + top

    def sizeHint(self) -> QSize:
        width = theme.px(self._narrow) + self.items[1].sizeHint().width()
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        tail = self.items[2].sizeHint().width() + theme.px(self._gap) if len(self.items) > 2 else 0
        return QSize(max(self.items[0].minimumSize().width(), self.items[1].minimumSize().width() + tail), 0)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal


class WithTail(Items):
    """A text, and something small at its right, centred on the text's first line."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 12) -> None:
        super().__init__(parent)
        self._gap = gap

    def places(self, width: int) -> tuple[list[QRect], int]:
        main, tail = self.items
        small, line = tail.sizeHint(), line_of(main)
        top = max(0, (small.height() - line) // 2)
        main_width = width - small.width() - theme.px(self._gap)
        main_height = height_of(main, main_width)
        tail_top = top + (line - small.height()) // 2
        made = [
            QRect(0, top, main_width, main_height),
            QRect(width - small.width(), tail_top, *small.toTuple()),
        ]
        return made, max(top + main_height, tail_top + small.height())

    def sizeHint(self) -> QSize:
        main, tail = (item.sizeHint() for item in self.items)
        width = main.width() + theme.px(self._gap) + tail.width()
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        main, tail = (item.minimumSize() for item in self.items)
        return QSize(main.width() + theme.px(self._gap) + tail.width(), 0)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal
