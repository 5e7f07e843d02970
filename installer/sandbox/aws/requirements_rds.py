"""What an RDS request needs: the instance that is made or changed, and the one, or the snapshot, that it comes from.

ministack looks at the first alone, so that a copy of a database would be permitted by the name of the copy.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
"""

from __future__ import annotations

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

_KINDS = {
    "DBInstanceIdentifier": "db",
    "DBSnapshotIdentifier": "snapshot",
    "SourceDBInstanceIdentifier": "db",
    "SourceDBSnapshotIdentifier": "snapshot",
    "TargetDBSnapshotIdentifier": "snapshot",
}


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    if request.action.startswith("Describe"):
        return (asked,)
    named = [(kind, request.param(name)) for name, kind in _KINDS.items() if request.param(name)]
    return tuple(asked.on(_arn(request, kind, name)) for kind, name in named) or (asked,)


def _arn(request: Request, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:rds:{request.region}:{request.account_id}:{kind}:{name}"
