"""One check: what it is called, whether it passed, and what was read back. The checks themselves: the files beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True)
class Check:
    """`detail` says what was read where it passed, and what is wrong with it where it did not."""

    name: str
    passed: bool
    detail: str


class Wrong(Exception):
    """What was read back is not what must be. The message says what is."""


Read = Callable[[], str]
"""Reads something back and says what it found. Raises Wrong."""


def check(name: str, read: Read) -> Check:
    """What cannot be read has not passed."""
    try:
        return Check(name, True, read())
    except Wrong as wrong:
        return Check(name, False, str(wrong))
    except (ClientError, BotoCoreError, httpx.HTTPError) as error:
        return Check(name, False, f"It could not be read: {error}")


def checks(phase: str, reads: Mapping[str, Read]) -> tuple[Check, ...]:
    """All of a phase of the journey, in order, each under a name that no other phase has."""
    return tuple(check(f"{phase}.{name}", read) for name, read in reads.items())


def insist(holds: bool, otherwise: str) -> None:
    """Raise Wrong, saying `otherwise`, unless it holds."""
    if not holds:
        raise Wrong(otherwise)
