"""The window with its real pages: the whole way by its buttons, back and forth, the rail, what is remembered."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from installer.errors import SignInNeeded, VendorNeedsInvitation, VendorUnreachable, WrongAccount
from installer.flow import Step
from installer.installation import InstallationState
from tests.support import opened as people
from tests.support.answers import installation
from tests.support.desk import FakeDesk
from tests.support.opened import at, press, press_primary, rail_item, rest
from ui.pages.invitation import InvitationPage
from ui.pages.sign_in import SignInPage
from ui.places import Place
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.dialogs import Question
from ui.widgets.rail import ItemState
from ui.window import Window

BEFORE_COMMIT = (Step.INVITATION, Step.SIGN_IN, Step.PERMISSIONS, Step.CONNECT)


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return people.desk_without_aws(tmp_path)


@pytest.fixture
def window(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, tmp_path: Path) -> Window:
    return people.opened(qtbot, desk, runner, tmp_path)


def invitation_page(window: Window) -> InvitationPage:
    page = window.pages[Step.INVITATION]
    assert isinstance(page, InvitationPage)
    return page


def sign_in_page(window: Window) -> SignInPage:
    page = window.pages[Step.SIGN_IN]
    assert isinstance(page, SignInPage)
    return page


def where(window: Window) -> Step | None:
    return window.navigator.current


def paste(window: Window, text: str) -> None:
    [box] = invitation_page(window).source_card.findChildren(QPlainTextEdit)
    box.setPlainText(text)


def test_the_whole_way_by_the_buttons_of_the_footer(qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
    primary = window.footer.primary_button
    window.take_up(Visit())
    assert not primary.isEnabled()
    paste(window, "https://popsql.example/invitation")
    press_primary(qtbot, window)
    assert window.windowTitle() == "Release asks for access to your AWS account – Houseguest"
    said = []
    while where(window) is not None:
        said.append((where(window), primary.text()))
        press_primary(qtbot, window)
    assert [step for step, _ in said] == [
        *(Step.INVITATION, Step.SIGN_IN, Step.PERMISSIONS, Step.CONNECT, Step.CONNECT, Step.NETWORK, Step.REVIEW)
    ]
    assert said[1] == (Step.SIGN_IN, "Continue in 2222 2222 2222")
    assert window.page is window.pages[None]
    assert desk.remembered[-1].settled.review is not None
    assert desk.calls[-1] == "forget", "there is nothing to come back to"


class TestBackAndForth:
    @pytest.mark.parametrize("step", list(BEFORE_COMMIT)[1:])
    def test_back_and_on_again_loses_nothing(self, qtbot: QtBot, window: Window, desk: FakeDesk, step: Step) -> None:
        at(qtbot, window, desk, step)
        visit = window.visit
        while window.footer.back_button.isVisible():
            press(window.footer.back_button)
            rest(qtbot, window)
        assert where(window) is Step.INVITATION
        assert window.visit is visit
        while where(window) is not step:
            press_primary(qtbot, window)
        assert window.visit.settled == visit.settled

    def test_a_name_that_was_typed_is_still_there(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.SIGN_IN)
        [name] = sign_in_page(window).findChildren(QLineEdit)
        name.setText("mine")
        press(window.footer.back_button)
        press_primary(qtbot, window)
        assert name.text() == "mine"

    @pytest.mark.parametrize("step", [Step.NETWORK, Step.REVIEW, None])
    def test_a_commit_is_not_gone_back_over(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, step: Step | None
    ) -> None:
        at(qtbot, window, desk, step)
        while window.footer.back_button.isVisible():
            press(window.footer.back_button)
            rest(qtbot, window)
        assert where(window) is (None if step is None else Step.NETWORK)

    def test_there_is_no_way_back_while_something_is_done(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        hold = desk.holds("connect")
        press(window.footer.primary_button)
        qtbot.waitUntil(hold.entered.is_set)
        assert not window.footer.back_button.isVisible()
        window.go_back()
        window.go_to(Step.INVITATION)
        window.open_manage()
        assert where(window) is Step.CONNECT
        assert window.in_journey
        hold.release()
        rest(qtbot, window)


class TestTheRail:
    def test_done_steps_can_be_looked_at_those_to_come_cannot(
        self, qtbot: QtBot, window: Window, desk: FakeDesk
    ) -> None:
        at(qtbot, window, desk, Step.PERMISSIONS)
        states = {item.title: (item.state, item.enabled) for item in window.rail.items()}
        assert states["Sign in"] == (ItemState.DONE, True)
        assert states["Permissions"] == (ItemState.CURRENT, True)
        assert states["Connect"] == (ItemState.TO_COME, False)
        press(rail_item(window, "Invitation"))
        assert where(window) is Step.INVITATION
        press(rail_item(window, "Permissions"))
        rest(qtbot, window)
        assert where(window) is Step.PERMISSIONS

    @pytest.mark.parametrize("title", ["Invitation", "Sign in", "Permissions", "Connect"])
    def test_what_was_committed_can_only_be_read(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, title: str
    ) -> None:
        at(qtbot, window, desk, Step.NETWORK)
        before = window.visit
        press(rail_item(window, title))
        rest(qtbot, window)
        assert window.page.read_only
        while where(window) is not Step.NETWORK:
            press_primary(qtbot, window)
        assert window.visit.settled == before.settled

    def test_an_error_is_seen_in_it(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        desk.fails("plan", VendorUnreachable("No answer."))
        at(qtbot, window, desk, Step.CONNECT)
        assert rail_item(window, "Connect").item.state is ItemState.FAILED
        window.page.retry()
        rest(qtbot, window)
        assert rail_item(window, "Connect").item.state is ItemState.CURRENT

    def test_it_is_out_of_reach_while_something_is_done(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        hold = desk.holds("plan")
        window.take_up(desk.permitted())
        qtbot.waitUntil(hold.entered.is_set)
        assert not any(item.enabled for item in window.rail.items())
        hold.release()
        rest(qtbot, window)


class TestAnErrorOfBefore:
    def test_is_not_repeated_for_another_name(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        """Retry would make things under the name that the person has just changed."""
        at(qtbot, window, desk, Step.CONNECT)
        desk.fails("connect", VendorUnreachable("No answer."))
        press_primary(qtbot, window)
        assert window.page.error
        press(rail_item(window, "Sign in"))
        rest(qtbot, window)
        [name] = sign_in_page(window).findChildren(QLineEdit)
        name.setText("other")
        while where(window) is not Step.CONNECT:
            press_primary(qtbot, window)
        assert window.pages[Step.CONNECT].error is None
        assert desk.calls.count("connect") == 1
        press_primary(qtbot, window)
        assert [visit.settled.wishes.name for visit in desk.remembered][-1] == "other"

    def test_stays_when_the_person_only_looked_elsewhere(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        desk.fails("connect", VendorUnreachable("No answer."))
        press_primary(qtbot, window)
        error = window.page.error
        press(rail_item(window, "Permissions"))
        rest(qtbot, window)
        press(rail_item(window, "Connect"))
        rest(qtbot, window)
        assert window.page.error is error


class TestSigningInAgain:
    @pytest.mark.parametrize(
        ("step", "work"), [(Step.NETWORK, "survey"), (Step.REVIEW, "findings"), (Step.INSTALL, "install")]
    )
    def test_after_the_commit_leads_back_to_where_it_was_needed(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, step: Step, work: str
    ) -> None:
        desk.fails(work, SignInNeeded("The session has ended."))
        at(qtbot, window, desk, step)
        assert window.page.error is not None
        window.page.remedy_wanted.emit(Step.SIGN_IN)
        rest(qtbot, window)
        assert window.page is sign_in_page(window)
        assert window.page.read_only
        assert window.page.heading == "Sign in to AWS again"
        assert window.footer.primary_button.text() == "Continue in 2222 2222 2222"
        done = desk.calls.count(work)
        press_primary(qtbot, window)
        assert "sign_in" in desk.calls
        assert desk.calls.count(work) == done + 1, "what failed is done again"
        assert where(window) is (None if step is Step.INSTALL else step)
        assert window.pages[step].error is None

    def test_in_the_middle_of_connecting_the_button_creates_again(
        self, qtbot: QtBot, window: Window, desk: FakeDesk
    ) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        desk.fails("connect", SignInNeeded("The session has ended."))
        press_primary(qtbot, window)
        window.page.remedy_wanted.emit(Step.SIGN_IN)
        rest(qtbot, window)
        press_primary(qtbot, window)
        assert where(window) is Step.CONNECT
        assert window.page.error is None
        press_primary(qtbot, window)
        assert desk.calls.count("connect") == 2
        assert window.visit.settled.connection is not None

    def test_as_somebody_of_another_account_is_refused_there(
        self, qtbot: QtBot, window: Window, desk: FakeDesk
    ) -> None:
        desk.fails("survey", SignInNeeded("The session has ended."))
        at(qtbot, window, desk, Step.NETWORK)
        desk.fails("who_is", WrongAccount("You signed in to account 3, but the work was begun in 2."))
        window.page.remedy_wanted.emit(Step.SIGN_IN)
        rest(qtbot, window)
        assert isinstance(window.page.error, WrongAccount)
        assert not window.footer.primary_button.isEnabled()
        window.page.retry()
        rest(qtbot, window)
        press_primary(qtbot, window)
        assert where(window) is Step.NETWORK

    def test_who_changes_their_mind_goes_where_they_want(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        desk.fails("survey", SignInNeeded("The session has ended."))
        at(qtbot, window, desk, Step.NETWORK)
        window.page.remedy_wanted.emit(Step.SIGN_IN)
        rest(qtbot, window)
        press(rail_item(window, "Invitation"))
        press_primary(qtbot, window)
        assert where(window) is Step.SIGN_IN

    def test_the_invitation_is_opened_again_and_leads_back(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        desk.fails("install", VendorNeedsInvitation("No key."))
        at(qtbot, window, desk, Step.INSTALL)
        window.page.remedy_wanted.emit(Step.INVITATION)
        assert window.page.heading == "Open the invitation of popsql again"
        paste(window, "https://popsql.example/invitation")
        press_primary(qtbot, window)
        press_primary(qtbot, window)
        assert where(window) is None
        assert desk.calls.count("install") == 2


class TestTakingUp:
    def test_a_visit_comes_back_with_the_way_back(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        assert window.footer.back_button.isVisible()

    def test_a_sign_in_that_failed_is_shown_and_leads_on(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        problem = SignInNeeded("The session has ended.")
        visit = replace(desk.networked(), verified=None, sign_in_due=True)
        window.take_up(visit, problem, Step.SIGN_IN)
        rest(qtbot, window)
        assert window.page.error is problem
        assert "who_is" not in desk.calls, "it would clear the error away"
        assert "not signed in" in window.account_card.accessibleDescription()
        window.page.retry()
        rest(qtbot, window)
        press_primary(qtbot, window)
        assert where(window) is Step.REVIEW
        assert window.visit.settled == visit.settled
        assert "not signed in" not in window.account_card.accessibleDescription()

    def test_a_lost_invitation_is_asked_for_and_the_wishes_are_kept(
        self, qtbot: QtBot, window: Window, desk: FakeDesk
    ) -> None:
        wishes = replace(desk.invited().settled.wishes, name="mine", preset="vendor")
        problem = VendorUnreachable("The file cannot be read.")
        kept = Visit(kept_wishes=wishes, invitation_path="/home/jane/acme.houseguest", aws_profile="acme-admin")
        window.take_up(kept, problem, Step.INVITATION)
        assert window.page.heading == "Open the invitation of mine again"
        assert window.page.error is problem
        paste(window, "https://popsql.example/invitation")
        press_primary(qtbot, window)
        press_primary(qtbot, window)
        assert (window.visit.settled.wishes, window.visit.aws_profile) == (wishes, "acme-admin")


class TestTheManageArea:
    @pytest.fixture
    def saved(self, desk: FakeDesk) -> FakeDesk:
        desk.saved = (installation("first", number=1), installation("second", number=2))
        return desk

    def test_is_reached_from_anywhere_and_leads_back(self, qtbot: QtBot, window: Window, saved: FakeDesk) -> None:
        window.list_installations()
        at(qtbot, window, saved, Step.PERMISSIONS)
        press(window.all_installations)
        rest(qtbot, window)
        assert not window.in_journey
        assert [item.title for item in window.rail.items()] == [
            *("first", "second", "Go on with popsql", "New installation")
        ]
        press(rail_item(window, "second"))
        rest(qtbot, window)
        assert window.manage.shown == ("second", "222222222222")
        press(rail_item(window, "Go on with popsql"))
        rest(qtbot, window)
        assert where(window) is Step.PERMISSIONS

    def test_the_others_are_out_of_reach_while_one_is_read(self, qtbot: QtBot, window: Window, saved: FakeDesk) -> None:
        hold = saved.holds("status")
        window.open_manage()
        qtbot.waitUntil(hold.entered.is_set)
        assert not any(item.enabled for item in window.rail.items())
        hold.release()
        rest(qtbot, window)
        assert all(item.enabled for item in window.rail.items())

    def test_is_not_offered_where_nothing_is_installed(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        window.list_installations()
        at(qtbot, window, desk, Step.PERMISSIONS)
        assert not window.all_installations.isVisible()

    @pytest.mark.parametrize("leaves", [True, False])
    def test_a_new_installation_asks_before_it_puts_another_aside(
        self, qtbot: QtBot, window: Window, saved: FakeDesk, leaves: bool
    ) -> None:
        at(qtbot, window, saved, Step.PERMISSIONS)
        window.open_manage()
        rest(qtbot, window)
        press(rail_item(window, "New installation"))
        [question] = window.findChildren(Question)
        assert question.isVisible()
        question.accept() if leaves else question.reject()
        rest(qtbot, window)
        assert window.in_journey is leaves
        assert (window.visit.answers is None) is leaves

    def test_a_saved_installation_goes_on(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        desk.saved = (replace(installation(), state=InstallationState.CONNECTED),)
        window.open_manage()
        rest(qtbot, window)
        press_primary(qtbot, window)
        assert window.in_journey
        assert where(window) is Step.PERMISSIONS, "what the desk goes on with"

    def test_at_the_end_it_is_one_click_away(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, None)
        desk.saved = (window.visit.standing,)
        press(window.footer.extra_button)
        rest(qtbot, window)
        assert window.manage.shown == ("popsql", "222222222222")
        window.go_to(Place.NEW)
        assert window.in_journey, "what is installed is not put aside"
        rest(qtbot, window)


def test_what_was_chosen_is_remembered_newest_last(
    qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
) -> None:
    at(qtbot, window, desk, Step.PERMISSIONS)
    hold = desk.holds("remember")
    press(window.footer.primary_button)
    qtbot.waitUntil(hold.entered.is_set)
    first = desk.remembered[-1]
    window.page.settled.emit(replace(window.visit, aws_profile="second"))
    window.page.settled.emit(replace(window.visit, aws_profile="third"))
    hold.release()
    rest(qtbot, window)
    assert [visit.aws_profile for visit in desk.remembered] == [first.aws_profile, "third"]
