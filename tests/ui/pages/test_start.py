"""The start: a quiet page until it is known where to begin, and no page built before it is shown."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from installer.errors import ProfileError
from installer.flow import Step
from tests.support.desk import FakeDesk
from ui.app import Application
from ui.desk_results import Recalled
from ui.pages import TITLES, Pages
from ui.pages.start import StartPage
from ui.tasks import TaskRunner

INVITATION = "invitation.houseguest"


Started = Callable[..., Application]


@pytest.fixture
def started(qtbot: QtBot, desk: FakeDesk, tmp_path: Path) -> Iterator[Started]:
    """Starts the program, without waiting for anything."""
    running = []

    def start(invitation: str = "") -> Application:
        application = Application(desk, root=tmp_path, invitation=invitation)
        qtbot.addWidget(application.window)
        running.append(application)
        application.show()
        return application

    yield start
    for application in running:
        assert application.runner.shutdown()


def test_while_it_is_not_known_where_to_begin_the_window_asks_nothing(desk: FakeDesk, started: Started) -> None:
    window = started().window

    assert isinstance(window.page, StartPage)
    assert window.starting
    assert not window.pages.built
    assert not window.rail.items()
    assert not window.footer.primary_button.isVisible()
    assert not desk.calls, "it is looked around only when the window has been painted"


def test_it_begins_with_an_invitation_where_nothing_was_left(started: Started, qtbot: QtBot) -> None:
    window = started().window

    qtbot.waitUntil(lambda: not window.starting)

    assert window.page is window.pages[Step.INVITATION]
    assert [item.title for item in window.rail.items()] == list(TITLES.values())
    assert window.footer.primary_button.isVisible()
    assert next(iter(window.pages.built)) is Step.INVITATION


def test_it_begins_with_the_visit_that_was_left(desk: FakeDesk, started: Started, qtbot: QtBot) -> None:
    desk.recalled = Recalled(desk.networked())

    window = started().window
    qtbot.waitUntil(lambda: not window.starting)

    assert window.page is window.pages[Step.REVIEW]
    assert next(iter(window.pages.built)) is Step.REVIEW


def test_it_begins_with_what_is_installed(desk: FakeDesk, started: Started, qtbot: QtBot) -> None:
    desk.saved = (desk.installed().standing,)

    window = started().window
    qtbot.waitUntil(lambda: not window.starting)

    assert window.page is window.manage
    assert window.manage.installation == desk.saved[0]
    assert not window.pages.built


def test_it_begins_all_the_same_where_nothing_can_be_read(desk: FakeDesk, started: Started, qtbot: QtBot) -> None:
    unreadable = ProfileError("The folder cannot be read.", fix="Let it be read.")
    desk.fails("recall", unreadable)

    window = started().window
    qtbot.waitUntil(lambda: not window.starting)

    assert window.page is window.pages[Step.INVITATION]
    assert window.page.error is unreadable


@pytest.mark.parametrize("unreadable", [False, True])
def test_it_opens_the_invitation_that_it_was_started_with(
    desk: FakeDesk, started: Started, qtbot: QtBot, unreadable: bool
) -> None:
    if unreadable:
        desk.fails("installations", ProfileError("The folder cannot be read.", fix="Let it be read."))

    window = started(INVITATION).window
    qtbot.waitUntil(lambda: "open_invitation" in desk.calls and not window.page.busy)

    assert window.page is window.pages[Step.INVITATION]
    assert desk.sources == [(INVITATION, None)]


def test_an_invitation_that_comes_while_it_looks_around_is_opened_then(
    desk: FakeDesk, started: Started, qtbot: QtBot
) -> None:
    hold = desk.holds("recall")
    application = started()
    qtbot.waitUntil(hold.entered.is_set)

    application.open(INVITATION)
    assert application.window.starting
    hold.release()

    qtbot.waitUntil(lambda: "open_invitation" in desk.calls)
    qtbot.waitUntil(lambda: not application.window.page.busy)


@pytest.mark.parametrize("step", TITLES)
def test_each_step_has_its_page(desk: FakeDesk, runner: TaskRunner, qtbot: QtBot, step: Step | None) -> None:
    pages = Pages(desk, runner)

    page = pages[step]
    qtbot.addWidget(page)

    assert page.step is step
    assert pages[step] is page
    assert dict(pages.built) == {step: page}
