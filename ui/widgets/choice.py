"""One of a few choices, side by side: cards of which exactly one is chosen, by mouse, Space or the arrow keys."""

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.layouts import Items, Wrapping, height_of
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.text import Label

RADIUS = 10
NARROWEST = 190
"""A card is never narrower, in pixels of 100 %, unless the window is."""
GAP = 16


class ChoiceCard(QAbstractButton):
    """A choice: its title, a sentence, and a pill if it has one. Give it to a `ChoiceGroup`."""

    asked_to_move = Signal(int)
    """An arrow key: 1 for the next card, -1 for the one before."""

    def __init__(self, value: object, title: str, sentence: str = "", *, pill: QWidget | None = None) -> None:
        super().__init__()
        self.value = value
        self._title = Label(one_line(title), TextRole.ROW)
        self._sentence = Label(one_line(sentence), TextRole.SECONDARY, colour="secondary")
        if not sentence:
            self._sentence.hide()
        self._mark = Mark(Shape.CHECK, Tone.ACCENT, size=18)
        self._pill = pill
        self._lay_out()
        self.setCheckable(True)
        # Else the labels on it would be painted as those of a button.
        self.setBackgroundRole(QPalette.ColorRole.Window)
        # A radio button to assistive technology; which one is checked is up to the group.
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(one_line(title))
        said = pill.accessibleName() or getattr(pill, "text", str)() if pill is not None else ""
        self.setAccessibleDescription(" ".join(filter(None, (one_line(sentence), said))))
        self.toggled.connect(self._show_chosen)
        self._show_chosen(chosen=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        head.addWidget(self._title, 1, top)
        if self._pill is not None:
            head.addWidget(self._pill, 0, top)
        head.addWidget(self._mark, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 14, 14)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addStretch(1)
        for part in (self._title, self._sentence, self._mark, self._pill):
            if part is not None:
                part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        keep = self._mark.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._mark.setSizePolicy(keep)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.asked_to_move.emit(step)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event) or event.type() is QEvent.Type.EnabledChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, width = self.isChecked(), 2.0 if self.isChecked() else 1.0
        line = colours.accent if chosen else colours.line
        if self.underMouse() and self.isEnabled() and not chosen:
            line = theme.mixed(colours.line, colours.faint, 0.6)
        painter.setPen(QPen(line, width))
        painter.setBrush(colours.accent_ground if chosen else colours.card if self.isEnabled() else colours.window)
        area = QRectF(self.rect())
        painter.drawRoundedRect(area.adjusted(width / 2, width / 2, -width / 2, -width / 2), RADIUS, RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(5, 5, -5, -5), RADIUS - 4, RADIUS - 4)

    def _show_chosen(self, chosen: bool) -> None:
        self._mark.setVisible(chosen)


class ChoiceGroup(Wrapping):
    """Cards of which one is chosen. Side by side while there is room, else in two columns, else one below the other."""

    changed = Signal(object)
    """The value of the card that was chosen, by the person or by `set_value`."""

    def __init__(self, cards: Iterable[ChoiceCard] = (), *, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._cards: list[ChoiceCard] = []
        self._grid = _Grid(self)
        self._chosen: ChoiceCard | None = None
        self.set_cards(cards)

    def cards(self) -> tuple[ChoiceCard, ...]:
        return tuple(self._cards)

    def set_cards(self, cards: Iterable[ChoiceCard]) -> None:
        """Other cards; none of them is chosen. The old ones are deleted."""
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._chosen = None
        self._cards = list(cards)
        for card in self._cards:
            self._grid.addWidget(card)
            card.show()
            card.toggled.connect(self._toggled)
            card.asked_to_move.connect(self._move)

    def value(self) -> object:
        """None where nothing is chosen."""
        return self._chosen.value if self._chosen is not None else None

    def set_value(self, value: object) -> None:
        """Choose the card of this value; a value that no card has chooses nothing."""
        card = next((card for card in self._cards if card.value == value), None)
        if card is not None:
            card.setChecked(True)
        elif self._chosen is not None:
            self._clear()

    def set_read_only(self, read_only: bool) -> None:
        for card in self._cards:
            card.setEnabled(not read_only)

    def _clear(self) -> None:
        for card in self._cards:
            card.setAutoExclusive(False)
            card.setChecked(False)
            card.setAutoExclusive(True)
        self._chosen = None
        self.changed.emit(None)

    def _toggled(self, checked: bool) -> None:
        card = self.sender()
        if checked and isinstance(card, ChoiceCard) and card is not self._chosen:
            self._chosen = card
            self.changed.emit(card.value)

    def _move(self, step: int) -> None:
        open_to = [card for card in self._cards if card.isEnabled()]
        here = self.sender()
        if isinstance(here, ChoiceCard) and here in open_to:
            card = open_to[(open_to.index(here) + step) % len(open_to)]
            card.setFocus(Qt.FocusReason.TabFocusReason)
            card.setChecked(True)


class _Grid(Items):
    """As many equal columns as fit, rows as tall as their tallest card."""

    def places(self, width: int) -> tuple[list[QRect], int]:
        columns = self._columns(width)
        # From both edges, so that rounding leaves no gap at the right.
        edges = [round(column * (width + GAP) / columns) for column in range(columns + 1)]
        heights = [height_of(item, int((width + GAP) / columns) - GAP) for item in self.items]
        made: list[QRect] = []
        top = 0
        for start in range(0, len(heights), columns):
            row = heights[start : start + columns]
            for left, right in pairwise(edges[: len(row) + 1]):
                made.append(QRect(left, top, right - left - GAP, max(row)))
            top += max(row) + GAP
        return made, max(0, top - GAP)

    def sizeHint(self) -> QSize:
        width = len(self.items) * (theme.px(NARROWEST) + GAP)
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        return QSize(max((item.minimumSize().width() for item in self.items), default=0), 0)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def _columns(self, width: int) -> int:
        """All in one row, or two, or one: never a row of three above a lonely fourth."""
        count = max(1, len(self.items))
        fitting = (width + GAP) // (theme.px(NARROWEST) + GAP)
        return count if fitting >= count else 2 if fitting >= 2 else 1
