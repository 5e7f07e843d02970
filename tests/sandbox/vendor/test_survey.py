"""Regions and free blocks seen through the role."""

import pytest

from installer.sandbox.vendor.aws import UsedBlock
from tests.sandbox.vendor.support import Installer, Vendor, assert_problem


def test_regions_are_those_that_invitation_and_account_allow(installer: Installer) -> None:
    reply = installer.get(f"/v1/integrations/{installer.connected()}/regions").json()
    assert reply == {"regions": [{"name": "us-east-1", "opt_in_status": "opt-in-not-required"}]}


def test_free_blocks_touch_nothing_that_is_used_or_to_be_avoided(vendor: Vendor, installer: Installer) -> None:
    vendor.aws.used = (UsedBlock("10.0.0.0/15", "vpc-1"), UsedBlock("10.2.128.0/20", "vpc-2"))
    reply = installer.get(f"/v1/integrations/{installer.connected()}/networks?region=us-east-1").json()
    assert reply["used"][1] == {"cidr": "10.2.128.0/20", "vpc_id": "vpc-2"}
    assert reply["free"] == [f"10.{second}.0.0/16" for second in range(3, 11)]


def test_where_everything_is_used_the_next_space_is_offered(vendor: Vendor, installer: Installer) -> None:
    vendor.aws.used = (UsedBlock("10.0.0.0/8", "vpc-1"),)
    reply = installer.get(f"/v1/integrations/{installer.connected()}/networks?region=us-east-1").json()
    assert reply["free"][:2] == ["172.16.0.0/16", "172.18.0.0/16"]


@pytest.mark.parametrize("region", ["ap-south-1", "x"])
def test_a_region_that_is_not_allowed_is_not_looked_into(installer: Installer, region: str) -> None:
    reply = installer.get(f"/v1/integrations/{installer.connected()}/networks?region={region}")
    assert_problem(reply, 422, "region-not-allowed")


def test_a_role_that_does_not_open_sees_nothing(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.aws.opens = lambda given: False
    assert_problem(installer.get(f"/v1/integrations/{integration_id}/regions"), 502, "not-seen")
