"""Address arithmetic for the network of an installation: conflicts, free blocks, and a good suggestion.

Pure: what an account uses is read by `installer/aws/networks.py`; what becomes of it is decided in
`installer/steps/network.py`. Blocks are handled as whole numbers, so that thousands of used ranges stay cheap.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from installer.errors import NetworkError, UsageError

# A VPC block is /16 to /28: "VPC CIDR blocks", Amazon VPC User Guide.
LARGEST_PREFIX_LENGTH = 16
SMALLEST_PREFIX_LENGTH = 28

PRIVATE: tuple[IPv4Network, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),
)
"""Where blocks may lie: RFC 1918, and the shared address space of RFC 6598, which AWS treats as private."""

_WRITTEN = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})/([0-9]{1,2})")
_Span = tuple[int, int]  # first and last address, both included


class Use(StrEnum):
    """What a range is used for, or why it is kept free."""

    VPC = "vpc"
    PEERING = "peering"
    ROUTE = "route"
    PREFIX_LIST = "prefix list"
    LISTED = "listed"
    PERSON = "person"
    VENDOR = "vendor"
    DOCKER = "docker"
    EKS = "eks"
    LINK_LOCAL = "link local"


_REASONS = {
    Use.VPC: "{block} is a block of VPC {label} in {place}.",
    Use.PEERING: "{block} is reached through peering {label} with {to} in {place}.",
    Use.ROUTE: "{block} is a destination of route table {label} in {place}, by way of {to}.",
    Use.PREFIX_LIST: "{block} is in prefix list {label}, a destination of route table {to} in {place}.",
    Use.LISTED: "{block} is listed as used.",
    Use.PERSON: "{block} is a range you asked to avoid.",
    Use.VENDOR: "{block} is a range that the vendor asks to avoid.",
    Use.DOCKER: "{block} is the network of Docker on the cluster's nodes.",
    Use.EKS: "{block} is a range that EKS gives to the services of a cluster.",
    Use.LINK_LOCAL: "{block} is link-local: AWS answers there itself.",
}


@dataclass(frozen=True)
class RangeSource:
    """Where a range is known from.

    account, region, name, id  of the thing in AWS; `name` is its Name tag, untrusted text
    to                         a route's target, a peering's VPC, the route table that uses a prefix list
    installation               the installation that the thing belongs to, by its tag
    """

    what: Use
    account: str = ""
    region: str = ""
    name: str = ""
    id: str = ""
    to: str = ""
    installation: str = ""


@dataclass(frozen=True)
class Range:
    """A range that is in use or kept free, and why."""

    block: IPv4Network
    source: RangeSource

    @property
    def reason(self) -> str:
        """One sentence."""
        source = self.source
        name = "".join(character for character in source.name if character.isprintable())
        return _REASONS[source.what].format(
            block=self.block,
            label=f"{source.id} ({name})" if name else source.id,
            place=f"{source.region}, account {source.account}" if source.account else source.region,
            to=source.to,
        )

    def to_json(self) -> dict[str, str]:
        return {"range": str(self.block), "reason": self.reason}


AVOIDED: tuple[Range, ...] = (
    Range(IPv4Network("172.17.0.0/16"), RangeSource(Use.DOCKER)),
    Range(IPv4Network("10.100.0.0/16"), RangeSource(Use.EKS)),
    Range(IPv4Network("172.20.0.0/16"), RangeSource(Use.EKS)),
    Range(IPv4Network("169.254.0.0/16"), RangeSource(Use.LINK_LOCAL)),
)
"""Never suggested, and refused when asked for: the product's own cluster would collide with them."""

CUSTOMARY: tuple[dict[str, str], ...] = (
    {
        "10.8.0.0/16": "OpenVPN's default",
        "10.32.0.0/12": "Weave Net's default",
        "10.42.0.0/15": "the defaults of K3s",
        "10.88.0.0/16": "Podman's default",
        "10.96.0.0/12": "kubeadm's services",
        "10.128.0.0/9": "Google Cloud's auto mode networks",
        "10.244.0.0/16": "Flannel's pods",
        "172.16.0.0/12": "the networks of Docker Compose on people's computers",
    },
    {
        "10.0.0.0/16": "the first VPC of most tutorials, and Azure's default",
        "10.1.0.0/16": "the usual second VPC",
        "172.31.0.0/16": "the default VPC of every region",
        "192.168.0.0/23": "routers at home",
    },
    {
        "192.168.0.0/16": "offices, and Calico's pods",
        "100.64.0.0/10": "carriers, Tailscale, and EKS with custom networking",
    },
)
"""Free as far as is known, yet likely to meet a neighbour later: suggested only when nothing else is left.
The first tier is given up first."""


@dataclass(frozen=True)
class Suggestion:
    block: IPv4Network
    why: str


@dataclass(frozen=True)
class Verdict:
    """Whether a block can be used; where not, every range that speaks against it, and what could be used instead."""

    block: IPv4Network
    conflicts: tuple[Range, ...]
    suggestion: Suggestion | None

    @property
    def usable(self) -> bool:
        return not self.conflicts

    def to_json(self) -> dict[str, object]:
        return {
            "usable": self.usable,
            "conflicts": [found.to_json() for found in self.conflicts],
            "suggestion": str(self.suggestion.block) if self.suggestion else None,
        }


def parse_range(text: str) -> IPv4Network:
    """A range of any size as `a.b.c.d/n`; `UsageError` where it is not one."""
    written = _WRITTEN.fullmatch(text.strip())
    shown = repr(text if len(text) <= 40 else text[:40] + "…")
    if written is None:
        raise UsageError(
            f"{shown} is not an IPv4 block.", fix="Write an IPv4 address, a slash and a prefix length: 10.64.0.0/16."
        )
    try:
        block = IPv4Network(written[0], strict=False)
    except ValueError as error:
        raise UsageError(
            f"{shown} is not an IPv4 block: {error}.",
            fix="Each of the four numbers is 0 to 255 without leading zeros, the prefix length 0 to 32.",
        ) from error
    if str(block.network_address) != written[1]:
        raise UsageError(
            f"{shown} names an address inside a block, not the block.", fix=f"The block that holds it is {block}."
        )
    return block


def parse_block(text: str, *, public: bool = False) -> IPv4Network:
    """A block that a VPC can have. `UsageError` where it is no block, `NetworkError` where a VPC cannot have it."""
    return vpc_block(parse_range(text), public=public)


def vpc_block(block: IPv4Network, *, public: bool = False) -> IPv4Network:
    """The block, or a `NetworkError` that says why a VPC cannot have it. `public` allows others than `PRIVATE`."""
    if not LARGEST_PREFIX_LENGTH <= block.prefixlen <= SMALLEST_PREFIX_LENGTH:
        raise NetworkError(
            f"A VPC cannot be as {'large' if block.prefixlen < LARGEST_PREFIX_LENGTH else 'small'} as {block}.",
            fix=f"Choose a block between /{LARGEST_PREFIX_LENGTH} and /{SMALLEST_PREFIX_LENGTH}.",
        )
    if not public and not any(block.subnet_of(private) for private in PRIVATE):
        raise NetworkError(
            f"{block} holds public addresses.", fix=f"Choose a block in one of {', '.join(map(str, PRIVATE))}."
        )
    return block


def conflicts(block: IPv4Network, ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges that share an address with `block`, in the order of their addresses."""
    found = (known for known in ranges if known.block.overlaps(block))
    return tuple(sorted(found, key=lambda known: (known.block, known.source.what)))


def judge(block: IPv4Network, ranges: Iterable[Range], within: Iterable[IPv4Network] = PRIVATE) -> Verdict:
    """Whether `block` can be used beside `ranges` and `AVOIDED`; if not, also a block of the same size that can."""
    known = (*ranges, *AVOIDED)
    against = conflicts(block, known)
    instead = suggest(block.prefixlen, (other.block for other in known), within) if against else None
    return Verdict(block, against, instead)


def free_blocks(
    prefix: int, used: Iterable[IPv4Network], within: Iterable[IPv4Network] = PRIVATE
) -> Iterator[IPv4Network]:
    """Every block of exactly that prefix length with all its addresses in `within` and none in `used`, ascending.

    `within` is taken as a set of addresses: two halves side by side allow the block that spans them.
    """
    size = _size(prefix)
    for first, last in _gaps(within, used):
        for address in range(_aligned(first, size), last - size + 2, size):
            yield IPv4Network((address, prefix))


def free_ranges(
    prefix: int, used: Iterable[IPv4Network], within: Iterable[IPv4Network] = PRIVATE
) -> tuple[IPv4Network, ...]:
    """What `free_blocks` lists, as few blocks as possible: each the largest free one around it, in ascending order."""
    return tuple(room.block for room in _rooms(prefix, used, within))


def suggest(prefix: int, used: Iterable[IPv4Network], within: Iterable[IPv4Network] = PRIVATE) -> Suggestion | None:
    """A free block that is also a good one; None where nothing is free outside `AVOIDED`.

    Good means: not where neighbours are to be expected (`CUSTOMARY`), in the largest free block there is, so that the
    product can grow beside it, and among equals the farthest from what is in use. The same input gives the same block.
    """
    allowed = tuple(within)
    taken = (*used, *(avoided.block for avoided in AVOIDED))
    for given_up in range(len(CUSTOMARY) + 1):
        shunned = (IPv4Network(text) for tier in CUSTOMARY[given_up:] for text in tier)
        rooms = _rooms(prefix, (*taken, *shunned), allowed)
        best = min(rooms, key=lambda room: (room.block.prefixlen, -room.distance, room.block), default=None)
        if best is not None:
            block = IPv4Network((best.block.network_address, prefix))
            return Suggestion(block, _why(block, best.block, given_up))
    return None


def _why(block: IPv4Network, room: IPv4Network, given_up: int) -> str:
    if room.prefixlen < block.prefixlen:
        growth = f"Nothing that is known uses any of {room}, so there is room to grow beside it."
    else:
        growth = "Nothing that is known uses it; the block beside it is not free, so it cannot grow."
    customs = (
        f"{text} ({custom})"
        for tier in CUSTOMARY[:given_up]
        for text, custom in tier.items()
        if IPv4Network(text).overlaps(block)
    )
    expected = ", ".join(customs)
    return f"{growth} Expect neighbours: it lies in {expected}; nothing else is left." if expected else growth


@dataclass(frozen=True)
class _Room:
    """A free block that no larger free block holds; `distance`: free addresses around it, on the lesser side."""

    block: IPv4Network
    distance: int


def _rooms(prefix: int, used: Iterable[IPv4Network], within: Iterable[IPv4Network]) -> list[_Room]:
    size = _size(prefix)
    found = []
    for first, last in _gaps(within, used):
        start, end = _aligned(first, size), (last + 1) // size * size
        while start < end:
            # As large as the alignment of its first address allows, but not beyond the gap.
            largest = min(start & -start or 1 << 32, 1 << (end - start).bit_length() - 1)
            block = IPv4Network((start, 33 - largest.bit_length()))
            found.append(_Room(block, min(start - first, last + 1 - start - largest)))
            start += largest
    return found


def _gaps(within: Iterable[IPv4Network], used: Iterable[IPv4Network]) -> Iterator[_Span]:
    """The stretches of `within` that hold nothing of `used`."""
    taken = _merged(used)
    at = 0
    for first, last in _merged(within):
        while at < len(taken) and taken[at][1] < first:
            at += 1
        start, look = first, at
        while look < len(taken) and taken[look][0] <= last:
            if start < taken[look][0]:
                yield start, taken[look][0] - 1
            start = taken[look][1] + 1
            look += 1
        if start <= last:
            yield start, last


def _merged(blocks: Iterable[IPv4Network]) -> list[_Span]:
    """The addresses of all blocks as stretches in ascending order that neither overlap nor touch."""
    merged: list[_Span] = []
    for first, last in sorted((int(block.network_address), int(block.broadcast_address)) for block in blocks):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _size(prefix: int) -> int:
    """Addresses in a block of that prefix length."""
    if not 0 <= prefix <= 32:
        raise UsageError(f"/{prefix} is not a prefix length.", fix="Choose a number from 0 to 32.")
    return 1 << (32 - prefix)


def _aligned(address: int, size: int) -> int:
    """The first address from `address` on where a block of that size can begin."""
    return -(-address // size) * size
