"""Rules on what a document as a whole, or a statement as a whole, comes to: nothing, or not what was meant."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, Final

from installer.policy.operators import instant, number
from installer.policy.places import Path, quoted
from installer.policy.validation_remarks import Key, Part, Remark

_SID = re.compile(r"[A-Za-z0-9]*")
_LITERAL = ("stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase")
_COMPARED: Final = 50
"""Operators on one key. There are 26, each with and without a prefix and IfExists; no policy has so many."""
_WILDCARD = re.compile(r"(?<!\$\{)[*?](?!\})")


def of_document(parts: Sequence[Part]) -> Iterator[Remark]:
    if parts and all(part.statement.get("Effect") == "Deny" for part in parts):
        message = "This policy only denies. Nothing is allowed by it, so as a boundary it stops everything."
        fix = "Add a statement that allows what the vendor may do."
        yield Remark("only_deny", ("Statement",), message, fix, of_key=True)
    yield from _of_sids(parts)


def of_statement(part: Part) -> Iterator[Remark]:
    for element in ("NotAction", "NotResource"):
        for one in part.named(element):
            if one.text == "*":
                message = f"{element} with * leaves nothing: this statement never matches."
                yield Remark("never_matches", one.path, message, f"Write what {element} should except.")
    keys = tuple(part.keys)
    if part.statement.get("Condition") == {}:
        fix = "Remove it, or write the condition."
        yield Remark("empty_condition", (*part.path, "Condition"), "This Condition limits nothing.", fix)
    for key in keys:
        yield from _of_wildcards(key)
    yield from _of_contradictions(part, keys)


def _of_sids(parts: Sequence[Part]) -> Iterator[Remark]:
    """IAM refuses these; `boundary.py` gives Sids of its own, so that they are no error."""
    first: dict[str, Path] = {}
    for part in parts:
        sid = part.statement.get("Sid")
        path = (*part.path, "Sid")
        if not isinstance(sid, str) or not sid:
            continue
        if not _SID.fullmatch(sid):
            message = f"The Sid {quoted(sid)} has more than letters and digits, which IAM does not take."
            told = "".join(character for character in sid if character.isascii() and character.isalnum())
            yield Remark("sid_characters", path, message, "Use A-Z, a-z and 0-9.", suggestion=told)
        if sid in first:
            message = f"Two statements have the Sid {quoted(sid)}; IAM takes each only once."
            yield Remark("sid_twice", path, message, "Give one of them another Sid.", also=(first[sid],))
        first.setdefault(sid, path)


def _of_wildcards(key: Key) -> Iterator[Remark]:
    name = key.operator.lower().rpartition(":")[2].removesuffix("ifexists")
    if name not in _LITERAL:
        return
    for value in key.texts:
        if _WILDCARD.search(value.text):
            message = f"{quoted(key.operator)} takes * and ? as they are: {quoted(value.text)} matches only itself."
            fix = f"Write {'StringNotLike' if 'not' in name else 'StringLike'} where any text is meant."
            yield Remark("wildcard_is_text", value.path, message, fix)


def _of_contradictions(part: Part, keys: Sequence[Key]) -> Iterator[Remark]:
    """Two conditions on one key, both of which never hold together."""
    by_key: defaultdict[str, list[Key]] = defaultdict(list)
    for key in keys:
        by_key[key.key.lower()].append(key)
    pairs = (pair for same in by_key.values() for pair in product(same[:_COMPARED], repeat=2))
    for one, two in pairs:
        why = _absent(one, two) or _crossed(one, two) or _excluded(one, two)
        if why:
            message = f"This statement never matches: {why}."
            fix = "Correct one of the two conditions."
            yield Remark("never_matches", one.path, message, fix, of_key=True, also=(two.path,))


def _absent(one: Key, two: Key) -> str:
    """Null "true" says that there is no such key; most operators want one."""
    texts = {str(value).lower() for _, value in one.values}
    name = two.operator.lower()
    wants = not (name.startswith("forall") or "ifexists" in name or "not" in name or name == "null")
    if one.operator.lower() == "null" and texts == {"true"} and wants:
        return f"{quoted(one.key)} cannot be absent and meet {quoted(two.operator)}"
    return ""


def _crossed(one: Key, two: Key) -> str:
    """`one` is the lower bound, `two` the upper."""
    for kind, read in (("date", instant), ("numeric", number)):
        lower, upper = (_bound(key, kind, side, read) for key, side in ((one, "greaterthan"), (two, "lessthan")))
        if lower is None or upper is None:
            continue
        both_equal = one.operator.lower().endswith("equals") and two.operator.lower().endswith("equals")
        if lower > upper or (lower == upper and not both_equal):
            return f"{quoted(one.key)} cannot be beyond its lower and below its upper bound at once"
    return ""


def _bound(key: Key, kind: str, side: str, read: Callable[[str], Any]) -> Any:
    """Any of the values may be met, so the widest counts; None where the operator is another."""
    name = key.operator.lower()
    if name not in (f"{kind}{side}", f"{kind}{side}equals"):
        return None
    found = [read(str(value)) for _, value in key.values]
    if not found or any(bound is None for bound in found):
        return None
    return min(found) if side == "greaterthan" else max(found)


def _excluded(one: Key, two: Key) -> str:
    if one.operator.lower() != "stringequals" or two.operator.lower() not in ("stringnotequals",):
        return ""
    wanted, refused = ({value for _, value in key.values if isinstance(value, str)} for key in (one, two))
    if wanted and wanted <= refused and not any("${" in value for value in wanted):
        return f"{quoted(one.key)} cannot equal and not equal the same"
    return ""
