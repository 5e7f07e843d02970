"""Any policy of an account, read so that it can be evaluated. A boundary that we write is read by `document.py`.

Lenient where IAM is or was: either version of the language or none (which is 2008-10-17, without variables), one
statement without its list, one value without its list, numbers and booleans without quotation marks, keys that say
nothing to evaluation (Id, Sid, Principal). Whatever would leave the meaning open raises a `PolicyError` that says
where: nothing is passed over, because what is passed over may be a Deny.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from installer.errors import PolicyError
from installer.policy.request import short

VERSIONS = ("2012-10-17", "2008-10-17")
_ACTION = re.compile(r"\*+|[^:]+:[^:]+")
_DOCUMENT = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)


@dataclass(frozen=True)
class Statement:
    """As it stands in the policy. `number` counts from 1; `actions` and `resources` are those that are not meant where
    `not_actions` and `not_resources`. `condition` is operator, key, values."""

    number: int
    sid: str
    denies: bool
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    condition: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Policy:
    """`variables`: whether `${…}` is more than text."""

    variables: bool
    statements: tuple[Statement, ...]


def read_policy(data: Any) -> Policy:
    """`data` is a policy document as parsed JSON; raise a `PolicyError` where it is none."""
    if not isinstance(data, dict):
        raise PolicyError("The policy is not a JSON object.", fix="It begins with { and has a Statement.")
    _refuse_unknown("The policy", data, _DOCUMENT)
    version = data.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        raise PolicyError(f"The policy's Version is {short(str(version))}.", fix=f'Use "Version": "{VERSIONS[0]}".')
    statements = data.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list):
        raise PolicyError("The policy has no Statement.", fix="Add at least one statement.")
    return Policy(version == VERSIONS[0], tuple(_statement(number, one) for number, one in enumerate(statements, 1)))


def _refuse_unknown(where: str, data: Mapping[str, Any], known: frozenset[str]) -> None:
    """A key that IAM does not know may be a mistyped Condition, without which the rest means more."""
    unknown = sorted(set(data) - known)
    if unknown:
        raise PolicyError(f"{where} has {short(unknown[0])}, which no policy has.", fix="Correct or remove it.")


def _statement(number: int, data: Any) -> Statement:
    where = f"Statement {number}"
    if not isinstance(data, dict):
        raise PolicyError(f"{where} is not a JSON object.", fix="Write it as { … }.")
    _refuse_unknown(where, data, _STATEMENT)
    if data.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"{where} has no Effect of Allow or Deny.", fix='Set "Effect" to "Allow" or "Deny".')
    sid = data.get("Sid", "")
    if not isinstance(sid, str):
        raise PolicyError(f"Sid in {where} is not text.", fix="Use letters and digits.")
    actions, not_actions = _named(where, data, "Action")
    resources, not_resources = _named(where, data, "Resource")
    strange = next((action for action in actions if not _ACTION.fullmatch(action)), None)
    if strange is not None:
        raise PolicyError(
            f"{where} has the action {short(strange)}, which names no service.", fix='Write "service:Operation" or "*".'
        )
    condition = data.get("Condition", {})
    _check_condition(where, condition)
    return Statement(number, sid, data["Effect"] == "Deny", actions, not_actions, resources, not_resources, condition)


def _named(where: str, data: Mapping[str, Any], element: str) -> tuple[tuple[str, ...], bool]:
    """The texts of one of two elements, and whether it is the one with Not."""
    negation = f"Not{element}"
    if (element in data) == (negation in data):
        raise PolicyError(
            f"{where} needs either {element} or {negation}.", fix=f"Give exactly one of {element} and {negation}."
        )
    values = data[element if element in data else negation]
    texts = values if isinstance(values, list) else [values]
    if not all(isinstance(text, str) for text in texts):
        raise PolicyError(f"{element} in {where} is not text or a list of texts.", fix=f"Name them in {element}.")
    if not texts and negation in data:
        raise PolicyError(f"{negation} in {where} is empty, which may mean all or nothing.", fix="Name at least one.")
    return tuple(texts), negation in data


def _check_condition(where: str, condition: Any) -> None:
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        raise PolicyError(
            f"Condition in {where} is not a JSON object of objects.",
            fix="Write it as { operator: { key: value } }.",
        )
    for keys in condition.values():
        for key, values in keys.items():
            if values == [] or not all(map(_is_value, values if isinstance(values, list) else [values])):
                raise PolicyError(
                    f"{short(key)} in the Condition of {where} is not a text, a number, true or false.",
                    fix="Give one value or a list of values.",
                )


def _is_value(value: Any) -> bool:
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))
