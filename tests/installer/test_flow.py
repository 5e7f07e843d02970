"""The order of the journey, and that Back is free until something was made."""

from dataclasses import replace

import pytest

from installer.answers import Answers
from installer.flow import COMMITS, Navigator, Step, committed, next_step
from tests.support.answers import settled

COMPLETE = settled()
FRESH = Answers(COMPLETE.invitation, COMPLETE.wishes)
SECTIONS = ("account", "permissions", "connection", "network", "review", "product")
WHOLE_JOURNEY = [
    Step.INVITATION, Step.SIGN_IN, Step.PERMISSIONS, Step.CONNECT, Step.NETWORK, Step.REVIEW, Step.INSTALL,
]  # fmt: skip


def after(count: int) -> Answers:
    """Answers with the first so many sections settled."""
    return replace(FRESH, **{section: getattr(COMPLETE, section) for section in SECTIONS[:count]})


def test_the_order() -> None:
    assert list(Step) == WHOLE_JOURNEY
    assert next_step(None) is Step.INVITATION
    assert [next_step(after(count)) for count in range(7)] == [*WHOLE_JOURNEY[1:], None]


@pytest.mark.parametrize("missing", SECTIONS)
def test_what_is_missing_comes_first_whatever_is_settled_behind_it(missing: str) -> None:
    assert next_step(replace(COMPLETE, **{missing: None})) is WHOLE_JOURNEY[1 + SECTIONS.index(missing)]


def test_commits() -> None:
    assert COMMITS == (Step.CONNECT, Step.INSTALL)
    assert committed(None) is None
    told = [committed(after(count)) for count in range(7)]
    assert told == [None, None, None, Step.CONNECT, Step.CONNECT, Step.CONNECT, Step.INSTALL]


def walk(navigator: Navigator, first: int, last: int) -> None:
    for count in range(first, last):
        navigator.settle(after(count))


def test_forward_to_the_end() -> None:
    navigator = Navigator()
    seen = [navigator.current]
    for count in range(7):
        seen.append(navigator.settle(after(count)))
        assert navigator.current is seen[-1]
    assert seen == [*WHOLE_JOURNEY, None]
    assert navigator.answers == COMPLETE
    assert not navigator.can_go_back
    assert navigator.back() is None


def test_back_before_the_first_commit_loses_nothing() -> None:
    navigator = Navigator()
    walk(navigator, 0, 3)
    assert navigator.current is Step.CONNECT
    assert [navigator.back() for _ in range(3)] == [Step.PERMISSIONS, Step.SIGN_IN, Step.INVITATION]
    assert navigator.answers == after(2)
    assert not navigator.can_go_back
    assert navigator.back() is Step.INVITATION
    # Settled anew, forward leads to what is not settled yet.
    assert navigator.settle(after(2)) is Step.CONNECT
    assert navigator.back() is Step.INVITATION


def test_back_stops_at_a_commit() -> None:
    navigator = Navigator()
    walk(navigator, 0, 4)
    assert navigator.current is Step.NETWORK
    assert not navigator.can_go_back
    assert navigator.back() is Step.NETWORK

    walk(navigator, 4, 6)
    assert navigator.current is Step.INSTALL
    assert [navigator.back(), navigator.back(), navigator.back()] == [Step.REVIEW, Step.NETWORK, Step.NETWORK]


def test_a_resumed_journey_begins_where_it_stopped() -> None:
    navigator = Navigator(after(4))
    assert navigator.current is Step.REVIEW
    assert not navigator.can_go_back
    assert navigator.settle(after(5)) is Step.INSTALL
    assert navigator.back() is Step.REVIEW
