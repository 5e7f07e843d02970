"""What is made through a stack needs the caller's permission: identity policies, boundary and session together.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.support import stacks
from tests.sandbox.support.actors import CUSTOMER, DEPLOYER, Actor, Roles, allow, deny, document, trust
from tests.sandbox.support.stacks import resource, template

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
READ = json.loads(document(allow("s3:Get*")))
TRUST = json.loads(trust(DEPLOYER))
STACKS = allow("cloudformation:*")


def refused(cfn: Any, name: str, body: str) -> str:
    stack, status = stacks.create(cfn, name, body)
    assert status == "ROLLBACK_COMPLETE"
    return stacks.reasons(cfn, stack, "CREATE_FAILED")


def test_without_permission_the_resource_fails(acting: Callable[..., Actor], name: str) -> None:
    """The caller may make stacks, not roles."""
    cfn = acting(STACKS)("cloudformation")
    body = template(Role=resource(ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST))
    reason = refused(cfn, name, body)
    assert "is not authorized to perform: iam:CreateRole" in reason
    assert f"on resource: arn:aws:iam::{CUSTOMER}:role/{name}" in reason
    assert "because no identity-based policy allows the iam:CreateRole action" in reason
    assert "HandlerErrorCode: AccessDenied" in reason


def test_the_callers_boundary_counts(acting: Callable[..., Actor], roles: Roles, name: str) -> None:
    """An allowed identity policy is not enough under a boundary that does not allow it."""
    boundary = roles.policy("limit", STACKS, allow("s3:*"))
    cfn = acting(allow("*"), boundary=boundary)("cloudformation")
    reason = refused(cfn, name, template(Policy=resource(POLICY, ManagedPolicyName=name, PolicyDocument=READ)))
    assert "because no permissions boundary allows the iam:CreatePolicy action" in reason


def test_the_callers_session_policy_counts(vendor: Actor, roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session"""
    role = roles.role("wide", allow("*"))
    session = vendor.assume(role, Policy=document(STACKS))
    reason = refused(
        session("cloudformation"), name, template(Policy=resource(POLICY, ManagedPolicyName=name, PolicyDocument=READ))
    )
    assert "because no session policy allows the iam:CreatePolicy action" in reason


def test_a_required_boundary_is_required_through_stacks_too(
    acting: Callable[..., Actor], roles: Roles, name: str
) -> None:
    """`iam:PermissionsBoundary` of a role that a stack makes is the boundary in the template.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PermissionsBoundary
    """
    workload = roles.policy("workload", allow("s3:*"))
    only_bounded = allow(
        "iam:CreateRole", "iam:PutRolePolicy", Condition={"StringEquals": {"iam:PermissionsBoundary": workload}}
    )
    cfn = acting(STACKS, allow("iam:Get*", "iam:Delete*", "iam:TagRole"), only_bounded)("cloudformation")
    inline = [{"PolicyName": "p", "PolicyDocument": READ}]
    bare = template(Role=resource(ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST, Policies=inline))
    assert "iam:CreateRole" in refused(cfn, f"{name}-bare", bare)
    bounded = template(
        Role=resource(
            ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST, Policies=inline, PermissionsBoundary=workload
        )
    )
    assert stacks.create(cfn, name, bounded)[1] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("denied", "change"),
    [
        (
            "iam:UpdateAssumeRolePolicy",
            {"AssumeRolePolicyDocument": json.loads(trust({"Service": "ec2.amazonaws.com"}))},
        ),
        ("iam:PutRolePermissionsBoundary", {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("iam:AttachRolePolicy", {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}),
        ("iam:PutRolePolicy", {"Policies": [{"PolicyName": "p", "PolicyDocument": READ}]}),
        ("iam:UpdateRole", {"MaxSessionDuration": 43200}),
    ],
)
def test_a_denied_change_of_a_role_is_denied_through_stacks(
    acting: Callable[..., Actor], name: str, denied: str, change: dict[str, Any]
) -> None:
    """Each property change is its own IAM call."""
    cfn = acting(allow("*"), deny(denied))("cloudformation")
    plain = {"RoleName": name, "AssumeRolePolicyDocument": TRUST}
    assert stacks.create(cfn, name, template(Role=resource(ROLE, **plain)))[1] == "CREATE_COMPLETE"
    assert stacks.update(cfn, name, template(Role=resource(ROLE, **{**plain, **change}))) == "UPDATE_ROLLBACK_COMPLETE"
    reason = stacks.reasons(cfn, name, "UPDATE_FAILED")
    assert f"is not authorized to perform: {denied}" in reason
    assert "with an explicit deny in an identity-based policy" in reason


@pytest.mark.parametrize(("denied", "kind"), [("iam:DeleteRole", ROLE), ("iam:DeletePolicy", POLICY)])
def test_a_denied_delete_is_denied_through_stacks(
    acting: Callable[..., Actor], name: str, denied: str, kind: str
) -> None:
    """The stack ends in DELETE_FAILED and the resource stays."""
    cfn = acting(allow("*"), deny(denied))("cloudformation")
    properties = {
        ROLE: {"RoleName": name, "AssumeRolePolicyDocument": TRUST},
        POLICY: {"ManagedPolicyName": name, "PolicyDocument": READ},
    }[kind]
    stack, status = stacks.create(cfn, name, template(Thing=resource(kind, **properties)))
    assert status == "CREATE_COMPLETE"
    assert stacks.delete(cfn, stack) == "DELETE_FAILED"
    assert f"is not authorized to perform: {denied}" in stacks.reasons(cfn, stack, "DELETE_FAILED")


def test_an_instance_profile_passes_its_role(acting: Callable[..., Actor], roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    role = roles.role("node", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    cfn = acting(allow("cloudformation:*", "iam:*InstanceProfile*"))("cloudformation")
    body = template(Profile=resource("AWS::IAM::InstanceProfile", InstanceProfileName=name, Roles=[f"{name}-node"]))
    reason = refused(cfn, name, body)
    assert f"is not authorized to perform: iam:PassRole on resource: {role}" in reason
