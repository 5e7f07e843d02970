"""CloudTrail's event history.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, VENDOR, Actor, Roles, allow


def events(actor: Actor, key: str, value: str, region: str = "us-east-1") -> list[dict[str, Any]]:
    pages = actor("cloudtrail", region).get_paginator("lookup_events")
    attribute = [{"AttributeKey": key, "AttributeValue": value}]
    found = [event for page in pages.paginate(LookupAttributes=attribute) for event in page["Events"]]
    return [{**event, "detail": json.loads(event["CloudTrailEvent"])} for event in found]


def test_a_session_is_found_by_its_role_then_by_its_key(admin: Actor, vendor: Actor, roles: Roles, name: str) -> None:
    """Both accounts see the AssumeRole; the session's calls name the role as issuer.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html (cross-account)
    """
    role = roles.role("seen", allow("ec2:Describe*"), path="/release/")
    session = vendor.assume(role, RoleSessionName="release-popsql-install")
    session("ec2").describe_vpcs()
    assumed = next(e for e in events(admin, "ResourceName", role) if e["EventName"] == "AssumeRole")
    assert assumed["detail"]["userIdentity"]["type"] == "AWSAccount"
    assert assumed["detail"]["userIdentity"]["accountId"] == VENDOR
    assert assumed["detail"]["recipientAccountId"] == CUSTOMER
    key = assumed["detail"]["responseElements"]["credentials"]["accessKeyId"]
    assert key == session.access_key_id
    call = next(e for e in events(admin, "AccessKeyId", key) if e["EventName"] == "DescribeVpcs")
    assert call["EventSource"] == "ec2.amazonaws.com"
    assert call["Username"] == "release-popsql-install"
    identity = call["detail"]["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == role


def test_a_denied_call_is_there_with_its_error(admin: Actor, vendor: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"""
    session = vendor.assume(roles.role("denied", allow("s3:*")))
    with pytest.raises(ClientError):
        session("ec2").create_vpc(CidrBlock="10.60.0.0/16")
    call = next(e for e in events(admin, "AccessKeyId", session.access_key_id) if e["EventName"] == "CreateVpc")
    assert call["detail"]["errorCode"] == "Client.UnauthorizedOperation"
    assert "ec2:CreateVpc" in call["detail"]["errorMessage"]


def test_iam_is_recorded_in_us_east_1(admin: Actor, roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html (global service events)"""
    admin("iam", "eu-west-1").create_user(UserName=name)
    assert [e["EventName"] for e in events(admin, "ResourceName", name)] == ["CreateUser"]
    assert events(admin, "ResourceName", name, "eu-west-1") == []


def test_a_regions_calls_stay_there(admin: Actor, vendor: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html"""
    session = vendor.assume(roles.role("far", allow("ec2:Describe*")))
    session("ec2", "eu-west-1").describe_vpcs()
    assert len(events(admin, "AccessKeyId", session.access_key_id, "eu-west-1")) == 1
    assert events(admin, "AccessKeyId", session.access_key_id) == []


def test_pages_hold_at_most_fifty(admin: Actor, vendor: Actor, roles: Roles) -> None:
    """One attribute, at most 50 a page, newest first.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
    """
    session = vendor.assume(roles.role("busy", allow("ec2:Describe*")))
    ec2 = session("ec2")
    for _ in range(53):
        ec2.describe_vpcs()
    trail = admin("cloudtrail")
    attribute = {"AttributeKey": "AccessKeyId", "AttributeValue": session.access_key_id}
    first = trail.lookup_events(LookupAttributes=[attribute])
    assert len(first["Events"]) == 50
    times = [event["EventTime"] for event in first["Events"]]
    assert times == sorted(times, reverse=True)
    assert len(trail.lookup_events(LookupAttributes=[attribute], NextToken=first["NextToken"])["Events"]) == 3
    with pytest.raises(ClientError, match="InvalidLookupAttributes"):
        trail.lookup_events(LookupAttributes=[attribute, {"AttributeKey": "EventName", "AttributeValue": "x"}])


@pytest.mark.parametrize(("service", "operation"), [("iam", "list_roles"), ("ec2", "describe_vpcs")])
def test_the_request_id_of_a_reply_is_the_one_in_the_history(admin: Actor, service: str, operation: str) -> None:
    """requestID: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"""
    metadata = getattr(admin(service), operation)()["ResponseMetadata"]
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    recorded = {event["detail"]["requestID"] for event in events(admin, "AccessKeyId", admin.access_key_id)}
    assert metadata["RequestId"] in recorded


def test_no_secret_is_recorded(admin: Actor, name: str) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"""
    admin("secretsmanager").create_secret(Name=name, SecretString="sesame-opens")
    made = events(admin, "EventName", "CreateSecret")
    assert made
    assert "sesame-opens" not in json.dumps([event["CloudTrailEvent"] for event in made])
