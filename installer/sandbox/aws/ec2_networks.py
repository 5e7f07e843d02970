"""Gap: secondary VPC blocks, the addresses of NAT gateways, and network services that ministack does not have.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAddress.html
Transit gateways, Client VPN and IPAM answer as in an account that has none.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from typing import Any

from ministack.services import ec2

from installer.sandbox.aws.request import Handler, Reply
from installer.sandbox.aws.seams import Function, adds, replaces

_GAP = "VPC blocks, NAT addresses, absent network services"
_EC2 = "ministack.services.ec2"
Params = dict[str, Any]
Record = dict[str, Any]


def _reply(action: str, inner: str) -> Reply:
    reply: Reply = ec2._xml(200, f"{action}Response", inner)
    return reply


def _error(code: str, message: str) -> Reply:
    reply: Reply = ec2._error(code, message, 400)
    return reply


@replaces(_EC2, "_ACTION_MAP[CreateVpc]", gap=_GAP)
def _create_vpc(original: Handler, params: Params) -> Reply:
    """A block is /16 to /28 and is kept in its canonical form.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
    """
    block = ec2._p(params, "CidrBlock")
    try:
        network = ipaddress.IPv4Network(block, strict=False)
    except ValueError:
        return _error("InvalidParameterValue", f"Value ({block}) for parameter cidrBlock is invalid.")
    if not 16 <= network.prefixlen <= 28:
        return _error("InvalidVpc.Range", f"The CIDR '{block}' is invalid.")
    return original({**params, "CidrBlock": [str(network)]})


@adds(_EC2, "_ACTION_MAP[AssociateVpcCidrBlock]", gap=_GAP)
def _associate_block(original: None, params: Params) -> Reply:
    vpc = ec2._vpcs.get(ec2._p(params, "VpcId"))
    if vpc is None:
        return _error("InvalidVpcID.NotFound", f"The vpc ID '{ec2._p(params, 'VpcId')}' does not exist")
    block = ec2._p(params, "CidrBlock")
    try:
        network = ipaddress.IPv4Network(block, strict=False)
    except ValueError:
        return _error("InvalidParameterValue", f"Value ({block}) for parameter cidrBlock is invalid.")
    taken = [vpc["CidrBlock"], *(other["CidrBlock"] for other in _secondary(vpc))]
    if not 16 <= network.prefixlen <= 28:
        return _error("InvalidVpc.Range", f"The CIDR '{block}' is invalid.")
    if any(network.overlaps(ipaddress.IPv4Network(other)) for other in taken):
        return _error("InvalidVpc.Range", f"The CIDR '{block}' conflicts with another of the VPC.")
    association = {"AssociationId": f"vpc-cidr-assoc-{secrets.token_hex(9)[:17]}", "CidrBlock": str(network)}
    vpc.setdefault("_secondary", []).append(association)
    inner = f"<vpcId>{vpc['VpcId']}</vpcId>{_association_xml(association, 'cidrBlockAssociation', 'associating')}"
    return _reply("AssociateVpcCidrBlock", inner)


@adds(_EC2, "_ACTION_MAP[DisassociateVpcCidrBlock]", gap=_GAP)
def _disassociate_block(original: None, params: Params) -> Reply:
    association_id = ec2._p(params, "AssociationId")
    for vpc in ec2._vpcs.values():
        for association in _secondary(vpc):
            if association["AssociationId"] == association_id:
                vpc["_secondary"].remove(association)
                gone = _association_xml(association, "cidrBlockAssociation", "disassociating")
                return _reply("DisassociateVpcCidrBlock", f"<vpcId>{vpc['VpcId']}</vpcId>{gone}")
    message = f"The vpc CIDR block association ID '{association_id}' does not exist"
    return _error("InvalidVpcCidrBlockAssociationID.NotFound", message)


def _secondary(vpc: Record) -> list[Record]:
    found: list[Record] = vpc.get("_secondary", [])
    return found


def _association_xml(association: Record, element: str, state: str) -> str:
    return (
        f"<{element}><associationId>{association['AssociationId']}</associationId>"
        f"<cidrBlock>{association['CidrBlock']}</cidrBlock>"
        f"<cidrBlockState><state>{state}</state></cidrBlockState></{element}>"
    )


@replaces(_EC2, "_vpc_fields_xml", gap=_GAP)
def _vpc_fields_xml(original: Function, vpc: Record, tag: str = "item") -> str:
    more = "".join(_association_xml(association, "item", "associated") for association in _secondary(vpc))
    return str(original(vpc, tag)).replace("</cidrBlockAssociationSet>", f"{more}</cidrBlockAssociationSet>")


@replaces(_EC2, "_ACTION_MAP[CreateNatGateway]", gap=_GAP)
def _create_nat_gateway(original: Handler, params: Params) -> Reply:
    """Take the Elastic IP, and an address in the subnet; the gateway is pending until it is described."""
    if ec2._p(params, "SubnetId") not in ec2._subnets:
        message = f"The subnet ID '{ec2._p(params, 'SubnetId')}' does not exist"
        return _error("InvalidSubnetID.NotFound", message)
    allocation_id = ec2._p(params, "AllocationId")
    address = ec2._addresses.get(allocation_id)
    if ec2._p(params, "ConnectivityType") != "private" and address is None:
        return _error("InvalidAllocationID.NotFound", f"The allocation ID '{allocation_id}' does not exist")
    known = set(ec2._nat_gateways)
    status, headers, body = original(params)
    for nat_id in set(ec2._nat_gateways) - known:
        gateway = ec2._nat_gateways[nat_id]
        subnet = ipaddress.IPv4Network(ec2._subnets[gateway["SubnetId"]]["CidrBlock"])
        gateway["_address"] = {
            "allocationId": allocation_id,
            "networkInterfaceId": f"eni-{secrets.token_hex(9)[:17]}",
            "privateIp": str(subnet[10]),
            "publicIp": (address or {}).get("PublicIp", ""),
        }
        if address is not None:
            address["AssociationId"] = f"eipassoc-{secrets.token_hex(9)[:17]}"
            address["NetworkInterfaceId"] = gateway["_address"]["networkInterfaceId"]
            address["PrivateIpAddress"] = gateway["_address"]["privateIp"]
        body = _with_addresses(body.decode(), [gateway]).encode()
    return status, headers, body


@replaces(_EC2, "_ACTION_MAP[DescribeNatGateways]", gap=_GAP)
def _describe_nat_gateways(original: Handler, params: Params) -> Reply:
    status, headers, body = original(params)
    return status, headers, _with_addresses(body.decode(), ec2._nat_gateways.values()).encode()


def _with_addresses(text: str, gateways: Any) -> str:
    for gateway in gateways:
        address = {name: value for name, value in gateway.get("_address", {}).items() if value}
        fields = "".join(f"<{name}>{value}</{name}>" for name, value in address.items())
        item = f"<item>{fields}<isPrimary>true</isPrimary><status>succeeded</status></item>" if address else ""
        begin = text.find(gateway["NatGatewayId"])
        at = text.find("<natGatewayAddressSet/>", begin)
        if begin >= 0 and at >= 0:
            filled = f"<natGatewayAddressSet>{item}</natGatewayAddressSet>"
            text = text[:at] + filled + text[at + len("<natGatewayAddressSet/>") :]
    return text


@replaces(_EC2, "_ACTION_MAP[DeleteNatGateway]", gap=_GAP)
def _delete_nat_gateway(original: Handler, params: Params) -> Reply:
    """The Elastic IP is free again."""
    gateway = ec2._nat_gateways.get(ec2._p(params, "NatGatewayId")) or {}
    address = ec2._addresses.get(gateway.get("_address", {}).get("allocationId", "")) or {}
    for name in ("AssociationId", "NetworkInterfaceId", "PrivateIpAddress"):
        if address:
            address[name] = None
    return original(params)


# Operation and the element that holds its items.
_EMPTY = (
    ("DescribeTransitGateways", "transitGatewaySet"),
    ("DescribeTransitGatewayAttachments", "transitGatewayAttachments"),
    ("DescribeTransitGatewayVpcAttachments", "transitGatewayVpcAttachments"),
    ("DescribeTransitGatewayRouteTables", "transitGatewayRouteTables"),
    ("DescribeTransitGatewayPeeringAttachments", "transitGatewayPeeringAttachments"),
    ("DescribeClientVpnEndpoints", "clientVpnEndpoint"),
    ("DescribeIpams", "ipamSet"),
    ("DescribeIpamPools", "ipamPoolSet"),
    ("DescribeIpamResourceDiscoveries", "ipamResourceDiscoverySet"),
    ("DescribeLocalGateways", "localGatewaySet"),
    ("DescribeCarrierGateways", "carrierGatewaySet"),
)
# Operation and what it answers for any id, since there is none of its kind.
_UNKNOWN_ID = (
    ("SearchTransitGatewayRoutes", "InvalidRouteTableID.NotFound", "TransitGatewayRouteTableId"),
    ("GetTransitGatewayPrefixListReferences", "InvalidRouteTableID.NotFound", "TransitGatewayRouteTableId"),
    ("DescribeClientVpnRoutes", "InvalidClientVpnEndpointId.NotFound", "ClientVpnEndpointId"),
    ("GetIpamDiscoveredResourceCidrs", "InvalidIpamResourceDiscoveryId.NotFound", "IpamResourceDiscoveryId"),
)


def _empty(operation: str, element: str) -> None:
    adds(_EC2, f"_ACTION_MAP[{operation}]", gap=_GAP)(lambda original, params: _reply(operation, f"<{element}/>"))


def _unknown(operation: str, code: str, parameter: str) -> None:
    def refuse(original: None, params: Params) -> Reply:
        return _error(code, f"The ID '{ec2._p(params, parameter)}' does not exist")

    adds(_EC2, f"_ACTION_MAP[{operation}]", gap=_GAP)(refuse)


for _row in _EMPTY:
    _empty(*_row)
for _refused in _UNKNOWN_ID:
    _unknown(*_refused)


@replaces(_EC2, "_ACTION_MAP[DescribeVpcPeeringConnections]", gap=_GAP)
def _describe_peerings(original: Handler, params: Params) -> Reply:
    """Both sides show their blocks.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionVpcInfo.html
    """
    status, headers, body = original(params)

    def fill(match: re.Match[str]) -> str:
        vpc_id, owner, region = match[2], match[3], match[4]
        vpc = ec2._vpcs.get_scoped(owner, region, vpc_id)
        if vpc is None:
            return match[0]
        blocks = [vpc["CidrBlock"], *(association["CidrBlock"] for association in _secondary(vpc))]
        listed = "".join(f"<item><cidrBlock>{block}</cidrBlock></item>" for block in blocks)
        return f"{match[1]}<cidrBlock>{blocks[0]}</cidrBlock><cidrBlockSet>{listed}</cidrBlockSet>"

    side = r"(<vpcId>([^<]*)</vpcId><ownerId>([^<]*)</ownerId><region>([^<]*)</region>)"
    return status, headers, re.sub(side, fill, body.decode()).encode()
