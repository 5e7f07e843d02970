"""Who may assume the vendor's role, and under which conditions, by what the trust policy does.

A trust policy has no Resource, and its Principal is nothing that the evaluator reads. So each principal that it names
is asked for itself: with the statements that are about it, as itself, as somebody else of its account, as a stranger;
with the external id, with another, with none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from installer.errors import PolicyError
from installer.policy.document import as_list
from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, evaluate
from installer.policy.lint_findings import Finding, OpenCall
from installer.policy.lint_fixes import Fix, Subject
from installer.policy.request import ABSENT, Request, Value
from installer.policy.trust import EXTERNAL_ID, START_ACTIONS, principals
from installer.steps import Severity

_ANYBODY = "*"
_STRANGER_ACCOUNT = "999999999999"
_ROOT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")


@dataclass(frozen=True)
class _Named:
    """One principal of one Allow statement; `policies` hold what is said of it."""

    number: int
    statement: Mapping[str, Any]
    kind: str
    who: str
    policies: Policies


def trust_findings(trust: Mapping[str, Any], principal_arn: str = "", external_id: str = "") -> tuple[Finding, ...]:
    """Findings on a trust policy as parsed JSON; raise a `PolicyError` where it is none.

    `principal_arn` and `external_id` are those of the invitation, empty where they are not known; without them there
    is nothing to narrow to, and so no fix.
    """
    found: dict[str, Finding] = {}
    for named in _named(trust):
        fix = _fix(named, principal_arn, external_id)
        for finding in _of_principal(named, principal_arn, external_id, fix):
            found.setdefault(f"{finding.code} {named.number} {named.who}", finding)
    return tuple(found.values())


def _of_principal(named: _Named, principal_arn: str, external_id: str, fix: Fix | None) -> Iterator[Finding]:
    whole = _ROOT.fullmatch(named.who) if named.kind == "AWS" else None
    with_id: Value | None = external_id or None
    if named.kind != "AWS":
        yield from _other(named, fix)
        return
    if named.who == _ANYBODY:
        yield from _anybody(named, with_id, fix)
    elif whole is not None and named.who != principal_arn:
        yield from _whole_account(named, whole[1], with_id, fix)
    elif principal_arn and named.who != principal_arn:
        yield from _other(named, fix)
    elif whole is not None:
        yield from _whole_account(named, whole[1], with_id, None)
    actor = principal_arn if named.who == _ANYBODY and principal_arn else named.who
    yield from _external_id(named, actor, external_id, fix)


def _anybody(named: _Named, external_id: Value | None, fix: Fix | None) -> Iterator[Finding]:
    stranger = f"arn:aws:iam::{_STRANGER_ACCOUNT}:role/anybody"
    decision = _decide(named, stranger, external_id)
    if _is_open(decision):
        yield _finding(
            "trust-anybody",
            Severity.BLOCKER,
            "Anybody in any AWS account can assume the vendor's role",
            "The trust names everybody. An external id is no secret and does not hold strangers off.",
            named,
            decision,
            fix,
        )


def _whole_account(named: _Named, account: str, external_id: Value | None, fix: Fix | None) -> Iterator[Finding]:
    decision = _decide(named, f"arn:aws:iam::{account}:role/somebody-else", external_id)
    if _is_open(decision):
        yield _finding(
            "trust-whole-account",
            Severity.CAUTION,
            f"Everybody in the account {account} can be let into the vendor's role",
            "An account's root stands for the whole account: whoever administers it decides which of its people and "
            "programs get in. One exact role would be narrower.",
            named,
            decision,
            fix,
        )


def _other(named: _Named, fix: Fix | None) -> Iterator[Finding]:
    decisions = [_decide(named, named.who, None, action) for action in START_ACTIONS]
    decision = next((one for one in decisions if _is_open(one)), None)
    if decision is not None:
        yield _finding(
            "trust-other-principal",
            Severity.BLOCKER,
            f"The vendor's role can be assumed by {named.who}",
            "The invitation names one principal; this is not it.",
            named,
            decision,
            fix,
        )


def _external_id(named: _Named, actor: str, external_id: str, fix: Fix | None) -> Iterator[Finding]:
    tried: list[Value] = [ABSENT, f"not-{external_id or 'yours'}"]
    decision = next((one for value in tried if _is_open(one := _decide(named, actor, value))), None)
    if decision is None:
        yield from _other_external_id(named, actor, external_id, fix)
    else:
        yield _finding(
            "trust-external-id",
            Severity.BLOCKER,
            "The vendor's role can be assumed without your external id",
            "The external id tells the vendor's customers apart. Without it another customer of the vendor could make "
            "the vendor work in your account instead of its own.",
            named,
            decision,
            fix,
        )


def _other_external_id(named: _Named, actor: str, external_id: str, fix: Fix | None) -> Iterator[Finding]:
    if not external_id or _is_open(_decide(named, actor, external_id)):
        return
    decision = _decide(named, actor, None)
    if EXTERNAL_ID.lower() in map(str.lower, decision.depends_on):
        yield _finding(
            "trust-other-external-id",
            Severity.BLOCKER,
            "The vendor's role asks for an external id that is not yours",
            "An id that stands in the template, or belongs to somebody else, does not tell you from other customers.",
            named,
            decision,
            fix,
        )


def _decide(named: _Named, actor: str, external_id: Value | None, action: str = START_ACTIONS[0]) -> Decision:
    known: dict[str, Value] = {}
    if external_id is not None:
        known[EXTERNAL_ID] = external_id
    account = _account(actor)
    if account:
        known |= {"aws:PrincipalArn": actor, "aws:PrincipalAccount": account}
    return evaluate(named.policies, Request(action, _ANYBODY, known, complete=False))


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def _is_open(decision: Decision) -> bool:
    return decision.outcome in (Outcome.ALLOWED, Outcome.DEPENDS)


def _finding(
    code: str, severity: Severity, title: str, why: str, named: _Named, decision: Decision, fix: Fix | None
) -> Finding:
    sid = str(named.statement.get("Sid", "")) or f"statement {named.number}"
    keys = decision.depends_on
    told = f"It depends on {', '.join(keys)}: see {sid}." if keys else f"{sid} allows it, and nothing denies it."
    call = OpenCall(START_ACTIONS[0], _ANYBODY, told, keys)
    return Finding(code, severity, Subject.TRUST, title, why, sid, named.number, (call,), fix)


def _fix(named: _Named, principal_arn: str, external_id: str) -> Fix | None:
    """The statement for the invitation's principal with its external id; every other condition stays."""
    if not (principal_arn and external_id):
        return None
    kept = {
        key: value for key, value in named.statement.items() if key not in ("Principal", "NotPrincipal", "NotAction")
    }
    condition = {operator: dict(keys) for operator, keys in kept.get("Condition", {}).items()}
    equals = condition.get("StringEquals", {})
    condition["StringEquals"] = {
        **{key: value for key, value in equals.items() if key.lower() != EXTERNAL_ID.lower()},
        EXTERNAL_ID: external_id,
    }
    whole = {**kept, "Principal": {"AWS": principal_arn}, "Action": START_ACTIONS[0], "Condition": condition}
    sentence = f"Name {principal_arn} alone, with your external id."
    return Fix(Subject.TRUST, sentence, (whole,), (named.number,))


def _named(trust: Mapping[str, Any]) -> Iterator[_Named]:
    statements = _read(trust)
    for number, statement in enumerate(statements, 1):
        if statement["Effect"] != "Allow":
            continue
        # Everybody but a list is everybody.
        whom = principals(statement) if "Principal" in statement else (("AWS", _ANYBODY),)
        for kind, who in whom:
            about = [_without_principal(statement)]
            about += [
                _without_principal(one) for one in statements if one["Effect"] == "Deny" and _about(one, kind, who)
            ]
            policy = {"Version": trust.get("Version", "2008-10-17"), "Statement": about}
            yield _Named(number, statement, kind, who, Policies(identity=(Compiled(policy),)))


def _read(trust: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not isinstance(trust, Mapping):
        raise PolicyError("The trust policy is not a JSON object.", fix="Give the role's trust policy.")
    statements = as_list(trust.get("Statement", []))
    for number, statement in enumerate(statements, 1):
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError(f"Statement {number} of the trust is none.", fix="Write it as { … } with an Effect.")
        principal = statement.get("Principal", statement.get("NotPrincipal"))
        if not isinstance(principal, str) and not (isinstance(principal, dict) and principal):
            raise PolicyError(
                f"Statement {number} of the trust names no principal.", fix="Name who may assume the role."
            )
        if not isinstance(statement.get("Sid", ""), str):
            raise PolicyError(f"Sid in statement {number} of the trust is not text.", fix="Use letters and digits.")
    Compiled({"Version": trust.get("Version", "2008-10-17"), "Statement": [*map(_without_principal, statements)]})
    return statements


def _about(denial: Mapping[str, Any], kind: str, who: str) -> bool:
    """Whether a Deny surely holds for this principal. One for everybody but a list is not counted on."""
    named = principals(denial) if "Principal" in denial else ()
    return ("AWS", _ANYBODY) in named or (kind, who) in named


def _without_principal(statement: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in statement.items() if key not in ("Principal", "NotPrincipal")}
    return {**kept, "Resource": _ANYBODY} if not {"Resource", "NotResource"} & set(kept) else kept
