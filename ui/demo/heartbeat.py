"""The pulse of the UI thread while the demo walks: its gaps, and whose time passes.

A timer of a few milliseconds beats; what lies between two beats is a gap. At each beat the workers are looked at: where
the UI thread was idle and every worker waits, for the network or between two questions, AWS or the vendor is awaited.
Everything else is our own time. It is an estimate by sampling, and what is in doubt counts as our own.
"""

import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from ui.demo.lateness import Lateness

BEAT_MS = 5
_IDLE_SECONDS = 2 * BEAT_MS / 1000
"""Between two beats of a UI thread that had nothing to do."""

# The files whose functions a thread is in while it waits for somebody else.
_WAITING_IN = (
    "socket.py",
    "ssl.py",
    "threading.py",
    "selectors.py",
    "concurrent/futures/thread.py",
    "_backends/sync.py",
)


@dataclass(frozen=True)
class Pulse:
    """In seconds. Gaps in which modules were imported are apart: an import holds Python's lock for long at a time."""

    longest_gap: float
    p99_gap: float
    longest_gap_of_imports: float
    own: float
    total: float


class Heartbeat(QObject):
    """Beats from `start` on, but not while `paused`: what the demo does for itself is not the window's."""

    def __init__(self, lateness: Lateness | None = None) -> None:
        super().__init__()
        self._lateness = lateness
        self._gaps: list[float] = []
        self._gaps_of_imports: list[float] = []
        self._own = self._total = 0.0
        self._last: float | None = None
        self._modules = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last, self._modules = time.perf_counter(), len(sys.modules)
        self._timer.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What was going on until here still counts."""
        self._beat()
        self._timer.stop()
        self._last = None
        if self._lateness is not None:
            self._lateness.rest()
        try:
            yield
        finally:
            self.start()

    @property
    def own(self) -> float:
        return self._own

    @property
    def total(self) -> float:
        return self._total

    def pulse(self) -> Pulse:
        return Pulse(
            longest_gap=max(self._gaps, default=0.0),
            p99_gap=percentile(self._gaps, 0.99),
            longest_gap_of_imports=max(self._gaps_of_imports, default=0.0),
            own=self._own,
            total=self._total,
        )

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last is None:
            return
        gap, self._last = now - self._last, now
        if self._lateness is not None:
            self._lateness.came(gap)
            self._lateness.expect()
        modules, self._modules = self._modules, len(sys.modules)
        (self._gaps if modules == self._modules else self._gaps_of_imports).append(gap)
        self._total += gap
        self._own += max(0.0, gap - BEAT_MS / 1000) if gap > _IDLE_SECONDS else 0.0
        if not somebody_else_is_awaited():
            self._own += min(gap, BEAT_MS / 1000) if gap > _IDLE_SECONDS else gap


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of them do not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else 0.0


def somebody_else_is_awaited() -> bool:
    """Whether there are workers, and all of them wait."""
    own = threading.get_ident()
    frames = [frame for ident, frame in sys._current_frames().items() if ident != own]
    return bool(frames) and all(map(_waits, frames))


def _waits(frame: FrameType) -> bool:
    return frame.f_code.co_filename.replace("\\", "/").endswith(_WAITING_IN)
