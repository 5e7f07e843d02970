"""Rules on names: actions, services, condition operators and keys. What there is says the catalogue, `actions.py`."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from installer.errors import PolicyError
from installer.policy import actions
from installer.policy.conditions import compiled
from installer.policy.operators import OPERATORS
from installer.policy.places import quoted
from installer.policy.validation_remarks import Key, Named, Part, Remark, Severity

_OPERATORS: Final = {
    name.lower(): name
    for name in (
        *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"),
        *("StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
        *("NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan"),
        *("DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress"),
        *("NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
    )
}
_IF_EXISTS = re.compile("(if)?_?exists?$")
_SETS: Final = {"forallvalues": "ForAllValues:", "foranyvalue": "ForAnyValue:"}


def errors(part: Part) -> Iterator[Remark]:
    """What the evaluator refuses."""
    for key in part.keys:
        yield from _of_operator(key)


def warnings(part: Part) -> Iterator[Remark]:
    for element in ("Action", "NotAction"):
        yield from _of_actions(part.named(element), denies=part.denies, negated=element == "NotAction")
    for key in part.keys:
        yield from _of_key(key)


def known_operator(operator: str) -> bool:
    """Whether the evaluator has it. `Null` takes no prefix and no suffix."""
    quantifier, _, name = operator.lower().rpartition(":")
    if name == "null":
        return not quantifier
    return name.removesuffix("ifexists") in OPERATORS and quantifier in ("", *_SETS)


def _of_actions(named: Iterable[Named], *, denies: bool, negated: bool) -> Iterator[Remark]:
    for action in named:
        if ":" not in action.text or (unknown := actions.unknown(action.text)) is None:
            continue
        service = action.text.partition(":")[0]
        wild = "*" in action.text or "?" in action.text
        if not unknown.service_known:
            code, what = "unknown_service", f"The service {quoted(service)} was not"
        elif wild:
            code, what = "unknown_action", f"No action that {quoted(action.text)} means was"
        else:
            code, what = "unknown_action", f"The action {quoted(action.text)} was not"
        effect = "excepts nothing" if negated else "denies nothing" if denies else "allows nothing"
        message = f"{what} known on {actions.date()}; mistyped, it {effect}."
        yield Remark(code, action.path, message, _meant(unknown.suggestion), suggestion=unknown.suggestion)


def _meant(suggestion: str) -> str:
    return f"Did you mean {suggestion}?" if suggestion else "Look whether it is written right; it may also be new."


def _of_operator(key: Key) -> Iterator[Remark]:
    """At the place of the operator or of the value."""
    if not known_operator(key.operator):
        suggestion = _operator_meant(key.operator)
        message = f"{quoted(key.operator)} is no condition operator of IAM."
        fix = f"Did you mean {suggestion}?" if suggestion else "Write an operator as StringEquals or ArnLike."
        path = key.path[:-1]
        yield Remark("unknown_operator", path, message, fix, Severity.ERROR, of_key=True, suggestion=suggestion)
        return
    if not key.values:
        message = f"{quoted(key.key)} has no value to compare with."
        yield Remark("no_values", key.path, message, "Give at least one value.", Severity.ERROR)
    for path, value in key.values:
        if isinstance(value, str | bool | int | float):
            message = _refused(key.operator, key.key, value)
            if message:
                yield Remark("wrong_value", path, message, "Correct the value, or the operator.", Severity.ERROR)


@lru_cache(4_096, typed=True)
def _refused(operator: str, key: str, value: str | float) -> str:
    """Why the evaluator does not take the value; empty where it does."""
    try:
        compiled({operator: {key: value}}, variables=True)
    except PolicyError as error:
        return error.message
    return ""


def _operator_meant(operator: str) -> str:
    quantifier, _, name = operator.lower().rpartition(":")
    base = _IF_EXISTS.sub("", name)
    close = get_close_matches(base, _OPERATORS, 1, 0.7)
    if not close or (quantifier and quantifier not in _SETS and not get_close_matches(quantifier, _SETS, 1, 0.7)):
        return ""
    found = _OPERATORS[close[0]]
    if found == "Null":
        return found
    sets = get_close_matches(quantifier, _SETS, 1, 0.7) if quantifier else []
    return (_SETS[sets[0]] if sets else "") + found + ("IfExists" if base != name else "")


def _of_key(key: Key) -> Iterator[Remark]:
    unknown = actions.unknown_key(key.key)
    if unknown is not None:
        code = "unknown_global_key" if key.key.lower().startswith("aws:") else "unknown_key"
        message = f"The condition key {quoted(key.key)} was not known on {actions.date()}; mistyped, no request has it."
        yield Remark(code, key.path, message, _meant(unknown.suggestion), of_key=True, suggestion=unknown.suggestion)
    plain = ":" not in key.operator and key.operator.lower() != "null"
    if plain and key.key.lower() in actions.MULTIVALUED_KEYS:
        message = f"{quoted(key.key)} has several values, which {quoted(key.operator)} never matches."
        fix = f"Write ForAnyValue:{key.operator} or ForAllValues:{key.operator}."
        yield Remark("set_operator_missing", key.path[:-1], message, fix, of_key=True)
