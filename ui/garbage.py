"""Python's cycle collector, kept in the UI thread.

Left alone it runs in whichever thread allocates. In a worker it would destroy widgets that happen to be garbage: Qt
aborts on that. So it is turned off while there are workers (`tasks.py`), and does its work here, between two events.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

# Often while there is work, because little at a time is quick: all that an import of boto3 leaves takes 40 ms to look
# through. Seldom while there is nothing new, so that an idle window leaves the computer asleep.
_BUSY_MS = 100
_IDLE_MS = 2000
# As many new objects as Python waits for itself, and as many times more before it looks at those that have lasted.
_NEW_OBJECTS = 700
_PASSES = 10


class GarbageCollector(QObject):
    """Make it in the UI thread, before the first worker."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._passes = 0
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_IDLE_MS)

    def attend(self) -> None:
        """Work begins."""
        self._timer.start(_BUSY_MS)

    @Slot()
    def look(self) -> None:
        """Collect if there is enough to collect: the youngest mostly, all of them seldom."""
        if gc.get_count()[0] < _NEW_OBJECTS:
            self._timer.setInterval(_IDLE_MS)
            return
        self._timer.setInterval(_BUSY_MS)
        self._passes += 1
        if self._passes % _PASSES:
            gc.collect(0)
        elif self._passes % _PASSES**2:
            gc.collect(1)
        else:
            gc.collect(2)

    def stop(self) -> None:
        """Leave it to Python again: once there are no workers any more."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
