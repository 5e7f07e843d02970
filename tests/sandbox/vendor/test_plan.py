"""Names and blocks: what a boundary tells the vendor's things by."""

import re
from dataclasses import replace

import pytest

from installer.sandbox.vendor.deploy.plan import Plan

LONGEST = "a" + "b" * 30
PLAN = Plan(
    install_id="ins_0123456789",
    installation_name="popsql",
    account_id="222222222222",
    region="ap-southeast-1",
    cidr="10.64.0.0/16",
    role_path="/release/",
    workload_boundary_arn="arn:aws:iam::222222222222:policy/houseguest/popsql-workload-boundary",
    product_version="2.41.0",
)


def test_names_are_those_that_the_boundary_knows() -> None:
    assert (PLAN.cluster, PLAN.database, PLAN.secret) == ("popsql", "popsql", "popsql/app")
    assert PLAN.bucket == "popsql--222222222222-ap-southeast-1"
    assert PLAN.role_arn("app") == "arn:aws:iam::222222222222:role/release/popsql/popsql-app"
    assert PLAN.tags == {"houseguest:installation": "popsql", "houseguest:made-by": "release.example"}


@pytest.mark.parametrize("name", ["ab", "popsql", LONGEST])
def test_limits_of_aws_hold_for_every_name(name: str) -> None:
    plan = replace(PLAN, installation_name=name)
    assert len(plan.bucket) <= 63
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*[a-z0-9]", plan.bucket)
    for suffix in ("alb", "app"):
        assert len(plan.short_name(suffix)) <= 32
        assert plan.short_name(suffix).endswith(f"-{suffix}")
    assert len(plan.name("database")) <= 63
    assert re.fullmatch("[0-9a-f]{32}", plan.token("cluster"))


def test_long_names_stay_apart_when_they_are_cut() -> None:
    names = {replace(PLAN, installation_name=LONGEST[:-1] + last).short_name("alb") for last in "abc"}
    assert len(names) == 3


def test_tokens_tell_installs_and_resources_apart() -> None:
    other = replace(PLAN, install_id="ins_9876543210")
    assert len({PLAN.token("a"), PLAN.token("b"), other.token("a")}) == 3


@pytest.mark.parametrize("cidr", ["10.64.0.0/16", "10.64.4.0/24"])
def test_subnets_lie_in_the_block_and_apart(cidr: str) -> None:
    plan = replace(PLAN, cidr=cidr)
    private, public = plan.subnet_blocks()
    blocks = [*private, *public]
    assert len(blocks) == 6
    assert all(str(block.supernet(3)) == cidr for block in blocks)
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)
    assert all(block.num_addresses >= 32 for block in blocks)
