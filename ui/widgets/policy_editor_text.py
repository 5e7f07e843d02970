"""The text of the policy editor, with the marks of what is wrong, of the current line and of a pair of brackets.

How it is written is in `ui.widgets.policy_editor_typing`, what JSON looks like in `ui.widgets.policy_editor_json`, and
the editor around it in `ui.widgets.policy_editor`.
"""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QPainter, QPaintEvent, QTextBlock, QTextCursor, QTextLine
from PySide6.QtWidgets import QToolTip

from ui import theme
from ui.widgets.announce import announce
from ui.widgets.marks import paint_mark
from ui.widgets.plain import one_line, tool_tip
from ui.widgets.policy_editor_json import JsonColours, in_units, pair_at
from ui.widgets.policy_editor_problems import LOOKS, Placed, TextProblem, paint_underline
from ui.widgets.policy_editor_typing import TypedText

MOST_MARKED = 200
"""Problems that are underlined; more of them cannot be told apart any more."""
_MARK = 16
_CURRENT = 0.04
"""How far the ground of the current line is moved from the card's towards the text's colour."""
_KEEP = QTextCursor.MoveMode.KeepAnchor


class PolicyText(TypedText):
    """JSON text with numbers, colours and marks."""

    def __init__(self, visible_lines: int, most: int) -> None:
        self._problems: list[tuple[QTextCursor, TextProblem]] = []
        self._followed: set[int] = set()
        self._pair_at = (-1, -1)
        """The revision and the position for which `_found_pair` holds."""
        self._found_pair: tuple[int, ...] = ()
        self._line = -1
        self._lines: dict[int, list[TextProblem]] = {}
        self._lines_at: int | None = None
        """The revision of the document for which `_lines` holds."""
        super().__init__(visible_lines, most)
        self._colours = JsonColours(self.document())
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.textChanged.connect(self._follow)

    def set_text(self, text: str) -> bool:
        before = self.document().revision()
        taken = super().set_text(text)
        if self.document().revision() != before:
            self.set_problems(())
        return taken

    # Problems

    def set_problems(self, problems: Sequence[TextProblem]) -> None:
        self._problems = [(self._cursor_of(problem), problem) for problem in problems]
        self._lines_at = None
        told = (f"{self.place_of(cursor)}: {one_line(problem.sentence)}" for cursor, problem in self._problems)
        self.numbers.setAccessibleDescription(" ".join(told))
        self.viewport().update()
        self.numbers.update()

    def placed(self) -> tuple[Placed, ...]:
        return tuple(Placed(self.place_of(cursor), problem) for cursor, problem in self._problems)

    def go_to(self, number: int) -> None:
        """The cursor to the start of a problem, which comes into sight."""
        cursor = QTextCursor(self._problems[number][0])
        cursor.setPosition(cursor.selectionStart())
        self._line = cursor.blockNumber()  # said by who leads there
        in_sight = self.viewport().rect().contains(self.cursorRect(cursor))
        self.setTextCursor(cursor)
        if not in_sight:
            self.centerCursor()  # what is around it is seen, too

    def next_problem(self, step: int) -> int | None:
        """The number of the next problem after the cursor, or of the one before; around the end."""
        at = self.textCursor().position()
        starts = [(cursor.selectionStart(), number) for number, (cursor, _) in enumerate(self._problems)]
        if step > 0:
            return min([pair for pair in starts if pair[0] > at] or starts, default=(0, None))[1]
        return max([pair for pair in starts if pair[0] < at] or starts, default=(0, None))[1]

    def _cursor_of(self, problem: TextProblem) -> QTextCursor:
        """At least one sign wide, where there is one: what has no width cannot be underlined."""
        last = self.document().characterCount() - 1
        start = min(max(problem.start, 0), last)
        end = min(max(problem.end, start), last)
        cursor = QTextCursor(self.document())
        if start == end:
            block = self.document().findBlock(start)
            if start < block.position() + block.length() - 1:
                end += 1
            elif start > block.position():
                start -= 1
        cursor.setPosition(start)
        cursor.setPosition(end, _KEEP)
        return cursor

    def place_of(self, cursor: QTextCursor) -> str:
        start = cursor.selectionStart()
        block = self.document().findBlock(start)
        units = block.text().encode("utf-16-le", "surrogatepass")[: 2 * (start - block.position())]
        return f"Line {block.blockNumber() + 1:,}, column {len(units.decode('utf-16-le', 'replace')) + 1:,}"

    def _problems_of(self, line: int) -> Sequence[TextProblem]:
        """What was written since has moved the problems: each cursor has gone along."""
        revision = self.document().revision()
        if revision != self._lines_at:
            self._lines_at, self._lines = revision, {}
            for cursor, problem in self._problems:
                number = self.document().findBlock(cursor.selectionStart()).blockNumber()
                self._lines.setdefault(number, []).append(problem)
        return self._lines.get(line, ())

    # What is painted

    def marks_width(self) -> int:
        return theme.px(_MARK)

    def number_colour(self, line: int) -> QColor:
        current = self.hasFocus() and line == self.textCursor().blockNumber()
        return theme.colours().text if current else theme.colours().faint

    def paint_beside(self, painter: QPainter, area: QRectF, line: int) -> None:
        found = {problem.severity for problem in self._problems_of(line)}
        severity = next((severity for severity in LOOKS if severity in found), None)
        if severity is not None:
            paint_mark(painter, area, *LOOKS[severity][:2])

    def said_of(self, line: int) -> str:
        return "\n".join(_said(problem) for problem in self._problems_of(line))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._follow()
        self.numbers.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._follow()
        self.numbers.update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            at = self.cursorForPosition(event.pos()).position()
            here = [problem for cursor, problem in self._problems if _holds(cursor, at)]
            QToolTip.showText(event.globalPos(), tool_tip("\n".join(map(_said, here))), self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Not as selections of Qt: it would draw the text once more for each.
        painter = QPainter(self.viewport())
        self._paint_current_line(painter)
        self._paint_pair(painter)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(event.rect())
        self._paint_underlines(painter, event.rect())
        painter.end()

    def _paint_underlines(self, painter: QPainter, seen: QRect) -> None:
        ends = self.blockBoundingGeometry(self.document().lastBlock()).translated(self.contentOffset()).bottom()
        # Below the last line every place would be the end of the text.
        corner = QPoint(seen.right(), min(seen.bottom(), int(ends) - 2))
        first, last = (self.cursorForPosition(at).position() for at in (seen.topLeft(), corner))
        for cursor, problem in self._problems[:MOST_MARKED]:
            start, end = cursor.selectionStart(), cursor.selectionEnd()
            if start <= last and first <= end:
                for area in self._areas(start, end):
                    if area.intersects(QRectF(seen)):
                        paint_underline(painter, area, problem.severity)

    def _paint_current_line(self, painter: QPainter) -> None:
        if self.hasFocus() and not self.document().isEmpty():
            colours = theme.colours()
            area = QRect(0, self.cursorRect().top(), self.viewport().width(), self.cursorRect().height())
            painter.fillRect(area, theme.mixed(colours.card, colours.text, _CURRENT))

    def _paint_pair(self, painter: QPainter) -> None:
        colours = theme.colours()
        painter.setPen(colours.accent)
        painter.setBrush(colours.accent_ground)
        for at in self._pair():
            for area in self._areas(at, at + 1):
                painter.drawRect(area.toAlignedRect().adjusted(0, 0, -1, -1))

    def _areas(self, start: int, end: int) -> Iterator[QRectF]:
        """Where the text between two positions is drawn, line by line, as far as it can be seen."""
        block = max(self.document().findBlock(start), self.firstVisibleBlock(), key=QTextBlock.blockNumber)
        offset, bottom = self.contentOffset(), self.viewport().height()
        while block.isValid() and block.position() <= end:
            area = self.blockBoundingGeometry(block).translated(offset)
            if area.top() > bottom:
                break
            line = block.layout().lineAt(0)
            if line.isValid():
                left, right = (_x(line, min(max(at - block.position(), 0), block.length() - 1)) for at in (start, end))
                yield QRectF(area.left() + left, area.top(), max(right - left, 0.0), line.height())
            block = block.next()

    def _pair(self) -> tuple[int, ...]:
        """The positions of the bracket beside the cursor and of its partner."""
        cursor = self.textCursor()
        if not self.hasFocus() or cursor.hasSelection() or not _at_bracket(cursor):
            return ()
        now = self.document().revision(), cursor.position()
        if now != self._pair_at:
            pair = pair_at(in_units(self.text()), cursor.position())
            self._pair_at, self._found_pair = now, (pair.opening, pair.closing) if pair is not None else ()
        return self._found_pair

    def _follow(self) -> None:
        """Paint anew what belongs to the cursor, where it was and where it is."""
        document = self.document()
        now = {self.textCursor().blockNumber(), *(document.findBlock(at).blockNumber() for at in self._pair())}
        for number in now | self._followed:
            block = document.findBlockByNumber(number)
            if block.isValid():
                area = self.blockBoundingGeometry(block).translated(self.contentOffset()).toAlignedRect()
                self.viewport().update(0, area.top(), self.viewport().width(), area.height())
        self._followed = now

    def _cursor_moved(self) -> None:
        self._follow()
        line = self.textCursor().blockNumber()
        if line != self._line:
            self._line = line
            self.numbers.update()
            if self._problems and self.hasFocus() and (said := self.said_of(line)):
                announce(self, said)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if hasattr(self, "_colours"):
            self._colours.apply_theme()


def _said(problem: TextProblem) -> str:
    return " ".join(
        filter(None, (f"{LOOKS[problem.severity][2]}: {one_line(problem.sentence)}", one_line(problem.fix)))
    )


def _holds(cursor: QTextCursor, at: int) -> bool:
    return cursor.selectionStart() <= at <= cursor.selectionEnd()


def _at_bracket(cursor: QTextCursor) -> bool:
    document, at = cursor.document(), cursor.position()
    return any(document.characterAt(place) in "{}[]" for place in (at - 1, at) if place >= 0)


def _x(line: QTextLine, at: int) -> float:
    # PySide returns the place together with the position it was asked for.
    return float(line.cursorToX(at)[0])  # type: ignore[index]
