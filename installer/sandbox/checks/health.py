"""A watch over the product's health while something else goes on: nothing may take the running product down."""

from __future__ import annotations

import threading
from types import TracebackType

import httpx

from installer.sandbox.checks.check import insist
from installer.sandbox.checks.clients import local_http

_EVERY_SECONDS = 0.4
_FEWEST = 3


class HealthWatch:
    """`with HealthWatch(url) as watch:` asks again and again, from a thread of its own, until the block is left."""

    def __init__(self, health_url: str, *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._url = health_url
        self._every_seconds = every_seconds
        self._lock = threading.Lock()
        self._asked = 0
        self._failures: list[str] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="health-watch", daemon=True)

    def __enter__(self) -> HealthWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()

    def never_failed(self) -> str:
        """So far. Few answers prove nothing. Raises Wrong."""
        with self._lock:
            asked, failures = self._asked, list(self._failures)
        insist(not failures, f"{len(failures)} of {asked} answers were not healthy; the first: {(failures or [''])[0]}")
        insist(asked >= _FEWEST, f"The product was asked only {asked} times.")
        return f"{asked} answers, all healthy."

    def _watch(self) -> None:
        with local_http() as client:
            while True:
                failure = self._ask(client)
                with self._lock:
                    self._asked += 1
                    self._failures += [failure] if failure else []
                if self._ending.wait(self._every_seconds):
                    return

    def _ask(self, client: httpx.Client) -> str:
        """What is wrong, or nothing."""
        try:
            reply = client.get(self._url)
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        return "" if reply.status_code == httpx.codes.OK else f"{reply.status_code} {reply.text}"
