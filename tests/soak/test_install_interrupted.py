"""An install that is killed at any write, and gone on with: everything is there once, and never more than was given.

Killed at each record that it puts on disk, at each request whose reply it never sees, and at any request at all; and
left alive, but with each reply lost.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.soak import points
from tests.support.interruptions import Bench, Ran
from tests.support.killing import KillPoint, Moment, Record
from tests.support.proxy import Fate, at_request, at_write

pytestmark = pytest.mark.soak

# Read here: the environment of a test has no settings of ours any more.
SEED = int(os.environ.get("HOUSEGUEST_SOAK_SEED", "20260301"))
ANY_MOMENTS = 25
REQUESTS_OF_INSTALL = 190

AWS_WRITES = range(1, len(points.INSTALL_AWS_WRITES) + 1)
VENDOR_WRITES = range(1, len(points.INSTALL_VENDOR_WRITES) + 1)


def assert_resumes(bench: Bench, name: str) -> None:
    session = bench.session(name)
    assert session is None or session.escapes() == set()
    resumed = bench.resume(name)
    assert resumed.code == 0, (resumed.error, resumed.err)
    assert bench.faults_of_install(name) == []


@pytest.mark.parametrize("point", points.kill_points(points.INSTALL_ENTRIES, points.INSTALL_SAVES), ids=str)
def test_killed_at_a_record(bench: Bench, name: str, point: KillPoint) -> None:
    assert bench.install(name, kill=point).was_killed
    assert_resumes(bench, name)


@pytest.mark.parametrize("number", AWS_WRITES)
def test_killed_before_the_reply_of_aws(bench: Bench, name: str, number: int) -> None:
    assert bench.install(name, aws=at_write(number, Fate.KILL)).was_killed
    assert_resumes(bench, name)


@pytest.mark.parametrize("number", VENDOR_WRITES)
def test_killed_before_the_reply_of_the_vendor(bench: Bench, name: str, number: int) -> None:
    assert bench.install(name, vendor=at_write(number, Fate.KILL)).was_killed
    assert_resumes(bench, name)


def assert_goes_on(bench: Bench, name: str, ran: Ran) -> None:
    """It made good by itself, or says that it can be resumed; either way nothing is there twice."""
    assert ran.code in (0, 5), (ran.error, ran.err)
    if ran.code == 5:
        assert ran.error["code"] == "not_finished"
        assert f"--resume {name}" in ran.error["fix"]
        assert_resumes(bench, name)
    assert bench.faults_of_install(name) == []


@pytest.mark.parametrize("fate", [Fate.LOSE, Fate.CUT, Fate.REFUSE], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("number", AWS_WRITES)
def test_connection_to_aws_reset(bench: Bench, name: str, number: int, fate: Fate) -> None:
    assert_goes_on(bench, name, bench.install(name, aws=at_write(number, fate)))


@pytest.mark.parametrize("fate", [Fate.LOSE, Fate.CUT, Fate.REFUSE], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("number", VENDOR_WRITES)
def test_connection_to_the_vendor_reset(bench: Bench, name: str, number: int, fate: Fate) -> None:
    assert_goes_on(bench, name, bench.install(name, vendor=at_write(number, fate)))


@pytest.mark.parametrize("number", sorted(random.Random(SEED).sample(range(1, REQUESTS_OF_INSTALL), ANY_MOMENTS)))
def test_killed_at_any_request(bench: Bench, name: str, number: int) -> None:
    """Reads too: between two writes there is much that a kill must not leave half done."""
    assert bench.install(name, aws=at_request(number, Fate.KILL)).was_killed
    assert_resumes(bench, name)


@pytest.mark.parametrize("number", [5, 20, 40])
def test_killed_while_the_vendor_installs(bench: Bench, name: str, number: int) -> None:
    """The vendor goes on; who comes back sees every event from the first."""
    killed = bench.install(name, vendor=at_request(number, Fate.KILL))
    assert killed.was_killed or killed.code == 0
    assert_resumes(bench, name)
    assert bench.exchanges(name)[-1].status == 200


@pytest.mark.parametrize("number", range(1, points.INSTALL_ENTRIES + 1, 3))
def test_killed_twice(bench: Bench, name: str, number: int) -> None:
    """A resumed run may be killed too."""
    point = KillPoint(Record.JOURNAL, number, Moment.AFTER)
    assert bench.install(name, kill=point).was_killed
    again = KillPoint(Record.JOURNAL, 1, Moment.AFTER)
    assert bench.resume(name, kill=again).code in (-9, 0)
    assert_resumes(bench, name)
