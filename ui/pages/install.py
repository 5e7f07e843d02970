"""Install: watch the vendor install, step by step, as it tells it; and what was read back at the end.

What is asked of the vendor, and what is checked, is in `installer/steps/install.py`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from installer.errors import HouseguestError
from installer.events import Checked, Event, VendorProgress, Waiting
from installer.flow import Step
from ui import theme
from ui.event_rows import log_line, row_of
from ui.page import Page
from ui.pages.estimate import Estimate
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.live_rows import LiveRows, duration
from ui.widgets.log_view import LogView
from ui.widgets.progress import ProgressBar
from ui.widgets.rows import EvidenceRow, RowList
from ui.widgets.step_row import RowState
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.tasks import TaskRunner
    from ui.visit import Visit


class InstallPage(Page):
    step = Step.INSTALL
    title = "Install"

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._estimate = Estimate()
        self._stopped_by_person = False
        self._heard = 0.0
        self.stopped = Banner(Tone.CAUTION, "You stopped watching", "")
        self._left = Label("", theme.TextRole.ROW)
        self._elapsed = Label("", theme.TextRole.SECONDARY, colour="secondary", wrap=False)
        self._bar = ProgressBar()
        self.estimate_card = Card()
        head = QHBoxLayout()
        head.addWidget(self._left, 1)
        head.addWidget(self._elapsed)
        self.estimate_card.body.addLayout(head)
        self.estimate_card.body.addWidget(self._bar)
        self.rows_card = Card()
        self.rows = LiveRows(name="Steps of the install")
        self.rows_card.body.addWidget(self.rows)
        self.proof_card = Card("Read back by Houseguest")
        self.proof = RowList(name="Evidence")
        self.proof_card.body.addWidget(self.proof)
        self.log = LogView(visible_lines=8)
        self.log_card = Card("Log", CopyButton("the log", self.log.text))
        self.log_card.body.addWidget(self.log)
        for part in (self.stopped, self.estimate_card, self.rows_card, self.proof_card, self.log_card):
            self.body.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._show_time)
        self._show()

    # What the window asks

    @property
    def _is_installed(self) -> bool:
        return self.visit.answers is not None and self.visit.answers.product is not None

    @property
    def primary(self) -> str:
        if self._is_installed:
            return "Continue"
        if self.busy:
            return ""
        return "Watch again" if self._stopped_by_person else "Go on with the install"

    @property
    def fact(self) -> str:
        return "Read back from AWS." if self._is_installed else "What was made stays. Going on finds it."

    @property
    def going_on(self) -> str:
        if not self.busy:
            return ""
        operator = self.visit.settled.invitation.vendor.operator
        return f"{operator} goes on installing, and your account keeps what it makes. Open Houseguest again to watch."

    def show_visit(self) -> None:
        self._show()
        if not self._is_installed and not self.busy and self.error is None and not self._stopped_by_person:
            self._watch()

    def proceed(self) -> None:
        if self._is_installed:
            self.settled.emit(self.visit)
        else:
            self._watch()

    # Watching

    def _watch(self) -> None:
        self._stopped_by_person = False
        self.rows.clear()
        self.log.clear()
        self.proof.set_rows(())
        expects = self.visit.settled.invitation.expects
        self._estimate = Estimate(expected_seconds=expects.install_seconds, began=time.monotonic())
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> Visit:
            return desk.install(ctx, visit)

        self.work(work, self._installed, doing="The vendor installs", stop="Stop watching")
        self._timer.start()
        self._show()

    def on_event(self, event: Event) -> None:
        self._heard = time.monotonic()
        if not isinstance(event, Waiting):
            self.log.append(log_line(event))
        if isinstance(event, VendorProgress):
            row = row_of(event)
            if row is not None:
                self.rows.show_row(row.key, row.state, row.title or event.step, row.sentence)
            if event.percent is not None:
                self._estimate = self._estimate.at(event.percent, time.monotonic())
        elif isinstance(event, Checked):
            self.proof.add(EvidenceRow(event.evidence, with_detail=False))
        self._show_parts()

    def _installed(self, visit: Visit) -> None:
        self._timer.stop()
        self.visit = visit
        self.rows.settle(RowState.DONE)
        self._show()
        self.settled.emit(visit)

    def on_failed(self, error: HouseguestError) -> None:
        self._timer.stop()
        self.rows.settle(RowState.WAITING, "not known: it was being watched when this failed")
        self._show()

    def on_cancelled(self) -> None:
        self._timer.stop()
        self._stopped_by_person = True
        self.rows.settle(RowState.WAITING, "goes on, unwatched")
        self._show()

    # Showing

    def _show(self) -> None:
        answers = self.visit.answers
        if answers is None:
            self.set_heading("Install")
        else:
            product, operator = answers.invitation.product, answers.invitation.vendor.operator
            self.stopped.set(
                Tone.CAUTION,
                "You stopped watching",
                f"{operator} goes on installing; what it makes stays yours.",
            )
            if self._is_installed:
                self.set_heading(f"{product.name} {product.version} is installed", "Read back from AWS, not only told.")
            else:
                self.set_heading(
                    f"Installing {product.name} {product.version}",
                    "You can close this window: the install goes on in your account, and Houseguest shows it again.",
                )
        self._show_parts()

    def _show_parts(self) -> None:
        self.stopped.setVisible(self._stopped_by_person and not self.busy)
        self.estimate_card.setVisible(self.busy)
        self.rows_card.setVisible(bool(self.rows.rows()))
        self.proof_card.setVisible(bool(self.proof.rows()))
        self.log_card.setVisible(self.log.line_count() > 0)
        self._show_time()
        self.changed.emit()

    @Slot()
    def _show_time(self) -> None:
        now = time.monotonic()
        self._left.setText(self._estimate.words(now))
        checked = f" · heard {int(now - self._heard)} s ago" if self._heard else ""
        self._elapsed.setText(f"{duration(self._estimate.elapsed(now))} elapsed{checked}")
        self._bar.set_value(self._estimate.share)
