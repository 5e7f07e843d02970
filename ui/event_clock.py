"""What time it is where the events come from. A computer's own clock may be minutes away from AWS's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from installer.events import Checked, Event, Waiting
from installer.evidence import Source


def utc_now() -> datetime:
    return datetime.now(UTC)


class EventClock:
    """AWS's time, learned from what AWS has just answered; until then this computer's."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._ahead: timedelta | None = None

    def now(self) -> datetime:
        return self._clock() + (self._ahead or timedelta())

    def hear(self, event: Event) -> None:
        """Learn from an event that has just come. One that was long under way makes AWS's clock seem late, never
        early: of several answers, the one that is furthest ahead is nearest to the truth."""
        match event:
            case Waiting(_, at):
                self._learn(at)
            case Checked(evidence) if evidence.source is Source.AWS:
                self._learn(evidence.at)

    def _learn(self, at: datetime) -> None:
        ahead = at - self._clock()
        self._ahead = ahead if self._ahead is None else max(self._ahead, ahead)
