"""A grant in plain words: per service what it lets the vendor create, change, delete, look at and read, each with the
statements behind it.

What an action does is told by the verb in its name (CreateBucket, DeleteBucket, DescribeVpcs); only which actions read
stored data is told by a table, `resources/policies/services.json`. So this is a summary to read, not a decision: those
are made by `what_if.py`. A conditional Deny is not taken off it, and said to be there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import resources
from installer.policy.described import described
from installer.policy.document import as_list
from installer.policy.grant import Grant

BY_THE_VERB = (
    "What is created, changed and deleted is told by the names of the actions; what reads stored data, by a list of "
    "actions of the better known services."
)
_TABLE = "policies/services.json"
_EVERY_OTHER = "*"
_SURE = 3  # so many letters tell a verb from those of `_WORDS` that are changes


class Verb(StrEnum):
    """What is done, from the heaviest."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    READ_DATA = "read data"
    LOOK = "look"


_WORDS: Mapping[Verb, tuple[str, ...]] = {
    Verb.CREATE: ("Allocate", "Copy", "Create", "Import", "Launch", "Purchase", "Register", "Request", "Run"),
    Verb.DELETE: ("Cancel", "Delete", "Deregister", "Purge", "Release", "Remove", "Terminate"),
    Verb.LOOK: (
        *("BatchCheck", "BatchDescribe", "BatchGet", "Check", "Describe", "Detect", "Discover", "Estimate", "Filter"),
        *("Get", "Head", "List", "Lookup", "Preview", "Query", "Read", "Scan", "Search", "Select", "Simulate", "Test"),
        *("Validate", "Verify", "View"),
    ),
}


@dataclass(frozen=True)
class Behind:
    """A statement that grants something. `policy` is its policy's name, `where` its Sid or number there; `actions` are
    those that count here, none where it is all of the service; `resources` is what it is about ("*" is everything),
    `sentence` what the statement says."""

    policy: str
    where: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditional: bool
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "statement": self.where,
            "actions": list(self.actions),
            "resources": list(self.resources),
            "conditional": self.conditional,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class GrantedVerb:
    verb: Verb
    behind: tuple[Behind, ...]

    @property
    def everywhere(self) -> bool:
        """Whether it is about all such actions on every resource, without a condition."""
        return any(not one.actions and one.resources == ("*",) and not one.conditional for one in self.behind)


@dataclass(frozen=True)
class GrantedService:
    """What the grant lets the vendor do in one service. `prefix` is "*" for all that are not named one by one."""

    prefix: str
    title: str
    verbs: tuple[GrantedVerb, ...]

    @property
    def sentence(self) -> str:
        """As "create, change and delete; read data in part"."""
        whole = [one.verb.value for one in self.verbs if one.everywhere]
        some = [one.verb.value for one in self.verbs if not one.everywhere]
        parts = [_listed(whole), f"{_listed(some)} in part" if some else ""]
        return "; ".join(part for part in parts if part)

    def to_json(self) -> dict[str, Any]:
        verbs = [
            {"verb": one.verb.value, "everywhere": one.everywhere, "statements": [b.to_json() for b in one.behind]}
            for one in self.verbs
        ]
        return {"service": self.prefix, "title": self.title, "sentence": self.sentence, "verbs": verbs}


def granted_services(grant: Grant) -> tuple[GrantedService, ...]:
    """By title; the row for all other services is last. Services of which nothing is granted are not there."""
    found: dict[str, dict[Verb, list[Behind]]] = {}
    for behind, statement in _allows(grant):
        for prefix, verbs in _named_by(statement).items():
            for verb, actions in verbs.items():
                one = replace(behind, actions=tuple(actions))
                found.setdefault(prefix, {}).setdefault(verb, []).append(one)
    services = [
        GrantedService(
            prefix, _title(prefix), tuple(GrantedVerb(verb, tuple(verbs[verb])) for verb in Verb if verb in verbs)
        )
        for prefix, verbs in found.items()
        if not _denied(grant, prefix)
    ]
    return tuple(sorted(services, key=lambda one: (one.prefix == _EVERY_OTHER, one.title.lower())))


def _allows(grant: Grant) -> Iterator[tuple[Behind, Mapping[str, Any]]]:
    for policy in grant.known:
        for number, statement in enumerate(as_list((policy.document or {}).get("Statement", [])), 1):
            if statement["Effect"] == "Allow":
                where = str(statement.get("Sid") or f"statement {number}")
                about = tuple(map(str, as_list(statement.get("Resource", ()))))
                about = about or tuple(f"everything except {arn}" for arn in as_list(statement.get("NotResource", ())))
                conditional = bool(statement.get("Condition"))
                yield Behind(policy.name, where, (), about, conditional, described(statement)), statement


def _denied(grant: Grant, prefix: str) -> bool:
    """Whether a statement of the grant denies the whole service everywhere, without a condition."""
    return any(
        statement["Effect"] == "Deny"
        and not statement.get("Condition")
        and "*" in as_list(statement.get("Resource", ()))
        and any(pattern.lower() in ("*", f"{prefix}:*") for pattern in map(str, as_list(statement.get("Action", ()))))
        for policy in grant.known
        for statement in as_list((policy.document or {}).get("Statement", []))
    )


def _named_by(statement: Mapping[str, Any]) -> dict[str, dict[Verb, list[str]]]:
    """The verbs by service that a statement's actions come to, each with the actions; none where it is all of them."""
    everything = (*_services(), _EVERY_OTHER)
    if "NotAction" in statement:
        excepted = [str(pattern).lower() for pattern in as_list(statement["NotAction"])]
        return {prefix: _less(prefix, excepted) for prefix in everything if not {f"{prefix}:*", "*"} & set(excepted)}
    patterns = [str(pattern) for pattern in as_list(statement.get("Action", ()))]
    if any(pattern.strip("*") == "" for pattern in patterns):
        return {prefix: {verb: [] for verb in _all_of(prefix)} for prefix in everything}
    found: dict[str, dict[Verb, list[str]]] = {}
    whole = {pattern.partition(":")[0].lower() for pattern in patterns if pattern.partition(":")[2].strip("*") == ""}
    for pattern in patterns:
        service, _, operation = pattern.partition(":")
        verbs = found.setdefault(service.lower(), {})
        for verb in _verbs(service.lower(), operation):
            verbs.setdefault(verb, [])
            if service.lower() not in whole:
                verbs[verb].append(pattern)
    return found


def _less(prefix: str, excepted: list[str]) -> dict[Verb, list[str]]:
    """All of a service but some."""
    some = [pattern for pattern in excepted if pattern.startswith(f"{prefix}:")]
    return {verb: [f"all but {', '.join(some)}"] if some else [] for verb in _all_of(prefix)}


def _all_of(prefix: str) -> set[Verb]:
    """Every verb; data is read only where it is known that there is some."""
    reads = prefix == _EVERY_OTHER or bool(_services().get(prefix, {}).get("data_reads"))
    return set(Verb) if reads else set(Verb) - {Verb.READ_DATA}


def _verbs(service: str, operation: str) -> set[Verb]:
    """What an action pattern comes to."""
    if operation.strip("*") == "":
        return _all_of(service)
    reads = {Verb.READ_DATA} if _reads_data(service, operation) else set()
    stem = re.split(r"[*?]", operation, maxsplit=1)[0]
    verbs = {verb for verb, words in _WORDS.items() if any(stem.lower().startswith(word.lower()) for word in words)}
    if not verbs and stem != operation:  # a wildcard within the verb: all that begin so
        verbs = {verb for verb, words in _WORDS.items() if any(word.lower().startswith(stem.lower()) for word in words)}
        if len(stem) < _SURE:
            verbs |= {Verb.CHANGE}
    # An action that is named whole and reads data is that and nothing else.
    return reads if reads and stem == operation else (verbs or {Verb.CHANGE}) | reads


def _reads_data(service: str, operation: str) -> bool:
    told = [str(action).lower() for action in _services().get(service, {}).get("data_reads", ())]
    asked = operation.lower()
    return any(fnmatchcase(action.rstrip("*"), asked) or fnmatchcase(asked, action) for action in told)


@cache
def _services() -> Mapping[str, Mapping[str, Any]]:
    return dict(resources.read_json(_TABLE)["services"])


def _title(prefix: str) -> str:
    return "Every other service" if prefix == _EVERY_OTHER else str(_services().get(prefix, {}).get("title", prefix))


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
