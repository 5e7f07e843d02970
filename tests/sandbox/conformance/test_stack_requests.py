"""Repeated stack requests, and service roles."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support import stacks
from tests.sandbox.support.actors import Actor, Roles, allow, document, trust
from tests.sandbox.support.stacks import CAPABILITIES, resource, template

READ = json.loads(document(allow("s3:Get*")))
CLOUDFORMATION = {"Service": "cloudformation.amazonaws.com"}


def body(name: str) -> str:
    return template(Policy=resource("AWS::IAM::ManagedPolicy", ManagedPolicyName=name, PolicyDocument=READ))


def test_create_stack_with_the_same_token_is_one_stack(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (ClientRequestToken)"""
    cfn = admin("cloudformation")
    asked = {"StackName": name, "TemplateBody": body(name), "Capabilities": CAPABILITIES}
    first = cfn.create_stack(**asked, ClientRequestToken="t1")["StackId"]
    assert cfn.create_stack(**asked, ClientRequestToken="t1")["StackId"] == first
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        cfn.create_stack(**asked, ClientRequestToken="t2")
    with pytest.raises(ClientError, match="TokenAlreadyExistsException"):
        cfn.create_stack(**{**asked, "TemplateBody": body(f"{name}x")}, ClientRequestToken="t1")


def test_create_change_set_with_the_same_token_is_one_change_set(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (ClientToken)"""
    cfn = admin("cloudformation")
    asked = {
        "StackName": name,
        "ChangeSetName": "install",
        "ChangeSetType": "CREATE",
        "TemplateBody": body(name),
        "Capabilities": CAPABILITIES,
    }
    first = cfn.create_change_set(**asked, ClientToken="t1")
    again = cfn.create_change_set(**asked, ClientToken="t1")
    assert (again["Id"], again["StackId"]) == (first["Id"], first["StackId"])
    with pytest.raises(ClientError, match="AlreadyExists"):
        cfn.create_change_set(**asked, ClientToken="t2")


def test_execute_change_set_with_the_same_token_runs_once(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html"""
    cfn = admin("cloudformation")
    change_set = cfn.create_change_set(
        StackName=name,
        ChangeSetName="install",
        ChangeSetType="CREATE",
        TemplateBody=body(name),
        Capabilities=CAPABILITIES,
    )["Id"]
    stacks.change_set_ready(cfn, change_set)
    cfn.execute_change_set(ChangeSetName=change_set, ClientRequestToken="t1")
    cfn.execute_change_set(ChangeSetName=change_set, ClientRequestToken="t1")
    with pytest.raises(ClientError, match="InvalidChangeSetStatus"):
        cfn.execute_change_set(ChangeSetName=change_set, ClientRequestToken="t2")
    assert stacks.settled(cfn, name) == "CREATE_COMPLETE"
    assert stacks.statuses(cfn, name).count(("Policy", "CREATE_COMPLETE")) == 1


def test_a_token_of_a_deleted_stack_does_not_answer_for_its_successor(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html (ClientRequestToken)"""
    cfn = admin("cloudformation")
    for _ in range(2):
        _, status = stacks.create(cfn, name, body(name))
        assert status == "CREATE_COMPLETE"
        stack = cfn.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cfn.delete_stack(StackName=name, ClientRequestToken="gone")
        cfn.delete_stack(StackName=name, ClientRequestToken="gone")
        assert stacks.settled(cfn, stack) == "DELETE_COMPLETE"


def test_a_service_role_acts_instead_of_the_caller_and_stays(admin: Actor, roles: Roles, name: str) -> None:
    """ "CloudFormation always uses this role for all future operations on the stack."

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (RoleARN)
    """
    weak = roles.role("weak", allow("iam:Get*"), AssumeRolePolicyDocument=trust(CLOUDFORMATION))
    strong = roles.role("strong", allow("iam:*"), AssumeRolePolicyDocument=trust(CLOUDFORMATION))
    cfn = admin("cloudformation")
    stack, status = stacks.create(cfn, f"{name}-weak", body(f"{name}-weak"), RoleARN=weak)
    assert status == "ROLLBACK_COMPLETE"
    assert f"assumed-role/{name}-weak/AWSCloudFormation is not authorized to perform: iam:CreatePolicy" in (
        stacks.reasons(cfn, stack, "CREATE_FAILED")
    )
    stack, status = stacks.create(cfn, name, body(name), RoleARN=strong)
    assert status == "CREATE_COMPLETE"
    assert cfn.describe_stacks(StackName=stack)["Stacks"][0]["RoleARN"] == strong
    admin("iam").delete_role_policy(RoleName=f"{name}-strong", PolicyName="own")
    assert stacks.delete(cfn, stack) == "DELETE_FAILED"


def test_a_service_role_must_trust_cloudformation(admin: Actor, roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"""
    role = roles.role("other", allow("iam:*"))
    with pytest.raises(ClientError, match="is invalid or cannot be assumed"):
        stacks.create(admin("cloudformation"), name, body(name), RoleARN=role)
