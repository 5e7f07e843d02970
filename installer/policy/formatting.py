"""A policy document written well: for the editor's Format. What a text says, and its order, stay as they are."""

import json
from typing import Any

from installer.errors import BoundaryError
from installer.policy.source import Source, Span, parse

_INDENT = "  "


def formatted(text: str) -> str:
    """The text with one value a line and two spaces a level, as `Document.pretty` has it.

    Texts and numbers stay letter by letter. What leaves no doubt is put right: a comma too many, quotation marks that
    are not JSON's, a byte order mark. Raises a `BoundaryError` with the place of the first fault that is none of these,
    a comment among them: nothing is lost.
    """
    source = parse(text)
    for fault in source.faults:
        if not fault.mendable:
            message = f"The text is not JSON at {source.place(fault.span.start)}: {fault.message}"
            raise BoundaryError(message, fix=fault.fix)
    return _Writer(source).written((), source.value, 0)


class _Writer:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._mended = sorted(fault.span.start for fault in source.faults)

    def written(self, path: tuple[str | int, ...], value: Any, depth: int) -> str:
        if isinstance(value, dict) and value:
            inside = [self._member((*path, key), key, one, depth + 1) for key, one in value.items()]
            return _block("{", inside, "}", depth)
        if isinstance(value, list) and value:
            inside = [self.written((*path, number), one, depth + 1) for number, one in enumerate(value)]
            return _block("[", inside, "]", depth)
        if isinstance(value, dict | list):
            return "{}" if isinstance(value, dict) else "[]"
        return self._as_it_is(self._source.span(path), value)

    def _member(self, path: tuple[str | int, ...], key: str, value: Any, depth: int) -> str:
        return f"{self._as_it_is(self._source.key_span(path), key)}: {self.written(path, value, depth)}"

    def _as_it_is(self, span: Span, value: Any) -> str:
        """As it stands in the text, or where that is wrong as JSON writes it."""
        if any(span.start <= start < span.end for start in self._mended):
            return json.dumps(value, ensure_ascii=False)
        return self._source.text[span.start : span.end]


def _block(opening: str, inside: list[str], closing: str, depth: int) -> str:
    lines = f",\n{_INDENT * (depth + 1)}".join(inside)
    return f"{opening}\n{_INDENT * (depth + 1)}{lines}\n{_INDENT * depth}{closing}"
