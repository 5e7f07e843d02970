"""Gap: how long a session may last.

At most the role's maximum, at most one hour where a role assumes a role, never outside 15 minutes to 12 hours.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html (role chaining)
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services import iam, sts

from installer.sandbox.aws.request import AsyncHandler, Reply, current
from installer.sandbox.aws.seams import replaces

_SHORTEST, _LONGEST, _CHAINED, _DEFAULT = 900, 43200, 3600, 3600


@replaces("ministack.services.sts", "handle_request", gap="session duration")
async def _handle_request(original: AsyncHandler, *arguments: Any) -> Reply:
    request = current()
    if request is None or request.action not in ("AssumeRole", "AssumeRoleWithWebIdentity"):
        return await original(*arguments)
    asked = request.param("DurationSeconds") or str(request.payload.get("DurationSeconds", ""))
    invalid = _outside(asked)
    if invalid:
        return _refused(invalid)
    reply = await original(*arguments)
    if reply[0] >= 400 or not asked:
        return reply
    role_arn = request.param("RoleArn") or str(request.payload.get("RoleArn", ""))
    too_long = _too_long(int(asked), role_arn, request.access_key_id)
    if too_long:
        _forget(reply)
        return _refused(too_long)
    return reply


def _outside(asked: str) -> str:
    if not asked or _SHORTEST <= int(asked) <= _LONGEST:
        return ""
    bound = f"greater than or equal to {_SHORTEST}" if int(asked) < _SHORTEST else f"less than or equal to {_LONGEST}"
    return (
        f"1 validation error detected: Value '{asked}' at 'durationSeconds' failed to satisfy constraint: "
        f"Member must have value {bound}"
    )


def _too_long(asked: int, role_arn: str, access_key_id: str) -> str:
    """The refusal comes after authorization, so that it tells nobody which roles exist."""
    caller = sts._sessions.get(access_key_id) or {}
    if caller.get("PrincipalType") == "AssumedRole" and asked > _CHAINED:
        return "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    role = iam._roles.get_scoped(role_arn.split(":")[4], None, role_arn.rpartition("/")[2]) or {}
    if asked > int(role.get("MaxSessionDuration") or _DEFAULT):
        return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    return ""


def _forget(reply: Reply) -> None:
    match = re.search(rb"ASIA[A-Z0-9]+", reply[2])
    if match:
        sts._sessions.pop(match[0].decode(), None)


def _refused(message: str) -> Reply:
    reply: Reply = sts._error(400, "ValidationError", message, ns="sts")
    return reply
