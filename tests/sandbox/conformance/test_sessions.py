"""Who may assume a role, for how long, and what a session is worth afterwards."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, DEPLOYER, Actor, Roles, allow, deny, document, trust


@pytest.mark.parametrize(("given", "allowed"), [("right", True), ("wrong", False), (None, False)])
def test_the_external_id_decides(vendor: Actor, roles: Roles, given: str | None, allowed: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"""
    asked = trust(DEPLOYER, Condition={"StringEquals": {"sts:ExternalId": "right"}})
    role = roles.role("third", AssumeRolePolicyDocument=asked)
    more = {"ExternalId": given} if given else {}
    if allowed:
        vendor.assume(role, **more)
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            vendor.assume(role, **more)


def test_nobody_else_may_assume_it(admin: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
    with pytest.raises(ClientError, match="AccessDenied"):
        admin.assume(roles.role("third"))


def test_a_trust_policy_may_have_dates(vendor: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html"""
    past = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    ended = trust(DEPLOYER, Condition={"DateLessThan": {"aws:CurrentTime": past}})
    begun = trust(DEPLOYER, Condition={"DateGreaterThan": {"aws:CurrentTime": past}})
    vendor.assume(roles.role("begun", AssumeRolePolicyDocument=begun))
    with pytest.raises(ClientError, match="AccessDenied"):
        vendor.assume(roles.role("ended", AssumeRolePolicyDocument=ended))


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (899, "Member must have value greater than or equal to 900"),
        (43201, "Member must have value less than or equal to 43200"),
        (3601, "exceeds the 1 hour session limit for roles assumed by role chaining"),
    ],
)
def test_a_chained_session_lasts_at_most_an_hour(vendor: Actor, roles: Roles, seconds: int, message: str) -> None:
    """The vendor's deployer is itself a session, so this is role chaining.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    """
    role = roles.role("long", MaxSessionDuration=43200)
    with pytest.raises(ClientError, match=message) as caught:
        vendor.assume(role, DurationSeconds=seconds)
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    vendor.assume(role, DurationSeconds=3600)


def test_a_session_lasts_at_most_the_roles_maximum(admin: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html"""
    alice = f"arn:aws:iam::{CUSTOMER}:user/alice"
    role = roles.role("own", AssumeRolePolicyDocument=trust(alice), MaxSessionDuration=7200)
    admin.assume(role, DurationSeconds=7200)
    with pytest.raises(ClientError, match="exceeds the MaxSessionDuration set for this role"):
        admin.assume(role, DurationSeconds=7201)


@pytest.mark.parametrize("seconds", [3599, 43201])
def test_a_roles_maximum_is_between_one_and_twelve_hours(roles: Roles, seconds: int) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (MaxSessionDuration)"""
    with pytest.raises(ClientError, match="ValidationError"):
        roles.role("odd", MaxSessionDuration=seconds)


def test_a_refused_duration_makes_no_session(vendor: Actor, roles: Roles, name: str) -> None:
    """Authorization comes first: who may not assume the role does not learn its maximum."""
    closed = roles.role("closed", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    with pytest.raises(ClientError, match="AccessDenied"):
        vendor.assume(closed, DurationSeconds=43200)


def test_revoking_cuts_older_sessions_only(admin: Actor, vendor: Actor, roles: Roles, name: str) -> None:
    """AWSRevokeOlderSessions: an inline deny on aws:TokenIssueTime.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """
    role = roles.role("live", allow("ec2:Describe*"))
    old = vendor.assume(role)
    old("ec2").describe_vpcs()
    now = datetime.now(UTC).timestamp()
    cut_at = datetime.fromtimestamp(int(now) + 1, UTC)
    revoke = deny("*", Condition={"DateLessThan": {"aws:TokenIssueTime": cut_at.strftime("%Y-%m-%dT%H:%M:%SZ")}})
    admin("iam").put_role_policy(
        RoleName=f"{name}-live", PolicyName="AWSRevokeOlderSessions", PolicyDocument=document(revoke)
    )
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        old("ec2").describe_vpcs()
    while time.time() < cut_at.timestamp():
        pass
    vendor.assume(role)("ec2").describe_vpcs()


def test_an_old_session_gets_nothing_from_a_new_role_of_the_same_name(
    admin: Actor, vendor: Actor, roles: Roles, name: str
) -> None:
    """A session belongs to the unique id of its role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """
    iam = admin("iam")
    old = vendor.assume(roles.role("again", allow("ec2:Describe*")))
    old("ec2").describe_vpcs()
    iam.delete_role_policy(RoleName=f"{name}-again", PolicyName="own")
    iam.delete_role(RoleName=f"{name}-again")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        old("ec2").describe_vpcs()
    new = vendor.assume(roles.role("again", allow("ec2:Describe*")))
    new("ec2").describe_vpcs()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        old("ec2").describe_vpcs()


def test_a_role_tells_when_it_was_last_used(admin: Actor, vendor: Actor, roles: Roles, name: str) -> None:
    """Empty until then, and only in replies about one role.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html
    """
    iam = admin("iam")
    role = roles.role("used", allow("ec2:Describe*"))
    assert iam.get_role(RoleName=f"{name}-used")["Role"]["RoleLastUsed"] == {}
    vendor.assume(role)("ec2", "eu-west-1").describe_vpcs()
    used = iam.get_role(RoleName=f"{name}-used")["Role"]["RoleLastUsed"]
    assert used["Region"] == "eu-west-1"
    assert abs((datetime.now(UTC) - used["LastUsedDate"]).total_seconds()) < 60
    listed = [found for found in iam.list_roles()["Roles"] if found["RoleName"] == f"{name}-used"]
    assert "RoleLastUsed" not in listed[0]


@pytest.mark.parametrize("kind", ["role", "user"])
def test_a_missing_policy_cannot_be_attached(admin: Actor, roles: Roles, name: str, kind: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html (NoSuchEntity)"""
    iam = admin("iam")
    missing = f"arn:aws:iam::{CUSTOMER}:policy/nowhere"
    if kind == "role":
        roles.role("target")
        with pytest.raises(ClientError, match="does not exist or is not attachable"):
            iam.attach_role_policy(RoleName=f"{name}-target", PolicyArn=missing)
    else:
        iam.create_user(UserName=name)
        with pytest.raises(ClientError, match="does not exist or is not attachable"):
            iam.attach_user_policy(UserName=name, PolicyArn=missing)
