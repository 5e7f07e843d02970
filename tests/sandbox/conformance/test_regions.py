"""Regions that the account has not opted in to.

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import Actor

OFF, ON = "me-south-1", "eu-south-1"


def test_only_enabled_regions_are_listed_by_default(admin: Actor) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html (AllRegions)"""
    ec2 = admin("ec2")
    enabled = {region["RegionName"]: region["OptInStatus"] for region in ec2.describe_regions()["Regions"]}
    assert OFF not in enabled
    assert enabled[ON] == "opted-in"
    assert enabled["us-east-1"] == "opt-in-not-required"
    everything = {r["RegionName"]: r["OptInStatus"] for r in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert everything[OFF] == "not-opted-in"
    assert everything.keys() > enabled.keys()


def test_the_account_service_agrees(admin: Actor) -> None:
    """https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html"""
    account = admin("account")
    listed = {region["RegionName"]: region["RegionOptStatus"] for region in account.list_regions()["Regions"]}
    assert (listed[OFF], listed[ON], listed["us-east-1"]) == ("DISABLED", "ENABLED", "ENABLED_BY_DEFAULT")
    assert account.get_region_opt_status(RegionName=OFF)["RegionOptStatus"] == "DISABLED"
    enabled = account.list_regions(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])["Regions"]
    assert OFF not in {region["RegionName"] for region in enabled}


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("cloudformation", "describe_stacks", "InvalidClientTokenId"),
        ("eks", "list_clusters", "UnrecognizedClientException"),
    ],
)
def test_a_disabled_region_refuses_the_credentials(admin: Actor, service: str, operation: str, code: str) -> None:
    """https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html"""
    with pytest.raises(ClientError) as caught:
        getattr(admin(service, OFF), operation)()
    assert caught.value.response["Error"]["Code"] == code
    getattr(admin(service, ON), operation)()
