"""Gap: repeated requests, service roles, and two states in which AWS refuses a change set.

A request repeated with the same token is the same request; the same token with other parameters is an error.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (ClientRequestToken)
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (ClientToken)
A service role, given once, stays with the stack and acts instead of the caller.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudformation, iam
from ministack.services.cloudformation import changesets, handlers, helpers

from installer.sandbox.aws.request import Handler, Reply
from installer.sandbox.aws.seams import replaces

_GAP = "repeated stack requests and service roles"
_MODULE = "ministack.services.cloudformation"
Params = dict[str, Any]

# What was answered, by account, region, action, stack and token.
_answered: dict[tuple[str, ...], tuple[str, Reply]] = {}


def _param(params: Params, name: str) -> str:
    return str(helpers._p(params, name))


def _refused(code: str, message: str) -> Reply:
    reply: Reply = helpers._error(code, message)
    return reply


def _once(action: str, token: str, original: Handler, params: Params) -> Reply:
    """Run `original`, or repeat its answer where this token was seen before."""
    if not token:
        return original(params)
    asked = json.dumps({key: value for key, value in params.items() if not key.startswith("Client")}, sort_keys=True)
    key = (responses.get_account_id(), responses.get_region(), action, _scope(action, params), token)
    known = _answered.get(key)
    if known is None:
        reply = original(params)
        if reply[0] < 400:
            _answered[key] = (asked, reply)
        return reply
    if known[0] != asked:
        return _refused("TokenAlreadyExistsException", f"A client request token already exists: {token}")
    return known[1]


def _scope(action: str, params: Params) -> str:
    """The stack a token belongs to, so that a token for a stack that is gone does not answer for its successor."""
    name = _param(params, "StackName")
    if action == "ExecuteChangeSet":
        _, change_set = changesets._find_change_set(_param(params, "ChangeSetName"), name)
        return str(change_set["StackId"]) if change_set else name
    stack = handlers._resolve_stack(name) if action == "DeleteStack" else None
    return str(stack["StackId"]) if stack else name


def _service_role_error(params: Params) -> Reply | None:
    arn = _param(params, "RoleARN")
    if not arn:
        return None
    role = iam._roles.get(arn.rpartition("/")[2])
    document = json.loads(role["AssumeRolePolicyDocument"]) if role and role["Arn"] == arn else {}
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        if iam_evaluator._service_principal_matches(principal, "cloudformation.amazonaws.com"):
            return None
    return _refused("ValidationError", f"Role {arn} is invalid or cannot be assumed")


def _with_role(params: Params, original: Handler) -> Reply:
    error = _service_role_error(params)
    if error is not None:
        return error
    reply: Reply = original(params)
    arn = _param(params, "RoleARN")
    if arn and reply[0] < 400:
        stack = handlers._resolve_stack(_param(params, "StackName"))
        if stack is not None:
            stack["RoleARN"] = arn
    return reply


def _keep_deleted(stack: dict[str, Any] | None) -> None:
    """A deleted stack stays known by its id when another takes its name; ministack would overwrite it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html (StackName)
    """
    if stack is not None and stack["StackStatus"] == "DELETE_COMPLETE":
        cloudformation._stacks[stack["StackId"]] = stack


@replaces(_MODULE, "_ACTION_HANDLERS[CreateStack]", gap=_GAP)
def _create_stack(original: Handler, params: Params) -> Reply:
    existing = cloudformation._stacks.get(_param(params, "StackName"))

    def create(given: Params) -> Reply:
        if existing is not None and existing["StackStatus"] == "ROLLBACK_COMPLETE":
            return _refused("AlreadyExistsException", f"Stack [{existing['StackName']}] already exists")
        _keep_deleted(existing)
        return _with_role(given, original)

    return _once("CreateStack", _param(params, "ClientRequestToken"), create, params)


@replaces(_MODULE, "_ACTION_HANDLERS[UpdateStack]", gap=_GAP)
def _update_stack(original: Handler, params: Params) -> Reply:
    token = _param(params, "ClientRequestToken")
    return _once("UpdateStack", token, lambda given: _with_role(given, original), params)


@replaces(_MODULE, "_ACTION_HANDLERS[DeleteStack]", gap=_GAP)
def _delete_stack(original: Handler, params: Params) -> Reply:
    def delete(given: Params) -> Reply:
        stack = handlers._resolve_stack(_param(given, "StackName"))
        if stack is not None and _param(given, "RoleARN"):
            stack["RoleARN"] = _param(given, "RoleARN")
        if stack is not None and stack["StackStatus"] == "DELETE_IN_PROGRESS":
            accepted: Reply = helpers._xml(200, "DeleteStackResponse", "")
            return accepted
        return original(given)

    return _once("DeleteStack", _param(params, "ClientRequestToken"), delete, params)


@replaces(_MODULE, "_ACTION_HANDLERS[ExecuteChangeSet]", gap=_GAP)
def _execute_change_set(original: Handler, params: Params) -> Reply:
    return _once("ExecuteChangeSet", _param(params, "ClientRequestToken"), original, params)


@replaces(_MODULE, "_ACTION_HANDLERS[CreateChangeSet]", gap=_GAP)
def _create_change_set(original: Handler, params: Params) -> Reply:
    def create(given: Params) -> Reply:
        return _into_the_same_review(given, lambda again: _with_role(again, original))

    return _once("CreateChangeSet", _param(params, "ClientToken"), create, params)


def _into_the_same_review(params: Params, original: Handler) -> Reply:
    """A further CREATE change set goes to the stack in review; ministack would replace that stack.

    A stack in ROLLBACK_COMPLETE can only be deleted.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html (stack status codes)
    """
    name = _param(params, "StackName")
    stack = handlers._resolve_stack(name)
    _keep_deleted(stack)
    if stack is None or _param(params, "ChangeSetType") != "CREATE":
        return original(params)
    if stack["StackStatus"] == "ROLLBACK_COMPLETE":
        message = f"Stack:{stack['StackId']} is in ROLLBACK_COMPLETE state and can not be updated."
        return _refused("ValidationError", message)
    if stack["StackStatus"] != "REVIEW_IN_PROGRESS":
        return original(params)
    status, headers, body = original(params)
    made = cloudformation._stacks.get(name)
    if made is stack:
        return status, headers, body
    cloudformation._stacks[name] = stack
    if made is None:
        return status, headers, body
    cloudformation._stack_events.pop(made["StackId"], None)
    for change_set in cloudformation._change_sets.values():
        if change_set["StackId"] == made["StackId"]:
            change_set["StackId"] = stack["StackId"]
    return status, headers, body.replace(made["StackId"].encode(), stack["StackId"].encode())


@replaces(_MODULE, "_ACTION_HANDLERS[DescribeStacks]", gap=_GAP)
def _describe_stacks(original: Handler, params: Params) -> Reply:
    """Add the service role to each stack that has one."""
    status, headers, body = original(params)
    roles = {s["StackId"]: s["RoleARN"] for s in cloudformation._stacks.values() if s.get("RoleARN")}

    def add(match: re.Match[str]) -> str:
        role = roles.get(match[1])
        return f"{match[0]}<RoleARN>{role}</RoleARN>" if role else match[0]

    text = re.sub(r"<StackId>([^<]+)</StackId>", add, body.decode())
    return status, headers, text.encode()
