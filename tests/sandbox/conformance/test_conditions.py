"""Condition operators and elements that the product's policies rely on. ministack has them right; here is the proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, Actor, Roles, allow, deny

Condition = dict[str, dict[str, Any]]


def may_describe(actor: Actor, region: str = "us-east-1") -> bool:
    try:
        actor("ec2", region).describe_vpcs()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "UnauthorizedOperation"  # noqa: PT017 - anything else is a fault
        return False
    return True


def _time(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"Null": {"aws:RequestTag/x": "true"}}, True),
        ({"Null": {"aws:RequestTag/x": "false"}}, False),
        ({"Null": {"aws:RequestedRegion": "true"}}, False),
        ({"StringEquals": {"aws:RequestTag/x": "1"}}, False),
        ({"StringNotEquals": {"aws:RequestTag/x": "1"}}, True),
        ({"StringEqualsIfExists": {"aws:RequestTag/x": "1"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["x"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["x"]}}, True),
        ({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}, True),
        ({"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}, False),
        ({"StringLike": {"aws:RequestedRegion": "us-*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{CUSTOMER}:role/case*"}}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{CUSTOMER}:role/case*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:*:iam:*:*:role/*"}}, True),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::x"}}, True),
        ({"Bool": {"aws:ViaAWSService": "false"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:PrincipalAccount": "1"}}, False),
    ],
)
def test_operator(acting: Callable[..., Actor], condition: Condition, allowed: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

    A missing key fails an operator, except negated ones, `…IfExists`, `Null: true` and `ForAllValues`.
    """
    assert may_describe(acting(allow("ec2:DescribeVpcs", Condition=condition))) is allowed


@pytest.mark.parametrize(
    ("opens", "closes", "allowed"),
    [(-2, -1, False), (-1, 1, True), (1, 2, False)],
)
def test_a_gap_between_windows_is_one_deny(
    acting: Callable[..., Actor], opens: float, closes: float, allowed: bool
) -> None:
    """Outside [opens, closes] is two denies: both bounds in one statement are ANDed.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
    """
    before = deny("*", Condition={"DateLessThan": {"aws:CurrentTime": _time(opens)}})
    after = deny("*", Condition={"DateGreaterThan": {"aws:CurrentTime": _time(closes)}})
    assert may_describe(acting(allow("*"), before, after)) is allowed


def test_not_resource_is_everything_else(acting: Callable[..., Actor], roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"""
    roles.role("inside", path="/release/")
    roles.role("outside")
    guarded = {"Effect": "Deny", "Action": "iam:*", "NotResource": f"arn:aws:iam::{CUSTOMER}:role/release/*"}
    iam = acting(allow("*"), guarded)("iam")
    iam.update_role(RoleName=f"{name}-inside", Description="x")
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.update_role(RoleName=f"{name}-outside", Description="x")


def test_not_action_is_everything_else(acting: Callable[..., Actor]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"""
    actor = acting({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})
    assert may_describe(actor)
    with pytest.raises(ClientError, match="AccessDenied"):
        actor("iam").list_roles()


def test_a_region_lock_lets_global_services_through(acting: Callable[..., Actor]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html"""
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    locked = {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": elsewhere}
    actor = acting(allow("*"), locked)
    assert may_describe(actor, "eu-west-1")
    assert not may_describe(actor, "us-east-1")
    actor("iam").list_roles()


def test_a_boundary_grants_nothing(acting: Callable[..., Actor], roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"""
    assert not may_describe(acting(allow("s3:*"), boundary=roles.policy("all", allow("*"))))


def test_a_cut_in_the_boundary_stops_live_sessions_but_not_the_identity_call(
    admin: Actor, acting: Callable[..., Actor], roles: Roles
) -> None:
    """GetCallerIdentity needs no permission, even under an explicit deny.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    boundary = roles.policy("boundary", allow("*"))
    live = acting(allow("*"), boundary=boundary)
    assert may_describe(live)
    cut = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    admin("iam").create_policy_version(PolicyArn=boundary, PolicyDocument=cut, SetAsDefault=True)
    assert not may_describe(live)
    assert live("sts").get_caller_identity()["Account"] == CUSTOMER
