"""The rows of a comparison: their model, and what paints one. The list that shows them: `ui.widgets.diff_view_list`."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.theme import TextRole
from ui.widgets.diff_view_lines import Change, Entry, Fold, Line, Row
from ui.widgets.plain import ELLIPSIS, cut, tool_tip

LONGEST = 4_000
"""Characters of a line that are painted; the tool tip has more of it."""
_NOWHERE = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex
_PAD, _MARK, _FOLD_PAD = 6, 20, 6
_SELECTED, _STRONGER = 0.12, 0.22
_SIGNS = {Change.ADDED: "+", Change.REMOVED: "−", Change.SAME: ""}


class Rows(QAbstractListModel):
    """Entries in order; each says in words what happened to it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = tuple(entries)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.words if isinstance(entry, Fold) else entry.line.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return said(entry)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(entry, Row) and len(entry.line.text) > LONGEST:
            return tool_tip(entry.line.text)
        return None


def said(entry: Entry) -> str:
    """For screen readers: the word first, then where, then the text."""
    if isinstance(entry, Fold):
        return f"{entry.words}. Press Return to show them."
    if entry.change is Change.CHANGED and entry.before is not None:
        before, after = entry.before, entry.line
        return f"changed, line {before.number}: {before.text.strip()}; now line {after.number}: {after.text.strip()}"
    return f"{entry.change}, line {entry.line.number}: {entry.line.text.strip() or 'blank'}"


class Painter(QStyledItemDelegate):
    """Paints an entry in one column or in two, with signs before the lines; long lines wrap."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.digits = 2
        self._heights: dict[int, int] = {}
        self._font = QFont()
        self.fit(0, split=False)

    def fit(self, width: int, *, split: bool) -> None:
        """What was measured before holds no longer: the width, the rows or the size of type are others."""
        self.width, self.split = width, split
        self._heights.clear()
        self._font = theme.font(TextRole.MONO_SMALL)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        number = index.row()
        if number not in self._heights:
            self._heights[number] = self._height(_entry(index))
        return QSize(self.width, self._heights[number])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry, area, state = _entry(index), option.rect, option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if isinstance(entry, Fold):
            self._paint_fold(painter, area, entry, chosen)
        elif self.split:
            half = area.width() // 2
            left = QRect(area.left(), area.top(), half, area.height())
            right = QRect(area.left() + half, area.top(), area.width() - half, area.height())
            removed = Change.REMOVED if entry.change is not Change.SAME else Change.SAME
            added = Change.ADDED if entry.change is not Change.SAME else Change.SAME
            self._paint_half(painter, left, entry.before, removed, chosen)
            self._paint_half(painter, right, entry.after, added, chosen)
            painter.setPen(theme.colours().line)
            painter.drawLine(right.topLeft(), right.bottomLeft())
        else:
            self._paint_whole(painter, area, entry, chosen)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colours().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))
        painter.restore()

    # One entry

    def _paint_fold(self, painter: QPainter, area: QRect, fold: Fold, chosen: bool) -> None:
        colours = theme.colours()
        painter.fillRect(area, _selected(theme.mixed(colours.map, colours.window, 0.5), chosen))
        icon = theme.px(14)
        top = area.top() + (area.height() - icon) // 2
        painter.drawPixmap(area.left() + theme.px(_PAD), top, theme.icon("chevron-right", colours.secondary, icon))
        painter.setFont(theme.font(TextRole.SECONDARY))
        painter.setPen(colours.text if chosen else colours.secondary)
        words = area.adjusted(theme.px(_PAD) + icon + theme.px(_PAD), theme.px(_FOLD_PAD), -theme.px(_PAD), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, fold.words)

    def _paint_whole(self, painter: QPainter, area: QRect, row: Row, chosen: bool) -> None:
        self._ground(painter, area, row.change, chosen)
        numbers = self._numbers_width()
        for line, left in ((row.before, area.left()), (row.after, area.left() + numbers)):
            if line is not None:
                self._paint_number(painter, QRect(left, area.top(), numbers, area.height()), line, chosen)
        rest = area.adjusted(2 * numbers, 0, 0, 0)
        self._paint_line(painter, rest, row.line, row.change, chosen)

    def _paint_half(self, painter: QPainter, area: QRect, line: Line | None, change: Change, chosen: bool) -> None:
        if line is None:
            painter.fillRect(area, _selected(theme.colours().window, chosen))
            return
        self._ground(painter, area, change, chosen)
        numbers = self._numbers_width()
        self._paint_number(painter, QRect(area.left(), area.top(), numbers, area.height()), line, chosen)
        self._paint_line(painter, area.adjusted(numbers, 0, 0, 0), line, change, chosen)

    def _ground(self, painter: QPainter, area: QRect, change: Change, chosen: bool) -> None:
        painter.fillRect(area, _selected(_ground_of(change), chosen))

    def _paint_number(self, painter: QPainter, area: QRect, line: Line, chosen: bool) -> None:
        painter.setFont(self._font)
        painter.setPen(theme.colours().text if chosen else theme.colours().secondary)
        place = area.adjusted(0, self._above(), -theme.px(_PAD), 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine, str(line.number))

    def _paint_line(self, painter: QPainter, area: QRect, line: Line, change: Change, chosen: bool) -> None:
        """The sign, and the text in as many lines as it takes."""
        colours, metrics = theme.colours(), QFontMetrics(self._font)
        painter.setFont(self._font)
        top = area.top() + self._above() + metrics.ascent()
        if sign := _SIGNS.get(change, ""):
            painter.setFont(theme.font(TextRole.ROW))
            tone = colours.good if change is Change.ADDED else colours.bad
            painter.setPen(colours.text if chosen else tone)
            painter.drawText(area.left() + theme.px(_PAD), top, sign)
            painter.setFont(self._font)
        left, at = area.left() + theme.px(_MARK), 0
        hanging = left + round(self._hanging(line.text, area.width()))
        for piece in self._pieces(line.text, area.width()):
            self._paint_marked(painter, left, top, piece, at, line.marked, change)
            painter.setPen(colours.text)
            painter.drawText(left, top, piece)
            at, left = at + len(piece), hanging
            top += metrics.lineSpacing()

    def _paint_marked(
        self, painter: QPainter, left: int, top: int, piece: str, at: int, marked: tuple[int, int], change: Change
    ) -> None:
        """What differs from the line's partner: on a stronger ground, and underlined."""
        start, end = max(marked[0] - at, 0), min(marked[1] - at, len(piece))
        if start >= end:
            return
        metrics = QFontMetricsF(self._font)
        fore = theme.colours().good if change is Change.ADDED else theme.colours().bad
        begin, over = metrics.horizontalAdvance(piece[:start]), metrics.horizontalAdvance(piece[start:end])
        place = QRectF(left + begin, top - metrics.ascent(), over, metrics.height())
        painter.fillRect(place, theme.mixed(_ground_of(change), fore, _STRONGER))
        painter.fillRect(QRectF(place.left(), place.bottom() - theme.px(1), over, theme.px(1)), fore)

    # Measures

    def _height(self, entry: Entry) -> int:
        metrics = QFontMetrics(self._font)
        if isinstance(entry, Fold):
            words = QFontMetrics(theme.font(TextRole.SECONDARY))
            room = QRect(0, 0, max(1, self.width - 3 * theme.px(_PAD) - theme.px(14)), 1 << 20)
            return words.boundingRect(room, Qt.TextFlag.TextWordWrap, entry.words).height() + 2 * theme.px(_FOLD_PAD)
        width = self.width // 2 - self._numbers_width() if self.split else self.width - 2 * self._numbers_width()
        lines = max(len(self._pieces(line.text, width)) for line in (entry.before, entry.after) if line is not None)
        return lines * metrics.lineSpacing() + 2 * self._above()

    def line_height(self) -> int:
        """Of an entry of one line."""
        return QFontMetrics(self._font).lineSpacing() + 2 * self._above()

    def _above(self) -> int:
        return theme.px(2)

    def _numbers_width(self) -> int:
        return self.digits * QFontMetrics(self._font).horizontalAdvance("0") + 2 * theme.px(_PAD)

    def _room(self, width: int) -> int:
        return max(1, width - theme.px(_MARK) - theme.px(_PAD))

    def _hanging(self, text: str, width: int) -> float:
        """How far the second line of a long one is indented: a little further than the first, where there is room."""
        blanks = len(text) - len(text.lstrip(" ")) + 2
        indent = blanks * QFontMetricsF(self._font).horizontalAdvance("0")
        return indent if indent < self._room(width) / 2 else 0.0

    def _pieces(self, text: str, width: int) -> list[str]:
        """What fits on a line each, in the room that the sign leaves."""
        text, metrics = cut(text, LONGEST), QFontMetricsF(self._font)
        room, later = self._room(width), self._room(width) - self._hanging(text, width)
        if text.removesuffix(ELLIPSIS).isascii():
            advance = metrics.horizontalAdvance("0")
            first, most = max(1, int(room / advance)), max(1, int(later / advance))
            return [text[:first], *(text[at : at + most] for at in range(first, len(text), most))]
        pieces: list[str] = []
        line, used = "", 0.0
        for sign in text:
            wide = metrics.horizontalAdvance(sign)
            if line and used + wide > (later if pieces else room):
                pieces.append(line)
                line, used = "", 0.0
            line, used = line + sign, used + wide
        return [*pieces, line]


def _entry(index: _Index) -> Entry:
    model = index.model()
    if not isinstance(model, Rows):
        raise TypeError("this paints the rows of a comparison")
    return model.entries[index.row()]


def _ground_of(change: Change) -> QColor:
    colours = theme.colours()
    return {Change.ADDED: colours.good_ground, Change.REMOVED: colours.bad_ground}.get(change, colours.card)


def _selected(ground: QColor, chosen: bool) -> QColor:
    return theme.mixed(ground, theme.colours().accent, _SELECTED) if chosen else ground
