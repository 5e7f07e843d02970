"""Gap: resources made through CloudFormation are not checked against the caller's permissions.

"CloudFormation uses a temporary session that's generated from your user credentials", or the service role of the stack.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
So each IAM call that a resource handler is about to make (stack_iam_calls.py) is evaluated for that principal.
Other resource types are not checked (docs/sandbox.md).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import cloudformation, iam

from installer.sandbox.aws import authorization
from installer.sandbox.aws.handler_errors import service_error
from installer.sandbox.aws.request import current
from installer.sandbox.aws.stack_iam_calls import Resource, calls

_CALLED_BY = {"aws:ViaAWSService": "true", "aws:CalledVia": ["cloudformation.amazonaws.com"]}


def check(operation: str, resource_type: str, arguments: tuple[Any, ...]) -> None:
    """Raise the handler's AccessDenied unless the stack's principal may do what `operation` is about to do.

    `operation` is the name of ministack's function for it, `arguments` what that function gets.
    """
    request = current()
    if request is None:
        return
    if operation == "_provision_keeping_seed":
        _, new, stack_name = arguments
        resource = Resource(resource_type, request.account_id, "", None, new)
    elif operation == "_update_keeping_seed":
        physical_id, old, new, stack_name = arguments[:4]
        resource = Resource(resource_type, request.account_id, physical_id, old, new)
    else:
        physical_id, old, stack_name = arguments[:3]
        resource = Resource(resource_type, request.account_id, physical_id, old, None)
    checks = tuple(check.knowing(_CALLED_BY) for check in calls(resource))
    role_arn = (cloudformation._stacks.get(stack_name) or {}).get("RoleARN")
    evaluate = partial(_as_role, role_arn) if role_arn else authorization.pristine_enforce
    denied = authorization.enforce_all(evaluate, request.access_key_id, "iam", request.region, checks)
    if denied is not None:
        denial = authorization.last_denial()
        raise service_error("Iam", "AccessDenied", denial.message() if denial else denied.message, 403)


def _as_role(
    role_arn: str, access_key_id: str, action: str, service: str, region: str, resource: str, context: dict[str, Any]
) -> Any:
    """Evaluate for the stack's service role instead of the caller."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    evaluated = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/AWSCloudFormation",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        service_context={"aws:tagkeys": None, **{key.lower(): value for key, value in context.items()}},
    )
    policies = iam_evaluator._gather_role_policies(name, account)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)
    result = iam_evaluator.evaluate(evaluated, policies, *limits)
    return None if result.decision == "Allow" else result
