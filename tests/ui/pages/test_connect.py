"""The Connect page on a desk without AWS: before the commit, while it goes on, and after it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from installer.errors import (
    AwsUnreachable,
    ChangedMeanwhile,
    HouseguestError,
    NameTaken,
    PermissionMissing,
    SignInNeeded,
    StackFailed,
    Throttled,
    VendorError,
    VendorNeedsInvitation,
)
from installer.events import Checked, Event, Notice, StepChanged, StepState, Waiting
from installer.evidence import State
from installer.flow import Step
from installer.installation import InstallationState
from installer.steps import Finding, Severity
from tests.support.desk import FakeDesk
from tests.support.pages import (
    NARROW,
    Look,
    button,
    flaws,
    idle,
    in_all_looks_of_a_page,
    longest_turn,
    on_screen,
    said,
    wear,
)
from tests.support.told import EVIL, evidence, resource
from ui import theme
from ui.pages.connect import ConnectPage
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.copy_button import CopyButton

TAKEN = Finding("connect", Severity.BLOCKER, "A stack named x exists.", "Choose another name for the installation.")
CUT = Finding("connect", Severity.CAUTION, "The access of Release was taken away. Going on gives it back.")
TOLD: tuple[Event, ...] = (
    StepChanged("connect", StepState.STARTED),
    resource("CREATE_IN_PROGRESS"),
    resource("CREATE_COMPLETE", 20),
    resource("CREATE_IN_PROGRESS", 21, logical_id="Second"),
    Checked(evidence("The boundary says what was composed")),
)


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> ConnectPage:
    return on_screen(qtbot, ConnectPage(desk, runner))


@pytest.fixture
def planned(qtbot: QtBot, desk: FakeDesk, page: ConnectPage) -> ConnectPage:
    """Nothing is in the way."""
    page.load(desk.permitted())
    idle(qtbot, page)
    return page


def connecting(desk: FakeDesk, page: ConnectPage, *events: Event) -> None:
    """Begun, and held after these events."""
    desk.reports("connect", *events)
    hold = desk.holds("connect")
    page.proceed()
    assert hold.entered.wait(2)


# Before the commit


def test_the_list_says_what_is_made_and_why_and_who_can_change_it(desk: FakeDesk, planned: ConnectPage) -> None:
    words = said(planned)

    assert planned.heading == "Create these in account 2222 2222 2222?"
    assert planned.primary == "Create these 5"
    assert planned.fact == "Nothing is created yet."
    for created in desk.created(planned.visit):
        assert created.name in words
        assert created.arn in words
        assert created.why in words
        assert created.who_can_change in words
    assert "CloudFormation stack in us-east-1" in words
    assert "Nothing in your account is in the way. Checked at" in words


def test_the_list_is_there_while_the_account_is_still_looked_at(desk: FakeDesk, page: ConnectPage) -> None:
    hold = desk.holds("plan")
    page.load(desk.permitted())
    assert hold.entered.wait(2)

    assert "popsql-operator-boundary" in said(page)
    assert "Looking for what is in the way in your account" in said(page)
    assert not page.valid
    hold.release()


def test_an_arn_is_copied(planned: ConnectPage) -> None:
    copy = planned.created.findChildren(CopyButton)[0]
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text().startswith("arn:aws:iam::222222222222:policy/")


def test_a_name_that_is_taken_leads_to_another_name(qtbot: QtBot, desk: FakeDesk, page: ConnectPage) -> None:
    desk.found = (TAKEN, CUT)
    page.load(desk.permitted())
    idle(qtbot, page)

    assert not page.valid
    assert page.findings.y() < page.created.y()
    assert TAKEN.fix in said(page)
    assert "Nothing in your account is in the way" not in said(page)
    page.take_focus()
    assert page.window().focusWidget() is page.findings.rename_button
    with qtbot.waitSignal(page.wanted) as asked:
        QTest.keyClick(page.findings.rename_button, Qt.Key.Key_Space)
    assert asked.args == [Step.SIGN_IN]


def test_a_caution_stops_nothing(qtbot: QtBot, desk: FakeDesk, page: ConnectPage) -> None:
    desk.found = (CUT,)
    page.load(desk.permitted())
    idle(qtbot, page)

    assert page.valid
    assert "Going on gives it back." in said(page)
    assert not page.findings.rename_button.isVisibleTo(page)


def test_check_again_reads_anew(qtbot: QtBot, desk: FakeDesk, page: ConnectPage) -> None:
    desk.found = (TAKEN,)
    page.load(desk.permitted())
    idle(qtbot, page)
    desk.found = ()
    QTest.mouseClick(button(page, "Check again"), Qt.MouseButton.LeftButton)
    idle(qtbot, page)

    assert page.valid
    assert desk.calls == ["plan", "plan"]


def test_nothing_is_read_twice_for_the_same_settings(qtbot: QtBot, desk: FakeDesk, planned: ConnectPage) -> None:
    planned.load(desk.permitted())
    assert desk.calls == ["plan"]

    visit = desk.permitted()
    renamed = replace(visit.settled, wishes=replace(visit.settled.wishes, name="reports"))
    planned.load(replace(visit, answers=renamed))
    idle(qtbot, planned)
    assert desk.calls == ["plan", "plan"]
    assert "reports-operator-boundary" in said(planned)


def test_a_reading_that_was_stopped_or_failed_is_said_and_can_be_repeated(
    qtbot: QtBot, desk: FakeDesk, page: ConnectPage
) -> None:
    hold = desk.holds("plan")
    page.load(desk.permitted())
    assert hold.entered.wait(2)
    page.cancel()
    idle(qtbot, page)
    assert "Your account was not looked at yet." in said(page)
    assert (page.valid, page.going_on) == (False, "")

    desk.fails("plan", Throttled("Too many requests."))
    QTest.mouseClick(button(page, "Check again"), Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert "Too many requests." in said(page)

    QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert page.valid
    assert page.error is None


# The commit


def test_the_commit_is_made_read_back_and_gone_on_from(qtbot: QtBot, desk: FakeDesk, planned: ConnectPage) -> None:
    desk.reports("connect", *TOLD)
    with qtbot.waitSignal(planned.recorded) as told:
        planned.proceed()
    visit = told.args[0]
    assert isinstance(visit, Visit)

    assert visit.settled.connection is not None
    assert planned.heading == "Release is connected, under your limit"
    assert planned.primary == "Continue"
    assert planned.fact == "Made, and read back from AWS. To change it, remove the access first."
    assert "The boundary says what was composed" in said(planned)
    assert planned.cards.proof.evidence[0].state is State.NOT_CHECKED, "the weightiest first"
    assert not planned.findings.isVisibleTo(planned)
    with qtbot.waitSignal(planned.settled):
        planned.proceed()
    assert desk.calls == ["plan", "connect"]


def test_until_something_is_told_the_page_says_what_it_does(desk: FakeDesk, planned: ConnectPage) -> None:
    connecting(desk, planned)

    assert "Looking at what is there already, then creating" in said(planned)
    assert "popsql-operator-boundary" in said(planned)


def test_while_it_goes_on_every_resource_has_a_row(desk: FakeDesk, qtbot: QtBot, planned: ConnectPage) -> None:
    now = datetime.now(UTC)
    connecting(
        desk, planned, *TOLD, Notice("Mind the gap."), Waiting("the stack popsql-role", now - timedelta(seconds=4))
    )
    qtbot.waitUntil(lambda: planned.cards.waiting.text().startswith("Waiting: the stack popsql-role. Last checked"))

    rows = [f"{row.accessibleName()}|{row.accessibleDescription()}" for row in planned.cards.rows.rows()]
    assert rows[0] == "IAM role popsql-operator|done. AWS reports: create complete. 0:20"
    assert rows[1].startswith("IAM role popsql-operator|running. AWS reports: create in progress.")
    assert rows[2].startswith("Mind the gap.|waiting")
    qtbot.waitUntil(lambda: planned.cards.is_drawn)
    assert "The boundary says what was composed" in said(planned)
    assert "CREATE_COMPLETE" in planned.cards.log.text()
    assert planned.heading == "Creating in account 2222 2222 2222"
    assert planned.primary == ""
    assert planned.stop_text == "Stop watching"
    assert planned.going_on.startswith("CloudFormation goes on with what it has begun.")


def test_nothing_is_called_connected_before_it_is_proved(desk: FakeDesk, qtbot: QtBot, planned: ConnectPage) -> None:
    connecting(desk, planned, *TOLD)
    qtbot.waitUntil(lambda: planned.cards.is_drawn and not planned.cards.rows.is_empty)

    assert "is connected" not in planned.heading + said(planned)
    planned.cancel()
    idle(qtbot, planned)
    assert "is connected" not in planned.heading + said(planned)


def test_stop_watching_says_what_goes_on_and_is_gone_on_with(
    qtbot: QtBot, desk: FakeDesk, planned: ConnectPage
) -> None:
    connecting(desk, planned, *TOLD)
    planned.cancel()
    idle(qtbot, planned)

    assert planned.primary == "Go on creating"
    assert planned.fact == "What was made already stays. Going on joins it."
    assert "This is not finished" in said(planned)
    assert "Goes on in AWS, unwatched." in planned.cards.rows.rows()[1].accessibleDescription()
    assert planned.going_on == ""
    with qtbot.waitSignal(planned.recorded):
        planned.proceed()


def test_what_was_interrupted_is_gone_on_with(qtbot: QtBot, desk: FakeDesk, page: ConnectPage) -> None:
    visit = desk.permitted()
    page.load(replace(visit, installation=replace(visit.standing, state=InstallationState.CONNECTING)))
    idle(qtbot, page)

    assert page.primary == "Go on creating"
    assert page.unfinished.isVisibleTo(page)
    assert page.fact != "Nothing is created yet."


@pytest.mark.parametrize(
    "error",
    [
        StackFailed("The stack failed: API: iam:CreateRole", fix="Ask for iam:CreateRole."),
        PermissionMissing("You may not create stacks.", fix="Ask for it."),
        AwsUnreachable("AWS does not answer."),
        Throttled("Too many requests."),
        ChangedMeanwhile("Another window works on it."),
        VendorError("Release could not use the role.", fix="Try again in a minute."),
        HouseguestError("Something else."),
    ],
)
def test_a_failure_stays_with_its_fix_until_it_is_solved(
    qtbot: QtBot, desk: FakeDesk, planned: ConnectPage, error: HouseguestError
) -> None:
    desk.reports("connect", *TOLD)
    desk.fails("connect", error)
    planned.proceed()
    idle(qtbot, planned)

    assert error.message in said(planned)
    assert error.fix in said(planned)
    assert "Not known: it was watched until this failed." in planned.cards.rows.rows()[1].accessibleDescription()
    assert planned.cards.log.line_count() > 0
    planned.load(planned.visit)
    assert planned.error is error, "coming back does not solve it"

    with qtbot.waitSignal(planned.recorded):
        QTest.mouseClick(button(planned, "Retry"), Qt.MouseButton.LeftButton)
    assert planned.error is None


@pytest.mark.parametrize("error", [SignInNeeded("Your session has ended."), VendorNeedsInvitation("No key here.")])
def test_what_is_solved_on_another_page_is_tried_with_what_was_settled_there(
    qtbot: QtBot, desk: FakeDesk, planned: ConnectPage, error: HouseguestError
) -> None:
    desk.fails("connect", error)
    planned.proceed()
    idle(qtbot, planned)
    assert error.message in said(planned)

    solved = replace(planned.visit, aws_profile="another")
    planned.load(solved)
    assert planned.error is None
    assert planned.primary == "Go on creating"
    with qtbot.waitSignal(planned.recorded) as told:
        planned.proceed()
    assert told.args[0].aws_profile == "another"


def test_a_name_found_taken_in_the_middle_is_a_finding(qtbot: QtBot, desk: FakeDesk, planned: ConnectPage) -> None:
    desk.fails("connect", NameTaken("There is a stack of that name."))
    planned.proceed()
    idle(qtbot, planned)

    assert planned.error is None
    assert "There is a stack of that name." in said(planned)
    assert planned.findings.rename_button.isVisibleTo(planned)
    assert not planned.valid


def test_after_the_commit_it_is_read_only_also_another_time(qtbot: QtBot, desk: FakeDesk, page: ConnectPage) -> None:
    page.load(desk.connected(), read_only=True)

    assert not page.busy
    assert page.primary == "Continue"
    assert page.heading == "Release is connected, under your limit"
    assert len(page.cards.proof.evidence) == 2
    assert "popsql-operator-boundary" in said(page)
    page.load(desk.reviewed(), read_only=True)
    assert len(page.cards.proof.evidence) == 2, "not told twice"


@pytest.mark.parametrize("what", ["plan", "connect"])
def test_the_window_may_close_while_it_works(qtbot: QtBot, desk: FakeDesk, page: ConnectPage, what: str) -> None:
    hold = desk.holds(what)
    page.load(desk.permitted())
    if what == "connect":
        idle(qtbot, page)
        page.proceed()
    assert hold.entered.wait(2)

    assert page.runner.shutdown(2.0)


@pytest.mark.speed
def test_a_flood_of_hostile_events_never_holds_up_the_window(
    qtbot: QtBot, desk: FakeDesk, planned: ConnectPage
) -> None:
    flood = [resource("CREATE_IN_PROGRESS", logical_id=f"R{number % 300}", reason=EVIL) for number in range(800)]
    desk.reports("connect", *flood, *(Checked(evidence(EVIL)) for _ in range(50)), Notice(EVIL))
    with longest_turn() as longest, qtbot.waitSignal(planned.recorded, timeout=20_000):
        planned.proceed()

    assert longest() < 0.1
    assert not any(mark in said(planned) for mark in ("\x1b", "\u202e"))


# Looks


@in_all_looks_of_a_page
def test_nothing_about_its_looks_is_wrong(qtbot: QtBot, desk: FakeDesk, page: ConnectPage, look: Look) -> None:
    wear(page, look)
    desk.found = (TAKEN, CUT)
    page.load(desk.permitted())
    idle(qtbot, page)

    assert flaws(page) == []


@pytest.mark.parametrize("state", ["live", "stopped", "failed", "connected", "hostile"])
def test_nothing_is_wrong_with_the_looks_of_any_state(
    qtbot: QtBot, desk: FakeDesk, planned: ConnectPage, state: str
) -> None:
    theme.set_scale(1.5)
    planned.resize(*NARROW)
    if state == "connected":
        desk.reports("connect", *TOLD)
        with qtbot.waitSignal(planned.recorded):
            planned.proceed()
    else:
        evil = (resource("CREATE_FAILED", reason=EVIL), Checked(evidence(EVIL, State.REFUTED, detail=EVIL)))
        connecting(desk, planned, *(evil if state == "hostile" else TOLD))
        if state == "failed":
            desk.fails("connect", StackFailed("The stack failed.", fix="Ask for it."))
        if state != "live":
            planned.cancel()
            idle(qtbot, planned)
    qtbot.waitUntil(lambda: planned.cards.is_drawn)

    assert flaws(planned) == []
