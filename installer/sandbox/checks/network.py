"""The product's network: on the block that was chosen, which nothing else in any region uses or routes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from installer.sandbox.checks.check import insist
from installer.sandbox.checks.witness import Installed, Witness

_PEERING_ENDED = frozenset({"deleted", "deleting", "expired", "failed", "rejected"})


@dataclass(frozen=True)
class Region:
    """What EC2 answered in one region."""

    name: str
    vpcs: tuple[dict[str, Any], ...]
    peerings: tuple[dict[str, Any], ...]
    route_tables: tuple[dict[str, Any], ...]


def survey(witness: Witness) -> tuple[Region, ...]:
    """Every enabled region."""

    def read(region: str, operation: str, key: str) -> tuple[dict[str, Any], ...]:
        return tuple(witness.admin.pages("ec2", operation, key, region=region))

    return tuple(
        Region(
            name=region,
            vpcs=read(region, "describe_vpcs", "Vpcs"),
            peerings=read(region, "describe_vpc_peering_connections", "VpcPeeringConnections"),
            route_tables=read(region, "describe_route_tables", "RouteTables"),
        )
        for region in witness.regions
    )


def own_vpcs(witness: Witness, installed: Installed, region: str) -> list[dict[str, Any]]:
    """The installation's VPCs in this region."""
    vpcs = witness.admin.pages("ec2", "describe_vpcs", "Vpcs", region=region)
    return [vpc for vpc in vpcs if installed.owns(vpc.get("Tags", []))]


def has_the_block(witness: Witness, installed: Installed) -> str:
    """All blocks of the installation's VPCs in its region are the one that was chosen."""
    vpcs = own_vpcs(witness, installed, installed.region)
    insist(bool(vpcs), f"There is no VPC of {installed.name} in {installed.region}.")
    found = {f"{vpc['VpcId']} has {block}" for vpc in vpcs for block in _blocks(vpc)}
    wanted = {f"{vpc['VpcId']} has {installed.cidr}" for vpc in vpcs}
    insist(found == wanted, f"{installed.cidr} was chosen, but {', '.join(sorted(found - wanted))}.")
    return f"{', '.join(sorted(found))}."


def overlaps_nothing(witness: Witness, installed: Installed) -> str:
    regions, chosen = survey(witness), IPv4Network(installed.cidr)
    own = {vpc["VpcId"] for region in regions for vpc in region.vpcs if installed.owns(vpc.get("Tags", []))}
    used = [use for region in regions for use in _used(region) if use[2] not in own]
    hits = [f"{block} of {what}" for block, what, _ in used if chosen.overlaps(IPv4Network(block))]
    insist(not hits, f"{chosen} overlaps {'; '.join(hits)}.")
    return f"{chosen} overlaps none of {len(used)} ranges in {len(regions)} regions."


def _used(region: Region) -> Iterator[tuple[str, str, str]]:
    """(block, by what, the VPC that has it)"""
    for vpc in region.vpcs:
        yield from ((block, f"{vpc['VpcId']} in {region.name}", vpc["VpcId"]) for block in _blocks(vpc))
    for peering in region.peerings:
        if peering["Status"]["Code"] in _PEERING_ENDED:
            continue
        for side in (peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]):
            blocks = {one["CidrBlock"] for one in side.get("CidrBlockSet", [])} | {side.get("CidrBlock")}
            what = f"{peering['VpcPeeringConnectionId']} in {region.name}"
            yield from ((block, what, side["VpcId"]) for block in blocks if block)
    for table in region.route_tables:
        for route in table["Routes"]:
            block = route.get("DestinationCidrBlock")
            # `local` is the VPC's own block, read above; everything else has the default route.
            if block and block != "0.0.0.0/0" and route.get("GatewayId") != "local":
                yield block, f"a route of {table['RouteTableId']} in {region.name}", table["VpcId"]


def _blocks(vpc: dict[str, Any]) -> set[str]:
    associated = {
        one["CidrBlock"]
        for one in vpc.get("CidrBlockAssociationSet", [])
        if one["CidrBlockState"]["State"] in ("associating", "associated")
    }
    return associated | {vpc["CidrBlock"]}
