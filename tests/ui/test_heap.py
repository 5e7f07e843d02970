"""ui/heap.py: large blocks that are freed do not stay with the process."""

import platform
import subprocess
import sys

import pytest

# Frees one large block, which makes glibc keep the next; then frees many that are half as large.
LEFT = """
import sys
from pathlib import Path
from ui.heap import give_back_what_is_freed

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) / 256

if sys.argv[1] == "limited":
    assert give_back_what_is_freed()
bytearray(b"a" * 30_000_000).clear()
before = megabytes()
held = [bytearray(b"a" * 2_000_000) for _ in range(10)]
kept = bytearray(b"a" * 1000)
held.clear()
print(megabytes() - before)
"""


def left(how: str) -> float:
    command = [sys.executable, "-c", LEFT, how]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps them")
def test_what_is_freed_does_not_stay() -> None:
    assert left("as it is") > 15
    assert left("limited") < 3
