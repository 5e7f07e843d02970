"""Stacks and change sets take their time, and the server answers meanwhile."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError

from installer.sandbox import SandboxInfo
from tests.sandbox.support import stacks
from tests.sandbox.support.actors import Actor, allow, document
from tests.sandbox.support.stacks import CAPABILITIES, resource, template

POLICY = "AWS::IAM::ManagedPolicy"
READ = json.loads(document(allow("s3:Get*")))


def body(name: str, count: int = 2) -> str:
    """Policies that wait for one another."""
    made = {}
    for number in range(1, count + 1):
        after = f"P{number - 1}" if number > 1 else ""
        made[f"P{number}"] = resource(POLICY, after, ManagedPolicyName=f"{name}-{number}", PolicyDocument=READ)
    return template(**made)


def test_a_poller_sees_each_resource_in_progress(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""
    cfn = admin("cloudformation")
    stack, _ = stacks.create(cfn, name, body(name))
    assert stacks.statuses(cfn, stack) == [
        (name, "CREATE_IN_PROGRESS"),
        ("P1", "CREATE_IN_PROGRESS"),
        ("P1", "CREATE_IN_PROGRESS"),
        ("P1", "CREATE_COMPLETE"),
        ("P2", "CREATE_IN_PROGRESS"),
        ("P2", "CREATE_IN_PROGRESS"),
        ("P2", "CREATE_COMPLETE"),
        (name, "CREATE_COMPLETE"),
    ]
    assert "Resource creation Initiated" in stacks.reasons(cfn, stack, "CREATE_IN_PROGRESS")


def test_a_stack_takes_time(admin: Actor, name: str) -> None:
    """A poller that asks right away finds it in progress.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    cfn = admin("cloudformation")
    stack = cfn.create_stack(StackName=name, TemplateBody=body(name, 20), Capabilities=CAPABILITIES)["StackId"]
    assert cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    assert ("P20", "CREATE_COMPLETE") not in stacks.statuses(cfn, stack)
    assert stacks.settled(cfn, stack) == "CREATE_COMPLETE"


def test_a_change_set_takes_time(admin: Actor, name: str) -> None:
    """Until it is there it cannot be executed. It may be there before we ask: so try until one is not.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html (ExecutionStatus)
    """
    cfn = admin("cloudformation")
    asked = {"StackName": name, "ChangeSetType": "CREATE", "TemplateBody": body(name), "Capabilities": CAPABILITIES}
    seen = set()
    for number in range(50):
        change_set = cfn.create_change_set(ChangeSetName=f"c{number}", **asked)["Id"]
        early = cfn.describe_change_set(ChangeSetName=change_set)
        seen.add((early["Status"], early["ExecutionStatus"]))
        if ("CREATE_IN_PROGRESS", "UNAVAILABLE") in seen:
            break
    assert ("CREATE_IN_PROGRESS", "UNAVAILABLE") in seen
    assert stacks.change_set_ready(cfn, change_set)["ExecutionStatus"] == "AVAILABLE"


def test_a_new_stack_waits_in_review_until_its_change_set_is_executed(admin: Actor, name: str) -> None:
    """The template of the change set can be read back before it is executed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (ChangeSetType CREATE)
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html (ChangeSetName)
    """
    cfn = admin("cloudformation")
    made = cfn.create_change_set(
        StackName=name,
        ChangeSetName="install",
        ChangeSetType="CREATE",
        TemplateBody=body(name),
        Capabilities=CAPABILITIES,
    )
    change_set, stack = made["Id"], made["StackId"]
    ready = stacks.change_set_ready(cfn, change_set)
    assert (ready["Status"], ready["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [change["ResourceChange"]["Action"] for change in ready["Changes"]] == ["Add", "Add"]
    described = cfn.describe_stacks(StackName=stack)["Stacks"][0]
    assert described["StackStatus"] == "REVIEW_IN_PROGRESS"
    original = cfn.get_template(StackName=name, ChangeSetName=change_set, TemplateStage="Original")
    assert json.loads(json.dumps(original["TemplateBody"])) == json.loads(body(name))
    cfn.execute_change_set(ChangeSetName=change_set, ClientRequestToken="go")
    assert stacks.settled(cfn, stack) == "CREATE_COMPLETE"
    assert cfn.describe_change_set(ChangeSetName=change_set)["ExecutionStatus"] == "EXECUTE_COMPLETE"


def test_a_second_change_set_joins_the_stack_in_review(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html"""
    cfn = admin("cloudformation")
    arguments = {"StackName": name, "ChangeSetType": "CREATE", "TemplateBody": body(name), "Capabilities": CAPABILITIES}
    first = cfn.create_change_set(ChangeSetName="one", **arguments)
    second = cfn.create_change_set(ChangeSetName="two", **arguments)
    assert second["StackId"] == first["StackId"]
    listed = cfn.list_change_sets(StackName=name)["Summaries"]
    assert [summary["StackId"] for summary in listed] == [first["StackId"]] * 2


def test_a_rolled_back_stack_can_only_be_deleted(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (ROLLBACK_COMPLETE)"""
    cfn = admin("cloudformation")
    broken = template(Role=resource("AWS::IAM::Role", AssumeRolePolicyDocument={}, PermissionsBoundary="arn:aws:x"))
    stack, status = stacks.create(cfn, name, broken)
    assert status == "ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        cfn.create_change_set(
            StackName=name,
            ChangeSetName="again",
            ChangeSetType="CREATE",
            TemplateBody=body(name),
            Capabilities=CAPABILITIES,
        )
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        cfn.create_stack(StackName=name, TemplateBody=body(name), Capabilities=CAPABILITIES)
    assert stacks.delete(cfn, stack) == "DELETE_COMPLETE"


def test_a_deleted_stack_is_known_by_its_id_only(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html (StackName)"""
    cfn = admin("cloudformation")
    stack, _ = stacks.create(cfn, name, body(name))
    assert stacks.delete(cfn, stack) == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="does not exist"):
        cfn.describe_stacks(StackName=name)
    successor, _ = stacks.create(cfn, name, body(name))
    assert successor != stack
    assert cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.statuses(cfn, stack)[-1] == (name, "DELETE_COMPLETE")
    assert [found["StackId"] for found in cfn.describe_stacks(StackName=name)["Stacks"]] == [successor]


def test_the_server_answers_while_a_stack_is_made(admin: Actor, sandbox: SandboxInfo, name: str) -> None:
    """A pause of the stack is nobody else's pause."""
    cfn, sts = admin("cloudformation"), admin("sts")
    sts.get_caller_identity()
    cfn.create_stack(StackName=name, TemplateBody=body(name, 20), Capabilities=CAPABILITIES)
    slowest = 0.0
    while cfn.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS":
        began = time.monotonic()
        sts.get_caller_identity()
        slowest = max(slowest, time.monotonic() - began)
    assert 0 < slowest < 0.5
