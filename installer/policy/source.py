"""JSON as a person writes it: read with the place of everything, and with every fault in it.

    source = parse(text)
    source.value            what it says, as far as it can be read
    source.faults           why it is not JSON, () where it is
    source.span(path)       where the value at ("Statement", 0, "Action") stands
    source.place(offset)    its line and column

`json` of the standard library reads faster, but stops at the first fault and forgets the places. Where it accepts a
text the value is the same here, but for two things: what is nested deeper than `MAX_DEPTH` is not read, and a key that
is there twice is a fault. Never raises; the time is linear in the length of the text. `places.py` has what comes out of
it, `source_tokens.py` the pieces of the text, `formatting.py` writes it well; `validation.py` looks at what it says.
"""

from typing import Any, Final

from installer.policy.places import Fault, Nodes, Path, Place, Source, Span, quoted, written
from installer.policy.source_tokens import NO_VALUE, Scanner

__all__ = ["MAX_DEPTH", "Fault", "Path", "Place", "Source", "Span", "parse", "written"]

MAX_DEPTH: Final = 64
"""Of objects and lists in one another. A policy has seven."""

_CLOSES: Final = {"}": "{", "]": "["}


def parse(text: str) -> Source:
    """Read all that can be read of it."""
    reader = _Reader(text)
    value = reader.document()
    faults = sorted(reader.faults, key=lambda fault: (fault.span.start, fault.span.end))
    return Source(text, value, tuple(faults), reader.nodes, reader.lines)


class _Reader(Scanner):
    """Reads values into `nodes`. Where something is wrong it notes that and goes on as if it were right."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.nodes = Nodes()
        self._open: list[str] = []
        """What closes the objects and lists that we are in."""

    def document(self) -> Any:
        self.byte_order_mark()
        self.space()
        if not self.here():
            self.fault("empty", "There is no text.", "Begin with { and a Version and a Statement.", self.at, self.at)
            return None
        value = self._value()
        self.space()
        if self.here():
            message = "The document has ended before this."
            fix = "Remove what comes after the end, or correct the brackets before it."
            self.fault("after_the_end", message, fix, self.at, len(self.text.rstrip(" \t\r\n")))
        return None if value is NO_VALUE else value

    def _value(self, key: Span | None = None) -> Any:
        """What begins here, where there is something."""
        nodes = self.nodes
        number = len(nodes.starts)
        nodes.starts.append(self.at)
        nodes.ends.append(self.at)
        nodes.key_starts.append(key.start if key else -1)
        nodes.key_ends.append(key.end if key else -1)
        character = self.text[self.at]
        if character == '"':
            value: Any = self.string()
        elif character not in ("{", "["):
            value = self.scalar()
        elif len(self._open) >= MAX_DEPTH:
            self._too_deep()
            value = NO_VALUE
        else:
            value = self._object(number) if character == "{" else self._list(number)
        nodes.ends[number] = self.at
        return value

    def _too_deep(self) -> None:
        message = f"This is nested more than {MAX_DEPTH} deep."
        fix = "A policy needs seven levels: look for brackets that are not closed."
        self.fault("too_deep", message, fix, self.at, self.at + 1)
        self.stop()

    def _object(self, number: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        children: dict[str, int] = {}
        self.nodes.children[number] = children
        self._open.append("}")
        self.at += 1
        first = True
        while self._at_item(number, first):
            first = False
            start = self.at
            key = self.key()
            if key is None:
                self.unexpected()
                continue
            span = Span(start, self.at)
            self._colon(key)
            if not self._has_value(key, span):
                continue
            child = len(self.nodes.starts)
            value = self._value(span)
            if value is NO_VALUE:
                continue
            if key in children:
                self._twice(key, span, children[key])
            result[key] = value
            children[key] = child
        return result

    def _list(self, number: int) -> list[Any]:
        result: list[Any] = []
        children: list[int] = []
        self.nodes.children[number] = children
        self._open.append("]")
        self.at += 1
        first = True
        while self._at_item(number, first):
            first = False
            child = len(self.nodes.starts)
            value = self._value()
            if value is not NO_VALUE:
                result.append(value)
                children.append(child)
        return result

    def _at_item(self, number: int, first: bool) -> bool:
        """Go to the next item of an object or a list; unset behind its end."""
        before = self.at
        self.space()
        comma = self._commas(first, before)
        character = self.here()
        if character and character not in _CLOSES:
            return True
        if comma is not None and character:
            fix = "Remove it."
            self.fault("trailing_comma", "Nothing comes after this comma.", fix, comma, comma + 1, mendable=True)
        closing = self._open.pop()
        if character == closing and not self.stopped:
            self.at += 1
        elif not self.stopped and character:
            self._wrong_bracket(number, character, closing)
        else:
            self._truncated(number, closing)
        return False

    def _commas(self, first: bool, before: int) -> int | None:
        """Go over the comma between two items, or say that it is missing. The last one's place."""
        comma = None
        while self.here() == ",":
            if first or comma is not None:
                self.fault("extra_comma", "This comma is one too many.", "Remove it.", self.at, self.at + 1)
            if self.stopped:
                return None
            comma, self.at = self.at, self.at + 1
            self.space()
        character = self.here()
        if comma is None and character and character not in _CLOSES and not first and not self.comma_may_miss:
            fix = "Write a comma after what stands before it."
            self.fault("missing_comma", "A comma is missing here.", fix, before, before, mendable=True)
        self.comma_may_miss = False
        return None if first else comma

    def _wrong_bracket(self, number: int, character: str, closing: str) -> None:
        opened = self.nodes.starts[number]
        message = f"{closing} is needed here: the {_CLOSES[closing]} of {self.lines.place(opened)} is still open."
        also = (Span(opened, opened + 1),)
        self.fault("wrong_bracket", message, f"Write {closing} before it.", self.at, self.at + 1, also=also)
        self.nodes.unclosed.add(number)
        if character not in self._open:
            self.at += 1

    def _truncated(self, number: int, closing: str) -> None:
        self.nodes.unclosed.add(number)
        if self.stopped:
            return
        opened = self.nodes.starts[number]
        message = f"The text ends too early: the {_CLOSES[closing]} of {self.lines.place(opened)} is not closed."
        fix = "Look whether the end was cut off; else close what is open."
        self.fault("truncated", message, fix, self.at, self.at, also=(Span(opened, opened + 1),))
        self.stop()

    def _twice(self, key: str, span: Span, first: int) -> None:
        nodes = self.nodes
        also = Span(nodes.key_starts[first], nodes.key_ends[first])
        message = f"{quoted(key)} is there twice in one object, first in {self.lines.place(also.start)}."
        self.fault("twice", message, "Remove one: AWS would keep only one of them.", span.start, span.end, also=(also,))

    def _colon(self, key: str) -> None:
        before = self.at
        self.space()
        if self.here() == ":":
            self.at += 1
            self.space()
        elif self.here() and self.here() not in (",", *_CLOSES):
            wrong = 1 if self.here() == "=" else 0
            message = f"A colon is missing after {quoted(key)}."
            self.fault("missing_colon", message, "Write a colon.", before, before + wrong, mendable=True)
            self.at += 0 if self.stopped else wrong
            self.space()

    def _has_value(self, key: str, span: Span) -> bool:
        if self.here() in ("", ",", *_CLOSES):
            if self.here():
                message = f"{quoted(key)} has no value."
                self.fault("missing_value", message, "Write one after a colon.", span.start, span.end)
            return False
        return True
