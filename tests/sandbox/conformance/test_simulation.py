"""The policy simulator honours boundaries and context.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import Actor, Roles, allow, deny, document


def custom(admin: Actor, action: str, *policies: str, **more: Any) -> dict[str, Any]:
    reply = admin("iam").simulate_custom_policy(PolicyInputList=list(policies), ActionNames=[action], **more)
    result: dict[str, Any] = reply["EvaluationResults"][0]
    return result


@pytest.mark.parametrize(
    ("boundary", "decision", "within"),
    [
        (document(allow("s3:*")), "allowed", True),
        (document(allow("ec2:*")), "implicitDeny", False),
        (document(allow("*"), deny("s3:GetObject")), "explicitDeny", False),
    ],
)
def test_a_boundary_limits(admin: Actor, boundary: str, decision: str, within: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html"""
    result = custom(admin, "s3:GetObject", document(allow("*")), PermissionsBoundaryPolicyInputList=[boundary])
    assert result["EvalDecision"] == decision
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": within}


def test_context_decides_and_what_is_missing_is_named(admin: Actor) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html"""
    policy = document(allow("ec2:*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    region = {"ContextKeyName": "aws:RequestedRegion", "ContextKeyType": "string"}
    here = custom(admin, "ec2:CreateVpc", policy, ContextEntries=[{**region, "ContextKeyValues": ["eu-west-1"]}])
    assert (here["EvalDecision"], here["MissingContextValues"]) == ("allowed", [])
    there = custom(admin, "ec2:CreateVpc", policy, ContextEntries=[{**region, "ContextKeyValues": ["us-east-1"]}])
    assert there["EvalDecision"] == "implicitDeny"
    nowhere = custom(admin, "ec2:CreateVpc", policy)
    assert (nowhere["EvalDecision"], nowhere["MissingContextValues"]) == ("implicitDeny", ["aws:requestedregion"])


def test_a_moment_can_be_given(admin: Actor) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html (date)"""
    policy = document(allow("*"), deny("*", Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}))
    moment = {"ContextKeyName": "aws:CurrentTime", "ContextKeyType": "date"}
    for at, decision in (("2029-01-01T00:00:00Z", "explicitDeny"), ("2031-01-01T00:00:00Z", "allowed")):
        entry = {**moment, "ContextKeyValues": [at]}
        assert custom(admin, "s3:GetObject", policy, ContextEntries=[entry])["EvalDecision"] == decision


def test_actions_have_no_wildcards(admin: Actor) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html (ActionNames, InvalidInput)"""
    with pytest.raises(ClientError, match="InvalidInput"):
        custom(admin, "s3:*", document(allow("*")))


def test_every_resource_has_a_result(admin: Actor) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html (ResourceArns)"""
    arns = ["arn:aws:s3:::mine/x", "arn:aws:s3:::other/x"]
    reply = admin("iam").simulate_custom_policy(
        PolicyInputList=[document(allow("s3:*", resource="arn:aws:s3:::mine/*"))],
        ActionNames=["s3:GetObject"],
        ResourceArns=arns,
    )
    decisions = {found["EvalResourceName"]: found["EvalDecision"] for found in reply["EvaluationResults"]}
    assert decisions == dict(zip(arns, ("allowed", "implicitDeny"), strict=True))


def test_a_principals_own_boundary_counts(admin: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html"""
    role = roles.role("who", allow("*"), boundary=roles.policy("limit", allow("s3:*")), path="/release/")
    reply = admin("iam").simulate_principal_policy(PolicySourceArn=role, ActionNames=["s3:GetObject", "ec2:CreateVpc"])
    assert [found["EvalDecision"] for found in reply["EvaluationResults"]] == ["allowed", "implicitDeny"]


def test_an_unknown_principal_is_an_error(admin: Actor) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html (NoSuchEntity)"""
    with pytest.raises(ClientError, match="NoSuchEntity"):
        admin("iam").simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::222222222222:role/nowhere", ActionNames=["s3:GetObject"]
        )
