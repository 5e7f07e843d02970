"""What a long piece of work is given: a way to be cancelled, to wait, and to report.

Cancellation is cooperative: work calls `check()` between calls and waits only with `sleep()`, so that Cancel takes
effect within a second. "Stop watching" is all that cancelling does; ending what AWS or the vendor is doing is a call of
its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from installer.errors import Cancelled

if TYPE_CHECKING:
    from installer.events import Event


class CancelToken:
    """Set once, from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; true if cancelled."""
        return self._event.wait(seconds)


def _ignore(_event: Event) -> None:
    """The sink of work that nobody watches."""


@dataclass(frozen=True)
class Context:
    """`pace` scales every wait: 1.0 in life, less in a sandbox whose stacks take seconds instead of minutes."""

    report: Callable[[Event], None] = _ignore
    cancel: CancelToken = field(default_factory=CancelToken)
    pace: float = 1.0

    def check(self) -> None:
        """Raise `Cancelled` if the person asked to stop."""
        if self.cancel.cancelled:
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait `seconds` times the pace, or raise `Cancelled` at once when asked to stop."""
        if self.cancel.wait(seconds * self.pace):
            raise Cancelled
