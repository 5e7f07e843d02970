"""What the vendor says that it needs, asked of two boundaries: before and after tightening. For `tightened.py`.

A need is a list of actions on a list of ARN patterns. It is asked about what exists of these patterns; where nothing
does, about one ARN that fits. Dates and a cut are left aside: whether they are in force is another question.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from installer.evidence import Source
from installer.names import TAG_INSTALLATION, Names
from installer.policy.boundary import Layer, OperatorBoundary
from installer.policy.document import Document, Statement
from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, evaluate
from installer.policy.request import Request
from installer.policy.tightened_patterns import covers

ASKED_OF_EACH = 25
"""So many resources of one pattern are asked about."""

_EVERYTHING = Compiled(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
)
_DAYS = frozenset({Layer.WINDOW, Layer.CUT})


class Phase(StrEnum):
    """When the vendor needs something, as the invitation divides it."""

    INSTALL = "install"
    STEADY = "steady"
    UPDATE = "update"


@dataclass(frozen=True)
class Need:
    """What the vendor says that it needs: actions on resources, and why, in its words. Placeholders are filled in."""

    phase: Phase
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: str

    @classmethod
    def of(cls, phase: Phase, actions: Iterable[str], resources: Iterable[str], why: str, names: Names) -> "Need":
        """`<account_id>` and `<name>` become what they stand for."""
        filled = (
            arn.replace("<account_id>", names.account_id).replace("<name>", names.installation) for arn in resources
        )
        return cls(phase, tuple(actions), tuple(filled), why)


@dataclass(frozen=True)
class Made:
    """A resource that was made for the installation; whose word that is. `type` is CloudFormation's name of it."""

    arn: str
    type: str
    source: Source

    def to_json(self) -> dict[str, str]:
        return {"arn": self.arn, "type": self.type, "source": self.source.value}


@dataclass(frozen=True)
class Asked:
    """One call of the vendor, predicted: what was answered before, and what is answered after."""

    phase: Phase
    action: str
    resource: str
    why: str
    before: Decision
    after: Decision

    @property
    def is_lost(self) -> bool:
        """It could be done before, for all that is known, and cannot be done after."""
        return not _denied(self.before) and _denied(self.after)

    @property
    def is_kept(self) -> bool:
        return not _denied(self.after)

    @property
    def was_denied(self) -> bool:
        return _denied(self.before)

    def to_json(self) -> dict[str, Any]:
        return {
            "phase": self.phase.value,
            "action": self.action,
            "resource": self.resource,
            "why": self.why,
            "before": self.before.outcome.value,
            "after": self.after.outcome.value,
            "statement": str(self.after.statement),
            "explained": self.after.why,
        }


def existing(pattern: str, resources: Sequence[Made]) -> tuple[str, ...]:
    """The ARNs of what exists under a pattern, each with what is inside it: objects of a bucket, streams of a log
    group."""
    found: list[str] = []
    for made in resources:
        found += [arn for arn in (made.arn, *_inside(made.arn)) if covers(pattern, arn)]
    return tuple(dict.fromkeys(found))


def asked(
    needs: Iterable[Need],
    resources: Sequence[Made],
    before: OperatorBoundary,
    after: OperatorBoundary,
    names: Names,
    region: str | None,
) -> tuple[Asked, ...]:
    """Every call of every need. `region` is where the product runs; None: not known."""
    one, other = _capped(before), _capped(after)
    return tuple(
        Asked(need.phase, action, arn, need.why, evaluate(one, request), evaluate(other, request))
        for need in needs
        for action in need.actions
        for arn in _examples(need, resources, region)
        for request in (_request(action, arn, names, region),)
    )


def undated(boundary: OperatorBoundary) -> Document:
    """What a boundary says while it is open."""
    statements: tuple[Statement, ...] = tuple(
        statement for layer in Layer if layer not in _DAYS for statement in boundary.layers.get(layer, ())
    )
    return Document(statements)


def _capped(boundary: OperatorBoundary) -> Policies:
    return Policies(identity=(_EVERYTHING,), boundary=Compiled(undated(boundary).to_object()))


def _request(action: str, arn: str, names: Names, region: str | None) -> Request:
    """Keys that nobody can know before the call are left open."""
    context: Mapping[str, str] = {f"aws:ResourceTag/{TAG_INSTALLATION}": names.installation}
    told = _region_of(arn) or region
    if told:
        context = {**context, "aws:RequestedRegion": told}
    return Request(_example(action, "Any"), arn, context, complete=False)


def _examples(need: Need, resources: Sequence[Made], region: str | None) -> Iterator[str]:
    for pattern in need.resources:
        if pattern == "*":
            yield "*"
            continue
        there = existing(pattern, resources)[:ASKED_OF_EACH]
        yield from (_example(arn, "x") for arn in there or (_placed(pattern, region),))


def _placed(pattern: str, region: str | None) -> str:
    parts = pattern.split(":", 5)
    if region and len(parts) > 3 and parts[3] == "*":
        parts[3] = region
    return ":".join(parts)


def _example(pattern: str, filling: str) -> str:
    return pattern.replace("*", filling).replace("?", "x")


def _inside(arn: str) -> tuple[str, ...]:
    if arn.startswith("arn:") and arn.split(":")[2] == "s3":
        return (f"{arn}/*",)
    return (f"{arn}:*",) if ":log-group:" in arn else ()


def _region_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and "*" not in parts[3] else ""


def _denied(decision: Decision) -> bool:
    return decision.outcome in (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
