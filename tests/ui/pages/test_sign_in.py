"""The Sign in page on a desk without an AWS: which profile, who that is, in which account, under which name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from installer.errors import (
    AwsUnreachable,
    HouseguestError,
    PermissionMissing,
    ProfileError,
    SignInNeeded,
    UsageError,
    WrongAccount,
)
from installer.steps import Finding, Severity
from tests.support.desk import FakeDesk
from tests.support.opened import desk_without_aws, opened, rest
from tests.support.pages import Look, flaws, in_all_looks_of_a_window, on_screen, wear
from tests.support.signed_in import invitation
from ui.memory import Memory
from ui.pages.sign_in import SignInPage
from ui.pages.sign_in_profiles import ProfileCard
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.buttons import Button
from ui.widgets.rows import FactLine, FindingRow

ACCOUNT = "222222222222"
ROOT = Finding("sign_in", Severity.CAUTION, "You are signed in as the root user.", fix="Sign in as an administrator.")
CLOCK = Finding("sign_in", Severity.CAUTION, "The clock of this computer is 9 minutes ahead of AWS's.", fix="Set it.")
HOSTILE = "a<b>bold</b>\u202e" + "w" * 400


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, memory: Memory) -> SignInPage:
    return on_screen(qtbot, SignInPage(desk, runner, memory=memory))


def load(qtbot: QtBot, page: SignInPage, visit: Visit, *, read_only: bool = False) -> None:
    page.load(visit, read_only=read_only)
    idle(qtbot, page)


def idle(qtbot: QtBot, page: SignInPage) -> None:
    qtbot.waitUntil(lambda: not page.busy)
    QApplication.processEvents()


def choose(qtbot: QtBot, page: SignInPage, profile: str) -> None:
    page.profiles.select.set_value(profile)
    idle(qtbot, page)


def items(page: SignInPage) -> list[str]:
    combo = page.profiles.select.editor
    model = combo.model()  # type: ignore[attr-defined]
    return [model.index(row, 0).data() for row in range(1, model.rowCount())]


def name(page: SignInPage) -> QLineEdit:
    [field] = page.findChildren(QLineEdit)
    return field


def texts(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(
        str(one.text())
        for one in page.findChildren(QWidget)
        if one.isVisible() and hasattr(one, "text") and callable(one.text)
    )


def facts(page: SignInPage) -> dict[str, str]:
    QApplication.processEvents()
    return {line.accessibleName(): line.value() for line in page.findChildren(FactLine) if line.isVisible()}


def settled(qtbot: QtBot, page: SignInPage) -> Visit:
    with qtbot.waitSignal(page.settled) as told:
        page.proceed()
    visit = told.args[0]
    assert isinstance(visit, Visit)
    return visit


def any_account(desk: FakeDesk) -> Visit:
    visit = desk.invited()
    offer = invitation({"customer": {"aws_account_id": None}})
    return replace(visit, answers=replace(visit.settled, invitation=offer))


class TestProfiles:
    def test_none_says_so_and_what_the_tools_choose_will_do(
        self, qtbot: QtBot, desk: FakeDesk, page: SignInPage
    ) -> None:
        desk.profiles = ()
        load(qtbot, page, desk.invited())
        assert items(page) == ["What your AWS tools choose"]
        assert "Your AWS configuration has no profile." in texts(page)
        assert "who_is" not in desk.calls
        page.profiles.select.set_value("\0tools")
        idle(qtbot, page)
        assert settled(qtbot, page).aws_profile is None

    def test_the_only_one_is_asked_at_once(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        desk.profiles = ("only",)
        load(qtbot, page, desk.invited())
        qtbot.waitUntil(lambda: page.valid)
        assert page.primary == "Continue in 2222 2222 2222"

    def test_of_fifty_the_person_chooses(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        desk.profiles = tuple(f"profile-{number:02}" for number in range(50))
        load(qtbot, page, desk.invited())
        assert len(items(page)) == 51
        assert (page.valid, page.profiles.is_chosen, "who_is" in desk.calls) == (False, False, False)
        choose(qtbot, page, "profile-42")
        assert settled(qtbot, page).aws_profile == "profile-42"

    def test_the_one_that_the_environment_names_is_asked(
        self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_PROFILE", "acme-audit")
        load(qtbot, page, desk.invited())
        qtbot.waitUntil(lambda: page.valid)
        assert page.profiles.profile == "acme-audit"

    def test_the_one_that_was_used_for_the_account_is_first_and_asked(
        self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, memory: Memory
    ) -> None:
        memory.remember_aws_profile(ACCOUNT, "default")
        load(qtbot, page, desk.invited())
        qtbot.waitUntil(lambda: page.valid)
        assert items(page)[0] == "default"
        assert page.profiles.profile == "default"

    def test_the_one_that_was_used_elsewhere_is_first_and_not_asked(
        self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, memory: Memory
    ) -> None:
        memory.remember_aws_profile("333333333333", "default")
        load(qtbot, page, any_account(desk))
        assert items(page)[0] == "default"
        assert not page.profiles.is_chosen

    def test_signing_in_is_remembered(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, memory: Memory) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-audit")
        assert memory.aws_profile() == "", "looking is not signing in"
        settled(qtbot, page)
        assert memory.aws_profile(ACCOUNT) == memory.aws_profile() == "acme-audit"

    def test_can_be_read_again(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-audit")
        desk.profiles = ("acme-audit", "new")
        next(one for one in page.findChildren(Button) if one.text() == "Read the profiles again").click()
        idle(qtbot, page)
        assert items(page)[:2] == ["acme-audit", "new"]
        assert page.profiles.profile == "acme-audit"
        assert page.valid

    def test_with_hostile_names_are_one_plain_line(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        desk.profiles = (HOSTILE, "x")
        load(qtbot, page, desk.invited())
        assert items(page)[0].startswith("a<b>bold</b>w")
        choose(qtbot, page, HOSTILE)
        assert settled(qtbot, page).aws_profile == HOSTILE

    def test_without_a_memory_are_in_their_order(self, qtbot: QtBot) -> None:
        card = ProfileCard(None)
        qtbot.addWidget(card)
        card.show_profiles(("a", "b"), None)
        assert not card.suggest(None, None)
        card.remember(ACCOUNT, "b")
        assert card.suggest("b", None)


class TestTheAccount:
    def test_is_what_stands_out(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        assert page.heading == "Sign in to AWS"
        assert "PopSQL invited account 2222 2222 2222." in texts(page)
        choose(qtbot, page, "acme-admin")
        assert "2222 2222 2222" in texts(page.account)
        assert "the right account" in texts(page.account)
        assert facts(page) == {
            "Alias": "acme",
            "You are": "An IAM user",
            "Identity": "arn:aws:iam::222222222222:user/jane",
        }
        assert page.fact == "Signed in. Nothing is created yet."

    def test_any_will_do_where_none_was_named(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, any_account(desk))
        assert "in which account you are" in texts(page)
        choose(qtbot, page, "acme-admin")
        assert "any account will do" in texts(page.account)

    @pytest.mark.parametrize(
        ("arn", "kind"),
        [
            ("arn:aws:sts::222222222222:assumed-role/Admin/jane", "A session of a role"),
            ("arn:aws:sts::222222222222:federated-user/jane", "A federated user"),
            ("arn:aws:iam::222222222222:something/else", "something/else"),
        ],
    )
    def test_says_what_you_are(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, arn: str, kind: str) -> None:
        account = desk.whole.account
        assert account is not None
        desk.whole = replace(desk.whole, account=replace(account, arn=arn, alias=None))
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        assert (facts(page)["You are"], facts(page)["Alias"]) == (kind, "none that may be read")

    def test_the_root_user_is_warned_and_may_go_on(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        account = desk.whole.account
        assert account is not None
        desk.whole = replace(desk.whole, account=replace(account, is_root=True))
        desk.found = (ROOT, CLOCK)
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        assert facts(page)["You are"] == "The root user"
        assert len(page.findChildren(FindingRow)) == 2
        assert page.valid

    def test_of_before_is_gone_while_another_is_asked_for(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        hold = desk.holds("who_is")
        page.profiles.select.set_value("acme-audit")
        qtbot.waitUntil(hold.entered.is_set)
        assert (page.account.isVisible(), page.asking.isVisible(), page.valid) == (False, True, False)
        page.cancel()
        idle(qtbot, page)
        assert not page.asking.isVisible()
        assert not page.valid


ERRORS = [
    SignInNeeded("The session has ended.", fix="Sign in with `aws sso login`."),
    WrongAccount("You are signed in to account 333333333333; the invitation is for 222222222222."),
    AwsUnreachable("AWS does not answer."),
    PermissionMissing("The call is not allowed."),
    ProfileError("The profile cannot be read.", details={"file": "/home/jane/.aws/config"}),
]


class TestErrors:
    @pytest.mark.parametrize("error", ERRORS, ids=lambda it: type(it).__name__)
    def test_of_one_profile_do_not_block_another(
        self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, error: HouseguestError
    ) -> None:
        load(qtbot, page, desk.invited())
        name(page).setText("mine")
        desk.fails("who_is", error)
        choose(qtbot, page, "acme-admin")
        assert [page.error] == [error]
        assert not page.valid
        choose(qtbot, page, "acme-audit")
        assert [page.error] == [None]
        assert name(page).text() == "mine"
        assert settled(qtbot, page).settled.wishes.name == "mine"

    @pytest.mark.parametrize("error", ERRORS, ids=lambda it: type(it).__name__)
    def test_can_be_retried_here(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, error: HouseguestError) -> None:
        load(qtbot, page, desk.invited())
        desk.fails("who_is", error)
        choose(qtbot, page, "acme-admin")
        assert "Retry" in texts(page)
        assert "Sign in again" not in texts(page), "that is this page"
        page.retry()
        idle(qtbot, page)
        assert page.valid

    @pytest.mark.parametrize(
        "error",
        [
            UsageError("A name has lower-case letters, digits and hyphens.", fix="Choose another name."),
            ProfileError("popsql is an installation of Somebody.", fix="Choose another name."),
        ],
    )
    def test_of_the_name_are_at_the_name(
        self, qtbot: QtBot, desk: FakeDesk, page: SignInPage, error: HouseguestError
    ) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        desk.fails("sign_in", error)
        page.proceed()
        idle(qtbot, page)
        assert page.error is None
        assert page.name.problem() == f"{error.message} {error.fix}"
        assert page.window().focusWidget() is name(page)
        QTest.keyClick(name(page), Qt.Key.Key_X)
        assert page.name.problem() == ""

    def test_of_the_name_never_show_the_command_line(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        fix = "Keep them there (--stack-region eu-west-1), or choose another name."
        desk.fails("sign_in", ProfileError("popsql exists already.", fix=fix))
        page.proceed()
        idle(qtbot, page)
        assert "--stack-region" not in page.name.problem()

    def test_of_something_else_are_not(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        desk.fails("sign_in", ProfileError("/state/x cannot be read.", details={"file": "/state/x"}))
        page.proceed()
        idle(qtbot, page)
        assert page.error is not None
        assert page.name.problem() == ""
        page.retry()
        idle(qtbot, page)
        assert desk.calls.count("sign_in") == 2

    def test_of_reading_the_profiles_can_be_retried(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        desk.fails("aws_profiles", ProfileError("The configuration cannot be read.", details={"file": "/x"}))
        load(qtbot, page, desk.invited())
        assert page.error is not None
        page.retry()
        idle(qtbot, page)
        assert len(items(page)) == 4


class TestTheName:
    def test_is_kept_back_and_forth(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        visit = desk.invited()
        load(qtbot, page, visit)
        name(page).setText("mine")
        load(qtbot, page, visit)
        assert name(page).text() == "mine"

    def test_of_another_invitation_is_that_ones(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        name(page).setText("mine")
        visit = desk.invited()
        wishes = replace(visit.settled.wishes, name="other")
        load(qtbot, page, replace(visit, answers=replace(visit.settled, wishes=wishes)))
        assert name(page).text() == "other"

    def test_is_needed(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.invited())
        choose(qtbot, page, "acme-admin")
        name(page).setText("  ")
        assert not page.valid


class TestAfterTheCommit:
    def test_it_only_shows(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        visit = desk.connected()
        load(qtbot, page, visit, read_only=True)
        assert "who_is" not in desk.calls
        assert (page.primary, page.valid) == ("Continue", True)
        assert "popsql is in account 2222 2222 2222. Only that one will do." in texts(page)
        assert facts(page)["Identity"] == "arn:aws:iam::222222222222:user/jane"
        assert name(page).isReadOnly()
        assert settled(qtbot, page) is visit

    def test_another_profile_signs_in_again(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.connected(), read_only=True)
        choose(qtbot, page, "acme-audit")
        assert page.primary == "Continue in 2222 2222 2222"
        found = settled(qtbot, page)
        assert found.aws_profile == "acme-audit"
        assert found.settled.connection is not None

    def test_when_it_has_ended_it_is_asked_at_once(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        load(qtbot, page, desk.connected(), read_only=True)
        page.do_again()
        idle(qtbot, page)
        assert (page.heading, page.primary) == ("Sign in to AWS again", "Continue in 2222 2222 2222")
        assert settled(qtbot, page).aws_profile == "acme-admin"

    def test_a_sign_in_that_is_due_shows_nobody(self, qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
        visit = replace(desk.connected(), sign_in_due=True)
        page.load(visit, read_only=True)
        page.fail(SignInNeeded("The session has ended."))
        idle(qtbot, page)
        assert page.profiles.profile == "acme-admin"
        assert not page.account.isVisible()
        assert not page.valid
        assert "who_is" not in desk.calls
        page.retry()
        idle(qtbot, page)
        assert settled(qtbot, page).sign_in_due is False


def _asked(qtbot: QtBot, page: SignInPage, desk: FakeDesk) -> None:
    choose(qtbot, page, "acme-admin")


def _rooted(qtbot: QtBot, page: SignInPage, desk: FakeDesk) -> None:
    desk.found = (ROOT, CLOCK)
    choose(qtbot, page, "acme-admin")


def _failed(qtbot: QtBot, page: SignInPage, desk: FakeDesk) -> None:
    desk.fails("who_is", ERRORS[1])
    choose(qtbot, page, "acme-admin")


def _misnamed(qtbot: QtBot, page: SignInPage, desk: FakeDesk) -> None:
    choose(qtbot, page, "acme-admin")
    page.name.set_problem("A name has lower-case letters, digits and hyphens. Choose another name.")


def _hostile(qtbot: QtBot, page: SignInPage, desk: FakeDesk) -> None:
    account = desk.whole.account
    assert account is not None
    arn = f"arn:aws:sts::222222222222:assumed-role/{'w' * 400}/jane"
    desk.whole = replace(desk.whole, account=replace(account, arn=arn, alias="w" * 63))
    choose(qtbot, page, "w" * 300)


def _nothing(qtbot: QtBot, page: SignInPage, desk: FakeDesk) -> None:
    """Nothing is chosen yet."""


def test_profiles_are_read_again_also_while_aws_is_asked(qtbot: QtBot, desk: FakeDesk, page: SignInPage) -> None:
    load(qtbot, page, desk.invited())
    hold = desk.holds("who_is")
    page.profiles.select.set_value("acme-admin")
    assert hold.entered.wait()
    desk.profiles = ("acme-admin", "acme-new")
    next(one for one in page.findChildren(Button) if one.text() == "Read the profiles again").click()
    idle(qtbot, page)
    assert desk.calls.count("aws_profiles") == 2
    assert desk.calls.count("who_is") == 2
    assert page.valid
    assert not page.asking.isVisible()


STATES: dict[str, Callable[[QtBot, SignInPage, FakeDesk], None]] = {
    "choosing": _nothing,
    "asked": _asked,
    "rooted": _rooted,
    "failed": _failed,
    "misnamed": _misnamed,
    "hostile": _hostile,
}


@in_all_looks_of_a_window
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off_overlaps_or_is_too_faint(
    qtbot: QtBot,
    runner: TaskRunner,
    tmp_path: Path,
    state: str,
    look: Look,
) -> None:
    desk = desk_without_aws(tmp_path)
    desk.profiles = ("acme-admin", "acme-audit", "w" * 300)
    window = opened(qtbot, desk, runner, tmp_path)
    wear(window, look)
    window.take_up(desk.invited())
    rest(qtbot, window)
    page = window.page
    assert isinstance(page, SignInPage)
    STATES[state](qtbot, page, desk)
    rest(qtbot, window)
    assert flaws(window) == []
