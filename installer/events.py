"""What the engine reports while it works: plain data that a window, a terminal and a log can all show.

An event states what was seen, never how to draw it. Sinks are called in the thread that works; a window's sink must
only hand over.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from installer.evidence import Evidence


class StepState(StrEnum):
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class StepChanged:
    """A step of the journey or of a removal. `step` is its stable name, `sentence` what happens or happened."""

    step: str
    state: StepState
    sentence: str = ""


@dataclass(frozen=True)
class ResourceChanged:
    """A resource of a CloudFormation stack, from the stack's own events. `at` is AWS's time."""

    stack_name: str
    logical_id: str
    resource_type: str
    status: str
    reason: str
    physical_id: str
    at: datetime


@dataclass(frozen=True)
class VendorProgress:
    """One event of the vendor's install, in the vendor's words (plain text, untrusted)."""

    seq: int
    step: str
    state: str
    message: str
    at: datetime
    percent: float | None = None
    arn: str | None = None


@dataclass(frozen=True)
class Waiting:
    """Nothing new yet: what is waited for, and when it was last checked (AWS's or the vendor's time)."""

    what: str
    last_checked: datetime


@dataclass(frozen=True)
class Scanned:
    """A region was read, or could not be: `problem` then says why."""

    region: str
    ranges: int
    problem: str = ""


@dataclass(frozen=True)
class Checked:
    """A check came to an answer."""

    evidence: Evidence


@dataclass(frozen=True)
class Notice:
    """Something the person should know that stops nothing."""

    sentence: str


Event = StepChanged | ResourceChanged | VendorProgress | Waiting | Scanned | Checked | Notice
