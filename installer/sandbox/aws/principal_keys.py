"""Gap: what a policy may know of the caller.

`aws:PrincipalArn` of a session is the ARN of its role, with its path.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
A session belongs to the role it was made from: when that role is deleted and another takes its name, the old session
gets nothing from the new one, because the unique id differs.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

import time
from typing import Any

from ministack.core import responses
from ministack.services import iam, sts

from installer.sandbox.aws.seams import Function, replaces

_GAP = "the caller's condition keys"
# Marks an evaluation whose given context stands before what is really so: the time, the region, the caller.
SIMULATED = "houseguest:simulated"
_EVALUATOR = "ministack.core.iam_evaluator"


def role_of(assumed_role_arn: str) -> dict[str, Any] | None:
    """The record of the role behind `arn:aws:sts::<account>:assumed-role/<role>/<session>`, if it still exists."""
    parts = assumed_role_arn.split(":", 5)
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return None
    role: dict[str, Any] | None = iam._roles.get_scoped(parts[4], None, parts[5].split("/")[1])
    return role


@replaces(_EVALUATOR, "_resolve_condition_key", gap=_GAP)
def _resolve_condition_key(original: Function, key: str, context: Any) -> Any:
    name = key.lower()
    if SIMULATED in context.service_context and name in context.service_context:
        return context.service_context[name]
    if name == "aws:principalarn":
        role = role_of(context.principal_arn)
        return role["Arn"] if role else context.principal_arn
    if name == "aws:viaawsservice":
        return context.service_context.get(name, "false")
    return original(key, context)


@replaces(_EVALUATOR, "resolve_principal", gap=_GAP)
def _resolve_principal(original: Function, access_key_id: str, account_id: str, credential: Any = None) -> Any:
    principal = original(access_key_id, account_id, credential)
    if getattr(principal, "type", "") != "AssumedRole":
        return principal
    role = role_of(principal.arn)
    session = sts._sessions.get(access_key_id) or {}
    if role is None or not str(session.get("UserId", "")).startswith(f"{role['RoleId']}:"):
        principal.policies = []
    else:
        role["_last_used"] = (time.time(), responses.get_region())
    return principal
