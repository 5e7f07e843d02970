"""The window as assistive technology sees it: the tree of one process on the accessibility bus of a `Desktop`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.xvfb import PATIENCE, SYSTEM_PYTHON, Desktop

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

    def walk(self) -> Iterator[Node]:
        """Itself and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def __str__(self) -> str:
        return f"{self.role} “{self.name}”"


def tree(desktop: Desktop, pid: int) -> Node:
    """What the process `pid` tells, once its window is there."""
    dump = subprocess.run(
        [SYSTEM_PYTHON, str(DUMP), str(pid)],
        env=desktop.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE,
    )
    if dump.returncode:
        raise RuntimeError(f"the accessibility tree could not be read: {dump.stderr}")
    return _node(json.loads(dump.stdout))


def unnamed(root: Node) -> tuple[Node, ...]:
    """What takes the focus and is shown, and is announced with no words."""
    return tuple(
        node
        for node in root.walk()
        if node.focusable and "showing" in node.states and not any(letter.isalnum() for letter in node.name)
    )


def _node(told: dict[str, Any]) -> Node:
    return Node(
        told["role"],
        told["name"],
        told["description"],
        frozenset(told["states"]),
        tuple(_node(child) for child in told["children"]),
    )
