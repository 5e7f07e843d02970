"""A JSON text that was read: what it says, what is wrong with it, and where everything stands. `source.py` reads it."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Path = tuple[str | int, ...]
"""Keys and numbers of list items from 0, from the outside in. The whole document is ()."""

_LINE_END = re.compile(r"\r\n?|\n")
_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")
_IN_A_STRING = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to but not including `end`, in characters from 0. An empty span is a place between two."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """`line` and `column` count from 1, in characters; \\r\\n is one line end. `offset` is in characters from 0;
    `utf16` is the same in units of 16 bits, as Qt counts."""

    line: int
    column: int
    offset: int
    utf16: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is not JSON. `also` are other places that belong to it: the first of two equal keys, the bracket that
    is not closed. `code` is stable. A `mendable` one leaves no doubt what is meant: Format writes it right."""

    code: str
    message: str
    fix: str
    span: Span
    also: tuple[Span, ...] = ()
    mendable: bool = False


class Lines:
    """Where the lines of a text begin; looked up when it is first asked."""

    def __init__(self, text: str) -> None:
        self._text = text

    def place(self, offset: int) -> Place:
        """Of an offset, which is held within the text."""
        offset = max(0, min(offset, len(self._text)))
        line = bisect_right(self._starts, offset)
        utf16 = offset + bisect_left(self._beyond_16_bits, offset)
        return Place(line, offset - self._starts[line - 1] + 1, offset, utf16)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self._text))]

    @cached_property
    def _beyond_16_bits(self) -> list[int]:
        return [found.start() for found in _BEYOND_16_BITS.finditer(self._text)]


@dataclass(frozen=True)
class Nodes:
    """Where each value stands, by numbers in the order of the text: the whole is 0. A key's place is -1 where there is
    none. `children` has the numbers in an object by key (the last, where a key is there twice), or in a list."""

    starts: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    key_starts: "array[int]" = field(default_factory=lambda: array("q"))
    key_ends: "array[int]" = field(default_factory=lambda: array("q"))
    children: dict[int, Mapping[str, int] | Sequence[int]] = field(default_factory=dict)
    unclosed: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Source:
    """A text that was read. `value` is None where there is none."""

    text: str
    value: Any
    faults: tuple[Fault, ...]
    _nodes: Nodes = field(repr=False, compare=False)
    _lines: Lines = field(repr=False, compare=False)

    @property
    def is_json(self) -> bool:
        return not self.faults

    def __contains__(self, path: Path) -> bool:
        return self._number(path) is not None

    @classmethod
    def unread(cls, text: str, fault: Fault) -> "Source":
        """A text that was not even looked at."""
        return cls(text, None, (fault,), Nodes(), Lines(text))

    def span(self, path: Path) -> Span:
        """Of a value; of the innermost thing around it where it is not in the text."""
        if not self._nodes.starts:
            return Span(0, len(self.text))
        number = self._number(path)
        while number is None:
            path = path[:-1]
            number = self._number(path)
        return Span(self._nodes.starts[number], self._nodes.ends[number])

    def key_span(self, path: Path) -> Span:
        """Of the key before a value, with its quotation marks; that of the value where it has none, as in a list."""
        number = self._number(path)
        if number is None or self._nodes.key_starts[number] < 0:
            return self.span(path)
        return Span(self._nodes.key_starts[number], self._nodes.key_ends[number])

    def character_span(self, string: Span, index: int) -> Span:
        """Of one character of a string, which may be written as `\\u…`."""
        inside = self.text[string.start + 1 : string.end - 1]
        for number, piece in enumerate(_IN_A_STRING.finditer(inside)):
            if number == index:
                return Span(string.start + 1 + piece.start(), string.start + 1 + piece.end())
        return string

    def is_whole(self, path: Path) -> bool:
        """Unset for an object or a list whose end is missing: what it lacks may have stood there."""
        return self._number(path) not in self._nodes.unclosed

    def paths(self) -> Iterator[Path]:
        """Every value, the outer ones first."""
        todo: list[tuple[Path, int]] = [((), 0)] if self._nodes.starts else []
        while todo:
            path, number = todo.pop()
            yield path
            inside = self._nodes.children.get(number, ())
            pairs: Sequence[tuple[str | int, int]] = (
                list(inside.items()) if isinstance(inside, Mapping) else list(enumerate(inside))
            )
            todo.extend(((*path, key), child) for key, child in reversed(pairs))

    def place(self, offset: int) -> Place:
        """Line and column of an offset, which is held within the text."""
        return self._lines.place(offset)

    def _number(self, path: Path) -> int | None:
        number = 0 if self._nodes.starts else None
        if number is None:
            return None
        for step in path:
            inside = self._nodes.children.get(number)
            if isinstance(inside, Mapping):
                found = inside.get(step) if isinstance(step, str) else None
            elif inside is not None and isinstance(step, int) and 0 <= step < len(inside):
                found = inside[step]
            else:
                found = None
            if found is None:
                return None
            number = found
        return number


def written(path: Path) -> str:
    """A path in short: `Statement[0].Condition.Bool["aws:SecureTransport"]`."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif step.replace("_", "a").isalnum() and step.isascii():
            parts.append(f".{step}")
        else:
            parts.append(f'["{step}"]')
    return "".join(parts).removeprefix(".")


def quoted(text: str) -> str:
    """For a sentence of one line: a text of somebody else's may be long, and have anything in it."""
    shown = "".join(map(shown_character, text[:60]))
    return f'"{shown}"' if len(text) <= 60 else f'"{shown}…"'


def shown_character(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
