"""Where the person is, written down: one write after the other, the newest last, and never in the way."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from installer.errors import ProfileError
from tests.support.desk import FakeDesk
from ui.remembering import Remembering
from ui.tasks import TaskRunner
from ui.visit import Visit


@pytest.fixture
def remembering(desk: FakeDesk, runner: TaskRunner) -> Remembering:
    return Remembering(desk, runner)


def named(desk: FakeDesk, profile: str) -> Visit:
    return replace(desk.signed_in(), aws_profile=profile)


def test_of_what_came_while_it_wrote_the_newest_is_kept(
    qtbot: QtBot, desk: FakeDesk, remembering: Remembering, runner: TaskRunner
) -> None:
    hold = desk.holds("remember")
    for profile in ("one", "two", "three"):
        remembering.keep(named(desk, profile))
    qtbot.waitUntil(hold.entered.is_set)
    hold.release()
    qtbot.waitUntil(lambda: not runner.running)
    assert [visit.aws_profile for visit in desk.remembered] == ["one", "three"]


@pytest.mark.parametrize("over", [True, False])
def test_what_has_not_begun_or_is_over_is_forgotten(
    qtbot: QtBot, desk: FakeDesk, remembering: Remembering, runner: TaskRunner, over: bool
) -> None:
    remembering.keep(desk.installed() if over else Visit())
    qtbot.waitUntil(lambda: not runner.running)
    assert desk.calls == ["forget"]


def test_a_write_that_failed_stops_nothing(
    qtbot: QtBot, desk: FakeDesk, remembering: Remembering, runner: TaskRunner
) -> None:
    desk.fails("remember", ProfileError("The disk is full."))
    for profile in ("one", "two"):
        remembering.keep(named(desk, profile))
    qtbot.waitUntil(lambda: not runner.running)
    assert [visit.aws_profile for visit in desk.remembered] == ["one", "two"]
