"""How long an install may still take: a range, from the vendor's word and from the pace so far. Part of Install."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime

_ENOUGH = 0.05
"""Below this share the pace says nothing yet."""


@dataclass(frozen=True)
class Estimate:
    """`expected_seconds` for all of it, as the invitation says; `began` and every other time by the vendor's clock;
    `share` from 0 to 1, None while the vendor has told none."""

    expected_seconds: float = 0.0
    began: datetime | None = None
    share: float | None = None

    def heard(self, at: datetime, percent: float | None) -> Estimate:
        """With an event of the vendor: the first one begins it, and the share never goes back."""
        told = self.share
        if percent is not None:
            told = max(self.share or 0.0, min(max(percent / 100, 0.0), 1.0))
        return replace(self, began=self.began or at, share=told)

    def elapsed(self, now: datetime) -> float:
        return max(0.0, (now - self.began).total_seconds()) if self.began is not None else 0.0

    def is_late(self, now: datetime) -> bool:
        return 0 < self.expected_seconds < self.elapsed(now)

    def left(self, now: datetime) -> tuple[float, float] | None:
        """Between these many seconds, or None where nobody can know.

        One end is what is left at the pace so far; the other leans from the vendor's word to the pace as more of it
        is done, so that the range narrows to what was measured.
        """
        share = self.share or 0.0
        if share < _ENOUGH or share >= 1 or self.is_late(now):
            return None
        by_pace = self.elapsed(now) * (1 - share) / share
        by_word = self.expected_seconds * (1 - share) if self.expected_seconds else by_pace
        leaning = by_pace * share + by_word * (1 - share)
        return min(by_pace, leaning), max(by_pace, leaning)

    def words(self, now: datetime, operator: str) -> str:
        """`About 14 to 19 min left`, or what else can be said honestly."""
        if self.share is not None and self.share >= 1:
            return f"{operator} has reported its last step"
        if self.is_late(now):
            return f"It takes longer than the {_minutes(self.expected_seconds)} min that {operator} said"
        between = self.left(now)
        if between is not None:
            low, high = (_minutes(seconds) for seconds in between)
            if high <= 1:
                return "About a minute left"
            return f"About {high} min left" if low == high else f"About {low} to {high} min left"
        if self.expected_seconds:
            return f"{operator} says that it takes about {_minutes(self.expected_seconds)} min"
        return f"{operator} does not say how long it takes"


def _minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))
