"""What of an Allow is left when only some calls on some resources are wanted: never more than it allowed before.

For `tightened.py`. Of two patterns the narrower is taken where one covers the other. Where neither does, what the Allow
says stays as it is: narrowing may stop short, and must not widen.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from installer.policy.document import Statement, as_list

_ARN_PARTS = 6
_UNTYPED = ("s3", "sns", "sqs")  # their ARNs name nothing but buckets, topics and queues


@dataclass(frozen=True)
class Wanted:
    """One action, or a pattern of actions, and the resources that it is wanted on; ARNs, patterns or `*`."""

    action: str
    resources: tuple[str, ...]


def covers_action(wide: str, narrow: str) -> bool:
    """Whether every action of `narrow` is one of `wide`. Case does not matter."""
    return _glob_covers(wide.lower(), narrow.lower())


def covers(wide: str, narrow: str) -> bool:
    """Whether every ARN of `narrow` is one of `wide`. A policy variable covers itself only."""
    if wide in ("*", narrow):
        return True
    if "${" in wide + narrow:
        return False
    one, other = wide.split(":", 5), narrow.split(":", 5)
    whole = len(one) == len(other) == _ARN_PARTS
    return whole and all(_glob_covers(a, b) for a, b in zip(one, other, strict=True))


def narrowed(allow: Statement, wanted: Sequence[Wanted]) -> Iterator[Statement]:
    """The parts of an Allow statement that are wanted, as statements without a Sid; none where nothing of it is."""
    found: dict[str, set[str]] = {}
    for one in wanted:
        for action in _actions(allow, one.action):
            for kind, resources in _resources(allow, one.resources):
                place = json.dumps({kind: sorted(set(resources)), "Condition": allow.get("Condition", {})})
                found.setdefault(place, set()).add(action)
    yield from merged(({"Action": sorted(actions), **json.loads(place)}) for place, actions in found.items())


def merged(rows: Iterable[Statement]) -> Iterator[Statement]:
    """Allow statements; those that differ in their resources alone are one. A list of one is written as text, and an
    action is left out of a statement where another allows it everywhere under the same conditions."""
    rows = list(rows)
    groups: dict[str, list[str]] = {}
    for row in rows:
        actions = [action for action in row["Action"] if not _allowed_elsewhere(action, row, rows)]
        if not actions:
            continue
        kind = "Resource" if "Resource" in row else "NotResource"
        # NotResource statements are not joined: together they would leave out only what both do.
        alone = row[kind] if kind == "NotResource" else []
        key = json.dumps({"Action": actions, "kind": kind, "alone": alone, "Condition": row["Condition"]})
        groups.setdefault(key, []).extend(row[kind])
    for key, resources in sorted(groups.items()):
        said = json.loads(key)
        arns = _without_covered(resources) if said["kind"] == "Resource" else list(dict.fromkeys(resources))
        yield {
            "Effect": "Allow",
            "Action": _short(said["Action"]),
            said["kind"]: _short(sorted(arns)),
            **({"Condition": said["Condition"]} if said["Condition"] else {}),
        }


def is_about_one_type(pattern: str) -> bool:
    """Whether an ARN pattern names the type of its resources: only then what exists of it can stand for it."""
    parts = pattern.split(":", 5)
    if len(parts) < _ARN_PARTS or any(mark in parts[2] for mark in "*?"):
        return False
    if parts[2] in _UNTYPED:
        return parts[5] not in ("*", "")
    literal = parts[5].replace("?", "*").partition("*")[0]
    return "/" in literal or ":" in literal


def is_exact(pattern: str) -> bool:
    """Whether an ARN pattern names one resource, in whatever region."""
    return not _is_pattern(pattern.split(":", 5)[-1])


def common_pattern(arns: Sequence[str]) -> str:
    """The longest beginning that all have, with a `*` behind it where something follows."""
    first, last = min(arns), max(arns)
    length = next((n for n, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first if first == last else f"{first[:length]}*"


def _actions(allow: Statement, wanted: str) -> Iterator[str]:
    if "Action" in allow:
        meets = (_meet_action(str(pattern), wanted) for pattern in as_list(allow["Action"]))
        yield from dict.fromkeys(action for action in meets if action is not None)
    elif all(_apart(str(pattern).lower(), wanted.lower()) for pattern in as_list(allow["NotAction"])):
        yield wanted


def _meet_action(one: str, other: str) -> str | None:
    if covers_action(one, other):
        return other
    return one if covers_action(other, one) else None


def _resources(allow: Statement, wanted: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    if "Resource" not in allow:
        excepted = [str(arn) for arn in as_list(allow["NotResource"])]
        if all(arn != "*" and _apart(arn, pattern) for arn in wanted for pattern in excepted):
            yield "Resource", list(wanted)
        else:
            yield "NotResource", excepted
        return
    allowed = [str(arn) for arn in as_list(allow["Resource"])]
    found: list[str] = []
    for arn in wanted:
        for pattern in allowed:
            if covers(pattern, arn):
                found.append(arn)
            elif covers(arn, pattern) or not _apart(pattern, arn):
                found.append(pattern)
    if found:
        yield "Resource", found


def _glob_covers(wide: str, narrow: str) -> bool:
    """Whether the pattern `wide` fits the pattern `narrow` read as text: a `*` only under a `*`, a `?` under either.

    Linear but for the last `*`: it never goes back further than that.
    """
    at = to = 0
    star, resumed = -1, 0
    while to < len(narrow):
        if at < len(wide) and wide[at] == "*":
            star, resumed = at, to
            at += 1
        elif at < len(wide) and (wide[at] == narrow[to] or (wide[at] == "?" and narrow[to] != "*")):
            at, to = at + 1, to + 1
        elif star >= 0:
            resumed += 1
            at, to = star + 1, resumed
        else:
            return False
    return all(mark == "*" for mark in wide[at:])


def _apart(one: str, other: str) -> bool:
    """Whether no text fits both patterns: for two with wildcards as far as their beginnings tell, else exactly."""
    if not _is_pattern(one):
        return not _glob_covers(other, one) if "${" not in other else False
    if not _is_pattern(other):
        return not _glob_covers(one, other) if "${" not in one else False
    a, b = (text.replace("?", "*").partition("*")[0].partition("${")[0] for text in (one, other))
    return not (a.startswith(b) or b.startswith(a))


def _is_pattern(text: str) -> bool:
    return any(mark in text for mark in ("*", "?", "${"))


def _allowed_elsewhere(action: str, row: Statement, rows: Sequence[Statement]) -> bool:
    if row.get("Resource") == ["*"]:
        return False
    return any(
        other.get("Resource") == ["*"] and action in other["Action"] and other["Condition"] in ({}, row["Condition"])
        for other in rows
    )


def _without_covered(arns: Iterable[str]) -> list[str]:
    """Each ARN that no other one covers; of two that say the same, the first."""
    kept: list[str] = []
    for arn in dict.fromkeys(arns):
        if not any(covers(other, arn) for other in kept if _is_pattern(other)):
            kept = [other for other in kept if not (_is_pattern(arn) and covers(arn, other))]
            kept.append(arn)
    return kept


def _short(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values
