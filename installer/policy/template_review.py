"""The vendor's role template, reviewed before anything is made of it: whom the role trusts, what caps it, and what is
not in the text that was signed.

The SHA-256 of the invitation pins the text against everybody but the vendor who signed it; and what the text fetches
when its stack is made is not pinned at all. Each finding says where it stands. A template is the vendor's: what can be
done is to ask for another one.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from installer.errors import BoundaryError, PolicyError
from installer.names import Names
from installer.policy.document import Document, as_list
from installer.policy.lint import granted
from installer.policy.lint_trust import trust_findings
from installer.policy.request import short
from installer.policy.template_contents import contents
from installer.policy.template_findings import Place, TemplateFinding
from installer.policy.template_reading import Path, Template, read_template
from installer.policy.template_values import Unknown, Values, unknown_in
from installer.policy.trust import principals
from installer.steps import Severity

_ROLE = "AWS::IAM::Role"
_SHORTEST_SESSION = 3_600  # MaxSessionDuration where a role names none


@dataclass(frozen=True)
class Promised:
    """What the invitation says of the role; empty or 0 where it is not known, and is then not held against it."""

    principal_arn: str = ""
    external_id: str = ""
    max_session_seconds: int = 0
    default_grant: Collection[str] = ()


@dataclass(frozen=True)
class _Review:
    template: Template
    names: Names
    values: Values
    promised: Promised = field(default_factory=Promised)

    def finding(self, code: str, severity: Severity, path: Path, title: str, why: str, wanted: str) -> TemplateFinding:
        return TemplateFinding(code, severity, title, why, Place.of(path, self.template.line(path)), wanted)


def review_template(
    text: str, names: Names, parameters: Mapping[str, str], promised: Promised | None = None
) -> tuple[TemplateFinding, ...]:
    """All findings, worst first. `parameters` are the values that the stack is given (`VendorTemplate.parameters`).

    Raises a `PolicyError` where the text cannot be read.
    """
    template = read_template(text)
    review = _Review(template, names, Values(template.data, parameters, names), promised or Promised())
    found = [*contents(template, review.values), *_roles(review)]
    order = (Severity.BLOCKER, Severity.CAUTION, Severity.INFO)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _roles(review: _Review) -> Iterator[TemplateFinding]:
    resources = review.template.data.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        if isinstance(resource, dict) and resource.get("Type") == _ROLE:
            path: Path = ("Resources", logical_id, "Properties")
            properties = resource.get("Properties")
            role = properties if isinstance(properties, dict) else {}
            for check in _CHECKS:
                yield from check(review, role, path)


def _boundary(review: _Review, role: Mapping[str, Any], path: Path) -> Iterator[TemplateFinding]:
    wanted = "Its PermissionsBoundary is the parameter for your limit."
    if "PermissionsBoundary" not in role:
        yield review.finding(
            "template-no-boundary",
            Severity.BLOCKER,
            path,
            "The role has no limit",
            "Without your permissions boundary nothing can narrow, pause or cut what the role may do.",
            wanted,
        )
    elif (found := review.values.filled(role["PermissionsBoundary"])) != review.names.operator_boundary_arn:
        yield review.finding(
            "template-other-boundary",
            Severity.BLOCKER,
            (*path, "PermissionsBoundary"),
            "The role has a limit that is not yours",
            f"It would be capped by {_told(found)}, and not by {review.names.operator_boundary_arn}.",
            wanted,
        )


def _name(review: _Review, role: Mapping[str, Any], path: Path) -> Iterator[TemplateFinding]:
    names = review.names
    iam_path, name = (review.values.filled(role.get(key, "/" if key == "Path" else "")) for key in ("Path", "RoleName"))
    found = iam_path if isinstance(iam_path, Unknown) else name if isinstance(name, Unknown) else f"{iam_path}{name}"
    if found == f"{names.role_path}{names.operator_role}":
        return
    yield review.finding(
        "template-role-elsewhere",
        Severity.BLOCKER,
        (*path, "Path" if iam_path != names.role_path else "RoleName"),
        "The role would have another name or path",
        f"It would be {_told(found)}. Your limit tells the vendor's own role from those that it makes by the path: "
        f"within {names.workload_path} it could change itself.",
        f"It is named {names.operator_role}, in the path {names.role_path}.",
    )


def _session(review: _Review, role: Mapping[str, Any], path: Path) -> Iterator[TemplateFinding]:
    found = review.values.filled(role.get("MaxSessionDuration", _SHORTEST_SESSION))
    longest = review.promised.max_session_seconds
    told = str(found)
    seconds = int(told) if told.isdecimal() and len(told) < 10 else None
    if seconds is not None and (not longest or seconds <= longest):
        return
    promised = f"; the invitation says at most {longest:,}" if longest else ""
    yield review.finding(
        "template-session-length",
        Severity.CAUTION,
        (*path, "MaxSessionDuration"),
        "How long a session of the role lasts is not known"
        if seconds is None
        else "A session lasts longer than was said",
        f"Its length in seconds is {_told(found)}{promised}. Who has a session keeps it until it ends.",
        "MaxSessionDuration is what the invitation says.",
    )


def _trust(review: _Review, role: Mapping[str, Any], path: Path) -> Iterator[TemplateFinding]:
    place = (*path, "AssumeRolePolicyDocument")
    trust = review.values.filled(role.get("AssumeRolePolicyDocument"))
    wanted = "It trusts the principal of the invitation alone, with your external id."
    unknown = unknown_in(trust)
    if unknown is not None:
        yield review.finding(
            "template-trust-unknown",
            Severity.BLOCKER,
            place,
            "Who can assume the role is not known before it is made",
            f"It hangs on {unknown.what}.",
            wanted,
        )
        return
    try:
        found = trust_findings(trust, review.promised.principal_arn, review.promised.external_id)
    except PolicyError as error:
        yield review.finding(
            "template-trust-unreadable",
            Severity.BLOCKER,
            place,
            "The role's trust cannot be read",
            error.message,
            wanted,
        )
        return
    if not found and not _trusts_anybody(trust):
        yield review.finding(
            "template-trust-nobody",
            Severity.BLOCKER,
            place,
            "Nobody can assume the role",
            "Its trust has no statement that allows it.",
            wanted,
        )
    for one in found:
        statement = _statement_path(trust, one.statement, place)
        yield review.finding(f"template-{one.code}", one.severity, statement, one.title, one.why, wanted)


def _trusts_anybody(trust: Mapping[str, Any]) -> bool:
    return any(
        statement.get("Effect") == "Allow" and principals(statement)
        for statement in as_list(trust.get("Statement", []))
    )


def _managed(review: _Review, role: Mapping[str, Any], path: Path) -> Iterator[TemplateFinding]:
    arns = review.values.filled(role.get("ManagedPolicyArns", []))
    for number, arn in enumerate(as_list(arns)):
        if isinstance(arn, str) and (arn in review.promised.default_grant or not review.promised.default_grant):
            continue
        yield review.finding(
            "template-managed-policy",
            Severity.CAUTION,
            (*path, "ManagedPolicyArns", number),
            "The role gets a policy that the invitation does not name",
            f"It is {_told(arn)}. What it allows is not among what you were shown.",
            "It attaches the policies that the invitation names.",
        )


def _inline(review: _Review, role: Mapping[str, Any], path: Path) -> Iterator[TemplateFinding]:
    for number, policy in enumerate(as_list(role.get("Policies", []))):
        place = (*path, "Policies", number)
        written = policy.get("PolicyDocument") if isinstance(policy, dict) else None
        filled = review.values.filled(written)
        unknown = unknown_in(filled)
        try:
            if unknown is not None:
                raise BoundaryError(f"It hangs on {unknown.what}.")
            document = Document.from_object(filled)
            allows = granted(document, review.names)
        except (BoundaryError, PolicyError) as error:
            yield review.finding(
                "template-policy-unknown",
                Severity.CAUTION,
                (*place, "PolicyDocument"),
                "What a policy of the role allows is not known before it is made",
                error.message,
                "Its policies can be read from the template alone.",
            )
            continue
        yield from _wildcards(review, written, document, (*place, "PolicyDocument"))
        for one in allows:
            yield review.finding(
                f"template-grants:{one.code}",
                Severity.INFO,
                _statement_path(written, one.statement, (*place, "PolicyDocument")),
                one.title.replace("The vendor can", "By this policy alone the vendor could", 1),
                f"{one.why} Your limit has to deny it, and the check of your limit says whether it does.",
                "It does not ask for this.",
            )


def _statement_path(written: Any, number: int, path: Path) -> Path:
    """Of a statement by its number from 1; the list may be left out around one."""
    many = isinstance(written, dict) and isinstance(written.get("Statement"), list)
    return (*path, "Statement", number - 1) if many else (*path, "Statement")


def _wildcards(review: _Review, written: Any, document: Document, path: Path) -> Iterator[TemplateFinding]:
    for number, statement in enumerate(document.statements, 1):
        if statement["Effect"] != "Allow":
            continue
        place = _statement_path(written, number, path)
        actions = [str(action) for action in as_list(statement.get("Action", []))]
        wide = [action for action in actions if action.partition(":")[2] in ("", "*") or action.startswith("*")]
        if "NotAction" in statement:
            yield review.finding(
                "template-inline-all-but",
                Severity.CAUTION,
                (*place, "NotAction"),
                "A policy of the role allows everything but a list",
                "What AWS adds later is allowed as well.",
                "It lists what it allows.",
            )
        elif wide:
            yield review.finding(
                "template-inline-wildcard",
                Severity.CAUTION,
                (*place, "Action"),
                f"A policy of the role allows all of {', '.join(wide[:6])}",
                "What AWS adds to a service later is allowed as well.",
                "It lists what it allows.",
            )
        if "NotResource" in statement or (
            "*" in as_list(statement.get("Resource", [])) and not statement.get("Condition")
        ):
            yield review.finding(
                "template-inline-any-resource",
                Severity.INFO,
                (*place, "NotResource" if "NotResource" in statement else "Resource"),
                "A policy of the role is about every resource",
                "It does not tell what the vendor made from what is yours; only your limit does.",
                "It names what it is about.",
            )


def _told(value: Any) -> str:
    if isinstance(value, Unknown):
        return f"known only when it is made ({value.what})"
    return short(str(value))


_CHECKS: tuple[Callable[[_Review, Mapping[str, Any], Path], Iterator[TemplateFinding]], ...] = (
    _boundary,
    _name,
    _session,
    _trust,
    _managed,
    _inline,
)
