"""The text of a document with a number before each line, and the hits of a search in it. Around it: `code_view`."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.scroll import calm

MOST_HITS = 1_000
"""More are not marked: a person who finds so many searches for something else."""


class CodeText(QPlainTextEdit):
    """Read-only. Lines are not broken: a document's shape is part of what it says."""

    def __init__(self, visible_lines: int) -> None:
        super().__init__()
        self._visible_lines = visible_lines
        self._hits: list[QTextCursor] = []
        self._hit = 0
        self._numbers = _Numbers(self)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setCornerWidget(QWidget())
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self._apply_theme()

    def search(self, words: str) -> int:
        """Find all places, whatever the case; returns which of them is shown, the first one after the cursor."""
        start = self.textCursor().selectionStart()
        self._hits = self._places(words)
        self._hit = next((i for i, hit in enumerate(self._hits) if hit.selectionStart() >= start), 0)
        self._show_hits()
        return self._hit

    def go(self, step: int) -> int:
        """The next place or the one before, around the end; returns which."""
        if self._hits:
            self._hit = (self._hit + step) % len(self._hits)
            self._show_hits()
        return self._hit

    def hits(self) -> int:
        return len(self._hits)

    def numbers_width(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        return theme.px(12) + digits * QFontMetrics(self.font()).horizontalAdvance("0") + theme.px(8)

    def paint_numbers(self, painter: QPainter, area: QRect) -> None:
        painter.setFont(self.font())
        painter.setPen(theme.colours().faint)
        block, line = self.firstVisibleBlock(), QFontMetrics(self.font()).height()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        width = self._numbers.width() - theme.px(12)
        while block.isValid() and top <= area.bottom():
            painter.drawText(
                QRect(0, round(top), width, line), Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1)
            )
            top += self.blockBoundingRect(block).height()
            block = block.next()

    def sizeHint(self) -> QSize:
        lines = min(self._visible_lines, max(4, self.blockCount()))
        height = lines * self.fontMetrics().lineSpacing() + self.horizontalScrollBar().sizeHint().height()
        return QSize(theme.px(480), height + round(2 * self.document().documentMargin()))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), 4 * self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside, seen = self.contentsRect(), self.viewport().height()
        self._numbers.setGeometry(inside.left(), inside.top(), self.numbers_width(), seen)

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

    def _show_hits(self) -> None:
        marks = []
        colours = theme.colours()
        for number, hit in enumerate(self._hits):
            mark = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            shown = number == self._hit
            look.setBackground(colours.accent if shown else colours.accent_ground)
            look.setForeground(colours.on_accent if shown else colours.text)
            mark.cursor, mark.format = hit, look
            marks.append(mark)
        self.setExtraSelections(marks)
        if self._hits:
            place = QTextCursor(self._hits[self._hit])
            place.setPosition(place.selectionStart())
            self.setTextCursor(place)
            self.ensureCursorVisible()

    def _make_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)
        self.updateGeometry()

    def _scroll_numbers(self, area: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.MONO_SMALL))
        self.setTabStopDistance(4 * QFontMetrics(self.font()).horizontalAdvance(" "))
        self._make_room()
        self._show_hits()


class _Numbers(QWidget):
    """The column of line numbers. It belongs to the text, which knows where its lines are."""

    def __init__(self, text: CodeText) -> None:
        super().__init__(text)
        self._text = text

    def sizeHint(self) -> QSize:
        return QSize(self._text.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_numbers(QPainter(self), event.rect())
