"""Our prediction beside AWS's: agreement, difference, and what was not asked."""

import pytest

from installer.aws.simulator import Simulated
from installer.policy.evaluate import Decision, Outcome, PolicyType, StatementRef
from installer.policy.prediction import Agreement, Prediction, compared, not_asked


def ours(outcome: Outcome, *depends_on: str) -> Decision:
    return Decision(outcome, StatementRef(PolicyType.BOUNDARY), "Because.", depends_on)


@pytest.mark.parametrize("here", [Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY])
@pytest.mark.parametrize("there", [Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY])
def test_denied_is_denied_however(here: Outcome, there: Outcome) -> None:
    [found] = compared([ours(here)], [Simulated(there)])
    assert (found.agreement, found.label) == (Agreement.AGREES, Prediction.AWS)


@pytest.mark.parametrize(
    ("here", "there", "word"),
    [(Outcome.ALLOWED, Outcome.IMPLICIT_DENY, "denied"), (Outcome.EXPLICIT_DENY, Outcome.ALLOWED, "allowed")],
)
def test_a_difference_is_shown_with_what_aws_was_not_told(here: Outcome, there: Outcome, word: str) -> None:
    [found] = compared([ours(here)], [Simulated(there, missing=("aws:SourceIp",))])
    assert found.agreement is Agreement.DIFFERS
    assert found.why == (
        f"AWS predicts that it is {word}; here the opposite is predicted. It was not told aws:SourceIp."
    )


def test_what_depends_is_another_question() -> None:
    [found] = compared([ours(Outcome.DEPENDS, "aws:RequestedRegion")], [Simulated(Outcome.ALLOWED)])
    assert (found.agreement, found.theirs) == (Agreement.NOT_CHECKED, Outcome.ALLOWED)
    assert "aws:RequestedRegion" in found.why


def test_what_was_not_answered_is_not_checked() -> None:
    [found] = compared([ours(Outcome.ALLOWED)], [Simulated(None, "AWS does not simulate it.")])
    assert found == not_asked("AWS does not simulate it.")
    assert found.label is Prediction.NOT_CHECKED


def test_each_question_has_one_answer() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compared([ours(Outcome.ALLOWED)], [])
