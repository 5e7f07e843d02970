"""Gap: the policy simulator ignores boundaries and context.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
Resource policies and organisation policies in the input are not evaluated (docs/sandbox.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import iam

from installer.sandbox.aws.principal_keys import SIMULATED
from installer.sandbox.aws.request import Handler, Reply
from installer.sandbox.aws.seams import replaces

_GAP = "policy simulation"
_IAM = "ministack.services.iam"
_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
Params = dict[str, Any]
Policies = list[Any]


def _members(params: Params, name: str) -> Iterator[str]:
    index = 1
    while value := iam._p(params, f"{name}.member.{index}"):
        yield value
        index += 1


def _context(params: Params) -> dict[str, Any]:
    found: dict[str, Any] = {}
    index = 1
    while name := iam._p(params, f"ContextEntries.member.{index}.ContextKeyName"):
        values = list(_members(params, f"ContextEntries.member.{index}.ContextKeyValues"))
        kind = iam._p(params, f"ContextEntries.member.{index}.ContextKeyType")
        found[name.lower()] = values if kind.endswith("List") else values[0]
        index += 1
    return found


def _documents(params: Params, name: str) -> Policies:
    return [iam_evaluator.parse_policy_document(document) for document in _members(params, name)]


@replaces(_IAM, "_IAM_HANDLERS[SimulateCustomPolicy]", gap=_GAP)
def _simulate_custom_policy(original: Handler, params: Params) -> Reply:
    boundary = _documents(params, "PermissionsBoundaryPolicyInputList")
    caller = iam._p(params, "CallerArn") or f"arn:aws:iam::{responses.get_account_id()}:user/simulated"
    return _answer(params, "SimulateCustomPolicy", caller, _documents(params, "PolicyInputList"), boundary)


@replaces(_IAM, "_IAM_HANDLERS[SimulatePrincipalPolicy]", gap=_GAP)
def _simulate_principal_policy(original: Handler, params: Params) -> Reply:
    arn = iam._p(params, "PolicySourceArn")
    kind, _, path = arn.rpartition(":")[2].partition("/")
    name, account = path.rpartition("/")[2], responses.get_account_id()
    stores = {"role": iam._roles, "user": iam._users, "group": iam._groups}
    if kind not in stores or name not in stores[kind]:
        reply: Reply = iam._error(404, "NoSuchEntity", f"The {kind or 'entity'} {arn} cannot be found.", ns="iam")
        return reply
    gather = iam_evaluator._gather_role_policies if kind == "role" else iam_evaluator._gather_user_policies
    given = _documents(params, "PermissionsBoundaryPolicyInputList")
    own = iam_evaluator._permissions_boundary(stores[kind], name, account)
    policies = [*gather(name, account), *_documents(params, "PolicyInputList")]
    caller = iam._p(params, "CallerArn") or arn
    return _answer(params, "SimulatePrincipalPolicy", caller, policies, given or (list(own[0]) if own else []))


def _answer(params: Params, operation: str, caller: str, policies: Policies, boundary: Policies) -> Reply:
    actions = list(_members(params, "ActionNames"))
    wild = next((action for action in actions if "*" in action or "?" in action or ":" not in action), None)
    if wild is not None or not actions:
        reply: Reply = iam._error(400, "InvalidInput", f"Invalid action name: {wild}", ns="iam")
        return reply
    context = _context(params)
    missing = sorted(_keys_asked([*policies, *boundary]) - context.keys() - _ALWAYS_KNOWN)
    results = "".join(
        _result(action, resource, _evaluated(action, resource, caller, context), policies, boundary, missing)
        for action in actions
        for resource in list(_members(params, "ResourceArns")) or ["*"]
    )
    inner = f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"
    answer: Reply = iam._xml(200, f"{operation}Response", f"<{operation}Result>{inner}</{operation}Result>", ns="iam")
    return answer


_ALWAYS_KNOWN = frozenset({"aws:currenttime", "aws:epochtime", "aws:principalarn", "aws:principalaccount"})


def _keys_asked(policies: Policies) -> set[str]:
    return {
        key.lower()
        for policy in policies
        for statement in policy
        for block in statement.conditions.values()
        if isinstance(block, dict)
        for key in block
    }


def _evaluated(action: str, resource: str, caller: str, context: dict[str, Any]) -> Any:
    account = caller.split(":")[4] if caller.count(":") > 4 else responses.get_account_id()
    return iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="User",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=None,
        service_context={"aws:tagkeys": None, **context, SIMULATED: True},
    )


def _result(
    action: str, resource: str, evaluated: Any, policies: Policies, boundary: Policies, missing: list[str]
) -> str:
    result = iam_evaluator.evaluate(evaluated, policies, *([boundary] if boundary else []))
    detail = ""
    if boundary:
        alone = iam_evaluator.evaluate(evaluated, boundary).decision == "Allow"
        allowed = f"<AllowedByPermissionsBoundary>{str(alone).lower()}</AllowedByPermissionsBoundary>"
        detail = f"<PermissionsBoundaryDecisionDetail>{allowed}</PermissionsBoundaryDecisionDetail>"
    keys = "".join(f"<member>{escape(key)}</member>" for key in missing)
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{_DECISIONS[result.decision]}</EvalDecision><MatchedStatements/>"
        f"<MissingContextValues>{keys}</MissingContextValues>{detail}</member>"
    )
