"""Closing the window: at any time, within two seconds, asked about only where something goes on in AWS."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from installer.flow import Step
from tests.support import opened as people
from tests.support.answers import installation
from tests.support.desk import FakeDesk
from tests.support.opened import at, press, rail_item, rest
from ui.memory import Memory
from ui.pages.invitation import InvitationPage
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.dialogs import ConfirmByTyping, Notice, Question
from ui.window import Window

GOES_ON = ("connect", "install", "take_back")
"""What goes on without the window."""


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return people.desk_without_aws(tmp_path)


@pytest.fixture
def runner(qapp: QApplication) -> TaskRunner:
    return TaskRunner()


@pytest.fixture
def window(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, tmp_path: Path) -> Window:
    window = people.opened(qtbot, desk, runner, tmp_path)
    window.closed.connect(runner.shutdown)
    return window


def _take_up(stage: str) -> Callable[[QtBot, Window, FakeDesk], None]:
    """Go there: the page begins by itself."""
    return lambda qtbot, window, desk: window.take_up(getattr(desk, stage)())


def _proceed(step: Step) -> Callable[[QtBot, Window, FakeDesk], None]:
    """Go there, wait, and press the primary button."""

    def act(qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        with desk.nothing_held():
            at(qtbot, window, desk, step)
        press(window.footer.primary_button)

    return act


def _open_invitation(qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
    window.open_invitation("https://popsql.example/invitation")


def _manage(qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
    desk.saved = (installation(),)
    window.open_manage(("popsql", "222222222222"))


def _remove(qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
    _manage(qtbot, window, desk)
    rest(qtbot, window)
    window.manage.remove()


BUSY: dict[str, Callable[[QtBot, Window, FakeDesk], None]] = {
    "open_invitation": _open_invitation,
    "aws_profiles": _take_up("invited"),
    "who_is": _take_up("invited"),
    "sign_in": _proceed(Step.SIGN_IN),
    "choices": _take_up("signed_in"),
    "plan": _take_up("permitted"),
    "connect": _proceed(Step.CONNECT),
    "survey": _take_up("connected"),
    "settle_network": _proceed(Step.NETWORK),
    "findings": _take_up("networked"),
    "settle_review": _proceed(Step.REVIEW),
    "install": _take_up("reviewed"),
    "status": _manage,
    "take_back": _remove,
}


def busy_with(qtbot: QtBot, window: Window, desk: FakeDesk, what: str) -> None:
    hold = desk.holds(what)
    BUSY[what](qtbot, window, desk)
    qtbot.waitUntil(hold.entered.is_set)
    QApplication.processEvents()


def shuts_down(window: Window, runner: TaskRunner) -> bool:
    began = time.monotonic()
    ended = runner.shutdown()
    return ended and time.monotonic() - began < 2.0


@pytest.mark.parametrize("what", BUSY)
def test_while_something_is_done_the_primary_button_is_never_enabled(
    qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner, what: str
) -> None:
    busy_with(qtbot, window, desk, what)
    primary = window.footer.primary_button
    assert window.page.busy
    assert not (primary.isVisible() and primary.isEnabled())
    assert window.footer.stop_button.isVisible()
    assert shuts_down(window, runner)


@pytest.mark.parametrize("what", BUSY)
def test_it_can_be_stopped(qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner, what: str) -> None:
    busy_with(qtbot, window, desk, what)
    page, error = window.page, window.page.error
    press(window.footer.stop_button)
    qtbot.waitUntil(lambda: not page.busy, timeout=1500)
    assert page.error is error
    assert window.page is page
    assert shuts_down(window, runner)


@pytest.mark.parametrize("what", BUSY)
def test_it_can_be_closed(qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner, what: str) -> None:
    busy_with(qtbot, window, desk, what)
    window.close()
    if what in GOES_ON:
        assert window.isVisible()
        [question] = window.findChildren(Question)
        question.accept()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert shuts_down(window, runner)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("task ")]


@pytest.mark.parametrize("what", GOES_ON)
def test_what_goes_on_is_said_and_who_stays_stays(
    qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner, what: str
) -> None:
    busy_with(qtbot, window, desk, what)
    for _ in range(2):  # asked twice, there is one question
        window.close()
    [question] = [one for one in window.findChildren(Question) if one.isVisible()]
    assert question.accessibleDescription() == window.page.going_on
    question.reject()
    assert window.isVisible()
    assert window.page.busy
    assert shuts_down(window, runner)


def test_what_ended_meanwhile_is_left_all_the_same(
    qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
) -> None:
    hold = desk.holds("connect")
    BUSY["connect"](qtbot, window, desk)
    qtbot.waitUntil(hold.entered.is_set)
    window.close()
    hold.release()
    rest(qtbot, window)
    [question] = window.findChildren(Question)
    question.accept()
    assert not window.isVisible()
    assert shuts_down(window, runner)


def test_a_dialog_that_is_open_is_closed_with_it(
    qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
) -> None:
    _manage(qtbot, window, desk)
    rest(qtbot, window)
    press(window.footer.extra_button)
    press(window.footer.primary_button)
    [dialog] = window.findChildren(ConfirmByTyping)
    assert dialog.isVisible()
    with qtbot.waitSignal(window.closed):
        window.close()
    assert shuts_down(window, runner)
    assert desk.calls.count("take_back") == 0


def test_work_that_does_not_end_is_left_behind(
    qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
) -> None:
    let_go = threading.Event()
    desk.aws_profiles = lambda ctx: (str(let_go.wait(20)),)  # type: ignore[method-assign]
    window.take_up(desk.invited())
    press(window.footer.stop_button)
    qtbot.waitUntil(lambda: not window.page.busy, timeout=1500)
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 2.5
    let_go.set()
    assert runner.shutdown()


class TestTheGeometry:
    def test_is_kept(self, qtbot: QtBot, window: Window, runner: TaskRunner, tmp_path: Path) -> None:
        window.take_up(Visit())
        window.setGeometry(QRect(40, 30, 960, 690))
        window.close()
        again = people.opened(qtbot, FakeDesk(tmp_path), runner, tmp_path)
        Memory(tmp_path).restore_geometry(again)
        assert again.size().toTuple() == (960, 690)

    def test_is_never_too_small(self, window: Window, runner: TaskRunner) -> None:
        window.resize(10, 10)
        assert window.size().toTuple() == (960, 640)
        assert runner.shutdown()


class TestAnotherInvitation:
    def test_is_opened_where_nothing_is_under_way(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
    ) -> None:
        window.take_up(Visit())
        window.offer_invitation("https://popsql.example/other")
        rest(qtbot, window)
        assert desk.sources == [("https://popsql.example/other", None)]
        assert runner.shutdown()

    def test_interrupts_what_only_reads(self, qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner) -> None:
        hold = desk.holds("status")
        _manage(qtbot, window, desk)
        qtbot.waitUntil(hold.entered.is_set)
        window.offer_invitation("https://popsql.example/other")
        rest(qtbot, window)
        assert isinstance(window.page, InvitationPage)
        assert len(desk.sources) == 1
        assert runner.shutdown()

    @pytest.mark.parametrize("what", GOES_ON)
    def test_waits_while_something_goes_on(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner, what: str
    ) -> None:
        busy_with(qtbot, window, desk, what)
        window.offer_invitation("https://popsql.example/other")
        [notice] = window.findChildren(Notice)
        assert notice.isVisible()
        assert window.page.doing in notice.accessibleDescription()
        assert desk.sources == []
        assert window.page.busy
        assert shuts_down(window, runner)

    def test_waits_while_something_is_asked(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
    ) -> None:
        _manage(qtbot, window, desk)
        rest(qtbot, window)
        press(window.footer.extra_button)
        press(window.footer.primary_button)
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
        window.offer_invitation("https://popsql.example/other")
        assert len(window.findChildren(Notice)) == 1
        assert desk.sources == []
        assert shuts_down(window, runner)

    @pytest.mark.parametrize("opens", [True, False])
    def test_asks_before_a_journey_is_put_aside(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner, opens: bool
    ) -> None:
        at(qtbot, window, desk, Step.PERMISSIONS)
        before = window.visit
        window.offer_invitation("https://popsql.example/other")
        [question] = window.findChildren(Question)
        assert "popsql is not installed yet" in question.accessibleDescription()
        question.accept() if opens else question.reject()
        rest(qtbot, window)
        assert (len(desk.sources), window.visit is before) == ((1, False) if opens else (0, True))
        assert not rail_item(window, "Done").isEnabled()
        assert runner.shutdown()
