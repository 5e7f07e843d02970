"""How long the command takes to answer, against the libraries of any such command line."""

import subprocess
import sys
from functools import partial

from tests.benchmarks._ratio import Ratio, medians, report

# What typer and rich cost at the least: a program that prints its help with them.
FLOOR = "import typer, rich.console; app = typer.Typer(); app.command()(lambda: None); app(['--help'])"
HELP = "from installer.cli import main; main()"


def answer(code: str) -> None:
    subprocess.run([sys.executable, "-c", code, "--help"], check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    measured, floor = medians(partial(answer, HELP), partial(answer, FLOOR))
    return report(Ratio("houseguest --help", measured, floor, budget=2.0))


if __name__ == "__main__":
    sys.exit(main())
