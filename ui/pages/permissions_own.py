"""A limit of the person's own: pasted, from a file or written here. It is looked at as it is typed, and what is wrong
is shown in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from installer.errors import BoundaryError, HouseguestError
from installer.steps import Severity
from ui.numbers import counted
from ui.tasks import Task, TaskRunner
from ui.theme import TextRole, Tone
from ui.visit import Visit
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.flow import Flow
from ui.widgets.plain import one_line
from ui.widgets.policy_editor import PolicyEditor
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.context import Context
    from installer.policy.validation import Checked
    from ui.desk import Desk
    from ui.desk_results import Choice

PAUSE_MS = 250
"""After the last key, before the text is looked at."""
EXAMPLE = '{"Version": "2012-10-17", "Statement": [ … ]}'


class Looked(NamedTuple):
    """What came of looking at a text: every remark on it, and the limit that it makes or why it makes none."""

    checked: Checked
    choice: Choice | None = None
    refused: BoundaryError | None = None


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
        self._looked_at: str | None = None
        self._sentence = Label("", TextRole.SECONDARY, colour="secondary")
        self._editor = PolicyEditor(
            name="Policy document (JSON)",
            placeholder=EXAMPLE,
            format_text=_formatted,
            visible_lines=12,
            pause=PAUSE_MS,
        )
        self._refused = Label("", TextRole.BODY, tone=Tone.BAD)
        self._state = Label("", TextRole.SECONDARY, colour="secondary")
        self._open = Button("Open a file …", Kind.SECONDARY)
        self._begin = Button("Begin with the vendor's list", Kind.LINK)
        self._lay_out()
        self._editor.edited.connect(self._edited)
        self._editor.changed.connect(self._typed)
        self._open.clicked.connect(self._choose_file)
        self._begin.clicked.connect(self._begin_with_vendors)
        self._show_state()

    def _lay_out(self) -> None:
        buttons = QWidget()
        flow = Flow(buttons, gap=16)
        flow.addWidget(self._open)
        flow.addWidget(self._begin)
        for part in (self._sentence, buttons, self._editor, self._refused, self._state):
            self.body.addWidget(part)

    @property
    def choice(self) -> Choice | None:
        """What the text as it stands makes; None while that is not known, or where it is no policy document."""
        return self._choice

    def text(self) -> str:
        return self._editor.text()

    def set_text(self, text: str) -> None:
        """Another text, looked at without a pause."""
        self._editor.set_text(text)
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
        self._looked_at = text

        def work(ctx: Context) -> Looked:
            from installer.policy.validation import check

            checked = check(text, account=visit.settled.names.account_id)
            try:
                return Looked(checked, desk.own_choice(ctx, visit, text))
            except BoundaryError as error:
                return Looked(checked, refused=error)

        if text.strip():
            self._start(work, self._found, name="Look at your own limit")
        self._show_state()

    # Work

    def _start(self, work: Callable[[Context], object], done: Callable[..., None], *, name: str) -> None:
        self._task = Task(work, name=name)
        self._task.succeeded.connect(done)
        self._task.failed.connect(self._wrong)
        self._runner.start(self._task)

    def _forget(self) -> None:
        """What is known, or being found out, is of another text."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._refused.setText("")
        if self._choice is not None:
            self._choice = None
            self.looked_at.emit()

    @Slot()
    def _edited(self) -> None:
        self._looked_at = None
        self._forget()
        self._show_state()

    @Slot(str)
    def _typed(self, text: str) -> None:
        if text != self._looked_at:
            self.look()

    @Slot(object)
    def _found(self, looked: Looked) -> None:
        if self.sender() is not self._task:
            return
        self._task = None
        self._choice = looked.choice
        self._editor.set_problems(_in_place(looked.checked))
        problem = looked.choice.problem if looked.choice is not None else looked.refused
        # What is wrong in a place is said there.
        if problem is not None and not looked.checked.errors:
            self._show_problem(problem)
        choice = looked.choice
        if choice is not None and choice.characters:
            self._editor.set_budget(choice.characters, choice.budget)
        else:
            self._editor.set_budget(None)
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
        self._refused.setText(f"{one_line(error.message)} {one_line(error.fix)}")

    def _show_state(self) -> None:
        self._begin.setVisible(not self.text().strip())
        self._refused.setVisible(bool(self._refused.text()))
        self._state.setText("" if self._refused.text() else self._what_is_known())
        self._state.setVisible(bool(self._state.text()))

    def _what_is_known(self) -> str:
        if self._choice is not None and self._choice.own_boundary is not None:
            return f"Read: {counted(len(self._choice.own_boundary.statements), 'statement')}."
        if not self.text().strip():
            return "Paste a policy document, or open a file."
        if self._task is not None or self._looked_at is None:
            return "Looking at it …"
        return ""

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


def _in_place(checked: Checked) -> list[tuple[int, int, Severity, str, str]]:
    """For the editor. What is missing has no length: the character behind the place shows it, or the last one."""
    length = len(checked.source.text.encode("utf-16-le", "surrogatepass")) // 2
    told = []
    for problem in checked.problems:
        start, end = problem.start.utf16, problem.end.utf16
        if start == end:
            start, end = (start, start + 1) if start < length else (max(0, start - 1), start)
        severity = Severity.BLOCKER if problem.severity == "error" else Severity.CAUTION
        told.append((start, end, severity, problem.message, problem.fix))
    return told


def _formatted(text: str) -> str | None:
    from installer.policy.formatting import formatted

    try:
        return formatted(text)
    except BoundaryError:
        return None


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
