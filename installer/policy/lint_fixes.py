"""What closes a way out: statements that the composer would have put there, found by asking which of them denies it.

A fix never takes a right of denial away: a statement gives way only to one of the same name that denies all it did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from installer.names import TAG_INSTALLATION, Names
from installer.policy.boundary import OperatorBoundary, foreign_services
from installer.policy.document import Document, Statement, as_list
from installer.policy.evaluate import Compiled, Outcome, Policies, evaluate
from installer.policy.presets import guard, guard_of_workloads
from installer.policy.request import Request
from installer.policy.workload import workload_boundary


class Subject(StrEnum):
    """The document that a finding is about, and that its fix changes."""

    OPERATOR = "operator_boundary"
    WORKLOAD = "workload_boundary"
    TRUST = "trust"


@dataclass(frozen=True)
class Fix:
    """`add` are whole statements; `drop` are the numbers, from 1, of those that go: replaced, or not needed."""

    subject: Subject
    sentence: str
    add: tuple[Statement, ...] = ()
    drop: tuple[int, ...] = ()

    def applied(self, policy: Mapping[str, Any]) -> dict[str, Any]:
        """A new policy document with the fix in it. `policy` is the one that was judged, as parsed JSON."""
        statements = [one for number, one in enumerate(_statements(policy), 1) if number not in self.drop]
        return {**policy, "Statement": [*statements, *self.add]}

    def to_json(self) -> dict[str, object]:
        return {
            "subject": self.subject.value,
            "sentence": self.sentence,
            "add": [dict(statement) for statement in self.add],
            "drop": list(self.drop),
        }


@dataclass(frozen=True)
class Closing:
    """A denial that may be offered, and what it denies."""

    statement: Statement
    policies: Policies

    def closes(self, request: Request) -> bool:
        return evaluate(self.policies, request).outcome is Outcome.EXPLICIT_DENY


def operator_closings(
    boundary: Document, names: Names, minimal: Document | None, regions: Sequence[str]
) -> tuple[Closing, ...]:
    """Every denial of every preset, under the Sids that it has there."""
    tighten = [*guard(names, boundary.statements), foreign_services(names), _images(names)]
    if minimal is not None and (unnamed := _unnamed(minimal)):
        tighten.append(unnamed)
    composed = OperatorBoundary.compose(names, base=(), regions=regions, tighten=tighten)
    return _closings(statement for layer in composed.layers.values() for statement in layer)


def workload_closings(names: Names) -> tuple[Closing, ...]:
    """The same for the boundary of the roles that the vendor makes."""
    composed = workload_boundary(names, (*guard_of_workloads(names), _images(names)))
    # The composed document allows none of these, so that it needs no denial of them.
    outside: Statement = {
        "Sid": "NoOrganization",
        "Effect": "Deny",
        "Action": ["organizations:*", "account:*", "sso-directory:*", "sts:GetFederationToken"],
        "Resource": "*",
    }
    return _closings((*(one for one in composed.statements if one["Effect"] == "Deny"), outside))


def closing_fix(
    subject: Subject,
    document: Document,
    closings: Iterable[Closing],
    requests: Iterable[Request],
    prefer: Sequence[str] = (),
) -> Fix | None:
    """The fewest statements that deny every request; None where there are none that do."""
    ordered = sorted(closings, key=lambda closing: closing.statement["Sid"] not in prefer)
    chosen: list[Closing] = []
    for request in requests:
        if any(closing.closes(request) for closing in chosen):
            continue
        found = next((closing for closing in ordered if closing.closes(request)), None)
        if found is None:
            return None
        chosen.append(found)
    if not chosen:
        return None
    drop = [
        number
        for number, standing in enumerate(document.statements, 1)
        if any(_is_weaker(standing, closing.statement) for closing in chosen)
    ]
    kept = [one for number, one in enumerate(document.statements, 1) if number not in drop]
    add = tuple(_under_a_free_name(closing.statement, kept) for closing in chosen)
    verb = "Put back the whole of" if drop else "Add"
    return Fix(subject, f"{verb} {' and '.join(str(one['Sid']) for one in add)}.", add, tuple(drop))


def _statements(policy: Mapping[str, Any]) -> list[Any]:
    return as_list(policy.get("Statement", []))


def _closings(statements: Iterable[Statement]) -> tuple[Closing, ...]:
    return tuple(
        Closing(statement, Policies(identity=(Compiled(Document((statement,)).to_object()),)))
        for statement in statements
    )


def _images(names: Names) -> Statement:
    return {
        "Sid": "Images",
        "Effect": "Deny",
        "Action": "ec2:ModifyImageAttribute",
        "Resource": f"arn:{names.partition}:ec2:*::image/*",
        "Condition": {"StringNotEquals": {f"aws:ResourceTag/{TAG_INSTALLATION}": names.installation}},
    }


def _unnamed(minimal: Document) -> Statement | None:
    """Denies what the vendor's minimal boundary names nowhere; None where it says what it allows by exceptions."""
    allows = [statement for statement in minimal.statements if statement["Effect"] == "Allow"]
    if not allows or any("NotAction" in statement for statement in allows):
        return None
    named = sorted({str(action) for statement in allows for action in as_list(statement["Action"])})
    return {"Sid": "Unnamed", "Effect": "Deny", "NotAction": named, "Resource": "*"}


def _under_a_free_name(statement: Statement, standing: Iterable[Statement]) -> Statement:
    taken = {str(one.get("Sid", "")) for one in standing}
    sid = str(statement["Sid"])
    free = next(name for name in (sid, *(f"{sid}{n}" for n in range(2, len(taken) + 3))) if name not in taken)
    return {**statement, "Sid": free}


def _is_weaker(standing: Statement, whole: Statement) -> bool:
    """Whether `standing` has the name of `whole` and denies nothing that `whole` does not: read from the lists alone,
    so that a doubt keeps both."""
    if standing.get("Sid") != whole["Sid"] or standing["Effect"] != "Deny":
        return False
    if not (_within(standing, whole, "Action") and _within(standing, whole, "Resource")):
        return False
    under = standing.get("Condition", {})
    return all(
        key in under.get(operator, {}) and under[operator][key] == values
        for operator, keys in whole.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _within(standing: Statement, whole: Statement, element: str) -> bool:
    if element in whole and "*" in as_list(whole[element]):
        return True
    negation = f"Not{element}"
    if element in standing and element in whole:
        return set(as_list(standing[element])) <= set(as_list(whole[element]))
    if negation in standing and negation in whole:
        return set(as_list(standing[negation])) >= set(as_list(whole[negation]))
    return False
