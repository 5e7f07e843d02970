"""What the person chooses on the Network page, and what the engine says of it: no widgets, no AWS.

Quick enough for every key that is pressed, also among thousands of ranges. The rules are the engine's, in
`installer/steps/network.py`; the page that shows them is `network.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from installer.cidr import Range, Suggestion, parse_range
from installer.errors import NetworkError, UsageError

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.steps.network import Survey


@dataclass(frozen=True)
class Choice:
    """As it was chosen and typed. `own` is the person's own block, as text; None: the suggested one is taken."""

    region: str
    prefix: int
    own: str | None = None
    keep_free: str = ""


@dataclass(frozen=True)
class Lines:
    """Ranges that were typed one per line, and a sentence for each line that is not one."""

    blocks: tuple[IPv4Network, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why a choice cannot be used. `instead` is a block that can, where there is one, and why that one."""

    sentence: str
    fix: str = ""
    conflicts: tuple[Range, ...] = ()
    instead: IPv4Network | None = None


@dataclass(frozen=True)
class Judged:
    """What becomes of a choice.

    block       the one that would be used, where it can be named
    suggestion  why it is suggested, if it is
    problem     why it cannot be used
    kept_free   the ranges that AWS cannot see
    """

    choice: Choice
    kept_free: Lines
    block: IPv4Network | None = None
    suggestion: Suggestion | None = None
    problem: Problem | None = None

    @property
    def usable(self) -> bool:
        return self.block is not None and self.problem is None and not self.kept_free.problems


def first_choice(survey: Survey, answers: Answers) -> Choice:
    """What was wished for, else what the engine suggests. `NetworkError` where none of the regions can be used."""
    wishes, limits = answers.wishes, answers.invitation.network.prefix_length
    prefix = wishes.cidr.prefixlen if wishes.cidr else wishes.prefix_length or limits.default
    choice = Choice(
        region=usable_region(survey, answers, wishes.region),
        prefix=min(max(prefix, limits.min), limits.max),
        keep_free="\n".join(map(str, wishes.avoid)),
    )
    if wishes.cidr is None:
        return choice
    suggestion = survey.suggested(_asking(answers, choice, wishes.avoid))
    is_suggested = suggestion is not None and suggestion.block == wishes.cidr
    return choice if is_suggested else replace(choice, own=str(wishes.cidr))


def usable_region(survey: Survey, answers: Answers, wished: str | None) -> str:
    """The region wished for where it can be used, else the engine's own choice; `NetworkError` where there is none."""
    usable = [region.name for region in survey.offered(answers) if region.usable]
    if wished in usable:
        return str(wished)
    unasked = replace(answers, wishes=replace(answers.wishes, region=None, cidr=None))
    try:
        return survey.settle(unasked).region
    except NetworkError:
        if not usable:
            raise
        return usable[0]  # the region is not what was refused


def judged(survey: Survey, answers: Answers, choice: Choice) -> Judged:
    """What the engine says of the choice."""
    kept_free = read_lines(choice.keep_free)
    asked = _asking(answers, choice, kept_free.blocks)
    told = Judged(choice, kept_free)
    if choice.own is None:
        return _suggested(survey, asked, told)
    if not choice.own.strip():
        return told
    try:
        block = parse_range(choice.own)
    except UsageError as error:
        return replace(told, problem=Problem(error.message, error.fix, instead=_around(choice.own)))
    return replace(told, block=block, problem=_against(survey, asked, block))


def read_lines(text: str) -> Lines:
    """Empty lines are no lines, and a range that is there twice counts once."""
    blocks, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            blocks.append(parse_range(line))
        except UsageError as error:
            problems.append(f"Line {number}: {error.message} {error.fix}")
    return Lines(tuple(dict.fromkeys(blocks)), tuple(problems))


def _asking(answers: Answers, choice: Choice, avoid: tuple[IPv4Network, ...]) -> Answers:
    """The answers with this choice as the wish, the block left to the engine."""
    wishes = replace(answers.wishes, region=choice.region, cidr=None, prefix_length=choice.prefix, avoid=avoid)
    return replace(answers, wishes=wishes)


def _suggested(survey: Survey, asked: Answers, told: Judged) -> Judged:
    suggestion = survey.suggested(asked)
    if suggestion is not None:
        return replace(told, block=suggestion.block, suggestion=suggestion)
    longest = asked.invitation.network.prefix_length.max
    smaller = (survey.suggested(asked, prefix) for prefix in range(told.choice.prefix + 1, longest + 1))
    instead = next((found.block for found in smaller if found is not None), None)
    return replace(told, problem=replace(_refusal(survey, asked), instead=instead))


def _against(survey: Survey, asked: Answers, block: IPv4Network) -> Problem | None:
    """What speaks against a block of the person's own."""
    try:
        verdict = survey.judge(asked, block)
    except NetworkError as error:  # of a size or in a place that no network can have
        return Problem(error.message, error.fix)
    if verdict.usable:
        return None
    if verdict.suggestion is None:
        refusal = _refusal(survey, replace(asked, wishes=replace(asked.wishes, cidr=block)))
        return replace(refusal, sentence=f"{block} cannot be used.", conflicts=verdict.conflicts)
    return Problem(
        f"{block} cannot be used.", verdict.suggestion.why, verdict.conflicts, instead=verdict.suggestion.block
    )


def _refusal(survey: Survey, asked: Answers) -> Problem:
    """The engine's own words for why these wishes cannot be settled."""
    try:
        survey.settle(asked)
    except NetworkError as error:
        return Problem(error.message, error.fix)
    raise AssertionError("what cannot be suggested cannot be settled")


def _around(text: str) -> IPv4Network | None:
    """The block that holds the address, where an address inside a block was typed."""
    try:
        return IPv4Network(text.strip(), strict=False) if "/" in text else None
    except ValueError:
        return None
