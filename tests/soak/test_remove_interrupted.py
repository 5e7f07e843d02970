"""A removal that is killed at any write, and begun again: the vendor's access only ever shrinks, and ends.

The vendor keeps a live session over the kill. What AWS let it do before is compared with what AWS lets it do after.
"""

from __future__ import annotations

import pytest

from tests.soak import points
from tests.support.interruptions import Bench
from tests.support.killing import KillPoint, Moment, Record
from tests.support.proxy import Fate, Plan, at_write, forward

pytestmark = pytest.mark.soak

NAME = "kept"
AWS_WRITES = range(1, len(points.REMOVE_AWS_WRITES) + 1)


@pytest.fixture
def installed(own_bench: Bench) -> Bench:
    """The same installation each time: set up at first, connected again after each removal."""
    ran = own_bench.install(NAME)
    assert ran.code == 0, (ran.error, ran.err)
    assert own_bench.faults_of_install(NAME) == []
    return own_bench


def assert_access_shrinks(bench: Bench, *, kill: KillPoint | None = None, aws: Plan = forward) -> None:
    live = bench.session(NAME)
    assert live is not None
    before = live.allowed()
    assert bench.remove(NAME, kill=kill, aws=aws).was_killed
    after = live.allowed()
    assert after <= before
    fresh = bench.session(NAME)
    assert fresh is None or fresh.allowed() <= after

    again = bench.remove(NAME)
    assert again.code == 0, (again.error, again.err)
    assert again.out["removed"]
    assert live.allowed() == set()
    assert bench.session(NAME) is None
    assert bench.faults_of_removal(NAME) == []


@pytest.mark.parametrize("point", points.kill_points(points.REMOVE_ENTRIES, points.REMOVE_SAVES), ids=str)
def test_killed_at_a_record(installed: Bench, point: KillPoint) -> None:
    assert_access_shrinks(installed, kill=point)


@pytest.mark.parametrize("number", AWS_WRITES)
def test_killed_before_the_reply_of_aws(installed: Bench, number: int) -> None:
    assert_access_shrinks(installed, aws=at_write(number, Fate.KILL))


@pytest.mark.parametrize("fate", [Fate.LOSE, Fate.CUT, Fate.REFUSE], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("number", AWS_WRITES)
def test_connection_to_aws_reset(installed: Bench, number: int, fate: Fate) -> None:
    ran = installed.remove(NAME, aws=at_write(number, fate))
    assert ran.code in (0, 5), (ran.error, ran.err)
    if ran.code == 5:
        assert ran.error["code"] == "not_finished"
        assert f"remove {NAME}" in ran.error["fix"]
        assert installed.remove(NAME).code == 0
    assert installed.faults_of_removal(NAME) == []


@pytest.mark.parametrize("number", range(1, points.REMOVE_ENTRIES + 1))
def test_killed_and_then_installed_again(installed: Bench, number: int) -> None:
    """The person changes their mind: what the removal took is set up again, on the product that is there."""
    assert installed.remove(NAME, kill=KillPoint(Record.JOURNAL, number, Moment.AFTER)).was_killed
    ran = installed.install(NAME)
    assert ran.code == 0, (ran.error, ran.err)
    assert installed.faults_of_install(NAME) == []
    session = installed.session(NAME)
    assert session is not None
    assert session.escapes() == set()
    assert "look at networks" in session.allowed()
