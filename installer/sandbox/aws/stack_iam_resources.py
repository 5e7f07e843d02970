"""Gap: IAM resources of a stack.

ministack ignores `PermissionsBoundary`, takes over roles and policies of the same name, and deletes roles that carry
policies from elsewhere and policies that are still a boundary. The handlers here end like the IAM calls they stand for.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html, API_DeletePolicy.html (DeleteConflict)
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudformation, iam
from ministack.services.cloudformation import provisioners

from installer.sandbox.aws.handler_errors import HandlerError, raise_for, service_error
from installer.sandbox.aws.seams import Function, relies_on, replaces

_GAP = "IAM resources of a stack"
_PROVISIONERS = "ministack.services.cloudformation.provisioners"
_ROLE = "AWS::IAM::Role"
_POLICY = "AWS::IAM::ManagedPolicy"
Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]

relies_on(_PROVISIONERS, "_STACK_TAG_PROPERTY", gap=_GAP)


def _refuse_taken_name(resource_type: str, identifier: str, exists: bool) -> None:
    if not exists:
        return
    for stack in cloudformation._stacks.values():
        for resource in stack.get("_resources", {}).values():
            if resource.get("ResourceType") == resource_type and resource.get("PhysicalResourceId") == identifier:
                raise ValueError(f"{identifier} already exists in stack {stack['StackId']}")
    message = f"Resource of type '{resource_type}' with identifier '{identifier}' already exists."
    raise HandlerError(message, "AlreadyExists")


def _refuse_missing_policy(policy_arn: str) -> None:
    if not iam._policy_exists(policy_arn):
        message = f"Policy {policy_arn} does not exist or is not attachable."
        raise service_error("Iam", "NoSuchEntity", message, 404)


def _refuse_bad_role(properties: Properties) -> None:
    if properties.get("PermissionsBoundary"):
        raise_for(iam._boundary_policy_error(properties["PermissionsBoundary"]) or (200, {}, b""))
    for policy_arn in properties.get("ManagedPolicyArns") or ():
        _refuse_missing_policy(policy_arn)
    seconds = int(properties.get("MaxSessionDuration") or 3600)
    if not 3600 <= seconds <= 43200:
        raise HandlerError("#/MaxSessionDuration: must be between 3600 and 43200", "InvalidRequest")


@replaces(_PROVISIONERS, "_RESOURCE_HANDLERS[AWS::IAM::Role][create]", gap=_GAP)
def _create_role(original: Function, logical_id: str, properties: Properties, stack_name: str) -> Made:
    name = properties.get("RoleName")
    _refuse_taken_name(_ROLE, str(name), bool(name) and name in iam._roles)
    _refuse_bad_role(properties)
    made: Made = original(logical_id, properties, stack_name)
    iam._roles[made[0]]["PermissionsBoundary"] = properties.get("PermissionsBoundary")
    return made


@replaces(_PROVISIONERS, "_RESOURCE_HANDLERS[AWS::IAM::Role][update]", gap=_GAP)
def _update_role(original: Function, physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:
    if physical_id not in iam._roles:
        message = f"The role with name {physical_id} cannot be found."
        raise service_error("Iam", "NoSuchEntity", message, 404)
    _refuse_bad_role(new)
    made: Made = original(physical_id, old, new, *rest)
    if old.get("PermissionsBoundary") != new.get("PermissionsBoundary") or made[0] != physical_id:
        iam._roles[made[0]]["PermissionsBoundary"] = new.get("PermissionsBoundary")
    return made


@replaces(_PROVISIONERS, "_RESOURCE_HANDLERS[AWS::IAM::Role][delete]", gap=_GAP)
def _delete_role(original: Function, physical_id: str, properties: Properties) -> None:
    """Take away what the template put on the role, then delete it; what others put on it makes that fail."""
    role = iam._roles.get(physical_id)
    if role is None:
        return
    for policy_arn in properties.get("ManagedPolicyArns") or ():
        iam.detach_managed_policy(role, policy_arn)
    for policy in properties.get("Policies") or ():
        role["InlinePolicies"].pop(policy.get("PolicyName"), None)
    raise_for(iam._delete_role({"RoleName": [physical_id]}))


@replaces(_PROVISIONERS, "_RESOURCE_HANDLERS[AWS::IAM::ManagedPolicy][create]", gap=_GAP)
def _create_policy(original: Function, logical_id: str, properties: Properties, stack_name: str) -> Made:
    _refuse_bad_policy(logical_id, properties)
    name = properties.get("ManagedPolicyName")
    if name:
        arn = f"arn:aws:iam::{responses.get_account_id()}:policy{properties.get('Path') or '/'}{name}"
        _refuse_taken_name(_POLICY, arn, arn in iam._policies)
    made: Made = original(logical_id, properties, stack_name)
    return made


@replaces(_PROVISIONERS, "_RESOURCE_HANDLERS[AWS::IAM::ManagedPolicy][update]", gap=_GAP)
def _update_policy(original: Function, physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:
    _refuse_bad_policy(physical_id, new)
    made: Made = original(physical_id, old, new, *rest)
    return made


@replaces(_PROVISIONERS, "_RESOURCE_HANDLERS[AWS::IAM::ManagedPolicy][delete]", gap=_GAP)
def _delete_policy(original: Function, physical_id: str, properties: Properties) -> None:
    policy = iam._policies.get(physical_id)
    if policy is None:
        return
    provisioners._iam_policy_reconcile_entities(physical_id, properties, {})
    for version_id in [v for v, version in policy["Versions"].items() if not version["IsDefaultVersion"]]:
        raise_for(iam._delete_policy_version({"PolicyArn": [physical_id], "VersionId": [version_id]}))
    raise_for(iam._delete_policy({"PolicyArn": [physical_id]}))


def _refuse_bad_policy(resource_id: str, properties: Properties) -> None:
    """The type has no `Tags`, and stack tags do not reach it: whoever wants a policy tagged calls `TagPolicy`."""
    if "Tags" in properties:
        raise ValueError(
            f"Properties validation failed for resource {resource_id} with message: "
            "#: extraneous key [Tags] is not permitted"
        )
    fault = iam_evaluator.validate_policy_document(properties.get("PolicyDocument"))
    if fault:
        raise service_error("Iam", "MalformedPolicyDocument", fault, 400)
