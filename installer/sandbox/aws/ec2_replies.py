"""Gap: DryRun and paging of EC2.

With `DryRun` the answer is DryRunOperation where the call would be allowed.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
`MaxResults` with `NextToken` pages; it cannot go along with ids.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
"""

from __future__ import annotations

import base64
import re
from typing import Any

from ministack.services import ec2

from installer.sandbox.aws.request import AsyncHandler, Handler, Reply, current
from installer.sandbox.aws.seams import replaces

_GAP = "EC2 DryRun and paging"
_EC2 = "ministack.services.ec2"
_MOST = 1000
Params = dict[str, Any]


@replaces(_EC2, "handle_request", gap=_GAP)
async def _handle_request(original: AsyncHandler, *arguments: Any) -> Reply:
    """Called once the caller is authorized, so a dry run ends here."""
    request = current()
    if request is not None and request.param("DryRun").lower() == "true":
        message = "Request would have succeeded, but DryRun flag is set."
        return _error("DryRunOperation", message, 412)
    return await original(*arguments)


# Operation, element that holds the items, id parameter, least MaxResults.
_PAGED = (
    ("DescribeVpcs", "vpcSet", "VpcId", 5),
    ("DescribeSubnets", "subnetSet", "SubnetId", 5),
    ("DescribeRouteTables", "routeTableSet", "RouteTableId", 5),
    ("DescribeVpcPeeringConnections", "vpcPeeringConnectionSet", "VpcPeeringConnectionId", 5),
    ("DescribeNatGateways", "natGatewaySet", "NatGatewayId", 5),
    ("DescribeInternetGateways", "internetGatewaySet", "InternetGatewayId", 5),
    ("DescribeSecurityGroups", "securityGroupInfo", "GroupId", 5),
    ("DescribeNetworkInterfaces", "networkInterfaceSet", "NetworkInterfaceId", 5),
    ("DescribeManagedPrefixLists", "prefixListSet", "PrefixListId", 1),
    ("GetManagedPrefixListEntries", "entrySet", "", 1),
)


def _paged(operation: str, element: str, id_parameter: str, least: int) -> None:
    def page(original: Handler, params: Params) -> Reply:
        asked, token = ec2._p(params, "MaxResults"), ec2._p(params, "NextToken")
        if asked and id_parameter and ec2._p(params, f"{id_parameter}.1"):
            return _error(
                "InvalidParameterCombination", f"The parameter {id_parameter}s cannot be used with MaxResults"
            )
        if asked and not least <= int(asked) <= _MOST:
            message = (
                f"Value ( {asked} ) for parameter maxResults is invalid. Expecting a value between {least} and {_MOST}."
            )
            return _error("InvalidParameterValue", message)
        start = _offset(token, operation)
        if start is None:
            return _error("InvalidNextToken", "The token is invalid")
        reply: Reply = original(params)
        if reply[0] >= 400:
            return reply
        return _slice(reply, element, operation, start, int(asked or _MOST))

    replaces(_EC2, f"_ACTION_MAP[{operation}]", gap=_GAP)(page)


for _row in _PAGED:
    _paged(*_row)


def _error(code: str, message: str, status: int = 400) -> Reply:
    reply: Reply = ec2._error(code, message, status)
    return reply


def _offset(token: str, operation: str) -> int | None:
    if not token:
        return 0
    try:
        named, _, start = base64.urlsafe_b64decode(token.encode()).decode().rpartition(":")
        return int(start) if named == operation else None
    except ValueError:
        return None


def _slice(reply: Reply, element: str, operation: str, start: int, count: int) -> Reply:
    status, headers, body = reply
    text = body.decode()
    match = re.search(rf"<{element}>(.*)</{element}>", text, re.DOTALL)
    if match is None:
        return reply
    items = list(_top_level_items(match[1]))
    if len(items) <= count and start == 0:
        return reply
    kept = "".join(items[start : start + count])
    end = start + count
    token = base64.urlsafe_b64encode(f"{operation}:{end}".encode()).decode() if end < len(items) else ""
    more = f"<nextToken>{token}</nextToken>" if token else ""
    text = f"{text[: match.start()]}<{element}>{kept}</{element}>{more}{text[match.end() :]}"
    return status, headers, text.encode()


def _top_level_items(text: str) -> list[str]:
    """The `<item>` elements of `text` that are not inside another `<item>`."""
    items, depth, begin = [], 0, 0
    for match in re.finditer(r"<(/?)item>", text):
        if match[1]:
            depth -= 1
            if depth == 0:
                items.append(text[begin : match.end()])
        else:
            if depth == 0:
                begin = match.start()
            depth += 1
    return items
