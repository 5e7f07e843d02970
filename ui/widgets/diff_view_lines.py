"""Two texts compared line by line, and what of that need not be shown: unchanged lines, folded by whole statements.

No widget is in here; what shows it is `ui.widgets.diff_view`.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

CONTEXT = 3
"""Unchanged lines beside a change that stay in sight, within its statement."""
LEAST_FOLDED = 4
"""Fewer lines are not worth a fold."""
_MANY = 800
"""Lines from which on those that are frequent are no longer matched one by one: that would take seconds."""

_TOKEN = re.compile(r'"([^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+)"?|[{}\[\]:\n]')
_WORD = re.compile(r"\w+|\W")


class Change(StrEnum):
    """As screen readers say it."""

    SAME = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Line:
    """`number` counts from 1; `marked` is the part of the text that differs from its partner's."""

    number: int
    text: str
    marked: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Row:
    """What stands beside one another; one of the two may be missing."""

    before: Line | None
    after: Line | None
    change: Change

    @property
    def line(self) -> Line:
        """The only one, or the new one."""
        line = self.after or self.before
        if line is None:
            raise ValueError("a row has at least one line")
        return line


@dataclass(frozen=True)
class Statement:
    """Lines of one statement of a policy, counted from 1; `name` is its Sid."""

    first: int
    last: int
    name: str


@dataclass(frozen=True)
class Fold:
    """Unchanged rows in a row. `statements` are the names of those that are whole within it."""

    rows: tuple[Row, ...]
    statements: tuple[str, ...]

    @property
    def words(self) -> str:
        """ "2 statements, 14 lines unchanged: KeepTheTrail, RegionLock"."""
        lines = f"{len(self.rows):,} {'line' if len(self.rows) == 1 else 'lines'} unchanged"
        if not self.statements:
            return lines
        number = len(self.statements)
        named = ", ".join(name for name in self.statements if name)
        head = f"{number:,} {'statement' if number == 1 else 'statements'}, {lines}"
        return f"{head}: {named}" if named else head


Entry = Row | Fold


@dataclass(frozen=True)
class Comparison:
    """All rows in order, and the statements of both texts."""

    rows: tuple[Row, ...]
    before: tuple[Statement, ...]
    after: tuple[Statement, ...]

    @property
    def added(self) -> int:
        return sum(row.after is not None for row in self.rows if row.change is not Change.SAME)

    @property
    def removed(self) -> int:
        return sum(row.before is not None for row in self.rows if row.change is not Change.SAME)

    @property
    def differs(self) -> bool:
        return any(row.change is not Change.SAME for row in self.rows)

    def folded(self) -> tuple[Entry, ...]:
        """The rows, with what is far from every change folded."""
        statements = [self._statement(row) for row in self.rows]
        kept = self._kept(statements)
        entries: list[Entry] = []
        hidden: list[int] = []
        for number in range(len(self.rows) + 1):
            if number < len(self.rows) and number not in kept:
                hidden.append(number)
                continue
            entries += self._fold(hidden)
            hidden = []
            if number < len(self.rows):
                entries.append(self.rows[number])
        return tuple(entries)

    def _kept(self, statements: Sequence[Statement | None]) -> set[int]:
        kept: set[int] = set()
        for number, row in enumerate(self.rows):
            if row.change is Change.SAME:
                continue
            own = statements[number]
            near = range(max(0, number - CONTEXT), min(len(self.rows), number + CONTEXT + 1))
            kept |= {at for at in near if statements[at] in (None, own) or self.rows[at].change is not Change.SAME}
            if own is not None:
                kept |= self._head(number, own, statements)
        return kept

    def _head(self, number: int, own: Statement, statements: Sequence[Statement | None]) -> set[int]:
        """The rows that say which statement it is: from its bracket to its name."""
        first = number
        while first > 0 and statements[first - 1] == own:
            first -= 1
        named = next((at for at in range(first, number) if '"Sid"' in self.rows[at].line.text), first)
        return set(range(first, min(named, first + CONTEXT) + 1))

    def _fold(self, hidden: list[int]) -> Sequence[Entry]:
        rows = tuple(self.rows[at] for at in hidden)
        if len(rows) < LEAST_FOLDED:
            return rows
        first, last = rows[0].line.number, rows[-1].line.number
        whole = tuple(one.name for one in self.after if first <= one.first and one.last <= last)
        return (Fold(rows, whole),)

    def _statement(self, row: Row) -> Statement | None:
        line, of = (row.after, self.after) if row.after is not None else (row.before, self.before)
        return next((one for one in of if line is not None and one.first <= line.number <= one.last), None)


def compare(before: str, after: str) -> Comparison:
    """Line by line, each statement with the one of its name. Lines that were replaced by as many stand beside one
    another."""
    old, new = before.split("\n"), after.split("\n")
    ours, theirs = statements(before), statements(after)
    rows: list[Row] = []
    old_at = new_at = 0
    for one, other in _partners(old, new, ours, theirs):
        for old_end, new_end in ((one.first - 1, other.first - 1), (one.last, other.last)):
            rows += _compared(old, new, range(old_at, old_end), range(new_at, new_end))
            old_at, new_at = old_end, new_end
    rows += _compared(old, new, range(old_at, len(old)), range(new_at, len(new)))
    return Comparison(tuple(rows), ours, theirs)


def _partners(
    old: Sequence[str], new: Sequence[str], ours: Sequence[Statement], theirs: Sequence[Statement]
) -> Iterator[tuple[Statement, Statement]]:
    """Statements of both texts that are the same one, in order: by name, or without one by what they say."""
    ours, theirs = _apart(ours), _apart(theirs)
    keys, other_keys = _keys(old, ours), _keys(new, theirs)
    matcher = difflib.SequenceMatcher(None, keys, other_keys, autojunk=False)
    for start, other_start, size in matcher.get_matching_blocks():
        yield from zip(ours[start : start + size], theirs[other_start : other_start + size], strict=True)


def _keys(lines: Sequence[str], found: Sequence[Statement]) -> list[str]:
    return [one.name or "\n".join(lines[one.first - 1 : one.last]) for one in found]


def _apart(found: Sequence[Statement]) -> list[Statement]:
    """Those that begin on a line of their own: of several on one line, the first."""
    apart: list[Statement] = []
    for one in found:
        if not apart or one.first > apart[-1].last:
            apart.append(one)
    return apart


def _compared(old: Sequence[str], new: Sequence[str], of_old: range, of_new: range) -> Iterator[Row]:
    part, other_part = old[of_old.start : of_old.stop], new[of_new.start : of_new.stop]
    matcher = difflib.SequenceMatcher(None, part, other_part, autojunk=len(other_part) > _MANY)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        removed = [Line(of_old[at] + 1, part[at]) for at in range(old_start, old_end)]
        added = [Line(of_new[at] + 1, other_part[at]) for at in range(new_start, new_end)]
        if tag == "equal":
            yield from (Row(one, other, Change.SAME) for one, other in zip(removed, added, strict=True))
        else:
            yield from (_changed(one, other) for one, other in zip_longest(removed, added))


def in_one_column(rows: Sequence[Entry]) -> Iterator[Entry]:
    """The same below one another: of what was replaced first the old lines, then the new ones."""
    added: list[Row] = []
    for row in (*rows, None):
        if isinstance(row, Row) and row.change is not Change.SAME:
            if row.before is not None:
                yield Row(row.before, None, Change.REMOVED)
            if row.after is not None:
                added.append(Row(None, row.after, Change.ADDED))
            continue
        yield from added
        added = []
        if row is not None:
            yield row


def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a policy, also of one that is not JSON yet: those whose brackets can be told."""
    found: list[Statement] = []
    stack: list[str] = []
    line, first, name, key = 1, 0, "", ""
    strings: list[str] = []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign == "\n":
            line += 1
        elif sign == ":":
            key = strings[-1] if strings else ""
        elif sign in "{[":
            if sign == "{" and _is_statement(stack, key):
                first, name = line, ""
            stack.append(f"{sign}{key}")
            strings, key = [], "" if sign == "{" else key
        elif sign in "}]":
            opened = stack.pop() if stack else ""
            if sign == "}" and opened.startswith("{") and _is_statement(stack, opened[1:]):
                found.append(Statement(first, line, name))
            key = ""
        elif key == "Sid" and stack and _is_statement(stack[:-1], stack[-1][1:]):
            name, key = token[1], ""
        else:
            strings.append(token[1])
    return tuple(found)


def _is_statement(stack: Sequence[str], key: str) -> bool:
    """Whether an object in there, under that key, is one: in a list of statements, or alone."""
    return list(stack) == ["{", "[Statement"] or (list(stack) == ["{"] and key == "Statement")


def _changed(before: Line | None, after: Line | None) -> Row:
    if before is None or after is None:
        return Row(before, after, Change.ADDED if before is None else Change.REMOVED)
    start, old_end, new_end = _difference(before.text, after.text)
    old = Line(before.number, before.text, (start, old_end))
    return Row(old, Line(after.number, after.text, (start, new_end)), Change.CHANGED)


def _difference(before: str, after: str) -> tuple[int, int, int]:
    """Where two lines begin to differ, and where they end to, by whole words. Nothing where all of it differs."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    start = sum(map(len, old[:same]))
    ends = len(before) - sum(map(len, old[len(old) - tail :])), len(after) - sum(map(len, new[len(new) - tail :]))
    alike = before[:start].strip() or before[ends[0] :].strip(" ,")
    return (start, *ends) if alike else (0, 0, 0)
