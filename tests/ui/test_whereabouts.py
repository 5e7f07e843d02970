"""Where the person is: taking up, settling, detours. The order itself is held in tests/installer/test_flow.py."""

from dataclasses import replace

import pytest

from installer.flow import Step
from tests.support.desk import FakeDesk
from tests.support.opened import visits
from ui.visit import Visit
from ui.whereabouts import Whereabouts


def whereabouts(desk: FakeDesk, step: Step | None) -> Whereabouts:
    where = Whereabouts()
    where.take_up(visits(desk)[step]())
    return where


@pytest.mark.parametrize(
    ("step", "back"),
    [
        (Step.INVITATION, []),
        (Step.SIGN_IN, [Step.INVITATION]),
        (Step.CONNECT, [Step.PERMISSIONS, Step.SIGN_IN, Step.INVITATION]),
        (Step.NETWORK, []),
        (Step.REVIEW, [Step.NETWORK]),
        (Step.INSTALL, []),
        (None, []),
    ],
)
def test_takes_a_visit_up_at_its_first_step_with_the_way_back(
    desk: FakeDesk, step: Step | None, back: list[Step]
) -> None:
    where = whereabouts(desk, step)
    assert where.current is step
    gone = []
    while where.navigator.can_go_back:
        where.back()
        gone.append(where.current)
    assert gone == back


def test_settling_goes_on_and_recording_stays(desk: FakeDesk) -> None:
    where = whereabouts(desk, Step.PERMISSIONS)
    where.settle(desk.permitted())
    assert where.current is Step.CONNECT
    where.record(desk.connected())
    assert (where.current, where.is_read_only) == (Step.CONNECT, True)
    assert not where.navigator.can_go_back
    where.settle(where.visit)
    assert where.current is Step.NETWORK


def test_a_detour_leads_back_once(desk: FakeDesk) -> None:
    where = whereabouts(desk, Step.REVIEW)
    where.detour_to(Step.SIGN_IN)
    assert (where.current, where.is_read_only) == (Step.SIGN_IN, True)
    where.settle(replace(where.visit, aws_profile="other"))
    assert (where.current, where.visit.aws_profile) == (Step.REVIEW, "other")
    where.go_to(Step.SIGN_IN)
    where.settle(where.visit)
    assert where.current is Step.PERMISSIONS


@pytest.mark.parametrize("way", ["go_to", "back"])
def test_a_detour_is_forgotten_by_who_goes_elsewhere(desk: FakeDesk, way: str) -> None:
    where = whereabouts(desk, Step.CONNECT)
    where.detour_to(Step.PERMISSIONS)
    where.go_to(Step.SIGN_IN) if way == "go_to" else where.back()
    assert where.current is Step.SIGN_IN
    where.settle(where.visit)
    assert where.current is Step.PERMISSIONS


def test_a_detour_that_unsettles_what_was_after_it_does_not_skip_that(desk: FakeDesk) -> None:
    where = whereabouts(desk, Step.CONNECT)
    where.detour_to(Step.SIGN_IN)
    where.settle(desk.signed_in())
    assert where.current is Step.PERMISSIONS


def test_a_detour_to_where_one_is_leads_nowhere(desk: FakeDesk) -> None:
    where = whereabouts(desk, Step.SIGN_IN)
    where.detour_to(Step.SIGN_IN)
    where.settle(desk.signed_in())
    assert where.current is Step.PERMISSIONS


class TestAVisit:
    def test_is_bound_to_its_account_by_a_commit(self, desk: FakeDesk) -> None:
        assert desk.permitted().bound_to is None
        assert desk.connected().bound_to == "222222222222"

    def test_is_bound_to_its_account_where_it_is_saved(self, desk: FakeDesk) -> None:
        assert replace(desk.permitted(), verified=None).bound_to == "222222222222"

    def test_is_for_the_account_that_was_invited(self, desk: FakeDesk) -> None:
        assert Visit().only_account is None
        assert desk.invited().only_account == "222222222222"

    @pytest.mark.parametrize(
        ("stage", "unsaved"),
        [("invited", True), ("signed_in", True), ("permitted", True), ("connected", False), ("installed", False)],
    )
    def test_is_unsaved_until_the_commit(self, desk: FakeDesk, stage: str, unsaved: bool) -> None:
        assert getattr(desk, stage)().is_unsaved is unsaved
        assert not Visit().is_unsaved

    def test_asked_for_too_early_says_so(self) -> None:
        with pytest.raises(ValueError, match="no invitation"):
            _ = Visit().settled
        with pytest.raises(ValueError, match="nobody is signed in"):
            _ = Visit().standing
        assert Visit().token is None
