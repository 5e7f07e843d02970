"""Gap: who may do what. One request may need several permissions, on the right ARNs, with the right condition keys.

ministack checks one action on one, sometimes wrong, resource. Here a request becomes a list of `Check`s, each evaluated
by ministack's own policy engine with the caller's credentials, and a denial says which kind of policy decided.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
What a request needs is in requirements.py, condition keys of the caller in principal_keys.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator

from installer.sandbox.aws import requirements
from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import current
from installer.sandbox.aws.resource_tags import resource_tags
from installer.sandbox.aws.seams import Function, replaces

_GAP = "permissions of one request"
_EVALUATOR = "ministack.core.iam_evaluator"
_ACTIONS = "ministack.core.iam_actions"
pristine_enforce: Function = iam_evaluator.enforce


class Layer(list[Any]):
    """One kind of policy that limits a principal, named for the message of a denial."""

    def __init__(self, name: str, policies: list[Any]) -> None:
        super().__init__(policies)
        self.name = name


@dataclass(frozen=True)
class Denial:
    """Why a check failed: the layer that decided, and whether by an explicit deny."""

    check: Check
    principal_arn: str
    explicit: bool
    layer: str

    def message(self) -> str:
        """The sentence of AWS; see "Troubleshoot access denied error messages" in the IAM user guide."""
        article = "an" if self.layer[0] in "aeiou" else "a"
        reason = (
            f"with an explicit deny in {article} {self.layer}"
            if self.explicit
            else f"because no {self.layer} allows the {self.check.action} action"
        )
        return (
            f"User: {self.principal_arn} is not authorized to perform: {self.check.action} "
            f"on resource: {self.check.resource} {reason}"
        )


_denial: ContextVar[Denial | None] = ContextVar("houseguest_denial", default=None)


def last_denial() -> Denial | None:
    return _denial.get()


@replaces(_EVALUATOR, "_permissions_boundary", gap=_GAP)
def _permissions_boundary(original: Function, *arguments: Any) -> list[Layer]:
    return [Layer("permissions boundary", limit) for limit in original(*arguments)]


@replaces(_EVALUATOR, "_session_policy_limits", gap=_GAP)
def _session_policies(original: Function, *arguments: Any) -> list[Layer]:
    return [Layer("session policy", limit) for limit in original(*arguments)]


@replaces(_EVALUATOR, "evaluate", gap=_GAP)
def _evaluate(original: Function, context: Any, policies: list[Any], *limits: Any) -> Any:
    """The same decision; `reason` names the layer it came from."""
    result = original(context, policies, *limits)
    if result.decision != "Allow":
        result.reason = _deciding_layer(context, result.decision == "Deny", [policies, *limits])
    return result


def _deciding_layer(context: Any, explicit: bool, layers: list[Any]) -> str:
    effect = "Deny" if explicit else "Allow"
    for layer in layers:
        matched = iam_evaluator._first_match(context, [statement for policy in layer for statement in policy], effect)
        if (matched is not None) is explicit:
            return str(getattr(layer, "name", "identity-based policy"))
    return "identity-based policy"


@replaces(_EVALUATOR, "enforce", gap=_GAP)
def _enforce(
    original: Function,
    access_key_id: str,
    iam_action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Mapping[str, Any] | None = None,
) -> Any:
    asked = Check(iam_action, resource_arn, dict(service_context or {}))
    request = current()
    checks = requirements.of(request, asked) if request is not None and request.service == service else (asked,)
    return enforce_all(original, access_key_id, service, region, checks)


def enforce_all(evaluate: Function, access_key_id: str, service: str, region: str, checks: tuple[Check, ...]) -> Any:
    """The first denial or authentication failure, else `None`."""
    _denial.set(None)
    for check in checks:
        context = {**resource_tags(check.resource), **check.context}
        denied = evaluate(access_key_id, check.action, service, region, check.resource, context)
        if isinstance(denied, iam_evaluator.EvalResult):
            layer = "resource-based policy" if denied.resource_policy_arn else denied.reason
            _denial.set(Denial(check, denied.principal_arn, denied.decision == "Deny", layer))
        if denied is not None:
            return denied
    return None


@replaces(_ACTIONS, "access_denied_response", gap=_GAP)
def _access_denied_response(original: Function, service: str, action: str, *arguments: Any, **options: Any) -> Any:
    denial = last_denial()
    if denial is None or options.get("error_code") or options.get("message"):
        return original(service, action, *arguments, **options)
    message = denial.message()
    if service == "ec2":
        message = f"You are not authorized to perform this operation. {message}."
    return original(service, denial.check.action, *arguments, **{**options, "message": message})


@replaces(_ACTIONS, "identity_denial_message", gap=_GAP)
def _identity_denial_message(original: Function, *arguments: Any, **options: Any) -> str:
    """Systems Manager and Logs word their denials by this; the deciding layer is told there too."""
    denial = last_denial()
    return denial.message() if denial else str(original(*arguments, **options))
