"""A removal in the Manage page: nothing is called removed but what is proven to be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from installer.errors import AwsUnreachable, ChangedMeanwhile, HouseguestError, NotFinished, SignInNeeded
from installer.events import Checked, Event, Notice, StepChanged, StepState, Waiting
from installer.evidence import State
from installer.installation import InstallationState
from installer.manage.removal import NOT_LOOKED_AT, Kept, Removal, explained
from tests.support.answers import installation
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
from tests.support.told import EVIL, NOON, evidence
from ui import theme
from ui.manage.page import ManagePage
from ui.manage.removal_view import TITLES
from ui.places import Place
from ui.tasks import TaskRunner
from ui.widgets.buttons import Button
from ui.widgets.dialogs import ConfirmByTyping
from ui.widgets.step_row import RowState

STEPS = tuple(step for step, _ in explained(installation().answers))
PROVEN = Removal((evidence("The role is gone"),), (), (), (), role_is_gone=True)
NOT_GONE = Removal((evidence("The role is gone", State.REFUTED),), (), (), (), role_is_gone=False)
PROBLEM = NotFinished("Access to popsql is not proven to be removed. The stack failed.", fix="Delete it yourself.")


def step(name: str, state: StepState, sentence: str = "") -> StepChanged:
    return StepChanged(name, state, sentence)


def done(*names: str) -> tuple[Event, ...]:
    return tuple(step(name, state) for name in names for state in (StepState.STARTED, StepState.DONE))


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    desk = FakeDesk(tmp_path)
    desk.removal = PROVEN
    return desk


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> ManagePage:
    """Signed in, and before anything was removed."""
    page = on_screen(qtbot, ManagePage(desk, runner))
    page.open(installation(), "acme-admin")
    idle(qtbot, page)
    return page


def states(page: ManagePage) -> list[RowState]:
    return [row.state() for row in page.removal.cards.rows.rows()]


def removed(qtbot: QtBot, page: ManagePage) -> None:
    page.remove()
    idle(qtbot, page)


def removing(desk: FakeDesk, page: ManagePage, *events: Event) -> None:
    """Begun, and held after these events."""
    desk.reports("take_back", *events)
    hold = desk.holds("take_back")
    page.remove()
    assert hold.entered.wait(2)


def dialog_of(page: ManagePage) -> ConfirmByTyping:
    [dialog] = page.window().findChildren(ConfirmByTyping)
    return dialog


# Before


def test_the_preview_names_everything_and_does_nothing(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    assert page.extra is not None
    page.extra.run()
    qtbot.waitUntil(lambda: TITLES[STEPS[-1]] in said(page))
    words = said(page)

    for name, sentence in explained(installation().answers):
        assert TITLES[name] in words
        assert sentence in words
    for way in NOT_LOOKED_AT:
        assert way[1:] in words
    assert page.heading == "Remove the access of Release to popsql?"
    assert page.fact == "Nothing is done yet."
    assert set(states(page)) == {RowState.TO_COME}
    assert "take_back" not in desk.calls

    assert page.extra is not None
    assert page.extra.text == "Keep the access"
    page.extra.run()
    assert page.heading == "popsql"


def test_every_step_of_the_engine_has_a_title() -> None:
    assert set(TITLES) == set(STEPS)


def test_only_the_typed_name_removes(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    page.preview()
    page.proceed()
    dialog = dialog_of(page)
    act = next(one for one in dialog.findChildren(Button) if one.text() == "Remove the access")
    QTest.keyClicks(dialog.field.focusProxy() or dialog.field, "popsq")
    assert not act.isEnabled()
    dialog.accept()
    assert not page.busy

    QTest.keyClicks(dialog.field.focusProxy() or dialog.field, "l")
    QTest.mouseClick(act, Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert desk.calls.count("take_back") == 1


def test_by_the_keyboard_alone(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    page.preview()
    page.proceed()
    dialog = dialog_of(page)
    field = dialog.field.focusProxy() or dialog.field
    QTest.keyClicks(field, "popsql")
    QTest.keyClick(field, Qt.Key.Key_Return)
    idle(qtbot, page)

    assert page.heading == "The access of Release to popsql is removed"


def test_leaving_the_dialog_leaves_everything_as_it_is(desk: FakeDesk, page: ManagePage) -> None:
    page.preview()
    page.proceed()
    dialog_of(page).reject()

    assert page.heading == "Remove the access of Release to popsql?"
    assert "take_back" not in desk.calls


# While


def test_the_steps_are_shown_with_what_was_read_back(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    removing(
        desk,
        page,
        *done("cut"),
        step("close_trust", StepState.STARTED),
        Checked(evidence("Nobody can assume the role")),
        Notice("There is no boundary to cut."),
        Waiting("the stack popsql-role", datetime.now(UTC)),
    )
    qtbot.waitUntil(lambda: not page.removal.cards.waiting.isHidden() and page.removal.cards.is_drawn)

    assert states(page)[:3] == [RowState.DONE, RowState.RUNNING, RowState.TO_COME]
    assert "Nobody can assume the role" in said(page)
    assert "There is no boundary to cut." in said(page)
    assert page.heading == "Removing the access of Release to popsql"
    assert (page.primary, page.stop_text) == ("", "Stop")
    assert page.going_on.startswith("The removal stops where it is. What is done stays done;")


def test_a_step_that_aws_speaks_against_is_not_done(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    events = (
        step("cut", StepState.STARTED),
        Checked(evidence("The boundary denies everything", State.REFUTED)),
        step("cut", StepState.DONE),
        step("close_trust", StepState.STARTED),
        Checked(evidence("Nobody can start a session", State.NOT_CHECKED)),
        step("close_trust", StepState.DONE),
        *done("cluster"),
        step("role_stack", StepState.STARTED),
        step("role_stack", StepState.FAILED, "The stack is protected."),
    )
    removing(desk, page, *events)
    qtbot.waitUntil(lambda: states(page)[3] is RowState.FAILED)

    assert states(page)[:4] == [RowState.FAILED, RowState.WAITING, RowState.DONE, RowState.FAILED]
    rows = [row.accessibleDescription() for row in page.removal.cards.rows.rows()]
    assert "Refuted: The boundary denies everything" in rows[0]
    assert "Not checked: Nobody can start a session" in rows[1]
    assert "The stack is protected." in rows[3]


def test_stopped_in_the_middle_it_is_not_finished_and_can_be_gone_on_with(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage
) -> None:
    removing(desk, page, *done("cut"), step("close_trust", StepState.STARTED))
    with qtbot.waitSignal(page.wanted) as asked:
        page.cancel()
    idle(qtbot, page)

    assert asked.args == [Place.INSTALLATIONS], "its saved state has changed"
    assert page.heading == "The removal is not finished"
    assert "is removed" not in page.heading + said(page)
    assert page.primary == "Go on removing"
    assert page.going_on == ""
    qtbot.waitUntil(lambda: "Not known: the removal was stopped here." in said(page))
    page.proceed()
    idle(qtbot, page)
    assert page.heading == "The access of Release to popsql is removed"


@pytest.mark.parametrize(
    "error",
    [
        AwsUnreachable("AWS does not answer."),
        ChangedMeanwhile("Another window works on it."),
        SignInNeeded("Your session has ended."),
        HouseguestError("Something else."),
    ],
)
def test_a_failure_in_the_middle_stays_and_is_gone_on_from(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, error: HouseguestError
) -> None:
    desk.reports("take_back", *done("cut"), step("close_trust", StepState.STARTED))
    desk.fails("take_back", error)
    removed(qtbot, page)

    assert error.message in said(page)
    assert page.heading == "The removal is not finished"
    assert states(page)[0] is RowState.DONE
    QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert page.heading == "The access of Release to popsql is removed"


def test_the_window_may_close_in_the_middle(desk: FakeDesk, page: ManagePage) -> None:
    removing(desk, page, *done("cut"))

    assert page.runner.shutdown(2.0)


# After


def test_proven_is_said_with_everything_that_stays(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    kept = Kept("stack popsql-access", "the product runs on")
    unread = evidence("The cluster does not let the role in", State.NOT_CHECKED, detail="not allowed")
    desk.removal = Removal((*PROVEN.evidence, unread), (kept,), ("cluster API not closed",), (), role_is_gone=True)
    desk.reports("take_back", *done(*STEPS))
    removed(qtbot, page)

    words = said(page)
    assert page.heading == "The access of Release to popsql is removed"
    assert "Read back: 1 not checked, 1 verified." in words
    assert "Cluster API not closed." in words
    assert "stack popsql-access" in words
    assert "The product runs on." in words
    assert "Resource policies (buckets, keys, queues) that name the vendor or one of its sessions." in words
    assert page.extra is None
    assert page.installation is not None
    assert page.installation.state is InstallationState.REMOVED

    page.proceed()
    idle(qtbot, page)
    assert page.heading == "popsql"
    assert page.primary == "Reconnect …"
    assert desk.calls.count("status") == 2, "what was read before the removal does not hold any more"


@pytest.mark.parametrize(
    ("removal", "problem"), [(NOT_GONE, PROBLEM), (PROVEN, PROBLEM), (NOT_GONE, None)], ids=["both", "problem", "gone"]
)
def test_what_is_not_proven_is_never_called_removed(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, removal: Removal, problem: HouseguestError | None
) -> None:
    desk.removal, desk.not_proven = removal, problem
    desk.reports("take_back", *done(*STEPS))
    removed(qtbot, page)

    assert page.heading == "The access of Release to popsql is not proven to be removed"
    assert "Removed, and proven" not in said(page)
    assert "NOT proven to be removed" in page.removal.text()
    if problem is not None:
        assert problem.message in said(page)
    assert page.primary == "Go on removing"
    assert page.installation is not None
    assert page.installation.state is InstallationState.REMOVING

    desk.removal, desk.not_proven = PROVEN, None
    page.proceed()
    idle(qtbot, page)
    assert page.heading == "The access of Release to popsql is removed"
    assert page.error is None


def test_a_removal_that_was_not_finished_is_finished_another_time(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage
) -> None:
    desk.removal, desk.not_proven = NOT_GONE, PROBLEM
    removed(qtbot, page)
    assert page.extra is not None
    page.extra.run()
    idle(qtbot, page)

    assert page.primary == "Finish removing …"
    page.proceed()
    assert page.heading == "Remove the access of Release to popsql?"


def test_the_whole_outcome_is_copied_as_text(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    kept = Kept("stack popsql-access", "the product runs on")
    refuted = evidence("Nobody can assume it", State.REFUTED, detail="r2d2")
    desk.removal = Removal((evidence("The role is gone"), refuted), (kept,), ("a way",), (), role_is_gone=True)
    desk.not_proven = PROBLEM
    desk.reports("take_back", *done(*STEPS))
    removed(qtbot, page)
    QTest.mouseClick(button(page, "Copy as text"), Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()

    assert text.startswith("Access of Release to popsql: NOT proven to be removed\nAWS account: 222222222222\n")
    assert "Why it is not proven: Access to popsql is not proven to be removed. The stack failed." in text
    assert "- [done] Cut live sessions: Write a deny of everything into arn:aws:iam::222222222222:policy/" in text
    assert text.index("[refuted] Nobody can assume it") < text.index("[verified] The role is gone")
    assert f"(AWS answered at {NOON.isoformat()}, iam:GetRole, request request-1). r2d2" in text
    assert "Still possible\n- A way.\n" in text
    assert "- stack popsql-access: the product runs on\n" in text
    assert "Neither stopped nor looked for\n- Credentials" in text


def test_before_an_outcome_there_is_nothing_to_copy(page: ManagePage) -> None:
    page.preview()

    assert page.removal.text() == ""


@pytest.mark.speed
def test_hostile_texts_stay_plain_and_never_hold_up_the_window(qtbot: QtBot, desk: FakeDesk, page: ManagePage) -> None:
    evil = tuple(evidence(f"{EVIL}{number}", State.NOT_CHECKED, detail=EVIL) for number in range(100))
    desk.removal = Removal(evil, (Kept(EVIL, EVIL),), (EVIL,), (), role_is_gone=True)
    desk.reports("take_back", *map(Checked, evil), *(Notice(f"{EVIL}{number}") for number in range(200)))
    with longest_turn() as longest:
        page.remove()
        qtbot.waitUntil(lambda: not page.busy and page.removal.cards.is_drawn, timeout=20_000)

    assert longest() < 0.1
    for text in (said(page), page.removal.text()):
        assert not any(mark in text for mark in ("\x1b", "\u202e"))


# Looks


@in_all_looks_of_a_page
@pytest.mark.parametrize("state", ["preview", "proven"])
def test_nothing_about_its_looks_is_wrong(
    qtbot: QtBot,
    desk: FakeDesk,
    page: ManagePage,
    state: str,
    look: Look,
) -> None:
    wear(page, look)
    if state == "preview":
        page.preview()
    else:
        desk.reports("take_back", *done(*STEPS))
        removed(qtbot, page)
    qtbot.waitUntil(lambda: page.removal.cards.is_drawn)

    assert flaws(page) == []


@pytest.mark.parametrize("state", ["stopped", "not proven", "hostile"])
def test_nothing_is_wrong_with_the_looks_of_any_state(
    qtbot: QtBot, desk: FakeDesk, page: ManagePage, state: str
) -> None:
    theme.set_scale(1.5)
    page.resize(*NARROW)
    if state == "stopped":
        removing(desk, page, *done("cut"), step("close_trust", StepState.STARTED))
        page.cancel()
        idle(qtbot, page)
    else:
        desk.removal, desk.not_proven = NOT_GONE, PROBLEM
        if state == "hostile":
            desk.removal = Removal((evidence(EVIL, detail=EVIL),), (Kept(EVIL, EVIL),), (EVIL,), (), role_is_gone=True)
        removed(qtbot, page)
    qtbot.waitUntil(lambda: page.removal.cards.is_drawn)

    assert flaws(page) == []
