"""Invitation: what to know about who invites. Reading and verifying it is `installer/invitation.py`."""

from installer.answers import Answers
from installer.context import Context
from installer.steps import Finding, Severity
from installer.tools import Tools


def check(answers: Answers, _tools: Tools, _ctx: Context) -> tuple[Finding, ...]:
    """Findings that a person must see before going on."""
    trust = answers.invitation.trust
    if not trust.is_whole_account:
        return ()
    return (
        Finding(
            "invitation",
            Severity.CAUTION,
            f"The vendor asks you to trust its whole account {trust.principal_account_id}: "
            "everybody in it who may assume roles.",
            fix="Ask the vendor for an invitation that names one role.",
        ),
    )


def run(answers: Answers, _tools: Tools, _ctx: Context) -> Answers:
    """Nothing is left to do: answers are made from a verified invitation."""
    return answers
