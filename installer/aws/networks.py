"""Which address ranges an account uses or routes to, in every region at once.

One region is read in `region_networks.py`; what the ranges mean for a block is decided in `installer/cidr.py`. A source
that may not be read makes the scan incomplete, never impossible: it is listed as unread, with the reason.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from ipaddress import IPv4Network

from installer.aws.clients import Aws
from installer.aws.fan_out import fan_out
from installer.aws.region_networks import PEERINGS, ROUTE_TABLES, VPCS, Unread, read_region
from installer.cidr import AVOIDED, Range, Use, free_ranges, suggest
from installer.context import Context
from installer.errors import AwsError
from installer.events import Scanned
from installer.evidence import Evidence, Source, State

NOT_LOOKED_AT: tuple[str, ...] = (
    "routes of transit gateways and Cloud WAN",
    "routes of VPN connections and Client VPN endpoints",
    "service ranges and remote networks of EKS clusters",
    "prefix lists that no route table uses",
    "pools of the IP address manager (IPAM)",
    "networks outside AWS that are reached by a default route",
    "other accounts, except where they share or peer a VPC",
)
"""What may use addresses, too, and is not read by this version."""

# All regions of a partition side by side: a second round would double the time.
_REGIONS_AT_ONCE = 64


@dataclass(frozen=True)
class Scan:
    """Every range that was found in `regions`, and what could not be read. `at` is AWS's time."""

    ranges: tuple[Range, ...]
    unread: tuple[Unread, ...]
    regions: tuple[str, ...]
    at: datetime

    def of_installation(self, name: str, account_id: str) -> tuple[Range, ...]:
        """Blocks of the VPCs in this account that carry the tag of the installation."""
        return tuple(
            known
            for known in self.ranges
            if known.source.what is Use.VPC
            and known.source.installation == name
            and known.source.account in ("", account_id)
        )

    def evidence(self, block: IPv4Network) -> tuple[Evidence, ...]:
        """What is known of `block`: what was read speaks for or against it, what was not read is named."""
        free = not any(known.block.overlaps(block) for known in self.ranges)
        read = Evidence(
            claim=f"{block} overlaps nothing that was read.",
            state=State.VERIFIED if free else State.REFUTED,
            source=Source.AWS,
            at=self.at,
            call=", ".join((VPCS, PEERINGS, ROUTE_TABLES)),
            detail=f"{len(self.ranges)} ranges of VPCs, peerings and route tables in {', '.join(self.regions)}",
        )
        unread = (
            Evidence(
                claim=f"{block} overlaps nothing that {missing.call} shows in {missing.region}.",
                state=State.NOT_CHECKED,
                source=Source.AWS,
                at=self.at,
                call=missing.call,
                detail=missing.why,
            )
            for missing in self.unread
        )
        beyond = Evidence(
            claim=f"{block} is free in every network that the account reaches.",
            state=State.NOT_CHECKED,
            source=Source.OURSELVES,
            at=self.at,
            detail=f"Not looked at: {'; '.join(NOT_LOOKED_AT)}.",
        )
        return (read, *unread, beyond)


def scan(aws: Aws, ctx: Context, regions: Collection[str]) -> Scan:
    """Read all `regions` in parallel; report each as `Scanned` when its answers are in.

    Raises what AWS said where nothing could be read in any region: there is then nothing to decide by.
    """
    work = {region: partial(read_region, aws, ctx, region) for region in regions}
    ranges: set[Range] = set()
    unread: list[Unread] = []
    refusals: list[AwsError] = []
    for outcome in fan_out(ctx, work, limit=_REGIONS_AT_ONCE):
        if outcome.value is None:
            raise outcome.error or AssertionError("an outcome is a value or an error")
        region = outcome.value
        ranges |= region.ranges
        unread += region.unread
        if region.read_nothing:
            refusals.append(region.refusals[0])
        problem = " ".join(dict.fromkeys(missing.why for missing in region.unread))
        ctx.report(Scanned(outcome.key, len(region.ranges), problem))
    if refusals and len(refusals) == len(work):
        raise refusals[0]
    return Scan(
        ranges=tuple(sorted(_once(ranges), key=_place)),
        unread=tuple(sorted(unread, key=lambda missing: (missing.region, missing.call))),
        regions=tuple(sorted(regions)),
        at=aws.clock.now(),
    )


def overview(scanned: Scan, prefix: int, avoid: Iterable[Range] = ()) -> dict[str, object]:
    """What is used, and what is free for a block of that size, ready for JSON. `free` is as few blocks as possible."""
    kept_free = (*avoid, *AVOIDED)
    taken = [known.block for known in (*scanned.ranges, *kept_free)]
    free = free_ranges(prefix, taken)
    suggestion = suggest(prefix, taken)
    return {
        "regions": list(scanned.regions),
        "used": [
            {
                **known.to_json(),
                "what": known.source.what.value,
                "account": known.source.account,
                "region": known.source.region,
                "id": known.source.id,
                "name": known.source.name,
            }
            for known in scanned.ranges
        ],
        "avoided": [known.to_json() for known in kept_free],
        "prefix": prefix,
        "free": [str(block) for block in free],
        "free_blocks": sum(1 << (prefix - block.prefixlen) for block in free),
        "suggestion": {"block": str(suggestion.block), "why": suggestion.why} if suggestion else None,
        "not_checked": [missing.to_json() for missing in scanned.unread],
        "not_looked_at": list(NOT_LOOKED_AT),
    }


def _place(known: Range) -> tuple[IPv4Network, str, str, str, str]:
    return known.block, known.source.region, known.source.what.value, known.source.id, known.source.to


def _once(ranges: Collection[Range]) -> Iterator[Range]:
    """Each block of a VPC once: a peering tells its own VPC's blocks again, and is seen from both of its sides."""
    told = {(known.block, known.source.id) for known in ranges if known.source.what is Use.VPC}
    for known in sorted(ranges, key=_place):
        if known.source.what is Use.PEERING:
            if (known.block, known.source.to) in told:
                continue
            told.add((known.block, known.source.to))
        yield known
