"""installer/aws/networks.py and region_networks.py: replies in AWS's own form, and one whole account on moto."""

import json
from datetime import date
from ipaddress import IPv4Network

import boto3
import pytest
from moto import mock_aws

from installer.aws.clients import Aws
from installer.aws.networks import NOT_LOOKED_AT, Scan, overview, scan
from installer.aws.region_networks import Unread
from installer.cidr import AVOIDED, Range, RangeSource, Use
from installer.context import CancelToken, Context
from installer.errors import AwsUnreachable, Cancelled, PermissionMissing, SignInNeeded
from installer.events import Event, Scanned
from installer.evidence import State
from tests.support.aws import Answer, Request, Wire, ec2, refusal, silence, wired

HERE = "eu-west-1"
THERE = "us-east-1"
US = "222222222222"
OTHERS = "333333333333"


def vpcs(*items: str, next_token: str = "") -> Answer:
    token = f"<nextToken>{next_token}</nextToken>" if next_token else ""
    return ec2("DescribeVpcs", f"<vpcSet>{''.join(items)}</vpcSet>{token}")


def vpc(vpc_id: str, *blocks: str, owner: str = US, name: str = "", states: tuple[str, ...] = ()) -> str:
    associations = "".join(
        f"<item><cidrBlock>{block}</cidrBlock><cidrBlockState><state>{state}</state></cidrBlockState></item>"
        for block, state in zip(blocks, states or ("associated",) * len(blocks), strict=True)
    )
    tags = f"<tagSet><item><key>Name</key><value>{name}</value></item></tagSet>" if name else ""
    return (
        f"<item><vpcId>{vpc_id}</vpcId><ownerId>{owner}</ownerId><cidrBlock>{blocks[0]}</cidrBlock>"
        f"<cidrBlockAssociationSet>{associations}</cidrBlockAssociationSet>{tags}</item>"
    )


def peerings(*items: str) -> Answer:
    return ec2("DescribeVpcPeeringConnections", f"<vpcPeeringConnectionSet>{''.join(items)}</vpcPeeringConnectionSet>")


def peering(requester: str, accepter: str, status: str = "active") -> str:
    return (
        f"<item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><status><code>{status}</code></status>"
        f"<requesterVpcInfo>{requester}</requesterVpcInfo><accepterVpcInfo>{accepter}</accepterVpcInfo></item>"
    )


def side(vpc_id: str, *blocks: str, owner: str = US, region: str = HERE) -> str:
    block_set = "".join(f"<item><cidrBlock>{block}</cidrBlock></item>" for block in blocks)
    return (
        f"<vpcId>{vpc_id}</vpcId><ownerId>{owner}</ownerId><region>{region}</region>"
        f"<cidrBlock>{blocks[0]}</cidrBlock><cidrBlockSet>{block_set}</cidrBlockSet>"
    )


def route_tables(**tables: str) -> Answer:
    items = "".join(
        f"<item><routeTableId>rtb-{name}</routeTableId><ownerId>{US}</ownerId><routeSet>{routes}</routeSet></item>"
        for name, routes in tables.items()
    )
    return ec2("DescribeRouteTables", f"<routeTableSet>{items}</routeTableSet>")


def route(destination: str, target: str = "<transitGatewayId>tgw-1</transitGatewayId>") -> str:
    return f"<item><destinationCidrBlock>{destination}</destinationCidrBlock>{target}</item>"


def route_to_list(prefix_list_id: str) -> str:
    destination = f"<destinationPrefixListId>{prefix_list_id}</destinationPrefixListId>"
    return f"<item>{destination}<transitGatewayId>tgw-1</transitGatewayId></item>"


def prefix_list(prefix_list_id: str, owner: str = US, family: str = "IPv4") -> str:
    return (
        f"<item><prefixListId>{prefix_list_id}</prefixListId><prefixListName>corporate</prefixListName>"
        f"<ownerId>{owner}</ownerId><addressFamily>{family}</addressFamily></item>"
    )


@pytest.fixture
def account() -> tuple[Aws, Wire]:
    """An account in which nothing is in use, until a test scripts it."""
    aws, wire = wired()
    wire.script("DescribeVpcs", vpcs())
    wire.script("DescribeVpcPeeringConnections", peerings())
    wire.script("DescribeRouteTables", route_tables())
    return aws, wire


def blocks_of(scanned: Scan) -> list[str]:
    return [str(known.block) for known in scanned.ranges]


class TestVpcs:
    def test_count_with_all_their_blocks(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        states = ("associated", "associating", "disassociated", "failed")
        wire.script(
            "DescribeVpcs", vpcs(vpc("vpc-1", *(f"10.{n}.0.0/16" for n in range(4)), name="prod", states=states))
        )
        scanned = scan(aws, Context(), [HERE])
        assert blocks_of(scanned) == ["10.0.0.0/16", "10.1.0.0/16"]
        assert scanned.ranges[1].reason == f"10.1.0.0/16 is a block of VPC vpc-1 (prod) in {HERE}, account {US}."

    def test_of_others_count_where_they_are_shared(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", vpcs(vpc("vpc-9", "10.9.0.0/16", owner=OTHERS)))
        (found,) = scan(aws, Context(), [HERE]).ranges
        assert found.source == RangeSource(Use.VPC, OTHERS, HERE, "", "vpc-9")

    def test_are_read_page_by_page(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        pages = [vpcs(vpc(f"vpc-{n}", f"10.{n}.0.0/16"), next_token=f"page-{n + 1}") for n in range(3)]
        wire.script("DescribeVpcs", *pages, vpcs(vpc("vpc-3", "10.3.0.0/16")))
        assert blocks_of(scan(aws, Context(), [HERE])) == [f"10.{n}.0.0/16" for n in range(4)]
        asked = [request.body for request in wire.sent if request.operation == "DescribeVpcs"]
        assert ["NextToken=" in body for body in asked] == [False, True, True, True]
        assert "NextToken=page-3" in asked[3]


class TestPeerings:
    def test_show_the_other_side(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", vpcs(vpc("vpc-1", "10.1.0.0/16")))
        theirs = side("vpc-9", "10.9.0.0/16", "10.19.0.0/16", owner=OTHERS, region=THERE)
        wire.script("DescribeVpcPeeringConnections", peerings(peering(side("vpc-1", "10.1.0.0/16"), theirs)))
        scanned = scan(aws, Context(), [HERE])
        assert blocks_of(scanned) == ["10.1.0.0/16", "10.9.0.0/16", "10.19.0.0/16"]
        assert scanned.ranges[0].source.what is Use.VPC
        assert scanned.ranges[1].reason == (
            f"10.9.0.0/16 is reached through peering pcx-1 with vpc-9 in {THERE}, account {OTHERS}."
        )

    def test_between_two_regions_are_told_once(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        ours = side("vpc-1", "10.1.0.0/16")
        theirs = side("vpc-9", "10.9.0.0/16", owner=OTHERS, region=THERE)
        wire.script("DescribeVpcPeeringConnections", peerings(peering(ours, theirs)))
        assert blocks_of(scan(aws, Context(), [HERE, THERE])) == ["10.1.0.0/16", "10.9.0.0/16"]

    @pytest.mark.parametrize("status", ["deleted", "deleting", "expired", "failed", "rejected"])
    def test_that_ended_do_not_count(self, account: tuple[Aws, Wire], status: str) -> None:
        aws, wire = account
        ended = peering(side("vpc-1", "10.1.0.0/16"), side("vpc-9", "10.9.0.0/16"), status)
        wire.script("DescribeVpcPeeringConnections", peerings(ended))
        assert scan(aws, Context(), [HERE]).ranges == ()

    def test_that_wait_for_acceptance_count(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        waiting = peering(side("vpc-1", "10.1.0.0/16"), side("vpc-9", "10.9.0.0/16"), "pending-acceptance")
        wire.script("DescribeVpcPeeringConnections", peerings(waiting))
        assert blocks_of(scan(aws, Context(), [HERE])) == ["10.1.0.0/16", "10.9.0.0/16"]


class TestRoutes:
    def test_count_with_what_they_lead_to(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeRouteTables", route_tables(a=route("10.200.0.0/16")))
        (found,) = scan(aws, Context(), [HERE]).ranges
        assert found.reason == (
            f"10.200.0.0/16 is a destination of route table rtb-a in {HERE}, account {US}, by way of tgw-1."
        )

    def test_within_the_vpc_and_to_everywhere_do_not_count(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        local = route("10.1.0.0/16", "<gatewayId>local</gatewayId>")
        everywhere = "".join(map(route, ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1")))
        ipv6 = "<item><destinationIpv6CidrBlock>fd00::/8</destinationIpv6CidrBlock><gatewayId>igw-1</gatewayId></item>"
        wire.script("DescribeRouteTables", route_tables(a=local + everywhere + ipv6))
        scanned = scan(aws, Context(), [HERE])
        assert scanned.ranges == ()
        assert scanned.unread == ()

    def test_that_many_tables_repeat_are_told_once(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        same = route("10.200.0.0/16")
        wire.script("DescribeRouteTables", route_tables(a=same, b=same, c=same))
        (found,) = scan(aws, Context(), [HERE]).ranges
        assert found.source.id == "rtb-a"

    def test_to_a_prefix_list_count_with_its_entries(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        routes = "".join(map(route_to_list, ("pl-ours", "pl-aws", "pl-six")))
        wire.script("DescribeRouteTables", route_tables(a=routes))
        lists = prefix_list("pl-ours") + prefix_list("pl-aws", owner="AWS") + prefix_list("pl-six", family="IPv6")
        wire.script(
            "DescribeManagedPrefixLists", ec2("DescribeManagedPrefixLists", f"<prefixListSet>{lists}</prefixListSet>")
        )
        entries = "<entrySet><item><cidr>10.77.0.0/16</cidr></item><item><cidr>0.0.0.0/0</cidr></item></entrySet>"
        wire.script("GetManagedPrefixListEntries", ec2("GetManagedPrefixListEntries", entries))
        (found,) = scan(aws, Context(), [HERE]).ranges
        assert found.reason == (
            "10.77.0.0/16 is in prefix list pl-ours (corporate), a destination of route table rtb-a "
            f"in {HERE}, account {US}."
        )
        asked = [request.body for request in wire.sent if request.operation == "GetManagedPrefixListEntries"]
        assert len(asked) == 1
        assert "PrefixListId=pl-ours" in asked[0]


class TestWhatCannotBeRead:
    def test_a_missing_permission_leaves_the_rest(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", vpcs(vpc("vpc-1", "10.1.0.0/16")))
        wire.script("DescribeRouteTables", refusal("UnauthorizedOperation"), region=HERE)
        wire.script("DescribeRouteTables", route_tables(a=route("10.200.0.0/16")), region=THERE)
        events: list[Event] = []
        scanned = scan(aws, Context(report=events.append), [HERE, THERE])
        assert blocks_of(scanned) == ["10.1.0.0/16", "10.1.0.0/16", "10.200.0.0/16"]
        assert scanned.unread == (Unread(HERE, "ec2:DescribeRouteTables", "You may not call ec2:DescribeRouteTables."),)
        assert set(events) == {
            Scanned(HERE, 1, "You may not call ec2:DescribeRouteTables."),
            Scanned(THERE, 2),
        }

    def test_a_denied_prefix_list_leaves_the_rest(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeRouteTables", route_tables(a=route("10.200.0.0/16") + route_to_list("pl-1")))
        wire.script("DescribeManagedPrefixLists", refusal("UnauthorizedOperation"))
        scanned = scan(aws, Context(), [HERE])
        assert blocks_of(scanned) == ["10.200.0.0/16"]
        assert [missing.call for missing in scanned.unread] == ["ec2:DescribeManagedPrefixLists"]

    def test_a_throttled_call_is_tried_again_and_then_noted(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", refusal("RequestLimitExceeded", status=503), region=HERE)
        wire.script(
            "DescribeVpcs",
            *[refusal("RequestLimitExceeded", status=503)] * 2,
            vpcs(vpc("vpc-1", "10.1.0.0/16")),
            region=THERE,
        )
        scanned = scan(aws, Context(), [HERE, THERE])
        assert blocks_of(scanned) == ["10.1.0.0/16"]
        assert scanned.unread == (Unread(HERE, "ec2:DescribeVpcs", "AWS asks to slow down."),)
        tries = [request.region for request in wire.sent if request.operation == "DescribeVpcs"]
        assert (tries.count(HERE), tries.count(THERE)) == (5, 3)

    def test_two_silent_regions_are_asked_for_no_more_than_their_first_call(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        for region in (HERE, THERE):
            wire.script("DescribeVpcs", silence(), region=region)
        scanned = scan(aws, Context(), [HERE, THERE, "eu-north-1"])
        assert {(missing.region, missing.call) for missing in scanned.unread} == {
            (region, f"ec2:{operation}")
            for region in (HERE, THERE)
            for operation in ("DescribeVpcs", "DescribeVpcPeeringConnections", "DescribeRouteTables")
        }
        assert {missing.why for missing in scanned.unread} == {"AWS did not answer."}
        assert {request.operation for request in wire.sent if request.region in (HERE, THERE)} == {"DescribeVpcs"}

    def test_a_region_that_is_not_enabled_ends_nobodys_sign_in(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        for operation in ("DescribeVpcs", "DescribeVpcPeeringConnections", "DescribeRouteTables"):
            wire.script(operation, refusal("AuthFailure", status=401), region="me-south-1")
        scanned = scan(aws, Context(), [HERE, "me-south-1"])
        assert {missing.region for missing in scanned.unread} == {"me-south-1"}
        assert len(scanned.unread) == 3
        assert "may not be enabled" in scanned.unread[0].why

    def test_credentials_that_no_region_accepts_need_a_new_sign_in(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        for operation in ("DescribeVpcs", "DescribeVpcPeeringConnections", "DescribeRouteTables"):
            wire.script(operation, refusal("AuthFailure", status=401))
        with pytest.raises(SignInNeeded):
            scan(aws, Context(), [HERE, THERE])

    def test_an_answer_that_makes_no_sense_is_not_read(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", vpcs(vpc("vpc-1", "banana")))
        wire.script("DescribeRouteTables", route_tables(a=route("10.200.0.0/16")))
        scanned = scan(aws, Context(), [HERE])
        assert blocks_of(scanned) == ["10.200.0.0/16"]
        assert scanned.unread == (Unread(HERE, "ec2:DescribeVpcs", "AWS's answer could not be understood."),)

    def test_nothing_at_all_is_an_error(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        for operation in ("DescribeVpcs", "DescribeVpcPeeringConnections", "DescribeRouteTables"):
            wire.script(operation, refusal("UnauthorizedOperation"))
        with pytest.raises(PermissionMissing):
            scan(aws, Context(), [HERE, THERE])

    def test_nobody_answering_is_an_error(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", silence())
        with pytest.raises(AwsUnreachable):
            scan(aws, Context(), [HERE, THERE])

    def test_a_sign_in_that_ended_stops_the_scan(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeRouteTables", refusal("RequestExpired", status=400), region=THERE)
        with pytest.raises(SignInNeeded):
            scan(aws, Context(), [HERE, THERE])

    def test_cancelling_in_the_middle_stops_the_scan(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        token = CancelToken()

        def cancel(_request: Request) -> Answer:
            token.cancel()
            return vpcs()

        wire.script("DescribeVpcs", cancel, region=HERE)
        with pytest.raises(Cancelled):
            scan(aws, Context(cancel=token), [HERE])
        assert [request.operation for request in wire.sent] == ["DescribeVpcs"]


class TestWhatIsMadeOfIt:
    def test_evidence_says_what_was_not_checked(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", vpcs(vpc("vpc-1", "10.1.0.0/16")))
        wire.script("DescribeRouteTables", refusal("UnauthorizedOperation"))
        scanned = scan(aws, Context(), [HERE])
        read, missing, beyond = scanned.evidence(IPv4Network("10.64.0.0/16"))
        assert read.state is State.VERIFIED
        assert missing.state is State.NOT_CHECKED
        assert missing.call == "ec2:DescribeRouteTables"
        assert beyond.state is State.NOT_CHECKED
        assert all(what in beyond.detail for what in NOT_LOOKED_AT)
        assert scanned.evidence(IPv4Network("10.1.128.0/20"))[0].state is State.REFUTED
        assert read.at.date() == date(2026, 3, 1)  # AWS's time

    def test_overview_is_ready_for_json(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        wire.script("DescribeVpcs", vpcs(vpc("vpc-1", "10.1.0.0/16", name="prod")))
        wire.script("DescribeVpcPeeringConnections", refusal("UnauthorizedOperation"))
        vendor = Range(IPv4Network("10.64.0.0/12"), RangeSource(Use.VENDOR))
        shown = json.loads(json.dumps(overview(scan(aws, Context(), [HERE]), 16, [vendor])))
        assert shown["used"] == [
            {
                "range": "10.1.0.0/16",
                "reason": f"10.1.0.0/16 is a block of VPC vpc-1 (prod) in {HERE}, account {US}.",
                "what": "vpc",
                "account": US,
                "region": HERE,
                "id": "vpc-1",
                "name": "prod",
            }
        ]
        assert [known["range"] for known in shown["avoided"]] == ["10.64.0.0/12", *(str(a.block) for a in AVOIDED)]
        assert shown["free_blocks"] == 256 + 16 + 1 + 64 - 1 - 16 - 3
        assert sum(1 << (16 - IPv4Network(block).prefixlen) for block in shown["free"]) == shown["free_blocks"]
        assert shown["suggestion"]["block"] == "10.16.0.0/16"
        assert shown["not_checked"] == [
            {
                "region": HERE,
                "call": "ec2:DescribeVpcPeeringConnections",
                "why": "You may not call ec2:DescribeVpcPeeringConnections.",
            }
        ]
        assert shown["not_looked_at"] == list(NOT_LOOKED_AT)

    def test_overview_of_a_full_house_suggests_nothing(self, account: tuple[Aws, Wire]) -> None:
        aws, wire = account
        full = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
        wire.script("DescribeRouteTables", route_tables(a="".join(map(route, full))))
        shown = overview(scan(aws, Context(), [HERE]), 24)
        assert shown["free"] == []
        assert shown["suggestion"] is None


@mock_aws
def test_an_account_on_moto_is_read_in_every_region() -> None:
    here, there = boto3.client("ec2", HERE), boto3.client("ec2", THERE)
    one = here.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    here.associate_vpc_cidr_block(VpcId=one, CidrBlock="10.2.0.0/16")
    two = there.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    here.create_vpc_peering_connection(VpcId=one, PeerVpcId=two, PeerRegion=THERE)
    table = here.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [one]}])["RouteTables"][0]["RouteTableId"]
    gateway = here.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    corporate = here.create_managed_prefix_list(
        PrefixListName="corporate", MaxEntries=1, AddressFamily="IPv4", Entries=[{"Cidr": "10.77.0.0/16"}]
    )["PrefixList"]["PrefixListId"]
    here.create_route(RouteTableId=table, DestinationCidrBlock="10.200.0.0/16", GatewayId=gateway)
    here.create_route(RouteTableId=table, DestinationPrefixListId=corporate, GatewayId=gateway)

    aws, _ = wired()
    scanned = scan(aws, Context(), [HERE, THERE, "sa-east-1"])

    assert scanned.unread == ()
    assert blocks_of(scanned) == [
        *("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.77.0.0/16", "10.200.0.0/16"),
        *("172.31.0.0/16",) * 3,
    ]
