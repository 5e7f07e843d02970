"""ui/pages/network_words.py: ranges and gaps in words."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from installer.aws.region_networks import Unread
from installer.cidr import Range, RangeSource, Use
from tests.support import surveys
from tests.support.answers import settled
from ui.pages.network_words import RangeWords, networks, not_checked
from ui.widgets.address_map import Look

WORDS = RangeWords(settled())


@pytest.mark.parametrize(
    ("known", "what", "where"),
    [
        (surveys.vpc("10.0.0.0/16", "production"), "VPC production (vpc-0000000000a000000)", "eu-west-1"),
        (surveys.vpc("10.0.0.0/16"), "VPC vpc-0000000000a000000", "eu-west-1"),
        (
            surveys.vpc("10.0.0.0/16", account=surveys.PARTNER),
            "VPC vpc-0000000000a000000 of account 3333 3333 3333",
            "eu-west-1",
        ),
        (
            surveys.peering("10.33.0.0/16"),
            "VPC vpc-0fedcba9876543210 of account 3333 3333 3333",
            "us-east-1, by peering to analytics (pcx-0123456789abcdef0)",
        ),
        (
            surveys.route("10.200.0.0/14"),
            "Routed to tgw-0a12b34c56d78e90f",
            "eu-west-1, route table production (rtb-0f1e2d3c4b5a69788)",
        ),
        (
            surveys.prefix_list("10.34.0.0/20"),
            "Prefix list offices (pl-0123456789abcdef0)",
            "eu-central-1, route table rtb-0f1e2d3c4b5a69788",
        ),
        (Range(IPv4Network("10.9.0.0/16"), RangeSource(Use.VENDOR)), "Kept free by PopSQL", "the invitation"),
        (Range(IPv4Network("10.9.0.0/16"), RangeSource(Use.PERSON)), "Kept free by you", "your list below"),
    ],
)
def test_a_range_has_its_what_and_where(known: Range, what: str, where: str) -> None:
    assert WORDS.row(known) == (str(known.block), what, where)
    assert WORDS.mark(known).text == f"{what}, {where}"


@pytest.mark.parametrize("use", Use)
def test_every_use_has_words_and_a_look_that_is_not_free(use: Use) -> None:
    known = Range(IPv4Network("10.9.0.0/16"), RangeSource(use, id="x-1", region="eu-west-1", to="y-1"))
    assert all(WORDS.row(known))
    assert WORDS.mark(known).look in {Look.USED, Look.ROUTED, Look.RESERVED}


def test_what_was_not_read_is_told_once_for_all_regions_of_one_reason() -> None:
    survey = surveys.survey(unread=surveys.unread_in("eu-north-1", "us-west-2"))
    assert not_checked(survey) == (
        f"Not checked: route tables in eu-north-1, us-west-2 (ec2:DescribeRouteTables). {surveys.REFUSED}",
        f"Not checked: peerings in eu-north-1 (ec2:DescribeVpcPeeringConnections). {surveys.REFUSED}",
    )
    assert not_checked(surveys.survey()) == ()


def test_a_call_that_has_no_words_is_named() -> None:
    survey = surveys.survey(unread=[Unread("eu-west-1", "ec2:DescribeNew", "No.")])
    assert not_checked(survey) == ("Not checked: ec2:DescribeNew in eu-west-1 (ec2:DescribeNew). No.",)


def test_networks_are_counted_once_however_many_blocks_and_peerings_they_have() -> None:
    one = surveys.vpc("10.0.0.0/16")
    twice = replace(one, block=IPv4Network("10.1.0.0/16"))
    far = surveys.peering("10.33.0.0/16")
    assert networks(surveys.survey([one, twice, far, replace(far, block=IPv4Network("10.35.0.0/16"))])) == 2
    assert networks(surveys.survey([surveys.route("10.0.0.0/8")])) == 0
