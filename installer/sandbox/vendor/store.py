"""Everything the vendor remembers, in memory, behind one lock. A long poll sleeps here until something changes."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from installer.sandbox.vendor.records import AccessRequest, Client, Event, Install, Integration


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(10)}"


@dataclass(frozen=True)
class IssuedToken:
    client_id: str
    expires_at: datetime


@dataclass(frozen=True)
class RememberedCall:
    """A call with an Idempotency-Key: a digest of what was asked, and which record answered it with what status."""

    digest: str
    status: int
    record_id: str


@dataclass
class Store:
    """Use every member inside `with store.changing()` or `with store.reading()`; records themselves are frozen."""

    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, IssuedToken] = field(default_factory=dict)
    used_assertions: dict[tuple[str, str], datetime] = field(default_factory=dict)
    remembered_calls: dict[tuple[str, str, str], RememberedCall] = field(default_factory=dict)
    integrations: dict[str, Integration] = field(default_factory=dict)
    installs: dict[str, Install] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    access_requests: dict[str, AccessRequest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._changed:
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Exclusive; whoever waits looks again afterwards."""
        with self._changed:
            yield
            self._changed.notify_all()

    def update_integration(self, integration_id: str, **changes: Any) -> Integration:
        with self.changing():
            changed = replace(self.integrations[integration_id], **changes)
            self.integrations[integration_id] = changed
            return changed

    def update_install(self, install_id: str, **changes: Any) -> Install:
        with self.changing():
            changed = replace(self.installs[install_id], **changes)
            self.installs[install_id] = changed
            return changed

    def append_event(self, install_id: str, make: Callable[[int], Event]) -> None:
        """`make` gets the sequence number; the first is 1."""
        with self.changing():
            events = self.events.setdefault(install_id, [])
            events.append(make(len(events) + 1))

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> None:
        """Returns when `ready()`, after `seconds`, or when the store closes. `ready` is called under the lock."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or ready(), seconds)

    def close(self) -> None:
        """Nobody waits any longer."""
        with self.changing():
            self._closed = True
