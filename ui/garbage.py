"""Python's cycle collector, kept in the UI thread.

Left alone it runs in whichever thread allocates. In a worker it would destroy widgets that happen to be garbage: Qt
aborts on that. So it is turned off while there are workers (`tasks.py`), and does its work here, between two events.

It looks at what is new, a little at a time. What has lasted is set aside, unseen: modules, and what botocore knows of a
service, are hundreds of thousands of objects that stay, and to look through them all stops the window for a tenth of a
second. That is done when there has been no work for a while, and only if much was set aside since.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

# Often while there is work, seldom while there is nothing new, so that an idle window leaves the computer asleep.
_BUSY_MS = 100
_IDLE_MS = 2000
# As many new objects as Python waits for itself, and as many passes before it looks again at those that have lasted.
_NEW_OBJECTS = 700
_PASSES = 10
_AT_ONCE = 20_000
"""It takes 5 ms to look at so many. Where more are new at once, something was loaded, and stays."""

_REST_MS = 5000
_SET_ASIDE = 200_000
"""Among so many it is worth to look for garbage."""


class GarbageCollector(QObject):
    """Make it in the UI thread, before the first worker."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._passes = 0
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._seen = 0  # to count what is set aside takes 2 ms, before the window is painted
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_IDLE_MS)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.look_at_all)

    def attend(self) -> None:
        """Work begins."""
        self._rest.stop()
        self._timer.start(_BUSY_MS)

    def relax(self) -> None:
        """No work is left."""
        self._rest.start()

    @Slot()
    def look(self) -> None:
        """Collect if there is enough to collect, and set aside what is too much to look at."""
        new = gc.get_count()[0]
        if new < _NEW_OBJECTS:
            self._timer.setInterval(_IDLE_MS)
            return
        self._timer.setInterval(_BUSY_MS)
        self._passes += 1
        if new > _AT_ONCE:
            gc.freeze()
        elif self._passes % _PASSES:
            gc.collect(0)
        elif new + len(gc.get_objects(generation=1)) > _AT_ONCE:
            gc.freeze()
        else:
            gc.collect(1)

    @Slot()
    def look_at_all(self) -> None:
        """Also at what was set aside, if there is much of it."""
        gc.freeze()
        if gc.get_freeze_count() - self._seen < _SET_ASIDE:
            return
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._seen = gc.get_freeze_count()

    def stop(self) -> None:
        """Leave it to Python again: once there are no workers any more."""
        self._timer.stop()
        self._rest.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
