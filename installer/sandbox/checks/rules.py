"""All that decides what the vendor's role may do, in one value: what was before a removal must be again afterwards."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from installer.sandbox.checks.boundary import boundary_of, default_document
from installer.sandbox.checks.check import insist
from installer.sandbox.checks.witness import Installed, Witness


@dataclass(frozen=True)
class Rules:
    """Policy documents are texts, their keys sorted."""

    trust: str
    max_session_seconds: int
    boundary: str | None
    boundary_document: str
    attached_policies: tuple[str, ...]
    inline_policies: tuple[str, ...]


def rules(witness: Witness, installed: Installed) -> Rules:
    iam, pages, name = witness.admin("iam"), witness.admin.pages, installed.role_name
    role = iam.get_role(RoleName=name)["Role"]
    attached = pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    inline = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
    ]
    return Rules(
        trust=_text(role["AssumeRolePolicyDocument"]),
        max_session_seconds=role["MaxSessionDuration"],
        boundary=boundary_of(witness, name),
        boundary_document=_text(default_document(witness, installed.operator_boundary_arn)),
        attached_policies=tuple(sorted(policy["PolicyArn"] for policy in attached)),
        inline_policies=tuple(sorted(_text(document) for document in inline)),
    )


def same_rules(witness: Witness, installed: Installed, before: Rules) -> str:
    now = asdict(rules(witness, installed))
    changed = [name.replace("_", " ") for name, value in asdict(before).items() if now[name] != value]
    insist(not changed, f"Not as before: {', '.join(changed)}.")
    return f"As before: {', '.join(name.replace('_', ' ') for name in now)}."


def _text(document: object) -> str:
    return json.dumps(document, sort_keys=True)
