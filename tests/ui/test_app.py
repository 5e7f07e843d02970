"""The whole program: how it begins, what a second start does, and how it ends. The start page: pages/test_start.py."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from installer.errors import InvitationError, ProfileError, SignInNeeded
from installer.flow import Step
from tests.support.answers import installation
from tests.support.desk import FakeDesk
from tests.support.opened import desk_without_aws, press, rest
from ui.app import Application
from ui.desk_results import Recalled
from ui.instance import Instance
from ui.visit import Visit
from ui.widgets.dialogs import Notice, Question

LINK = "https://popsql.example/invitation"
Started = Callable[..., Application]


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return desk_without_aws(tmp_path)


@pytest.fixture
def started(qtbot: QtBot, desk: FakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """Starts the program, and waits until it knows where to begin and has read what it reads by itself."""
    monkeypatch.setattr(QCoreApplication, "quit", lambda: None)  # it is pytest's, too
    running = []

    def start(invitation: str = "") -> Application:
        application = Application(desk, root=tmp_path, invitation=invitation)
        qtbot.addWidget(application.window)
        running.append(application)
        application.show()
        qtbot.waitUntil(lambda: not application.window.starting)
        rest(qtbot, application.window)
        return application

    yield start
    for application in running:
        assert application.runner.shutdown()


class TestTheBeginning:
    def test_is_at_the_sign_in_where_that_has_ended(self, desk: FakeDesk, started: Started) -> None:
        problem = SignInNeeded("The session has ended.")
        visit = replace(desk.networked(), sign_in_due=True)
        desk.recalled = Recalled(visit, problem, Step.SIGN_IN)
        window = started().window
        assert window.page is window.pages[Step.SIGN_IN]
        assert window.page.error is problem
        assert window.visit is visit

    def test_is_at_the_invitation_where_that_is_lost(self, desk: FakeDesk, started: Started) -> None:
        problem = InvitationError("The invitation file cannot be read: no such file.")
        kept = Visit(kept_wishes=desk.invited().settled.wishes, invitation_path="/home/jane/acme.houseguest")
        desk.recalled = Recalled(kept, problem, Step.INVITATION)
        window = started().window
        assert window.page is window.pages[Step.INVITATION]
        assert window.page.error is problem
        assert window.page.heading == "Open the invitation of popsql again"

    @pytest.mark.parametrize("others", [True, False])
    def test_says_what_of_the_last_visit_is_damaged(self, desk: FakeDesk, started: Started, others: bool) -> None:
        problem = ProfileError("The saved installation popsql is damaged and was set aside.")
        desk.recalled = Recalled(problem=problem)
        desk.saved = (installation("good"),) if others else ()
        window = started().window
        assert window.page is (window.manage if others else window.pages[Step.INVITATION])
        assert window.page.error is problem

    def test_can_be_waited_for_no_longer(self, qtbot: QtBot, desk: FakeDesk, tmp_path: Path) -> None:
        hold = desk.holds("recall")
        desk.saved = (installation("good"),)
        application = Application(desk, root=tmp_path)
        qtbot.addWidget(application.window)
        application.show()
        qtbot.waitUntil(hold.entered.is_set)
        press(application.window.footer.stop_button)
        qtbot.waitUntil(lambda: not application.window.starting)
        rest(qtbot, application.window)
        assert application.window.page is application.window.pages[Step.INVITATION]
        assert application.window.all_installations.isVisible()
        assert "forget" not in desk.calls, "it may be waited for the next time"
        assert application.runner.shutdown()

    def test_with_the_invitation_that_was_open_goes_on_with_that(
        self, desk: FakeDesk, started: Started, tmp_path: Path
    ) -> None:
        path = tmp_path / "acme.houseguest"
        path.write_text("x")
        desk.recalled = Recalled(replace(desk.signed_in(), invitation_path=str(path)))
        window = started(str(path)).window
        assert window.page is window.pages[Step.PERMISSIONS]
        assert not window.findChildren(Question)

    @pytest.mark.parametrize("opens", [True, False])
    def test_with_another_invitation_asks_first(
        self, qtbot: QtBot, desk: FakeDesk, started: Started, opens: bool
    ) -> None:
        desk.recalled = Recalled(desk.signed_in())
        window = started(LINK).window
        [question] = window.findChildren(Question)
        question.accept() if opens else question.reject()
        rest(qtbot, window)
        assert window.page is window.pages[Step.INVITATION if opens else Step.PERMISSIONS]
        assert desk.sources == ([(LINK, None)] if opens else [])


class TestASecondStart:
    """How it reaches the first is held in test_instance.py."""

    @pytest.fixture
    def first(self, tmp_path: Path) -> Iterator[Instance]:
        instance = Instance(tmp_path, listen_after_ms=0)
        yield instance
        instance.release()

    def test_brings_the_window_to_the_front(self, qtbot: QtBot, first: Instance, started: Started) -> None:
        application = started()
        first.asked.connect(application.open)
        application.window.showMinimized()
        first.asked.emit("")
        assert not application.window.isMinimized()
        qtbot.waitUntil(application.window.isActiveWindow)
        assert application.desk.calls.count("open_invitation") == 0  # type: ignore[attr-defined]

    def test_opens_its_invitation_where_nothing_is_under_way(
        self, qtbot: QtBot, desk: FakeDesk, first: Instance, started: Started
    ) -> None:
        application = started()
        first.asked.connect(application.open)
        first.asked.emit(LINK)
        rest(qtbot, application.window)
        assert desk.sources == [(LINK, None)]

    def test_is_told_where_something_is_under_way(
        self, qtbot: QtBot, desk: FakeDesk, first: Instance, started: Started
    ) -> None:
        desk.recalled = Recalled(desk.permitted())
        application = started()
        first.asked.connect(application.open)
        hold = desk.holds("connect")
        press(application.window.footer.primary_button)
        qtbot.waitUntil(hold.entered.is_set)
        first.asked.emit(LINK)
        [notice] = application.window.findChildren(Notice)
        assert notice.isVisible()
        assert desk.sources == []
        hold.release()
        rest(qtbot, application.window)


class TestTheEnd:
    def test_everything_is_stopped(self, qtbot: QtBot, desk: FakeDesk, started: Started) -> None:
        application = started()
        hold = desk.holds("open_invitation")
        application.open(LINK)
        qtbot.waitUntil(hold.entered.is_set)
        application.window.close()
        assert not application.runner.running
        assert application.runner.shutdown()

    def test_the_place_of_the_window_is_kept(self, qtbot: QtBot, started: Started) -> None:
        application = started()
        application.window.resize(960, 680)
        application.window.close()
        assert started().window.size().toTuple() == (960, 680)
