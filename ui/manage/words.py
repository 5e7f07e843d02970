"""How the Manage page names what the engine knows: states, and access.

The keys are the engine's values, so that nothing of it has to be imported for the first picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.numbers import grouped
from ui.theme import Tone
from ui.widgets.plain import ELLIPSIS, one_line

if TYPE_CHECKING:
    from installer.installation import Installation
    from installer.manage.status import Status

MOST_OF_A_TEXT = 300
"""Characters of what others wrote, in a row."""

UNFINISHED = frozenset({"planned", "connecting", "connected", "installing"})
REMOVING = "removing"
REMOVED = "removed"
ENDED = frozenset({REMOVING, REMOVED})
"""States in which nobody expects the vendor to be able to do anything."""

_STATES = {
    "planned": "planned",
    "connecting": "being connected",
    "connected": "connected, not installed",
    "installing": "being installed",
    "installed": "installed",
    "removing": "access being removed",
    "removed": "access removed",
}


@dataclass(frozen=True)
class AccessWords:
    """What a status means: the pill, a fact, what follows from it."""

    pill: str
    tone: Tone
    title: str
    sentence: str


# By `installer.manage.status.Access`.
_ACCESS = {
    "open": AccessWords(
        "access open",
        Tone.ACCENT,
        "{operator} can work in this account",
        "It can use its role now, as far as your limit lets it.",
    ),
    "cut": AccessWords(
        "access cut",
        Tone.GOOD,
        "{operator} can do nothing by its role",
        "The role still stands. Your limit denies everything to it, also to sessions that are open.",
    ),
    "none": AccessWords(
        "no access",
        Tone.GOOD,
        "{operator} has no role in this account",
        "Its role is gone, and no session can be started by it.",
    ),
    "unknown": AccessWords(
        "not checked",
        Tone.CAUTION,
        "It is not known what {operator} can do",
        "Not everything could be read. Take the access for open until it was.",
    ),
}
_STILL_OPEN = AccessWords(
    "access open",
    Tone.BAD,
    "{operator} can still work in this account",
    "The removal is not finished: its role can be used, as far as your limit lets it.",
)


def operator_of(one: Installation) -> str:
    return one_line(one.answers.invitation.vendor.operator)


def summary(one: Installation) -> str:
    """Product, account, place and state, in one line."""
    answers = one.answers
    product, account = one_line(answers.invitation.product.name), grouped(answers.names.account_id)
    place = f" · {answers.network.region}" if answers.network is not None else ""
    return f"{product} in account {account}{place} · {_STATES.get(one.state.value, one.state.value)}"


def access_words(one: Installation, status: Status) -> AccessWords:
    """What the status means for this installation."""
    words = _ACCESS[status.access.value]
    if one.state.value in ENDED and status.access.value == "open":
        words = _STILL_OPEN
    operator = operator_of(one)
    return AccessWords(
        words.pill, words.tone, words.title.format(operator=operator), words.sentence.format(operator=operator)
    )


def as_sentence(text: str) -> str:
    """The engine's lists begin small and end without a stop."""
    text = one_line(text, MOST_OF_A_TEXT)
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", ELLIPSIS)) else f"{text}."
