"""The Network page's words: what a range is, where it is known from, and what was not checked.

The rules are the engine's, in `installer/steps/network.py`; the page is in `network.py`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from installer.cidr import Range, RangeSource, Use
from ui.numbers import grouped
from ui.widgets.address_map import Look, Mark

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.steps.network import Survey

_LOOKS = {
    Use.VPC: Look.USED,
    Use.LISTED: Look.USED,
    Use.PEERING: Look.ROUTED,
    Use.ROUTE: Look.ROUTED,
    Use.PREFIX_LIST: Look.ROUTED,
}
"""Everything else is kept free, and so reserved."""

_KEPT_FREE = {
    Use.DOCKER: ("Docker's own network", "the cluster's nodes"),
    Use.EKS: ("Services of a cluster", "EKS"),
    Use.LINK_LOCAL: ("Link-local addresses", "AWS itself"),
    Use.PERSON: ("Kept free by you", "your list below"),
    Use.LISTED: ("In use", "a list"),
}

_CALLS = {
    "ec2:DescribeVpcs": "VPCs",
    "ec2:DescribeVpcPeeringConnections": "peerings",
    "ec2:DescribeRouteTables": "route tables",
    "ec2:DescribeManagedPrefixLists": "prefix lists",
    "ec2:GetManagedPrefixListEntries": "entries of prefix lists",
}


class RangeWords:
    """Words for the ranges of one account."""

    def __init__(self, answers: Answers) -> None:
        self._own_account = answers.account.account_id if answers.account is not None else ""
        self._vendor = answers.invitation.vendor.name

    def row(self, known: Range) -> tuple[str, str, str]:
        """Range, what, where: the columns of a table."""
        return str(known.block), *self._what_and_where(known.source)

    def mark(self, known: Range) -> Mark:
        """The range on the map."""
        what, where = self._what_and_where(known.source)
        return Mark(known.block, _LOOKS.get(known.source.what, Look.RESERVED), f"{what}, {where}")

    def _what_and_where(self, source: RangeSource) -> tuple[str, str]:
        named = f"{source.name} ({source.id})" if source.name else source.id
        match source.what:
            case Use.VPC:
                return f"VPC {named}{self._owner(source)}", source.region
            case Use.PEERING:
                return f"VPC {source.to}{self._owner(source)}", f"{source.region}, by peering {named}"
            case Use.ROUTE:
                return f"Routed to {source.to}", f"{source.region}, route table {named}"
            case Use.PREFIX_LIST:
                return f"Prefix list {named}", f"{source.region}, route table {source.to}"
            case Use.VENDOR:
                return f"Kept free by {self._vendor}", "the invitation"
            case what:
                return _KEPT_FREE[what]

    def _owner(self, source: RangeSource) -> str:
        """Whose it is, where it is not the account's own."""
        other = source.account not in ("", self._own_account)
        return f" of account {grouped(source.account)}" if other else ""


def not_checked(survey: Survey) -> tuple[str, ...]:
    """A sentence for each thing that could not be read, with its regions; one reason is told once."""
    regions: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for missing in survey.unread:
        regions[missing.call, missing.why].append(missing.region)
    return tuple(
        f"Not checked: {_CALLS.get(call, call)} in {', '.join(where)} ({call}). {why}"
        for (call, why), where in regions.items()
    )


def networks(survey: Survey) -> int:
    """How many VPCs were found, those at the far end of a peering included."""
    sources = [known.source for known in survey.scanned.ranges]
    own = {source.id for source in sources if source.what is Use.VPC}
    return len(own | {source.to for source in sources if source.what is Use.PEERING})
