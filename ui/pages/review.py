"""Review: everything on one page, what speaks against the install first, and the word to begin it.

What was found is shown by `review_findings.py`, what was granted by `review_granted.py`, the other facts by
`review_cards.py`; the e-mail address is asked in `review_email.py`, the report is written in `review_export.py`, and
what the page says of itself is in `review_words.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.events import Event, Scanned
from installer.flow import Step
from installer.steps import Finding
from ui.page import Page
from ui.pages.review_cards import AccessCard, BuildsCard, PlaceCard, StandingCard
from ui.pages.review_email import EmailCard
from ui.pages.review_export import NOT_KEPT, Contents, ExportCard, FileKind, write
from ui.pages.review_findings import FindingsCard, Read, not_checked
from ui.pages.review_granted import GrantedCard
from ui.pages.review_words import fact, words
from ui.tasks import Task
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.context import Context
    from ui.desk import Desk
    from ui.desk_results import Choice
    from ui.tasks import TaskRunner
    from ui.visit import Visit


class Doing(Enum):
    """What the page's work is, or was last."""

    READING = auto()
    SAVING = auto()
    SETTLING = auto()


class ReviewPage(Page):
    step = Step.REVIEW

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._doing = Doing.READING
        self._read: Read | None = None
        self._read_for: object = None
        self._reading_failed = False
        self._scanned: list[Scanned] = []
        self._choice: Choice | None = None
        self._choice_task: Task | None = None
        self._shown: Answers | None = None
        self._taken: tuple[str, str | None] | None = None
        self._to_fill: list[tuple[QWidget, Callable[[], None]]] = []
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._fill_next)
        self.reconnect = Banner(Tone.ACCENT, "")
        self.findings = FindingsCard()
        self.access = AccessCard()
        self.granted = GrantedCard()
        self.standing = StandingCard()
        self.place = PlaceCard()
        self.builds = BuildsCard()
        self.email = EmailCard()
        self.export = ExportCard()
        facts = (self.access, self.granted, self.standing, self.place, self.builds)
        for part in (self.reconnect, self.findings, *facts, self.email, self.export):
            self.body.addWidget(part)
        self.findings.again.connect(self._read_findings)
        self.granted.open_wanted.connect(self._open_permissions)
        self.email.changed.connect(self.changed)
        self.export.wanted.connect(self._save)

    # What the window asks

    @property
    def is_checked(self) -> bool:
        return self._read is not None and not self._reading_failed

    @property
    def valid(self) -> bool:
        if self.read_only:
            return True
        return self.is_checked and not self._blockers and not self.email.problem

    @property
    def primary(self) -> str:
        return words(self.visit.answers, read_only=self.read_only).primary if self.visit.answers is not None else ""

    @property
    def fact(self) -> str:
        if self.read_only:
            return "What was asked for can no longer be changed here."
        if self.visit.answers is None:
            return ""
        problem = self.email.problem
        return fact(self.visit.answers, checked=self.is_checked, blockers=self._blockers, email_problem=problem)

    @property
    def _blockers(self) -> int:
        return self._read.blockers if self._read is not None else 0

    def show_visit(self) -> None:
        answers = self.visit.settled
        read_for = _what_is_read(self.visit, answers)
        if read_for != self._read_for:
            self._read_for = read_for
            self._read = None
            self.clear_error()
            self.export.clear()
        self._show_answers(answers)
        if not self.is_checked and not self.read_only and not self.busy:
            self._read_findings()
        self._show()

    def take_focus(self) -> None:
        """Reading comes first, and nothing is to be pressed by mistake: the first link, once nothing is read."""
        if not self.busy:
            first = self.granted.open_link if self.read_only else self.findings.again_link
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def proceed(self) -> None:
        if self.read_only:
            self.settled.emit(self.visit)
            return
        if not self.valid or self.busy:
            return
        visit, desk, email = self.visit, self.desk, self.email.address or None

        def work(ctx: Context) -> Visit:
            return desk.settle_review(ctx, visit, email)

        self._doing = Doing.SETTLING
        self.work(work, self._settled, doing="Getting ready to install")
        self._show()

    def _settled(self, visit: Visit) -> None:
        self.settled.emit(visit)

    @Slot()
    def _open_permissions(self) -> None:
        self.wanted.emit(Step.PERMISSIONS)

    # What speaks against it

    @Slot()
    def _read_findings(self) -> None:
        if self.busy or self.read_only:
            return
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> tuple[Finding, ...]:
            return desk.findings(ctx, visit)

        self._scanned = []
        self._doing = Doing.READING
        self.work(work, self._found, doing="Reading what speaks against it", stop="Stop reading")
        self._show()

    def on_event(self, event: Event) -> None:
        if isinstance(event, Scanned) and self._doing is Doing.READING:
            self._scanned.append(event)
            self.findings.show_reading(self._progress)

    @property
    def _progress(self) -> str:
        count = len(self._scanned)
        return f"{count} region{'' if count == 1 else 's'} read" if count else ""

    def _found(self, findings: tuple[Finding, ...]) -> None:
        unread = [one_line(event.region) for event in self._scanned if event.problem]
        self._read = Read.of(findings, datetime.now(UTC).astimezone(), unread)
        self._reading_failed = False
        self._show()

    def retry(self) -> None:
        if self._doing is Doing.READING:
            self._read_findings()
        else:
            super().retry()
            self._show()

    def on_failed(self, error: HouseguestError) -> None:
        del error
        self._reading_failed = self._reading_failed or self._doing is Doing.READING
        self._show()

    def on_cancelled(self) -> None:
        if self._doing is Doing.SAVING:
            self.export.show_stopped()
        self._show()

    # The report

    @Slot(object, object)
    def _save(self, kind: FileKind, path: Path) -> None:
        if self.busy or self._choice is None:
            return
        found = self._read.findings if self._read is not None else (NOT_KEPT,)
        contents = Contents(self.visit.settled, found, self.desk.created(self.visit), self._choice)

        def work(ctx: Context) -> Path:
            write(ctx, contents, kind, path)
            return path

        self._doing = Doing.SAVING
        self.export.clear()
        self.work(work, self._saved, doing=f"Writing the {kind.name}")
        self._show()

    def _saved(self, path: Path) -> None:
        self.export.show_saved(path)
        self._show()

    def takes_over(self, error: HouseguestError) -> bool:
        """A file that cannot be written stops nothing but itself: that is said beside the buttons."""
        if self._doing is not Doing.SAVING or error.code != "report":
            return False
        self.export.show_failed(f"{error.message} {error.fix}")
        self._show()
        return True

    # The limit in words

    def _read_choice(self) -> None:
        visit, desk = self.visit, self.desk
        self._choice = None
        if self._choice_task is not None:
            self._choice_task.cancel()
        self._choice_task = Task(lambda ctx: desk.choice_made(ctx, visit), name="Put the limit into words")
        self._choice_task.succeeded.connect(self._choice_read)
        self._choice_task.failed.connect(self._choice_unknown)
        self.runner.start(self._choice_task)

    @Slot(object)
    def _choice_read(self, choice: Choice | None) -> None:
        if self.sender() is self._choice_task and choice is not None:
            self._choice = choice
            self.granted.show_choice(choice, self.visit.settled)
            self._show()

    @Slot(object)
    def _choice_unknown(self, error: HouseguestError) -> None:
        if self.sender() is self._choice_task:
            self.granted.show_unknown(error.message)

    # Showing

    def _show_answers(self, answers: Answers) -> None:
        """Everything that was settled before; shown anew only where it is new."""
        wished = (answers.invitation.jti, answers.wishes.email)
        if wished != self._taken:
            self._taken = wished
            self.email.set_address(answers.wishes.email or "")
        if answers == self._shown:
            return
        self._shown = answers
        connection = answers.connection
        self.access.show_invitation(answers.invitation)
        self.granted.show_reading()
        created, proof = self.desk.created(self.visit), connection.proof if connection is not None else ()
        self._fill_in_turns(
            (self.standing, lambda: self.standing.show_created(created, proof)),
            (self.place, lambda: self.place.show_answers(answers)),
            (self.builds, lambda: self.builds.show_invitation(answers.invitation)),
        )
        self.email.set_operator(answers.invitation.vendor.operator)
        self.email.show_settled(answers.wishes.email)
        self.export.set_name(answers.wishes.name)

    @property
    def showing(self) -> bool:
        return self._turn.isActive() or (self._choice_task is not None and self._choice_task.running)

    def _fill_in_turns(self, *cards: tuple[QWidget, Callable[[], None]]) -> None:
        """What lies further down comes card by card, so that the window answers in between; the limit's words last."""
        for card, _ in cards:
            card.hide()
        self._choice = None
        self._to_fill = list(cards)
        self._turn.start()

    @Slot()
    def _fill_next(self) -> None:
        if not self._to_fill:
            self._read_choice()
            return
        card, fill = self._to_fill.pop(0)
        fill()
        card.show()
        self._turn.start()

    def _show(self) -> None:
        answers, reading = self.visit.settled, self.busy and self._doing is Doing.READING
        said = words(answers, read_only=self.read_only)
        self.set_heading("Everything on one page", said.sentence)
        self.reconnect.set(Tone.ACCENT, *said.found_again)
        self.reconnect.setVisible(any(said.found_again))
        self.findings.setVisible(not self.read_only or self._read is not None)
        if reading:
            self.findings.show_reading(self._progress)
        elif self._read is not None:
            self.findings.show_read(self._read, not_checked(answers, self._read))
        else:
            self.findings.show_unknown()
        self.findings.again_link.setVisible(not self.read_only and not (reading and self._read is None))
        self.granted.open_link.setEnabled(not self.busy)
        self.email.set_read_only(self.read_only)
        self.export.set_ready(not self.busy and self._choice is not None and (self.is_checked or self.read_only))
        self.changed.emit()


def _what_is_read(visit: Visit, answers: Answers) -> object:
    """What the findings are of: they are read anew where this has changed."""
    wishes = replace(answers.wishes, email=None)
    return replace(answers, wishes=wishes, review=None, product=None), visit.aws_profile
