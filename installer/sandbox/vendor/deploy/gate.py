"""Stopping an install between two AWS calls."""

import threading


class Interrupted(Exception):
    """The install was paused or cancelled. What was made stays, and is found again."""


class Gate:
    """One run of an install passes it before each AWS call and while it waits. It never opens again once stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()

    def check(self) -> None:
        """Raises Interrupted."""
        if self._stopped.is_set():
            raise Interrupted

    def wait(self, seconds: float) -> None:
        """Raises Interrupted as soon as it is stopped."""
        if self._stopped.wait(seconds):
            raise Interrupted
