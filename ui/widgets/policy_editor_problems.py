"""What is wrong with a text, and where: the problems that an editor is given, and the list of them below it.

How they are marked in the text is in `ui.widgets.policy_editor_text`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from installer.steps import Severity
from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.buttons import Button, Kind
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.text import Label

SHOWN_AT_FIRST = 4
MOST_ROWS = 50
"""Of the list. Whoever has more problems begins with these."""
RADIUS = 8

LOOKS = {
    Severity.BLOCKER: (Shape.OCTAGON, Tone.BAD, "Problem"),
    Severity.CAUTION: (Shape.TRIANGLE, Tone.CAUTION, "Caution"),
    Severity.INFO: (Shape.INFO, Tone.ACCENT, "Note"),
}
"""Mark, tone and word of a severity, the worst first."""

_STROKES = {Severity.CAUTION: Qt.PenStyle.DashLine, Severity.INFO: Qt.PenStyle.DotLine}


class TextProblem(NamedTuple):
    """From `start` up to `end`, in UTF-16 units of the text; `fix` says what to do about it, if anybody knows."""

    start: int
    end: int
    severity: Severity
    sentence: str
    fix: str = ""


class Placed(NamedTuple):
    """A problem, and in words where it is: "Line 12, column 5"."""

    place: str
    problem: TextProblem

    @property
    def sentence(self) -> str:
        return f"{self.place}: {one_line(self.problem.sentence)}"

    @property
    def spoken(self) -> str:
        """With the word for its severity before it, and the fix behind it."""
        word = LOOKS[self.problem.severity][2]
        return " ".join(filter(None, (f"{word}. {self.sentence}", one_line(self.problem.fix))))


def worst(problems: Sequence[TextProblem]) -> Severity | None:
    found = {problem.severity for problem in problems}
    return next((severity for severity in LOOKS if severity in found), None)


def counted(problems: Sequence[TextProblem]) -> str:
    """ "2 problems, 1 caution", the worst first."""
    numbers = Counter(problem.severity for problem in problems)
    words = ((numbers[severity], look[2].lower()) for severity, look in LOOKS.items() if numbers[severity])
    return ", ".join(f"{number:,} {word if number == 1 else f'{word}s'}" for number, word in words)


def paint_underline(painter: QPainter, area: QRectF, severity: Severity) -> None:
    """Below the text in `area`: a wave, dashes or dots, so that they can be told apart without their colours."""
    pen = QPen(theme.tone(LOOKS[severity][1])[0], max(1.0, theme.scale() * 1.25))
    pen.setStyle(_STROKES.get(severity, Qt.PenStyle.SolidLine))
    painter.setPen(pen)
    step, low = theme.scale() * 2.0, area.bottom() - 1
    if severity is not Severity.BLOCKER:
        painter.drawLine(QPointF(area.left(), low), QPointF(area.right(), low))
        return
    count = max(2, round(area.width() / step) + 1)
    points = [QPointF(area.left() + number * step, low - (number % 2) * step) for number in range(count)]
    painter.drawPolyline(QPolygonF(points))


class ProblemRow(QAbstractButton):
    """One problem: its mark, where it is and what it is, and the way out. Pressing it leads there."""

    moved = Signal(int)
    """An arrow key: 1 for the next row, -1 for the one before."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = Mark(Shape.OCTAGON, Tone.BAD, size=18)
        self._sentence = Label("")
        self._fix = Label("", TextRole.SECONDARY, colour="secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._fix)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(words, 1)
        for part in (self._mark, self._sentence, self._fix):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Else the labels on it would be painted as those of a button.
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._apply_theme()

    def sentence(self) -> str:
        return self._sentence.text()

    def set(self, placed: Placed) -> None:
        shape, tone, word = LOOKS[placed.problem.severity]
        fix = one_line(placed.problem.fix)
        self._mark.set(shape, tone)
        self._sentence.setText(placed.sentence)
        self._fix.setText(fix)
        self._fix.setVisible(bool(fix))
        self.setAccessibleName(f"{word}. {placed.sentence}")
        self.setAccessibleDescription(f"{fix} Press to go there.".strip())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._row.minimumSize().width(), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent, 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        share = 0.09 if self.isDown() else 0.04 if self.underMouse() else 0.0
        painter.setBrush(theme.mixed(colours.card, colours.text, share) if share else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _apply_theme(self) -> None:
        self._row.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(6))
        self._row.setSpacing(theme.px(10))
        self.updateGeometry()
        self.update()


class ProblemList(Wrapping):
    """How many there are, and a row for each. Tab enters once, the arrows go from row to row."""

    chosen = Signal(int)
    """The number of the problem that was pressed, from 0."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Problems")
        self._placed: tuple[Placed, ...] = ()
        self._rows: list[ProblemRow] = []
        self._all = False
        self._mark = Mark(Shape.CHECK, Tone.GOOD, size=16)
        self._state = Label("", TextRole.SECONDARY, colour="secondary")
        self._more = Button("", Kind.LINK)
        self._more.clicked.connect(self._show_all)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark)
        head.addWidget(self._state, 1)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._list)
        column.addWidget(self._more)
        self.set_unchecked("Not checked yet")

    def state(self) -> str:
        """The words at the top."""
        return self._state.text()

    def rows(self) -> tuple[ProblemRow, ...]:
        """Those that are shown."""
        return tuple(row for row in self._rows if not row.isHidden())

    def set_unchecked(self, words: str) -> None:
        """Nobody knows, or not any more: what was found before stays in sight."""
        self._mark.set(Shape.RING, Tone.NEUTRAL)
        self._state.setText(words)
        self._show_rows()

    def set_problems(self, placed: Sequence[Placed]) -> None:
        self._placed = tuple(placed)
        problems = [entry.problem for entry in placed]
        severity = worst(problems)
        shape, tone = LOOKS[severity][:2] if severity else (Shape.CHECK, Tone.GOOD)
        self._mark.set(shape, tone)
        self._state.setText(counted(problems) or "No problems found")
        self._show_rows()

    def _show_rows(self) -> None:
        shown = min(len(self._placed), MOST_ROWS if self._all else SHOWN_AT_FIRST)
        while len(self._rows) < shown:
            self._add_row()
        for number, row in enumerate(self._rows):
            if number < shown:
                row.set(self._placed[number])
            row.setVisible(number < shown)
        self._keep_one_stop()
        self._show_more(shown)

    def _show_more(self, shown: int) -> None:
        rest = len(self._placed) - shown
        to_come = min(len(self._placed), MOST_ROWS) - shown
        self._more.setVisible(rest > 0)
        self._more.setEnabled(to_come > 0)
        self._more.setText(f"Show {to_come:,} more" if to_come > 0 else f"{rest:,} more are not listed")

    def _add_row(self) -> None:
        row, number = ProblemRow(), len(self._rows)
        row.clicked.connect(lambda: self._choose(number))
        row.moved.connect(lambda step: self._move(number, step))
        self._rows.append(row)
        self._list.addWidget(row)

    def _choose(self, number: int) -> None:
        self._keep_one_stop(number)
        self.chosen.emit(number)

    def _move(self, number: int, step: int) -> None:
        rows = self.rows()
        if 0 <= number + step < len(rows):
            self._keep_one_stop(number + step)
            rows[number + step].setFocus(Qt.FocusReason.TabFocusReason)

    def _keep_one_stop(self, wanted: int | None = None) -> None:
        """Tab stops at one row: the last one used, or the first."""
        rows = self.rows()
        tab, click = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.ClickFocus
        if wanted is None:
            wanted = next((at for at, row in enumerate(rows) if row.focusPolicy() == tab), 0)
        for number, row in enumerate(rows):
            row.setFocusPolicy(tab if number == wanted else click)

    def _show_all(self) -> None:
        first = len(self.rows())
        self._all = True
        self._show_rows()
        rows: tuple[QWidget, ...] = self.rows()
        if first < len(rows):
            self._keep_one_stop(first)
            rows[first].setFocus(Qt.FocusReason.OtherFocusReason)
