"""One of several values, in a list that opens: with a note per item, items that cannot be chosen, search by typing."""

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import QComboBox, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.field import FIELD_HEIGHT, Field, paint_well
from ui.widgets.marks import Shape, paint_mark
from ui.widgets.plain import one_line, tool_tip
from ui.widgets.scroll import calm

PADDING, GAP, SIGN = 12, 16, 10
NOTHING = "Nothing chosen"
_NOTE = Qt.ItemDataRole.UserRole + 1


class Item(NamedTuple):
    """A value and how it is shown. The note says more, or why the item cannot be chosen."""

    value: object
    text: str
    enabled: bool = True
    note: str = ""


class Select(Field):
    """One of several values. A plain tuple will do for an `Item`."""

    changed = Signal(object)
    """The value that was chosen, by the person or by `set_value`."""

    def __init__(
        self,
        label: str,
        items: Iterable[Item | tuple[object, ...]] = (),
        *,
        placeholder: str = "",
        hint: str = "",
    ) -> None:
        self._combo = _ComboBox(one_line(placeholder) or NOTHING)
        self._asks = bool(placeholder)
        self._values: tuple[object, ...] = ()
        super().__init__(label, self._combo, self._combo, hint=hint)
        self._combo.view().setAccessibleName(self.label())
        self.set_items(items)
        self._combo.currentIndexChanged.connect(self._index_changed)

    def value(self) -> object:
        """None where nothing is chosen."""
        index = self._combo.chosen()
        return self._values[index] if index is not None else None

    def set_value(self, value: object) -> None:
        """Choose the item of this value; a value that no item has chooses nothing."""
        self._combo.choose(self._values.index(value) if value in self._values else None)

    def set_items(self, items: Iterable[Item | tuple[object, ...]]) -> None:
        """Other items. The chosen value stays chosen where it is still among them; else the first that can be is."""
        before = self.value()
        made = [Item(*item) for item in items]
        self._combo.blockSignals(True)
        self._values = tuple(item.value for item in made)
        self._combo.show_items(made)
        self._combo.choose(self._index_after(made, before))
        self._combo.blockSignals(False)
        self._combo.tell_whole()
        if self.value() != before:
            self.changed.emit(self.value())

    def set_read_only(self, read_only: bool) -> None:
        self._combo.setEnabled(not read_only)

    def _index_after(self, items: list[Item], before: object) -> int | None:
        if before is not None and before in self._values:
            return self._values.index(before)
        if self._asks:
            return None
        return next((index for index, item in enumerate(items) if item.enabled), None)

    def _index_changed(self, _index: int) -> None:
        self.changed.emit(self.value())

    def _show_problem(self, problem: bool) -> None:
        self._combo.set_problem(problem)


class _ComboBox(QComboBox):
    """Painted as the other fields are: the text, the note at its right, and a sign that a list opens.

    What stands there while nothing is chosen is an item, too, which the list hides: on Linux screen readers are given
    the text of the current item for a name, and would find none.
    """

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._problem = False
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self._list = QListView()
        calm(self._list)
        self.setView(self._list)
        self.setItemDelegate(_Delegate(self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        # The wheel is for the page: rolling over a field must not change it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.currentIndexChanged.connect(self.tell_whole)
        self._apply_theme()

    def chosen(self) -> int | None:
        return self.currentIndex() - 1 if self.currentIndex() > 0 else None

    def choose(self, item: int | None) -> None:
        self.setCurrentIndex(0 if item is None else item + 1)

    def show_items(self, items: Iterable[Item]) -> None:
        self._items.clear()
        nothing = QStandardItem(self._placeholder)
        nothing.setEnabled(False)
        self._items.appendRow(nothing)
        self._list.setRowHidden(0, True)
        for item in items:
            text, note = one_line(item.text, 200), one_line(item.note, 200)
            row = QStandardItem(text)
            row.setEnabled(item.enabled)
            row.setData(note, _NOTE)
            row.setData(note, Qt.ItemDataRole.AccessibleDescriptionRole)
            row.setToolTip(tool_tip(f"{text}\n{note}" if note else text))
            self._items.appendRow(row)

    def set_problem(self, problem: bool) -> None:
        self._problem = problem
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(FIELD_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(FIELD_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        paint_well(painter, area, focused=self.hasFocus(), problem=self._problem, enabled=self.isEnabled())
        colours = theme.colours()
        side = theme.px(SIGN)
        sign = QRectF(area.right() - theme.px(PADDING) - side, area.center().y() - side / 4, side, side / 2)
        painter.setPen(QPen(colours.secondary, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF([sign.topLeft(), QPointF(sign.center().x(), sign.bottom()), sign.topRight()]))
        text, note = self.currentText(), str(self.currentData(_NOTE) or "")
        faint = self.chosen() is None or not self.isEnabled()
        _paint_item(painter, self._inner(), text, note, faint=faint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tell_whole()

    def tell_whole(self) -> None:
        """A tool tip where text and note have not enough room."""
        text, note = self.currentText(), str(self.currentData(_NOTE) or "")
        whole = all(shown == said for shown, said in zip(_fitted(self._inner(), text, note), (text, note), strict=True))
        self.setToolTip("" if whole else tool_tip(f"{text}\n{note}" if note else text))

    def _inner(self) -> QRect:
        return self.rect().adjusted(theme.px(PADDING), 0, -theme.px(PADDING + SIGN + 8), 0)

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.BODY))
        self.updateGeometry()
        self.tell_whole()
        self.update()


class _Delegate(QStyledItemDelegate):
    """An item of the open list: its text, its note, and a check on the chosen one."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo)
        self._combo = combo

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        text = QFontMetrics(theme.font(TextRole.BODY)).horizontalAdvance(str(index.data() or ""))
        note = QFontMetrics(theme.font(TextRole.SECONDARY)).horizontalAdvance(str(index.data(_NOTE) or ""))
        width = text + note + theme.px(2 * PADDING + GAP + 24)
        return QSize(min(width, theme.px(560)), theme.px(34))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = theme.colours()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, colours.card)
        if state & QStyle.StateFlag.State_Selected and enabled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent_ground)
            painter.drawRoundedRect(QRectF(area).adjusted(4, 1, -4, -1), 6, 6)
        mark = theme.px(18)
        if index.row() == self._combo.currentIndex():
            place = QRectF(area.left() + theme.px(8), area.center().y() - mark / 2 + 1, mark, mark)
            paint_mark(painter, place, Shape.CHECK, Tone.ACCENT)
        inner = area.adjusted(theme.px(8 + 24), 0, -theme.px(PADDING), 0)
        _paint_item(painter, inner, str(index.data() or ""), str(index.data(_NOTE) or ""), faint=not enabled)
        painter.restore()


def _fitted(area: QRect, text: str, note: str) -> tuple[str, str]:
    """Both as they fit beside one another; where they do not, both give way."""
    text_metrics, note_metrics = QFontMetrics(theme.font(TextRole.BODY)), QFontMetrics(theme.font(TextRole.SECONDARY))
    gap = theme.px(GAP) if note else 0
    free = area.width() - min(text_metrics.horizontalAdvance(text), round(area.width() * 0.6)) - gap
    note = note_metrics.elidedText(note, Qt.TextElideMode.ElideRight, max(0, free))
    left = area.width() - note_metrics.horizontalAdvance(note) - gap
    return text_metrics.elidedText(text, Qt.TextElideMode.ElideRight, left), note


def _paint_item(painter: QPainter, area: QRect, text: str, note: str, *, faint: bool) -> None:
    """The text at the left, the note at the right."""
    colours = theme.colours()
    text, note = _fitted(area, text, note)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(theme.font(TextRole.BODY))
    painter.setPen(colours.faint if faint else colours.text)
    painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, text)
    painter.setFont(theme.font(TextRole.SECONDARY))
    painter.setPen(colours.faint if faint else colours.secondary)
    painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, note)
