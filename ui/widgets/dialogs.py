"""What is asked in between: a notice, a question, and the typed name before something is taken away for good.

All of them are modal to their window only, opened by `open()`, and answer with the signal `decided`.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.buttons import Button, Kind
from ui.widgets.fields import TextField
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.rows import RowList
from ui.widgets.scroll import ScrollArea
from ui.widgets.text import Label

WIDTH = 520
MOST_ROWS = 6
"""Rows that are shown at once; more of them scroll."""


class _Dialog(QDialog):
    """A title, a sentence, what a subclass adds to `body`, and the buttons: the one that acts is the last."""

    decided = Signal(bool)
    """True: go on; False: leave it, also by Esc or by closing."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, sentence = one_line(title), one_line(sentence)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self._sentence = Label(sentence, TextRole.BODY, colour="secondary")
        if not sentence:
            self._sentence.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(8)
        column.addWidget(Label(title, TextRole.HEADING))
        column.addWidget(self._sentence)
        column.addSpacing(4)
        column.addLayout(self.body)
        column.addSpacing(12)
        column.addStretch(1)
        column.addLayout(self._buttons)
        # Qt would make it as tall as its texts are in the least width.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._column = column
        self.finished.connect(self._decide)

    def _add_button(self, text: str, kind: Kind, *, accepts: bool) -> Button:
        button = Button(one_line(text), kind)
        button.setAutoDefault(False)
        button.clicked.connect(self.accept if accepts else self.reject)
        self._buttons.addWidget(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        self.resize(self._fit())
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            # A problem below the field, or another font size: what is in it has become taller.
            self._fit()
        return done

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colours().card)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._fit()
            self.update()

    def _fit(self) -> QSize:
        """As wide at least as all dialogs are, or as its buttons need, and as tall as its texts are then."""
        width = max(theme.px(WIDTH), self._buttons.minimumSize().width() + 48)
        size = QSize(width, self._column.totalHeightForWidth(width))
        self.setMinimumSize(size)
        return size

    def _decide(self, result: int) -> None:
        self.decided.emit(result == QDialog.DialogCode.Accepted)


class Notice(_Dialog):
    """Something to know, and one button."""

    def __init__(self, title: str, sentence: str, *, close: str = "Close", parent: QWidget | None = None) -> None:
        super().__init__(title, sentence, parent)
        button = self._add_button(close, Kind.PRIMARY, accepts=True)
        button.setDefault(True)
        button.setFocus()


class Question(_Dialog):
    """Two ways to go on. Where the one that acts takes something away, Enter takes the other one."""

    def __init__(
        self,
        title: str,
        sentence: str,
        *,
        yes: str,
        no: str = "Cancel",
        danger: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, sentence, parent)
        stay = self._add_button(no, Kind.SECONDARY, accepts=False)
        act = self._add_button(yes, Kind.DANGER if danger else Kind.PRIMARY, accepts=True)
        expected = stay if danger else act
        expected.setDefault(True)
        expected.setFocus()


class ConfirmByTyping(_Dialog):
    """Before something is taken away for good: what will happen, and a name to type.

    The button that acts is enabled once exactly `name` stands in the field; blanks around it do not count.
    """

    def __init__(
        self,
        title: str,
        sentence: str,
        *,
        name: str,
        danger_text: str,
        rows: Sequence[str] = (),
        purpose: str = "to remove the access",
        cancel: str = "Cancel",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, sentence, parent)
        self._name = one_line(name)
        if rows:
            self.body.addWidget(_happenings(rows))
        self._field = TextField(f"Type {self._name} {purpose}", mono=True)
        self.body.addWidget(self._field)
        self._add_button(cancel, Kind.SECONDARY, accepts=False)
        self._act = self._add_button(danger_text, Kind.DANGER, accepts=True)
        self._field.changed.connect(self._compare)
        self._field.submitted.connect(self._submit)
        self._compare()

    @property
    def field(self) -> TextField:
        return self._field

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._field.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def accept(self) -> None:
        # Whatever asks for it: nothing is taken away without the name.
        if self._typed():
            super().accept()

    def _typed(self) -> bool:
        return bool(self._name) and self._field.text().strip() == self._name

    def _compare(self) -> None:
        self._act.setEnabled(self._typed())
        self._act.setDefault(self._typed())

    def _submit(self) -> None:
        self.accept()


def _happenings(rows: Sequence[str]) -> QWidget:
    """What will happen, one below the other; many of them scroll, so that the buttons stay in sight."""
    made = RowList((_Happening(row) for row in rows), name="What will happen")
    if len(rows) <= MOST_ROWS:
        return made
    area = ScrollArea()
    area.setWidget(made)
    area.setFixedHeight(theme.px(40) * MOST_ROWS)
    return area


class _Happening(QWidget):
    def __init__(self, sentence: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 9, 0, 9)
        row.setSpacing(12)
        row.addWidget(Mark(Shape.DASH, Tone.BAD, size=18), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(one_line(sentence), TextRole.BODY), 1)
