"""Which installation a front end begins or goes on with, and what is saved on the way. Whole runs are in
tests/sandbox/."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from installer import journey
from installer.answers import Answers, Wishes
from installer.errors import ChangedMeanwhile, NetworkError, NotFound, ProfileError, VendorUnreachable, WrongAccount
from installer.flow import Step
from installer.installation import Installation, InstallationState
from installer.invitation import Invitation, VerifiedInvitation
from installer.lock import local_lock
from installer.opening import begin, carry_on, resume
from installer.profiles import ProfileStore
from installer.vendor_keys import KeyTrust
from installer.workstation import Workstation
from tests.support import aws as wire
from tests.support import fake_account
from tests.support.answers import ACCOUNT, installation, settled
from tests.support.fake_account import FakeAccount
from tests.support.fake_aws import NOW, Calm, FakeAws
from tests.support.signed_in import invitation as invited
from tests.support.station import SIGNED_IN, FakeStation

CTX = Calm().context()
# One for all: each that is issued has an id of its own.
INVITATION = settled().invitation
WISHES = Wishes("popsql", region="eu-west-1")
WEST = replace(WISHES, stack_region="us-west-2")
NO_STACK = NotFound("It does not exist.")
STANDING = {
    "Stacks": [{"StackId": "arn:1", "StackName": "x", "StackStatus": "CREATE_COMPLETE", "CreationTime": NOW}],
}


class Desk(FakeStation):
    def __init__(self, stacks: Mapping[str, Any] | Exception = NO_STACK) -> None:
        super().__init__(FakeAws({**SIGNED_IN, "cloudformation:DescribeStacks": stacks}))

    @property
    def looked_in(self) -> set[str]:
        """Regions in which stacks were looked for."""
        return {call.region for call in self.aws.named("cloudformation:DescribeStacks")}


def verified(invitation: Invitation | None = None) -> VerifiedInvitation:
    return VerifiedInvitation(invitation or INVITATION, "token", "fingerprint", KeyTrust.KNOWN)


def saved(desk: Desk, state: InstallationState = InstallationState.INSTALLED) -> Installation:
    return desk.store.save(replace(installation(), state=state))


def test_a_new_one_knows_nothing() -> None:
    begins = begin(CTX, Desk(), verified(), WISHES)
    assert begins.state is InstallationState.PLANNED
    assert begins.answers == Answers(INVITATION, WISHES, begins.answers.account)
    assert begins.answers.account is not None


@pytest.mark.parametrize("state", InstallationState)
def test_the_same_name_keeps_what_is_known_of_it(state: InstallationState) -> None:
    desk = Desk()
    known = saved(desk, state)
    again = begin(CTX, desk, verified(), WISHES)
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
        begin(CTX, desk, verified(), WEST)
    assert "--stack-region us-east-1" in refused.value.fix
    assert desk.store.load("popsql") == known


def test_a_removed_one_does_not_move_while_its_boundaries_stand() -> None:
    desk = Desk(STANDING)
    saved(desk, InstallationState.REMOVED)
    with pytest.raises(ProfileError, match="its stacks are in us-east-1"):
        begin(CTX, desk, verified(), WEST)
    assert desk.looked_in == {"us-east-1"}


def test_a_removed_one_of_which_nothing_is_left_may_move() -> None:
    desk = Desk()
    known = saved(desk, InstallationState.REMOVED)
    again = begin(CTX, desk, verified(), WEST)
    assert (again.id, again.answers.wishes.stack_region) == (known.id, "us-west-2")
    assert desk.looked_in == {"us-east-1"}


def elsewhere() -> Invitation:
    return invited({"template": {**INVITATION.template.model_dump(mode="json"), "role_path": "/other/"}})


def test_a_standing_one_does_not_move_to_another_path() -> None:
    desk = Desk()
    saved(desk)
    with pytest.raises(ProfileError, match="its role is under the path /release/, not /other/"):
        begin(CTX, desk, verified(elsewhere()), WISHES)


def test_a_removed_one_of_which_nothing_is_left_gives_its_name_to_another_path() -> None:
    desk = Desk()
    known = saved(desk, InstallationState.REMOVED)
    begins = begin(CTX, desk, verified(elsewhere()), WISHES)
    assert begins.id != known.id
    assert begins.answers.connection is None


@pytest.mark.parametrize("state", InstallationState)
def test_one_of_another_vendor_is_never_taken_over(state: InstallationState) -> None:
    desk = Desk()
    saved(desk, state)
    with pytest.raises(ProfileError, match="popsql is an installation of PopSQL"):
        begin(CTX, desk, verified(invited({"iss": "stranger.example"})), WISHES)


def identity(account_id: str) -> wire.Answer:
    result = f"<Account>{account_id}</Account><Arn>arn:aws:iam::{account_id}:user/jane</Arn><UserId>AIDA1</UserId>"
    body = f"<GetCallerIdentityResult>{result}</GetCallerIdentityResult>"
    return wire.Answer(body=f"<GetCallerIdentityResponse>{body}</GetCallerIdentityResponse>")


def test_what_was_begun_does_not_go_on_in_another_account() -> None:
    """Also where nothing of it is saved yet: the sign-in ends, and the next one is somebody else's."""
    line = wire.Wire()
    line.script("GetCallerIdentity", identity(ACCOUNT), identity(ACCOUNT), identity("333333333333"))
    line.script(
        "ListAccountAliases",
        wire.Answer(body="<R><ListAccountAliasesResult><AccountAliases/></ListAccountAliasesResult></R>"),
    )
    line.script("DescribeRegions", wire.refusal("ExpiredToken"), wire.ec2("DescribeRegions", "<regionInfo/>"))
    station = Workstation(wire.Provider(line, renew=lambda _ended: None))
    begin(CTX, station, verified(), WISHES)
    with pytest.raises(WrongAccount):
        station.aws.call(CTX, "ec2:DescribeRegions")


class TestResume:
    def test_finds_the_one_of_that_name_and_account(self) -> None:
        desk = Desk()
        known = saved(desk, InstallationState.CONNECTED)
        assert resume(CTX, desk, "popsql", None) == resume(CTX, desk, "popsql", ACCOUNT) == known

    def test_stays_in_its_account(self) -> None:
        desk = Desk()
        saved(desk, InstallationState.CONNECTED)
        desk.aws.answer("sts:GetCallerIdentity", {**SIGNED_IN["sts:GetCallerIdentity"], "Account": "333333333333"})
        with pytest.raises(WrongAccount):
            resume(CTX, desk, "popsql", None)

    @pytest.mark.parametrize("state", [InstallationState.REMOVING, InstallationState.REMOVED])
    def test_does_not_go_on_with_what_is_taken_back(self, state: InstallationState) -> None:
        desk = Desk()
        saved(desk, state)
        with pytest.raises(ProfileError, match=f"popsql is {state}") as refused:
            resume(CTX, desk, "popsql", None)
        assert "houseguest remove popsql" in refused.value.fix


class TestCarryOn:
    """On an account with a memory, up to the network: the scan of all regions is told in steps/test_network.py."""

    @pytest.fixture
    def account(self) -> FakeAccount:
        return FakeAccount()

    @pytest.fixture
    def station(self, account: FakeAccount) -> FakeStation:
        return FakeStation.of(account)

    def planned(self) -> Installation:
        """Of which an earlier journey is known to the end."""
        chosen = fake_account.answers()
        known = replace(settled(), product=settled().product)
        answers = journey.keeping(replace(chosen, permissions=None), known)
        return replace(installation(), answers=answers, state=InstallationState.PLANNED)

    def test_saves_first_then_what_each_step_settled(self, station: FakeStation) -> None:
        asked = fake_account.answers()
        begun = self.planned()
        done, answers = carry_on(CTX, station, begun, asked, "token", until=Step.NETWORK)
        assert (done.id, done.state) == (begun.id, InstallationState.CONNECTED)
        assert answers.connection is not None
        assert answers == replace(asked, connection=answers.connection)
        assert station.store.load("popsql") == done
        assert station.tokens == ["token"]

    def test_keeps_what_an_earlier_journey_left(self, station: FakeStation) -> None:
        begun = self.planned()
        done, answers = carry_on(CTX, station, begun, fake_account.answers(), None, until=Step.NETWORK)
        assert (answers.network, answers.product) == (None, None)
        assert (done.answers.network, done.answers.product) == (begun.answers.network, begun.answers.product)

    def test_what_was_saved_before_it_failed_is_not_lost_by_the_next_try(
        self, account: FakeAccount, station: FakeStation
    ) -> None:
        """The caller has only what it began with: the connection is known to the profile alone."""
        asked, begun = fake_account.answers(), self.planned()
        station.aws.answer("ec2:DescribeVpcs", NetworkError("The scan fails."))
        for call in ("ec2:DescribeVpcPeeringConnections", "ec2:DescribeRouteTables"):
            station.aws.answer(call, {})
        with pytest.raises(NetworkError):
            carry_on(CTX, station, begun, asked, None)
        connected = station.store.load("popsql").answers.connection
        assert connected is not None
        assert connected != begun.answers.connection

        account.vendor.error = VendorUnreachable("The vendor is away.")
        with pytest.raises(VendorUnreachable):
            carry_on(CTX, station, begun, asked, None)
        assert station.store.load("popsql").answers.connection == connected

    def test_does_not_overwrite_what_another_program_saved(self, station: FakeStation) -> None:
        begun = station.store.save(self.planned())
        other = ProfileStore(station.store.root)
        other.save(replace(other.load("popsql"), state=InstallationState.REMOVED))
        with pytest.raises(ChangedMeanwhile):
            carry_on(CTX, station, begun, fake_account.answers(), None)
        assert station.aws.named("cloudformation:CreateChangeSet") == []

    def test_is_done_by_one_at_a_time(self, station: FakeStation) -> None:
        begun = self.planned()
        with local_lock(station.store.lock_path(begun)), pytest.raises(ChangedMeanwhile):
            carry_on(CTX, station, begun, fake_account.answers(), None)
        assert station.aws.calls == []
