"""What one limit says that another does not, computed from the two documents. `permissions_meaning.py` shows it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui.numbers import counted

if TYPE_CHECKING:
    from installer.policy.document import Document, Statement


@dataclass(frozen=True)
class Comparison:
    """Of a document with an earlier one. Statements are named by their Sids.

    added     denials that the earlier document does not make
    ended     denials that only the earlier document makes
    sentence  these, and what else is allowed, in words

    A denial of what the other document does not allow anyway is no difference, and left out.
    """

    added: frozenset[str]
    ended: tuple[str, ...]
    sentence: str


def compared(title: str, document: Document, earlier_title: str, earlier: Document) -> Comparison:
    """`document`, which people know as `title`, with the `earlier` one."""
    here, there = _by_content(document), _by_content(earlier)
    new = {content: statement for content, statement in here.items() if content not in there}
    gone = {content: statement for content, statement in there.items() if content not in here}
    added = _denials(new.values(), of_what=allowed_services(earlier))
    ended = _denials(gone.values(), of_what=allowed_services(document))
    sentences = []
    if not all(_denies(statement) for statement in (*new.values(), *gone.values())):
        sentences.append(_allowing(title, document, earlier_title, earlier))
    if added or ended:
        than = "" if sentences else f" than {earlier_title}"
        sentences.append(f"{title} denies {_amount(len(added), len(ended))}{than}.")
    if not sentences:
        sentences.append(f"{title} allows and denies the same as {earlier_title}.")
    return Comparison(frozenset(added), ended, " ".join(sentences))


def in_all(documents: Iterable[Document]) -> frozenset[str]:
    """What every one of the documents says, as `content` gives it."""
    contents = [frozenset(_by_content(document)) for document in documents]
    return frozenset.intersection(*contents) if contents else frozenset()


def content(statement: Statement) -> str:
    """What a statement says, whatever it is called and in whatever order it is written."""
    return json.dumps({key: _in_order(value) for key, value in statement.items() if key != "Sid"}, sort_keys=True)


def allowed_services(document: Document) -> frozenset[str] | None:
    """The services of which the document allows anything; None where it may be any."""
    named = [_services(statement) for statement in document.statements if not _denies(statement)]
    known = [services for services in named if services is not None]
    return frozenset().union(*known) if len(known) == len(named) else None


def _services(statement: Statement) -> frozenset[str] | None:
    """Those that the statement names; None where it names some by a wildcard, or only what it does not mean."""
    if "Action" not in statement:
        return None
    services = frozenset(action.partition(":")[0].lower() for action in _list(statement["Action"]))
    return None if any("*" in service or "?" in service for service in services) else services


def _by_content(document: Document) -> dict[str, Statement]:
    return {content(statement): statement for statement in document.statements}


def _denials(statements: Iterable[Statement], *, of_what: frozenset[str] | None) -> tuple[str, ...]:
    """Their denials, less those of services that the other document does not allow: nothing of these is allowed
    there without a denial, either."""
    return tuple(
        _sid(statement)
        for statement in statements
        if _denies(statement) and not _is_needless(_services(statement), of_what)
    )


def _is_needless(denied: frozenset[str] | None, allowed: frozenset[str] | None) -> bool:
    return denied is not None and allowed is not None and not denied & allowed


def _denies(statement: Statement) -> bool:
    return bool(statement["Effect"] == "Deny")


def _sid(statement: Statement) -> str:
    return str(statement.get("Sid", ""))


def _allowing(title: str, document: Document, earlier_title: str, earlier: Document) -> str:
    what, before = _of_services(document), _of_services(earlier)
    if what == before:
        return f"{title} allows other actions than {earlier_title}."
    return f"{title} allows actions {what}, {earlier_title} {before}."


def _of_services(document: Document) -> str:
    services = allowed_services(document)
    if services is not None:
        return f"of {counted(len(services), 'service')}"
    everything = any("*" in _list(one.get("Action", [])) for one in document.statements if not _denies(one))
    return "of every service" if everything else "of services that it does not name"


def _amount(more: int, fewer: int) -> str:
    if more and fewer:
        return f"{counted(more, 'thing')} more and {fewer} fewer"
    return counted(more, "more thing") if more else counted(fewer, "fewer thing")


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _in_order(value: Any) -> Any:
    """Lists mean the same in any order, and a list of one the same as the one."""
    if isinstance(value, Mapping):
        return {key: _in_order(inner) for key, inner in value.items()}
    return sorted(map(json.dumps, _list(value)))
