"""The Manage page on a desk without AWS: which installation, by which profile, and its status."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from installer.errors import AwsUnreachable, HouseguestError, ProfileError, SignInNeeded, Throttled, WrongAccount
from installer.evidence import State
from installer.installation import Installation, InstallationState
from installer.manage.status import Access, Status
from installer.profiles import Scan
from tests.support.answers import ACCOUNT, installation
from tests.support.desk import FakeDesk
from tests.support.pages import NARROW, Look, button, flaws, idle, in_all_looks_of_a_page, on_screen, said, wear
from tests.support.told import EVIL, evidence
from ui import theme
from ui.manage.page import ManagePage, key_of
from ui.memory import Memory
from ui.places import Place
from ui.tasks import TaskRunner
from ui.visit import Visit


@pytest.fixture(autouse=True)
def no_profile_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, memory: Memory) -> ManagePage:
    return on_screen(qtbot, ManagePage(desk, runner, memory=memory))


def in_state(state: InstallationState) -> Installation:
    return replace(installation(), state=state)


def opened(qtbot: QtBot, page: ManagePage, one: Installation | None = None, profile: str | None = "acme-admin") -> None:
    page.open(one or installation(), profile)
    idle(qtbot, page)


# Which installation


def test_without_any_it_leads_to_an_invitation(qtbot: QtBot, page: ManagePage) -> None:
    page.show_installations(Scan((), ()))

    assert page.heading == "Installations"
    assert (page.primary, page.extra, page.valid, page.shown) == ("", None, False, None)
    with qtbot.waitSignal(page.wanted) as asked:
        QTest.mouseClick(button(page, "Open an invitation"), Qt.MouseButton.LeftButton)
    assert asked.args == [Place.NEW]


def test_what_could_not_be_opened_is_said_also_where_nothing_else_is_there(qtbot: QtBot, page: ManagePage) -> None:
    problem = ProfileError("The profile of popsql is damaged.", fix="Restore it.")
    page.show_installations(Scan((), (problem,)))
    page.show_installations(Scan((), (problem,)))

    qtbot.waitUntil(lambda: said(page).count("The profile of popsql is damaged.") == 1)
    assert "Restore it." in said(page)


def test_each_has_a_status_of_its_own(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    one, two = installation(), installation("reports", "333333333333", number=2)
    page.show_installations(Scan((one, two), ()))
    opened(qtbot, page, one)
    assert page.heading == "popsql"
    assert "Release can work in this account" in said(page)

    page.open(key_of(two))
    idle(qtbot, page)
    assert page.shown == ("reports", "333333333333")
    assert "Release can work in this account" not in said(page), "no profile of that account is known"
    assert page.fact == "Choose the AWS profile of this account first."

    page.open(key_of(one))
    idle(qtbot, page)
    assert "Release can work in this account" in said(page)
    assert desk.calls.count("status") == 1, "read a moment ago"


def test_one_that_is_gone_is_not_shown_any_more(qtbot: QtBot, page: ManagePage) -> None:
    opened(qtbot, page)
    page.show_installations(Scan((), ()))

    assert page.installation is None


# By which profile


def test_a_profile_is_chosen_once_and_remembered(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, memory: Memory, runner: TaskRunner
) -> None:
    opened(qtbot, page, profile=None)
    assert not page.valid
    assert page.extra is not None
    assert not page.extra.enabled
    assert "status" not in desk.calls

    page.status.profile.set_value("acme-admin")
    idle(qtbot, page)
    assert memory.aws_profile(ACCOUNT) == "acme-admin"
    assert "Release can work in this account" in said(page)

    another = ManagePage(desk, runner, memory=memory)
    qtbot.addWidget(another)
    opened(qtbot, another, profile=None)
    assert another.profile == "acme-admin"
    assert desk.calls.count("status") == 2


def test_a_profile_of_another_account_is_not_kept(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, memory: Memory
) -> None:
    desk.fails("reach", WrongAccount("You are signed in to 3333.", fix="Choose another profile."))
    opened(qtbot, page, profile="acme-audit")

    assert "You are signed in to 3333." in said(page)
    assert page.status.profile.value() is None
    assert memory.aws_profile(ACCOUNT) == ""
    assert not page.valid
    QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    assert not page.busy
    assert page.status.profile.isAncestorOf(page.window().focusWidget())

    page.status.profile.set_value("acme-admin")
    idle(qtbot, page)
    assert page.error is None
    assert memory.aws_profile(ACCOUNT) == "acme-admin"


def test_what_the_tools_choose_can_be_chosen(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    opened(qtbot, page, profile=None)
    page.status.profile_chosen.emit(None)
    idle(qtbot, page)

    assert page.has_profile
    assert page.profile is None
    assert "Release can work in this account" in said(page)


def test_the_only_profile_and_the_named_one_are_suggested(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "acme-audit")
    opened(qtbot, page, profile=None)
    assert page.profile == "acme-audit"

    monkeypatch.delenv("AWS_PROFILE")
    desk.profiles = ("only",)
    page._profiles = None
    opened(qtbot, page, installation("reports", "333333333333"), profile=None)
    assert page.profile == "only"


# The status


@pytest.mark.parametrize(
    ("access", "state", "pill", "words"),
    [
        (Access.OPEN, InstallationState.INSTALLED, "access open", "Release can work in this account"),
        (Access.OPEN, InstallationState.REMOVED, "access open", "Release can still work in this account"),
        (Access.CUT, InstallationState.INSTALLED, "access cut", "Release can do nothing by its role"),
        (Access.NONE, InstallationState.REMOVED, "no access", "Release has no role in this account"),
        (Access.UNKNOWN, InstallationState.INSTALLED, "not checked", "It is not known what Release can do"),
    ],
)
def test_what_the_vendor_can_do_is_said_at_once(
    qtbot: QtBot,
    desk: FakeDesk,
    page: ManagePage,
    access: Access,
    state: InstallationState,
    pill: str,
    words: str,
) -> None:
    desk.current_status = Status(access, (evidence(),))
    opened(qtbot, page, in_state(state))

    assert pill in said(page)
    assert words in said(page)
    assert "UTC: 1 verified." in said(page)


def test_what_is_refuted_comes_first_and_is_said_above(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    states = (State.VERIFIED, State.NOT_CHECKED, State.REFUTED)
    desk.current_status = Status(Access.OPEN, tuple(evidence(f"Claim {state}", state) for state in states))
    opened(qtbot, page)

    assert [found.state for found in page.status.evidence.evidence] == [
        State.REFUTED,
        State.NOT_CHECKED,
        State.VERIFIED,
    ]
    assert "1 refuted, 1 not checked, 1 verified." in said(page)
    assert "One thing is not as Houseguest made it" in said(page)


def test_what_is_read_of_one_is_never_shown_of_another(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    """Its file is gone when the list is read, while AWS is still asked."""
    gone, other = installation("gone", number=1), installation("other", number=2)
    desk.current_status = Status(Access.NONE, (evidence(),))
    hold = desk.holds("status")
    page.open(gone, "acme-admin")
    assert hold.entered.wait()
    page.show_installations(Scan((other,), ()))
    assert page.heading == "gone", "what is done with it goes on"
    hold.release()
    idle(qtbot, page)
    assert "no access" in said(page)

    desk.current_status = Status(Access.OPEN, (evidence(),))
    page.show_installations(Scan((other,), ()))
    idle(qtbot, page)
    assert page.heading == "other"
    assert "access open" in said(page)


def test_check_again_reads_anew(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    opened(qtbot, page)
    assert page.primary == "Check again"
    desk.current_status = Status(Access.CUT, (evidence(),))
    page.proceed()
    idle(qtbot, page)

    assert "access cut" in said(page)
    assert desk.calls.count("status") == 2


@pytest.mark.parametrize("state", InstallationState)
def test_it_can_be_checked_again_in_every_state_and_by_one_button(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, state: InstallationState
) -> None:
    opened(qtbot, page, in_state(state))
    again = page.status.again_button
    assert again.isVisible() is (page.primary != "Check again")
    if again.isVisible():
        QTest.keyClick(again, Qt.Key.Key_Space)
    else:
        page.proceed()
    idle(qtbot, page)
    assert desk.calls.count("status") == 2


@pytest.mark.parametrize(
    "error",
    [
        AwsUnreachable("AWS does not answer."),
        Throttled("Too many requests."),
        SignInNeeded("Your session has ended."),
        HouseguestError("Something else."),
    ],
)
def test_a_status_that_cannot_be_read_says_why_and_can_be_read_again(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, error: HouseguestError
) -> None:
    desk.fails("status", error)
    opened(qtbot, page)
    assert error.message in said(page)
    assert "What the vendor can do now" not in said(page), "nothing is said of what was not read"

    QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert page.error is None
    assert "Release can work in this account" in said(page)


def test_profiles_that_cannot_be_read_can_be_read_again(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    desk.fails("aws_profiles", HouseguestError("The configuration is damaged."))
    opened(qtbot, page)
    assert "The configuration is damaged." in said(page)

    QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert "Release can work in this account" in said(page)


@pytest.mark.parametrize("what", ["aws_profiles", "reach", "status", "go_on_with"])
def test_cancel_returns_to_what_it_was_and_the_window_may_close(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, what: str
) -> None:
    for close in (False, True):
        hold = desk.holds(what)
        page._profiles = None
        page._status.forget()
        page.open(in_state(InstallationState.CONNECTED), "acme-admin")
        if what == "go_on_with":
            idle(qtbot, page)
            page.proceed()
        qtbot.waitUntil(hold.entered.is_set)
        assert page.going_on == ""
        if close:
            assert page.runner.shutdown(2.0)
        else:
            page.cancel()
            idle(qtbot, page)
            assert page.error is None
            assert page.heading == "popsql"


# What can be done next


@pytest.mark.parametrize(
    ("state", "primary", "removable"),
    [
        (InstallationState.CONNECTING, "Go on with the install", True),
        (InstallationState.CONNECTED, "Go on with the install", True),
        (InstallationState.INSTALLING, "Go on with the install", True),
        (InstallationState.INSTALLED, "Check again", True),
        (InstallationState.REMOVING, "Finish removing …", False),
        (InstallationState.REMOVED, "Reconnect …", False),
    ],
)
def test_what_can_be_done_follows_from_its_state(
    qtbot: QtBot, page: ManagePage, state: InstallationState, primary: str, removable: bool
) -> None:
    opened(qtbot, page, in_state(state))

    assert page.primary == primary
    assert (page.extra is not None) is removable


@pytest.mark.parametrize("state", [InstallationState.INSTALLING, InstallationState.REMOVED])
def test_a_journey_is_gone_on_with_or_begun_anew(
    qtbot: QtBot, page: ManagePage, state: InstallationState, memory: Memory
) -> None:
    opened(qtbot, page, in_state(state))
    with qtbot.waitSignal(page.settled) as told:
        page.proceed()

    assert isinstance(told.args[0], Visit)
    assert memory.aws_profile(ACCOUNT) == "acme-admin"


def test_reconnecting_says_that_the_invitation_may_be_asked_for(qtbot: QtBot, page: ManagePage) -> None:
    opened(qtbot, page, in_state(InstallationState.REMOVED))

    assert "the invitation is asked for again" in page.fact


# Looks


@in_all_looks_of_a_page
def test_nothing_about_its_looks_is_wrong(qtbot: QtBot, desk: FakeDesk, page: ManagePage, look: Look) -> None:
    wear(page, look)
    desk.current_status = Status(Access.OPEN, tuple(evidence(f"Claim {state}", state) for state in State))
    opened(qtbot, page)

    assert flaws(page) == []


@pytest.mark.parametrize("state", ["empty", "choose", "hostile", "wrong account"])
def test_nothing_is_wrong_with_the_looks_of_any_state(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, state: str
) -> None:
    theme.set_scale(1.5)
    page.resize(*NARROW)
    if state == "empty":
        page.show_installations(Scan((), (ProfileError(EVIL, fix=EVIL),)))
    elif state == "wrong account":
        desk.fails("reach", WrongAccount("You are signed in to 3333.", fix="Choose another profile."))
        opened(qtbot, page)
    else:
        desk.current_status = Status(Access.UNKNOWN, (evidence(EVIL, State.REFUTED, detail=EVIL),) * 3)
        opened(qtbot, page, profile="acme-admin" if state == "hostile" else None)
    qtbot.waitUntil(lambda: page.status.evidence.is_drawn)

    assert flaws(page) == []
    assert not any(mark in said(page) for mark in ("\x1b", "\u202e"))
