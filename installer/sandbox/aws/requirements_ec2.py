"""What an EC2 request needs: one check per resource it names or makes, and `ec2:CreateTags` for tags on creation.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html (ec2:CreateAction)
Describe calls take no resource. The tags of the request are known to every one of its checks (docs/sandbox.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ministack.services import ec2

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

_TYPES = {
    "acl": "network-acl",
    "ami": "image",
    "dopt": "dhcp-options",
    "eigw": "egress-only-internet-gateway",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "vgw": "vpn-gateway",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
    "vpn": "vpn-connection",
}
_MADE = {
    "AllocateAddress": "elastic-ip",
    "CreateDefaultVpc": "vpc",
    "CreateDhcpOptions": "dhcp-options",
    "CreateEgressOnlyInternetGateway": "egress-only-internet-gateway",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateInternetGateway": "internet-gateway",
    "CreateKeyPair": "key-pair",
    "CreateLaunchTemplate": "launch-template",
    "CreateManagedPrefixList": "prefix-list",
    "CreateNatGateway": "natgateway",
    "CreateNetworkAcl": "network-acl",
    "CreateNetworkInterface": "network-interface",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSnapshot": "snapshot",
    "CreateSubnet": "subnet",
    "CreateTransitGateway": "transit-gateway",
    "CreateVolume": "volume",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
    "CreateVpcPeeringConnection": "vpc-peering-connection",
    "CreateVpnGateway": "vpn-gateway",
    "RunInstances": "instance",
}
_ID = re.compile(r"([a-z]+)-[0-9a-fA-F]{6,}")
_WITHOUT_RESOURCE = ("Describe", "Get", "List", "Search")


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    if request.action.startswith(_WITHOUT_RESOURCE):
        return (asked.on("*"),)
    if "VerifiedAccess" in request.action:
        return (asked,)
    asked = asked.knowing(_request_tags(request))
    made = _MADE.get(request.action)
    new = [_arn(request, made, "*")] if made else []
    checks = [asked.on(arn, **_vpc_key(request, arn)) for arn in (*new, *_named(request))]
    if made and any(name.startswith("TagSpecification.") for name in request.params):
        tagging = Check("ec2:CreateTags", new[0], {**asked.context, "ec2:CreateAction": request.action})
        checks.append(tagging)
    return tuple(checks) or (asked,)


def _request_tags(request: Request) -> dict[str, object]:
    """`aws:RequestTag/…` and `aws:TagKeys` of `TagSpecification.N.Tag.M`; ministack reads plain `Tag.N` only."""
    tags = {
        request.param(name): request.param(f"{name.removesuffix('.Key')}.Value")
        for name in request.params
        if name.startswith("TagSpecification.") and name.endswith(".Key")
    }
    return {f"aws:RequestTag/{key}": value for key, value in tags.items()} | ({"aws:TagKeys": [*tags]} if tags else {})


def _arn(request: Request, kind: str, resource_id: str) -> str:
    account = "" if kind in ("image", "snapshot") else request.account_id
    return f"arn:aws:ec2:{request.region}:{account}:{kind}/{resource_id}"


def _named(request: Request) -> Iterator[str]:
    seen = set()
    for name in request.params:
        if name.startswith(("Filter.", "TagSpecification.", "Tag.")):
            continue
        value = request.param(name)
        match = _ID.fullmatch(value)
        kind = _TYPES.get(match[1]) if match else None
        if kind and value not in seen:
            seen.add(value)
            yield _arn(request, kind, value)


def _vpc_key(request: Request, arn: str) -> dict[str, str]:
    """`ec2:Vpc` of the subnets, route tables, security groups and network interfaces of a VPC."""
    kind, _, resource_id = arn.rpartition(":")[2].partition("/")
    stores = {
        "subnet": ec2._subnets,
        "route-table": ec2._route_tables,
        "security-group": ec2._security_groups,
        "network-interface": ec2._network_interfaces,
    }
    if kind not in stores:
        return {}
    record = stores[kind].get(resource_id) or {}
    vpc_id = record.get("VpcId") or request.param("VpcId")
    return {"ec2:Vpc": _arn(request, "vpc", vpc_id)} if vpc_id else {}
