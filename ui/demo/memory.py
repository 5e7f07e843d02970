"""The most memory that this process held at once, without what the demo itself needs for pictures of the window.

Linux keeps the peak, and lets a process set it back. Elsewhere it is not known.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_SET_PEAK_BACK = "5"


class Peak:
    def __init__(self) -> None:
        self._highest = 0

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is held in this block only does not count."""
        self._note()
        try:
            yield
        finally:
            with suppress(OSError):
                _CLEAR.write_text(_SET_PEAK_BACK)

    def megabytes(self) -> float | None:
        """None where this system does not tell."""
        self._note()
        return round(self._highest / 1024, 1) if self._highest else None

    def _note(self) -> None:
        self._highest = max(self._highest, _high_water_kilobytes())


def _high_water_kilobytes() -> int:
    if sys.platform != "linux":
        return 0
    for line in _STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0])
    return 0
