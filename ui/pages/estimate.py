"""How long an install may still take: a range, from the vendor's word and from the pace so far. Part of Install."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

_LATE = 1.0
"""Beyond this share of the expected time, the expectation is no longer worth quoting."""


@dataclass(frozen=True)
class Estimate:
    """`expected_seconds` as the invitation says; `began` by a monotonic clock; `share` from 0 to 1."""

    expected_seconds: float = 0.0
    began: float = 0.0
    share: float = 0.0

    def at(self, percent: float, _now: float) -> Estimate:
        """With the share that the vendor tells; it never goes back."""
        told = min(max(percent / 100, 0.0), 1.0)
        return replace(self, share=max(self.share, told))

    def elapsed(self, now: float) -> float:
        return max(0.0, now - self.began) if self.began else 0.0

    def left(self, now: float) -> tuple[float, float] | None:
        """Between these many seconds; None where nothing can be said."""
        if not self.expected_seconds or not self.began:
            return None
        elapsed = self.elapsed(now)
        by_word = self.expected_seconds * (1 - self.share)
        if self.share < 0.05:
            return None if elapsed > self.expected_seconds * _LATE else (max(0.0, by_word - elapsed), by_word)
        by_pace = elapsed * (1 - self.share) / self.share
        return min(by_word, by_pace), max(by_word, by_pace)

    def words(self, now: float) -> str:
        """`About 14 to 19 min left`."""
        between = self.left(now)
        if between is None:
            return "It takes longer than the vendor said" if self.began and self.expected_seconds else ""
        low, high = (math.ceil(seconds / 60) for seconds in between)
        if high <= 1:
            return "About a minute left"
        return f"About {high} min left" if low == high else f"About {max(low, 1)} to {high} min left"
