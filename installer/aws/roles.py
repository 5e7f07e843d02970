"""IAM roles: what they are, who can assume them, and closing a role's trust to everybody.

What a trust policy says is judged in `installer/policy/trust.py`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from installer.aws.clients import Aws
from installer.aws.consistency import until
from installer.context import Context
from installer.errors import AwsError, NotFound
from installer.evidence import Evidence, Source, State
from installer.journal import Journal, Write
from installer.names import Names
from installer.policy.document import as_list
from installer.policy.trust import START_ACTIONS, allows, is_closed, principals

TRUST_POLICY_CHARACTERS = 2_048
CLOSED_SID = "HouseguestClosed"

# Everybody, and not the vendor's ARN: IAM keeps a role that a policy names by its unique id, so a deny by ARN misses a
# role that was deleted and made again under the same name.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
_CLOSING: Mapping[str, Any] = {
    "Sid": CLOSED_SID,
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": list(START_ACTIONS),
}


@dataclass(frozen=True)
class Role:
    """One reading of a role. `trust` is its trust policy; `last_used` is None if AWS knows of no use in 400 days."""

    name: str
    arn: str
    path: str
    trust: Mapping[str, Any]
    boundary_arn: str | None
    max_session_seconds: int
    tags: Mapping[str, str]
    last_used: datetime | None
    read_at: datetime
    request_id: str


@dataclass(frozen=True)
class RolePolicies:
    """ARNs of the managed policies that are attached to a role, and names of its inline policies."""

    attached: tuple[str, ...]
    inline: tuple[str, ...]


def read_role(aws: Aws, ctx: Context, name: str) -> Role | None:
    """The role, or None if there is none of that name."""
    try:
        reply = aws.call(ctx, "iam:GetRole", RoleName=name)
    except NotFound:
        return None
    row: Mapping[str, Any] = reply["Role"]
    return Role(
        name=row["RoleName"],
        arn=row["Arn"],
        path=row["Path"],
        trust=row["AssumeRolePolicyDocument"],
        boundary_arn=row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        max_session_seconds=int(row.get("MaxSessionDuration", 3_600)),
        tags={tag["Key"]: tag["Value"] for tag in row.get("Tags", ())},
        last_used=row.get("RoleLastUsed", {}).get("LastUsedDate"),
        read_at=reply.at,
        request_id=reply.request_id,
    )


def role_policies(aws: Aws, ctx: Context, name: str) -> RolePolicies:
    """All that is attached to the role and all that is in it; raises `NotFound` where there is no such role."""
    attached = aws.pages(ctx, "iam:ListAttachedRolePolicies", "AttachedPolicies", RoleName=name)
    inline = aws.pages(ctx, "iam:ListRolePolicies", "PolicyNames", RoleName=name)
    return RolePolicies(
        attached=tuple(sorted(policy["PolicyArn"] for policy in attached)), inline=tuple(sorted(inline))
    )


def roles_under_path(aws: Aws, ctx: Context, path: str) -> list[Role]:
    """All roles whose path begins with `path`, by name, in full: `ListRoles` leaves boundary, tags and last use out."""
    rows = aws.pages(ctx, "iam:ListRoles", "Roles", PathPrefix=path)
    found = [read_role(aws, ctx, name) for name in sorted(row["RoleName"] for row in rows)]
    return [role for role in found if role is not None]  # one may go between the list and the reading


def foreign_trust(role: Role, *, oidc_providers: Collection[str] = ()) -> tuple[str, ...]:
    """Who the role trusts that is neither an AWS service nor one of `oidc_providers` (ARNs: the cluster's)."""
    foreign: list[str] = []
    for statement in allows(role.trust):
        if "NotPrincipal" in statement:
            foreign.append("everybody but " + ", ".join(_names(statement["NotPrincipal"])))
        foreign += [
            name
            for kind, name in principals(statement)
            if kind != "Service" and not (kind == "Federated" and name in oidc_providers)
        ]
    return tuple(dict.fromkeys(foreign))


def close_trust(aws: Aws, journal: Journal, ctx: Context, names: Names) -> Evidence:
    """Deny everybody to assume the vendor's role, until `open_trust`; the evidence is from reading it back.

    What the trust said stays in it, unless there is no room for the deny beside it. Live sessions go on: they are cut
    in the boundary. A role that does not exist is closed.
    """
    role = read_role(aws, ctx, names.operator_role)
    if role is not None:
        _write_trust(aws, journal, ctx, role, closed=True)
    return trust_evidence(aws, ctx, names, closed=True)


def open_trust(aws: Aws, journal: Journal, ctx: Context, names: Names) -> Evidence:
    """Take the deny of `close_trust` away again; the evidence is from reading it back."""
    role = read_role(aws, ctx, names.operator_role)
    if role is None:
        raise NotFound(
            f"The role {names.operator_role} does not exist.", call="iam:GetRole", fix="Connect the vendor again."
        )
    if has_closing(role.trust) and not _others(role.trust):
        raise AwsError(
            f"The trust of {role.name} had no room for what it said before it was closed.",
            call="iam:UpdateAssumeRolePolicy",
            fix="Remove the access, then install again: a new stack restores the trust.",
        )
    _write_trust(aws, journal, ctx, role, closed=False)
    return trust_evidence(aws, ctx, names, closed=False)


def trust_evidence(aws: Aws, ctx: Context, names: Names, *, closed: bool) -> Evidence:
    """Whether AWS answers, steadily, with a trust that is closed to everybody; with `closed` false, that it is not."""

    def as_claimed(role: Role | None) -> bool:
        return _is_closed(role) is closed

    role, steady = until(ctx, lambda: read_role(aws, ctx, names.operator_role), as_claimed)
    return Evidence(
        claim=f"Nobody can start a session of the role {names.operator_role}"
        if closed
        else f"The trust of the role {names.operator_role} is not closed",
        state=State.VERIFIED if steady else State.REFUTED,
        source=Source.AWS,
        at=role.read_at if role else aws.clock.now(),
        call="iam:GetRole",
        request_id=role.request_id if role else "",
        detail=json.dumps(role.trust) if role else "The role does not exist.",
    )


def has_closing(trust: Mapping[str, Any]) -> bool:
    """The deny of `close_trust` stands in it, whole."""
    return any(
        statement.get("Sid") == CLOSED_SID
        and statement.get("Effect") == "Deny"
        and "*" in _names(statement.get("Principal", {}))
        and set(START_ACTIONS) <= set(as_list(statement.get("Action", [])))
        and not statement.get("Condition")
        for statement in as_list(trust.get("Statement", []))
    )


def _is_closed(role: Role | None) -> bool:
    return role is None or is_closed(role.trust, principal_arn="*")


def _write_trust(aws: Aws, journal: Journal, ctx: Context, role: Role, *, closed: bool) -> None:
    def put(document: str) -> None:
        aws.call(ctx, "iam:UpdateAssumeRolePolicy", RoleName=role.name, PolicyDocument=document)

    def find() -> str | None:
        now = read_role(aws, ctx, role.name)
        return role.arn if now is None or has_closing(now.trust) is closed else None

    def request(_token: str) -> str:
        if not closed:
            put(_text(role.trust, _others(role.trust)))
            return role.arn
        beside = _text(role.trust, [_CLOSING, *_others(role.trust)])
        try:
            if len(beside) <= TRUST_POLICY_CHARACTERS:
                put(beside)
                return role.arn
        except AwsError as error:
            # IAM does not take back a trust that names a principal which has been deleted since.
            if error.aws_code != "MalformedPolicyDocument":
                raise
        put(_text(role.trust, [_CLOSING]))
        return role.arn

    target = f"{role.arn}#{'closed' if closed else 'open'}"
    journal.perform(Write("iam:UpdateAssumeRolePolicy", target, find, request))


def _others(trust: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [statement for statement in as_list(trust.get("Statement", [])) if statement.get("Sid") != CLOSED_SID]


def _text(trust: Mapping[str, Any], statements: list[Mapping[str, Any]]) -> str:
    document = {**trust, "Statement": statements}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _names(principal: Any) -> list[str]:
    if isinstance(principal, str):
        return [principal]
    return [str(name) for value in principal.values() for name in as_list(value)]


def put_boundary(aws: Aws, journal: Journal, ctx: Context, role_name: str, policy_arn: str) -> None:
    """Put a boundary on a role, in place of whatever it has. The caller sees to it that this narrows."""

    def find() -> str | None:
        role = read_role(aws, ctx, role_name)
        return policy_arn if role is None or role.boundary_arn == policy_arn else None

    def put(_token: str) -> str:
        aws.call(ctx, "iam:PutRolePermissionsBoundary", RoleName=role_name, PermissionsBoundary=policy_arn)
        return policy_arn

    journal.perform(Write("iam:PutRolePermissionsBoundary", role_name, find, put))
