"""All problems of a policy document at once, each with its place: for the editor, the command line and reports.

    checked = check(text, account="111111111111")
    checked.problems        errors and warnings in the order of the text
    checked.size            characters as AWS counts them; checked.left of checked.limit

An error is what `document.py` or the evaluator refuses, and what is over the limit; a warning is what they take and is
probably not meant. Where the text is not JSON, all that can be read of it is checked too. Never raises.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from installer.policy import validation_arns, validation_names, validation_sense
from installer.policy.document import MANAGED_POLICY_CHARACTERS, MAX_TEXT_BYTES, characters
from installer.policy.grammar import Offence, as_list, offences
from installer.policy.source import Fault, Path, Place, Source, Span, parse, written
from installer.policy.validation_remarks import Remark, Severity, parts

__all__ = ["Checked", "Problem", "Severity", "check", "problems"]

MAX_REMARKS: Final = 500
"""Of the same text; more help nobody."""
_WARNINGS: Final = frozenset({"byte_order_mark"})
"""Faults of the text that `document.py` passes over."""
_MISSING: Final = frozenset({"version", "no_statement", "effect", "either_action", "either_resource"})
"""Shown at the bracket behind which something is missing."""

_CONTINUED: Final = bytes(range(0x80, 0xC0))
"""In UTF-8 the bytes of a character behind its first."""


@dataclass(frozen=True)
class Problem:
    """`code` is stable and meant for programs. `path` is where in the document, `span` where in the text; an empty span
    is a place between two characters, where something is missing. `also` are other places that belong to it.
    `replacement`, where there is one, is a text that may be written over the span."""

    severity: Severity
    code: str
    message: str
    fix: str
    path: Path
    span: Span
    start: Place
    end: Place
    also: tuple[Span, ...] = ()
    replacement: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "severity": self.severity.value,
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
            "path": written(self.path),
            "line": self.start.line,
            "column": self.start.column,
            "end_line": self.end.line,
            "end_column": self.end.column,
        }


@dataclass(frozen=True)
class Checked:
    """`size` is 0 where there is no document to count."""

    source: Source
    problems: tuple[Problem, ...]
    size: int
    limit: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)

    @property
    def left(self) -> int:
        """Characters that may still be written; negative where there are too many."""
        return self.limit - self.size


def problems(text: str, *, account: str | None = None, limit: int = MANAGED_POLICY_CHARACTERS) -> tuple[Problem, ...]:
    """As `check` tells them."""
    return check(text, account=account, limit=limit).problems


def check(text: str, *, account: str | None = None, limit: int = MANAGED_POLICY_CHARACTERS) -> Checked:
    """`account` is the account that the policy is for, `limit` how many characters there are for it."""
    if len(text) > MAX_TEXT_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        return _too_large(text, limit)
    source = parse(text)
    size = _size(source.value)
    found = [_of_fault(source, fault) for fault in source.faults]
    if source.value is not None or all(problem.severity is Severity.WARNING for problem in found):
        found += _of_value(source, account)
    if size > limit:
        found.append(_over_the_limit(source, size, limit))
    found.sort(key=lambda problem: (problem.span.start, problem.span.end, problem.severity is Severity.WARNING))
    return Checked(source, tuple(found), size, limit)


def _size(value: Any) -> int:
    """That of the document which `document.py` would make of it."""
    if not isinstance(value, dict):
        return 0
    document = {"Version": value.get("Version"), "Statement": as_list(value.get("Statement", []))}
    return characters(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def _of_value(source: Source, account: str | None) -> list[Problem]:
    """What the value says, but for what follows from a fault: what is cut off is not missing."""
    faulty = {fault.span for fault in source.faults}
    found = [
        *(_of_offence(source, offence) for offence in offences(source.value)),
        *(_of_remark(source, remark) for remark in islice(_remarks(source.value, account), MAX_REMARKS)),
    ]
    return [problem for problem in found if problem.span not in faulty and source.is_whole(problem.path)]


def _remarks(value: Any, account: str | None) -> Iterator[Remark]:
    """Errors first: of these there may be too many to tell."""
    statements = parts(value)
    for part in statements:
        yield from validation_names.errors(part)
    yield from validation_sense.of_document(statements)
    for part in statements:
        yield from validation_names.warnings(part)
        yield from validation_arns.remarks(part, account)
        yield from validation_sense.of_statement(part)


def _of_fault(source: Source, fault: Fault) -> Problem:
    severity = Severity.WARNING if fault.code in _WARNINGS else Severity.ERROR
    return _problem(source, severity, fault.code, fault.message, fault.fix, (), fault.span, fault.also)


def _of_offence(source: Source, offence: Offence) -> Problem:
    span = source.key_span(offence.path) if offence.of_key else source.span(offence.path)
    if offence.character is not None:
        span = source.character_span(span, offence.character)
    elif offence.code in _MISSING and source.text[span.start] in "{[" and span.end - span.start > 2:
        span = Span(span.start, span.start + 1)
    return _problem(source, Severity.ERROR, offence.code, offence.message, offence.fix, offence.path, span)


def _of_remark(source: Source, remark: Remark) -> Problem:
    where = source.key_span if remark.of_key else source.span
    replacement = json.dumps(remark.suggestion, ensure_ascii=False) if remark.suggestion else None
    also = tuple(where(path) for path in remark.also)
    return _problem(
        *(source, remark.severity, remark.code, remark.message, remark.fix, remark.path),
        where(remark.path),
        also,
        replacement,
    )


def _problem(
    source: Source,
    severity: Severity,
    code: str,
    message: str,
    fix: str,
    path: Path,
    span: Span,
    also: Iterable[Span] = (),
    replacement: str | None = None,
) -> Problem:
    start, end = source.place(span.start), source.place(span.end)
    return Problem(severity, code, message, fix, path, span, start, end, tuple(also), replacement)


def _over_the_limit(source: Source, size: int, limit: int) -> Problem:
    """Shown from the character on that is one too many, as near as the text can tell."""
    whole = source.span(())
    counted = 0
    start = whole.end
    for offset in range(whole.start, whole.end):
        counted += not source.text[offset].isspace()
        if counted > limit:
            start = offset
            break
    message = f"The policy has {size:,} characters without white space, {size - limit:,} more than there is room for."
    fix = f"Shorten it to {limit:,}: join statements, or use wildcards where they mean the same."
    return _problem(source, Severity.ERROR, "over_the_limit", message, fix, (), Span(start, whole.end))


def _too_large(text: str, limit: int) -> Checked:
    """Not read. The place is the first character that is beyond the limit."""
    head = text[: MAX_TEXT_BYTES + 1].encode("utf-8", "surrogatepass")[: MAX_TEXT_BYTES + 1]
    start = len(head.translate(None, _CONTINUED)) - 1
    message = f"The policy is larger than {MAX_TEXT_BYTES // 1024} KiB."
    fault = Fault("too_large", message, "Give one policy document.", Span(start, len(text)))
    source = Source.unread(text, fault)
    return Checked(source, (_of_fault(source, fault),), 0, limit)
