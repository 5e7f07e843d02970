"""Invitation: a whole account in the trust is a finding that must be seen, not a refusal."""

from pathlib import Path

import pytest

from installer.steps import Severity, invitation
from tests.support.fake_aws import Calm
from tests.support.signed_in import answers
from tests.support.steps import tools

CTX = Calm().context()


def test_one_role_is_nothing_to_say(tmp_path: Path) -> None:
    assert invitation.check(answers(), tools(tmp_path), CTX) == ()


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_a_whole_account_is_warned_with_its_number(tmp_path: Path, partition: str) -> None:
    trusting = {"trust": {"principal_arn": f"arn:{partition}:iam::111111111111:root"}}
    (finding,) = invitation.check(answers(overrides=trusting), tools(tmp_path), CTX)
    assert (finding.step, finding.severity) == ("invitation", Severity.CAUTION)
    assert "its whole account 111111111111" in finding.sentence
    assert finding.to_json() == {
        "step": "invitation",
        "severity": "caution",
        "sentence": finding.sentence,
        "fix": "Ask the vendor for an invitation that names one role.",
    }


def test_there_is_nothing_left_to_do(tmp_path: Path) -> None:
    given = answers()
    assert invitation.run(given, tools(tmp_path), CTX) is given
