"""Network: the region and the address block of the product.

The ranges in use come from `installer/aws/networks.py`, the arithmetic from `installer/cidr.py`. `check` tells
everything at once; `run` settles the network, or stops at the first thing that blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Network

from installer.answers import Answers, Network
from installer.aws.networks import NOT_LOOKED_AT, Scan, scan
from installer.aws.region_networks import VPCS
from installer.aws.regions import Region, regions
from installer.cidr import Range, RangeSource, Use, judge, suggest, vpc_block
from installer.context import Context
from installer.errors import NetworkError
from installer.evidence import Evidence, Source, State
from installer.steps import Finding, Severity
from installer.tools import Tools

STEP = "network"


def check(answers: Answers, tools: Tools, ctx: Context) -> tuple[Finding, ...]:
    """Every conflict and limit with its fix, and everything that was not checked."""
    known = regions(tools.aws, ctx)
    scanned = scan(tools.aws, ctx, _enabled(known))
    if _existing(answers, scanned):
        return tuple(_refused(partial(_agree, answers, scanned)))
    return (
        *_refused(partial(_region, answers, known)),
        *_refused(partial(_block, answers, scanned)),
        *_not_checked(scanned),
    )


def run(answers: Answers, tools: Tools, ctx: Context) -> Answers:
    """Settle `answers.network`; `NetworkError` where the region or the block cannot be used."""
    known = regions(tools.aws, ctx)
    scanned = scan(tools.aws, ctx, _enabled(known))
    if _existing(answers, scanned):
        return replace(answers, network=_agree(answers, scanned))
    region = _region(answers, known)
    block = _block(answers, scanned)
    return replace(answers, network=Network(region, block, scanned.evidence(block)))


def _existing(answers: Answers, scanned: Scan) -> tuple[Range, ...]:
    """What this installation uses already, found by its tag: the product is reconnected, or its install resumed."""
    return scanned.of_installation(answers.wishes.name, answers.names.account_id)


def _enabled(known: Sequence[Region]) -> tuple[str, ...]:
    return tuple(region.name for region in known if region.enabled)


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
    enabled = _enabled(known)
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


def _block(answers: Answers, scanned: Scan) -> IPv4Network:
    """The block asked for if nothing speaks against it, or the one that is suggested."""
    ranges = _ranges(answers, scanned)
    asked = answers.wishes.cidr
    limits = answers.invitation.network.prefix_length
    prefix = asked.prefixlen if asked else answers.wishes.prefix_length or limits.default
    if not limits.min <= prefix <= limits.max:
        raise NetworkError(
            f"The product needs a block between /{limits.min} and /{limits.max}, not a /{prefix}.",
            fix=f"Choose another size; the vendor advises /{limits.default}.",
        )
    if asked is None:
        suggestion = suggest(prefix, (known.block for known in ranges))
        if suggestion is None:
            raise NetworkError(f"No block of the size /{prefix} is free.", fix=_smaller(ranges, prefix, limits.max))
        return suggestion.block
    verdict = judge(vpc_block(asked), ranges)
    if verdict.usable:
        return asked
    against = verdict.conflicts
    more = f" Conflicts in all: {len(against)}." if len(against) > 1 else ""
    raise NetworkError(
        f"{asked} cannot be used. {against[0].reason}{more}",
        fix=f"Use {verdict.suggestion.block}. {verdict.suggestion.why}"
        if verdict.suggestion
        else _smaller(ranges, prefix, limits.max),
        details={f"{conflict.block} {conflict.source.id}".strip(): conflict.reason for conflict in against},
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
