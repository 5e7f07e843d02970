"""`install` before anything is made: which installation it begins or goes on with. Whole runs are in tests/sandbox/."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from installer.answers import Answers, Wishes
from installer.cli.install import begun, rehearse
from installer.cli.workstation import Workstation
from installer.errors import ChangedMeanwhile, NotFound, ProfileError
from installer.installation import Installation, InstallationState
from installer.invitation import Invitation, VerifiedInvitation
from installer.lock import local_lock
from tests.support.answers import ACCOUNT, installation, settled
from tests.support.fake_aws import NOW, Calm, FakeAws
from tests.support.signed_in import invitation as invited

# One for all: each that is issued has an id of its own.
INVITATION = settled().invitation
WISHES = Wishes("popsql", region="eu-west-1")
WEST = replace(WISHES, stack_region="us-west-2")
SIGNED_IN = {
    "sts:GetCallerIdentity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/jane", "UserId": "AIDA1"},
    "iam:ListAccountAliases": {"AccountAliases": ["acme"]},
}
NO_STACK = NotFound("It does not exist.")
STANDING = {
    "Stacks": [{"StackId": "arn:1", "StackName": "x", "StackStatus": "CREATE_COMPLETE", "CreationTime": NOW}],
}


class Desk(Workstation):
    """A workstation whose AWS answers from a script."""

    def __init__(self, stacks: Mapping[str, Any] | Exception = NO_STACK) -> None:
        super().__init__()
        self.aws = FakeAws({**SIGNED_IN, "cloudformation:DescribeStacks": stacks})
        self.ctx = Calm().context()

    @property
    def looked_in(self) -> set[str]:
        """Regions in which stacks were looked for."""
        return {call.region for call in self.aws.named("cloudformation:DescribeStacks")}


def verified(invitation: Invitation | None = None) -> VerifiedInvitation:
    return VerifiedInvitation(invitation or INVITATION, "token", "fingerprint", "shipped")


def saved(desk: Workstation, state: InstallationState = InstallationState.INSTALLED) -> Installation:
    return desk.store.save(replace(installation(), state=state))


def test_a_new_one_knows_nothing() -> None:
    begins = begun(Desk(), verified(), WISHES)
    assert begins.state is InstallationState.PLANNED
    assert begins.answers == Answers(INVITATION, WISHES, begins.answers.account)
    assert begins.answers.account is not None


@pytest.mark.parametrize("state", InstallationState)
def test_the_same_name_keeps_what_is_known_of_it(state: InstallationState) -> None:
    desk = Desk()
    known = saved(desk, state)
    again = begun(desk, verified(), WISHES)
    assert (again.id, again.state) == (known.id, InstallationState.PLANNED)
    assert again.answers == replace(known.answers, invitation=INVITATION, wishes=WISHES)
    assert desk.store.load("popsql") == known


@pytest.mark.parametrize(
    "state", sorted(set(InstallationState) - {InstallationState.PLANNED, InstallationState.REMOVED})
)
def test_a_standing_one_does_not_move_to_another_region(state: InstallationState) -> None:
    desk = Desk()
    known = saved(desk, state)
    with pytest.raises(ProfileError, match="popsql exists already, and its stacks are in us-east-1") as refused:
        begun(desk, verified(), WEST)
    assert "--stack-region us-east-1" in refused.value.fix
    assert desk.store.load("popsql") == known


def test_a_removed_one_does_not_move_while_its_boundaries_stand() -> None:
    desk = Desk(STANDING)
    saved(desk, InstallationState.REMOVED)
    with pytest.raises(ProfileError, match="its stacks are in us-east-1"):
        begun(desk, verified(), WEST)
    assert desk.looked_in == {"us-east-1"}


def test_a_removed_one_of_which_nothing_is_left_may_move() -> None:
    desk = Desk()
    known = saved(desk, InstallationState.REMOVED)
    again = begun(desk, verified(), WEST)
    assert (again.id, again.answers.wishes.stack_region) == (known.id, "us-west-2")
    assert desk.looked_in == {"us-east-1"}


def elsewhere() -> Invitation:
    return invited({"template": {**INVITATION.template.model_dump(mode="json"), "role_path": "/other/"}})


def test_a_standing_one_does_not_move_to_another_path() -> None:
    desk = Desk()
    saved(desk)
    with pytest.raises(ProfileError, match="its role is under the path /release/, not /other/"):
        begun(desk, verified(elsewhere()), WISHES)


def test_a_removed_one_of_which_nothing_is_left_gives_its_name_to_another_path() -> None:
    desk = Desk()
    known = saved(desk, InstallationState.REMOVED)
    begins = begun(desk, verified(elsewhere()), WISHES)
    assert begins.id != known.id
    assert begins.answers.connection is None


@pytest.mark.parametrize("state", InstallationState)
def test_one_of_another_vendor_is_never_taken_over(state: InstallationState) -> None:
    desk = Desk()
    saved(desk, state)
    with pytest.raises(ProfileError, match="popsql is an installation of PopSQL"):
        begun(desk, verified(invited({"iss": "stranger.example"})), WISHES)


def test_a_dry_run_waits_for_nobody_and_disturbs_nobody() -> None:
    """Its change sets have the names of those that another command proposes: it would take them back."""
    desk = Desk()
    standing = saved(desk, InstallationState.CONNECTING)
    with local_lock(desk.store.lock_path(standing)), pytest.raises(ChangedMeanwhile):
        rehearse(desk, standing, as_json=True)
    assert desk.aws.calls == []
