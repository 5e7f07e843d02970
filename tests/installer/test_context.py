"""Cancelling, waiting and reporting. Nothing here really waits."""

import pytest

from installer.context import CancelToken, Context
from installer.errors import Cancelled
from installer.events import Event, Notice
from tests.support.fake_aws import Calm


def test_a_token_is_set_once_and_stays_set() -> None:
    token = CancelToken()
    assert not token.cancelled
    assert not token.wait(0)
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert token.wait(3600)


def test_check() -> None:
    ctx = Context()
    ctx.check()
    ctx.cancel.cancel()
    with pytest.raises(Cancelled):
        ctx.check()


def test_a_cancelled_wait_ends_at_once() -> None:
    ctx = Context()
    ctx.cancel.cancel()
    with pytest.raises(Cancelled):
        ctx.sleep(3600)


def test_cancelling_during_a_wait() -> None:
    calm = Calm(cancel_after=2)
    ctx = calm.context()
    ctx.sleep(1)
    ctx.sleep(2)
    with pytest.raises(Cancelled):
        ctx.sleep(3)
    assert calm.waits == [1, 2, 3]


def test_pace_scales_each_wait() -> None:
    calm = Calm()
    ctx = Context(cancel=calm.context().cancel, pace=0.25)
    ctx.sleep(8)
    assert calm.waits == [2]


def test_reports_reach_the_sink_and_nobody_is_a_sink_too() -> None:
    seen: list[Event] = []
    Context(report=seen.append).report(Notice("Something."))
    Context().report(Notice("Nobody hears."))
    assert seen == [Notice("Something.")]


def test_contexts_do_not_share_a_token() -> None:
    one, other = Context(), Context()
    one.cancel.cancel()
    other.check()
