"""The operator boundary after the install: what the vendor needs day to day, on what was really made, and nothing else.

`steady_state` makes a proposal; `manage/tightening.py` puts it into AWS. In the layers of `boundary.py`:

    Base      the wide Allow becomes one of the calls that are needed, on the ARNs that exist
    Tighten   what stands there stays; one more statement denies every other call, so that no policy of a bucket, key or
              queue lets the vendor past the boundary

Nothing that was denied becomes allowed: every Allow is a part of one that stood there (`tightened_patterns.py`), every
Deny stays. Windows and a cut are left as they are. `loosened` takes it back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from installer.errors import Blocked, BoundaryError
from installer.evidence import Source
from installer.names import Names
from installer.policy.boundary import BUDGET, Layer, OperatorBoundary
from installer.policy.described import listed
from installer.policy.document import Document, Statement, as_list
from installer.policy.tightened_patterns import (
    Wanted,
    common_pattern,
    covers,
    covers_action,
    is_about_one_type,
    is_exact,
    merged,
    narrowed,
)
from installer.policy.tightened_proposal import LEAVES_ROOM_FOR, Change, Explained, Proposal
from installer.policy.tightened_questions import Asked, Made, Need, Phase, asked, existing

__all__ = ["Asked", "Change", "Explained", "Made", "Need", "Phase", "Proposal", "loosened", "phase_of", "steady_state"]

_SIDS = {Phase.STEADY: "TightenSteady", Phase.UPDATE: "TightenUpdate"}
_READ_VERBS = ("Describe", "List")
_NEVER_FIT = 100  # so many ARNs, of 25 characters at least, beside the layers that are always there
_NAMED = 3  # so many ARNs are named in a sentence


def steady_state(
    boundary: OperatorBoundary,
    resources: Sequence[Made],
    needs: Sequence[Need],
    names: Names,
    *,
    phase: Phase = Phase.STEADY,
    region: str | None = None,
    complete: bool = True,
) -> Proposal:
    """The tighter boundary for `phase`, of one that is not tight (`loosened` makes it so). `region` is the product's.

    Where the resources may not be all there are (`complete` unset), only a pattern that names one resource gives way to
    what exists of it, and one that was narrowed before (`Source.OURSELVES`).

    Raises `Blocked` where the vendor names nothing that it needs then, or nothing of it is allowed as it is;
    `BoundaryError` where it cannot be made to fit.
    """
    own = [need for need in needs if need.phase in LEAVES_ROOM_FOR[phase]]
    if not own:
        raise Blocked(
            "The invitation does not say what the vendor needs day to day, so there is nothing to tighten to.",
            fix="Ask the vendor for a new invitation, or close its access between updates.",
        )
    room = _Room(boundary, own, resources, names, phase, complete)
    tight, widened = room.fitting()
    added = (*tight.layers[Layer.BASE], *tight.layers[Layer.TIGHTEN])
    stood = {str(one["Sid"]) for layer in (Layer.BASE, Layer.TIGHTEN) for one in boundary.layers.get(layer, ())}
    return Proposal(
        phase=phase,
        boundary=tight,
        change=Change(boundary.document(), tight.document()),
        statements=tuple(Explained(one, _sentence(one, own)) for one in added if one["Sid"] not in stood),
        asked=asked(needs, resources, boundary, tight, names, region),
        widened=((*(() if complete else (_INCOMPLETE,)), *widened)),
        used=used_by(tight),
    )


def phase_of(boundary: OperatorBoundary) -> Phase | None:
    """What a boundary was tightened to; None where it was not."""
    sids = {str(one.get("Sid", "")) for one in boundary.layers.get(Layer.TIGHTEN, ())}
    return next((phase for phase, sid in _SIDS.items() if sid in sids), None)


def loosened(standing: OperatorBoundary, before: OperatorBoundary) -> OperatorBoundary:
    """`standing` with what it allowed before it was tightened. Regions, windows and a cut stay as they stand."""
    then = {layer: before.layers.get(layer, ()) for layer in (Layer.BASE, Layer.TIGHTEN)}
    return replace(standing, layers={**standing.layers, **then})


_INCOMPLETE = (
    "The vendor's list of what it made could not be read. Where there may be more than AWS shows, the vendor's own "
    "pattern stands."
)
_BEGINNINGS, _PATTERNS, _READS, _SERVICES = range(1, 5)
_LEVELS = {
    _BEGINNINGS: "ARNs that begin alike were written as one with a * behind it, within the installation's names.",
    _PATTERNS: "Instead of single ARNs the vendor's own patterns stand, as the invitation has them.",
    _READS: "Calls that only list or describe were written as one with a * behind it.",
    _SERVICES: "The denial of every other call names services instead of calls; what else is in them is not allowed.",
}
"""What is given up for room, one after the other."""


@dataclass(frozen=True)
class _Room:
    """One attempt to say what the vendor needs in few characters."""

    boundary: OperatorBoundary
    own: Sequence[Need]
    resources: Sequence[Made]
    names: Names
    phase: Phase
    complete: bool

    def fitting(self) -> tuple[OperatorBoundary, tuple[str, ...]]:
        """The narrowest that fits the budget, and in words what had to be widened for that."""
        used = 0
        for level in range(self._first_level(), _SERVICES + 1):
            tight = self._tight(level)
            used = used_by(tight)
            if used <= BUDGET:
                return tight, tuple(told for at, told in _LEVELS.items() if _is_told(at, level))
        raise BoundaryError(
            f"What the vendor needs day to day takes {used:,} characters; {BUDGET:,} fit.",
            fix="Leave the boundary as it is, and close the vendor's access between updates.",
            details={"characters": str(used), "budget": str(BUDGET)},
        )

    def _first_level(self) -> int:
        """Very many ARNs are not even tried."""
        most = max((len(existing(arn, self.resources)) for need in self.own for arn in need.resources), default=0)
        return _BEGINNINGS if most > _NEVER_FIT else 0

    def _tight(self, level: int) -> OperatorBoundary:
        narrow = self._base(level)
        stood = self.boundary.layers
        denies = [one for one in stood.get(Layer.BASE, ()) if one["Effect"] == "Deny"]
        told = [str(action) for one in narrow for action in as_list(one["Action"])]
        named = sorted({f"{action.partition(':')[0]}:*" if level >= _SERVICES else action for action in told})
        rest = {
            "Sid": _SIDS[self.phase],
            "Effect": "Deny",
            "NotAction": named if len(named) > 1 else named[0],
            "Resource": "*",
        }
        tighten = (*stood.get(Layer.TIGHTEN, ()), rest)
        return replace(self.boundary, layers={**stood, Layer.BASE: (*narrow, *denies), Layer.TIGHTEN: tighten})

    def _base(self, level: int) -> list[Statement]:
        wanted = list(self._wanted(level))
        allows = [one for one in self.boundary.layers.get(Layer.BASE, ()) if one["Effect"] == "Allow"]
        rows = merged(_lists(row) for allow in allows for row in narrowed(allow, wanted))
        narrow: list[Statement] = [
            {"Sid": f"{Layer.BASE}{self.phase.value.title()}{n}", **row} for n, row in enumerate(rows)
        ]
        if not narrow:
            raise Blocked(
                "The boundary allows nothing of what the vendor needs day to day: tightened, it would be a cut.",
                fix="Leave it as it is, or close the vendor's access.",
            )
        return narrow

    def _wanted(self, level: int) -> Iterator[Wanted]:
        for need in self.own:
            arns = tuple(arn for pattern in need.resources for arn in self._arns(pattern, level))
            actions = _reads_merged(need.actions) if level >= _READS else need.actions
            yield from (Wanted(action, arns) for action in actions)

    def _arns(self, pattern: str, level: int) -> tuple[str, ...]:
        """What stands for a pattern. Where nothing of it exists, or there may be more of it than is known, it stands
        for itself."""
        if pattern == "*" or level >= _PATTERNS or not is_about_one_type(pattern) or not self._is_known(pattern):
            return (pattern,)
        there = existing(pattern, self.resources)
        if not there:
            return (pattern,)
        if level >= _BEGINNINGS:
            common = common_pattern(there)
            if self.names.installation in common and covers(pattern, common):
                return (common,)
        return there

    def _is_known(self, pattern: str) -> bool:
        before = (made.arn for made in self.resources if made.source is Source.OURSELVES)
        return self.complete or is_exact(pattern) or any(covers(pattern, arn) for arn in before)


def _is_told(at: int, level: int) -> bool:
    return at <= level and not (at == _BEGINNINGS and level >= _PATTERNS)


def _reads_merged(actions: Sequence[str]) -> tuple[str, ...]:
    def short(action: str) -> str:
        service, _, verb = action.partition(":")
        return next((f"{service}:{read}*" for read in _READ_VERBS if verb.startswith(read)), action)

    return tuple(dict.fromkeys(short(action) for action in actions))


def _lists(row: Statement) -> Statement:
    kind = "Resource" if "Resource" in row else "NotResource"
    return {"Action": as_list(row["Action"]), kind: as_list(row[kind]), "Condition": row.get("Condition", {})}


def used_by(boundary: OperatorBoundary) -> int:
    """Characters of the layers that share the budget."""
    layers = (Layer.BASE, Layer.PROTECT, Layer.REGION, Layer.TIGHTEN)
    return Document(tuple(statement for layer in layers for statement in boundary.layers.get(layer, ()))).size


def _sentence(statement: Statement, own: Sequence[Need]) -> str:
    """In the order of a nervous reader: what, on what, why."""
    if statement["Effect"] == "Deny":
        calls = as_list(statement["NotAction"])
        return (
            f"Do anything but {_counted(len(calls), 'the one thing', 'the {} things')} that this boundary names for it:"
            " nothing new can be made, and no policy of a bucket, key or queue lets it past this."
        )
    actions = [str(action) for action in as_list(statement["Action"])]
    reasons = dict.fromkeys(need.why for need in own if _serves(need, actions))
    return f"Call {listed(actions)} {_where(statement)}. Why, in the vendor's words: {' '.join(reasons)}"


def _where(statement: Statement) -> str:
    if "NotResource" in statement:
        return "on everything except what your own boundary excepted"
    arns = [str(arn) for arn in as_list(statement["Resource"])]
    if "*" in arns:
        return "on anything, as the invitation has it"
    shown = arns if len(arns) <= _NAMED else [*arns[:_NAMED], f"{len(arns) - _NAMED} more"]
    return f"on {listed(shown)}"


def _serves(need: Need, actions: Iterable[str]) -> bool:
    return any(covers_action(one, other) or covers_action(other, one) for one in actions for other in need.actions)


def _counted(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(number)
