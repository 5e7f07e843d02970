"""Walking the journey: which steps run, and where it stops. What the steps do is tested in steps/."""

from dataclasses import replace
from pathlib import Path

import pytest

from installer import journey
from installer.answers import Answers
from installer.flow import Step
from installer.installation import InstallationState
from tests.support.answers import installation, settled
from tests.support.fake_aws import Calm
from tests.support.steps import tools

COMPLETE = settled()
SECTIONS = ("account", "permissions", "connection", "network", "review", "product")


def first(count: int) -> Answers:
    """Answers with the first so many sections settled."""
    return replace(COMPLETE, **dict.fromkeys(SECTIONS[count:]))


@pytest.mark.parametrize("count", range(SECTIONS.index("connection"), len(SECTIONS) + 1))
def test_nothing_runs_from_where_it_shall_stop(tmp_path: Path, count: int) -> None:
    """Whatever of it is settled by an earlier run."""
    saved: list[Answers] = []
    answers = journey.walk(first(count), tools(tmp_path), Calm().context(), save=saved.append, until=Step.CONNECT)
    assert answers == first(count)
    assert saved == []


def test_what_comes_before_is_settled_and_saved(tmp_path: Path) -> None:
    guarded = replace(COMPLETE.wishes, preset="guarded", own_boundary=None)
    begun = replace(first(SECTIONS.index("permissions")), wishes=guarded)
    saved: list[Answers] = []
    answers = journey.walk(begun, tools(tmp_path), Calm().context(), save=saved.append, until=Step.CONNECT)
    assert answers.permissions is not None
    assert answers == replace(begun, permissions=answers.permissions)
    assert saved == [answers]


def test_at_the_end_nothing_is_left_to_run(tmp_path: Path) -> None:
    assert journey.walk(COMPLETE, tools(tmp_path), Calm().context(), save=_nobody) == COMPLETE


def _nobody(_answers: Answers) -> None:
    raise AssertionError("there is nothing to save")


AHEAD = [
    (InstallationState.PLANNED, "permissions"),
    (InstallationState.CONNECTING, "connection"),
    (InstallationState.CONNECTED, "network"),
    (InstallationState.INSTALLING, "product"),
]


@pytest.mark.parametrize(("state", "section"), AHEAD)
def test_what_an_earlier_journey_left_is_settled_anew(state: InstallationState, section: str) -> None:
    assert journey.outset(replace(installation(), answers=COMPLETE, state=state)) == first(SECTIONS.index(section))


@pytest.mark.parametrize("state", sorted(set(InstallationState) - {state for state, _ in AHEAD}))
def test_no_journey_is_on_its_way(state: InstallationState) -> None:
    assert journey.outset(replace(installation(), answers=COMPLETE, state=state)) == COMPLETE


@pytest.mark.parametrize("count", range(1, len(SECTIONS) + 1))
def test_what_is_known_stays_until_it_is_settled_anew(count: int) -> None:
    known = replace(COMPLETE, **dict.fromkeys(SECTIONS[1:], "known"))
    kept = journey.keeping(first(count), known)
    assert kept == replace(first(count), **dict.fromkeys(SECTIONS[count:], "known"))


def test_what_was_never_known_stays_unsettled() -> None:
    assert journey.keeping(first(2), first(2)) == first(2)
