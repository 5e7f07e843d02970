"""The sandbox of the sweeps, and the summary that `make soak` prints."""

from __future__ import annotations

import itertools
import platform
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.interruptions import Bench

# Each installation adds a network to every scan; a fresh sandbox costs less than slow ones.
_INSTALLATIONS_OF_A_SANDBOX = 25

_numbers = itertools.count(1)


class Benches:
    """One sandbox after the other."""

    def __init__(self, homes: Path) -> None:
        self._homes = homes
        self._stack = ExitStack()
        self._bench: Bench | None = None
        self._left = 0

    def close(self) -> None:
        self._stack.close()

    def next(self) -> Bench:
        """A sandbox with room for one more installation."""
        if self._bench is None or self._left == 0:
            self._stack.close()
            self._bench = self._stack.enter_context(Bench.open(self._homes))
            self._left = _INSTALLATIONS_OF_A_SANDBOX
        self._left -= 1
        return self._bench


@pytest.fixture(scope="session")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Benches]:
    benches = Benches(tmp_path_factory.mktemp("homes"))
    yield benches
    benches.close()


@pytest.fixture
def bench(benches: Benches) -> Bench:
    return benches.next()


@pytest.fixture(scope="module")
def own_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One sandbox for a whole file, whose cases work on what the case before left."""
    with Bench.open(tmp_path_factory.mktemp("homes")) as bench:
        yield bench


@pytest.fixture
def name() -> str:
    """A name that no other case uses."""
    return f"soak{next(_numbers)}"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_BEGAN] = time.monotonic()


_BEGAN = pytest.StashKey[float]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line for each sweep: how many cases, how many failed."""
    sweeps: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            file, _, test = report.nodeid.partition("::")
            if not file.startswith("tests/soak/") or (outcome == "passed" and report.when != "call"):
                continue
            sweep = f"{Path(file).stem.removeprefix('test_')}: {test.partition('[')[0].removeprefix('test_')}"
            sweeps[sweep] += 1
            failed[sweep] += outcome != "passed"
    if not sweeps:
        return
    minutes = (time.monotonic() - config.stash[_BEGAN]) / 60
    terminalreporter.section("soak")
    for sweep, count in sorted(sweeps.items()):
        terminalreporter.line(f"{count:5d} cases, {failed[sweep]:3d} failed  {sweep.replace('_', ' ')}")
    terminalreporter.line(
        f"{sum(sweeps.values()):5d} cases, {sum(failed.values()):3d} failed, in {minutes:.0f} minutes, "
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}"
    )
