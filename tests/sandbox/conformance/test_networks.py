"""Networks of EC2: blocks, gateways, peerings, paging, dry runs."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import Actor

REGION = "ca-central-1"


def blocks(ec2: object, vpc: str) -> list[tuple[str, str]]:
    found = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"]  # type: ignore[attr-defined]
    return [(block["CidrBlock"], block["CidrBlockState"]["State"]) for block in found]


def test_a_vpc_takes_further_blocks(admin: Actor) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html"""
    ec2 = admin("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.70.0.0/16")["Vpc"]["VpcId"]
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]
    assert made["CidrBlockState"]["State"] == "associating"
    assert blocks(ec2, vpc) == [("10.70.0.0/16", "associated"), ("100.64.0.0/16", "associated")]
    with pytest.raises(ClientError, match=r"InvalidVpc\.Range"):
        ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.70.128.0/17")
    ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])
    assert blocks(ec2, vpc) == [("10.70.0.0/16", "associated")]


@pytest.mark.parametrize(("block", "kept"), [("10.71.3.4/16", "10.71.0.0/16"), ("10.72.0.0/28", "10.72.0.0/28")])
def test_a_block_is_kept_in_canonical_form(admin: Actor, block: str, kept: str) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html (CidrBlock)"""
    assert admin("ec2", REGION).create_vpc(CidrBlock=block)["Vpc"]["CidrBlock"] == kept


@pytest.mark.parametrize("block", ["10.0.0.0/8", "10.0.0.0/15", "10.0.0.0/29"])
def test_a_vpc_is_between_16_and_28(admin: Actor, block: str) -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""
    with pytest.raises(ClientError, match=r"InvalidVpc\.Range"):
        admin("ec2", REGION).create_vpc(CidrBlock=block)


def test_a_nat_gateway_shows_its_elastic_ip(admin: Actor) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAddress.html"""
    ec2 = admin("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.73.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.73.1.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address["AllocationId"])["NatGateway"]
    other = ec2.allocate_address(Domain="vpc")
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=other["AllocationId"])
    gateway = ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"][0]
    for shown in (made, gateway):
        assert [entry["PublicIp"] for entry in shown["NatGatewayAddresses"]] == [address["PublicIp"]]
        assert shown["NatGatewayAddresses"][0]["PrivateIp"].startswith("10.73.1.")
    taken = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"][0]
    assert taken["AssociationId"].startswith("eipassoc-")
    with pytest.raises(ClientError, match=r"InvalidAllocationID\.NotFound"):
        ec2.create_nat_gateway(SubnetId=subnet, AllocationId="eipalloc-0123456789")


def test_a_peering_shows_both_blocks(admin: Actor) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionVpcInfo.html"""
    peering = admin("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"][0]
    assert peering["RequesterVpcInfo"]["CidrBlock"] == "10.0.0.0/16"
    assert peering["RequesterVpcInfo"]["CidrBlockSet"] == [{"CidrBlock": "10.0.0.0/16"}]
    assert peering["AccepterVpcInfo"]["CidrBlock"] == "10.1.0.0/16"
    assert peering["AccepterVpcInfo"]["Region"] == "us-west-2"


def test_descriptions_come_in_pages(admin: Actor) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html (MaxResults 5 to 1000, NextToken)"""
    ec2 = admin("ec2", "ap-south-1")
    made = {ec2.create_vpc(CidrBlock=f"10.{80 + n}.0.0/16")["Vpc"]["VpcId"] for n in range(12)}
    first = ec2.describe_vpcs(MaxResults=5)
    assert len(first["Vpcs"]) == 5
    pages = list(ec2.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5}))
    found = [vpc["VpcId"] for page in pages for vpc in page["Vpcs"]]
    assert len(found) == len(set(found))
    assert made <= set(found)
    assert len(pages) == 3
    assert "NextToken" not in ec2.describe_vpcs()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"MaxResults": 4}, "InvalidParameterValue"),
        ({"MaxResults": 1001}, "InvalidParameterValue"),
        ({"NextToken": "bm9uc2Vuc2U="}, "InvalidNextToken"),
        ({"NextToken": "%"}, "InvalidNextToken"),
        ({"MaxResults": 5, "VpcIds": ["vpc-12345678"]}, "InvalidParameterCombination"),
    ],
)
def test_a_bad_page_is_refused(admin: Actor, arguments: dict[str, object], code: str) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
    with pytest.raises(ClientError) as caught:
        admin("ec2", parameter_validation=False).describe_vpcs(**arguments)
    assert caught.value.response["Error"]["Code"] == code


def test_a_dry_run_changes_nothing(admin: Actor, reader: Actor) -> None:
    """DryRunOperation where it would be allowed, UnauthorizedOperation where not.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html (DryRun)
    """
    before = len(admin("ec2").describe_vpcs()["Vpcs"])
    for actor, code in ((admin, "DryRunOperation"), (reader, "UnauthorizedOperation")):
        with pytest.raises(ClientError) as caught:
            actor("ec2").create_vpc(CidrBlock="10.99.0.0/16", DryRun=True)
        assert caught.value.response["Error"]["Code"] == code
    assert len(admin("ec2").describe_vpcs()["Vpcs"]) == before


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("describe_transit_gateways", "TransitGateways"),
        ("describe_transit_gateway_attachments", "TransitGatewayAttachments"),
        ("describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"),
        ("describe_transit_gateway_route_tables", "TransitGatewayRouteTables"),
        ("describe_client_vpn_endpoints", "ClientVpnEndpoints"),
        ("describe_vpn_connections", "VpnConnections"),
        ("describe_ipams", "Ipams"),
        ("describe_ipam_pools", "IpamPools"),
        ("describe_ipam_resource_discoveries", "IpamResourceDiscoveries"),
    ],
)
def test_an_account_without_them_has_empty_lists(admin: Actor, operation: str, member: str) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTransitGateways.html and its neighbours"""
    assert getattr(admin("ec2"), operation)()[member] == []
