"""The Qt release in use survives what PySide6 6.12.0 does not.

That release aborts on CPython 3.11 and older: each `Signal.emit()` loses one reference to `True`, and after some
hundred emits the interpreter ends with a fatal error. To see it, or to try a later release, install that one into an
environment of its own and name its interpreter:

    python3 -m venv build/qt && build/qt/bin/pip install 'PySide6-Essentials==6.12.0'
    HOUSEGUEST_QT_PYTHON=build/qt/bin/python .venv/bin/pytest tests/test_qt_release.py

Once a fixed release passes on every supported Python, the range in pyproject.toml may be widened.
"""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement

PYTHON = os.environ.get("HOUSEGUEST_QT_PYTHON", sys.executable)
EMITS = 300_000

# Told in a process of its own, for a loss of references ends the process.
EMIT = f"""
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

class Sender(QObject):
    told = Signal()

class Listener(QObject):
    heard = 0

    @Slot()
    def hear(self):
        self.heard += 1

application = QCoreApplication([])
sender, listener = Sender(), Listener()
sender.told.connect(listener.hear)
before = sys.getrefcount(True)
for _ in range({EMITS}):
    sender.told.emit()
print(listener.heard, abs(sys.getrefcount(True) - before) < 100)
"""


def test_every_emit_keeps_its_references() -> None:
    proof = subprocess.run([PYTHON, "-c", EMIT], capture_output=True, text=True, timeout=120, check=False)

    assert proof.returncode == 0, proof.stderr
    assert proof.stdout.split() == [str(EMITS), "True"]


def test_the_release_is_in_the_range_that_was_proven() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    [qt] = [
        requirement
        for requirement in map(Requirement, project["dependencies"])
        if requirement.name == "PySide6-Essentials"
    ]

    assert qt.specifier.contains(version("PySide6-Essentials"))
    assert not qt.specifier.contains("6.12.0")
