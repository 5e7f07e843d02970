"""What the whole journey in the window costs: the person's clicks, our own time, the gaps of the UI thread, memory.

The real window walks by itself on a sandbox, in a process of its own, without pictures. Where a beat of its UI thread
is late, what every thread was doing is kept in build/journey-stacks.txt.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installer.cli.demo import Demo
from installer.cli.demo_report import Report

STACKS = Path("build") / "journey-stacks.txt"


@dataclass(frozen=True)
class Budget:
    """`measure` is a name in the demo's report; `most` is as much as it may be, None where it is only told."""

    name: str
    measure: str
    unit: str
    most: float | None


BUDGETS = (
    Budget("from the invitation to Install, with defaults", "interactions_until_install", "interactions", 12),
    Budget("own machine time, from the invitation to Done", "own_seconds", "s", 15),
    Budget("longest gap of the UI thread", "longest_gap_ms", "ms", 100),
    Budget("99 of 100 gaps are shorter than", "p99_gap_ms", "ms", 33),
    Budget("longest gap while modules are imported", "longest_gap_of_imports_ms", "ms", None),
    Budget("most memory of the window's process", "peak_megabytes", "MB", 150),
)


def main() -> int:
    STACKS.parent.mkdir(exist_ok=True)
    noted = Report()
    with tempfile.TemporaryDirectory() as folder:
        walk: Callable[[str, Report, Path], None] = Demo(pictures=False, more=("--stacks", str(STACKS.absolute()))).run
        walk("default", noted, Path(folder))
    if not noted.succeeded:
        print(f"the journey failed: {[check for check in noted.checks if not check['passed']]}", file=sys.stderr)
        return 1
    return max([told(budget, noted.measures[budget.measure]) for budget in BUDGETS])


def told(budget: Budget, measured: float | None) -> int:
    """Print one line; 1 where the budget is exceeded."""
    if measured is None:
        print(f"  {budget.name}: not known on this system")
        return 0
    exceeded = budget.most is not None and measured > budget.most
    verdict = f" (budget {budget.most:g} {budget.unit}, {'EXCEEDED' if exceeded else 'kept'})" if budget.most else ""
    print(f"  {budget.name}: {measured:g} {budget.unit}{verdict}", flush=True)
    return int(exceeded)


if __name__ == "__main__":
    sys.exit(main())
