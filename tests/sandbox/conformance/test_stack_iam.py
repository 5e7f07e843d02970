"""IAM resources of a stack: what the layer adds is PermissionsBoundary, refusals, and deletes that can fail."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support import stacks
from tests.sandbox.support.actors import CUSTOMER, DEPLOYER, Actor, Roles, allow, document, trust
from tests.sandbox.support.stacks import resource, template

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
READ = json.loads(document(allow("s3:Get*")))
WRITE = json.loads(document(allow("s3:Put*")))
TRUST = json.loads(trust(DEPLOYER))


def test_a_role_gets_everything_its_template_says(admin: Actor, roles: Roles, name: str) -> None:
    """Each property reaches the role, and stack-level tags do too.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
    """
    boundary = roles.policy("boundary", allow("*"))
    body = template(
        Role=resource(
            ROLE,
            RoleName=name,
            Path="/release/",
            AssumeRolePolicyDocument=TRUST,
            PermissionsBoundary=boundary,
            ManagedPolicyArns=["arn:aws:iam::aws:policy/PowerUserAccess"],
            Policies=[{"PolicyName": "inline", "PolicyDocument": READ}],
            MaxSessionDuration=7200,
            Tags=[{"Key": "own", "Value": "1"}],
        )
    )
    _, status = stacks.create(admin("cloudformation"), name, body, Tags=[{"Key": "stack", "Value": "2"}])
    assert status == "CREATE_COMPLETE"
    iam = admin("iam")
    role = iam.get_role(RoleName=name)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert role["Arn"] == f"arn:aws:iam::{CUSTOMER}:role/release/{name}"
    assert role["MaxSessionDuration"] == 7200
    tags = {tag["Key"]: tag["Value"] for tag in role["Tags"]}
    assert tags["own"] == "1"
    assert tags["stack"] == "2"
    assert tags["aws:cloudformation:stack-name"] == name
    assert iam.get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"] == READ
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["PowerUserAccess"]


def test_an_update_sets_changes_and_removes_the_boundary(admin: Actor, roles: Roles, name: str) -> None:
    """PermissionsBoundary: "Update requires: No interruption".

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
    """
    first, second = roles.policy("first", allow("*")), roles.policy("second", allow("*"))
    cfn, iam = admin("cloudformation"), admin("iam")

    def body(**boundary: str) -> str:
        return template(Role=resource(ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST, **boundary))

    stacks.create(cfn, name, body(PermissionsBoundary=first))
    role_id = iam.get_role(RoleName=name)["Role"]["RoleId"]
    assert stacks.update(cfn, name, body(PermissionsBoundary=second)) == "UPDATE_COMPLETE"
    role = iam.get_role(RoleName=name)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == second
    assert role["RoleId"] == role_id
    assert stacks.update(cfn, name, body()) == "UPDATE_COMPLETE"
    assert "PermissionsBoundary" not in iam.get_role(RoleName=name)["Role"]


def test_a_changed_policy_document_becomes_the_new_default_version(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html"""
    cfn, iam = admin("cloudformation"), admin("iam")
    arn = f"arn:aws:iam::{CUSTOMER}:policy/houseguest/{name}"

    def body(policy: object) -> str:
        return template(Policy=resource(POLICY, ManagedPolicyName=name, Path="/houseguest/", PolicyDocument=policy))

    stacks.create(cfn, name, body(READ))
    assert stacks.update(cfn, name, body(WRITE)) == "UPDATE_COMPLETE"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    assert version == "v2"
    shown = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert shown == WRITE


def test_managed_policies_take_no_tags_from_stacks(admin: Actor, name: str) -> None:
    """AWS::IAM::ManagedPolicy has no Tags property, and stack-level tags do not reach it: TagPolicy must be called.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
    """
    cfn = admin("cloudformation")
    plain = template(Policy=resource(POLICY, ManagedPolicyName=name, PolicyDocument=READ))
    assert stacks.create(cfn, name, plain, Tags=[{"Key": "a", "Value": "b"}])[1] == "CREATE_COMPLETE"
    assert admin("iam").list_policy_tags(PolicyArn=f"arn:aws:iam::{CUSTOMER}:policy/{name}")["Tags"] == []
    tagged = template(Policy=resource(POLICY, PolicyDocument=READ, Tags=[{"Key": "a", "Value": "b"}]))
    stack, status = stacks.create(cfn, f"{name}-tagged", tagged)
    assert status == "ROLLBACK_COMPLETE"
    assert "extraneous key [Tags] is not permitted" in stacks.reasons(cfn, stack, "CREATE_FAILED")


def test_a_taken_role_name_rolls_back_and_leaves_the_other_role_alone(admin: Actor, roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html (resource already exists)"""
    roles.role("taken", allow("s3:*"))
    cfn = admin("cloudformation")
    body = template(
        First=resource(POLICY, ManagedPolicyName=f"{name}-first", PolicyDocument=READ),
        Role=resource(ROLE, "First", RoleName=f"{name}-taken", AssumeRolePolicyDocument=TRUST),
    )
    stack, status = stacks.create(cfn, name, body)
    assert status == "ROLLBACK_COMPLETE"
    happened = stacks.statuses(cfn, stack)
    assert happened.index(("Role", "CREATE_FAILED")) < happened.index((name, "ROLLBACK_IN_PROGRESS"))
    assert ("First", "DELETE_COMPLETE") in happened
    reason = stacks.reasons(cfn, stack, "CREATE_FAILED")
    assert f"Resource of type 'AWS::IAM::Role' with identifier '{name}-taken' already exists." in reason
    assert "HandlerErrorCode: AlreadyExists" in reason
    assert admin("iam").get_role_policy(RoleName=f"{name}-taken", PolicyName="own")


def test_a_name_that_another_stack_holds_names_that_stack(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"""
    cfn = admin("cloudformation")
    body = template(Policy=resource(POLICY, ManagedPolicyName=name, PolicyDocument=READ))
    first, _ = stacks.create(cfn, f"{name}-one", body)
    second, status = stacks.create(cfn, f"{name}-two", body)
    assert status == "ROLLBACK_COMPLETE"
    assert f"already exists in stack {first}" in stacks.reasons(cfn, second, "CREATE_FAILED")


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"PermissionsBoundary": f"arn:aws:iam::{CUSTOMER}:policy/nowhere"}, "does not exist or is not attachable"),
        ({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/Nowhere"]}, "does not exist or is not attachable"),
        ({"MaxSessionDuration": 60}, "MaxSessionDuration"),
    ],
)
def test_a_role_that_iam_would_refuse_fails_the_stack(
    admin: Actor, name: str, properties: dict[str, object], reason: str
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (NoSuchEntity, ValidationError)"""
    cfn = admin("cloudformation")
    body = template(Role=resource(ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST, **properties))
    stack, status = stacks.create(cfn, name, body)
    assert status == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons(cfn, stack, "CREATE_FAILED")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        admin("iam").get_role(RoleName=name)


def test_a_stack_cannot_delete_a_role_with_policies_from_outside(admin: Actor, name: str) -> None:
    """ "Cannot delete entity, must delete policies first"; once they are gone, the delete can be repeated.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html (DeleteConflict)
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html (delete stack fails)
    """
    cfn, iam = admin("cloudformation"), admin("iam")
    inline = [{"PolicyName": "inline", "PolicyDocument": READ}]
    body = template(Role=resource(ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST, Policies=inline))
    stack, _ = stacks.create(cfn, name, body)
    iam.put_role_policy(RoleName=name, PolicyName="AWSRevokeOlderSessions", PolicyDocument=document(allow("s3:*")))
    assert stacks.delete(cfn, stack) == "DELETE_FAILED"
    assert "Cannot delete entity, must delete policies first." in stacks.reasons(cfn, stack, "DELETE_FAILED")
    iam.delete_role_policy(RoleName=name, PolicyName="AWSRevokeOlderSessions")
    assert stacks.delete(cfn, stack) == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName=name)


def test_a_stack_cannot_delete_a_role_with_attachments_from_outside(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html (DeleteConflict)"""
    cfn, iam = admin("cloudformation"), admin("iam")
    stack, _ = stacks.create(cfn, name, template(Role=resource(ROLE, RoleName=name, AssumeRolePolicyDocument=TRUST)))
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    assert stacks.delete(cfn, stack) == "DELETE_FAILED"
    assert "Cannot delete entity, must detach all policies first." in stacks.reasons(cfn, stack, "DELETE_FAILED")


def test_a_policy_that_is_somebodys_boundary_cannot_be_deleted(admin: Actor, roles: Roles, name: str) -> None:
    """DeleteConflict, directly and through the stack that made it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
    """
    cfn, iam = admin("cloudformation"), admin("iam")
    body = template(Policy=resource(POLICY, ManagedPolicyName=name, PolicyDocument=READ))
    stack, _ = stacks.create(cfn, name, body)
    arn = f"arn:aws:iam::{CUSTOMER}:policy/{name}"
    roles.role("user", boundary=arn)
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_policy(PolicyArn=arn)
    assert stacks.delete(cfn, stack) == "DELETE_FAILED"
    assert "Cannot delete a policy attached to entities." in stacks.reasons(cfn, stack, "DELETE_FAILED")
    iam.delete_role(RoleName=f"{name}-user")
    assert stacks.delete(cfn, stack) == "DELETE_COMPLETE"


def test_termination_protection_stops_a_delete(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html"""
    cfn = admin("cloudformation")
    body = template(Policy=resource(POLICY, ManagedPolicyName=name, PolicyDocument=READ))
    stack, _ = stacks.create(cfn, name, body, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        cfn.delete_stack(StackName=stack)
    assert stacks.settled(cfn, stack) == "CREATE_COMPLETE"
    cfn.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    assert stacks.delete(cfn, stack) == "DELETE_COMPLETE"
