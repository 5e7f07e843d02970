"""Review: the page was seen, at AWS's time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from installer.answers import Review
from installer.aws.clock import AwsClock
from installer.steps import review
from tests.support.answers import settled
from tests.support.fake_aws import NOW, Calm
from tests.support.steps import tools

CTX = Calm().context()


def test_it_records_that_it_was_seen_and_changes_nothing_else(tmp_path: Path) -> None:
    before = replace(settled(), review=None)
    after = review.run(before, tools(tmp_path), CTX)
    assert after.review == Review(NOW)
    assert replace(after, review=None) == before


def test_the_time_is_that_of_aws(tmp_path: Path) -> None:
    given = tools(tmp_path)
    given.aws.clock = AwsClock(workstation=lambda: NOW - timedelta(days=400), monotonic=lambda: 0.0)
    given.aws.clock.observe("Sun, 01 Mar 2026 12:00:00 GMT")
    assert review.run(settled(), given, CTX).review == Review(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


def test_it_has_no_findings_of_its_own(tmp_path: Path) -> None:
    assert review.check(settled(), tools(tmp_path), CTX) == ()
