"""What is waited for, and how long ago there was an answer: counted on, so that silence shows as silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Slot

from ui.theme import TextRole
from ui.widgets.plain import one_line
from ui.widgets.text import Label

_TICK_MS = 1000
_JUST_NOW = 2


class LastHeard(Label):
    """`Waiting for the stack popsql-role. Last checked 4 s ago.` Nothing at all while nothing is waited for."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`now` is asked for the time in the clock that the times given to `heard` are of."""
        super().__init__("", TextRole.SECONDARY, colour="secondary")
        self._now = now
        self._words = ""
        self._at: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show)
        self.hide()

    def heard(self, words: str, at: datetime) -> None:
        """`words` say what of, in front of how long ago: `Waiting for the role. Last checked`."""
        self._words, self._at = one_line(words), at
        self._show()
        self._timer.start()
        self.show()

    def stop(self) -> None:
        """Nothing is waited for any more."""
        self._timer.stop()
        self._at = None
        self.hide()

    @Slot()
    def _show(self) -> None:
        if self._at is not None:
            self.setText(f"{self._words} {ago((self._now() - self._at).total_seconds())}.")


def ago(seconds: float) -> str:
    """`just now`, `4 s ago`, `3 min ago`."""
    if seconds < _JUST_NOW:
        return "just now"
    return f"{int(seconds)} s ago" if seconds < 120 else f"{int(seconds // 60)} min ago"
