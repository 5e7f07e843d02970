"""Network: in which region the product lives, and on which addresses. Nothing is created here.

What is chosen and what the engine says of it is in `network_choice.py`, what a survey brought is shown by
`network_result.py`. The rules are in `installer/steps/network.py`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError, NetworkError
from installer.events import Event, Scanned
from installer.flow import Step
from ui.error_text import Remedy, error_text
from ui.numbers import counted
from ui.page import Page
from ui.pages.network_choice import Choice, Judged, first_choice, judged, usable_region
from ui.pages.network_facts import FactsCard
from ui.pages.network_result import Found, ResultView
from ui.pages.network_scan import ScanCard
from ui.pages.network_words import networks
from ui.widgets.buttons import Button, Kind
from ui.widgets.plain import one_line
from ui.widgets.states import EmptyState

if TYPE_CHECKING:
    from installer.answers import Answers, Network
    from installer.context import Context
    from installer.steps.network import Survey
    from ui.desk import Desk
    from ui.tasks import TaskRunner
    from ui.visit import Visit

TYPING_PAUSE_MS = 150
"""What is typed is judged when nothing was typed for so long."""


class NetworkPage(Page):
    step = Step.NETWORK

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self.found: Found | None = None
        self.choice: Choice | None = None
        self.judged: Judged | None = None
        self._own_before = ""
        self._read_for: object = None
        self._began = 0.0
        self._is_reading = False
        self._focus_is_due = False
        read = Button("Read what is in use", Kind.SECONDARY)
        read.clicked.connect(self.read)
        self.unread = EmptyState(
            "network", "Not read yet", "Without knowing what your account uses, no block can be suggested.", read
        )
        self.scan = ScanCard()
        self.made = FactsCard()
        self.result = ResultView()
        for part in (self.unread, self.scan, self.made, self.result):
            part.hide()
            self.body.addWidget(part)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._judge)
        self._connect()

    def _connect(self) -> None:
        place = self.result.place
        place.region_chosen.connect(self._choose_region)
        place.block.size_chosen.connect(self._choose_size)
        place.block.own_wanted.connect(self._choose_way)
        place.block.typed.connect(self._type_block)
        place.block.submitted.connect(self._judge_typed)
        self.result.keep_free.changed.connect(self._type_kept_free)
        self.result.use_wanted.connect(self._use)
        self.result.map.again.connect(self.read)

    # What the window asks

    @property
    def existing(self) -> Network | None:
        return self.found.existing if self.found is not None else None

    @property
    def valid(self) -> bool:
        if self.read_only or self.existing is not None:
            return True
        return self.judged is not None and self.judged.usable and not self._typing.isActive()

    @property
    def primary(self) -> str:
        if self.read_only:
            return "Continue"
        if self.existing is not None:
            return f"Use {self.existing.cidr} in {one_line(self.existing.region)}"
        if self.judged is not None and self.judged.block is not None:
            return f"Use {self.judged.block} in {one_line(self.judged.choice.region)}"
        return "" if self.found is None else "Use this network"

    @property
    def fact(self) -> str:
        if self.found is None or self.read_only:
            return ""
        unreadable = len(self.judged.kept_free.problems) if self.judged is not None else 0
        if unreadable:
            return f"Ranges to keep free: {counted(unreadable, 'line')} cannot be read."
        survey = self.found.survey
        read = (counted(networks(survey), "network"), counted(len(survey.scanned.regions), "region"))
        return " · ".join((*read, f"{self.found.seconds:.1f} s"))

    def show_visit(self) -> None:
        answers = self.visit.settled
        read_for = _what_is_read(self.visit, answers)
        is_new = read_for != self._read_for
        if is_new:
            self._read_for, self._own_before = read_for, ""
            self.found = self.choice = self.judged = None
            self.clear_error()
        if not self.read_only and (is_new or (self.found is None and not self.busy)):
            self.read()
        self._show()

    def take_focus(self) -> None:
        """Region first: if it is not there yet, as soon as it is."""
        self._focus_is_due = self.judged is None
        if self.judged is not None:
            self.result.focus_first()

    def proceed(self) -> None:
        if self.read_only:
            self.settled.emit(self.visit)
            return
        if self.found is None or not self.valid:
            return
        visit, survey, desk = self.visit, self.found.survey, self.desk
        region, block, kept_free = self._wanted()

        def work(ctx: Context) -> Visit:
            return desk.settle_network(ctx, visit, survey, region, block, kept_free)

        self._is_reading = False
        self.work(work, self._settled, doing=f"Saving your choice of {block}")

    def _wanted(self) -> tuple[str, IPv4Network, tuple[IPv4Network, ...]]:
        if self.existing is not None:
            return self.existing.region, self.existing.cidr, self.visit.settled.wishes.avoid
        if self.judged is None or self.judged.block is None:
            raise AssertionError("only what is valid can be used")
        return self.judged.choice.region, self.judged.block, self.judged.kept_free.blocks

    def _settled(self, visit: Visit) -> None:
        self.settled.emit(visit)

    # Reading

    @Slot()
    def read(self) -> None:
        """Read everything anew. What was read before stays until then, and what was chosen longer."""
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> Survey:
            return desk.survey(ctx, visit)

        self.scan.begin(len(self.found.survey.scanned.regions) if self.found is not None else None)
        self._began, self._is_reading = time.monotonic(), True
        self.work(work, self._surveyed, doing="Reading which addresses your account uses", stop="Stop reading")
        self._show()

    def retry(self) -> None:
        """The same again, with what is chosen now."""
        if self._is_reading or self.found is None:
            self.read()
        else:
            self.proceed()

    def on_event(self, event: Event) -> None:
        if isinstance(event, Scanned):
            self.scan.add(event)
            self.result.map.show_progress(self.scan.progress())

    def on_cancelled(self) -> None:
        self._show()

    def on_failed(self, error: HouseguestError) -> None:
        del error
        self._show()

    def _surveyed(self, survey: Survey) -> None:
        self.found = Found(survey, time.monotonic() - self._began)
        try:
            self._begin_choice(self.found, self.visit.settled)
        except NetworkError as error:
            self.choice = None
            self.show_error(error)
        self._judge()
        if self._focus_is_due:
            self.take_focus()

    def _begin_choice(self, found: Found, answers: Answers) -> None:
        """Keep what was chosen where it still can be; else begin with what the engine suggests."""
        survey = found.survey
        unasked = replace(answers, wishes=replace(answers.wishes, region=None, cidr=None))
        self.found = replace(found, existing=survey.existing(unasked))
        if self.existing is not None:
            self.choice = None
        elif self.choice is None:
            self.choice = first_choice(survey, answers)
        else:
            self.choice = replace(self.choice, region=usable_region(survey, answers, self.choice.region))

    # Choosing

    @Slot(str)
    def _choose_region(self, region: str) -> None:
        if self.choice is not None:
            self._choose(replace(self.choice, region=region))

    @Slot(int)
    def _choose_size(self, prefix: int) -> None:
        if self.choice is not None:
            self._choose(replace(self.choice, prefix=prefix))

    @Slot(bool)
    def _choose_way(self, own: bool) -> None:
        """A block of the person's own begins as it was typed before, else as the one that is suggested."""
        if self.choice is None:
            return
        suggested = str(self.judged.block or "") if self.judged is not None else ""
        self._own_before = self.choice.own or self._own_before
        self._choose(replace(self.choice, own=(self._own_before or suggested) if own else None))

    @Slot(object)
    def _use(self, block: object) -> None:
        """A block that was offered or picked, as if it had been typed."""
        if self.choice is not None:
            self._choose(replace(self.choice, own=str(block)))

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self._judge()

    @Slot(str)
    def _type_block(self, text: str) -> None:
        if self.choice is not None:
            self._type(replace(self.choice, own=text))

    @Slot(str)
    def _type_kept_free(self, text: str) -> None:
        if self.choice is not None:
            self._type(replace(self.choice, keep_free=text))

    def _type(self, choice: Choice) -> None:
        self.choice = choice
        self._typing.start()
        self.changed.emit()

    @Slot()
    def _judge_typed(self) -> None:
        """Enter: at once, so that it can also press the primary button."""
        if self._typing.isActive():
            self._judge()

    @Slot()
    def _judge(self) -> None:
        self._typing.stop()
        self.judged = None
        if self.found is not None and self.choice is not None:
            self.judged = judged(self.found.survey, self.visit.settled, self.choice)
        self._show()
        self.changed.emit()

    # Showing

    def _show(self) -> None:
        """Which of the parts are seen, and what they show."""
        answers, found = self.visit.settled, None if self.read_only else self.found
        self._show_heading(answers, found)
        begins = found is None and not self.read_only
        self.scan.setVisible(begins and self.busy)
        can_retry = self.error is not None and error_text(self.error).remedy is Remedy.RETRY
        self.unread.setVisible(begins and not self.busy and not can_retry)
        self.made.setVisible(self.read_only)
        self.result.setVisible(found is not None)
        if self.read_only and answers.network is not None:
            self.made.show_network(answers.network, "The network", "")
        if found is not None:
            self.result.map.show_reading(self.busy and self._is_reading)
            self.result.show_found(found, answers, self.judged)

    def _show_heading(self, answers: Answers, found: Found | None) -> None:
        product = one_line(answers.invitation.product.name)
        if self.read_only:
            self.set_heading(f"Where {product} lives", "Made. To change it, remove the access first.")
            return
        where = counted(len(found.survey.scanned.regions), "region") if found is not None else "every region"
        self.set_heading(
            f"Where {product} lives" if self.existing is not None else f"Where should {product} live?",
            f"Everything your account uses or routes to, in {where}. What could not be read is said below.",
        )


def _what_is_read(visit: Visit, answers: Answers) -> object:
    """What a survey is read for: it is read anew where this has changed."""
    account = answers.account.account_id if answers.account is not None else ""
    return account, visit.aws_profile, answers.wishes.name, answers.invitation.network
