"""Two commands at once: one does the work, the other says who does, and nothing is there twice."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.interruptions import Bench, Ran

pytestmark = pytest.mark.soak

_POLL_SECONDS = 0.05
_LIMIT_SECONDS = 60.0


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(_POLL_SECONDS)


def assert_stood_back(ran: Ran) -> None:
    assert ran.code == 1, (ran.error, ran.err)
    assert ran.error["code"] == "changed_meanwhile"
    assert ran.error["message"].endswith(".")
    assert ran.error["fix"]


@pytest.mark.parametrize("_round", range(5))
def test_two_installs(bench: Bench, name: str, _round: int) -> None:
    arguments = bench.install_arguments(name)
    one = bench.start(name, *arguments)
    other = bench.start_beside(name, *arguments)
    first, second = sorted((one.wait(), other.wait()), key=lambda ran: ran.code)
    assert first.code == 0, (first.error, first.err)
    assert_stood_back(second)
    assert "on this computer is working on" in second.error["message"]
    assert bench.faults_of_install(name) == []


def started_to_install(bench: Bench) -> bool:
    return any(exchange.asked.call == "vendor:POST /v1/installs" for exchange in bench.vendor.exchanges)


def test_a_removal_while_an_install_runs(bench: Bench, name: str) -> None:
    install = bench.start(name, *bench.install_arguments(name))
    wait_until(lambda: started_to_install(bench))
    removal = bench.start_beside(name, "remove", name, "--yes", "--json").wait()
    assert_stood_back(removal)
    ran = install.wait()
    assert ran.code == 0, (ran.error, ran.err)
    assert bench.faults_of_install(name) == []


def test_an_install_while_a_removal_runs(bench: Bench, name: str) -> None:
    assert bench.install(name).code == 0
    removal = bench.start(name, "remove", name, "--yes", "--json")
    wait_until(lambda: bool(bench.aws.writes))
    assert_stood_back(bench.start_beside(name, *bench.install_arguments(name)).wait())
    ran = removal.wait()
    assert ran.code == 0, (ran.error, ran.err)
    assert bench.faults_of_removal(name) == []


@pytest.fixture(scope="module")
def slow_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The vendor takes long enough for a whole removal."""
    with Bench.open(tmp_path_factory.mktemp("homes"), speed=0.5) as bench:
        yield bench


@pytest.mark.parametrize("_round", range(3))
def test_a_removal_from_another_computer(slow_bench: Bench, name: str, _round: int) -> None:
    """Another home with the same saved installation. Taking access away waits for nobody, and it is the install that
    stops.
    """
    install = slow_bench.start(name, *slow_bench.install_arguments(name))
    wait_until(lambda: started_to_install(slow_bench))
    live = slow_bench.session(name)
    assert live is not None
    elsewhere = f"{name}-there"
    shutil.copytree(slow_bench.homes / name, slow_bench.homes / elsewhere)
    removal = slow_bench.start_beside(elsewhere, "remove", name, "--yes", "--json").wait()
    assert removal.code == 0, (removal.error, removal.err)
    assert removal.out["removed"]
    ran = install.wait()
    ended = (ran.code, ran.error.get("code"))
    assert ended in [(1, "changed_meanwhile"), (5, "install_failed")], (ran.error, ran.err)
    assert live.allowed() == set()
    assert slow_bench.session(name) is None


@pytest.mark.parametrize("_round", range(5))
def test_two_computers_install(bench: Bench, name: str, _round: int) -> None:
    """Before the boundary exists there is no lease to take: both may begin, and what they make is the same."""
    arguments = bench.install_arguments(name)
    one = bench.start(name, *arguments)
    other = bench.start_beside(f"{name}-there", *arguments)
    for ran in (one.wait(), other.wait()):
        if ran.code != 0:
            assert_stood_back(ran)
    resumed = bench.resume(name)
    assert resumed.code == 0, (resumed.error, resumed.err)
    assert bench.faults_of_install(name) == []
