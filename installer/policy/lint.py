"""What would let the vendor get more, or stay longer, than you give it: one finding for each way that is open.

Nothing here looks for words in a policy. Each way of `lint_ways.py` is a handful of concrete calls; the evaluator is
asked about each, so that a boundary that somebody wrote in other words is judged by what it does. Where an answer hangs
on what nobody knows, the way counts as open, and the finding says on what it hangs. The trust of the vendor's role is
judged in `lint_trust.py`; what closes a way is found in `lint_fixes.py`.

A boundary grants nothing. So what is said of it holds whatever the vendor's role is granted, now or later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from installer.names import Names
from installer.policy.document import Document, Statement, as_list
from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, StatementRef, evaluate
from installer.policy.lint_control import OWN_STACK_CALL, own_stack
from installer.policy.lint_findings import Finding, OpenCall
from installer.policy.lint_fixes import Closing, Fix, Subject, closing_fix, operator_closings, workload_closings
from installer.policy.lint_identity import SESSION_CALL, identity_ways
from installer.policy.lint_questions import DIRECTLY, asked_in, everywhere, request_of
from installer.policy.lint_trust import trust_findings
from installer.policy.lint_ways import Things, Way
from installer.policy.request import Request
from installer.steps import Severity

_REGION_KEY = "aws:requestedregion"
_DEFAULT_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_ORDER = (Severity.BLOCKER, Severity.CAUTION, Severity.INFO)
_ALLOWED = Outcome.ALLOWED
_MOST_REGIONS = 40  # AWS has fewer; a list that is longer was not written to be used


@dataclass(frozen=True)
class Lint:
    """`findings` come worst first. `unchecked` says what was not looked at, because it was not given."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()

    @property
    def open_escapes(self) -> tuple[Finding, ...]:
        """Those that let the vendor out; the others are decisions, or only told."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCKER)

    def to_json(self) -> dict[str, object]:
        return {"findings": [finding.to_json() for finding in self.findings], "unchecked": list(self.unchecked)}


@dataclass(frozen=True)
class Trust:
    """A role's trust policy as parsed JSON, and whom it should name: empty where that is not known."""

    policy: Mapping[str, Any]
    principal_arn: str = ""
    external_id: str = ""


def lint(
    boundary: Document,
    names: Names,
    *,
    workload: Document | None = None,
    trust: Trust | None = None,
    minimal: Document | None = None,
    regions: Sequence[str] = (),
) -> Lint:
    """Judge an operator boundary and, where given, the workload boundary and the trust of the vendor's role.

    `minimal` is the vendor's minimal boundary, `regions` are those of the invitation: with them fixes can be offered
    that narrow to them. Raises a `PolicyError` for a document that cannot be evaluated.
    """
    found = [*_of_operator(boundary, names, minimal, tuple(regions))]
    unchecked: list[str] = []
    if workload is None:
        unchecked.append("The limit of the roles that the vendor makes was not looked at: it was not given.")
    else:
        found += _of_workloads(workload, names)
    if trust is None:
        unchecked.append("Who may assume the vendor's role was not looked at: its trust was not given.")
    else:
        found += trust_findings(trust.policy, trust.principal_arn, trust.external_id)
    return Lint(tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity))), tuple(unchecked))


def granted(policy: Document, names: Names) -> tuple[Finding, ...]:
    """What of IAM an identity policy of the vendor's role would let it do, were there no limit. For the review of a
    template; nothing is offered to close it."""
    policies = Policies(identity=(Compiled(policy.to_object()),))
    known = {way.code for way in identity_ways(Things(names, ""))}
    place = _DEFAULT_REGIONS.get(names.partition, "us-east-1")
    return tuple(
        _finding(Subject.OPERATOR, policy, asked.way, found, ())
        for asked in asked_in(Subject.OPERATOR, names, place, ())
        if asked.way.code in known and (found := _open(policies, asked.places))
    )


def codes() -> tuple[str, ...]:
    """The codes of all ways, in the order in which they are asked."""
    ways = asked_in(Subject.OPERATOR, _ANY_NAMES, "us-east-1", ()) + asked_in(
        Subject.WORKLOAD, _ANY_NAMES, "us-east-1", ()
    )
    return tuple(dict.fromkeys(asked.way.code for asked in ways))


_BOUNDARIES = (Subject.OPERATOR, Subject.WORKLOAD)
_ANY_NAMES = Names("example", "123456789012", "/vendor/")


def _of_operator(
    boundary: Document, names: Names, minimal: Document | None, regions: tuple[str, ...]
) -> Iterator[Finding]:
    closings = operator_closings(boundary, names, minimal, regions)
    yield from _findings(Subject.OPERATOR, boundary, names, closings, regions)
    yield from _asked_for_session_length(boundary, names)


def _of_workloads(workload: Document, names: Names) -> Iterator[Finding]:
    yield from _findings(Subject.WORKLOAD, workload, names, workload_closings(names), ())


def _findings(
    subject: Subject, document: Document, names: Names, closings: Sequence[Closing], regions: tuple[str, ...]
) -> Iterator[Finding]:
    policies = Policies(identity=(Compiled(document.to_object()),))
    around: list[tuple[Request, Decision]] = []
    for asked in everywhere(subject, names, _regions(document, names, regions), regions):
        found = _open(policies, asked.places)
        if found:
            yield _finding(subject, document, asked.way, found, closings)
        else:
            around += _open(policies, (asked.by_stack,))
    if around and _can_make_stacks(policies, names):
        yield _finding(subject, document, _AROUND, around, closings)


_AROUND = Way(
    "cloudformation-around",
    Severity.BLOCKER,
    "do by a CloudFormation stack what it may not do itself",
    "The limit denies these calls only where they are made directly. CloudFormation makes them for whoever makes "
    "a stack.",
    (),
)


def _can_make_stacks(policies: Policies, names: Names) -> bool:
    things = Things(names, _DEFAULT_REGIONS.get(names.partition, "us-east-1"))
    request = Request(OWN_STACK_CALL, own_stack(things), complete=False)
    return _is_open(evaluate(policies, request))


def _open(policies: Policies, places: Iterable[tuple[Request, ...]]) -> list[tuple[Request, Decision]]:
    """The calls that are open, region by region; a region in which any is surely open comes first."""
    regions: list[list[tuple[Request, Decision]]] = []
    for requests in places:
        decided = ((request, evaluate(policies, request)) for request in requests)
        regions.append([(request, decision) for request, decision in decided if _is_open(decision)])
    regions.sort(key=lambda found: not any(decision.outcome is Outcome.ALLOWED for _, decision in found))
    return [one for found in regions for one in found]


def _is_open(decision: Decision) -> bool:
    return decision.outcome in (Outcome.ALLOWED, Outcome.DEPENDS)


def _finding(
    subject: Subject,
    document: Document,
    way: Way,
    found: Sequence[tuple[Request, Decision]],
    closings: Iterable[Closing],
) -> Finding:
    actor = "The vendor" if subject is Subject.OPERATOR else "A role that the vendor makes"
    # What is surely open is told first, and the same elsewhere not again.
    shown = [pair for pair in found if pair[0].values.get(_REGION_KEY) == found[0][0].values.get(_REGION_KEY)]
    ordered = sorted(shown, key=lambda pair: pair[1].outcome is not Outcome.ALLOWED)
    calls = tuple(dict.fromkeys(_open_call(request, decision) for request, decision in ordered))
    may = "can" if calls[0].certain else "may be able to"
    return Finding(
        code=way.code if subject is Subject.OPERATOR else f"workload:{way.code}",
        severity=way.severity,
        subject=subject,
        title=f"{actor} {may} {way.can}",
        why=way.why,
        decided_by=_named(ordered[0][1].statement),
        statement=ordered[0][1].statement.number,
        calls=calls,
        fix=closing_fix(subject, document, closings, (request for request, _ in found), way.prefer),
    )


def _open_call(request: Request, decision: Decision) -> OpenCall:
    named = _named(decision.statement)
    if decision.outcome is Outcome.ALLOWED:
        return OpenCall(request.action, request.resource, f"{named} allows it, and nothing denies it.")
    keys = ", ".join(decision.depends_on)
    return OpenCall(request.action, request.resource, f"It depends on {keys}: see {named}.", decision.depends_on)


def _named(ref: StatementRef) -> str:
    return ref.sid or f"statement {ref.number}"


def _regions(document: Document, names: Names, regions: Sequence[str]) -> tuple[str, ...]:
    """Where the calls are tried: wherever the document or the invitation says anything of, and one place more."""
    named = [
        str(value)
        for statement in document.statements
        for keys in statement.get("Condition", {}).values()
        for key, values in keys.items()
        if key.lower() == _REGION_KEY
        for value in as_list(values)
        if str(value).replace("-", "").isalnum()
    ]
    usual = _DEFAULT_REGIONS.get(names.partition, "us-east-1")
    return tuple(dict.fromkeys((usual, *regions, *named)))[:_MOST_REGIONS]


def _asked_for_session_length(boundary: Document, names: Names) -> Iterator[Finding]:
    """The vendor's list allows it to change its own role, and something else denies that. The list can do without."""
    things = Things(names, _DEFAULT_REGIONS.get(names.partition, "us-east-1"))
    call = things.own(SESSION_CALL, names.operator_role_arn)
    request = request_of(call, names, names.operator_role_arn, DIRECTLY)
    decision = _alone(boundary.statements, request)
    asking = [
        number
        for number, statement in enumerate(boundary.statements, 1)
        if statement["Effect"] == "Allow"
        and _alone([statement], request).outcome is Outcome.ALLOWED
        and not _allows_any_iam(statement, things)  # it names everything, and so does not ask for this
    ]
    if _is_open(decision) or not asking:
        return  # what is open is told as a way out
    named = str(boundary.statements[asking[0] - 1].get("Sid", "")) or f"statement {asking[0]}"
    yield Finding(
        code="own-session-length-asked",
        severity=Severity.INFO,
        subject=Subject.OPERATOR,
        title="The list that this limit is made from lets the vendor change its own role",
        why=f"{named} allows iam:UpdateRole on a path that its own role is in. By that call a session of one hour "
        f"is made one of 12. {_named(decision.statement)} denies it, so nothing is open; the list can do without.",
        decided_by=named,
        statement=asking[0],
        calls=(),
        fix=_without_session_call(boundary, asking, request),
    )


def _alone(statements: Sequence[Statement], request: Request) -> Decision:
    return evaluate(Policies(identity=(Compiled(Document(tuple(statements)).to_object()),)), request)


def _allows_any_iam(statement: Statement, things: Things) -> bool:
    other = things.own("iam:DeleteRole", things.names.operator_role_arn)
    request = request_of(other, things.names, things.names.operator_role_arn, DIRECTLY)
    return _is_open(_alone([statement], request))


def _without_session_call(boundary: Document, asking: Sequence[int], request: Request) -> Fix | None:
    """The statements less what names that operation and no other; None where a wildcard does, or nothing would be
    left of the boundary."""
    rest: list[Statement] = []
    for number in asking:
        statement = boundary.statements[number - 1]
        kept = [one for one in as_list(statement.get("Action", [])) if str(one).lower() != request.operation]
        if "Action" not in statement or (kept and _alone([{**statement, "Action": kept}], request).outcome is _ALLOWED):
            return None
        if kept:
            rest.append({**statement, "Action": kept})
    others = [one for number, one in enumerate(boundary.statements, 1) if number not in asking]
    if not any(one["Effect"] == "Allow" for one in (*others, *rest)):
        return None
    return Fix(Subject.OPERATOR, "Leave iam:UpdateRole out of the list.", tuple(rest), tuple(asking))
