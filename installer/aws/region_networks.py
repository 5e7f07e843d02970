"""Which address ranges one region uses or routes to, in three calls, and two more where routes lead to prefix lists.

All regions together are `networks.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from typing import Any

from installer.aws.clients import Aws
from installer.cidr import Range, RangeSource, Use
from installer.context import Context
from installer.errors import AwsError, AwsUnreachable, SignInNeeded
from installer.names import TAG_INSTALLATION

VPCS = "ec2:DescribeVpcs"
PEERINGS = "ec2:DescribeVpcPeeringConnections"
ROUTE_TABLES = "ec2:DescribeRouteTables"
PREFIX_LISTS = "ec2:DescribeManagedPrefixLists"
PREFIX_LIST_ENTRIES = "ec2:GetManagedPrefixListEntries"

_IN_USE = frozenset({"associated", "associating"})
_PEERING_ENDED = frozenset({"deleted", "deleting", "expired", "failed", "rejected"})
# The whole internet, in one route or in two halves: it says nothing of what lies there.
_EVERYWHERE = frozenset(map(IPv4Network, ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1")))
_TARGETS = (
    "GatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)


@dataclass(frozen=True)
class Unread:
    """A source that could not be read. `why` is a sentence."""

    region: str
    call: str
    why: str

    def to_json(self) -> dict[str, str]:
        return {"region": self.region, "call": self.call, "why": self.why}


class RegionReader:
    """Reads one region, and remembers what could not be read."""

    def __init__(self, aws: Aws, ctx: Context, region: str) -> None:
        self._aws = aws
        self._ctx = ctx
        self.region = region
        self.ranges: set[Range] = set()
        self.unread: list[Unread] = []
        self.refusals: list[AwsError] = []
        self._answers = 0

    @property
    def read_nothing(self) -> bool:
        return self._answers == 0

    def items(self, call: str, key: str, **parameters: Any) -> list[Mapping[str, Any]]:
        """All that the call lists; nothing where it may not be read, which is then noted."""
        if self._silent is not None:
            # Each further call would wait for its time limit, too.
            self._note(call, self._silent)
            return []
        try:
            found = self._aws.pages(self._ctx, call, key, region=self.region, **parameters)
        except SignInNeeded as error:
            # EC2 says AuthFailure, too, where a region is not enabled: that ends nobody's sign-in.
            if error.aws_code != "AuthFailure":
                raise
            self._note(call, error, "AWS does not accept the sign-in in this region; it may not be enabled.")
            return []
        except AwsError as error:
            self._note(call, error)
            return []
        self._answers += 1
        return found

    @property
    def _silent(self) -> AwsUnreachable | None:
        return next((refusal for refusal in self.refusals if isinstance(refusal, AwsUnreachable)), None)

    def _note(self, call: str, error: AwsError, why: str = "") -> None:
        self.refusals.append(error)
        self.unread.append(Unread(self.region, call, why or error.message))

    def add(self, call: str, ranges: Callable[[], Iterable[Range]]) -> None:
        """Take over what `ranges` makes of an answer; an answer that makes no sense was not read."""
        try:
            self.ranges |= set(ranges())
        except (KeyError, ValueError) as error:
            self._note(
                call, AwsError("AWS's answer could not be understood.", call=call, details={"problem": repr(error)})
            )


def read_region(aws: Aws, ctx: Context, region: str) -> RegionReader:
    reader = RegionReader(aws, ctx, region)
    vpcs = reader.items(VPCS, "Vpcs")
    reader.add(VPCS, lambda: _of_vpcs(region, vpcs))
    peerings = reader.items(PEERINGS, "VpcPeeringConnections")
    reader.add(PEERINGS, lambda: _of_peerings(region, peerings))
    tables = reader.items(ROUTE_TABLES, "RouteTables")
    reader.add(ROUTE_TABLES, lambda: _of_routes(region, tables))
    _read_prefix_lists(reader, tables)
    return reader


def _read_prefix_lists(reader: RegionReader, tables: Iterable[Mapping[str, Any]]) -> None:
    """The customer's own prefix lists among the destinations. AWS's lists hold the public addresses of its services."""
    users = {
        route["DestinationPrefixListId"]: table
        for table, route in _routes(tables)
        if "DestinationPrefixListId" in route
    }
    if not users:
        return
    for known in reader.items(PREFIX_LISTS, "PrefixLists", PrefixListIds=sorted(users)):
        public = known.get("OwnerId") == "AWS"
        if public or known.get("AddressFamily") == "IPv6" or known.get("PrefixListId") not in users:
            continue
        entries = reader.items(PREFIX_LIST_ENTRIES, "Entries", PrefixListId=known["PrefixListId"])
        reader.add(PREFIX_LIST_ENTRIES, partial(_of_entries, reader.region, known, users, entries))


def _of_vpcs(region: str, vpcs: Iterable[Mapping[str, Any]]) -> Iterator[Range]:
    """Every block of every VPC: its own and those that another account shares."""
    for vpc in vpcs:
        source = RangeSource(
            Use.VPC,
            vpc.get("OwnerId", ""),
            region,
            _name(vpc),
            vpc["VpcId"],
            installation=_tag(vpc, TAG_INSTALLATION),
        )
        blocks = {vpc["CidrBlock"]} if "CidrBlock" in vpc else set()
        for association in vpc.get("CidrBlockAssociationSet", []):
            if association.get("CidrBlockState", {}).get("State") in _IN_USE:
                blocks.add(association["CidrBlock"])
        for block in blocks:
            yield Range(IPv4Network(block), source)


def _of_peerings(region: str, peerings: Iterable[Mapping[str, Any]]) -> Iterator[Range]:
    for peering in peerings:
        if peering.get("Status", {}).get("Code") in _PEERING_ENDED:
            continue
        for side in (peering.get("RequesterVpcInfo", {}), peering.get("AccepterVpcInfo", {})):
            source = RangeSource(
                Use.PEERING,
                side.get("OwnerId", ""),
                side.get("Region", region),
                _name(peering),
                peering["VpcPeeringConnectionId"],
                side.get("VpcId", ""),
            )
            blocks = {item["CidrBlock"] for item in side.get("CidrBlockSet", [])}
            if "CidrBlock" in side:
                blocks.add(side["CidrBlock"])
            for block in blocks:
                yield Range(IPv4Network(block), source)


def _of_routes(region: str, tables: Iterable[Mapping[str, Any]]) -> Iterator[Range]:
    """Destinations outside the VPC, each target of a block once, however many tables repeat it."""
    told = set()
    for table, route in _routes(tables):
        if "DestinationCidrBlock" not in route:
            continue
        block = IPv4Network(route["DestinationCidrBlock"])
        target = next((route[key] for key in _TARGETS if key in route), "a target without a name")
        if target == "local" or block in _EVERYWHERE or (block, target) in told:
            continue
        told.add((block, target))
        source = RangeSource(Use.ROUTE, table.get("OwnerId", ""), region, _name(table), table["RouteTableId"], target)
        yield Range(block, source)


def _of_entries(
    region: str, known: Mapping[str, Any], users: Mapping[str, Mapping[str, Any]], entries: Iterable[Mapping[str, Any]]
) -> Iterator[Range]:
    prefix_list_id = known["PrefixListId"]
    source = RangeSource(
        Use.PREFIX_LIST,
        known.get("OwnerId", ""),
        region,
        known.get("PrefixListName", ""),
        prefix_list_id,
        users[prefix_list_id]["RouteTableId"],
    )
    for entry in entries:
        block = IPv4Network(entry["Cidr"])
        if block not in _EVERYWHERE:
            yield Range(block, source)


def _routes(tables: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for table in tables:
        for route in table.get("Routes", []):
            yield table, route


def _name(thing: Mapping[str, Any]) -> str:
    return _tag(thing, "Name")


def _tag(thing: Mapping[str, Any], key: str) -> str:
    return next((tag["Value"] for tag in thing.get("Tags", []) if tag["Key"] == key), "")
