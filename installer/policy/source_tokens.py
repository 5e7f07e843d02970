"""The pieces of a JSON text, right and wrong: white space, comments, strings, numbers and words. For `source.py`."""

import re
from typing import Any, Final

from installer.policy.places import Fault, Lines, Span, quoted, shown_character

MAX_FAULTS: Final = 100
"""After so many the text is given up."""
MAX_DIGITS: Final = 4_300
"""As Python reads them in decimal notation."""


class _NoValue:
    pass


NO_VALUE: Final = _NoValue()
"""What stands in a place where nothing can be read."""

_SPACE = re.compile(r"[ \t\n\r]*")
_STRANGE_SPACE = re.compile(r"[^\S \t\n\r]|[\u200b-\u200f\u2060\ufeff]")
_COMMENT = re.compile(r"/\*|(?://|#)[^\r\n]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*"')
_HEX = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORD = re.compile(r"(?:[\w$.*?@+:-]|/(?![/*]))+")
_KEY_WORD = re.compile(r"(?:[\w$.*?@+-]|/(?![/*]))+")
_NUMBER = re.compile(r"(-?)(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_FOREIGN_WORDS: Final = {"True": True, "TRUE": True, "False": False, "FALSE": False, "None": None, "NULL": None}
_NOT_NUMBERS: Final = ("NaN", "Infinity", "-Infinity", "+Infinity")
_CLOSED_BY: Final = {'"': '"', "'": "'", "`": "`'", "‘": "’'", "’": "’'", "“": '”"', "”": '”"', "„": '“”"'}
_UP_TO: Final = {opening: re.compile(rf"[^{closing}\\\x00-\x1f]+") for opening, closing in _CLOSED_BY.items()}


class Scanner:
    """Goes along a text: `at` is where it stands. What is wrong becomes a fault and is passed over."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.faults: list[Fault] = []
        self.lines = Lines(text)
        self.stopped = False
        self.comma_may_miss = False
        """Set behind a string without an end, which may hold the comma."""

    def fault(self, code: str, message: str, fix: str, start: int, end: int, **more: Any) -> None:
        self.faults.append(Fault(code, message, fix, Span(start, end), **more))
        if len(self.faults) >= MAX_FAULTS:
            self.stop()

    def stop(self) -> None:
        """Read no further: what is wrong here leaves the rest open."""
        self.stopped = True
        self.at = len(self.text)

    def here(self) -> str:
        """The character at this place, nothing at the end."""
        return self.text[self.at : self.at + 1]

    def unexpected(self) -> None:
        fix = "Correct the text at this place."
        self.fault("unexpected", f"{shown_character(self.here())} does not belong here.", fix, self.at, self.at + 1)
        self.stop()

    # White space

    def byte_order_mark(self) -> None:
        if self.text.startswith("\ufeff"):
            message = "The text begins with a byte order mark, an invisible character that JSON does not have."
            self.fault("byte_order_mark", message, "Format removes it.", 0, 1, mendable=True)
            self.at = 0 if self.stopped else 1

    def space(self) -> None:
        """Go over white space, comments and invisible characters."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            character = self.here()
            if character in ("/", "#") and (comment := _COMMENT.match(self.text, self.at)):
                self._comment(comment[0])
            elif character and _STRANGE_SPACE.match(character):
                self._strange_space(character)
            else:
                return

    def _comment(self, comment: str) -> None:
        start, self.at = self.at, self.at + len(comment)
        if comment == "/*":
            end = self.text.find("*/", self.at)
            self.at = len(self.text) if end < 0 else end + 2
            if end < 0:
                self.fault("comment_not_closed", "This comment has no end.", "Remove it.", start, self.at)
                return
        fix = "Remove it. What a statement is for can be said in its Sid."
        self.fault("comment", "This is a comment, and JSON has none.", fix, start, self.at)

    def _strange_space(self, character: str) -> None:
        message = f"This white space is the character {shown_character(character)}, which JSON does not have."
        self.at += 1
        self.fault("strange_space", message, "Write a plain space.", self.at - 1, self.at, mendable=True)

    # Strings

    def string(self) -> str:
        """The string that begins here."""
        found = _STRING.match(self.text, self.at)
        if found is None:
            return self._string('"')
        self.at = found.end()
        return found[0][1:-1]

    def _string(self, opening: str) -> str:
        start = self.at
        self.at += 1
        pieces: list[str] = []
        while not self.stopped:
            if found := _UP_TO[opening].match(self.text, self.at):
                pieces.append(found[0])
                self.at = found.end()
            character = self.here()
            if character in ("", "\r", "\n"):
                self._string_without_end(start)
                break
            if character in _CLOSED_BY[opening]:
                self.at += 1
                break
            pieces.append(self._escape() if character == "\\" else self._control_character(character))
        return "".join(pieces)

    def _string_without_end(self, start: int) -> None:
        message = f"This text has no end: the quotation mark after {quoted(self.text[start + 1 : self.at])} is missing."
        self.fault("string_not_closed", message, "Write the quotation mark.", start, self.at)
        self.comma_may_miss = True

    def _control_character(self, character: str) -> str:
        self.at += 1
        message = (
            f"This text has the control character {shown_character(character)}, which JSON wants written as an escape."
        )
        fix = f"Remove it, or write {_escaped(character)}."
        self.fault("control_character", message, fix, self.at - 1, self.at, mendable=True)
        return character

    def _escape(self) -> str:
        start = self.at
        if unit := _HEX.match(self.text, start):
            self.at = unit.end()
            code = int(unit[1], 16)
            if 0xD800 <= code < 0xDC00 and (low := _HEX.match(self.text, self.at)):
                second = int(low[1], 16)
                if 0xDC00 <= second < 0xE000:
                    self.at = low.end()
                    return chr(0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00))
            return chr(code)
        following = self.text[start + 1 : start + 2]
        if following in _ESCAPES:
            self.at += 2
            return _ESCAPES[following]
        self.at += 1 if following in ("", "\r", "\n") else 2
        message = f"JSON has no escape {quoted(self.text[start : self.at])}."
        self.fault("escape", message, r"Write a backslash twice, or four digits after \u.", start, self.at)
        return following.strip("\r\n")

    # What is no string

    def scalar(self) -> Any:
        """A number, a word, or what should have been a string; `NO_VALUE` where it is none of them."""
        if self.here() in _CLOSED_BY:
            return self._other_quotes()
        found = _WORD.match(self.text, self.at)
        if found is None or found[0].startswith(":"):
            self.unexpected()
            return NO_VALUE
        start, self.at = self.at, found.end()
        word = found[0]
        if word in _WORDS:
            return _WORDS[word]
        if number := _NUMBER.fullmatch(word):
            return self._number(number, start)
        return self._foreign_word(word, start)

    def key(self) -> str | None:
        """A key, None where there is none."""
        if self.here() == '"':
            return self.string()
        if self.here() in _CLOSED_BY:
            return self._other_quotes()
        found = _KEY_WORD.match(self.text, self.at)
        if found is None:
            return None
        start, self.at = self.at, found.end()
        self._bare(found[0], start)
        return found[0]

    def _other_quotes(self) -> str:
        start, opening = self.at, self.here()
        faults = len(self.faults)
        text = self._string(opening)
        if len(self.faults) == faults:
            message = f"{opening} is no quotation mark of JSON."
            self.fault("quotes", message, 'Write " before and after the text.', start, self.at, mendable=True)
        return text

    def _number(self, number: "re.Match[str]", start: int) -> float:
        sign, fraction, exponent = number.groups()
        if fraction or exponent:
            return float(number[0])
        if len(number[0]) - len(sign) > MAX_DIGITS:
            self.fault("digits", "This number has far too many digits.", "Shorten it.", start, self.at)
            return 0
        return int(number[0])

    def _foreign_word(self, word: str, start: int) -> Any:
        if word in _NOT_NUMBERS:
            self.fault("not_a_number", f"{word} is not JSON.", "Write a number or a text.", start, self.at)
            return float(word)
        if word not in _FOREIGN_WORDS:
            self._bare(word, start)
            return word
        value = _FOREIGN_WORDS[word]
        right = next(name for name, meant in _WORDS.items() if meant is value)
        self.fault(
            "foreign_word", f"JSON writes {right}, not {word}.", f"Write {right}.", start, self.at, mendable=True
        )
        return value

    def _bare(self, word: str, start: int) -> None:
        kind = (
            "is no number as JSON writes it" if re.match(r"[-+.]?[0-9]", word) else "is a text without quotation marks"
        )
        fix = (
            'Write " before and after it, or correct the number.'
            if "number" in kind
            else 'Write " before and after it.'
        )
        self.fault("bare_word", f"{quoted(word)} {kind}.", fix, start, self.at)


def _escaped(character: str) -> str:
    return {"\t": r"\t", "\b": r"\b", "\f": r"\f"}.get(character, f"\\u{ord(character):04x}")
