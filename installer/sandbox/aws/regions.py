"""Gap: every region counts as enabled.

A region that needs opting in and is not opted in is left out of DescribeRegions unless AllRegions is given, and refuses
the account's credentials.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack.core import iam_actions
from ministack.services import ec2

from installer.sandbox.aws.request import AsyncHandler, Handler, Reply, Request, current
from installer.sandbox.aws.seams import relies_on, replaces

_GAP = "opt-in regions"
OPTED_IN = frozenset({"eu-south-1", "ap-southeast-3"})

relies_on("ministack.services.ec2", "_AWS_REGIONS", gap=_GAP)
NOT_OPTED_IN = frozenset(name for name, status in ec2._AWS_REGIONS if status == "opted-in" and name not in OPTED_IN)


@replaces("ministack.services.ec2", "_ACTION_MAP[DescribeRegions]", gap=_GAP)
def _describe_regions(original: Handler, params: dict[str, Any]) -> Reply:
    everything = str(ec2._p(params, "AllRegions")).lower() == "true" or any(k.startswith("RegionName") for k in params)
    status, headers, body = original(params)

    def keep(match: re.Match[str]) -> str:
        if match[1] not in NOT_OPTED_IN:
            return match[0]
        return match[0].replace("opted-in", "not-opted-in") if everything else ""

    text = re.sub(r"<item><regionName>([^<]+)</regionName>.*?</item>", keep, body.decode(), flags=re.DOTALL)
    return status, headers, text.encode()


@replaces("ministack.services.account", "_DISPATCH[/listRegions]", gap=_GAP)
def _list_regions(original: Handler, payload: dict[str, Any]) -> Reply:
    wanted = payload.get("RegionOptStatusContains") or []
    status, headers, body = original({})
    regions = [{**region, "RegionOptStatus": _opt_status(region)} for region in json.loads(body)["Regions"]]
    kept = [region for region in regions if not wanted or region["RegionOptStatus"] in wanted]
    return status, headers, json.dumps({"Regions": kept}).encode()


@replaces("ministack.services.account", "_DISPATCH[/getRegionOptStatus]", gap=_GAP)
def _get_region_opt_status(original: Handler, payload: dict[str, Any]) -> Reply:
    status, headers, body = original(payload)
    if status >= 400:
        return status, headers, body
    region = json.loads(body)
    return status, headers, json.dumps({**region, "RegionOptStatus": _opt_status(region)}).encode()


def _opt_status(region: dict[str, str]) -> str:
    return "DISABLED" if region["RegionName"] in NOT_OPTED_IN else region["RegionOptStatus"]


@replaces("ministack.app", "_dispatch_service_request", gap=_GAP)
async def _refuse_disabled_region(original: AsyncHandler, *arguments: Any) -> Reply:
    request = current()
    if request is not None and request.region in NOT_OPTED_IN and request.service not in _GLOBAL:
        return _credentials_unknown_here(request)
    return await original(*arguments)


_GLOBAL = frozenset({"account", "iam", "organizations"})


def _credentials_unknown_here(request: Request) -> Reply:
    reply: Reply = iam_actions.access_denied_response(
        request.service,
        f"{request.service}:{request.action}",
        "",
        request.request_id,
        error_code="UnrecognizedClientException",
        message="The security token included in the request is invalid.",
        headers=request.headers,
    )
    return reply
