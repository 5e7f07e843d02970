"""Install: watch the vendor install, step by step, as it tells it; and what was read back at the end.

What is asked of the vendor, and what is checked, is in `installer/steps/install.py`. How far it is says
`install_cards.py`; rows, evidence and log are in `ui/event_cards.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QWidget

from installer.errors import HouseguestError
from installer.events import Event, VendorProgress, Waiting
from installer.flow import Step
from ui.event_cards import EventCards
from ui.event_rows import row_of
from ui.page import Page
from ui.pages.install_cards import EstimateCard, RefusedCard
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.plain import one_line
from ui.widgets.step_row import RowState

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.tasks import TaskRunner
    from ui.visit import Visit


class InstallPage(Page):
    """`alert` calls for the person's attention where the window is not the active one."""

    step = Step.INSTALL

    def __init__(
        self,
        desk: Desk,
        runner: TaskRunner,
        parent: QWidget | None = None,
        *,
        alert: Callable[[QWidget], None] = QApplication.alert,
    ) -> None:
        super().__init__(desk, runner, parent)
        self._alert = alert
        self._stopped_by_person = False
        self._installs: object = None
        self._told = 0
        self.stopped = Banner(Tone.CAUTION, "You stopped watching", "")
        self.refused = RefusedCard()
        self.refused.open_permissions.connect(self._open_permissions)
        self.cards = EventCards(rows="What happens now", proof="Read back by Houseguest", with_detail=True)
        self.estimate = EstimateCard(self.cards.clock)
        for part in (
            self.stopped,
            self.refused,
            self.estimate,
            self.cards.rows_card,
            self.cards.proof_card,
            self.cards.log_card,
        ):
            self.body.addWidget(part)
        self._show()

    # What the window asks

    @property
    def _is_installed(self) -> bool:
        return self.visit.answers is not None and self.visit.answers.product is not None

    @property
    def _operator(self) -> str:
        answers = self.visit.answers
        return one_line(answers.invitation.vendor.operator) if answers is not None else ""

    @property
    def primary(self) -> str:
        if self._is_installed:
            return "Continue"
        if self.busy:
            return ""
        return "Watch again" if self._stopped_by_person else "Go on with the install"

    @property
    def fact(self) -> str:
        return "Made, and read back." if self._is_installed else "What was made stays. Going on finds it."

    @property
    def going_on(self) -> str:
        if not self.busy:
            return ""
        return (
            f"{self._operator} goes on installing, and your account keeps what it makes. Open Houseguest again to "
            "watch."
        )

    def show_visit(self) -> None:
        self._show()
        if not self._is_installed and not self.busy and self.error is None and not self._stopped_by_person:
            self._watch()

    def proceed(self) -> None:
        if self._is_installed:
            self.settled.emit(self.visit)
        else:
            self._watch()

    def retry(self) -> None:
        """The same again, with what is settled by now."""
        if not self.busy:
            self._watch()

    # Watching

    def _watch(self) -> None:
        self._stopped_by_person = False
        self._take_up_install()
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> Visit:
            return desk.install(ctx, visit)

        self.work(work, self._installed, doing=f"{self._operator} installs", stop="Stop watching")
        self.estimate.watch()
        self._show()

    def _take_up_install(self) -> None:
        """Watched again, an install is told from its first event: what is shown of it stays, and changes with that."""
        answers = self.visit.settled
        installs = (answers.names, answers.connection, answers.network)
        if installs != self._installs:
            self._installs, self._told = installs, 0
            self.cards.clear()
            self.estimate.begin(self._operator, answers.invitation.expects.install_seconds)
        self.cards.proof.clear()

    def on_event(self, event: Event) -> None:
        if isinstance(event, VendorProgress):
            self._on_progress(event)
        elif isinstance(event, Waiting):
            self.cards.clock.hear(event)
            self.estimate.hear()
        else:
            self.cards.show_event(event)

    def _on_progress(self, event: VendorProgress) -> None:
        self.estimate.hear(event.at, event.percent)
        if event.seq > self._told:
            self._told = event.seq
            self.cards.show_event(event)
        row = row_of(event)
        if row is not None:
            self.cards.show_row(row)

    def _installed(self, visit: Visit) -> None:
        self.visit = visit
        self._end_watching(f"{self._operator} did not say how this ended.")
        self.settled.emit(visit)

    def on_failed(self, error: HouseguestError) -> None:
        self._end_watching("Not known: it was watched until this failed.")

    def on_cancelled(self) -> None:
        self._stopped_by_person = True
        self._end_watching("Goes on, unwatched.")

    def _end_watching(self, what_runs: str) -> None:
        self.estimate.stop()
        self.cards.settle(RowState.WAITING, what_runs)
        self._show()
        if not self._stopped_by_person:
            self._alert(self.window())

    @Slot()
    def _open_permissions(self) -> None:
        self.wanted.emit(Step.PERMISSIONS)

    # Showing

    def _show(self) -> None:
        answers = self.visit.answers
        if answers is not None:
            product = f"{one_line(answers.invitation.product.name)} {one_line(answers.invitation.product.version)}"
            self._show_heading(product)
            if answers.product is not None:
                seen = (found for found in self.cards.proof.evidence if found not in answers.product.evidence)
                self.cards.proof.set_evidence((*seen, *answers.product.evidence))
        self.stopped.set(
            Tone.CAUTION,
            "You stopped watching",
            f"{self._operator} goes on installing in your account, and what it makes stays yours.",
        )
        self.stopped.setVisible(self._stopped_by_person and not self.busy)
        self.refused.show_error(self.error if not self.busy else None, self._operator)
        self.estimate.setVisible(self.busy)
        self.cards.rows_card.set_title("What happens now" if self.busy else f"What {self._operator} reported")
        self.cards.refresh()
        self.changed.emit()

    def _show_heading(self, product: str) -> None:
        if self._is_installed:
            self.set_heading(f"{product} is installed", "Read back by Houseguest, not only told by the vendor.")
        elif self.busy:
            self.set_heading(
                f"Installing {product}",
                "You can close this window: the install goes on in your account, and Houseguest shows it again.",
            )
        elif self._stopped_by_person:
            self.set_heading(
                f"{product} is being installed", "Houseguest shows it again from its first step when you watch."
            )
        else:
            self.set_heading(f"{product} is not installed yet", "What was made stays, and going on finds it.")
