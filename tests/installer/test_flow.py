"""The order of the journey, that one may move freely among the steps, and that Back is free until something was
made."""

import subprocess
import sys
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
    assert COMMITS == (Step.CONNECT, Step.REVIEW, Step.INSTALL)
    assert committed(None) is None
    told = [committed(after(count)) for count in range(7)]
    assert told == [None, None, None, Step.CONNECT, Step.CONNECT, Step.REVIEW, Step.INSTALL]


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


def test_forward_again_shows_what_is_settled_step_by_step() -> None:
    navigator = Navigator()
    walk(navigator, 0, 3)
    navigator.go_to(Step.INVITATION)
    seen = [navigator.settle(after(2)) for _ in range(4)]
    assert seen == [Step.SIGN_IN, Step.PERMISSIONS, Step.CONNECT, Step.CONNECT]
    assert navigator.back() is Step.PERMISSIONS


def test_forward_never_passes_what_is_missing() -> None:
    navigator = Navigator(after(5))
    assert navigator.current is Step.INSTALL
    navigator.go_to(Step.REVIEW)
    assert navigator.settle(replace(after(5), network=None)) is Step.NETWORK
    assert not navigator.can_go_back


@pytest.mark.parametrize("count", range(7))
def test_every_step_up_to_the_furthest_can_be_shown(count: int) -> None:
    reachable = [*WHOLE_JOURNEY, None][: count + 2]
    for step in [*WHOLE_JOURNEY, None]:
        navigator = Navigator(after(count))
        assert navigator.furthest is reachable[-1]
        assert navigator.go_to(step) is (step if step in reachable else reachable[-1])
        assert navigator.answers == after(count)


def test_back_leads_to_an_earlier_step_wherever_one_jumped() -> None:
    navigator = Navigator()
    walk(navigator, 0, 3)
    assert [navigator.go_to(Step.SIGN_IN), navigator.go_to(Step.CONNECT)] == [Step.SIGN_IN, Step.CONNECT]
    assert [navigator.back(), navigator.back(), navigator.back()] == [Step.SIGN_IN, Step.INVITATION, Step.INVITATION]


def test_before_the_first_answers_there_is_one_step() -> None:
    navigator = Navigator()
    assert navigator.furthest is Step.INVITATION
    assert navigator.go_to(Step.SIGN_IN) is Step.INVITATION
    assert not navigator.is_read_only(Step.INVITATION)


@pytest.mark.parametrize(("count", "steps"), [(2, 0), (3, 4), (4, 4), (5, 6), (6, 7)])
def test_what_a_commit_needs_is_read_only(count: int, steps: int) -> None:
    navigator = Navigator(after(count))
    assert [step for step in Step if navigator.is_read_only(step)] == WHOLE_JOURNEY[:steps]


def test_what_is_read_only_can_be_looked_at_and_left_again() -> None:
    navigator = Navigator(after(3))
    navigator.go_to(Step.INVITATION)
    seen = [navigator.settle(after(3)) for _ in range(4)]
    assert seen == [Step.SIGN_IN, Step.PERMISSIONS, Step.CONNECT, Step.NETWORK]
    assert not navigator.can_go_back


def test_the_end_can_be_left_and_found_again() -> None:
    navigator = Navigator(COMPLETE)
    assert navigator.current is None
    assert navigator.settle(COMPLETE) is None
    assert navigator.go_to(Step.INSTALL) is Step.INSTALL
    assert navigator.settle(COMPLETE) is None


def test_back_stops_at_a_commit() -> None:
    navigator = Navigator()
    walk(navigator, 0, 4)
    assert navigator.current is Step.NETWORK
    assert not navigator.can_go_back
    assert navigator.back() is Step.NETWORK

    walk(navigator, 4, 5)
    assert navigator.current is Step.REVIEW
    assert [navigator.back(), navigator.back()] == [Step.NETWORK, Step.NETWORK]

    walk(navigator, 4, 6)
    assert navigator.current is Step.INSTALL
    assert not navigator.can_go_back


def test_a_resumed_journey_begins_where_it_stopped() -> None:
    navigator = Navigator(after(4))
    assert navigator.current is Step.REVIEW
    assert not navigator.can_go_back
    assert navigator.settle(after(5)) is Step.INSTALL
    assert navigator.go_to(Step.REVIEW) is Step.REVIEW
    assert navigator.is_read_only(Step.REVIEW)


LIGHT = ("flow", "errors", "events", "evidence", "context", "steps")
HEAVY = {"pydantic", "boto3", "botocore", "httpx", "keyring", "cryptography"}


def test_what_a_window_imports_at_its_start_is_light() -> None:
    look = f"import sys, {', '.join(f'installer.{name}' for name in LIGHT)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()
    assert "installer.flow" in loaded
    assert not HEAVY & set(loaded)
