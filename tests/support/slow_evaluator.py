"""Whether IAM would allow a request: a second opinion, slow and plain, that shares no code with what it judges.

SCP ∩ identity policies ∩ permissions boundary ∩ session policy. What it does not know it refuses with `Unsupported`
instead of guessing.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY = "allowed", "explicit_deny", "implicit_deny"


class Unsupported(ValueError):
    """The policy uses something that this evaluator does not know."""


@dataclass(frozen=True)
class Request:
    """`resource` is an ARN, or `*` for an action that is not about one resource. A key not in `context` is absent."""

    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict)


def decide(
    identity: Sequence[Mapping[str, Any]],
    boundary: Mapping[str, Any] | None,
    request: Request,
    *,
    scp: Mapping[str, Any] | None = None,
    session: Mapping[str, Any] | None = None,
) -> str:
    opinions = [_opinion(policy, request) for policy in identity]
    caps = [_opinion(policy, request) for policy in (boundary, scp, session) if policy is not None]
    if EXPLICIT_DENY in (*opinions, *caps):
        return EXPLICIT_DENY
    return ALLOWED if ALLOWED in opinions and set(caps) <= {ALLOWED} else IMPLICIT_DENY


def _opinion(policy: Mapping[str, Any], request: Request) -> str:
    reader = _Reader(request, policy.get("Version") == "2012-10-17")
    effects = [statement["Effect"] for statement in _list(policy["Statement"]) if reader.applies(statement)]
    if "Deny" in effects:
        return EXPLICIT_DENY
    return ALLOWED if "Allow" in effects else IMPLICIT_DENY


# A pattern is a list of single characters and of these wildcards; the last two stay within a part of an ARN.
ANY, ONE, ANY_WITHIN, ONE_WITHIN = object(), object(), object(), object()
Pattern = list[Any]


class _Reader:
    """One policy read for one request."""

    def __init__(self, request: Request, variables: bool) -> None:
        self.request = request
        self.context = {key.lower(): value for key, value in request.context.items() if value != []}
        self.variables = variables

    def applies(self, statement: Mapping[str, Any]) -> bool:
        # All of it is looked at, so that an unknown operator is found whatever the request.
        conditions = [
            self.holds(operator, _list(wanted), self.context.get(key.lower()))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        ]
        return self.names_action(statement) and self.names_resource(statement) and all(conditions)

    def names_action(self, statement: Mapping[str, Any]) -> bool:
        named = _list(statement.get("Action", statement.get("NotAction")))
        return any(like(one.lower(), self.request.action.lower()) for one in named) is ("Action" in statement)

    def names_resource(self, statement: Mapping[str, Any]) -> bool:
        if "Resource" in statement:
            return any(self.is_named(pattern, valueless=False) for pattern in _list(statement["Resource"]))
        allows = statement["Effect"] == "Allow"  # sources differ: we take what denies
        return not any(self.is_named(pattern, valueless=allows) for pattern in _list(statement["NotResource"]))

    def is_named(self, resource: str, *, valueless: bool) -> bool:
        """`valueless` is what a pattern is taken for whose variable has no value, where it could match with one."""
        if resource == "*":
            return True
        if self.variables and "${" in ":".join(resource.split(":")[:5]):
            raise Unsupported(f"a variable before the fifth colon of {resource}")
        pattern = self.pattern(resource, no_value=[ANY])
        missing = 5 - sum(symbol == ":" for symbol in _outside_variables(resource, self.variables))
        pattern += [":", ANY] * max(missing, 0)
        if not reaches(_in_parts(pattern), self.request.resource):
            return False
        return valueless if self.pattern(resource, no_value=None) is None else True

    def pattern(self, text: str, *, no_value: Pattern | None, wildcards: bool = True) -> Any:
        """None where a variable has no value, if `no_value` is not to stand there."""
        found: Pattern = []
        rest = text
        while rest:
            if self.variables and rest.startswith("${") and "}" in rest:
                name, _, rest = rest[2:].partition("}")
                value = self.value(name)
                if value is None and no_value is None:
                    return None
                found += no_value if value is None else list(value)  # type: ignore[arg-type]
            else:
                wild = {"*": ANY, "?": ONE}.get(rest[0]) if wildcards else None
                found.append(wild or rest[0])
                rest = rest[1:]
        return found

    def value(self, name: str) -> str | None:
        if name in ("*", "?", "$"):
            return name
        key, comma, default = name.partition(",")
        default = default.strip()
        quoted = bool(comma) and len(default) > 1 and default[0] == default[-1] == "'"
        value = self.context.get((key if quoted else name).strip().lower())
        if isinstance(value, str) and value:
            return value
        return default[1:-1] if quoted else None

    def holds(self, operator: str, wanted: Sequence[Any], found: Any) -> bool:
        """One key under one operator. `found` is None where the request lacks the key."""
        if operator == "Null":
            return any((found is None) is (_text(value).lower() == "true") for value in wanted)
        quantifier, _, plain = operator.rpartition(":")
        name = plain.removesuffix("IfExists")
        if name not in _OPERATORS or quantifier not in ("", "ForAllValues", "ForAnyValue"):
            raise Unsupported(operator)
        matches, negated = _OPERATORS[name]

        def meets(value: str) -> bool:
            return any(self.matches(name, matches, _text(one), value) for one in wanted) is not negated

        if quantifier:
            values = [] if found in (None, "", [""]) else _list(found)
            return all(map(meets, values)) if quantifier == "ForAllValues" else any(map(meets, values))
        if found is None:
            return plain != name or negated
        return isinstance(found, str) and meets(found)

    def matches(self, name: str, matches: Callable[[Any, str], bool], wanted: str, found: str) -> bool:
        if not name.startswith(("String", "Arn", "Bool")):
            return matches(wanted, found)
        pattern = self.pattern(wanted, no_value=None, wildcards=name.startswith("Arn") or "Like" in name)
        return pattern is not None and matches(pattern, found)


def _outside_variables(text: str, variables: bool) -> str:
    while variables and "${" in text and "}" in text.partition("${")[2]:
        before, _, rest = text.partition("${")
        text = before + rest.partition("}")[2]
    return text


def _in_parts(pattern: Pattern) -> Pattern:
    """Before the fifth colon a wildcard stays within its part, but for a `*` at the end of one."""
    found: Pattern = []
    for place, symbol in enumerate(pattern):
        in_head = pattern[:place].count(":") < 5
        ends_part = pattern[place + 1 : place + 2] == [":"]
        if symbol is ANY and in_head and not ends_part:
            found.append(ANY_WITHIN)
        else:
            found.append(ONE_WITHIN if symbol is ONE and in_head else symbol)
    return found


def like(pattern: str, text: str) -> bool:
    """`*` is any number of characters, `?` is one."""
    return reaches([{"*": ANY, "?": ONE}.get(symbol, symbol) for symbol in pattern], text)


def reaches(pattern: Pattern, text: str) -> bool:
    """Walks along the pattern with all places reached in the text."""
    reached = {0}
    for symbol in pattern:
        if symbol in (ANY, ANY_WITHIN):
            for at in range(len(text)):
                if at in reached and (symbol is ANY or text[at] != ":"):
                    reached.add(at + 1)
        else:
            reached = {at + 1 for at in reached if at < len(text) and _is(symbol, text[at])}
    return len(text) in reached


def _is(symbol: Any, letter: str) -> bool:
    return symbol is ONE or (symbol is ONE_WITHIN and letter != ":") or symbol == letter


def _equal(pattern: Pattern, text: str) -> bool:
    return "".join(pattern) == text


def _equal_ignoring_case(pattern: Pattern, text: str) -> bool:
    return "".join(pattern).lower() == text.lower()


def _arn_like(pattern: Pattern, text: str) -> bool:
    """Each of the six parts by itself: a `*` does not reach over a colon, except in the last part."""
    ends = [place for place, symbol in enumerate(pattern) if symbol == ":"][:5]
    if len(ends) < 5 or text.count(":") < 5:
        return False
    starts = [0, *(end + 1 for end in ends)]
    patterns = [pattern[start:end] for start, end in zip(starts, [*ends, len(pattern)], strict=True)]
    return all(map(reaches, patterns, text.split(":", 5)))


def _instant(text: str) -> float:
    if text.isdigit():
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _address(wanted: str, found: str) -> bool:
    return ip_address(found) in ip_network(wanted, strict=False)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _ordered(name: str, read: Callable[[str], float]) -> dict[str, tuple[Callable[[str, str], bool], bool]]:
    """`read` raises a ValueError for what is none of its kind; such a value in the request matches nothing."""

    def compared(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
        def matches(wanted: str, found: str) -> bool:
            try:
                return compare(read(found), read(wanted))
            except ValueError:
                return False

        return matches

    return {
        f"{name}Equals": (compared(lambda found, wanted: found == wanted), False),
        f"{name}NotEquals": (compared(lambda found, wanted: found == wanted), True),
        f"{name}LessThan": (compared(lambda found, wanted: found < wanted), False),
        f"{name}LessThanEquals": (compared(lambda found, wanted: found <= wanted), False),
        f"{name}GreaterThan": (compared(lambda found, wanted: found > wanted), False),
        f"{name}GreaterThanEquals": (compared(lambda found, wanted: found >= wanted), False),
    }


# The comparison (policy's value, request's value), and whether the operator is the negation of it. String, Arn and Bool
# are given the policy's value as a pattern.
_OPERATORS: dict[str, tuple[Callable[[Any, str], bool], bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (reaches, False),
    "StringNotLike": (reaches, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
    "Bool": (_equal_ignoring_case, False),
    "BinaryEquals": (lambda wanted, found: base64.b64decode(wanted) == base64.b64decode(found), False),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
    **_ordered("Numeric", float),
    **_ordered("Date", _instant),
}
