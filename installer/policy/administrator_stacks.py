"""What CloudFormation does in the name of whoever asks for a stack: their permissions are looked at, not its own.

Derived from the types of the resources that the two stacks hold. "The caller must have the necessary permissions for
the resources being managed", and each of these calls carries `aws:CalledVia`, by which it is told from the same call
made by hand:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia
"""

from collections.abc import Iterable, Mapping
from typing import Any

from installer.names import Names
from installer.policy.administrator_duties import Duty, Place, boundary_is

STACKS = "cloudformation.amazonaws.com"
_BY_STACKS: Mapping[str, Any] = {"ForAnyValue:StringEquals": {"aws:CalledVia": STACKS}}

# What CloudFormation calls in the name of its caller for a resource of that type, from the `handlers` of the type's
# schema: aws cloudformation describe-type --type RESOURCE --type-name AWS::IAM::Role
# A template is refused that holds other types than these: `StackPlan.holds`.
HANDLERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AWS::IAM::ManagedPolicy": {
        "create": ("iam:CreatePolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy"),
        "read": ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListEntitiesForPolicy"),
        "delete": (
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:DetachGroupPolicy",
            "iam:DetachRolePolicy",
            "iam:DetachUserPolicy",
            "iam:GetPolicy",
            "iam:ListEntitiesForPolicy",
            "iam:ListPolicyVersions",
        ),
    },
    "AWS::IAM::Role": {
        "create": ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:GetRolePolicy", "iam:TagRole"),
        "read": ("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy"),
        "update": (
            "iam:AttachRolePolicy",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ),
        "delete": (
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
        ),
    },
}

NOT_NEEDED: Mapping[str, Mapping[str, str]] = {
    "AWS::IAM::ManagedPolicy": dict.fromkeys(
        [f"iam:{verb}{kind}Policy" for verb in ("Attach", "Detach") for kind in ("Group", "Role", "User")],
        "only for a policy whose template says to whom it is attached; the boundaries are attached to nobody",
    ),
    "AWS::IAM::Role": {"iam:DeleteRolePermissionsBoundary": "no plan of this program takes the boundary off the role"},
}
"""What a handler may call and is not granted, and why."""

_GRANTING = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
_UNDER_BOUNDARY = (
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
"""Actions at which IAM can ask which boundary the role has, or gets."""


def handled(resource_type: str, *phases: str) -> tuple[str, ...]:
    """What CloudFormation needs of its caller for a resource of that type, less what is not needed here."""
    wanted = {action for phase in phases for action in HANDLERS[resource_type].get(phase, ())}
    return tuple(sorted(wanted - NOT_NEEDED[resource_type].keys()))


def made(place: Place) -> tuple[Duty, ...]:
    """What CloudFormation does for install in the caller's name; also what it takes back when a stack fails."""
    names, role = place.names, handled("AWS::IAM::Role", "create", "read", "update", "delete")
    capped = {**boundary_is(names), **_BY_STACKS}
    granted = {**capped, "ArnEquals": {"iam:PolicyARN": list(place.grants)}}
    rest = [action for action in role if action not in (*_GRANTING, *_UNDER_BOUNDARY)]
    return (
        _stacked(
            "StackBoundaries",
            "Lets CloudFormation make your two boundaries, and clear them away when it fails.",
            handled("AWS::IAM::ManagedPolicy", "create", "read", "delete"),
            (names.operator_boundary_arn, names.workload_boundary_arn),
        ),
        _stacked(
            "StackCappedRole",
            "Lets CloudFormation make the vendor's role, only under your boundary, and write its permissions.",
            [action for action in role if action in _UNDER_BOUNDARY],
            (names.operator_role_arn,),
            capped,
        ),
        _stacked(
            "StackGrants",
            "Lets CloudFormation attach to that role the managed policies that the invitation names, and no others.",
            _GRANTING,
            (names.operator_role_arn,),
            granted,
        ),
        _stacked(
            "StackRole",
            "Lets CloudFormation read, tag and change the vendor's role, and clear it away when it fails.",
            rest,
            (names.operator_role_arn,),
        ),
    )


def unmade(names: Names) -> tuple[Duty, ...]:
    return (
        _stacked(
            "StackRole",
            "Lets CloudFormation delete the vendor's role with its policies.",
            handled("AWS::IAM::Role", "read", "delete"),
            (names.operator_role_arn,),
        ),
        _stacked(
            "StackBoundaries",
            "Lets CloudFormation delete your two boundaries when nothing needs them any more.",
            handled("AWS::IAM::ManagedPolicy", "read", "delete"),
            (names.operator_boundary_arn, names.workload_boundary_arn),
        ),
    )


def _stacked(
    sid: str, why: str, actions: Iterable[str], resources: tuple[str, ...], condition: Mapping[str, Any] = _BY_STACKS
) -> Duty:
    return Duty(sid, why, tuple(actions), resources, condition=condition)
