"""What tightening would change, to be shown before anybody agrees: a page, `--json` and a report show the same object.

It is made by `tightened.py`.
"""

from dataclasses import dataclass
from typing import Any

from installer.policy.boundary import BUDGET, OperatorBoundary
from installer.policy.document import Document, Statement
from installer.policy.tightened_questions import Asked, Phase

LEAVES_ROOM_FOR = {Phase.STEADY: (Phase.STEADY,), Phase.UPDATE: (Phase.STEADY, Phase.UPDATE)}


@dataclass(frozen=True)
class Change:
    """What a new version of the boundary would change."""

    standing: Document
    document: Document

    @property
    def is_none(self) -> bool:
        return self.document.same_as(self.standing)

    @property
    def added(self) -> tuple[Statement, ...]:
        return tuple(one for one in self.document.statements if one not in self.standing.statements)

    @property
    def removed(self) -> tuple[Statement, ...]:
        return tuple(one for one in self.standing.statements if one not in self.document.statements)

    def to_json(self) -> dict[str, Any]:
        return {
            "changed": not self.is_none,
            "characters": {"before": self.standing.size, "after": self.document.size},
            "added": [dict(one) for one in self.added],
            "removed": [dict(one) for one in self.removed],
        }


@dataclass(frozen=True)
class Explained:
    """A new statement in words. The subject of the sentence is the vendor."""

    statement: Statement
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return {"statement": dict(self.statement), "sentence": self.sentence}


@dataclass(frozen=True)
class Proposal:
    """A tighter boundary. `phase` is what it leaves room for: the steady state, or updates too.

    statements  what is new in it, in words
    asked       every call of every need, before and after
    widened     where patterns stand instead of single ARNs or calls, and why, in words
    budget      characters that the person's layers may use, and `used` those that they do
    """

    phase: Phase
    boundary: OperatorBoundary
    change: Change
    statements: tuple[Explained, ...]
    asked: tuple[Asked, ...]
    widened: tuple[str, ...]
    used: int
    budget: int = BUDGET

    @property
    def document(self) -> Document:
        return self.change.document

    @property
    def kept(self) -> tuple[Asked, ...]:
        """Calls that it leaves room for and that go on working."""
        return tuple(one for one in self._own if one.is_kept)

    @property
    def blocked(self) -> tuple[Asked, ...]:
        """Calls that it should leave room for and would take away: such a proposal is not applied."""
        return tuple(one for one in self._own if one.is_lost)

    @property
    def denied_before(self) -> tuple[Asked, ...]:
        """Calls that it should leave room for, and that the standing boundary denies already."""
        return tuple(one for one in self._own if one.was_denied)

    @property
    def lost(self) -> tuple[Asked, ...]:
        """Calls that the vendor names for other phases and that it can make no longer: what tightening is for."""
        return tuple(one for one in self.asked if one.is_lost and one not in self._own)

    @property
    def lost_to_updates(self) -> tuple[Asked, ...]:
        """What an update needs and cannot do: before one, the boundary is widened."""
        return tuple(one for one in self.lost if one.phase is Phase.UPDATE)

    @property
    def _own(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.phase in LEAVES_ROOM_FOR[self.phase])

    def to_json(self) -> dict[str, Any]:
        told = {"kept": self.kept, "blocked": self.blocked, "denied_before": self.denied_before, "lost": self.lost}
        return {
            "phase": self.phase.value,
            **self.change.to_json(),
            "statements": [one.to_json() for one in self.statements],
            **{name: [one.to_json() for one in calls] for name, calls in told.items()},
            "widened": list(self.widened),
            "budget": {"used": self.used, "of": self.budget},
        }
