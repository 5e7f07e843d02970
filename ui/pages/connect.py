"""Connect: the exact list of what will be created, the commit, and what is proven of it afterwards.

What is made and in which order is in `installer/steps/connect.py`; the cards before the commit are in
`connect_cards.py`, those in which it is watched in `ui/event_cards.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.events import Event, Notice, ResourceChanged
from installer.evidence import State
from installer.flow import Step
from installer.steps import Finding, Severity
from ui.event_cards import EventCards
from ui.event_clock import utc_now
from ui.event_rows import row_of
from ui.numbers import grouped
from ui.page import Page
from ui.pages.connect_cards import CreatedCard, FindingsCard
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.plain import one_line
from ui.widgets.states import Loading
from ui.widgets.step_row import RowState

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.desk_results import Plan
    from ui.tasks import TaskRunner
    from ui.visit import Visit

_NAME_TAKEN = "name_taken"


class ConnectPage(Page):
    step = Step.CONNECT

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._plan: Plan | None = None
        self._planned_for: object = None
        self._connecting = False
        self._tried = False
        self.unfinished = Banner(Tone.CAUTION, "This is not finished", "")
        self.findings = FindingsCard()
        self.findings.again.connect(self._read_plan)
        self.findings.rename.connect(self._change_the_name)
        self.beginning = Loading("Looking at what is there already, then creating")
        self.cards = EventCards(rows="What happens now", proof="What is known of it")
        self.created = CreatedCard()
        for part in (
            self.unfinished,
            self.findings,
            self.beginning,
            self.cards.rows_card,
            self.cards.proof_card,
            self.created,
            self.cards.log_card,
        ):
            self.body.addWidget(part)
        self._show()

    # What the window asks

    @property
    def _is_connected(self) -> bool:
        return self.visit.answers is not None and self.visit.answers.connection is not None

    @property
    def _is_begun(self) -> bool:
        """Something may be made already: tried here, or saved as being connected, the first thing that a try does."""
        known = self.visit.installation
        return self._tried or (known is not None and known.state.value == "connecting")

    @property
    def valid(self) -> bool:
        return self._is_connected or (
            self._plan is not None and not any(found.severity is Severity.BLOCKER for found in self._plan.findings)
        )

    @property
    def primary(self) -> str:
        if self._is_connected:
            return "Continue"
        if self._connecting:
            return ""
        if self._is_begun:
            return "Go on creating"
        count = len(self.created.rows())
        return f"Create these {count}" if count else "Create"

    @property
    def fact(self) -> str:
        if self._is_connected:
            return "Made, and read back from AWS. To change it, remove the access first."
        if self._is_begun:
            return "What was made already stays. Going on joins it."
        return "Nothing is created yet."

    @property
    def going_on(self) -> str:
        if not self._connecting:
            return ""
        return (
            "CloudFormation goes on with what it has begun. Nothing is lost: open Houseguest again, and it joins "
            "what was made."
        )

    def show_visit(self) -> None:
        answers = self.visit.settled
        settled_for = (answers.wishes.name, answers.wishes.stack_region, answers.account, answers.permissions)
        if settled_for != self._planned_for:
            self._planned_for = settled_for
            self._begin_anew()
        if self._plan is None and not self._is_connected and not self.busy and self.error is None:
            self._read_plan()
        self._show()

    def _begin_anew(self) -> None:
        """What is settled is something else now: nothing of before holds."""
        self._plan, self._tried = None, False
        self.cards.clear()
        self.clear_error()

    def proceed(self) -> None:
        if self._is_connected:
            self.settled.emit(self.visit)
        else:
            self._create()

    def retry(self) -> None:
        """The same again, with what is settled by now."""
        if self.busy:
            return
        if self._plan is not None:
            self._create()
        else:
            self._read_plan()

    def take_focus(self) -> None:
        if self.findings.rename_button.isVisibleTo(self):
            self.findings.rename_button.setFocus()
        else:
            super().take_focus()

    # Before the commit

    @Slot()
    def _read_plan(self) -> None:
        if self.busy or self._is_connected:
            return
        self._plan = None
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> Plan:
            return desk.plan(ctx, visit)

        self.work(work, self._planned, doing="Looking for what is in the way in your account")
        self._show()

    def _planned(self, plan: Plan) -> None:
        self._plan = plan
        self.findings.show_findings(plan.findings, utc_now())
        self._show()

    @Slot()
    def _change_the_name(self) -> None:
        self.wanted.emit(Step.SIGN_IN)

    # The commit

    def _create(self) -> None:
        self.cards.clear()
        self._connecting = self._tried = True
        visit, desk, operator = self.visit, self.desk, one_line(self.visit.settled.invitation.vendor.operator)

        def work(ctx: Context) -> Visit:
            return desk.connect(ctx, visit)

        self.work(work, self._connected, doing=f"Creating, and proving what {operator} gets", stop="Stop watching")
        self._show()

    def on_event(self, event: Event) -> None:
        if not self._connecting:
            return
        self.cards.show_event(event)
        row = row_of(event) if isinstance(event, ResourceChanged | Notice) else None
        if row is not None:
            self.beginning.hide()
            self.cards.show_row(row)

    def _connected(self, visit: Visit) -> None:
        self._connecting = False
        self.visit = visit
        self.cards.settle(RowState.WAITING, "AWS did not say how this ended.")
        self._show()
        self.area.verticalScrollBar().setValue(0)
        self.recorded.emit(visit)

    def takes_over(self, error: HouseguestError) -> bool:
        """A name that is taken is a finding like the others: what helps is another name, not another try."""
        if error.code != _NAME_TAKEN or self._plan is None:
            return False
        found = Finding(Step.CONNECT, Severity.BLOCKER, error.message, "Choose another name for the installation.")
        self._plan = replace(self._plan, findings=(found, *self._plan.findings))
        self.findings.show_findings(self._plan.findings, utc_now())
        self._end_watching("Not known: it was watched until a name turned out to be taken.")
        return True

    def on_failed(self, error: HouseguestError) -> None:
        self._end_watching("Not known: it was watched until this failed.")

    def on_cancelled(self) -> None:
        self._end_watching("Goes on in AWS, unwatched.")

    def _end_watching(self, what_runs: str) -> None:
        self._connecting = False
        self.cards.settle(RowState.WAITING, what_runs)
        self._show()

    # Showing

    def _show(self) -> None:
        self._show_heading()
        if self.visit.answers is not None:
            wishes = self.visit.answers.wishes
            self.created.show_created(self.desk.created(self.visit), one_line(wishes.stack_region))
        self._show_proof()
        before = not self._connecting and not self._is_connected
        self.unfinished.setVisible(before and self._is_begun and self.error is None)
        self.unfinished.set(Tone.CAUTION, "This is not finished", self._unfinished_words())
        if self._plan is None:
            (self.findings.show_reading if self.busy else self.findings.show_unread)()
        self.findings.setVisible(before)
        self.beginning.setVisible(self._connecting and self.cards.rows.is_empty)
        self.created.setVisible(bool(self.created.rows()))
        self.changed.emit()

    def _show_heading(self) -> None:
        answers = self.visit.answers
        if answers is None or answers.account is None:
            self.set_heading("Connect")
            return
        operator, account = one_line(answers.invitation.vendor.operator), grouped(answers.account.account_id)
        if answers.connection is not None:
            known = all(found.state is State.VERIFIED for found in answers.connection.proof)
            self.set_heading(
                f"{operator} is connected, under your limit",
                "The role was read back, and tried with your external id and without it."
                if known
                else "The role exists. Not everything about it could be checked: see below.",
            )
        elif self._connecting:
            self.set_heading(
                f"Creating in account {account}", f"{operator} gets nothing before all of it was read back from AWS."
            )
        else:
            self.set_heading(
                f"Create these in account {account}?",
                f"This is everything that is made now. {operator} gets nothing before it was read back from AWS.",
            )

    def _show_proof(self) -> None:
        """After the commit: what was seen while it was made, or, where that was another time, what is saved of it."""
        connection = self.visit.answers.connection if self.visit.answers is not None else None
        if connection is not None:
            seen = (found for found in self.cards.proof.evidence if found not in connection.proof)
            self.cards.proof.set_evidence((*seen, *connection.proof))
        self.cards.refresh()
        self.cards.rows_card.set_title("What happens now" if self._connecting else "What AWS reported")
        if connection is not None:
            self.cards.rows_card.hide()  # the same things, proved, are in the evidence

    def _unfinished_words(self) -> str:
        name = one_line(self.visit.answers.wishes.name) if self.visit.answers is not None else ""
        return (
            "What exists already is found and joined: nothing is made twice. To leave it instead, remove the access of "
            f"{name} under Manage."
        )
