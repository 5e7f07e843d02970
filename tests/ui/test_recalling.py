"""Killed and opened again: what is taken up, and what is said where that is less than there was."""

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from installer.context import CancelToken, Context
from installer.drafts import DraftStore
from installer.errors import AwsUnreachable, Cancelled, SignInNeeded, WrongAccount
from installer.flow import Step, next_step
from installer.installation import InstallationState
from installer.sandbox.vendor.invitations import issue
from tests.support.answers import installation
from tests.support.aws_profiles import AwsProfiles
from tests.support.signed_in import ACCOUNT_ID
from ui.desk import Desk
from ui.desk_results import Recalled
from ui.sign_ins import SignIns
from ui.visit import Visit

CTX = Context()


@pytest.fixture
def profiles() -> AwsProfiles:
    return AwsProfiles()


@pytest.fixture
def desk(tmp_path: Path, profiles: AwsProfiles) -> Desk:
    return Desk(tmp_path / "state", SignIns(tmp_path / "state", profiles.new))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.houseguest"
    path.write_text(issue())
    return path


def reopened(desk: Desk, profiles: AwsProfiles) -> Recalled:
    """What a new start of the program finds."""
    root = desk.store.root
    return Desk(root, SignIns(root, profiles.new)).recall(CTX)


def permitted(desk: Desk, source: str) -> Visit:
    """Signed in, and a limit chosen: the next thing is the commit."""
    visit = desk.sign_in(CTX, desk.open_invitation(CTX, source), "admin", "mine")
    choice = desk.choice(CTX, visit, "vendor", None)
    wishes = replace(visit.settled.wishes, preset="vendor")
    return replace(visit, answers=replace(visit.settled, wishes=wishes, permissions=choice.permissions))


def saved(desk: Desk, state: InstallationState, name: str = "popsql") -> Visit:
    """As it is saved at that point."""
    from installer import journey

    one = desk.store.save(replace(installation(name), state=state))
    return Visit(answers=journey.outset(one), installation=one, aws_profile="admin")


class TestBeforeTheCommit:
    def test_nothing_was_begun(self, desk: Desk, profiles: AwsProfiles) -> None:
        assert reopened(desk, profiles) == Recalled()

    def test_an_open_invitation_comes_back_at_sign_in(self, desk: Desk, profiles: AwsProfiles, file: Path) -> None:
        visit = desk.open_invitation(CTX, str(file))
        desk.remember(CTX, visit)
        recalled = reopened(desk, profiles)
        assert recalled == Recalled(visit)
        assert profiles.asked == []

    def test_at_permissions_with_the_name_and_the_profile(self, desk: Desk, profiles: AwsProfiles, file: Path) -> None:
        visit = desk.sign_in(CTX, desk.open_invitation(CTX, str(file)), "admin", "mine")
        desk.remember(CTX, visit)
        found = reopened(desk, profiles).visit
        assert found is not None
        assert next_step(found.answers) is Step.PERMISSIONS
        assert (found.settled, found.aws_profile) == (visit.settled, "admin")

    def test_at_connect_with_the_same_documents(self, desk: Desk, profiles: AwsProfiles, file: Path) -> None:
        visit = permitted(desk, str(file))
        desk.remember(CTX, visit)
        recalled = reopened(desk, profiles)
        assert recalled.visit is not None
        assert (recalled.problem, recalled.step) == (None, None)
        assert recalled.visit.settled == visit.settled
        assert next_step(recalled.visit.answers) is Step.CONNECT

    @pytest.mark.parametrize(
        "problem", [SignInNeeded("The session has ended."), AwsUnreachable("No answer."), None], ids=lambda it: type(it)
    )
    def test_who_cannot_sign_in_any_more_is_asked_to(
        self, desk: Desk, profiles: AwsProfiles, file: Path, problem: SignInNeeded | AwsUnreachable | None
    ) -> None:
        desk.remember(CTX, permitted(desk, str(file)))
        if problem is not None:
            profiles.failing["admin"] = problem
        else:
            profiles.accounts["admin"] = "333333333333"
        recalled = reopened(desk, profiles)
        assert recalled.step is Step.SIGN_IN
        assert isinstance(recalled.problem, type(problem) if problem is not None else WrongAccount)
        assert recalled.visit is not None
        assert next_step(recalled.visit.answers) is Step.SIGN_IN
        wishes = recalled.visit.settled.wishes
        assert (wishes.name, wishes.preset, recalled.visit.aws_profile) == ("mine", "vendor", "admin")

    def test_a_lost_file_leads_to_the_invitation_with_all_wishes_kept(
        self, desk: Desk, profiles: AwsProfiles, file: Path
    ) -> None:
        desk.remember(CTX, permitted(desk, str(file)))
        file.unlink()
        recalled = reopened(desk, profiles)
        assert (recalled.step, recalled.problem is not None) == (Step.INVITATION, True)
        kept = recalled.visit
        assert kept is not None
        assert (kept.answers, kept.invitation_path, kept.aws_profile) == (None, str(file), "admin")
        assert kept.kept_wishes is not None
        assert (kept.kept_wishes.name, kept.kept_wishes.preset) == ("mine", "vendor")

    def test_a_file_that_is_back_is_read_as_if_nothing_had_been(
        self, desk: Desk, profiles: AwsProfiles, file: Path
    ) -> None:
        visit = permitted(desk, str(file))
        desk.remember(CTX, visit)
        file.rename(file.with_suffix(".away"))
        assert reopened(desk, profiles).step is Step.INVITATION
        file.with_suffix(".away").rename(file)
        found = reopened(desk, profiles).visit
        assert found is not None
        assert found.settled == visit.settled

    def test_an_invitation_that_was_pasted_is_asked_for_again(self, desk: Desk, profiles: AwsProfiles) -> None:
        desk.remember(CTX, permitted(desk, issue()))
        recalled = reopened(desk, profiles)
        assert (recalled.step, recalled.problem) == (Step.INVITATION, None)
        assert recalled.visit is not None
        assert recalled.visit.kept_wishes is not None

    def test_one_that_is_over_says_so(self, desk: Desk, profiles: AwsProfiles, file: Path) -> None:
        desk.remember(CTX, permitted(desk, str(file)))
        file.write_text(issue(now=datetime(2020, 1, 1, tzinfo=UTC)))
        recalled = reopened(desk, profiles)
        assert recalled.step is Step.INVITATION
        assert recalled.problem is not None
        assert "ended on" in recalled.problem.message


class TestAfterTheCommit:
    @pytest.mark.parametrize(
        ("state", "step"),
        [
            (InstallationState.CONNECTING, Step.CONNECT),
            (InstallationState.CONNECTED, Step.NETWORK),
            (InstallationState.INSTALLING, Step.INSTALL),
            (InstallationState.INSTALLED, None),
        ],
    )
    def test_a_saved_installation_comes_back_at_its_step(
        self, desk: Desk, profiles: AwsProfiles, state: InstallationState, step: Step | None
    ) -> None:
        visit = saved(desk, state)
        desk.remember(CTX, visit)
        found = reopened(desk, profiles).visit
        assert found is not None
        assert next_step(found.answers) is step
        assert (found.standing.state, found.aws_profile, found.sign_in_due) == (state, "admin", False)

    def test_what_was_asked_for_last_comes_back_too(self, desk: Desk, profiles: AwsProfiles) -> None:
        visit = saved(desk, InstallationState.CONNECTED)
        wishes = replace(visit.settled.wishes, cidr=IPv4Network("10.80.0.0/16"), email="new@acme.example")
        desk.remember(CTX, replace(visit, answers=replace(visit.settled, wishes=wishes)))
        found = reopened(desk, profiles).visit
        assert found is not None
        assert found.settled.wishes == wishes

    def test_a_committed_limit_is_never_replaced(self, desk: Desk, profiles: AwsProfiles) -> None:
        visit = saved(desk, InstallationState.CONNECTED)
        wishes = replace(visit.settled.wishes, preset="none", own_boundary=None)
        desk.remember(CTX, replace(visit, answers=replace(visit.settled, wishes=wishes)))
        found = reopened(desk, profiles).visit
        assert found is not None
        assert found.settled.wishes == visit.settled.wishes

    @pytest.mark.parametrize("moved", [True, False])
    def test_who_cannot_sign_in_keeps_everything_else(self, desk: Desk, profiles: AwsProfiles, moved: bool) -> None:
        visit = saved(desk, InstallationState.CONNECTED)
        desk.remember(CTX, visit)
        if moved:
            profiles.accounts["admin"] = "333333333333"
        else:
            profiles.failing["admin"] = SignInNeeded("The session has ended.")
        recalled = reopened(desk, profiles)
        assert recalled.step is Step.SIGN_IN
        assert isinstance(recalled.problem, WrongAccount if moved else SignInNeeded)
        assert recalled.visit == replace(visit, sign_in_due=True)

    def test_it_goes_on_with_its_invitation_where_that_is_still_there(
        self, desk: Desk, profiles: AwsProfiles, file: Path
    ) -> None:
        visit = saved(desk, InstallationState.CONNECTED)
        desk.remember(CTX, replace(visit, invitation_path=str(file)))
        with_it, file_text = reopened(desk, profiles).visit, file.read_text()
        assert with_it is not None
        assert with_it.token == file_text
        file.write_text(issue({"customer": {"name": "Somebody else"}}))
        without = reopened(desk, profiles).visit
        assert without is not None
        assert (without.token, next_step(without.answers)) == (None, Step.NETWORK)

    def test_killed_while_it_connected(self, desk: Desk, profiles: AwsProfiles) -> None:
        """The draft is of before the commit; by now there is a saved installation of the same wishes."""
        visit = permitted(desk, issue())
        desk.remember(CTX, visit)
        desk.store.save(replace(visit.standing, answers=visit.settled, state=InstallationState.CONNECTING))
        found = reopened(desk, profiles).visit
        assert found is not None
        assert next_step(found.answers) is Step.CONNECT
        assert found.standing.state is InstallationState.CONNECTING
        assert found.bound_to == ACCOUNT_ID

    def test_installed_anew_it_begins_anew(self, desk: Desk, profiles: AwsProfiles) -> None:
        visit = saved(desk, InstallationState.REMOVED)
        visit = desk.go_on_with(CTX, visit.standing, "admin")
        choice = desk.choice(CTX, visit, "vendor", None)
        wishes = replace(visit.settled.wishes, preset="vendor", own_boundary=None)
        visit = replace(visit, answers=replace(visit.settled, wishes=wishes, permissions=choice.permissions))
        desk.remember(CTX, visit)
        found = reopened(desk, profiles).visit
        assert found is not None
        assert (next_step(found.answers), found.standing.state) == (Step.CONNECT, InstallationState.PLANNED)
        assert replace(found.settled, account=visit.settled.account) == visit.settled

    @pytest.mark.parametrize("state", [InstallationState.REMOVING, InstallationState.REMOVED])
    def test_removed_meanwhile_there_is_nothing_to_take_up(
        self, desk: Desk, profiles: AwsProfiles, state: InstallationState
    ) -> None:
        visit = saved(desk, InstallationState.CONNECTED)
        desk.remember(CTX, visit)
        desk.store.save(replace(visit.standing, state=state))
        assert reopened(desk, profiles) == Recalled()


class TestDamage:
    def test_a_damaged_installation_is_told_and_the_others_are_listed(self, desk: Desk, profiles: AwsProfiles) -> None:
        desk.store.save(installation("good", number=2))
        visit = saved(desk, InstallationState.CONNECTED)
        desk.remember(CTX, visit)
        (desk.store.folder(visit.standing) / "profile.json").write_text("{")
        recalled = reopened(desk, profiles)
        assert recalled.visit is None
        assert recalled.problem is not None
        assert recalled.problem.message == "The saved installation popsql is damaged and was set aside."
        assert [one.name for one in desk.installations(CTX).installations] == ["good"]

    def test_a_damaged_draft_is_told(self, desk: Desk, profiles: AwsProfiles) -> None:
        desk.remember(CTX, saved(desk, InstallationState.CONNECTED))
        (desk.store.root / "draft.json").write_text("{")
        recalled = reopened(desk, profiles)
        assert recalled.visit is None
        assert recalled.problem is not None
        assert recalled.problem.message == "Where you were cannot be read any more."

    def test_what_is_forgotten_is_forgotten(self, desk: Desk, profiles: AwsProfiles, file: Path) -> None:
        desk.remember(CTX, desk.open_invitation(CTX, str(file)))
        desk.forget(CTX)
        assert reopened(desk, profiles) == Recalled()


def test_it_can_be_stopped(desk: Desk, file: Path) -> None:
    desk.remember(CTX, permitted(desk, str(file)))
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        desk.recall(Context(cancel=cancel))


def test_no_secret_is_kept(desk: Desk, file: Path) -> None:
    token = file.read_text()
    desk.remember(CTX, permitted(desk, token))
    desk.remember(CTX, permitted(desk, str(file)))
    draft = DraftStore(desk.store.root).load()
    assert draft is not None
    text = (desk.store.root / "draft.json").read_text()
    assert token not in text
    assert token.split(".")[1] not in text
