"""An error of the engine in the words of the window: title, sentence, fix, details to copy, and what can be done.

The sentence and the fix are the engine's own (`installer/errors.py`); the titles are given here, one for each code. A
fix that is worded for the command line is worded anew. `ui/widgets/error_panel.py` shows the result.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from installer.errors import HouseguestError
from installer.redaction import scrub

Value = TypeVar("Value")


class Remedy(StrEnum):
    """What the window offers beside the fix."""

    RETRY = "retry"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    NONE = "none"


@dataclass(frozen=True)
class ErrorText:
    """`details` is for support: lines of "name: value", without secrets."""

    title: str
    sentence: str
    fix: str
    details: str
    remedy: Remedy


TITLES: Final = {
    "failed": "Houseguest could not go on",
    "usage": "This cannot be done as asked",
    "blocked": "Something has to be settled first",
    "invitation": "This invitation cannot be used",
    "unknown_vendor_key": "This vendor is new to this computer",
    "wrong_account": "You are signed in to another account",
    "name_taken": "The name is taken",
    "boundary": "This boundary cannot be used",
    "policy": "This policy cannot be read",
    "network": "This region or block cannot be used",
    "changed_meanwhile": "Something else is working on this",
    "profile": "A problem with what is saved here",
    "secrets": "The keyring does not answer",
    "fetch": "The address could not be read",
    "report": "The report could not be saved",
    "aws": "A request to AWS failed",
    "not_found": "Something is missing in AWS",
    "already_exists": "It exists in AWS already",
    "sign_in_needed": "You are not signed in to AWS",
    "permission_missing": "A permission is missing",
    "throttled": "Too many requests at once",
    "aws_unreachable": "No usable answer from AWS",
    "stack_failed": "The stack is not as planned",
    "vendor": "The vendor's part did not work",
    "vendor_refused": "The vendor refused",
    "vendor_unreachable": "The vendor does not answer",
    "vendor_no_usable_answer": "The vendor's answer cannot be used",
    "vendor_needs_invitation": "The invitation is needed again",
    "install_failed": "The install stopped",
    "not_finished": "Not finished yet",
    "cancelled": "You stopped this",
}

_REMEDIES: Final = {
    "sign_in_needed": Remedy.SIGN_IN,
    "wrong_account": Remedy.SIGN_IN,
    "invitation": Remedy.INVITATION,
    "vendor_needs_invitation": Remedy.INVITATION,
    # The same again ends the same: something that was typed or chosen has to change first.
    "usage": Remedy.NONE,
    "boundary": Remedy.NONE,
    "policy": Remedy.NONE,
    "network": Remedy.NONE,
}

WINDOW_FIXES: Final = {
    "failed": "Try again. If it goes on, report it with the details.",
    "profile": "Choose an installation from the list to go on with it, or give a new one another name.",
    "sign_in_needed": "Sign in with a profile that holds a session already.",
    "vendor_needs_invitation": "Open the vendor's invitation again.",
    "not_finished": "Open the installation again and go on: what is done stays done.",
}
"""Instead of a fix that is worded for the command line."""

COMMAND_LINE: Final = re.compile(r"--|`|\brun (?:this|it)\b", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"(?<=[.?])\s+")

# Public by its nature and made to be compared, though it looks as random as a key.
_PUBLIC: Final = frozenset({"fingerprint"})
_MAX_NAME = 100
_MAX_VALUE = 2_000
_MAX_DETAILS = 8_000


def error_text(error: HouseguestError) -> ErrorText:
    return ErrorText(
        title=_of_code(error, TITLES, TITLES["failed"]),
        sentence=_one_line(error.message),
        fix=_fix(error),
        details=_details(error),
        remedy=_remedy(error),
    )


def _of_code(error: HouseguestError, table: dict[str, Value], otherwise: Value) -> Value:
    """What the table has for the error's code, or for the nearest kind of error that it is one of."""
    codes = (str(getattr(kind, "code", "")) for kind in type(error).__mro__)
    return next((table[code] for code in codes if code in table), otherwise)


def _remedy(error: HouseguestError) -> Remedy:
    cause = error.__cause__
    if isinstance(cause, HouseguestError) and cause.code == "fetch":
        return Remedy.RETRY  # nothing is wrong with the invitation: what it leads to was out of reach
    return _of_code(error, _REMEDIES, Remedy.RETRY)


def _fix(error: HouseguestError) -> str:
    fix = _one_line(error.fix)
    if not COMMAND_LINE.search(fix):
        return fix
    if error.code in WINDOW_FIXES:
        return WINDOW_FIXES[error.code]
    return " ".join(part for part in _SENTENCE_END.split(fix) if not COMMAND_LINE.search(part))


def _details(error: HouseguestError) -> str:
    lines = [f"code: {error.code}", *(_line(name, value) for name, value in error.details.items() if value)]
    return _cut("\n".join(lines), _MAX_DETAILS)


def _line(name: str, value: str) -> str:
    # Cut twice: what the first cut leaves of a key at its end could not be told from a word, and goes with the second.
    line = f"{_one_line(name)[:_MAX_NAME]}: {_one_line(value)[: 2 * _MAX_VALUE]}"
    return _cut(line if name in _PUBLIC else scrub(line), _MAX_VALUE)


def _one_line(text: str) -> str:
    """The text without control characters and direction marks, which could make it read as something it is not."""
    return " ".join("".join(char if _is_plain(char) else " " for char in text).split())


def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
