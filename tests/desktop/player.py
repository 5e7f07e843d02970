"""The process with the window of `stage.py`, from the side of the test."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.xvfb import Desktop


class Player:
    """Shows one scene after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._told()

    @property
    def pid(self) -> int:
        return self.process.pid

    def show(self, scene: str) -> None:
        told = self._ask(scene)
        assert told == "shown", ast.literal_eval(told)

    def state(self) -> dict[str, Any]:
        """Where the window is, as `stage.state` tells it."""
        told: dict[str, Any] = json.loads(self._ask("state"))
        return told

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self._told()

    def _told(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the process with the window has ended"
        return line


@contextmanager
def player(desktop: Desktop, folder: Path) -> Iterator[Player]:
    """Its windows are on the desktop, and keep their state in `folder`."""
    with desktop.python("-m", "tests.desktop.stage", str(folder), talks=True) as process:
        yield Player(process)
