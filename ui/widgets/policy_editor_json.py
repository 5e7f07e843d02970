"""The shape of JSON text while it is written, which means: also where it is not JSON yet.

Brackets that belong together, the indent of a new line, and the colours of the signs. What is wrong with the text is
not judged here: the editor is told.
"""

import re
from dataclasses import dataclass

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from ui import theme

INDENT = "  "
MOST_SEARCHED = 262_144
"""Characters within which a bracket's partner is looked for."""

LONGEST_COLOURED = 1_000
"""Characters of a line. A longer one is no layout that is read, and its colours would make every key slow."""

# A string ends with its line at the latest, so that one that is not closed does not swallow the rest.
_INSIDE = r'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+'
_STRING = rf'"{_INSIDE}"?'
_TOKEN = re.compile(
    rf"(?P<key>\"{_INSIDE}\"(?=\s*:))|(?P<string>{_STRING})"
    r"|(?P<value>-?\b\d[\d.eE+-]*|\b(?:true|false|null)\b)|(?P<sign>[{}\[\],:])"
)
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}")
_BRACKET = re.compile(rf"{_STRING}|[{{}}\[\]]")
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
_PARTNER = {"}": "{", "]": "["}


def in_units(text: str) -> str:
    """`text` with two signs for each character that Qt counts twice: positions in it are Qt's."""
    return text if text.isascii() else _BEYOND_BMP.sub("xx", text)


@dataclass(frozen=True)
class Pair:
    """Positions of two brackets, in UTF-16 units."""

    opening: int
    closing: int


def pair_at(text: str, position: int) -> Pair | None:
    """The brackets of which one stands before `position`, or else after it. Brackets in strings are none."""
    if len(text) > MOST_SEARCHED or not any(sign in "{}[]" for sign in text[max(0, position - 1) : position + 1]):
        return None
    opened: list[tuple[str, int]] = []
    after = None
    for token in _BRACKET.finditer(text):
        sign, at = token[0], token.start()
        if sign in "{[":
            opened.append((sign, at))
        elif sign in "}]":
            if not opened or opened[-1][0] != _PARTNER[sign]:
                return after
            pair = Pair(opened.pop()[1], at)
            if position - 1 in (pair.opening, pair.closing):
                return pair
            if position in (pair.opening, pair.closing):
                after = pair
    return after


def indent_after(before: str, after: str) -> tuple[str, str]:
    """What a line break inserts between the parts of a line: up to the cursor, and what goes below the cursor.

    Between an opening bracket and its partner the partner gets a line of its own.
    """
    blanks = before[: len(before) - len(before.lstrip(" \t"))]
    last, following = before.rstrip()[-1:], after.lstrip()[:1]
    if last not in ("{", "["):
        return f"\n{blanks}", ""
    closes = bool(following) and _PARTNER.get(following) == last
    return f"\n{blanks}{INDENT}", f"\n{blanks}" if closes else ""


class JsonColours(QSyntaxHighlighter):
    """Names stand out, brackets stand back, and an escape is marked by a ground of its own: it hides a character."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._looks = _looks()

    def apply_theme(self) -> None:
        self._looks = _looks()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        line = in_units(text)
        for token in _TOKEN.finditer(line) if len(line) <= LONGEST_COLOURED else ():
            look = self._looks.get(token.lastgroup or "")
            if look is not None:
                self.setFormat(token.start(), token.end() - token.start(), look)
        if "\\u" in line:
            for token in _ESCAPE.finditer(line):
                self.setFormat(token.start(), token.end() - token.start(), self._looks["escape"])


def _looks() -> dict[str, QTextCharFormat]:
    """By kind of sign. A string looks as text does: it is what is read."""
    colours = theme.colours()
    made = {kind: QTextCharFormat() for kind in ("key", "value", "sign", "escape")}
    made["key"].setForeground(colours.accent)
    made["value"].setForeground(colours.good)
    made["sign"].setForeground(colours.secondary)
    made["escape"].setForeground(colours.caution)
    made["escape"].setBackground(colours.caution_ground)
    return made
