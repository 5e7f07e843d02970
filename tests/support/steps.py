"""What a step is given in a test: answers scripted for AWS, no vendor, nothing to download."""

from collections.abc import Mapping
from pathlib import Path

from installer.journal import Journal
from installer.tools import Tools
from tests.support.fake_aws import NOW, Answer, FakeAws


def tools(place: Path, aws: Mapping[str, Answer] | None = None) -> Tools:
    """`place` is an empty directory. A call that `aws` has no answer for fails the test, and so does a download."""
    journal = Journal(place / "journal.jsonl", now=lambda: NOW)
    return Tools(aws=FakeAws(aws or {}), journal=journal, vendor=None, download=_nothing)


def _nothing(url: str) -> bytes:
    raise AssertionError(f"nobody expects {url}")
