"""The Install page on a desk without AWS: watching, what is told, and how it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from installer.errors import (
    ChangedMeanwhile,
    HouseguestError,
    InstallFailed,
    NotFinished,
    VendorNeedsInvitation,
    VendorUnreachable,
)
from installer.events import Checked, Event, VendorProgress, Waiting
from installer.evidence import State
from installer.flow import Step
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
from tests.support.told import EVIL, evidence
from ui import theme
from ui.pages.install import InstallPage
from ui.tasks import TaskRunner

REFUSED = InstallFailed(
    "The install stopped: eks:CreateCluster was refused.",
    fix="Allow the call and resume.",
    details={
        "action": "eks:CreateCluster",
        "aws_code": "AccessDenied",
        "resource": "arn:aws:eks:eu-west-1:222222222222:cluster/popsql",
        "vendor_says": "not authorized",
    },
)


def told(seq: int, step: str, state: str, message: str, ago: float, percent: float | None = None) -> VendorProgress:
    """`ago` seconds before now."""
    return VendorProgress(seq, step, state, message, datetime.now(UTC) - timedelta(seconds=ago), percent)


def story() -> tuple[Event, ...]:
    return (
        told(1, "vpc", "started", "Creating the network", 760, 1),
        told(2, "vpc", "succeeded", "Done", 700, 10),
        told(3, "db", "started", "Creating the database", 700, 10),
        told(4, "db", "succeeded", "Was there already", 400, 25),
        told(5, "cluster", "started", "Creating the EKS cluster", 390, 28),
    )


@pytest.fixture
def alerts() -> list[QWidget]:
    return []


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, alerts: list[QWidget]) -> InstallPage:
    return on_screen(qtbot, InstallPage(desk, runner, alert=alerts.append))


def watch(qtbot: QtBot, desk: FakeDesk, page: InstallPage, *events: Event) -> None:
    """Watched, and held after these events."""
    desk.reports("install", *events)
    hold = desk.holds("install")
    page.load(desk.reviewed())
    assert hold.entered.wait(2)
    if events:
        qtbot.waitUntil(lambda: page.cards.log.line_count() > 0 and page.cards.is_drawn)


def rows(page: InstallPage) -> list[str]:
    return [f"{row.accessibleName()}|{row.accessibleDescription()}" for row in page.cards.rows.rows()]


def test_it_installs_and_goes_on(qtbot: QtBot, desk: FakeDesk, page: InstallPage, alerts: list[QWidget]) -> None:
    desk.reports("install", *story())
    with qtbot.waitSignal(page.settled) as done:
        page.load(desk.reviewed())

    assert done.args[0].settled.product is not None
    assert alerts == [page.window()]
    assert rows(page)[-1] == "Creating the EKS cluster|waiting. Release did not say how this ended."
    assert page.heading == "PopSQL 2.41.0 is installed"
    assert page.primary == "Continue"


def test_the_vendor_is_told_in_its_words_with_its_times(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    watch(qtbot, desk, page, *story())

    assert rows(page)[:2] == ["Creating the network|done. 1:00", "Creating the database|done. Was there already. 5:00"]
    assert rows(page)[2].startswith("Creating the EKS cluster|running. 6:3")
    qtbot.waitUntil(lambda: page.estimate.words()[0] == "About 25 to 33 min left")
    assert page.estimate.words()[1].startswith("12:4")
    assert page.estimate.bar.share() == pytest.approx(0.28)
    assert "vendor: vpc started (1 %): Creating the network" in page.cards.log.text()
    assert page.heading == "Installing PopSQL 2.41.0"
    assert (page.primary, page.stop_text) == ("", "Stop watching")
    assert page.going_on.startswith("Release goes on installing")


def test_before_anything_is_told_nothing_is_pretended(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    watch(qtbot, desk, page)

    assert page.estimate.words() == ("Release says that it takes about 30 min", "Asking Release")
    assert page.estimate.bar.share() is None


def test_silence_is_heard_of_too(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    watch(qtbot, desk, page, *story(), Waiting("the vendor installs", datetime.now(UTC)))
    qtbot.waitUntil(lambda: page.estimate.words()[1].endswith("heard just now"))

    page.estimate._heard = datetime.now(UTC) - timedelta(seconds=14.5)
    page.estimate._show()
    assert page.estimate.words()[1].endswith("heard 14 s ago")
    assert "waiting" not in page.cards.log.text()


def test_stop_watching_and_watch_again(qtbot: QtBot, desk: FakeDesk, page: InstallPage, alerts: list[QWidget]) -> None:
    watch(qtbot, desk, page, *story())
    log = page.cards.log.text()
    page.cancel()
    idle(qtbot, page)

    assert rows(page)[2] == "Creating the EKS cluster|waiting. Goes on, unwatched."
    assert page.primary == "Watch again"
    assert page.heading == "PopSQL 2.41.0 is being installed"
    assert page.going_on == ""
    assert alerts == [], "who stopped it knows"

    page.load(page.visit)
    assert not page.busy, "nobody asked to watch"
    desk.holds("install")
    page.proceed()
    qtbot.waitUntil(lambda: rows(page)[2].startswith("Creating the EKS cluster|running. 6:3"))
    assert len(rows(page)) == 3
    assert page.cards.log.text() == log, "what was told once is in the log once"


def test_the_progress_never_moves_backwards(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    watch(qtbot, desk, page, *story(), told(6, "cluster", "started", "again", 300, 3))
    qtbot.waitUntil(lambda: page.estimate.bar.share() == pytest.approx(0.28))
    page.cancel()
    idle(qtbot, page)

    desk._events["install"].clear()
    desk.holds("install")
    page.proceed()
    assert page.estimate.bar.share() == pytest.approx(0.28)


def test_another_install_begins_anew(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    watch(qtbot, desk, page, *story())
    page.cancel()
    idle(qtbot, page)
    desk._events["install"].clear()
    visit = desk.reviewed()
    network = visit.settled.network
    assert network is not None
    elsewhere = replace(visit.settled, network=replace(network, region="eu-central-1"))
    page.load(replace(visit, answers=elsewhere))
    desk.holds("install")
    page.proceed()

    assert rows(page) == []
    assert page.estimate.bar.share() is None


def test_which_call_was_refused_is_said_and_where_to_look(
    qtbot: QtBot, desk: FakeDesk, page: InstallPage, alerts: list[QWidget]
) -> None:
    desk.reports("install", *story())
    desk.fails("install", REFUSED)
    page.load(desk.reviewed())
    idle(qtbot, page)

    words = said(page.refused)
    assert [value for value in REFUSED.details.values() if value not in words] == [], words
    assert "Permissions shows whether your limit allows eks:CreateCluster." in words
    assert rows(page)[2] == "Creating the EKS cluster|waiting. Not known: it was watched until this failed."
    assert alerts == [page.window()]
    with qtbot.waitSignal(page.wanted) as asked:
        QTest.mouseClick(button(page, "Open Permissions"), Qt.MouseButton.LeftButton)
    assert asked.args == [Step.PERMISSIONS]

    with qtbot.waitSignal(page.settled):
        QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    assert not page.refused.isVisibleTo(page)


@pytest.mark.parametrize(
    "error",
    [
        ChangedMeanwhile("Another window works on it."),
        VendorUnreachable("Release does not answer.", fix="Wait."),
        NotFinished("Not finished."),
        InstallFailed("The install is paused.", fix="Resume it when you want it to go on."),
        HouseguestError("Something else."),
    ],
)
def test_a_failure_stays_and_is_tried_again(
    qtbot: QtBot, desk: FakeDesk, page: InstallPage, error: HouseguestError
) -> None:
    desk.fails("install", error)
    page.load(desk.reviewed())
    idle(qtbot, page)

    assert error.message in said(page)
    assert page.heading == "PopSQL 2.41.0 is not installed yet"
    assert page.primary == "Go on with the install"
    assert not page.refused.isVisibleTo(page)
    page.load(page.visit)
    assert page.error is error
    assert not page.busy
    with qtbot.waitSignal(page.settled):
        QTest.keyClick(button(page, "Retry"), Qt.Key.Key_Space)


def test_an_invitation_that_was_opened_again_is_gone_on_with(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    desk.fails("install", VendorNeedsInvitation("No key here."))
    page.load(desk.reviewed())
    idle(qtbot, page)

    with qtbot.waitSignal(page.settled):
        page.load(replace(desk.reviewed(), aws_profile="another"))
    assert page.error is None


def test_what_was_read_back_is_shown_another_time_too(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    page.load(desk.installed(), read_only=True)

    assert not page.busy
    assert desk.calls == []
    assert page.heading == "PopSQL 2.41.0 is installed"
    assert len(page.cards.proof.evidence) == 1
    with qtbot.waitSignal(page.settled):
        page.proceed()


def test_the_window_may_close_while_it_watches(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    watch(qtbot, desk, page, *story())

    assert page.runner.shutdown(2.0)


@pytest.mark.speed
def test_a_flood_of_hostile_events_never_holds_up_the_window(qtbot: QtBot, desk: FakeDesk, page: InstallPage) -> None:
    steps = [told(number + 1, f"{number % 400}{EVIL}", "started", EVIL, 1, number / 8) for number in range(800)]
    desk.reports("install", *steps, Checked(evidence(EVIL, State.NOT_CHECKED, detail=EVIL)))
    with longest_turn() as longest, qtbot.waitSignal(page.settled, timeout=20_000):
        page.load(desk.reviewed())

    assert longest() < 0.1
    assert not any(mark in said(page) for mark in ("\x1b", "\u202e"))


@in_all_looks_of_a_page
def test_nothing_about_its_looks_is_wrong(qtbot: QtBot, desk: FakeDesk, page: InstallPage, look: Look) -> None:
    wear(page, look)
    watch(qtbot, desk, page, *story())

    assert flaws(page) == []


@pytest.mark.parametrize("state", ["stopped", "refused", "installed", "hostile"])
def test_nothing_is_wrong_with_the_looks_of_any_state(
    qtbot: QtBot, desk: FakeDesk, page: InstallPage, state: str
) -> None:
    theme.set_scale(1.5)
    page.resize(*NARROW)
    if state == "refused":
        desk.fails("install", REFUSED)
        page.load(desk.reviewed())
        idle(qtbot, page)
    elif state == "installed":
        page.load(desk.installed(), read_only=True)
    else:
        evil = (told(1, EVIL, "started", EVIL, 3), Checked(evidence(EVIL, State.REFUTED, detail=EVIL)))
        watch(qtbot, desk, page, *(evil if state == "hostile" else story()))
        if state == "stopped":
            page.cancel()
            idle(qtbot, page)
    qtbot.waitUntil(lambda: page.cards.is_drawn)

    assert flaws(page) == []
