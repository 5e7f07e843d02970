"""Work off the UI thread: the one place in the window that creates threads.

A `Task` is one piece of work of the engine; the `TaskRunner` runs it in a daemon thread of its own and speaks for it in
the UI thread. A worker never touches a QObject: it leaves its events and, last, its outcome in its task's letterbox and
rings the runner's bell. The runner empties the letterboxes a few milliseconds at a time, so that thousands of events
never hold up the window, and emits every signal in the UI thread. `garbage.py` keeps Python from destroying QObjects in
a worker.

`work` gets an `installer.context.Context`. Give it frozen answers and plain values, never a widget. boto3 sessions are
built inside it, because they are not thread-safe.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance, Slot

from installer.context import CancelToken, Context
from installer.errors import Cancelled, HouseguestError
from ui.garbage import GarbageCollector

if TYPE_CHECKING:
    from installer.events import Event

Work = Callable[[Context], object]

# A task speaks at most this long before the window has its turn: well below a frame of 16 ms.
_TURN_SECONDS = 0.004

# Work that reports faster than the window can show it waits, rather than pile up a backlog.
_MOST_LETTERS = 1000
_WAIT_SECONDS = 0.005

# How long a worker that computes may keep the interpreter from the UI thread, each time that it wants it back: a page
# that is laid out wants it hundreds of times. Beside one busy worker, the longest gap of a page of 60 rows was 243 ms
# with 0.5 ms, and 110 ms with this, where it is 50 ms alone; less brought nothing more. Importing boto3 keeps the
# interpreter for up to 36 ms at any value, because single calls in C do not let go.
_SWITCH_SECONDS = 0.0001


class _Progressed(NamedTuple):
    event: Event


class _Succeeded(NamedTuple):
    result: object


class _Failed(NamedTuple):
    """How it ended otherwise: an error of the engine, or `Cancelled`."""

    error: HouseguestError


_Letter = _Progressed | _Succeeded | _Failed


class _Bell:
    """Calls the UI thread, from any thread, once for any number of letters; once closed, it is silent for good."""

    def __init__(self, signal: SignalInstance) -> None:
        self._signal: SignalInstance | None = signal
        self._rung = False
        self._lock = threading.Lock()

    def ring(self) -> None:
        with self._lock:
            if self._signal is not None and not self._rung:
                self._rung = True
                self._signal.emit()

    def heard(self) -> None:
        """Before the letterboxes are emptied, so that what arrives meanwhile rings again."""
        with self._lock:
            self._rung = False

    def close(self) -> None:
        """When this returns no worker is inside Qt, and none will be."""
        with self._lock:
            self._signal = None

    @property
    def closed(self) -> bool:
        return self._signal is None


@dataclass(frozen=True)
class _Job:
    """What a worker knows of its task: no QObject, so that none can be destroyed in the wrong thread."""

    work: Work
    cancel: CancelToken = field(default_factory=CancelToken)
    letters: deque[_Letter] = field(default_factory=deque)

    def run(self, bell: _Bell, pace: float) -> None:
        """The body of the thread."""

        def report(event: Event) -> None:
            self.letters.append(_Progressed(event))
            bell.ring()
            while len(self.letters) > _MOST_LETTERS and not (bell.closed or self.cancel.wait(_WAIT_SECONDS)):
                pass

        self.letters.append(self._outcome(Context(report, self.cancel, pace)))
        bell.ring()

    def _outcome(self, context: Context) -> _Letter:
        try:
            context.check()
            return _Succeeded(self.work(context))
        except HouseguestError as error:
            return _Failed(error)
        except BaseException as fault:  # noqa: BLE001 - the last frame of the thread: whatever happens, the task ends
            from installer.redaction import log_fault

            log_fault(fault)
            return _Failed(_fault(fault))


def _fault(fault: BaseException) -> HouseguestError:
    """Without the fault's own text, which may hold anything."""
    name = type(fault).__name__
    return HouseguestError(f"Houseguest has a fault of its own ({name}).", fix="Report it with `houseguest doctor`.")


class Task(QObject):
    """One piece of work. It emits `progressed` any number of times, one of the three outcomes, then `finished`.

    Connect bound methods of QObjects: a page that is gone is then simply no longer told. From the moment an outcome
    is emitted the task is no longer `running`.
    """

    progressed = Signal(object)
    """An `installer.events.Event`."""
    succeeded = Signal(object)
    """What the work returned."""
    failed = Signal(object)
    """A `HouseguestError`; a fault of ours becomes one."""
    cancelled = Signal()
    finished = Signal()

    def __init__(self, work: Work, *, name: str) -> None:
        super().__init__()
        self._job = _Job(work)
        self._name = name
        self._bell: _Bell | None = None
        self._thread: threading.Thread | None = None
        self._running = False
        self._speaking = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def running(self) -> bool:
        return self._running

    @property
    def cancelling(self) -> bool:
        """Asked to stop, and not stopped yet."""
        return self._running and self._job.cancel.cancelled

    def cancel(self) -> None:
        """Ask the work to stop. It does so at its next check; `cancelled` says when. Work that is over stays over."""
        self._job.cancel.cancel()

    def _begin(self, bell: _Bell, pace: float) -> threading.Thread:
        if self._thread is not None:
            raise ValueError(f"the task {self._name!r} was started before")
        self._bell = bell
        self._running = True
        self._thread = threading.Thread(target=self._job.run, args=(bell, pace), name=f"task {self._name}", daemon=True)
        self._thread.start()
        return self._thread

    def _leave(self) -> None:
        """The window closes: nobody waits for this any more."""
        self.cancel()
        self._running = False

    def _speak(self) -> bool:
        """Emit what the worker left, for one turn; true if there is more.

        A slot may run an event loop of its own, and come back here: order is kept by leaving the rest to the outer
        call.
        """
        if self._speaking:
            return False
        self._speaking = True
        try:
            ends = time.monotonic() + _TURN_SECONDS
            while self._running and self._job.letters:
                if time.monotonic() >= ends:
                    return True
                self._emit(self._job.letters.popleft())
        finally:
            self._speaking = False
        return False

    def _emit(self, letter: _Letter) -> None:
        if isinstance(letter, _Progressed):
            self.progressed.emit(letter.event)
            return
        if self._thread is not None:
            self._thread.join()  # it is at its very end; now nothing that the work held can go in the wrong thread
        self._running = False
        match letter:
            case _Succeeded(result):
                self.succeeded.emit(result)
            case _Failed(Cancelled()):
                self.cancelled.emit()
            case _Failed(error):
                self.failed.emit(error)
        if self._bell is not None and not self._bell.closed:
            self.finished.emit()


class TaskRunner(QObject):
    """Runs tasks, and holds the only reference to them that counts: a page may forget its own.

    `pace` scales every wait of the work, as in `Context`. Call `shutdown` before the application ends.
    """

    _rung = Signal()

    def __init__(self, parent: QObject | None = None, *, pace: float = 1.0) -> None:
        super().__init__(parent)
        self._pace = pace
        self._threads: dict[Task, threading.Thread] = {}
        self._bell = _Bell(self._rung)
        self._garbage = GarbageCollector(self)
        sys.setswitchinterval(_SWITCH_SECONDS)
        # A timer, not the signal itself, empties the letterboxes: Qt handles everything that is posted before it
        # looks at timers, the display and the keyboard again, so a busy worker would keep the window from its turn.
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._deliver)
        self._rung.connect(self._take_turn, Qt.ConnectionType.QueuedConnection)
        # Also where nobody called shutdown: when the runner is gone, or Python ends, no worker may be inside Qt.
        weakref.finalize(self, self._bell.close)

    def start(self, task: Task) -> Task:
        """Run the task; each only once. After `shutdown` nothing is started any more."""
        if not self._bell.closed:
            self._garbage.attend()
            self._threads[task] = task._begin(self._bell, self._pace)
        return task

    @property
    def running(self) -> tuple[Task, ...]:
        """The tasks that have not come to an outcome yet, oldest first."""
        return tuple(task for task in self._threads if task.running)

    def shutdown(self, seconds: float = 2.0) -> bool:
        """Cancel all, wait at most `seconds` in all, and be silent from now on; true if every thread has ended.

        A thread that hangs in a call is left behind: it is a daemon, and what it brings is dropped.
        """
        self._bell.close()
        self._turn.stop()
        threads = list(self._threads.values())
        for task in self._threads:
            task._leave()
        ends = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))
        ended = not any(thread.is_alive() for thread in threads)
        if ended:
            self._garbage.stop()
        return ended

    @Slot()
    def _take_turn(self) -> None:
        if not self._bell.closed:
            self._turn.start()

    @Slot()
    def _deliver(self) -> None:
        self._bell.heard()
        more = False
        for task in tuple(self._threads):
            more |= task._speak()
            if not task.running:
                self._threads.pop(task, None)
        if not self._threads:
            self._garbage.relax()
        if more:
            self._take_turn()
