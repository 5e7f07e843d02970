"""What IAM takes as a policy document: all rules that `document.py` refuses by, in one list that tells all offences.

`document.py` raises the first as a `BoundaryError`, `validation.py` shows all with their places. Far from all that IAM
would refuse, but all that later code relies on.
Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from installer.policy.places import Path

VERSION: Final = "2012-10-17"

_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE = re.compile(r"\*|arn:.+", re.DOTALL)
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
_NOT_IN_A_POLICY = re.compile(r"[^\t\n\r\u0020-\u00ff]")


@dataclass(frozen=True)
class Offence:
    """What is wrong at `path`: with the value there, its key (`of_key`), or one `character` of the text there."""

    code: str
    path: Path
    message: str
    fix: str
    of_key: bool = False
    character: int | None = None


def offences(data: Any) -> Iterator[Offence]:
    """`data` is parsed JSON. In the order in which a person would look for them."""
    if not isinstance(data, dict):
        fix = "It begins with { and has a Version and a Statement."
        yield Offence("not_a_policy", (), "The policy is not a JSON object.", fix)
        return
    if data.get("Version") != VERSION:
        where: Path = ("Version",) if "Version" in data else ()
        message = f"The policy's Version is {data.get('Version')!r}."
        yield Offence("version", where, message, f'Use "Version": "{VERSION}", or variables do not work.')
    for key in sorted(set(data) - _DOCUMENT_KEYS):
        message = f"The policy has {key!r}, which no policy document has."
        yield Offence("unknown_element", (key,), message, f"Remove {key!r}.", of_key=True)
    found = data.get("Statement")
    if not isinstance(found, dict | list) or found == []:
        where = ("Statement",) if "Statement" in data else ()
        yield Offence("no_statement", where, "The policy has no Statement.", "Add at least one statement.")
        return
    for number, (path, statement) in enumerate(statements(data), 1):
        yield from _of_statement(f"Statement {number}", path, statement)


def statements(data: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Each with its path: one statement needs no list."""
    found = data.get("Statement")
    if isinstance(found, dict):
        yield ("Statement",), found
    elif isinstance(found, list):
        for number, statement in enumerate(found):
            yield ("Statement", number), statement


def as_list(value: Any) -> list[Any]:
    """IAM lets a list of one be written without its brackets."""
    return list(value) if isinstance(value, list | tuple) else [value]


def items(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """The same, each with its path."""
    if isinstance(value, list | tuple):
        yield from (((*path, number), item) for number, item in enumerate(value))
    else:
        yield path, value


def _of_statement(where: str, path: Path, statement: Any) -> Iterator[Offence]:
    if not isinstance(statement, dict):
        yield Offence("not_a_statement", path, f"{where} is not a JSON object.", "Write it as { … }.")
        return
    for key in sorted(set(statement) - _STATEMENT_KEYS):
        message = f"{where} has {key!r}, which a permissions boundary cannot have."
        yield Offence("unknown_element", (*path, key), message, f"Remove {key!r}.", of_key=True)
    if not isinstance(statement.get("Sid", ""), str):
        yield Offence("sid", (*path, "Sid"), f"Sid in {where} is not text.", "Use letters and digits.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        at = (*path, "Effect") if "Effect" in statement else path
        yield Offence("effect", at, f"{where} has no Effect of Allow or Deny.", 'Set "Effect" to "Allow" or "Deny".')
    for one, form in (("Action", _ACTION), ("Resource", _RESOURCE)):
        yield from _of_pair(where, path, statement, one, form)
    yield from _of_condition(where, (*path, "Condition"), statement.get("Condition", {}))
    yield from _of_characters(where, path, statement)


def _of_pair(
    where: str, path: Path, statement: Mapping[str, Any], one: str, form: re.Pattern[str]
) -> Iterator[Offence]:
    other = f"Not{one}"
    if (one in statement) == (other in statement):
        message = f"{where} needs either {one} or {other}."
        at = (*path, other) if one in statement else path
        yield Offence(f"either_{one.lower()}", at, message, f"Give exactly one of {one} and {other}.", of_key=True)
        return
    named = one if one in statement else other
    values = list(items((*path, named), statement[named]))
    message, fix = f"{named} in {where} is not text or a list of texts.", f"Name at least one in {named}."
    if not values:
        yield Offence(f"empty_{one.lower()}", (*path, named), message, fix)
    for at, value in values:
        if not isinstance(value, str) or not value:
            yield Offence(f"not_text_{one.lower()}", at, message, fix)
    for at, value in values:
        if isinstance(value, str) and value and not form.fullmatch(value):
            yield Offence(
                f"malformed_{one.lower()}",
                at,
                f"{named} in {where} has {_short(value)}, which names no {one.lower()}.",
                'Write "service:Operation" or "*".' if one == "Action" else 'Write an ARN or "*".',
            )


def _of_condition(where: str, path: Path, condition: Any) -> Iterator[Offence]:
    if not isinstance(condition, dict):
        message = f"Condition in {where} is not a JSON object."
        yield Offence("condition", path, message, "Write it as { operator: { key: value } }.")
        return
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            message = f"{_short(operator)} in the Condition of {where} is not a JSON object."
            yield Offence("condition", (*path, operator), message, "Write it as { key: value }.")
            continue
        for key, values in keys.items():
            for at, value in items((*path, operator, key), values):
                if not isinstance(value, str | bool | int | float) or not _is_finite(value):
                    message = f"{_short(key)} in the Condition of {where} is not a text, a number, true or false."
                    yield Offence("condition_value", at, message, "Give one value or a list of values.")


def _of_characters(where: str, path: Path, statement: Any) -> Iterator[Offence]:
    """Of all texts and keys, in the order in which they are written."""
    todo: list[tuple[Path, Any, bool]] = [(path, statement, False)]
    while todo:
        at, value, of_key = todo.pop()
        if isinstance(value, dict):
            for key, inner in reversed(value.items()):
                todo += (((*at, key), inner, False), ((*at, key), key, True))
        elif isinstance(value, list | tuple):
            todo.extend(((*at, number), inner, False) for number, inner in reversed(list(enumerate(value))))
        elif isinstance(value, str):
            yield from _of_text(where, at, value, of_key=of_key)


def _of_text(where: str, path: Path, text: str, *, of_key: bool) -> Iterator[Offence]:
    strange = _NOT_IN_A_POLICY.search(text)
    # What JSON writes as an escape is none of the characters that AWS sees.
    while strange is not None and strange[0] < " ":
        strange = _NOT_IN_A_POLICY.search(text, strange.end())
    if strange is not None:
        message = f"{where} has the character {strange[0]!a}, which AWS does not take."
        yield Offence("character", path, message, "Use characters up to U+00FF only.", of_key, strange.start())


def _is_finite(value: str | float) -> bool:
    """JSON can write numbers that no computer keeps: 1e999."""
    return isinstance(value, str) or math.isfinite(value)


def _short(text: str) -> str:
    return repr(text) if len(text) <= 100 else f"{text[:100]!r}…"
