"""Runs every benchmark beside it, each in a process of its own: `make bench`; one by `python -m tests.benchmarks NAME`.

A benchmark is a script without pytest that prints what it measured and exits with 1 when a budget is exceeded;
`_ratio.py` helps it to do so. Files that begin with an underscore are no benchmarks.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    names = sorted(path.stem for path in HERE.glob("[!_]*.py"))
    if unknown := set(wanted) - set(names):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    failed = []
    for name in wanted or names:
        print(f"{name}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{name}"], cwd=HERE.parents[1], check=False
        ).returncode:
            failed.append(name)
    if failed:
        print(f"failed or over budget: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
