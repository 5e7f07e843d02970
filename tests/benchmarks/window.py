"""How long the window takes until it is painted, against a bare window of PySide6, and what it has imported by then.

Both are processes of their own without a display, measured from their start to the end of the first paint. What is
imported later is imported while the person already looks at the window.
"""

import os
import subprocess
import sys
import tempfile
from functools import partial

from tests.benchmarks._ratio import Ratio, medians, report

HEAVY = ("boto3", "botocore", "keyring", "pydantic", "httpx", "cryptography")
"""Not to be imported before the first paint."""
BUDGET = 1.5


def shown(which: str, home: str) -> str:
    """Start one of the two, wait until it was painted, and return the names of the modules that it has imported.

    Compiled code is kept in `home`, as it is beside an installed program, whatever this environment says of it.
    """
    places = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"), home)
    environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
    for name in ("PYTHONDONTWRITEBYTECODE", "HOUSEGUEST_HOME"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "tests.benchmarks._shown", which]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if ran.returncode:
        raise RuntimeError(f"{which} was not shown: {ran.stderr}")
    return ran.stdout


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        shown("bare", home)
        modules = shown("houseguest", home).split()  # compiled from now on
        measured, floor = medians(partial(shown, "houseguest", home), partial(shown, "bare", home), runs=9)
    imported = [name for name in HEAVY if name in modules]
    verdict = f"EXCEEDED: {', '.join(imported)}" if imported else "kept"
    print(f"  not imported at the first paint: {', '.join(HEAVY)} ({verdict})", flush=True)
    return report(Ratio("window shown", measured, floor, BUDGET)) or int(bool(imported))


if __name__ == "__main__":
    sys.exit(main())
