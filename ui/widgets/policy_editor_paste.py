"""Text from outside, made fit to be edited: nothing in it stays hidden, and what can be seen stays as it was.

For text that is only shown, `ui.widgets.plain` takes out more.
"""

import re
from dataclasses import dataclass

_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Marks that reorder text, signs without width, line separators, halves of characters, and what Qt keeps for itself.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef"
    "\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


@dataclass(frozen=True)
class Cleaned:
    """`text` to be edited; `escaped` hidden characters are shown in it, `removed` controls and `blanks` are not."""

    text: str
    escaped: int = 0
    removed: int = 0
    blanks: int = 0

    @property
    def sentence(self) -> str:
        """What was done, or nothing where the text is as it came."""
        parts = (
            _said(
                self.escaped,
                "hidden character is now shown as its code",
                "hidden characters are now shown as their codes",
            ),
            _said(self.removed, "control character was taken out", "control characters were taken out"),
            _said(self.blanks, "special blank became a plain one", "special blanks became plain ones"),
        )
        return " ".join(f"{part}." for part in parts if part)


def cleaned(text: str) -> Cleaned:
    """Line ends become line feeds, and a byte order mark at the start goes without a word.

    A hidden character becomes its JSON escape, which within a string means the same and can be seen.
    """
    plain = _LINE_BREAK.sub("\n", text.removeprefix("\ufeff"))
    plain, removed = _CONTROL.subn("", plain)
    if plain.isascii():
        return Cleaned(plain, removed=removed)
    plain, blanks = _BLANK.subn(" ", plain)
    plain, escaped = _HIDDEN.subn(_escape, plain)
    return Cleaned(plain, escaped, removed, blanks)


def _escape(hidden: re.Match[str]) -> str:
    units = hidden[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _said(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""
