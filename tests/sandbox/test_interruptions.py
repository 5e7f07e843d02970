"""A seeded sample of the sweeps of `tests/soak/`: a few interruptions, others in each run.

`HOUSEGUEST_SOAK_SEED=<seed> make test` repeats the sample of a run; the seed is printed at the
beginning of a run (`tests/conftest.py`), and stands in each failure.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from tests.soak import points
from tests.support.interruptions import Bench
from tests.support.killing import KillPoint
from tests.support.proxy import Fate, at_write

# Read here: the environment of a test has no settings of ours any more.
SEED = int(os.environ["HOUSEGUEST_SOAK_SEED"])


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench.open(tmp_path_factory.mktemp("homes")) as bench:
        yield bench


def assert_resumes(bench: Bench, name: str, what: object) -> None:
    session = bench.session(name)
    assert session is None or session.escapes() == set(), (SEED, what)
    resumed = bench.resume(name)
    assert resumed.code == 0, (SEED, what, resumed.error, resumed.err)
    assert bench.faults_of_install(name) == [], (SEED, what)


def test_interrupted(bench: Bench) -> None:
    """Two installs die at a record, one before a reply; a removal dies, and is done again."""
    chance = random.Random(SEED)
    for number, point in enumerate(chance.sample(points.kill_points(points.INSTALL_ENTRIES, points.INSTALL_SAVES), 2)):
        name = f"record{number}"
        assert bench.install(name, kill=point).was_killed, (SEED, point)
        assert_resumes(bench, name, point)

    writes = {"aws": points.INSTALL_AWS_WRITES, "vendor": points.INSTALL_VENDOR_WRITES}
    side, write = chance.choice([(side, n) for side, calls in writes.items() for n, _ in enumerate(calls, 1)])
    assert bench.install("reply", **{side: at_write(write, Fate.KILL)}).was_killed, (SEED, side, write)
    assert_resumes(bench, "reply", (side, write))

    assert_removes(bench, "reply", chance.choice(points.kill_points(points.REMOVE_ENTRIES, points.REMOVE_SAVES)))


def assert_removes(bench: Bench, name: str, point: KillPoint) -> None:
    live = bench.session(name)
    assert live is not None
    before = live.allowed()
    assert bench.remove(name, kill=point).was_killed, (SEED, point)
    assert live.allowed() <= before, (SEED, point)
    again = bench.remove(name)
    assert again.code == 0, (SEED, point, again.error, again.err)
    assert live.allowed() == set(), (SEED, point)
    assert bench.faults_of_removal(name) == [], (SEED, point)
