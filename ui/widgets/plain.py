"""Text from outside, made harmless before it is shown.

No control characters, no marks that reorder, no mark-up, no endless lines. `one_line` is for labels and cells,
`many_lines` for logs and documents, `tool_tip` for the one place where Qt would read mark-up into plain text.
"""

import re

ELLIPSIS = "…"

# Patterns are text, which `re` compiles when it needs them and keeps: at the start it would take a millisecond each.

# The controls of ISO 6429, the marks that reorder text ("Trojan Source"), line separators, lone surrogates, and signs
# without width, by which two texts look equal that are not.
_HARMFUL = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_ESCAPE_SEQUENCE = "\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\^_])"
_LINE_BREAK = "\r\n?|[\x0b\x0c\x85\u2028\u2029]"
_BLANKS = r"\s+"
_FULL_LINE = 4_000


def many_lines(text: str) -> str:
    """Lines and tabs stay; the rest of what could do harm goes. Lines end in a line feed."""
    return re.sub(_HARMFUL, "", re.sub(_LINE_BREAK, "\n", re.sub(_ESCAPE_SEQUENCE, "", text)))


def one_line(text: str, limit: int | None = None) -> str:
    """In one line, with single blanks; with `limit`, cut to that many characters, the last of which says so."""
    line = re.sub(_BLANKS, " ", many_lines(text)).strip()
    return cut(line, limit) if limit is not None else line


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def tool_tip(text: str) -> str:
    """For `setToolTip`: Qt guesses whether a tool tip is mark-up, so it is given mark-up, with everything escaped.

    That also makes a long one wrap.
    """
    import html

    plain = html.escape(cut(many_lines(text), _FULL_LINE)).replace("\n", "<br>")
    return f"<qt>{plain}</qt>" if plain else ""
