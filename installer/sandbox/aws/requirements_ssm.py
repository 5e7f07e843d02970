"""What a Systems Manager request needs: commands and sessions are authorized on the machines they go to.

ministack knows parameters only and checks everything else on `*`, which no policy for machines covers.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
"""

from __future__ import annotations

from collections.abc import Iterator

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

_ON_MACHINES = ("SendCommand", "StartSession")
_SHELL = "SSM-SessionManagerRunShell"


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    if request.action not in _ON_MACHINES:
        return (asked,)
    machines = tuple(asked.on(_machine(request, machine)) for machine in _machines(request))
    return (asked.on(_document(request)), *machines)


def _machines(request: Request) -> Iterator[str]:
    """`*` stands for the machines of a target that names none, such as a tag."""
    yield from request.payload.get("InstanceIds") or ()
    if request.action == "StartSession":
        yield str(request.payload.get("Target", "*"))
    for target in request.payload.get("Targets") or ():
        by_id = str(target.get("Key", "")).lower() == "instanceids"
        yield from (target.get("Values") or ()) if by_id else ("*",)


def _machine(request: Request, machine: str) -> str:
    place = f"{request.region}:{request.account_id}"
    managed = machine.startswith("mi-")
    return f"arn:aws:ssm:{place}:managed-instance/{machine}" if managed else f"arn:aws:ec2:{place}:instance/{machine}"


def _document(request: Request) -> str:
    name = str(request.payload.get("DocumentName") or _SHELL)
    if name.startswith("arn:"):
        return name
    owner = "" if name.startswith("AWS-") else request.account_id
    return f"arn:aws:ssm:{request.region}:{owner}:document/{name}"
