"""The condition operators: how each compares one value of the request with one of the policy.

`conditions.py` knows what is around them: missing keys, several values, `IfExists`, set operators, negation.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

A value of the policy that is none of the operator's kind (a date that is no date) is refused where it is compiled: what
IAM makes of it is not documented. Such a value in the request equals nothing and is neither less nor greater. The date
operators take whole numbers for seconds since 1970, four digits too; a time without a zone is UTC.
"""

import binascii
import ipaddress
import operator
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, TypeVar

from installer.policy.matching import Matcher, Plain, Wild, glob, joined

Build = Callable[[tuple[Plain, ...]], Matcher | None]
"""Makes a comparison of a value of the policy; None where the value is none of the operator's kind."""
Value = TypeVar("Value")


@dataclass(frozen=True)
class Operator:
    """`kind` is what its values are, for a sentence. Variables and wildcards are as the reference tells."""

    kind: str
    build: Build
    negated: bool = False
    variables: bool = False
    wildcards: bool = False


def _text(pieces: tuple[Plain, ...]) -> str:
    return "".join(str(piece) for piece in pieces)


def _equals(pieces: tuple[Plain, ...]) -> Matcher:
    return _text(pieces).__eq__


def _equals_ignoring_case(pieces: tuple[Plain, ...]) -> Matcher:
    wanted = _text(pieces).lower()
    return lambda found: found.lower() == wanted


def _like_arn(pieces: tuple[Plain, ...]) -> Matcher:
    """Each of the six parts by itself; what has fewer, as `*` has, is no ARN and matches none."""
    patterns: list[list[Plain]] = [[]]
    for piece in pieces:
        if isinstance(piece, Wild):
            patterns[-1].append(piece)
            continue
        *ended, last = piece.split(":", 6 - len(patterns)) if len(patterns) < 6 else [piece]
        for part in ended:
            patterns[-1].append(part)
            patterns.append([])
        patterns[-1].append(last)
    if len(patterns) != 6:
        return lambda found: False
    matchers = tuple(glob(joined(part)) for part in patterns)

    def matches(found: str) -> bool:
        parts = found.split(":", 5)
        return len(parts) == 6 and all(matcher(part) for matcher, part in zip(matchers, parts, strict=True))

    return matches


def _boolean(pieces: tuple[Plain, ...]) -> Matcher | None:
    wanted = _text(pieces).lower()
    return (lambda found: found.lower() == wanted) if wanted in ("true", "false") else None


def _binary(pieces: tuple[Plain, ...]) -> Matcher | None:
    wanted = _bytes(_text(pieces))
    return None if wanted is None else lambda found: _bytes(found) == wanted


def _bytes(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _address(pieces: tuple[Plain, ...]) -> Matcher | None:
    try:
        network = ipaddress.ip_network(_text(pieces), strict=False)
    except ValueError:
        return None

    def matches(found: str) -> bool:
        address = _ip(found)
        return address is not None and address in network

    return matches


@lru_cache(1_024)
def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _compared(read: Callable[[str], Value | None], compare: Callable[[Value, Value], bool]) -> Build:
    def build(pieces: tuple[Plain, ...]) -> Matcher | None:
        wanted = read(_text(pieces))
        if wanted is None:
            return None

        def matches(found: str) -> bool:
            value = read(found)
            return value is not None and compare(value, wanted)

        return matches

    return build


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@lru_cache(1_024)
def number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


# https://www.w3.org/TR/NOTE-datetime, and a little of what is written instead
_INSTANT = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"([Tt](?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(?P<fraction>\.\d+)?)?"
    r"([Zz]|(?P<sign>[+-])(?P<east>\d\d):?(?P<south>\d\d)?)?)?)?",
    re.ASCII,
)
_EPOCH = re.compile(r"-?\d{1,18}(\.\d{1,9})?", re.ASCII)
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(1_024)
def instant(text: str) -> Fraction | None:
    """Seconds since 1970."""
    if _EPOCH.fullmatch(text):
        return Fraction(text)
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(parts[name] or least) for name, least in _LEAST.items())
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    east = timedelta(hours=int(parts["east"] or 0), minutes=int(parts["south"] or 0))
    seconds = (moment - _BEGIN - (-east if parts["sign"] == "-" else east)) // timedelta(seconds=1)
    return seconds + Fraction(parts["fraction"] or 0)


_LEAST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}


def _ordered(kind: str, read: Callable[[str], Value | None]) -> dict[str, Operator]:
    comparisons: dict[str, Callable[[Any, Any], bool]] = {
        "equals": operator.eq,
        "notequals": operator.eq,
        "lessthan": operator.lt,
        "lessthanequals": operator.le,
        "greaterthan": operator.gt,
        "greaterthanequals": operator.ge,
    }
    return {
        name: Operator(kind, _compared(read, compare), negated=name == "notequals")
        for name, compare in comparisons.items()
    }


def _both(name: str, opposite_name: str, kind: str, build: Build, **takes: bool) -> dict[str, Operator]:
    return {name: Operator(kind, build, **takes), opposite_name: Operator(kind, build, negated=True, **takes)}


OPERATORS: Final[dict[str, Operator]] = {
    **_both("stringequals", "stringnotequals", "a text", _equals, variables=True),
    **_both("stringequalsignorecase", "stringnotequalsignorecase", "a text", _equals_ignoring_case, variables=True),
    **_both("stringlike", "stringnotlike", "a text", glob, variables=True, wildcards=True),
    **_both("arnequals", "arnnotequals", "an ARN", _like_arn, variables=True, wildcards=True),
    **_both("arnlike", "arnnotlike", "an ARN", _like_arn, variables=True, wildcards=True),
    **{f"numeric{name}": found for name, found in _ordered("a number", number).items()},
    **{f"date{name}": found for name, found in _ordered("a date", instant).items()},
    "bool": Operator("true or false", _boolean, variables=True),
    "binaryequals": Operator("base 64", _binary),
    **_both("ipaddress", "notipaddress", "an address or a range of addresses", _address),
}
"""By names in lower case. `Null` is none of them: it asks for the key, not for its value."""
