"""The demo's window in a process of its own, walking on a sandbox that a test has started."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from installer.cli.demo_window import environment, walker
from installer.sandbox import SandboxInfo


class Enough(Exception):
    """The test has seen what it waited for: the window is ended where it is."""


def walk(
    info: SandboxInfo, home: Path, *arguments: str, asked: Callable[[dict[str, Any]], None] = lambda _: None
) -> list[dict[str, Any]]:
    """What the window told, to its end or until `asked` raises `Enough`."""
    told: list[dict[str, Any]] = []
    settings = environment(info, home, QT_QPA_PLATFORM="offscreen")
    with walker(settings, "--invitation", info.invitation, *arguments) as window:
        try:
            for said in window.said():
                if "ask" in said:
                    asked(said)
                    window.answer()
                else:
                    told.append(said)
        except Enough:
            window.kill()
    return told
