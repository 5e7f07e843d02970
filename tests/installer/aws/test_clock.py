"""installer/aws/clock.py, with clocks that stand still until a test moves them."""

from datetime import UTC, datetime, timedelta

import pytest

from installer.aws.clock import AwsClock

HEADER = "Sun, 01 Mar 2026 12:00:00 GMT"
TOLD = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clocks:
    def __init__(self, workstation: datetime) -> None:
        self.workstation = workstation
        self.monotonic = 100.0

    def pass_by(self, seconds: float) -> None:
        self.workstation += timedelta(seconds=seconds)
        self.monotonic += seconds

    def aws(self) -> AwsClock:
        return AwsClock(workstation=lambda: self.workstation, monotonic=lambda: self.monotonic)


def test_is_the_workstations_until_aws_speaks() -> None:
    clocks = Clocks(TOLD + timedelta(days=1))
    clock = clocks.aws()
    assert clock.now() == TOLD + timedelta(days=1)
    assert clock.skew is None


def test_takes_over_the_time_of_a_reply_and_runs_on() -> None:
    clocks = Clocks(TOLD + timedelta(days=1))
    clock = clocks.aws()
    assert clock.observe(HEADER) == TOLD
    clocks.pass_by(90)
    assert clock.now() == TOLD + timedelta(seconds=90)
    assert clock.skew == timedelta(days=1)


def test_does_not_follow_a_workstation_whose_clock_is_set() -> None:
    clocks = Clocks(TOLD)
    clock = clocks.aws()
    clock.observe(HEADER)
    clocks.workstation -= timedelta(hours=3)
    assert clock.now() == TOLD
    assert clock.skew == timedelta(hours=-3)


@pytest.mark.parametrize("header", [None, "", "yesterday", "Sun, 99 Mar 2026 12:00:00 GMT"])
def test_runs_on_where_a_reply_tells_no_time(header: str | None) -> None:
    clocks = Clocks(TOLD)
    clock = clocks.aws()
    clock.observe(HEADER)
    clocks.pass_by(5)
    assert clock.observe(header) == TOLD + timedelta(seconds=5)


def test_understands_other_zones() -> None:
    assert Clocks(TOLD).aws().observe("Sun, 01 Mar 2026 13:00:00 +0100") == TOLD
