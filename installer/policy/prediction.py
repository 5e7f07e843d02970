"""Our prediction beside AWS's: where they agree, where they differ, and where AWS was not asked.

Ours is made by `evaluate.py`, AWS's is fetched by `installer/aws/simulator.py`. A difference is shown as one: neither
is taken for the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from installer.policy.evaluate import Decision, Outcome


class Prediction(StrEnum):
    """Whose word a prediction is, as it is labelled everywhere."""

    HERE = "predicted here"
    AWS = "predicted by AWS"
    NOT_CHECKED = "not checked"


class Agreement(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_CHECKED = "not checked"


class Answer(Protocol):
    """What AWS predicts: `installer.aws.simulator.Simulated`."""

    @property
    def outcome(self) -> Outcome | None: ...
    @property
    def why(self) -> str: ...
    @property
    def missing(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class SecondOpinion:
    """`why` is one sentence for people."""

    agreement: Agreement
    theirs: Outcome | None
    why: str

    @property
    def label(self) -> Prediction:
        return Prediction.NOT_CHECKED if self.theirs is None else Prediction.AWS


def not_asked(why: str) -> SecondOpinion:
    """For all questions where AWS could not be asked: no permission, no network."""
    return SecondOpinion(Agreement.NOT_CHECKED, None, why)


def compared(ours: Sequence[Decision], theirs: Sequence[Answer]) -> tuple[SecondOpinion, ...]:
    """One for each question, in their order."""
    return tuple(_compared(decision, answer) for decision, answer in zip(ours, theirs, strict=True))


def _compared(ours: Decision, theirs: Answer) -> SecondOpinion:
    if theirs.outcome is None:
        return not_asked(theirs.why)
    allows = theirs.outcome is Outcome.ALLOWED
    word = "AWS predicts that it is allowed" if allows else "AWS predicts that it is denied"
    keys = ", ".join(theirs.missing)
    if ours.outcome is Outcome.DEPENDS:
        # AWS takes what it is not told for absent, we take it for unknown: the two have answered different questions.
        on = ", ".join(ours.depends_on)
        return SecondOpinion(Agreement.NOT_CHECKED, theirs.outcome, f"{word} without {on}, on which it depends.")
    if allows is (ours.outcome is Outcome.ALLOWED):
        return SecondOpinion(Agreement.AGREES, theirs.outcome, f"{word}, too.")
    told = f" It was not told {keys}." if keys else ""
    return SecondOpinion(Agreement.DIFFERS, theirs.outcome, f"{word}; here the opposite is predicted.{told}")
