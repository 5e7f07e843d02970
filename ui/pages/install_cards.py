"""How far the install is, and which call was refused where it stopped. Part of the Install page."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout

from installer.errors import HouseguestError
from ui.event_clock import EventClock
from ui.pages.estimate import Estimate
from ui.theme import TextRole
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.last_heard import ago
from ui.widgets.live_rows import duration
from ui.widgets.plain import one_line
from ui.widgets.progress import ProgressBar
from ui.widgets.rows import FactLine, RowList
from ui.widgets.text import Label

_TICK_MS = 1000
_SOON_MS = 50
"""So long at most until it shows what was heard: once for all that came meanwhile."""


class EstimateCard(Card):
    """What is left, what has passed, when the vendor was last heard, and a bar that never moves backwards."""

    def __init__(self, clock: EventClock) -> None:
        super().__init__()
        self._clock = clock
        self._estimate = Estimate()
        self._operator = ""
        self._heard: datetime | None = None
        self._left = Label("", TextRole.ROW)
        self._passed = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self.bar = ProgressBar(text="Progress of the install")
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._left, 1)
        head.addWidget(self._passed)
        self.body.addLayout(head)
        self.body.addWidget(self.bar)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._show)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show)

    @property
    def estimate(self) -> Estimate:
        return self._estimate

    def words(self) -> tuple[str, str]:
        """What it says of what is left, and of what has passed."""
        return self._left.text(), self._passed.text()

    def begin(self, operator: str, expected_seconds: float) -> None:
        """Another install."""
        self._operator, self._estimate = operator, Estimate(expected_seconds)
        self._heard = None

    def watch(self) -> None:
        self._heard = None
        self._timer.start()
        self._show()

    def stop(self) -> None:
        self._timer.stop()

    def hear(self, told_at: datetime | None = None, percent: float | None = None) -> None:
        """The vendor answered just now. `told_at` is the time of what it tells, where there is something new."""
        self._heard = self._clock.now()
        if told_at is not None:
            self._estimate = self._estimate.heard(told_at, percent)
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _show(self) -> None:
        now, estimate = self._clock.now(), self._estimate
        self._left.setText(estimate.words(now, self._operator))
        passed = [f"{duration(estimate.elapsed(now))} elapsed"] if estimate.began else []
        if self._heard is not None:
            passed.append(f"heard {ago((now - self._heard).total_seconds())}")
        self._passed.setText(" · ".join(passed) or f"Asking {self._operator}")
        self.bar.set_value(estimate.share)


class RefusedCard(Card):
    """The call of the vendor that AWS refused, and where to look for the reason."""

    open_permissions = Signal()

    def __init__(self) -> None:
        super().__init__("What was refused")
        self._facts = RowList(name="What was refused")
        self._words = Label("")
        link = Button("Open Permissions", Kind.LINK, icon="shield")
        link.clicked.connect(self.open_permissions)
        self.body.addWidget(self._facts)
        self.body.addWidget(self._words)
        self.body.addWidget(link)

    def show_error(self, error: HouseguestError | None, operator: str) -> None:
        """Nothing is shown where the error names no call."""
        details = error.details if error is not None else {}
        action = one_line(details.get("action", ""))
        self.setVisible(bool(action))
        facts = (
            ("Call", action),
            ("AWS answered", details.get("aws_code", "")),
            ("On", details.get("resource", "")),
            (f"{operator} says", details.get("vendor_says", "")),
        )
        self._facts.set_rows(FactLine(name, value, mono=name in ("Call", "On")) for name, value in facts if value)
        self._words.setText(
            f"Permissions shows whether your limit allows {action}. If it does, tell {operator}: something else "
            "refuses it. If it does not, that is your decision: leave it so and tell them, or remove the access and "
            "connect again under another limit."
        )
