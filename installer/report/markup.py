"""HTML that cannot be forgotten to be escaped: whatever is not `Markup` already becomes text."""

import html
import unicodedata

# Marks and overrides of text direction can make a text read as something it is not.
_SPOOFING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REPLACEMENT = "\ufffd"


class Markup(str):
    """HTML made by this module."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str) -> Markup:
    """An element around its children. `kind` is the class; no attribute where the value is empty."""
    named = {"class" if key == "kind" else key.replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{text(value)}"' for key, value in named.items() if value)
    return Markup(f"<{name}{written}>{together(*children)}</{name}>")


def together(*children: str) -> Markup:
    return Markup("".join(child if isinstance(child, Markup) else text(child) for child in children))


def text(value: str) -> Markup:
    """A text as HTML, what cannot be seen in it replaced by a sign that can."""
    return Markup(html.escape("".join(char if is_plain(char) else _REPLACEMENT for char in value)))


def is_plain(char: str) -> bool:
    """Whether a character can be shown as it is. Line ends and tabs can."""
    return char in "\n\t" or (unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"} and char not in _SPOOFING)


def visible_json(document: str) -> str:
    """JSON text that means the same, with an escape for each character that cannot be shown as it is."""
    return "".join(char if is_plain(char) else f"\\u{ord(char):04x}" for char in document)
