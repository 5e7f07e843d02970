"""What the desk does between the engine's parts: opening, signing in, saving. AWS answers from a script."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installer.context import CancelToken, Context
from installer.errors import Cancelled, InvitationError, ProfileError, SignInNeeded, UsageError, WrongAccount
from installer.flow import Step, next_step
from installer.installation import Installation, InstallationState
from installer.invitation import UnknownVendorKey
from installer.sandbox.vendor.invitations import issue
from tests.support.answers import installation
from tests.support.aws_profiles import AwsProfiles
from tests.support.invitations import from_stranger
from tests.support.signed_in import ACCOUNT_ID
from ui.desk import Desk, suggested_name
from ui.sign_ins import SignIns
from ui.visit import Visit

CTX = Context()
ELSEWHERE = "333333333333"


@pytest.fixture
def profiles() -> AwsProfiles:
    return AwsProfiles()


@pytest.fixture
def desk(tmp_path: Path, profiles: AwsProfiles) -> Desk:
    return Desk(tmp_path, SignIns(tmp_path, profiles.new))


@pytest.fixture
def invited(desk: Desk) -> Visit:
    return desk.open_invitation(CTX, issue())


@pytest.fixture
def signed_in(desk: Desk, invited: Visit) -> Visit:
    return desk.sign_in(CTX, invited, "admin", "popsql")


@pytest.fixture
def saved(desk: Desk) -> Visit:
    """An installation of before, as the Manage area goes on with it: without its invitation."""
    one = replace(installation(), state=InstallationState.CONNECTED)
    return desk.go_on_with(CTX, desk.store.save(one), "admin")


def cancelled() -> Context:
    cancel = CancelToken()
    cancel.cancel()
    return Context(cancel=cancel)


class TestTheName:
    @pytest.mark.parametrize(
        ("product", "name"),
        [
            ("PopSQL", "popsql"),
            ("PopSQL 7", "popsql-7"),
            ("  Ünïcode & more  ", "n-code-more"),
            ("A very long name of a product", "a-very-long-name-of"),
            ("7-Zip", "product"),
            ("数据库", "product"),
            ("x", "product"),
            ("", "product"),
        ],
    )
    def test_is_made_of_the_products(self, product: str, name: str) -> None:
        assert suggested_name(product) == name


class TestOpening:
    def test_a_file_is_remembered_by_its_whole_path(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "acme.houseguest"
        path.write_text(issue())
        monkeypatch.chdir(tmp_path)
        visit = desk.open_invitation(CTX, " acme.houseguest\n")
        assert visit.invitation_path == str(path)
        assert (visit.settled.wishes.name, visit.settled.wishes.preset) == ("popsql", "guarded")

    def test_what_opens_the_vendors_door_is_not_remembered(self, invited: Visit) -> None:
        assert invited.invitation_path is None
        assert invited.token is not None
        assert invited.token not in repr(invited)

    def test_what_was_chosen_before_is_kept(self, desk: Desk, invited: Visit) -> None:
        wishes = replace(invited.settled.wishes, name="mine", preset="vendor")
        assert desk.open_invitation(CTX, issue(), wishes=wishes).settled.wishes is wishes

    def test_a_stranger_is_asked_about_first(self, desk: Desk) -> None:
        token = from_stranger({"exp": 4_000_000_000})
        with pytest.raises(UnknownVendorKey) as asked:
            desk.open_invitation(CTX, token)
        assert desk.open_invitation(CTX, token, asked.value.fingerprint).settled.invitation == asked.value.invitation

    def test_nothing_is_read_once_it_was_stopped(self, desk: Desk) -> None:
        with pytest.raises(Cancelled):
            desk.open_invitation(cancelled(), issue())


class TestWhoIs:
    def test_tells_the_account_and_settles_nothing(self, desk: Desk, invited: Visit, profiles: AwsProfiles) -> None:
        who = desk.who_is(CTX, invited, "admin")
        assert (who.profile, who.account.account_id, who.account.alias) == ("admin", ACCOUNT_ID, "acme")
        assert invited.settled.account is None

    def test_refuses_an_account_that_was_not_invited(self, desk: Desk, invited: Visit) -> None:
        with pytest.raises(WrongAccount, match=f"{ELSEWHERE}; the invitation is for {ACCOUNT_ID}"):
            desk.who_is(CTX, invited, "other")

    def test_before_a_commit_another_account_will_do(self, desk: Desk) -> None:
        invited = desk.open_invitation(CTX, issue({"customer": {"aws_account_id": None}}))
        signed_in = desk.sign_in(CTX, invited, "admin", "popsql")
        assert desk.who_is(CTX, signed_in, "other").account.account_id == ELSEWHERE

    def test_after_a_commit_only_its_own(self, desk: Desk, saved: Visit) -> None:
        with pytest.raises(WrongAccount, match="begun in 222222222222"):
            desk.who_is(CTX, saved, "other")
        assert desk.who_is(CTX, saved, "audit").account.account_id == ACCOUNT_ID

    def test_looking_at_a_profile_does_not_sign_in_by_it(
        self, desk: Desk, signed_in: Visit, profiles: AwsProfiles
    ) -> None:
        profiles.failing["admin"] = SignInNeeded("It has ended.")
        with pytest.raises(SignInNeeded):
            desk.who_is(CTX, signed_in, "admin")
        asked = len(profiles.asked)
        desk.settle_review(CTX, signed_in, "")  # works by the sign-in that is kept
        assert len(profiles.asked) == asked


class TestSignIn:
    def test_settles_the_account_and_saves_nothing(self, desk: Desk, signed_in: Visit) -> None:
        assert next_step(signed_in.answers) is Step.PERMISSIONS
        assert (signed_in.aws_profile, signed_in.sign_in_due) == ("admin", False)
        assert desk.installations(CTX).installations == ()

    def test_keeps_the_permissions_where_the_names_are_the_same(self, desk: Desk, signed_in: Visit) -> None:
        choice = desk.choices(CTX, signed_in)[0]
        chosen = replace(signed_in, answers=replace(signed_in.settled, permissions=choice.permissions))
        again = desk.sign_in(CTX, chosen, "audit", "popsql")
        assert again.settled.permissions == choice.permissions
        assert again.settled.account is not None
        assert again.settled.account.arn.endswith("user/audit")
        assert desk.sign_in(CTX, chosen, "audit", "other").settled.permissions is None

    @pytest.mark.parametrize("name", ["", "A", "-x", "x" * 21, "a b"])
    def test_refuses_a_name_that_cannot_be(self, desk: Desk, invited: Visit, name: str) -> None:
        with pytest.raises(UsageError):
            desk.sign_in(CTX, invited, "admin", name)

    def test_refuses_the_name_of_another_vendors(self, desk: Desk, invited: Visit) -> None:
        one = installation()
        stranger = one.answers.invitation.model_copy(update={"iss": "stranger.example"})
        desk.store.save(replace(one, answers=replace(one.answers, invitation=stranger)))
        with pytest.raises(ProfileError, match="is an installation of PopSQL"):
            desk.sign_in(CTX, invited, "admin", "popsql")

    def test_again_after_a_commit_as_somebody_else_of_the_same_account(self, desk: Desk, saved: Visit) -> None:
        again = desk.sign_in(CTX, replace(saved, sign_in_due=True), "audit", "ignored")
        assert (again.aws_profile, again.sign_in_due) == ("audit", False)
        assert again.settled.account is not None
        assert again.settled.account.arn.endswith("user/audit")
        assert again.settled.wishes == saved.settled.wishes
        assert next_step(again.answers) is next_step(saved.answers)

    def test_again_after_a_commit_never_in_another_account(self, desk: Desk, saved: Visit) -> None:
        with pytest.raises(WrongAccount):
            desk.sign_in(CTX, saved, "other", "popsql")


class TestWithInvitation:
    def test_the_saved_installation_goes_on(self, desk: Desk, saved: Visit, invited: Visit) -> None:
        opened = replace(invited, invitation_path="/somewhere")
        visit = desk.with_invitation(CTX, saved, opened)
        assert visit == replace(saved, verified=invited.verified, invitation_path="/somewhere")

    @pytest.mark.parametrize(
        ("overrides", "why"),
        [
            ({"customer": {"name": "Somebody else"}}, "for Somebody else; popsql belongs to PopSQL for Acme"),
            ({"customer": {"aws_account_id": ELSEWHERE}}, f"for the account {ELSEWHERE}; popsql is in {ACCOUNT_ID}"),
        ],
    )
    def test_refuses_anybody_elses(self, desk: Desk, saved: Visit, overrides: dict[str, object], why: str) -> None:
        opened = desk.open_invitation(CTX, issue(overrides))
        with pytest.raises(ProfileError, match=why):
            desk.with_invitation(CTX, saved, opened)

    def test_refuses_another_vendors(self, desk: Desk, saved: Visit) -> None:
        token = from_stranger({"exp": 4_000_000_000})
        with pytest.raises(UnknownVendorKey) as asked:
            desk.open_invitation(CTX, token)
        opened = desk.open_invitation(CTX, token, asked.value.fingerprint)
        with pytest.raises(ProfileError, match="belongs to PopSQL for Acme"):
            desk.with_invitation(CTX, saved, opened)


class TestOneAccountOnly:
    def test_no_piece_of_work_leaves_the_account_of_its_visit(
        self, desk: Desk, saved: Visit, profiles: AwsProfiles
    ) -> None:
        """Even where nobody signed in in this run, and the profile leads elsewhere by now."""
        visit = replace(saved, aws_profile="other")
        for work in (
            lambda: desk.plan(CTX, visit),
            lambda: desk.connect(CTX, visit),
            lambda: desk.survey(CTX, visit),
            lambda: desk.findings(CTX, visit),
            lambda: desk.install(CTX, visit),
            lambda: desk.reach(CTX, visit.standing, "other"),
            lambda: desk.status(CTX, visit.standing, "other"),
            lambda: desk.take_back(CTX, visit.standing, "other"),
            lambda: desk.go_on_with(CTX, visit.standing, "other"),
        ):
            with pytest.raises(WrongAccount):
                work()

    def test_choosing_permissions_needs_nobody(self, desk: Desk, signed_in: Visit, profiles: AwsProfiles) -> None:
        asked = len(profiles.asked)
        visit = replace(signed_in, aws_profile="gone")
        assert [choice.preset for choice in desk.choices(CTX, visit)]
        assert desk.trust_findings(CTX, visit) == ()
        assert len(profiles.asked) == asked


class TestTheList:
    def test_survives_a_damaged_profile(self, desk: Desk) -> None:
        good = desk.store.save(installation("good", number=1))
        bad = desk.store.save(installation("bad", number=2))
        (desk.store.folder(bad) / "profile.json").write_text("{")
        scan = desk.installations(CTX)
        assert [one.name for one in scan.installations] == [good.name]
        assert [problem.message for problem in scan.problems] == [
            "The saved installation bad is damaged and was set aside."
        ]

    def test_a_journey_that_had_ended_begins_anew(self, desk: Desk) -> None:
        ended = desk.store.save(replace(installation(), state=InstallationState.REMOVED))
        visit = desk.go_on_with(CTX, ended, "admin")
        assert next_step(visit.answers) is Step.PERMISSIONS
        assert visit.standing.state is InstallationState.PLANNED
        assert visit.bound_to == ACCOUNT_ID


def test_an_invitation_that_is_over_says_so(desk: Desk) -> None:
    with pytest.raises(InvitationError, match="ended on"):
        desk.open_invitation(CTX, issue(now=datetime(2020, 1, 1, tzinfo=UTC)))


def test_an_installation_keeps_what_was_settled_before(desk: Desk, saved: Visit) -> None:
    assert isinstance(saved.installation, Installation)
    assert next_step(saved.answers) is Step.NETWORK
