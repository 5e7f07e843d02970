"""The real command line in a child process that dies where a test says: `python -m tests.support.killing ORDERS …`.

Nothing in the product helps: this launcher wraps what puts a write-ahead entry or a profile on disk, and leads
connections to the proxies of `proxy.py`. Starting it and judging what is left is in `interruptions.py`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

TORN_BYTES = 10


class Record(StrEnum):
    """What reaches the disk: an entry of the journal, or the saved profile."""

    JOURNAL = "journal"
    PROFILE = "profile"


class Moment(StrEnum):
    """`torn`: the end of the entry is missing, as when the computer lost power; of the profile, the new one is written
    but does not yet stand in the old one's place.
    """

    BEFORE = "before"
    TORN = "torn"
    AFTER = "after"


@dataclass(frozen=True)
class KillPoint:
    """At the n-th record of its kind that this command makes, counted from 1."""

    record: Record
    number: int
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment} {self.record} {self.number}"


@dataclass(frozen=True)
class Orders:
    """`redirect` leads connections to a port on 127.0.0.1 to another one."""

    kill: KillPoint | None = None
    redirect: dict[int, int] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Orders:
        data = json.loads(text)
        kill = data["kill"]
        point = KillPoint(Record(kill["record"]), kill["number"], Moment(kill["moment"])) if kill else None
        return cls(point, {int(port): other for port, other in data["redirect"].items()})


def main() -> None:
    orders = Orders.from_json(sys.argv[1])
    sys.argv = ["houseguest", *sys.argv[2:]]
    _redirect(orders.redirect)
    if orders.kill is not None:
        _arm(orders.kill)
    from installer.cli import main as houseguest

    houseguest()


def _redirect(ports: dict[int, int]) -> None:
    connect = socket.socket.connect

    def redirected(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] == "127.0.0.1":
            address = (address[0], ports.get(address[1], address[1]))
        connect(self, address)

    socket.socket.connect = redirected  # type: ignore[assignment, method-assign]


def _arm(point: KillPoint) -> None:
    from installer.journal import Journal
    from installer.profiles import ProfileStore

    if point.record is Record.JOURNAL:
        Journal._append = _deadly(Journal._append, point)  # type: ignore[method-assign]
    else:
        ProfileStore.save = _deadly(ProfileStore.save, point)  # type: ignore[method-assign]


def _deadly(original: Callable[..., Any], point: KillPoint) -> Callable[..., Any]:
    calls = 0

    def recorded(self: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != point.number:
            return original(self, *arguments, **named)
        if point.moment is Moment.BEFORE:
            _die()
        if point.moment is Moment.TORN and point.record is Record.PROFILE:
            Path.replace = _die  # type: ignore[assignment, method-assign]
        original(self, *arguments, **named)
        if point.moment is Moment.TORN:
            _tear(self._path)
        _die()
        return None

    return recorded


def _tear(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - TORN_BYTES)


def _die(*_: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
