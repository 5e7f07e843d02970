"""Evidence: what every check of the program yields.

The words are exact. `requested` means that a call was accepted; only a fresh read makes it `verified`. What cannot be
read is `not checked`, with the reason, and never green. Pages, JSON and the removal certificate show the same objects.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    PREDICTED = "predicted"
    REQUESTED = "requested"
    VERIFIED = "verified"
    REFUTED = "refuted"
    NOT_CHECKED = "not checked"


class Source(StrEnum):
    """Whose word it is."""

    AWS = "aws"
    VENDOR = "vendor"
    OURSELVES = "our own reasoning"


@dataclass(frozen=True)
class Evidence:
    """One claim and what is known of it.

    claim       a sentence that is true if `state` is verified
    call        the API call that answered, as `service:Operation`, or the vendor's path
    at          when, in the clock of `source`
    request_id  the answer's request id, so that it can be found in CloudTrail
    detail      what was read, or why it could not be
    """

    claim: str
    state: State
    source: Source
    at: datetime
    call: str = ""
    request_id: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "claim": self.claim,
            "state": self.state.value,
            "source": self.source.value,
            "at": self.at.isoformat(),
            "call": self.call,
            "request_id": self.request_id,
            "detail": self.detail,
        }
