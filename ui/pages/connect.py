"""Connect: the exact list of what will be created, the commit, and what is proven of it afterwards.

What is made and in which order is in `installer/steps/connect.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.events import Checked, Event, Notice, ResourceChanged
from installer.evidence import State
from installer.flow import Step
from installer.steps import Severity
from ui.event_rows import log_line, row_of
from ui.page import Page
from ui.pages.connect_cards import CreatedCard
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.live_rows import LiveRows
from ui.widgets.log_view import LogView
from ui.widgets.rows import EvidenceRow, FindingRow, RowList
from ui.widgets.states import Loading
from ui.widgets.step_row import RowState

if TYPE_CHECKING:
    from installer.context import Context
    from installer.evidence import Evidence
    from ui.desk import Desk, Plan
    from ui.tasks import TaskRunner
    from ui.visit import Visit


class ConnectPage(Page):
    step = Step.CONNECT
    title = "Connect"

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._plan: Plan | None = None
        self._planned_for: object = None
        self._connecting = False
        self.loading = Loading("Reading what is in your account already")
        self.interrupted = Banner(
            Tone.CAUTION,
            "This was interrupted",
            "What exists already is found and joined. Nothing is made twice.",
        )
        again = Button("Check again", Kind.LINK, icon="refresh")
        again.clicked.connect(self._read_plan)
        self.findings_card = Card("Before you go on", again)
        self.findings = RowList(name="Findings")
        self.findings_card.body.addWidget(self.findings)
        self.created = CreatedCard()
        self.live_card = Card("What happens now")
        self.live = LiveRows(name="What is being created")
        self.live_card.body.addWidget(self.live)
        self.proof_card = Card("What is known of it")
        self.proof = RowList(name="Evidence")
        self.proof_card.body.addWidget(self.proof)
        self.log = LogView(visible_lines=8)
        self.log_card = Card("Log", CopyButton("the log", self.log.text))
        self.log_card.body.addWidget(self.log)
        for part in self._parts():
            self.body.addWidget(part)
        self._show()

    def _parts(self) -> Sequence[QWidget]:
        return (
            self.loading,
            self.interrupted,
            self.findings_card,
            self.live_card,
            self.proof_card,
            self.created,
            self.log_card,
        )

    # What the window asks

    @property
    def _is_connected(self) -> bool:
        return self.visit.answers is not None and self.visit.answers.connection is not None

    @property
    def _blocked(self) -> bool:
        return self._plan is None or any(found.severity is Severity.BLOCKER for found in self._plan.findings)

    @property
    def valid(self) -> bool:
        return self._is_connected or not self._blocked

    @property
    def primary(self) -> str:
        if self._is_connected:
            return "Continue"
        if self._plan is None:
            return "Create these"
        return f"Create these {len(self._plan.created)}"

    @property
    def fact(self) -> str:
        if self._is_connected:
            return "Made, and read back from AWS. To change it, remove the access first."
        return "Nothing is created yet."

    @property
    def going_on(self) -> str:
        if self.busy and self._connecting:
            return (
                "CloudFormation goes on with what it has begun. Nothing is lost: open Houseguest again, and it joins "
                "what was made."
            )
        return ""

    def show_visit(self) -> None:
        answers = self.visit.settled
        if not self._is_connected and not self.busy:
            settled_for = (answers.wishes.name, answers.account, answers.permissions)
            if self._plan is None or self._planned_for != settled_for:
                self._planned_for = settled_for
                self._read_plan()
        self._show()

    def proceed(self) -> None:
        if self._is_connected:
            self.settled.emit(self.visit)
            return
        self.live.clear()
        self.log.clear()
        self.proof.set_rows(())
        self._connecting = True
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> Visit:
            return desk.connect(ctx, visit)

        self.work(work, self._connected, doing="Creating, and reading back what was made", stop="Stop watching")
        self._show()

    # The plan

    @Slot()
    def _read_plan(self) -> None:
        if self.busy or self._is_connected:
            return
        self._plan = None
        self._connecting = False
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> Plan:
            return desk.plan(ctx, visit)

        self.work(work, self._planned, doing="Reading what is in your account already")
        self._show()

    def _planned(self, plan: Plan) -> None:
        self._plan = plan
        self._show()

    # The commit

    def on_event(self, event: Event) -> None:
        if not self._connecting:
            return
        self.log.append(log_line(event))
        row = row_of(event) if isinstance(event, ResourceChanged) else None
        if row is not None:
            self.live.show_row(row.key, row.state, row.title, row.sentence)
        elif isinstance(event, Checked):
            self._add_proof(event.evidence)
        elif isinstance(event, Notice):
            self.live.show_row(event.sentence, RowState.WAITING, event.sentence)
        self._show()

    def _add_proof(self, evidence: Evidence) -> None:
        self.proof.add(EvidenceRow(evidence, with_detail=False))

    def _connected(self, visit: Visit) -> None:
        self._connecting = False
        self.visit = visit
        self.live.settle(RowState.DONE)
        self.recorded.emit(visit)
        self._show()

    def on_failed(self, error: HouseguestError) -> None:
        if self._connecting:
            self.live.settle(RowState.WAITING, "not known: it was being watched when this failed")
        self._connecting = False
        self._show()

    def on_cancelled(self) -> None:
        if self._connecting:
            self.live.settle(RowState.WAITING, "goes on in AWS, unwatched")
        self._connecting = False
        self._show()

    # Showing

    def _show(self) -> None:
        answers = self.visit.answers
        operator = answers.invitation.vendor.operator if answers is not None else "the vendor"
        if self._is_connected and answers is not None and answers.connection is not None:
            known = all(found.state is State.VERIFIED for found in answers.connection.proof)
            self.set_heading(
                f"{operator} is connected, under your boundary",
                "The role was read back, and tried with your external id and without it."
                if known
                else "The role exists. Not everything about it could be checked: see below.",
            )
            if not self.proof.rows():
                self.proof.set_rows(EvidenceRow(found, with_detail=False) for found in answers.connection.proof)
        else:
            self.set_heading(
                "Create the role, under your boundary",
                f"This is everything that will be made. {operator} gets nothing before it stands and was read back.",
            )
        self._show_parts()

    def _show_parts(self) -> None:
        planning = self.busy and not self._connecting
        self.loading.setVisible(planning and self._plan is None)
        if self._plan is not None:
            self.created.show_created(self._plan.created)
            self.findings.set_rows(
                FindingRow(found.severity, found.sentence, found.fix) for found in self._plan.findings
            )
        elif self._is_connected and not self.created.is_filled:
            self.created.show_created(self.desk.created(self.visit))
        begun = self._connecting or bool(self.live.rows())
        self.interrupted.setVisible(not begun and not self._is_connected and self._was_interrupted)
        has_findings = self._plan is not None and bool(self._plan.findings)
        self.findings_card.setVisible(has_findings and not begun and not self._is_connected)
        self.created.setVisible(self.created.is_filled)
        self.live_card.setVisible(begun and not self._is_connected)
        self.proof_card.setVisible(bool(self.proof.rows()))
        self.log_card.setVisible(self.log.line_count() > 0)
        self.changed.emit()

    @property
    def _was_interrupted(self) -> bool:
        """Saved as being connected: the first thing that the commit does."""
        known = self.visit.installation
        return known is not None and known.state.value == "connecting"
