"""What stands around the text of the policy editor: its ground, the place of the cursor, and what became of a paste."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.announce import announce
from ui.widgets.field import Well, paint_well
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.policy_editor_text import PolicyText
from ui.widgets.text import Label


class Ground(Well):
    """The well around the text. It stands back where nothing can be written in it."""

    def __init__(self, editor: PolicyText, *, padding: tuple[int, int]) -> None:
        super().__init__(editor, padding=padding)
        self._text = editor

    def paintEvent(self, event: QPaintEvent) -> None:
        focused, writable = self._text.hasFocus(), not self._text.isReadOnly()
        paint_well(QPainter(self), QRectF(self.rect()), focused=focused, problem=self._problem, enabled=writable)


class Notice(Wrapping):
    """What happened to what was pasted. Hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._words = Label("", TextRole.SECONDARY, tone=Tone.CAUTION)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Mark(Shape.TRIANGLE, Tone.CAUTION, size=15), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.hide()

    def text(self) -> str:
        return self._words.text()

    def set(self, sentence: str) -> None:
        if sentence != self._words.text():
            self._words.setText(sentence)
            self.setVisible(bool(sentence))
        if sentence:
            announce(self, sentence, urgent=True)


class Place(QWidget):
    """Where the cursor is. Painted: a label would have the page laid out anew at every key."""

    _USUAL = "Line 999, column 99"
    """There is room for that; where it takes more, it grows once."""

    def __init__(self, code: PolicyText) -> None:
        super().__init__()
        self._code = code
        self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Place of the cursor")
        code.cursorPositionChanged.connect(self._follow)
        self._apply_theme()

    def text(self) -> str:
        return self._code.place_of(self._code.textCursor())

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(max(self._room, metrics.horizontalAdvance(self._USUAL)), metrics.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colours().secondary)
        area = QRect(0, 0, self.width(), self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine, self.text())

    def _follow(self) -> None:
        needed = self.fontMetrics().horizontalAdvance(self.text())
        if needed > self.sizeHint().width():
            self._room = needed
            self.updateGeometry()
        self.update()

    def _apply_theme(self) -> None:
        self._room = 0
        self.setFont(theme.tabular(theme.font(TextRole.SECONDARY)))
        self._follow()
        self.updateGeometry()
