"""Surveys of accounts that never were: what the Network page is shown, without an AWS."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Network

from installer.answers import Answers
from installer.aws.networks import Scan
from installer.aws.region_networks import PEERINGS, ROUTE_TABLES, Unread
from installer.aws.regions import Region
from installer.cidr import Range, RangeSource, Use
from installer.claims import NetworkAsked, PrefixLength
from installer.steps.network import Survey
from tests.support.answers import ACCOUNT
from tests.support.invitations import NOW

REGIONS = (
    Region("ap-south-2", "not-opted-in", "Asia Pacific (Hyderabad)"),
    Region("eu-central-1", "opt-in-not-required", "Europe (Frankfurt)"),
    Region("eu-north-1", "opt-in-not-required", "Europe (Stockholm)"),
    Region("eu-west-1", "opt-in-not-required", "Europe (Ireland)"),
    Region("us-east-1", "opt-in-not-required", "US East (N. Virginia)"),
    Region("us-west-2", "opt-in-not-required", "US West (Oregon)"),
)
OFFICE = "tgw-0a12b34c56d78e90f"
PARTNER = "333333333333"


def vpc(block: str, name: str = "", region: str = "eu-west-1", *, account: str = ACCOUNT, own: str = "") -> Range:
    """`own` is the name of the installation whose tag the VPC carries."""
    number = f"vpc-{int(IPv4Network(block).network_address):017x}"
    return Range(IPv4Network(block), RangeSource(Use.VPC, account, region, name, number, installation=own))


def route(block: str, target: str = OFFICE, region: str = "eu-west-1", name: str = "production") -> Range:
    return Range(IPv4Network(block), RangeSource(Use.ROUTE, ACCOUNT, region, name, "rtb-0f1e2d3c4b5a69788", target))


def peering(block: str, region: str = "us-east-1") -> Range:
    source = RangeSource(Use.PEERING, PARTNER, region, "to analytics", "pcx-0123456789abcdef0", "vpc-0fedcba9876543210")
    return Range(IPv4Network(block), source)


def prefix_list(block: str, region: str = "eu-central-1") -> Range:
    source = RangeSource(Use.PREFIX_LIST, ACCOUNT, region, "offices", "pl-0123456789abcdef0", "rtb-0f1e2d3c4b5a69788")
    return Range(IPv4Network(block), source)


USUAL = (
    vpc("10.0.0.0/16", "production"),
    vpc("10.1.0.0/16", "staging", "us-east-1"),
    vpc("10.10.0.0/18", "tools"),
    vpc("10.17.0.0/16"),
    vpc("10.64.0.0/14", "analytics", account=PARTNER),
    peering("10.33.0.0/16"),
    prefix_list("10.34.16.0/20"),
    route("10.200.0.0/14"),
    route("192.168.0.0/16"),
    vpc("172.31.0.0/16", "", "us-east-1"),
)
REFUSED = "The signed-in identity may not make this call (UnauthorizedOperation)."


def survey(
    ranges: Iterable[Range] = USUAL,
    *,
    unread: Sequence[Unread] = (),
    known: Sequence[Region] = REGIONS,
    at: datetime = NOW,
) -> Survey:
    """What reading an account with these ranges would bring."""
    enabled = tuple(region.name for region in known if region.enabled)
    found = tuple(sorted(ranges, key=lambda one: one.block))
    return Survey(tuple(known), Scan(found, tuple(unread), enabled, at))


def unread_in(*regions: str) -> tuple[Unread, ...]:
    """Route tables that may not be read in these regions, and peerings in the first of them."""
    tables = tuple(Unread(region, ROUTE_TABLES, REFUSED) for region in regions)
    return (*tables, Unread(regions[0], PEERINGS, REFUSED))


def crowded(count: int) -> Survey:
    """An account with that many VPCs, all of them small."""
    blocks = (f"10.{number // 250}.{number % 250}.0/24" for number in range(count))
    return survey(vpc(block, f"team {number}") for number, block in enumerate(blocks))


def full() -> Survey:
    """An account in which nothing is free."""
    return survey(route(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))


def installed(name: str, block: str = "10.48.0.0/16", region: str = "eu-west-1") -> Survey:
    """An account where the installation of that name has its network already."""
    return survey((*USUAL, vpc(block, f"{name} network", region, own=name)))


def offering(answers: Answers, *regions: str, smallest: int = 20) -> Answers:
    """The same answers with an invitation for these regions."""
    asked = NetworkAsked(
        allowed_regions=regions,
        prefix_length=PrefixLength(default=16, min=16, max=smallest),
        avoid=(IPv4Network("10.90.0.0/16"),),
    )
    return replace(answers, invitation=answers.invitation.model_copy(update={"network": asked}))
