"""AWS's own prediction of what policies allow: the policy simulator of IAM. It carries nothing out.

AWS warns that what really happens can differ, so it is a second opinion beside `installer/policy/evaluate.py`, and not
the truth. The two are compared in `installer/policy/prediction.py`.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from installer.aws.clients import Aws
from installer.context import Context
from installer.errors import AwsError
from installer.policy.evaluate import Outcome
from installer.policy.request import Request, Value

CALL = "iam:SimulateCustomPolicy"
_ACTIONS_AT_ONCE = 50
_OUTCOMES = {"allowed": Outcome.ALLOWED, "explicitDeny": Outcome.EXPLICIT_DENY, "implicitDeny": Outcome.IMPLICIT_DENY}
_TYPES = {
    "aws:currenttime": "date",
    "aws:tokenissuetime": "date",
    "aws:epochtime": "numeric",
    "aws:multifactorauthage": "numeric",
    "aws:multifactorauthpresent": "boolean",
    "aws:principalisawsservice": "boolean",
    "aws:securetransport": "boolean",
    "aws:viaawsservice": "boolean",
    "aws:sourceip": "ip",
    "aws:vpcsourceip": "ip",
}
"""The types of the simulator for keys that are no text, by keys in lower case."""


@dataclass(frozen=True)
class Simulated:
    """What AWS predicts for one question. `outcome` is None where it was not asked or did not answer: `why` tells.

    `missing` are context keys that the policies ask for and the question did not name.
    """

    outcome: Outcome | None
    why: str = ""
    missing: tuple[str, ...] = ()
    request_id: str = ""


def simulate(
    aws: Aws, ctx: Context, identity: Sequence[str], boundary: str | None, requests: Sequence[Request]
) -> tuple[Simulated, ...]:
    """One answer for each request, in their order. Policies are JSON texts, of `identity` at least one.

    Questions about the same resource in the same context go into one call. Raises an `AwsError` where the call is not
    allowed or AWS is not reached; an action that AWS does not know costs its own answer only.
    """
    policies: dict[str, Any] = {"PolicyInputList": list(identity)}
    if boundary is not None:
        policies["PermissionsBoundaryPolicyInputList"] = [boundary]
    answers: dict[int, Simulated] = {}
    for numbers in _together(requests):
        answers |= _asked(aws, ctx, policies, {number: requests[number] for number in numbers})
    return tuple(answers[number] for number in range(len(requests)))


def _together(requests: Sequence[Request]) -> Iterator[list[int]]:
    """The numbers of the requests that can be asked in one call."""
    groups: dict[tuple[str, tuple[tuple[str, Value], ...]], list[int]] = {}
    for number, request in enumerate(requests):
        groups.setdefault((request.resource, tuple(sorted(request.values.items()))), []).append(number)
    for numbers in groups.values():
        for first in range(0, len(numbers), _ACTIONS_AT_ONCE):
            yield numbers[first : first + _ACTIONS_AT_ONCE]


def _asked(
    aws: Aws, ctx: Context, policies: Mapping[str, Any], requests: Mapping[int, Request]
) -> dict[int, Simulated]:
    try:
        return _answered(aws, ctx, policies, requests)
    except AwsError as error:
        if error.aws_code not in ("InvalidInput", "ValidationError"):
            raise
        if len(requests) == 1:
            return dict.fromkeys(requests, Simulated(None, f"AWS does not simulate it: {error.message}"))
    alone: dict[int, Simulated] = {}
    for number, request in requests.items():
        alone |= _asked(aws, ctx, policies, {number: request})
    return alone


def _answered(
    aws: Aws, ctx: Context, policies: Mapping[str, Any], requests: Mapping[int, Request]
) -> dict[int, Simulated]:
    one = next(iter(requests.values()))
    about: dict[str, Any] = {} if one.resource == "*" else {"ResourceArns": [one.resource]}
    entries = [_entry(key, value) for key, value in one.values.items() if value != ()]
    actions = list(dict.fromkeys(request.action for request in requests.values()))
    found: dict[str, Simulated] = {}
    marker: dict[str, Any] = {}
    while True:
        reply = aws.call(
            ctx, CALL, **policies, ActionNames=actions, **about, ContextEntries=entries, MaxItems=1000, **marker
        )
        for result in reply["EvaluationResults"]:
            found[str(result["EvalActionName"]).lower()] = _read(result, reply.request_id)
        if not reply.get("IsTruncated"):
            break
        marker = {"Marker": reply["Marker"]}
    nothing = Simulated(None, "AWS's answer does not speak of it.", request_id=reply.request_id)
    return {number: found.get(request.operation, nothing) for number, request in requests.items()}


def _read(result: Mapping[str, Any], request_id: str) -> Simulated:
    decision = str(result["EvalDecision"])
    missing = tuple(sorted(str(key) for key in result.get("MissingContextValues", ())))
    outcome = _OUTCOMES.get(decision)
    why = "" if outcome is not None else f"AWS answered {decision!r}, which is not known here."
    return Simulated(outcome, why, missing, request_id)


def _entry(key: str, value: Value) -> dict[str, Any]:
    kind = _TYPES.get(key, "string")
    if isinstance(value, str):
        return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": kind}
    return {"ContextKeyName": key, "ContextKeyValues": list(value), "ContextKeyType": f"{kind}List"}
