"""AWS's clock. Windows, expiry and evidence are told in AWS's time, because a workstation's clock may be wrong by a
day."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class AwsClock:
    """Learns the time from the `Date` header of replies, and runs on between them by a monotonic clock."""

    def __init__(
        self,
        *,
        workstation: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workstation = workstation
        self._monotonic = monotonic
        self._seen: tuple[datetime, float] | None = None

    def observe(self, date_header: str | None) -> datetime:
        """Take over the time of a reply; return it (or the present estimate where the header is absent or
        unreadable)."""
        if date_header:
            try:
                told = parsedate_to_datetime(date_header).astimezone(UTC)
            except ValueError:
                return self.now()
            self._seen = (told, self._monotonic())
            return told
        return self.now()

    def now(self) -> datetime:
        """AWS's time, to the second; the workstation's as long as AWS has said nothing."""
        if self._seen is None:
            return self._workstation()
        told, then = self._seen
        return told + timedelta(seconds=self._monotonic() - then)

    @property
    def skew(self) -> timedelta | None:
        """How far the workstation's clock is ahead of AWS's; None as long as AWS has said nothing."""
        return None if self._seen is None else self._workstation() - self.now()
