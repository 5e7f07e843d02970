"""What every field is made of: the painted well around an editor, and the label, hint and problem around the well.

The fields themselves are in `ui.widgets.fields` and `ui.widgets.select`.
"""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.announce import announce
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.text import Label, Name

RADIUS = 8
FIELD_HEIGHT = 38
"""Of a field of one line, at least, in pixels of 100 %."""
FIELD_PADDING = (10, 8)
"""Beside and above a line of text, which brings 2 pixels of its own."""


def paint_well(painter: QPainter, area: QRectF, *, focused: bool, problem: bool, enabled: bool) -> None:
    """A rounded ground with its line: 1 px at rest, 2 px in the accent where the keyboard is."""
    colours = theme.colours()
    resting = colours.bad if problem else theme.mixed(colours.line, colours.faint, 0.35)
    line, width = (colours.accent, 2.0) if focused and not problem else (resting, 2.0 if focused else 1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, width))
    painter.setBrush(colours.card if enabled else colours.window)
    inset = width / 2
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)


class Well(QWidget):
    """The painted ground of one editor. It shows the focus of the editor inside."""

    def __init__(self, editor: QWidget, *, padding: tuple[int, int] = FIELD_PADDING) -> None:
        """`padding` is what is left free beside and above the editor, in pixels of 100 %."""
        super().__init__()
        self._editor = editor
        self._padding = padding
        self._problem = False
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(0)
        self._layout.addWidget(editor)
        editor.installEventFilter(self)
        self.setFocusProxy(editor)
        self._apply_theme()

    def set_problem(self, problem: bool) -> None:
        self._problem = problem
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.EnabledChange}:
            self.update()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        focused, enabled = self._editor.hasFocus(), self._editor.isEnabled()
        paint_well(QPainter(self), QRectF(self.rect()), focused=focused, problem=self._problem, enabled=enabled)

    def _apply_theme(self) -> None:
        beside, above = (theme.px(length) for length in self._padding)
        self._layout.setContentsMargins(beside, above, beside, above)
        self.update()


class Problem(QWidget):
    """What is wrong with a field: a mark and a sentence, hidden while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = Label("", TextRole.SECONDARY, tone=Tone.BAD)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Mark(Shape.ALERT, Tone.BAD, size=15), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._sentence, 1)
        self.hide()

    def text(self) -> str:
        return self._sentence.text()

    def set_text(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self.setVisible(bool(sentence))


class Field(Wrapping):
    """A field: its label above, the editor's well, and below it the problem and the hint.

    A subclass makes the editor and hands it over; its name and description for screen readers are set here.
    """

    def __init__(self, label: str, editor: QWidget, well: QWidget, *, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        self._well = well
        self._name = Name(one_line(label))
        self._name.setBuddy(editor)
        if not label:
            self._name.hide()
        self._hint = Label("", TextRole.SECONDARY, colour="secondary")
        self._problem = Problem()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        for part in (self._name, well, self._problem, self._hint):
            self._column.addWidget(part)
        self.setFocusProxy(editor)
        editor.setAccessibleName(one_line(label))
        self.set_hint(hint)

    def label(self) -> str:
        return self._name.text()

    def hint(self) -> str:
        return self._hint.text()

    def set_hint(self, hint: str) -> None:
        self._hint.setText(one_line(hint))
        self._hint.setVisible(bool(hint))
        self._describe()

    def problem(self) -> str:
        return self._problem.text()

    def set_problem(self, sentence: str) -> None:
        """Show what is wrong, in a sentence; empty: nothing is. Screen readers say it at once."""
        sentence = one_line(sentence)
        if sentence == self._problem.text():
            return
        self._problem.set_text(sentence)
        self._show_problem(bool(sentence))
        self._describe()
        if sentence:
            announce(self.editor, sentence)

    def _show_problem(self, problem: bool) -> None:
        if isinstance(self._well, Well):
            self._well.set_problem(problem)

    def _describe(self) -> None:
        self.editor.setAccessibleDescription(" ".join(filter(None, (self.problem(), self.hint()))))
