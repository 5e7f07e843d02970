"""The steps of the journey. A step's `check` finds what the person must know; its `run` settles answers.

Their order is in `installer/flow.py`; steps do not import one another.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`blocker` stops the step; `caution` asks for a decision; `info` is told."""

    INFO = "info"
    CAUTION = "caution"
    BLOCKER = "blocker"


@dataclass(frozen=True)
class Finding:
    """What a step's check found: one plain sentence, and what the person can do about it."""

    step: str
    severity: Severity
    sentence: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        return {"step": self.step, "severity": self.severity.value, "sentence": self.sentence, "fix": self.fix}
