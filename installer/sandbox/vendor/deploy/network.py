"""The network: VPC, subnets, the way in (internet gateway), the way out (NAT gateway), routes, security groups."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from installer.sandbox.vendor.deploy.failures import Unsuitable
from installer.sandbox.vendor.deploy.site import Site

HTTP_PORT = 80
PRODUCT_PORT = 3000
DATABASE_PORT = 5432

_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Network:
    """Ids of AWS; `egress_ip` is where the product's own queries come from."""

    vpc_id: str
    private_subnet_ids: tuple[str, ...]
    public_subnet_ids: tuple[str, ...]
    egress_ip: str
    load_balancer_group_id: str
    node_group_id: str
    database_group_id: str


def make_network(site: Site) -> Network:
    with site.step("vpc"):
        vpc_id = _vpc(site)
    with site.step("subnets"):
        private, public = _subnets(site, vpc_id)
    with site.step("internet-gateway"):
        internet_gateway_id = _internet_gateway(site, vpc_id)
    with site.step("elastic-ip"):
        address = _elastic_ip(site)
    with site.step("nat-gateway"):
        nat_gateway_id = _nat_gateway(site, public[0], address["AllocationId"])
    with site.step("routes"):
        _routes(site, vpc_id, "public", public, {"GatewayId": internet_gateway_id})
        _routes(site, vpc_id, "private", private, {"NatGatewayId": nat_gateway_id})
    with site.step("security-groups"):
        outer = _security_group(site, vpc_id, "alb", "Reaches the load balancer", _from_anywhere(HTTP_PORT))
        nodes = _security_group(site, vpc_id, "nodes", "Load balancer to product", _from_group(PRODUCT_PORT, outer))
        database = _security_group(site, vpc_id, "database", "Product to database", _from_group(DATABASE_PORT, nodes))
    return Network(vpc_id, private, public, address["PublicIp"], outer, nodes, database)


def _vpc(site: Site) -> str:
    ec2, name = site.clients.ec2, site.plan.name("vpc")
    found = ec2.describe_vpcs(Filters=site.own(name))["Vpcs"]
    vpc, new = _find_or_make(
        site,
        name,
        found,
        lambda: ec2.create_vpc(CidrBlock=site.plan.cidr, TagSpecifications=site.tagged("vpc", name))["Vpc"],
    )
    vpc_id = str(vpc["VpcId"])
    if vpc["CidrBlock"] != site.plan.cidr:
        there = f"The network of this installation is there already, on {vpc['CidrBlock']}."
        raise Unsuitable("OtherBlock", site.ec2_arn("vpc", vpc_id), there)
    site.made(site.ec2_arn("vpc", vpc_id), "AWS::EC2::VPC", name, new=new)
    # EKS nodes and private DNS names of RDS need both.
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    return vpc_id


def _subnets(site: Site, vpc_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ec2 = site.clients.ec2
    zones = ec2.describe_availability_zones(
        Filters=[{"Name": "state", "Values": ["available"]}, {"Name": "zone-type", "Values": ["availability-zone"]}]
    )["AvailabilityZones"]
    zone_names = sorted(zone["ZoneName"] for zone in zones)[:3]
    private, public = site.plan.subnet_blocks()
    return (
        tuple(_subnet(site, vpc_id, "private", *place) for place in zip(zone_names, private, strict=False)),
        tuple(_subnet(site, vpc_id, "public", *place) for place in zip(zone_names, public, strict=False)),
    )


def _subnet(site: Site, vpc_id: str, kind: str, zone: str, block: IPv4Network) -> str:
    ec2, name = site.clients.ec2, site.plan.name(f"{kind}-{zone[-1]}")
    subnet, new = _find_or_make(
        site,
        name,
        ec2.describe_subnets(Filters=site.own(name))["Subnets"],
        lambda: ec2.create_subnet(
            VpcId=vpc_id,
            CidrBlock=str(block),
            AvailabilityZone=zone,
            TagSpecifications=site.tagged("subnet", name),
        )["Subnet"],
    )
    site.made(site.ec2_arn("subnet", subnet["SubnetId"]), "AWS::EC2::Subnet", name, new=new)
    return str(subnet["SubnetId"])


def _internet_gateway(site: Site, vpc_id: str) -> str:
    ec2, name = site.clients.ec2, site.plan.name("internet")
    gateway, new = _find_or_make(
        site,
        name,
        ec2.describe_internet_gateways(Filters=site.own(name))["InternetGateways"],
        lambda: ec2.create_internet_gateway(TagSpecifications=site.tagged("internet-gateway", name))["InternetGateway"],
    )
    gateway_id = str(gateway["InternetGatewayId"])
    site.made(site.ec2_arn("internet-gateway", gateway_id), "AWS::EC2::InternetGateway", name, new=new)
    if vpc_id not in [attachment["VpcId"] for attachment in gateway.get("Attachments", [])]:
        ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    return gateway_id


def _elastic_ip(site: Site) -> dict[str, Any]:
    ec2, name = site.clients.ec2, site.plan.name("egress")
    address, new = _find_or_make(
        site,
        name,
        ec2.describe_addresses(Filters=site.own(name))["Addresses"],
        lambda: ec2.allocate_address(Domain="vpc", TagSpecifications=site.tagged("elastic-ip", name)),
    )
    site.made(site.ec2_arn("elastic-ip", address["AllocationId"]), "AWS::EC2::EIP", name, new=new)
    return address


def _nat_gateway(site: Site, subnet_id: str, allocation_id: str) -> str:
    ec2, name = site.clients.ec2, site.plan.name("nat")
    usable = [{"Name": "state", "Values": ["pending", "available"]}]
    gateway, new = _find_or_make(
        site,
        name,
        ec2.describe_nat_gateways(Filter=site.own(name) + usable)["NatGateways"],
        lambda: ec2.create_nat_gateway(
            SubnetId=subnet_id,
            AllocationId=allocation_id,
            TagSpecifications=site.tagged("natgateway", name),
        )["NatGateway"],
    )
    gateway_id = str(gateway["NatGatewayId"])
    site.made(site.ec2_arn("natgateway", gateway_id), "AWS::EC2::NatGateway", name, new=new)

    def available() -> bool:
        now = ec2.describe_nat_gateways(NatGatewayIds=[gateway_id])["NatGateways"][0]
        if now["State"] == "failed":
            raise Unsuitable("NatGatewayFailed", gateway_id, now.get("FailureMessage", "The NAT gateway failed."))
        return bool(now["State"] == "available")

    site.wait_until(available, "The NAT gateway", 100)
    return gateway_id


def _routes(site: Site, vpc_id: str, kind: str, subnet_ids: tuple[str, ...], target: dict[str, str]) -> None:
    ec2, name = site.clients.ec2, site.plan.name(kind)
    table, new = _find_or_make(
        site,
        name,
        ec2.describe_route_tables(Filters=site.own(name))["RouteTables"],
        lambda: ec2.create_route_table(VpcId=vpc_id, TagSpecifications=site.tagged("route-table", name))["RouteTable"],
    )
    table_id = str(table["RouteTableId"])
    site.made(site.ec2_arn("route-table", table_id), "AWS::EC2::RouteTable", name, new=new)
    if _ANYWHERE not in [route.get("DestinationCidrBlock") for route in table.get("Routes", [])]:
        ec2.create_route(RouteTableId=table_id, DestinationCidrBlock=_ANYWHERE, **target)
    associated = {association.get("SubnetId") for association in table.get("Associations", [])}
    for subnet_id in subnet_ids:
        if subnet_id not in associated:
            ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)


def _security_group(site: Site, vpc_id: str, kind: str, description: str, rule: dict[str, Any]) -> str:
    ec2, name = site.clients.ec2, site.plan.name(kind)
    group, new = _find_or_make(
        site,
        name,
        ec2.describe_security_groups(Filters=site.own(name))["SecurityGroups"],
        lambda: ec2.create_security_group(
            GroupName=name,
            Description=description,
            VpcId=vpc_id,
            TagSpecifications=site.tagged("security-group", name),
        ),
    )
    group_id = str(group["GroupId"])
    site.made(site.ec2_arn("security-group", group_id), "AWS::EC2::SecurityGroup", name, new=new)
    if not group.get("IpPermissions"):
        ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[rule])
    return group_id


def _from_anywhere(port: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": _ANYWHERE}]}


def _from_group(port: int, group_id: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group_id}]}


def _find_or_make(
    site: Site, name: str, answered: list[dict[str, Any]], make: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """The resource, and whether it was made just now.

    The tags are looked at again: where a filter were not applied, somebody else's resource would be taken for ours.
    """
    found = [resource for resource in answered if site.is_own(resource, name)]
    return (found[0], False) if found else (make(), True)
