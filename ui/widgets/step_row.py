"""One step of something that takes minutes: how far it is, what it does, how long it took."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.progress import Spinner
from ui.widgets.text import Label

MARK = 22


class RowState(StrEnum):
    TO_COME = "to come"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    WAITING = "waiting"


_MARKS = {
    RowState.TO_COME: (Shape.RING, Tone.NEUTRAL),
    RowState.RUNNING: (Shape.RING, Tone.ACCENT),
    RowState.DONE: (Shape.CHECK, Tone.GOOD),
    RowState.FAILED: (Shape.CROSS, Tone.BAD),
    RowState.SKIPPED: (Shape.DASH, Tone.NEUTRAL),
    RowState.WAITING: (Shape.CLOCK, Tone.CAUTION),
}
_QUIET = {RowState.TO_COME, RowState.SKIPPED}


class StepRow(Wrapping):
    """A mark for the state, the title, a sentence below it, the duration at the right. The running one stands out."""

    divider_inset = 8 + MARK + 16

    def __init__(self, state: RowState, title: str, sentence: str = "", duration: str = "") -> None:
        super().__init__()
        self._state = state
        self._title = Label("", TextRole.ROW)
        self._title_to_come = Label("", TextRole.BODY, colour="secondary")
        self._sentence = Label("", TextRole.SECONDARY, colour="secondary")
        self._duration = Label("", TextRole.MONO_SMALL, colour="secondary", wrap=False)
        self._mark = Mark(*_MARKS[state], size=MARK)
        self._spinner = Spinner(MARK)
        self._lay_out()
        self.set(state=state, title=title, sentence=sentence, duration=duration)

    def _lay_out(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(2)
        for label in (self._title, self._title_to_come, self._sentence):
            text.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 10, 8, 10)
        row.setSpacing(16)
        centre = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self._mark, 0, centre)
        row.addWidget(self._spinner, 0, centre)
        row.addLayout(text, 1)
        row.addWidget(self._duration, 0, centre)

    def state(self) -> RowState:
        return self._state

    @property
    def stands_out(self) -> bool:
        """Whether it has a ground of its own, and needs no line to its neighbours."""
        return self._state is RowState.RUNNING

    def set(
        self,
        *,
        state: RowState | None = None,
        title: str | None = None,
        sentence: str | None = None,
        duration: str | None = None,
    ) -> None:
        """Show something new; what is None stays as it is."""
        if title is not None:
            self._title.setText(one_line(title))
            self._title_to_come.setText(one_line(title))
        if sentence is not None:
            self._sentence.setText(one_line(sentence))
            self._sentence.setVisible(bool(sentence))
        if duration is not None:
            self._duration.setText(one_line(duration))
        if state is not None:
            self._state = state
            self._show_state()
        self._describe()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.stands_out:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colours().accent_ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 3, 0, -3), 8, 8)

    def _show_state(self) -> None:
        running, quiet = self._state is RowState.RUNNING, self._state in _QUIET
        self._mark.set(*_MARKS[self._state])
        self._mark.setVisible(not running)
        self._spinner.setVisible(running)
        self._title.setVisible(not quiet)
        self._title_to_come.setVisible(quiet)
        self.update()
        if (around := self.parentWidget()) is not None:
            around.update()  # its lines depend on which row stands out

    def _describe(self) -> None:
        self.setAccessibleName(self._title.text())
        parts = (self._state.value, self._sentence.text(), self._duration.text())
        self.setAccessibleDescription(". ".join(filter(None, parts)))
