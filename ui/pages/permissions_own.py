"""A limit of the person's own: pasted or from a file, looked at as it is typed, with the place of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from installer.errors import BoundaryError, HouseguestError
from ui.numbers import counted
from ui.tasks import Task, TaskRunner
from ui.theme import TextRole
from ui.visit import Visit
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.fields import TextBox
from ui.widgets.flow import Flow
from ui.widgets.plain import one_line
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.desk_results import Choice

PAUSE_MS = 250
"""After the last key, before the text is looked at."""
EXAMPLE = '{"Version": "2012-10-17", "Statement": [ … ]}'


class OwnLimit(Card):
    """Keeps the text, also while another limit is chosen. `looked_at` comes whenever `choice` has changed."""

    looked_at = Signal()

    def __init__(self, desk: Desk, runner: TaskRunner) -> None:
        super().__init__("Your own limit")
        self._desk = desk
        self._runner = runner
        self._visit = Visit()
        self._task: Task | None = None
        self._choice: Choice | None = None
        self._place = (0, 0)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.look)
        self._sentence = Label("", TextRole.SECONDARY, colour="secondary")
        self._box = TextBox("Policy document (JSON)", placeholder=EXAMPLE, mono=True, lines=10)
        self._state = Label("", TextRole.SECONDARY, colour="secondary")
        self._open = Button("Open a file …", Kind.SECONDARY)
        self._begin = Button("Begin with the vendor's list", Kind.LINK)
        self._go = Button("", Kind.LINK)
        self._lay_out()
        self._box.changed.connect(self._typed)
        self._box.submitted.connect(self.look)
        self._open.clicked.connect(self._choose_file)
        self._begin.clicked.connect(self._begin_with_vendors)
        self._go.clicked.connect(self._go_to_place)
        self._show_state()

    def _lay_out(self) -> None:
        buttons = QWidget()
        flow = Flow(buttons, gap=16)
        flow.addWidget(self._open)
        flow.addWidget(self._begin)
        flow.addWidget(self._go)
        for part in (self._sentence, self._box, self._state, buttons):
            self.body.addWidget(part)

    @property
    def choice(self) -> Choice | None:
        """What the text as it stands makes; None while that is not known, or where it is no policy document."""
        return self._choice

    def text(self) -> str:
        return self._box.text()

    def set_text(self, text: str) -> None:
        """Another text, looked at without a pause."""
        self._box.set_text(text)
        self.look()

    def set_visit(self, visit: Visit) -> None:
        """For whom the limit is. What is known of the text stays; `look` has it looked at again."""
        self._visit = visit
        self._sentence.setText(
            f"A policy document that says what {one_line(visit.settled.invitation.vendor.operator)} may do at most. "
            "The ways out of it are closed in any case."
        )

    @Slot()
    def look(self) -> None:
        """Have the text looked at."""
        self._forget()
        text, visit, desk = self.text(), self._visit, self._desk
        if text.strip():
            self._start(lambda ctx: desk.own_choice(ctx, visit, text), self._found, name="Look at your own limit")
        self._show_state()

    # Work

    def _start(self, work: Callable[[Context], object], done: Callable[..., None], *, name: str) -> None:
        self._task = Task(work, name=name)
        self._task.succeeded.connect(done)
        self._task.failed.connect(self._wrong)
        self._runner.start(self._task)

    def _forget(self) -> None:
        """What is known, or being found out, is of another text."""
        self._pause.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._place = (0, 0)
        self._box.set_problem("")
        if self._choice is not None:
            self._choice = None
            self.looked_at.emit()

    @Slot()
    def _typed(self) -> None:
        self._forget()
        self._pause.start()
        self._show_state()

    @Slot(object)
    def _found(self, choice: Choice) -> None:
        if self.sender() is not self._task:
            return
        self._task = None
        self._choice = choice
        if choice.problem is not None:
            self._show_problem(choice.problem)
        self._show_state()
        self.looked_at.emit()

    @Slot(object)
    def _read(self, text: str) -> None:
        if self.sender() is self._task:
            self.set_text(text)

    @Slot(object)
    def _wrong(self, error: HouseguestError) -> None:
        if self.sender() is not self._task:
            return
        self._task = None
        self._show_problem(error)
        self._show_state()

    @Slot()
    def _begin_with_vendors(self) -> None:
        answers = self._visit.settled

        def work(_ctx: Context) -> str:
            from installer.policy.presets import minimal

            return minimal(answers.invitation, answers.names).pretty()

        self._forget()
        self._start(work, self._read, name="Take the vendor's list")
        self._show_state()

    # What is shown

    def _show_problem(self, error: HouseguestError) -> None:
        self._box.set_problem(f"{error.message} {error.fix}")
        cause = error.__cause__
        if isinstance(cause, json.JSONDecodeError):
            self._place = (cause.lineno, cause.colno)

    def _show_state(self) -> None:
        line, _column = self._place
        self._begin.setVisible(not self.text().strip())
        self._go.setVisible(line > 0)
        self._go.setText(f"Go to line {line}")
        self._state.setText("" if self._box.problem() else self._what_is_known())
        self._state.setVisible(bool(self._state.text()))

    def _what_is_known(self) -> str:
        if self._choice is not None and self._choice.own_boundary is not None:
            return f"Read: {counted(len(self._choice.own_boundary.statements), 'statement')}."
        if self._task is not None or self._pause.isActive():
            return "Looking at it …"
        return "Paste a policy document, or open a file."

    @Slot()
    def _go_to_place(self) -> None:
        editor = self._box.focusProxy()
        if not isinstance(editor, QPlainTextEdit):
            return
        line, column = self._place
        block = editor.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(column - 1, block.length() - 1))
        editor.setTextCursor(cursor)
        editor.centerCursor()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # Files

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Open a policy document", "", "Policy documents (*.json);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    @Slot(str)
    def read_file(self, path: str) -> None:
        """Take the text of this file."""
        self._forget()
        self._start(lambda _ctx: read_policy(Path(path)), self._read, name="Read a policy document")
        self._show_state()


def read_policy(path: Path) -> str:
    """The text of the file; a `BoundaryError` where it is none or too long. What it says is looked at later."""
    from installer.policy.document import MAX_TEXT_BYTES

    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise BoundaryError(
            f"{path.name} cannot be read: {error.strerror or 'it is not a file'}.", fix="Choose another file."
        ) from error
    if len(data) > MAX_TEXT_BYTES:
        raise BoundaryError(
            f"{path.name} is larger than {MAX_TEXT_BYTES // 1024} KiB.", fix="Choose a file with one policy document."
        )
    try:
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BoundaryError(f"{path.name} is not text.", fix="Choose a file with one policy document.") from error
