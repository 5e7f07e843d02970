"""What may be written down: logs by whitelist, and support texts with everything that looks like a secret taken out.

A log line is an event with named values. An event or a name that is not on the lists below is not written, whoever
logs it, and neither is anything of a library: so that a secret cannot leak by a careless line, only by a careless
entry here.
"""

import logging
import re
import traceback
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

EVENTS: Final = frozenset(
    {
        "command.started",
        "command.failed",
        "step.started",
        "step.done",
        "step.failed",
        "step.skipped",
        "fault",
        "qt.message",
    }
)
KEYS: Final = frozenset(
    {
        "category",
        "code",
        "command",
        "step",
        "version",
    }
)
REDACTED: Final = "[redacted]"
_MAX_VALUE = 500

# Until it is configured it writes nothing: without a handler Python would print a fault, text and all, to stderr.
_logger = logging.getLogger("houseguest")
_logger.propagate = False
_logger.addHandler(logging.NullHandler())

# Names whose value is never shown, as they are written in JSON, INI, XML, headers, queries and options.
_CONFIDENTIAL: Final = "|".join(
    (
        "(?:aws[_-]?)?secret(?:[_-]?access)?[_-]?key",
        "(?:client[_-]?)?secret(?:[_-]?string)?",
        "(?:aws[_-]?)?(?:(?:session|security|access|refresh|id|bearer)[_-]?)?token",
        "x-amz-(?:security-token|signature|credential)",
        "(?:private|api|pre[_-]?shared)[_-]?key",
        "(?:code[_-]?verifier|device[_-]?code|assertion|invitation|authorization)",
        "(?:passw(?:or)?d|passphrase|(?:set-)?cookie)",
    )
)
_QUOTED: Final = r"""\\*"(?:[^"\\]|\\.)*\\*"?|'[^']*'?"""
_PATTERNS: Final = (
    (False, r"-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|\Z)", REDACTED),
    # Not the word in a sentence: what follows has a digit, or is long.
    (True, r"\b(bearer|dpop)\s+(?=[^\s\"'<>]*\d|\S{24})[^\s\"'<>]{8,}", rf"\1 {REDACTED}"),
    (True, r"\b(basic)\s+[a-z0-9+/=]{12,}", rf"\1 {REDACTED}"),
    (False, r"\b(AWS4-HMAC-SHA256)\s+[^\r\n\"'<>]+", rf"\1 {REDACTED}"),
    (False, r"(://)[^\s/@:]*:[^\s/@]*@", rf"\1{REDACTED}@"),
    (True, rf"(<(?:{_CONFIDENTIAL})>)[^<]*", rf"\1{REDACTED}"),
    (
        True,
        rf"((?<![a-z0-9])(?:{_CONFIDENTIAL})(?:\\*[\"'])?\s*(?:[:=]|%3D)\s*)(?:{_QUOTED}|[^\s\"'&,;<>}}]+)",
        rf"\1{REDACTED}",
    ),
    (True, rf"(--(?:{_CONFIDENTIAL})\s+)\S+", rf"\1{REDACTED}"),
    (False, r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}", REDACTED),
    # The shape of an AWS secret key; a SHA-1 has no capitals.
    (False, r"(?<![\w/+-])(?=[A-Z0-9/+]*[a-z])(?=[a-z0-9/+]*[A-Z])[A-Za-z0-9/+]{40}(?![\w/+=-])", REDACTED),
    (False, r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}", REDACTED),
)
"""Whether case is ignored, what is looked for, and what stands in its place."""
_LONG_RUN: Final = r"[A-Za-z0-9+/=_-]{30,}"
_SEPARATORS: Final = r"[-_/+=]+"
_HEX: Final = r"[0-9A-Fa-f]+"
_RANDOM = 0.33
_TOO_SHORT = 16


def scrub(text: str) -> str:
    """The text without what is, or looks like, a secret: keys, tokens, passwords, private keys, long random runs.

    Made for texts that a person reads before sending them: it takes out a harmless run rather than leave a key in.
    """
    for pattern, replacement in _compiled():
        text = pattern.sub(replacement, text)
    return re.sub(_LONG_RUN, lambda run: REDACTED if _looks_random(run[0]) else run[0], text)


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    # With the first text: it takes 4 ms, and a window is not to wait for it.
    return tuple(
        (re.compile(pattern, re.IGNORECASE if ignore_case else 0), replacement)
        for ignore_case, pattern, replacement in _PATTERNS
    )


def _looks_random(run: str) -> bool:
    """Random base64 changes between small, capital and digit at two of three characters; names and paths rarely do.

    Hexadecimal pieces are hashes, request ids and the ends of stack ids: they stay, because support needs them.
    """
    pieces = [piece for piece in re.split(_SEPARATORS, run) if piece and not re.fullmatch(_HEX, piece)]
    length = sum(map(len, pieces))
    changes = sum(_kind(one) != _kind(other) for piece in pieces for one, other in pairwise(piece))
    return length >= _TOO_SHORT and changes / length > _RANDOM


def _kind(char: str) -> str:
    return "small" if char.islower() else "capital" if char.isupper() else "digit"


def log(event: str, level: int = logging.INFO, **values: object) -> None:
    """Write an event down, as far as the lists above allow."""
    _logger.log(level, event, extra={"values": values})


def log_fault(error: BaseException) -> None:
    """A fault of ours: where it was raised, without its text, which may hold anything."""
    _logger.error("fault", exc_info=(type(error), error, error.__traceback__), extra={"values": {}})


class Whitelist(logging.Filter):
    """Lets only known events of our own logger through."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name == _logger.name and record.msg in EVENTS and not record.args


class WhitelistFormatter(logging.Formatter):
    """One JSON object a line, of whitelisted names only; values scrubbed and short."""

    def format(self, record: logging.LogRecord) -> str:
        # With the first line, because a window is not to wait for them.
        import json
        from datetime import UTC, datetime

        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": str(record.msg),
        }
        values = getattr(record, "values", None)
        if isinstance(values, dict):
            line |= {key: _short(value) for key, value in values.items() if key in KEYS}
        if record.exc_info and record.exc_info[0] is not None:
            line["raised"] = record.exc_info[0].__name__
            line["where"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrub(str(value))[:_MAX_VALUE]


def configure_logging(path: Path | None) -> Callable[[], None]:
    """Log to a file that this user alone may read, or nowhere; return what closes it. Nothing goes to the root
    logger.
    """
    _logger.setLevel(logging.DEBUG)
    handler: logging.Handler
    if path is None:
        handler = logging.NullHandler()
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.addFilter(Whitelist())
    handler.setFormatter(WhitelistFormatter())
    for old in _logger.handlers[:]:
        _logger.removeHandler(old)
        old.close()
    _logger.addHandler(handler)

    def close() -> None:
        _logger.removeHandler(handler)
        handler.close()
        _logger.addHandler(logging.NullHandler())

    return close
