"""Gap: IAM calls that ministack accepts where AWS refuses, and `RoleLastUsed`.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html (NoSuchEntity)
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (MaxSessionDuration 3600 to 43200)
https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html (DeleteConflict)
https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ministack.services import iam

from installer.sandbox.aws.request import Handler, Reply
from installer.sandbox.aws.seams import Function, replaces

_GAP = "IAM calls"
_IAM = "ministack.services.iam"
Params = dict[str, Any]


def _refused(status: int, code: str, message: str) -> Reply:
    reply: Reply = iam._error(status, code, message, ns="iam")
    return reply


def _attach(original: Handler, params: Params) -> Reply:
    arn = iam._p(params, "PolicyArn")
    if not iam._policy_exists(arn):
        return _refused(404, "NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
    return original(params)


for _kind in ("Role", "User", "Group"):
    replaces(_IAM, f"_IAM_HANDLERS[Attach{_kind}Policy]", gap=_GAP)(_attach)


def _session_length(original: Handler, params: Params) -> Reply:
    given = iam._p(params, "MaxSessionDuration")
    if given and not 3600 <= int(given) <= 43200:
        bound = "greater than or equal to 3600" if int(given) < 3600 else "less than or equal to 43200"
        message = (
            f"1 validation error detected: Value '{given}' at 'maxSessionDuration' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )
        return _refused(400, "ValidationError", message)
    return original(params)


for _action in ("CreateRole", "UpdateRole"):
    replaces(_IAM, f"_IAM_HANDLERS[{_action}]", gap=_GAP)(_session_length)


@replaces(_IAM, "_IAM_HANDLERS[DeleteRole]", gap=_GAP)
@replaces(_IAM, "_delete_role", gap=_GAP)
def _delete_role(original: Handler, params: Params) -> Reply:
    """AWS says "must delete policies first" of inline policies."""
    status, headers, body = original(params)
    return status, headers, body.replace(b"must delete all inline policies first.", b"must delete policies first.")


@replaces(_IAM, "_role_xml", gap=_GAP)
def _role_xml(original: Function, name: str, boundary: bool = True) -> str:
    """`RoleLastUsed`, in the replies about one role only: list calls leave it out, like the boundary."""
    text = str(original(name, boundary))
    if not boundary:
        return text
    used = iam._roles[name].get("_last_used")
    if used is None:
        return f"{text}<RoleLastUsed/>"
    at = datetime.fromtimestamp(used[0], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{text}<RoleLastUsed><LastUsedDate>{at}</LastUsedDate><Region>{used[1]}</Region></RoleLastUsed>"
