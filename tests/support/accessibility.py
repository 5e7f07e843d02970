"""The window as assistive technology sees and hears it: what one process tells on the accessibility bus of a `Desktop`,
and what is announced there.
"""

from __future__ import annotations

import json
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.xvfb import PATIENCE, SYSTEM_PYTHON, Desktop, ended

_NAMED = frozenset({"frame", "dialog", "alert", "list", "list item", "table", "page tab list"})
_GLYPHS = frozenset({"So", "Co", "Cc"})
"""By Unicode's categories: symbols, private use, controls."""

DUMP = Path(__file__).with_name("atspi_dump.py")


@dataclass(frozen=True)
class Node:
    """`role` and `states` in AT-SPI's words: `push button`, `focusable`, `showing`."""

    role: str
    name: str
    description: str
    states: frozenset[str]
    children: tuple[Node, ...]

    @property
    def focusable(self) -> bool:
        return "focusable" in self.states

    @property
    def showing(self) -> bool:
        return "showing" in self.states

    def walk(self) -> Iterator[Node]:
        """Itself and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def __str__(self) -> str:
        return f"{self.role} “{self.name}”"


@dataclass(frozen=True)
class Announcement:
    """What a screen reader says without being asked; an urgent one interrupts."""

    text: str
    urgent: bool


class Reader:
    """Stands in for a screen reader on the bus of one desktop."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the accessibility bus could not be read")

    def tree(self, pid: int) -> Node:
        """What the process `pid` tells, once its window is there; below what is hidden, nothing."""
        return _node(self._ask(f"tree {pid}"))

    def hears(self, text: str) -> Announcement:
        """The announcement of this text, which was made already, or is on its way."""
        heard: list[Announcement] = []
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            heard += [Announcement(**told) for told in self._ask("heard")]
            for announcement in heard:
                if announcement.text == text:
                    return announcement
            time.sleep(0.02)
        raise AssertionError(f"{text!r} was not announced, but {heard}")

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"no answer to {line!r}: what reads the bus has ended")
        return json.loads(answer)


@contextmanager
def reader(desktop: Desktop) -> Iterator[Reader]:
    """Listening from now on."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with ended([SYSTEM_PYTHON, str(DUMP)], desktop.environment(), **pipes) as process:
        yield Reader(process)


def faults(root: Node) -> list[str]:
    """Of what is shown: what takes the focus or holds others by a role, and has no words for a name; glyphs in place of
    words, and mark-up that would be read out.
    """
    found = []
    for node in root.walk():
        said = node.name + node.description
        if not node.showing:
            continue
        if (node.focusable or node.role in _NAMED) and not any(letter.isalnum() for letter in node.name):
            found.append(f"{node} has no name")
        if any(unicodedata.category(letter) in _GLYPHS for letter in said):
            found.append(f"{node} has a glyph")
        if "<qt>" in said:
            found.append(f"{node} has mark-up")
    return found


def _node(told: dict[str, Any]) -> Node:
    return Node(
        told["role"],
        told["name"],
        told["description"],
        frozenset(told["states"]),
        tuple(_node(child) for child in told["children"]),
    )
