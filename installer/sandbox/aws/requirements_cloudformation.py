"""What a CloudFormation request needs: the stack's own ARN, and the `cloudformation:` condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
What the resources inside a stack need is checked when they are made: stack_caller.py.
"""

from __future__ import annotations

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

_KEYS = {
    "ChangeSetName": "cloudformation:ChangeSetName",
    "RoleARN": "cloudformation:RoleArn",
    "StackPolicyURL": "cloudformation:StackPolicyUrl",
    "TemplateURL": "cloudformation:TemplateUrl",
}


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    keys = {key: request.param(name) for name, key in _KEYS.items() if request.param(name)}
    return (asked.on(_stack_arn(request)).knowing(keys),)


def _stack_arn(request: Request) -> str:
    name = request.param("StackName")
    change_set = request.param("ChangeSetName")
    if not name and change_set:
        _, found = changesets._find_change_set(change_set)
        name = found["StackId"] if found else change_set
    if not name:
        return "*"
    stack = handlers._resolve_stack(name)
    if stack is not None and stack.get("StackStatus") != "DELETE_COMPLETE":
        return str(stack["StackId"])
    return (
        name
        if name.startswith("arn:")
        else f"arn:aws:cloudformation:{request.region}:{request.account_id}:stack/{name}/*"
    )


def stack_tags(stack_id: str) -> dict[str, str]:
    for stack in cloudformation._stacks.values():
        if stack.get("StackId") == stack_id:
            return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}
    return {}
