"""What a benchmark prints: a measured time against a floor of the same run, so that the machine's speed cancels out."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """`measured` and `floor` in seconds, each a median; `budget` is how many floors it may take."""

    name: str
    measured: float
    floor: float
    budget: float

    @property
    def value(self) -> float:
        return self.measured / self.floor

    @property
    def kept(self) -> bool:
        return self.value <= self.budget

    def __str__(self) -> str:
        verdict = "kept" if self.kept else "EXCEEDED"
        return (
            f"  {self.name}: {self.value:.2f} × (budget {self.budget:g} ×, {verdict}); "
            f"{self.measured * 1000:.0f} ms against {self.floor * 1000:.0f} ms"
        )


def seconds(work: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(*works: Callable[[], object], runs: int = 7) -> tuple[float, ...]:
    """The median seconds of each work. They take turns, so that a busy moment of the machine meets all of them."""
    rounds = [[seconds(work) for work in works] for _ in range(runs)]
    return tuple(statistics.median(column) for column in zip(*rounds, strict=True))


def report(*ratios: Ratio) -> int:
    """Print each; the exit code of the benchmark."""
    for ratio in ratios:
        print(ratio, flush=True)
    return 0 if all(ratio.kept for ratio in ratios) else 1
