"""The rail at the left: who it is for, the items, and the account at the bottom. An item is in `rail_item.py`."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.card import Divider
from ui.widgets.rail_item import ItemState, RailButton, RailItem
from ui.widgets.scroll import ScrollArea
from ui.widgets.text import Label, Name

__all__ = ["AccountCard", "ItemState", "Rail", "RailItem"]

_WIDTH = 236
_WIDENING = 0.6
"""Of each further percent of font size, how much goes into the width: the page needs the rest."""
_SIDE = 24
_ROW_SIDE = 12


class Rail(QWidget):
    clicked = Signal(object)
    """The `value` of the item that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Steps")
        self._who = _Who()
        self._buttons: list[RailButton] = []
        self._list = QWidget()
        self._items = QVBoxLayout(self._list)
        self._items.setSpacing(2)
        self._items.addStretch(1)
        self._scroll = ScrollArea(name="Steps")
        self._scroll.setWidget(self._list)
        self._bottom = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._who)
        column.addWidget(self._scroll, 1)
        column.addLayout(self._bottom)
        self._apply_theme()

    def set_who(self, product: str, sentence: str) -> None:
        """`sentence` is the line below the product: "for Acme Corp"."""
        self._who.set(product, sentence)

    def set_items(self, items: Sequence[RailItem], *, current: object) -> None:
        """Shows these items. What is there stays there, with its focus, as far as the order allows."""
        for button in self._buttons[len(items) :]:
            self._items.removeWidget(button)
            button.hide()
            button.deleteLater()
        del self._buttons[len(items) :]
        for item in items[len(self._buttons) :]:
            self._add(RailButton(item, self._list))
        for button, item in zip(self._buttons, items, strict=True):
            button.show_item(item, current=item.value == current)

    def set_bottom(self, widget: QWidget) -> None:
        self._bottom.addWidget(widget)

    def items(self) -> tuple[RailItem, ...]:
        return tuple(button.item for button in self._buttons)

    def button(self, value: object) -> RailButton:
        """The button of an item; KeyError if there is none."""
        for button in self._buttons:
            if button.item.value == value:
                return button
        raise KeyError(value)

    def sizeHint(self) -> QSize:
        return QSize(_width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_width(), super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setBrush(theme.colours().rail)
        painter.setPen(theme.colours().rail)
        painter.drawRect(0, 0, self.width() - 1, self.height() - 1)
        painter.setPen(theme.colours().line)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def _add(self, button: RailButton) -> None:
        button.clicked.connect(lambda: self.clicked.emit(button.item.value))
        button.moved.connect(lambda by: self._move(button, by))
        self._buttons.append(button)
        self._items.insertWidget(self._items.count() - 1, button)

    def _move(self, button: RailButton, by: int) -> None:
        """To the next item in that direction that can be chosen."""
        at = self._buttons.index(button)
        way = self._buttons[at + 1 :] if by > 0 else reversed(self._buttons[:at])
        for other in way:
            if other.isEnabled():
                other.setFocus(Qt.FocusReason.TabFocusReason)
                self._scroll.ensureWidgetVisible(other)
                return

    def _apply_theme(self) -> None:
        self.setFixedWidth(_width())
        self._who.layout_margins(theme.px(_SIDE))
        self._items.setContentsMargins(theme.px(_ROW_SIDE), 2, theme.px(_ROW_SIDE), 2)
        self._bottom.setContentsMargins(theme.px(_SIDE), theme.px(8), theme.px(_SIDE), theme.px(20))
        self.update()


def _width() -> int:
    return round(_WIDTH * (1 + (theme.scale() - 1) * _WIDENING))


class _Tile(QWidget):
    """The product's first letter."""

    _SIDE = 32

    def __init__(self) -> None:
        super().__init__()
        self._letter = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, name: str) -> None:
        self._letter = name[:1].upper()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._SIDE), theme.px(self._SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colours().accent)
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setPen(theme.colours().on_accent)
        painter.setFont(theme.font(TextRole.HEADING))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter)


class _Who(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._tile = _Tile()
        self._product = Label("", TextRole.ROW)
        self._sentence = Label("", TextRole.SECONDARY, colour="secondary")
        text = QVBoxLayout()
        text.setSpacing(1)
        text.addWidget(self._product)
        text.addWidget(self._sentence)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(text, 1)

    def set(self, product: str, sentence: str) -> None:
        self._tile.set(product)
        self._product.setText(product)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def layout_margins(self, side: int) -> None:
        self._row.setContentsMargins(side, side, side - theme.px(8), theme.px(22))
        self._row.setSpacing(theme.px(10))
        self._tile.updateGeometry()


class AccountCard(QWidget):
    """Whose account it is and who is signed in; nothing at all while nobody is."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Account")
        self._title = Name("")
        self._number = Label("", TextRole.MONO_SMALL, colour="secondary")
        self._who = Label("", TextRole.SECONDARY, colour="secondary")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(Divider())
        self._column.addSpacing(8)
        for label in (self._title, self._number, self._who):
            self._column.addWidget(label)
        self._apply_theme()
        self.hide()

    def set_lines(self, title: str, number: str, who: str) -> None:
        for label, text in ((self._title, title), (self._number, number), (self._who, who)):
            label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleDescription(", ".join(filter(None, (title, number, who))))
        self.setVisible(bool(title or number or who))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self._column.setSpacing(theme.px(5))
