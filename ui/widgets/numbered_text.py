"""Plain text in monospace with a number before each line, and the hits of a search in it.

To read: `ui.widgets.code_text`. To write: `ui.widgets.policy_editor_text`. The search's field: `ui.widgets.find_bar`.
"""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QToolTip, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.plain import tool_tip
from ui.widgets.scroll import calm

MOST_HITS = 1_000
"""More are not marked: a person who finds so many searches for something else."""


class NumberedText(QPlainTextEdit):
    """Lines are not broken: a document's shape is part of what it says."""

    def __init__(self, visible_lines: int) -> None:
        super().__init__()
        self._visible_lines = visible_lines
        self._hits: list[QTextCursor] = []
        self._hit = 0
        self._numbered: tuple[int, int, float] | None = None
        self.numbers = _Numbers(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setCornerWidget(QWidget())
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self._apply_theme()

    def search(self, words: str) -> int:
        """Find all places, whatever the case; returns which of them is shown, the first one after the cursor."""
        start = self.textCursor().selectionStart()
        self._hits = self._places(words)
        self._hit = next((i for i, hit in enumerate(self._hits) if hit.selectionStart() >= start), 0)
        self._show_hit()
        return self._hit

    def find_anew(self, words: str) -> int:
        """The same after the text has changed: the cursor stays where the person writes."""
        self._hits = self._places(words)
        self._hit = min(self._hit, max(0, len(self._hits) - 1))
        self.show_selections()
        return self._hit

    def go(self, step: int) -> int:
        """The next place or the one before, around the end; returns which."""
        if self._hits:
            self._hit = (self._hit + step) % len(self._hits)
            self._show_hit()
        return self._hit

    def hits(self) -> int:
        return len(self._hits)

    def numbers_width(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        width = theme.px(12) + digits * QFontMetrics(self.font()).horizontalAdvance("0") + theme.px(8)
        return self.marks_width() + width

    def marks_width(self) -> int:
        """What a subclass needs before the numbers."""
        return 0

    def number_colour(self, line: int) -> QColor:
        """Of the number of a line, counted from 0."""
        return theme.colours().faint

    def paint_beside(self, painter: QPainter, area: QRectF, line: int) -> None:
        """What stands before the number of a line, counted from 0. `area` is a square."""

    def said_of(self, line: int) -> str:
        """The tool tip beside a line, counted from 0."""
        return ""

    def selections(self) -> list[QTextEdit.ExtraSelection]:
        """What is marked in the text; what comes later lies above."""
        colours = theme.colours()
        marks = []
        for number, hit in enumerate(self._hits):
            shown = number == self._hit
            ground = colours.accent if shown else colours.accent_ground
            marks.append(marked(hit, ground, colours.on_accent if shown else colours.text))
        return marks

    def show_selections(self) -> None:
        self.setExtraSelections(self.selections())

    def line_at(self, y: float) -> int | None:
        """The line, counted from 0, that is drawn at this height of the viewport."""
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid():
            bottom = top + self.blockBoundingRect(block).height()
            if top <= y < bottom:
                return block.blockNumber()
            top, block = bottom, block.next()
        return None

    def paint_numbers(self, painter: QPainter, area: QRect) -> None:
        painter.setFont(self.font())
        block, line = self.firstVisibleBlock(), QFontMetrics(self.font()).height()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        width, side = self.numbers.width() - theme.px(12), self.marks_width() - theme.px(2)
        while block.isValid() and top <= area.bottom():
            bottom = top + self.blockBoundingRect(block).height()
            if bottom >= area.top():
                number = block.blockNumber()
                painter.setPen(self.number_colour(number))
                painter.drawText(QRect(0, round(top), width, line), Qt.AlignmentFlag.AlignRight, str(number + 1))
                if side > 0:
                    self.paint_beside(painter, QRectF(0, top + (line - side) / 2, side, side), number)
            top, block = bottom, block.next()

    def sizeHint(self) -> QSize:
        lines = min(self._visible_lines, max(4, self.blockCount()))
        height = lines * self.fontMetrics().lineSpacing() + self.horizontalScrollBar().sizeHint().height()
        return QSize(theme.px(480), height + round(2 * self.document().documentMargin()))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), 4 * self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside, seen = self.contentsRect(), self.viewport().height()
        self.numbers.setGeometry(inside.left(), inside.top(), self.numbers_width(), seen)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _places(self, words: str) -> list[QTextCursor]:
        found: list[QTextCursor] = []
        document, cursor = self.document(), QTextCursor(self.document())
        while words and len(found) < MOST_HITS:
            cursor = document.find(words, cursor)
            if cursor.isNull():
                break
            found.append(cursor)
        return found

    def _show_hit(self) -> None:
        self.show_selections()
        if self._hits:
            place = QTextCursor(self._hits[self._hit])
            place.setPosition(place.selectionStart())
            self.setTextCursor(place)
            self.ensureCursorVisible()

    def _make_room(self) -> None:
        self.numbers.update()
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)
        self.updateGeometry()

    def _scroll_numbers(self, area: QRect, by: int) -> None:
        # With every key Qt asks for all lines to be painted anew; the numbers stay as they are while nothing moves.
        cursor = self.textCursor()
        now = self.firstVisibleBlock().blockNumber(), self.blockCount(), self.blockBoundingRect(cursor.block()).height()
        if by:
            self.numbers.scroll(0, by)
        elif now != self._numbered:
            self.numbers.update()
        self._numbered = now

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.MONO_SMALL))
        self.setTabStopDistance(4 * QFontMetrics(self.font()).horizontalAdvance(" "))
        self._make_room()
        self.show_selections()


def marked(cursor: QTextCursor, ground: QColor, fore: QColor | None = None) -> QTextEdit.ExtraSelection:
    """What the cursor has selected, on a ground of its own."""
    mark = QTextEdit.ExtraSelection()
    look = QTextCharFormat()
    look.setBackground(ground)
    if fore is not None:
        look.setForeground(fore)
    mark.cursor, mark.format = cursor, look
    return mark


class _Numbers(QWidget):
    """The column of line numbers. It belongs to the text, which knows where its lines are."""

    def __init__(self, text: NumberedText) -> None:
        super().__init__(text)
        self._text = text
        self.setAccessibleName("Line numbers")

    def sizeHint(self) -> QSize:
        return QSize(self._text.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_numbers(QPainter(self), event.rect())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            line = self._text.line_at(event.pos().y())
            QToolTip.showText(event.globalPos(), tool_tip(self._text.said_of(line)) if line is not None else "", self)
            return True
        return super().event(event)
