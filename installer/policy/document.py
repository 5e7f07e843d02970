"""An IAM policy document: parsed, checked, canonical, measured as AWS measures it.

Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from installer.errors import BoundaryError

VERSION = "2012-10-17"
MANAGED_POLICY_CHARACTERS = 6_144
MAX_TEXT_BYTES = 262_144

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
_NOT_IN_A_POLICY = re.compile(r"[^\t\n\r\u0020-\u00ff]")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE = re.compile(r"\*|arn:.+", re.DOTALL)

Statement = Mapping[str, Any]

_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})


@dataclass(frozen=True)
class Document:
    """An identity policy or boundary of version 2012-10-17. Statements are plain JSON objects and are never changed."""

    statements: tuple[Statement, ...]

    @classmethod
    def from_json(cls, text: str) -> "Document":
        """Parse and check; raise a `BoundaryError` that says where it is wrong."""
        if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise BoundaryError(
                f"The policy is larger than {MAX_TEXT_BYTES // 1024} KiB.", fix="Give one policy document."
            )
        try:
            data = json.loads(
                text.removeprefix("\ufeff"), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
            )
        except json.JSONDecodeError as error:
            raise BoundaryError(
                f"The policy is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
                fix="Correct the text at that place.",
            ) from error
        except RecursionError as error:
            raise BoundaryError("The policy is nested too deeply.", fix="Give one policy document.") from error
        except ValueError as error:
            raise BoundaryError("The policy has a number of far too many digits.", fix="Shorten it.") from error
        return cls.from_object(data)

    @classmethod
    def from_object(cls, data: Any) -> "Document":
        """The same for JSON that is already parsed, for example what `iam:GetPolicyVersion` answers."""
        if not isinstance(data, dict):
            raise BoundaryError(
                "The policy is not a JSON object.", fix="It begins with { and has a Version and a Statement."
            )
        if data.get("Version") != VERSION:
            raise BoundaryError(
                f"The policy's Version is {data.get('Version')!r}.",
                fix=f'Use "Version": "{VERSION}", or variables do not work.',
            )
        unknown = sorted(set(data) - _DOCUMENT_KEYS)
        if unknown:
            raise BoundaryError(
                f"The policy has {unknown[0]!r}, which no policy document has.", fix=f"Remove {unknown[0]!r}."
            )
        statements = data.get("Statement")
        if isinstance(statements, dict):
            statements = [statements]
        if not isinstance(statements, list) or not statements:
            raise BoundaryError("The policy has no Statement.", fix="Add at least one statement.")
        for number, statement in enumerate(statements, 1):
            _check_statement(number, statement)
        return cls(tuple(statements))

    def to_object(self) -> dict[str, Any]:
        return {"Version": VERSION, "Statement": [dict(statement) for statement in self.statements]}

    def to_json(self) -> str:
        """Canonical: the shortest text; the same statements always give the same characters."""
        return json.dumps(self.to_object(), separators=(",", ":"), ensure_ascii=False)

    def pretty(self) -> str:
        return json.dumps(self.to_object(), indent=2, ensure_ascii=False)

    @property
    def size(self) -> int:
        """Characters as AWS counts them for a managed policy: without white space."""
        return sum(not character.isspace() for character in self.to_json())

    def same_as(self, other: "Document") -> bool:
        """Equal in what is said: order of keys aside."""
        return self.to_object() == other.to_object()


def as_list(value: Any) -> list[Any]:
    """IAM lets a list of one be written without its brackets."""
    return list(value) if isinstance(value, list | tuple) else [value]


def _without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise BoundaryError(
                f"The policy names {key!r} twice in one object.", fix="AWS would keep only one: remove the other."
            )
        result[key] = value
    return result


def _refuse_constant(name: str) -> None:
    raise BoundaryError(f"The policy has {name}, which is not JSON.", fix="Use a number or a text.")


def _check_statement(number: int, statement: Any) -> None:
    """Refuse what IAM would refuse, and say where; far from all of it, but all that later code relies on."""
    where = f"Statement {number}"
    if not isinstance(statement, dict):
        raise BoundaryError(f"{where} is not a JSON object.", fix="Write it as { … }.")
    unknown = sorted(set(statement) - _STATEMENT_KEYS)
    if unknown:
        raise BoundaryError(
            f"{where} has {unknown[0]!r}, which a permissions boundary cannot have.", fix=f"Remove {unknown[0]!r}."
        )
    if not isinstance(statement.get("Sid", ""), str):
        raise BoundaryError(f"Sid in {where} is not text.", fix="Use letters and digits.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise BoundaryError(f"{where} has no Effect of Allow or Deny.", fix='Set "Effect" to "Allow" or "Deny".')
    for one, other, form in (("Action", "NotAction", _ACTION), ("Resource", "NotResource", _RESOURCE)):
        if (one in statement) == (other in statement):
            raise BoundaryError(
                f"{where} needs either {one} or {other}.", fix=f"Give exactly one of {one} and {other}."
            )
        named = one if one in statement else other
        values = as_list(statement[named])
        if not values or not all(isinstance(value, str) and value for value in values):
            raise BoundaryError(
                f"{named} in {where} is not text or a list of texts.", fix=f"Name at least one in {named}."
            )
        wrong = next((value for value in values if not form.fullmatch(value)), None)
        if wrong is not None:
            raise BoundaryError(
                f"{named} in {where} has {_short(wrong)}, which names no {one.lower()}.",
                fix='Write "service:Operation" or "*".' if one == "Action" else 'Write an ARN or "*".',
            )
    _check_condition(where, statement.get("Condition", {}))
    strange = _NOT_IN_A_POLICY.search(json.dumps(statement, ensure_ascii=False))
    if strange is not None:
        raise BoundaryError(
            f"{where} has the character {strange[0]!a}, which AWS does not take.",
            fix="Use characters up to U+00FF only.",
        )


def _check_condition(where: str, condition: Any) -> None:
    if not isinstance(condition, dict):
        raise BoundaryError(
            f"Condition in {where} is not a JSON object.", fix="Write it as { operator: { key: value } }."
        )
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            raise BoundaryError(
                f"{_short(operator)} in the Condition of {where} is not a JSON object.",
                fix="Write it as { key: value }.",
            )
        for key, values in keys.items():
            if not all(isinstance(value, str | bool | int | float) and _is_finite(value) for value in as_list(values)):
                raise BoundaryError(
                    f"{_short(key)} in the Condition of {where} is not a text, a number, true or false.",
                    fix="Give one value or a list of values.",
                )


def _is_finite(value: str | float) -> bool:
    """JSON can write numbers that no computer keeps: 1e999."""
    return isinstance(value, str) or math.isfinite(value)


def _short(text: str) -> str:
    return repr(text) if len(text) <= 100 else f"{text[:100]!r}…"
