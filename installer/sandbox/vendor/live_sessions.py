"""The sessions of customers' roles that the vendor still holds.

A careful vendor would forget a session as soon as its work is done. This one keeps the last of each phase until it
expires, also after the customer has left, so that the customer can watch a live session lose its access.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from installer.sandbox.vendor.aws import RoleSession


class LiveSessions:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._held: dict[str, dict[str, RoleSession]] = {}

    def hold(self, integration_id: str, session: RoleSession) -> None:
        """In place of an earlier session of the same name."""
        with self._lock:
            self._held.setdefault(integration_id, {})[session.session_name] = session

    def of(self, integration_id: str) -> tuple[RoleSession, ...]:
        """Those that have not expired."""
        with self._lock:
            held = self._held.get(integration_id, {})
            for name in [name for name, session in held.items() if session.expires_at <= self._now()]:
                del held[name]
            return tuple(held.values())
