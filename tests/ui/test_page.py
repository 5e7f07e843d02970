"""The base of every page: its work, its error, and what is kept of either when it is shown again."""

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from installer.context import Context
from installer.errors import (
    HouseguestError,
    InvitationError,
    SignInNeeded,
    UsageError,
    VendorNeedsInvitation,
    VendorUnreachable,
    WrongAccount,
)
from installer.events import Event, Notice
from installer.flow import Step
from tests.support.desk import FakeDesk, Hold
from ui import theme
from ui.error_text import Remedy
from ui.page import SIDE_MARGIN, Page
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.buttons import Button
from ui.widgets.error_panel import ErrorPanel
from ui.working import PATIENCE_MS

HOSTILE = "a\x00b\x1b[31mc\u202ed<b>bold</b>\r\n" + "w" * 10_000


class Told(Page):
    """A page that writes down what it is told. `step` is any step that no remedy leads to."""

    step = Step.NETWORK

    def __init__(self, desk: FakeDesk, runner: TaskRunner) -> None:
        super().__init__(desk, runner)
        self.told: list[object] = []
        self.field = QLineEdit()
        self.body.addWidget(self.field)

    def done(self, result: object) -> None:
        self.told.append(result)

    def on_event(self, event: Event) -> None:
        self.told.append(event)

    def on_cancelled(self) -> None:
        self.told.append("cancelled")

    def on_failed(self, error: HouseguestError) -> None:
        self.told.append(error)


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, runner: TaskRunner) -> Told:
    page = Told(FakeDesk(tmp_path), runner)
    qtbot.addWidget(page)
    page.resize(960, 640)
    with qtbot.waitExposed(page):
        page.show()
    return page


def fail(qtbot: QtBot, page: Told, error: HouseguestError) -> None:
    def work(_ctx: Context) -> str:
        raise error

    page.work(work, page.done, doing="Failing")
    qtbot.waitUntil(lambda: not page.busy)


def buttons(page: Page) -> list[str]:
    [panel] = page.findChildren(ErrorPanel)
    return [one.text() for one in panel.findChildren(Button) if one.isVisible()]


class TestWork:
    def test_reports_and_brings_its_result(self, qtbot: QtBot, page: Told) -> None:
        def work(ctx: Context) -> str:
            ctx.report(Notice("half way"))
            return "result"

        with qtbot.waitSignal(page.changed):
            page.work(work, page.done, doing="Working", stop="Stop watching")
        assert (page.busy, page.doing, page.stop_text) == (True, "Working", "Stop watching")
        qtbot.waitUntil(lambda: not page.busy)
        assert page.told == [Notice("half way"), "result"]
        assert page.doing == ""

    def test_that_begins_anew_drops_what_was_before(self, qtbot: QtBot, page: Told) -> None:
        first = Hold()

        def slow(ctx: Context) -> str:
            first.wait(ctx)
            return "first"

        page.work(slow, page.done, doing="First")
        qtbot.waitUntil(first.entered.is_set)
        page.work(lambda _: "second", page.done, doing="Second")
        first.release()
        qtbot.waitUntil(lambda: not page.busy and not page.runner.running)
        assert page.told == ["second"]

    def test_cancelled_leaves_no_error(self, qtbot: QtBot, page: Told) -> None:
        hold = Hold()
        page.work(hold.wait, page.done, doing="Waiting")
        qtbot.waitUntil(hold.entered.is_set)
        page.cancel()
        assert page.cancelling
        qtbot.waitUntil(lambda: not page.busy)
        assert page.told == ["cancelled"]
        assert page.error is None

    def test_that_hangs_is_left_to_itself_within_a_second(self, qtbot: QtBot, page: Told) -> None:
        let_go = threading.Event()
        page.work(lambda _: str(let_go.wait(20)), page.done, doing="Hanging")
        page.cancel()
        qtbot.waitUntil(lambda: not page.busy, timeout=PATIENCE_MS + 500)
        let_go.set()
        qtbot.waitUntil(lambda: not page.runner.running)
        assert page.told == ["cancelled"], "what it brought is dropped"

    def test_abandoned_waits_for_nothing(self, qtbot: QtBot, page: Told) -> None:
        hold = Hold()
        page.work(hold.wait, page.done, doing="Waiting")
        qtbot.waitUntil(hold.entered.is_set)
        page.abandon()
        assert not page.busy
        qtbot.waitUntil(lambda: not page.runner.running)
        assert page.told == ["cancelled"]
        page.abandon()
        assert page.told == ["cancelled"]

    def test_loaded_for_another_visit_while_it_works_it_works_on(self, qtbot: QtBot, page: Told) -> None:
        hold = Hold()

        def work(ctx: Context) -> str:
            hold.wait(ctx)
            return "result"

        page.work(work, page.done, doing="Waiting")
        qtbot.waitUntil(hold.entered.is_set)
        page.load(Visit(aws_profile="other"))
        hold.release()
        qtbot.waitUntil(lambda: not page.busy)
        assert page.told == ["result"]


class TestAnError:
    def test_stays_until_the_work_is_done_again(self, qtbot: QtBot, page: Told) -> None:
        error = VendorUnreachable("No answer.")
        fail(qtbot, page, error)
        assert page.told == [page.error] == [error]
        assert buttons(page) == ["Retry", "Show details", "Copy details"]
        page.load(page.visit)
        assert [page.error] == [error]
        page.work(lambda _: "result", page.done, doing="Working")
        assert page.error is None
        qtbot.waitUntil(lambda: not page.busy)

    def test_of_another_visit_is_gone_and_cannot_be_repeated(self, qtbot: QtBot, page: Told) -> None:
        """The work knows the visit that it was begun with: done again it would do things for that one."""
        fail(qtbot, page, VendorUnreachable("No answer."))
        page.load(Visit(aws_profile="other"))
        assert page.error is None
        assert not page.can_retry
        page.retry()
        assert not page.busy

    @pytest.mark.parametrize(
        ("error", "offered", "step"),
        [
            (SignInNeeded("It has ended."), ["Retry", "Sign in again"], Step.SIGN_IN),
            (WrongAccount("Another one."), ["Retry", "Sign in again"], Step.SIGN_IN),
            (InvitationError("It is over."), ["Open an invitation"], Step.INVITATION),
            (VendorNeedsInvitation("No key."), ["Open an invitation"], Step.INVITATION),
        ],
        ids=lambda it: type(it).__name__,
    )
    def test_that_is_solved_elsewhere_leads_there(
        self, qtbot: QtBot, page: Told, error: HouseguestError, offered: list[str], step: Step
    ) -> None:
        fail(qtbot, page, error)
        assert buttons(page)[: len(offered)] == offered
        [panel] = page.findChildren(ErrorPanel)
        button = next(one for one in panel.findChildren(Button) if one.text() == offered[-1])
        with qtbot.waitSignal(page.remedy_wanted) as told:
            button.click()
        assert told.args == [step]

    def test_that_is_solved_on_this_page_is_retried(
        self, qtbot: QtBot, page: Told, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Told, "step", Step.SIGN_IN)
        fail(qtbot, page, SignInNeeded("It has ended."))
        assert buttons(page)[0] == "Retry"
        assert "Sign in again" not in buttons(page)
        assert page.mends(Remedy.SIGN_IN)
        assert not page.mends(Remedy.INVITATION)
        assert not page.mends(Remedy.NONE)

    def test_that_would_be_the_same_again_offers_no_retry(self, qtbot: QtBot, page: Told) -> None:
        fail(qtbot, page, UsageError("It cannot be."))
        assert buttons(page) == ["Show details", "Copy details"]

    def test_of_something_else_than_work_cannot_be_retried(self, page: Told) -> None:
        page.fail(VendorUnreachable("No answer."))
        assert page.error is not None
        assert "Retry" not in buttons(page)

    def test_retry_keeps_what_was_typed(self, qtbot: QtBot, page: Told) -> None:
        page.field.setText("typed")
        fail(qtbot, page, VendorUnreachable("No answer."))
        page.retry()
        qtbot.waitUntil(lambda: not page.busy)
        assert (page.field.text(), len(page.told)) == ("typed", 2)


def test_a_page_without_a_step_mends_nothing(qtbot: QtBot, tmp_path: Path, runner: TaskRunner) -> None:
    page = Page(FakeDesk(tmp_path), runner)
    qtbot.addWidget(page)
    assert not any(page.mends(remedy) for remedy in Remedy)


def test_a_heading_is_one_plain_line(page: Told) -> None:
    page.set_heading(HOSTILE, HOSTILE)
    assert page.heading.startswith("abcd<b>bold</b> w")


def test_what_a_page_says_of_itself_without_saying_more(qtbot: QtBot, tmp_path: Path, runner: TaskRunner) -> None:
    page = Page(FakeDesk(tmp_path), runner)
    qtbot.addWidget(page)
    assert (page.valid, page.primary, page.extra, page.fact, page.going_on) == (True, "Continue", None, "", "")
    with qtbot.waitSignal(page.settled) as told:
        page.proceed()
    assert told.args == [page.visit]


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("height", [40, 2_000])
def test_content_ends_where_the_footer_does_whether_or_not_it_scrolls(
    qtbot: QtBot, page: Told, height: int, scale: float
) -> None:
    theme.set_scale(scale)
    page.field.setFixedHeight(height)
    qtbot.waitUntil(lambda: (page.area.verticalScrollBar().maximum() > 0) is (height > page.height()))
    qtbot.waitUntil(lambda: page.width() - 1 - page.field.mapTo(page, page.field.rect().topRight()).x() == SIDE_MARGIN)
