"""How much an undisturbed install and removal writes: what the sweeps go over. `test_undisturbed.py` holds it."""

from __future__ import annotations

from tests.support.killing import KillPoint, Moment, Record

INSTALL_ENTRIES = 18
INSTALL_SAVES = 5
INSTALL_AWS_WRITES = (
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
    "iam:TagPolicy",
    "iam:TagPolicy",
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
    "iam:TagPolicy",
    "iam:CreatePolicyVersion",
    "iam:UntagPolicy",
)
INSTALL_VENDOR_WRITES = ("vendor:POST /v1/sessions", "vendor:POST /v1/integrations", "vendor:POST /v1/installs")

REMOVE_ENTRIES = 8
REMOVE_SAVES = 2
REMOVE_AWS_WRITES = (
    "iam:TagPolicy",
    "iam:CreatePolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "eks:DeleteAccessEntry",
    "cloudformation:DeleteStack",
    "iam:UntagPolicy",
)


def kill_points(entries: int, saves: int) -> list[KillPoint]:
    """Before, within and after each entry of the journal; before and after each time the profile is saved."""
    journal = [
        KillPoint(Record.JOURNAL, number, moment)
        for number in range(1, entries + 1)
        for moment in (Moment.BEFORE, Moment.TORN, Moment.AFTER)
    ]
    profile = [
        KillPoint(Record.PROFILE, number, moment)
        for number in range(1, saves + 1)
        for moment in (Moment.BEFORE, Moment.AFTER)
    ]
    return journal + profile
