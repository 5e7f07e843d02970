"""What each scenario changes. What the vendor does in it is tested beside the vendor."""

from __future__ import annotations

import ipaddress
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from installer.sandbox import SCENARIOS, Sandbox, UnknownScenarioError, seed
from installer.sandbox.scenarios import scenario
from tests.sandbox.support.actors import profile

FAST = 50.0


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(UnknownScenarioError, match="no scenario 'scp'; choose one of default, denied, name-conflict"):
        scenario("scp")
    assert set(SCENARIOS) == {"default", "denied", "name-conflict", "slow", "vendor-down", "full-house"}


def test_slow_is_slower() -> None:
    assert scenario("slow").pace < scenario("default").pace


def test_name_conflict_has_the_role_already() -> None:
    with Sandbox.start("name-conflict", speed=FAST, vendor=False) as info:
        role = profile(info, info.admin_profile)("iam").get_role(RoleName="popsql-operator")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_full_house_has_a_thousand_networks_more() -> None:
    with Sandbox.start("full-house", speed=FAST, vendor=False) as info:
        admin = profile(info, info.admin_profile)
        regions = [region["RegionName"] for region in admin("ec2").describe_regions()["Regions"]]
        pages = [page for r in regions for page in admin("ec2", r).get_paginator("describe_vpcs").paginate()]
    blocks = [ipaddress.IPv4Network(vpc["CidrBlock"]) for page in pages for vpc in page["Vpcs"]]
    assert len([block for block in blocks if block.prefixlen == 18]) == 1000
    assert set(seed._many_blocks()) <= set(blocks)


def test_the_full_house_leaves_little_of_ten_slash_eight() -> None:
    blocks = list(seed._many_blocks())
    assert len(blocks) == 1000
    assert 0.95 < sum(block.num_addresses for block in blocks) / 2**24 < 1


def test_a_vendor_that_is_down_has_sent_its_invitation() -> None:
    with Sandbox.start("vendor-down", speed=FAST) as info:
        assert Path(info.invitation).read_text().count(".") == 2
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with pytest.raises(urllib.error.URLError, match="refused"):
            opener.open(f"{info.control_plane_url}/healthz", timeout=2)
