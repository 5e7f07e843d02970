"""Permissions: a limit for the vendor's role is chosen, and seen what it means. Nothing is created here.

The choice is here; what it would do is in `permissions_what_if.py`, what it says in `permissions_meaning.py`, a limit
of the person's own in `permissions_own.py`, whom the role would trust in `permissions_trust.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog

from installer.errors import HouseguestError
from installer.flow import Step
from installer.steps import Finding
from ui.error_text import error_text
from ui.page import Page
from ui.pages.permissions_export import exported, file_name
from ui.pages.permissions_meaning import MeaningCard, common_to
from ui.pages.permissions_notes import Note, Notes, as_notes
from ui.pages.permissions_own import OwnLimit
from ui.pages.permissions_trust import TrustCard
from ui.pages.permissions_what_if import WhatIfCard
from ui.tasks import Task
from ui.theme import Tone
from ui.widgets.buttons import Button, Kind
from ui.widgets.choice import ChoiceCard, ChoiceGroup
from ui.widgets.plain import one_line
from ui.widgets.states import EmptyState, Loading

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from installer.answers import Answers
    from installer.context import Context
    from installer.invitation import Invitation
    from installer.policy.document import Document
    from installer.policy.what_if import Workbench
    from ui.desk import Desk
    from ui.desk_results import Choice
    from ui.tasks import TaskRunner

AS_REQUESTED, OWN = "none", "own"
"""Of `installer.policy.presets.Preset`, which is not imported before the first picture."""


@dataclass(frozen=True)
class Found:
    """What can be chosen, worked out for one visit. `made` is what was created; None before the commit."""

    presets: tuple[Choice, ...]
    own_words: tuple[str, str]
    trust: tuple[Finding, ...]
    made: Choice | None

    def preset(self, value: str) -> Choice | None:
        return next((choice for choice in self.presets if choice.preset == value), None)


class PermissionsPage(Page):
    step = Step.PERMISSIONS

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._found: Found | None = None
        self._found_for: object = None
        self._wished: tuple[Invitation, str, Document | None] | None = None
        self._wish = ""
        self._before = AS_REQUESTED
        self._focus_is_due = False
        again = Button("Work it out", Kind.SECONDARY)
        again.clicked.connect(self._work_out)
        self.loading = Loading("Working out what each limit means")
        self.stopped = EmptyState("shield", "Not worked out", "What each limit means is not known yet.", again)
        self.cards = ChoiceGroup(name="The limit")
        self.notes = Notes()
        self.own = OwnLimit(desk, runner)
        self.what_if = WhatIfCard()
        self.meaning = MeaningCard()
        self._asking: Task | None = None
        self.trust = TrustCard()
        above = (self.loading, self.stopped, self.cards, self.notes, self.own)
        for part in (*above, self.what_if, self.meaning, self.trust):
            self.body.addWidget(part)
        self.cards.changed.connect(self._chosen)
        self.own.looked_at.connect(self._own_looked_at)
        self.meaning.export_wanted.connect(self._choose_file)
        self._show()

    # What the window asks

    @property
    def choice(self) -> Choice | None:
        """The limit that is shown; None where it is not known yet."""
        if self._found is None:
            return None
        return self._found.made if self.read_only else self._choice_of(self._wish)

    @property
    def valid(self) -> bool:
        return self.choice is not None and self.choice.permissions is not None

    @property
    def primary(self) -> str:
        if self.read_only or self._found is None:
            return "Continue"
        chosen = self._found.preset(self._wish)
        return f"Continue with {one_line(chosen.title if chosen is not None else self._found.own_words[0])}"

    @property
    def fact(self) -> str:
        choice = self.choice
        if choice is None or not choice.characters:
            return ""
        return f"Policy size {choice.characters:,} of {choice.budget:,} characters"

    def show_visit(self) -> None:
        answers = self.visit.settled
        self.set_heading(
            f"What may {one_line(answers.invitation.vendor.operator)} do in your account?",
            "Made. To change it, remove the access first."
            if self.read_only
            else "Nothing is created yet. Choose a limit, see its effect, change your mind freely.",
        )
        made = answers.permissions if self.read_only else None
        found_for = (answers.invitation, answers.names, made)
        is_new = found_for != self._found_for
        self._found_for = found_for
        self.own.set_visit(self.visit)
        self._take_wishes(answers)
        if is_new:
            self.own.look()
        if is_new or (self._found is None and not self.busy):
            self._work_out()
        self._show()

    def take_focus(self) -> None:
        chosen = next((card for card in self.cards.cards() if card.isChecked()), None)
        self._focus_is_due = chosen is None
        if chosen is not None and chosen.isEnabled():
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)
        elif chosen is not None:
            self.meaning.setFocus(Qt.FocusReason.OtherFocusReason)

    def proceed(self) -> None:
        if self.read_only:
            self.settled.emit(self.visit)
            return
        choice, answers = self.choice, self.visit.settled
        if choice is None or choice.permissions is None:
            return
        wishes = replace(answers.wishes, preset=choice.preset, own_boundary=choice.own_boundary)
        answers = replace(answers, wishes=wishes, permissions=choice.permissions)
        self.settled.emit(replace(self.visit, answers=answers))

    # Working out

    @Slot()
    def _work_out(self) -> None:
        desk, visit, read_only = self.desk, self.visit, self.read_only

        def work(ctx: Context) -> Found:
            presets = desk.choices(ctx, visit)
            made = desk.choice_made(ctx, visit) if read_only else None
            return Found(presets, desk.own_words(), desk.trust_findings(ctx, visit), made)

        self._found = None
        self.work(work, self._worked_out, doing="Working out what each limit means")
        self._show()

    def _worked_out(self, found: Found) -> None:
        self._found = found
        words = [(choice.preset, choice.title, choice.sentence) for choice in found.presets]
        self.cards.set_cards(ChoiceCard(*card) for card in (*words, (OWN, *found.own_words)))
        self.meaning.set_invitation(self.visit.settled.invitation)
        self.what_if.set_invitation(self.visit.settled.invitation)
        self.trust.show_answers(self.visit.settled, found.trust)
        self._show()
        self._ask()
        if self._focus_is_due:
            self.take_focus()

    def _ask(self) -> None:
        """What is granted is read beside everything else: nothing on the page waits for it."""
        desk, visit = self.desk, self.visit
        if self._asking is not None:
            self._asking.cancel()
        self.what_if.show_reading()
        self._asking = Task(lambda ctx: desk.workbench(ctx, visit), name="Read what is granted")
        self._asking.succeeded.connect(self._granted)
        self._asking.failed.connect(self._not_granted)
        self.runner.start(self._asking)

    @Slot(object)
    def _granted(self, bench: Workbench) -> None:
        if self.sender() is self._asking:
            self.what_if.set_bench(bench)
            self._show()

    @Slot(object)
    def _not_granted(self, error: HouseguestError) -> None:
        if self.sender() is self._asking:
            self.what_if.show_unknown(error.message)

    def on_cancelled(self) -> None:
        self._show()

    def on_failed(self, error: HouseguestError) -> None:
        self._show()

    def retry(self) -> None:
        super().retry()
        self._show()

    # Choosing

    def _take_wishes(self, answers: Answers) -> None:
        """What the visit wishes, unless that was taken already: what was chosen or typed here since then stays."""
        wishes, wished = answers.wishes, (answers.invitation, answers.wishes.preset, answers.wishes.own_boundary)
        if wished == self._wished:
            return
        is_another = self._wished is None or self._wished[0] != answers.invitation
        self._wished, self._wish = wished, wishes.preset
        if is_another:
            self._before = AS_REQUESTED
        known = self.own.choice.own_boundary if self.own.choice is not None else None
        if wishes.own_boundary is not None and wishes.own_boundary != known:
            self.own.set_text(wishes.own_boundary.pretty())
        elif is_another:
            self.own.set_text("")

    def _choice_of(self, value: str) -> Choice | None:
        if value == OWN:
            return self.own.choice
        return self._found.preset(value) if self._found is not None else None

    @property
    def _compared_with(self) -> Choice | None:
        """The choice before; where there was none, what the vendor asks for."""
        before = self._before if self._before != self._wish else AS_REQUESTED
        return None if self.read_only or before == self._wish else self._choice_of(before)

    @Slot(object)
    def _chosen(self, value: object) -> None:
        if value is None or value == self._wish:
            return
        if self.valid:
            self._before = self._wish
        self._wish = str(value)
        self.meaning.say("")
        self._show()

    @Slot()
    def _own_looked_at(self) -> None:
        if OWN in (self._wish, self._before):
            self._show()

    # Showing

    def _show(self) -> None:
        found, choice = self._found, self.choice
        self.loading.setVisible(found is None and self.busy)
        self.stopped.setVisible(found is None and not self.busy and self.error is None)
        for part in (self.cards, self.trust):
            part.setVisible(found is not None)
        self.cards.set_value(self._wish)
        self.cards.set_read_only(self.read_only)
        self.own.setVisible(found is not None and self._wish == OWN and not self.read_only)
        made = choice.permissions if choice is not None else None
        self.what_if.setVisible(made is not None)
        self.meaning.setVisible(made is not None)
        self.notes.show_notes(_notes(choice) if self._wish != OWN else ())
        if made is not None:
            self.what_if.show_limit(made.operator_boundary)
        if found is not None and choice is not None:
            self.meaning.show_choice(choice, self._compared_with, common_to((*found.presets, choice)))
        self.changed.emit()

    # Export

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Export for the security team", file_name(self.visit.settled), "JSON (*.json)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(file_name(self.visit.settled))
        dialog.fileSelected.connect(self.export)
        dialog.open()

    @Slot(str)
    def export(self, path: str) -> None:
        """Write both documents of the choice, and whom the role would trust, into this file."""
        choice, answers = self.choice, self.visit.settled
        if choice is None or choice.permissions is None:
            return
        title, permissions = choice.title, choice.permissions

        def work(_ctx: Context) -> Path:
            from installer.report.saving import save

            save(Path(path), exported(answers, title, permissions))
            return Path(path)

        self.meaning.say("")
        self.work(work, self._exported, doing="Writing the file")

    def _exported(self, path: Path) -> None:
        self.meaning.say(f"Saved as {path}.")


def _notes(choice: Choice | None) -> tuple[Note, ...]:
    """What is to be known of the choice before it is taken: why it cannot be made, or what a check found."""
    if choice is None:
        return ()
    if choice.problem is not None:
        # What would mend the document, only the vendor can do.
        sentence = f"{error_text(choice.problem).sentence} Choose another limit, and tell the vendor."
        return ((Tone.BAD, f"{choice.title} cannot be made", sentence),)
    return as_notes(choice.findings)
