"""Whether IAM would allow a request: a second opinion, slow and plain, that shares no code with what it judges.

Identity policies ∩ permissions boundary. What it does not know it refuses with `Unsupported` instead of guessing.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
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


def decide(identity: Sequence[Mapping[str, Any]], boundary: Mapping[str, Any] | None, request: Request) -> str:
    opinions = [_opinion(policy, request) for policy in identity]
    cap = ALLOWED if boundary is None else _opinion(boundary, request)
    if EXPLICIT_DENY in (*opinions, cap):
        return EXPLICIT_DENY
    return ALLOWED if ALLOWED in opinions and cap == ALLOWED else IMPLICIT_DENY


def _opinion(policy: Mapping[str, Any], request: Request) -> str:
    if "${" in json.dumps(policy):
        raise Unsupported("policy variables")
    effects = [statement["Effect"] for statement in _list(policy["Statement"]) if _applies(statement, request)]
    if "Deny" in effects:
        return EXPLICIT_DENY
    return ALLOWED if "Allow" in effects else IMPLICIT_DENY


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    # All of it is looked at, so that an unknown operator is found whatever the request.
    context = {key.lower(): value for key, value in request.context.items()}
    conditions = [
        _holds(operator, _list(wanted), context.get(key.lower()))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    ]
    return _names_action(statement, request.action) and _names_resource(statement, request.resource) and all(conditions)


def _names_action(statement: Mapping[str, Any], action: str) -> bool:
    named = _list(statement.get("Action", statement.get("NotAction")))
    return any(like(pattern.lower(), action.lower()) for pattern in named) is ("Action" in statement)


def _names_resource(statement: Mapping[str, Any], resource: str) -> bool:
    named = _list(statement.get("Resource", statement.get("NotResource")))
    return any(like(pattern, resource) for pattern in named) is ("Resource" in statement)


def _holds(operator: str, wanted: Sequence[Any], found: Any) -> bool:
    """One key under one operator. `found` is None where the request lacks the key."""
    if operator == "Null":
        return any((found is None) is (_text(value) == "true") for value in wanted)
    quantifier, _, plain = operator.rpartition(":")
    name = plain.removesuffix("IfExists")
    if name not in _OPERATORS:
        raise Unsupported(operator)
    matches, negated = _OPERATORS[name]

    def meets(value: Any) -> bool:
        return any(matches(_text(one), _text(value)) for one in wanted) is not negated

    if found is None:
        return plain != name or quantifier == "ForAllValues" or (negated and not quantifier)
    if quantifier == "ForAllValues":
        return all(meets(value) for value in _list(found))
    if quantifier == "ForAnyValue":
        return any(meets(value) for value in _list(found))
    if quantifier or isinstance(found, list):
        raise Unsupported(f"{operator} on {found}")
    return meets(found)


def _equal(pattern: str, text: str) -> bool:
    return pattern == text


def like(pattern: str, text: str) -> bool:
    """`*` is any number of characters, `?` is one. Walks along the pattern with all places reached in the text."""
    reached = {0}
    for symbol in pattern:
        if symbol == "*":
            reached = set(range(min(reached), len(text) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(text) and symbol in ("?", text[at])}
    return len(text) in reached


def _arn_like(pattern: str, text: str) -> bool:
    """Each of the six parts by itself: a `*` does not reach over a colon, except in the last part."""
    patterns, parts = pattern.split(":", 5), text.split(":", 5)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


def _instant(text: str) -> float:
    if text.isdigit():
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# The comparison (policy's value, request's value), and whether the operator is the negation of it.
_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringLike": (like, False),
    "StringNotLike": (like, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
    "Bool": (lambda wanted, found: wanted.lower() == found.lower(), False),
    "DateEquals": (lambda wanted, found: _instant(found) == _instant(wanted), False),
    "DateNotEquals": (lambda wanted, found: _instant(found) == _instant(wanted), True),
    "DateLessThan": (lambda wanted, found: _instant(found) < _instant(wanted), False),
    "DateLessThanEquals": (lambda wanted, found: _instant(found) <= _instant(wanted), False),
    "DateGreaterThan": (lambda wanted, found: _instant(found) > _instant(wanted), False),
    "DateGreaterThanEquals": (lambda wanted, found: _instant(found) >= _instant(wanted), False),
}
