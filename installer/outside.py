"""Data that comes from outside: the base of every pydantic model, and the kinds of text that such models are made of.

Strict: a number that arrives as text is refused, never converted. Unknown members are ignored, so that a newer vendor
can still talk to an older Houseguest. Used by `claims.py` (the invitation), `vendor_keys.py`, `vendor_replies.py` and
`profiles.py`.
"""

import math
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from installer.web import check_url

# Bidirectional overrides and isolates can make a text read as something it is not.
_SPOOFING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class OutsideModel(BaseModel):
    """Frozen, strict, and forgiving only towards what it does not know."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


def is_plain(text: str) -> bool:
    """Whether a text can be shown as it is: no control characters, no text direction tricks."""
    return not any(unicodedata.category(char) in {"Cc", "Cs"} or char in _SPOOFING for char in text)


def plain(text: str, limit: int) -> str:
    """An untrusted text made showable: unprintable characters become spaces, the rest is cut at `limit` characters."""
    readable = "".join(char if is_plain(char) else " " for char in text[: 4 * limit])
    one_line = " ".join(readable.split())
    return one_line if len(one_line) <= limit else one_line[: limit - 1] + "…"


def _plain_only(text: str) -> str:
    if not is_plain(text):
        raise ValueError("must not hold control characters")
    return text


def all_plain(value: Any) -> Any:
    """A JSON value whose texts and names are all plain, and whose numbers are numbers; ValueError otherwise."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must hold finite numbers only")
    if isinstance(value, str):
        _plain_only(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _plain_only(name)
            all_plain(member)
    elif isinstance(value, list):
        for member in value:
            all_plain(member)
    return value


Label = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain_only)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_plain_only)]
MaybeText = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_plain_only)]
Url = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_plain_only), AfterValidator(check_url)
]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}\z")]
RegionName = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+){1,3}-[0-9]\z", max_length=40)]
Arn = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:\S+\z", max_length=2048),
    AfterValidator(_plain_only),
]


def first_problem(error: ValidationError) -> str:
    """Where the first fault is and what it is, as the end of a sentence: `trust.external_id: Field required`."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(plain(str(part), 60) for part in problem["loc"])
    what = plain(problem["msg"].removeprefix("Value error, "), 200)
    return f"{where}: {what}" if where else what
