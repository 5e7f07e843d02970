"""Waiting for the window without keeping it from anything: its own event loop runs meanwhile."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer, Slot

_LOOK_MS = 5


class Stuck(RuntimeError):
    """The window did not come to where it was expected; the message says what it shows instead."""


class _Wait(QEventLoop):
    """Runs until `happened`, or until the time is up."""

    def __init__(self, happened: Callable[[], bool], seconds: float) -> None:
        super().__init__()
        self._happened = happened
        self._ends = time.monotonic() + seconds
        self._fault: BaseException | None = None
        self.did_happen = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)

    def wait(self) -> bool:
        self._look()
        if not self.did_happen and self._fault is None:
            self.exec()
        self._timer.stop()
        if self._fault is not None:
            raise self._fault
        return self.did_happen

    @Slot()
    def _look(self) -> None:
        try:
            self.did_happen = self._happened()
        except Exception as fault:  # noqa: BLE001 - Qt would only print it: it is raised where somebody waits
            self._fault = fault
        if self.did_happen or self._fault is not None or time.monotonic() >= self._ends:
            self.quit()


def wait_until(happened: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    """Return as soon as `happened()` is true. Raises `Stuck` with what `what()` says when `seconds` are over, and
    whatever `happened` itself raises."""
    if not _Wait(happened, seconds).wait():
        raise Stuck(what())
