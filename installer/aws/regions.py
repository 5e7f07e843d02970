"""The regions of the account, and which of them are enabled. What is in use in them is read by `networks.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from installer.aws.clients import Aws
from installer.context import Context

ENABLED = frozenset({"opt-in-not-required", "opted-in"})


@dataclass(frozen=True)
class Region:
    """`title` is AWS's name for people, or the name again where the bundled data does not know the region yet."""

    name: str
    opt_in_status: str
    title: str

    @property
    def enabled(self) -> bool:
        """A status that is not known counts as not enabled."""
        return self.opt_in_status in ENABLED


def regions(aws: Aws, ctx: Context) -> tuple[Region, ...]:
    """All regions of the partition by name, enabled or not (EC2 `DescribeRegions`)."""
    titles = _titles()
    told = aws.call(ctx, "ec2:DescribeRegions", AllRegions=True).get("Regions", [])
    found = (
        Region(
            region["RegionName"], region.get("OptInStatus", ""), titles.get(region["RegionName"], region["RegionName"])
        )
        for region in told
    )
    return tuple(sorted(found, key=lambda region: region.name))


@cache
def _titles() -> Mapping[str, str]:
    from botocore.loaders import create_loader

    partitions = create_loader().load_data("partitions")["partitions"]
    return {name: known["description"] for partition in partitions for name, known in partition["regions"].items()}
