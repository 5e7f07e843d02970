"""What holds the UI thread up: the stacks of all threads at the first moment that Python has after a beat is late.

For `make bench`, and only where the system has interval timers: the alarm is Python's own signal handler, which runs in
the UI thread between two steps of Python. What a call of C holds up is seen right behind that call.
"""

import atexit
import signal
import sys
import threading
import traceback
from types import FrameType
from typing import TextIO

LATE_SECONDS = 0.05


class Lateness:
    """`expect` at every beat; a beat that does not come in time has the stacks written down."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._names: dict[int | None, str] = {}
        signal.signal(signal.SIGALRM, self._late)
        # When Python ends it takes its handler away; an alarm after that would end the process.
        atexit.register(self.rest)

    def expect(self) -> None:
        """The next beat, soon."""
        signal.setitimer(signal.ITIMER_REAL, LATE_SECONDS)

    def rest(self) -> None:
        """No beat is expected."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def came(self, gap: float) -> None:
        """The beat, after so many seconds."""
        if gap > LATE_SECONDS:
            self._file.write(f"The beat came after {gap * 1000:.0f} ms.\n\n")
            self._file.flush()

    def _late(self, _number: int, frame: FrameType | None) -> None:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        frames = {ident: frame for ident, frame in sys._current_frames().items() if ident != threading.get_ident()}
        self._write("UI thread", frame)
        for ident, other in frames.items():
            self._write(names.get(ident, "a thread"), other)

    def _write(self, name: str, frame: FrameType | None) -> None:
        self._file.write(f"{name}\n{''.join(traceback.format_stack(frame))}\n")
