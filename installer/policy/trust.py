"""Our own reading of a role's trust policy: who can assume it, and under which conditions.

It stands beside what the vendor says of its attempts, because the vendor's word alone proves nothing to the customer.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from installer.policy.document import as_list

EXTERNAL_ID = "sts:ExternalId"
START_ACTIONS = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
"""Every way in which a session of a role begins."""


def allows(trust: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The Allow statements of a trust policy."""
    return (statement for statement in as_list(trust.get("Statement", [])) if statement.get("Effect") == "Allow")


def principals(statement: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Who a statement names, as (kind, name): ("AWS", arn), ("Service", …), ("Federated", …); everybody is ("AWS",
    "*")."""
    principal = statement.get("Principal", {})
    if isinstance(principal, str):
        return (("AWS", principal),)
    return tuple((kind, str(name)) for kind, names in principal.items() for name in as_list(names))


def problems(trust: Mapping[str, Any], *, principal_arn: str, external_id: str) -> tuple[str, ...]:
    """Why the trust is not exactly "this principal, with this external id"; empty when it is."""
    found: list[str] = []
    statements = list(allows(trust))
    if not statements:
        found.append("nobody can assume the role")
    for statement in statements:
        if "NotPrincipal" in statement:
            found.append("it trusts everybody but a list")
        for kind, name in principals(statement):
            if (kind, name) != ("AWS", principal_arn):
                found.append(f"it trusts {name}")
        if _required_external_ids(statement) != {external_id}:
            found.append("it does not require your external id")
    return tuple(dict.fromkeys(found))


def is_closed(trust: Mapping[str, Any], *, principal_arn: str) -> bool:
    """Whether nobody named in the trust, and surely not this principal, can start a session in any way."""
    return all(_is_closed_to(trust, action, principal_arn) for action in START_ACTIONS)


def _is_closed_to(trust: Mapping[str, Any], action: str, principal_arn: str) -> bool:
    denied = {
        name
        for statement in as_list(trust.get("Statement", []))
        if statement.get("Effect") == "Deny" and not statement.get("Condition") and _covers(statement, action)
        for kind, name in principals(statement)
        if kind == "AWS"
    }
    allowed = [statement for statement in allows(trust) if _covers(statement, action)]
    if "*" in denied or not allowed:
        return True
    named = [who for statement in allowed for who in principals(statement) or [("NotPrincipal", "")]]
    return principal_arn in denied and all(kind == "AWS" and name in denied for kind, name in named)


def _covers(statement: Mapping[str, Any], action: str) -> bool:
    """As IAM reads action names: `*` and `?`, in small or capital letters. A NotAction is taken to allow, not to
    deny."""
    if "NotAction" in statement:
        return statement.get("Effect") == "Allow"
    return any(fnmatchcase(action.lower(), str(named).lower()) for named in as_list(statement.get("Action", [])))


def _required_external_ids(statement: Mapping[str, Any]) -> set[str]:
    """Values under StringEquals, which a request without the key does not meet. Any other operator does not require
    it."""
    return {
        str(value)
        for operator, keys in statement.get("Condition", {}).items()
        if operator == "StringEquals"
        for key, values in keys.items()
        if key.lower() == EXTERNAL_ID.lower()
        for value in as_list(values)
    }
