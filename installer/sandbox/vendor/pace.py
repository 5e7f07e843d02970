"""Time: how long things usually take in reality, compressed for the sandbox. Pausing and cancelling: deploy/gate.py."""

from collections.abc import Callable
from dataclasses import dataclass

SANDBOX_COMPRESSION = 240
"""At speed 1 the sandbox shows the half hour of an install in seven and a half seconds."""


@dataclass(frozen=True)
class Pace:
    """`compression` 1 is reality."""

    compression: float = SANDBOX_COMPRESSION

    @classmethod
    def at_speed(cls, speed: float) -> "Pace":
        return cls(SANDBOX_COMPRESSION * speed)

    def seconds(self, usual_seconds: float) -> float:
        return usual_seconds / self.compression


Background = Callable[[str, Callable[[], None]], None]
"""Starts named work that outlives the request which asked for it."""
