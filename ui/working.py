"""A widget with work in the background, one piece at a time: what is done, how it is stopped, and doing it again.

The threads are in `tasks.py`; what a page makes of it is in `page.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from ui.tasks import Task, TaskRunner

if TYPE_CHECKING:
    from installer.context import Context
    from installer.events import Event

Result = TypeVar("Result")

PATIENCE_MS = 900
"""How long work is waited for that was asked to stop: Cancel takes effect within a second."""

FRAME_MS = 16
"""Qt paints what has changed within a frame."""


class _Attempt(NamedTuple):
    """Work that was started, so that Retry can start it again with everything that was typed."""

    work: Callable[[Context], object]
    done: Callable[[object], None]
    doing: str
    stop: str


class Working(QWidget):
    """Does work, and says how it goes. A subclass shows that."""

    changed = Signal()
    """Valid, busy, error, a label: something that the window's buttons are derived from."""

    def __init__(self, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runner = runner
        self._task: Task | None = None
        self._attempt: _Attempt | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._stopped)
        # What is about to be shown is laid out and painted first: beside a worker that computes, that takes three times
        # as long.
        self._begins = QTimer(self)
        self._begins.setSingleShot(True)
        self._begins.setInterval(FRAME_MS)
        self._begins.timeout.connect(self._begin_when_shown)

    # What a subclass does about it

    def on_event(self, event: Event) -> None:
        """The work reports."""

    def on_cancelled(self) -> None:
        """The work was stopped, as the person asked."""

    def fail(self, error: HouseguestError) -> None:
        """The work failed."""

    def clear_error(self) -> None:
        """Work begins: what went wrong before is over."""

    @property
    def showing(self) -> bool:
        """Whether it still fills itself, turn by turn: work begins after that."""
        return False

    # What is done

    @property
    def busy(self) -> bool:
        return self._task is not None

    @property
    def doing(self) -> str:
        """What the work in the background does, for people: "Reading 17 regions"."""
        return self._attempt.doing if self._task is not None and self._attempt is not None else ""

    @property
    def stop_text(self) -> str:
        """The button that stops the work, named after what stopping means."""
        return self._attempt.stop if self._attempt is not None else "Cancel"

    def work(
        self,
        work: Callable[[Context], Result],
        done: Callable[[Result], None],
        *,
        doing: str,
        stop: str = "Cancel",
    ) -> None:
        """Do `work` in the background, then call `done`, a method of this page, with its result.

        What still runs for this page is cancelled, and its result is dropped.
        """
        if self._task is not None:
            self._task.cancel()
        self._patience.stop()
        self.clear_error()
        self._attempt = _Attempt(work, done, doing, stop)  # type: ignore[arg-type]
        task = Task(work, name=doing)
        task.progressed.connect(self._progressed)
        task.succeeded.connect(self._succeeded)
        task.failed.connect(self._failed)
        task.cancelled.connect(self._cancelled)
        self._task = task
        self._begins.start()
        self.changed.emit()

    @Slot()
    def _begin_when_shown(self) -> None:
        if self.showing:
            self._begins.start()
        elif self._task is not None:
            self.runner.start(self._task)

    def forget_attempt(self) -> None:
        """What was done, or was tried, shall not be done again."""
        self._attempt = None

    @property
    def can_retry(self) -> bool:
        """Whether there is work that can be done again."""
        return self._attempt is not None

    def retry(self) -> None:
        """The same work again."""
        if self._attempt is not None and self._task is None:
            attempt = self._attempt
            self.work(attempt.work, attempt.done, doing=attempt.doing, stop=attempt.stop)

    def cancel(self) -> None:
        """Ask the work to stop, if any runs. A call that does not come back is left to itself after a second."""
        if self._task is not None:
            self._task.cancel()
            if not self._patience.isActive():  # asked twice, it does not take twice as long
                self._patience.start()
            self.changed.emit()

    def abandon(self) -> None:
        """Stop the work, if any runs, and wait for nothing: what it brings is dropped."""
        if self._task is not None:
            self._task.cancel()
            self._stopped()

    @property
    def cancelling(self) -> bool:
        """Asked to stop, and not stopped yet."""
        return self._task is not None and self._task.cancelling

    @Slot(object)
    def _progressed(self, event: Event) -> None:
        if self.sender() is self._task:
            self.on_event(event)

    @Slot(object)
    def _succeeded(self, result: object) -> None:
        if self.sender() is not self._task or self._attempt is None:
            return
        self._task = None
        self._patience.stop()
        self._attempt.done(result)
        self.changed.emit()

    @Slot(object)
    def _failed(self, error: HouseguestError) -> None:
        if self.sender() is not self._task:
            return
        self._task = None
        self._patience.stop()
        self.fail(error)

    @Slot()
    def _cancelled(self) -> None:
        if self.sender() is self._task:
            self._stopped()

    @Slot()
    def _stopped(self) -> None:
        if self._task is None:
            return
        self._task = None
        self._patience.stop()
        self.on_cancelled()
        self.changed.emit()
