"""Network: the region and the address block of the product.

The ranges in use come from `installer/aws/networks.py`, the arithmetic from `installer/cidr.py`. `survey` reads once;
what it found then answers every question without AWS, as often as a person changes their mind. `check` tells everything
at once; `run` settles the network, or stops at the first thing that blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Network

from installer.answers import Answers, Network
from installer.aws.networks import NOT_LOOKED_AT, Scan, scan
from installer.aws.region_networks import VPCS, Unread
from installer.aws.regions import Region, regions
from installer.cidr import AVOIDED, Range, RangeSource, Suggestion, Use, Verdict, judge, suggest, vpc_block
from installer.context import Context
from installer.errors import NetworkError
from installer.evidence import Evidence, Source, State
from installer.steps import Finding, Severity
from installer.tools import Tools

STEP = "network"


def check(answers: Answers, tools: Tools, ctx: Context) -> tuple[Finding, ...]:
    """Every conflict and limit with its fix, and everything that was not checked."""
    return survey(answers, tools, ctx).findings(answers)


def run(answers: Answers, tools: Tools, ctx: Context) -> Answers:
    """Settle `answers.network`; `NetworkError` where the region or the block cannot be used."""
    return replace(answers, network=survey(answers, tools, ctx).settle(answers))


def survey(_answers: Answers, tools: Tools, ctx: Context) -> "Survey":
    """Read the account's regions, and what is in use in those that are enabled."""
    known = regions(tools.aws, ctx)
    return Survey(known, scan(tools.aws, ctx, [region.name for region in known if region.enabled]))


@dataclass(frozen=True)
class RegionChoice:
    """A region that the vendor offers. `title` is AWS's name for people; `why_not` says why it cannot be used."""

    name: str
    title: str
    usable: bool
    why_not: str = ""


@dataclass(frozen=True)
class Survey:
    """What was read of an account. Each question is answered for the wishes of the answers that come with it."""

    known: tuple[Region, ...]
    scanned: Scan

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What could not be read, and so is not known to be free."""
        return self.scanned.unread

    def offered(self, answers: Answers) -> tuple[RegionChoice, ...]:
        """Every region that the invitation allows, in its order."""
        known = {region.name: region for region in self.known}
        return tuple(_choice(name, known.get(name)) for name in answers.invitation.network.allowed_regions)

    def existing(self, answers: Answers) -> Network | None:
        """The network that this installation has already; `NetworkError` where it is not what is asked for."""
        return _agree(answers, self.scanned) if _existing(answers, self.scanned) else None

    def suggested(self, answers: Answers, prefix: int | None = None) -> Suggestion | None:
        """A good free block of that size (default: the one wished for, else the vendor's); None where none is free."""
        length = prefix or answers.wishes.prefix_length or answers.invitation.network.prefix_length.default
        return suggest(length, (known.block for known in _ranges(answers, self.scanned)))

    def judge(self, answers: Answers, block: IPv4Network) -> Verdict:
        """What speaks against a block; `NetworkError` where no VPC, or not this product, can have such a one."""
        _sized(answers, block.prefixlen)
        return judge(vpc_block(block), _ranges(answers, self.scanned))

    def used(self, answers: Answers) -> tuple[Range, ...]:
        """Everything that is in use or kept free, by address."""
        return tuple(sorted((*_ranges(answers, self.scanned), *AVOIDED), key=lambda known: known.block))

    def settle(self, answers: Answers) -> Network:
        """The network of these wishes; `NetworkError` where the region or the block cannot be used."""
        existing = self.existing(answers)
        if existing is not None:
            return existing
        region = _region(answers, self.known)
        block = self._block(answers)
        return Network(region, block, self.scanned.evidence(block))

    def findings(self, answers: Answers) -> tuple[Finding, ...]:
        """Every conflict and limit with its fix, and everything that was not checked."""
        if _existing(answers, self.scanned):
            return tuple(_refused(partial(_agree, answers, self.scanned)))
        return (
            *_refused(partial(_region, answers, self.known)),
            *_refused(partial(self._block, answers)),
            *_not_checked(self.scanned),
        )

    def _block(self, answers: Answers) -> IPv4Network:
        """The block asked for if nothing speaks against it, or the one that is suggested."""
        ranges, longest = _ranges(answers, self.scanned), answers.invitation.network.prefix_length.max
        asked = answers.wishes.cidr
        if asked is None:
            prefix = answers.wishes.prefix_length or answers.invitation.network.prefix_length.default
            _sized(answers, prefix)
            suggestion = self.suggested(answers, prefix)
            if suggestion is None:
                raise NetworkError(f"No block of the size /{prefix} is free.", fix=_smaller(ranges, prefix, longest))
            return suggestion.block
        verdict = self.judge(answers, asked)
        if verdict.usable:
            return asked
        against = verdict.conflicts
        more = f" Conflicts in all: {len(against)}." if len(against) > 1 else ""
        raise NetworkError(
            f"{asked} cannot be used. {against[0].reason}{more}",
            fix=f"Use {verdict.suggestion.block}. {verdict.suggestion.why}"
            if verdict.suggestion
            else _smaller(ranges, asked.prefixlen, longest),
            details={f"{conflict.block} {conflict.source.id}".strip(): conflict.reason for conflict in against},
        )


def _choice(name: str, region: Region | None) -> RegionChoice:
    if region is None:
        return RegionChoice(name, name, usable=False, why_not="AWS does not tell of it in this account.")
    why_not = "" if region.enabled else "It is not enabled in this account."
    return RegionChoice(name, region.title, region.enabled, why_not)


def _existing(answers: Answers, scanned: Scan) -> tuple[Range, ...]:
    """What this installation uses already, found by its tag: the product is reconnected, or its install resumed."""
    return scanned.of_installation(answers.wishes.name, answers.names.account_id)


def _agree(answers: Answers, scanned: Scan) -> Network:
    """The network that this installation has, unless something else is asked for."""
    wishes = answers.wishes
    own = _existing(answers, scanned)
    first = own[0]
    if len(own) > 1:
        found = ", ".join(f"{known.block} in {known.source.region}" for known in own)
        raise NetworkError(
            f"{wishes.name} has more than one network: {found}.",
            fix="Remove the tag houseguest:installation from those that the product does not use.",
        )
    if wishes.region not in (None, first.source.region) or wishes.cidr not in (None, first.block):
        raise NetworkError(
            f"{wishes.name} already runs in {first.source.region} with the block {first.block}.",
            fix="Leave region and block as they are, or install under another name to get a second one.",
        )
    found_by_tag = Evidence(
        claim=f"{wishes.name} has its network in {first.source.region}, on {first.block}",
        state=State.VERIFIED,
        source=Source.AWS,
        at=scanned.at,
        call=VPCS,
        detail=first.source.id,
    )
    return Network(first.source.region, first.block, (found_by_tag,))


def _region(answers: Answers, known: Sequence[Region]) -> str:
    """The region asked for, or the first enabled one that the vendor offers; the stacks' own where it is among them."""
    offered = answers.invitation.network.allowed_regions
    enabled = {region.name for region in known if region.enabled}
    usable = [name for name in offered if name in enabled]
    asked = answers.wishes.region
    choose = f"Choose one of {', '.join(usable)}." if usable else "Ask the vendor for a region that you have enabled."
    if asked is None:
        if not usable:
            raise NetworkError(f"None of the vendor's regions is enabled: {', '.join(offered)}.", fix=choose)
        stack_region = answers.wishes.stack_region
        return stack_region if stack_region in usable else usable[0]
    if asked not in offered:
        raise NetworkError(f"The vendor does not offer the region {asked}.", fix=choose)
    if asked not in enabled:
        raise NetworkError(
            f"The region {asked} is not enabled in this account.",
            fix=f"Enable it in the account's settings. Or: {choose}",
        )
    return asked


def _sized(answers: Answers, prefix: int) -> None:
    limits = answers.invitation.network.prefix_length
    if not limits.min <= prefix <= limits.max:
        raise NetworkError(
            f"The product needs a block between /{limits.min} and /{limits.max}, not a /{prefix}.",
            fix=f"Choose another size; the vendor advises /{limits.default}.",
        )


def _ranges(answers: Answers, scanned: Scan) -> tuple[Range, ...]:
    """What is in use, and what the vendor and the person want to be kept free."""
    vendor = (Range(block, RangeSource(Use.VENDOR)) for block in answers.invitation.network.avoid)
    person = (Range(block, RangeSource(Use.PERSON)) for block in answers.wishes.avoid)
    return (*scanned.ranges, *vendor, *person)


def _smaller(ranges: Sequence[Range], prefix: int, longest: int) -> str:
    for smaller in range(prefix + 1, longest + 1):
        suggestion = suggest(smaller, (known.block for known in ranges))
        if suggestion is not None:
            return f"Choose a smaller block: {suggestion.block} is free."
    return "Release a block that is no longer used, then try again."


def _refused(choose: Callable[[], object]) -> Iterator[Finding]:
    try:
        choose()
    except NetworkError as error:
        yield Finding(STEP, Severity.BLOCKER, error.message, error.fix)


def _not_checked(scanned: Scan) -> Iterator[Finding]:
    for missing in scanned.unread:
        yield Finding(
            STEP,
            Severity.CAUTION,
            f"Not checked: {missing.call} in {missing.region}. {missing.why}",
            fix="Give the permission and check again, or make sure yourself that no range there overlaps.",
        )
    yield Finding(
        STEP,
        Severity.INFO,
        f"Not looked at: {'; '.join(NOT_LOOKED_AT)}.",
        fix="Name ranges that are used there as ranges to avoid.",
    )
