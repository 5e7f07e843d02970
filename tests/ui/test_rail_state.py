"""What the rail shows of where the person is."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from installer.errors import VendorUnreachable
from installer.flow import Navigator, Step
from tests.support.answers import installation
from tests.support.desk import FakeDesk
from ui.page import Page
from ui.places import Place
from ui.rail_state import account_lines, installation_items, step_items
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.rail import ItemState


@pytest.fixture
def built(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> Mapping[Step | None, Page]:
    pages = {step: Page(desk, runner) for step in (Step.SIGN_IN, Step.PERMISSIONS)}
    for page in pages.values():
        qtbot.addWidget(page)
    return dict(pages)


def states(desk: FakeDesk, built: Mapping[Step | None, Page], current: Step = Step.PERMISSIONS) -> list[str]:
    navigator = Navigator(desk.signed_in().answers)
    navigator.go_to(current)
    return [item.state for item in step_items(built, navigator, built[current])]


def test_steps_are_done_current_and_to_come(desk: FakeDesk, built: Mapping[Step | None, Page]) -> None:
    to_come = [ItemState.TO_COME] * 5
    assert states(desk, built) == [ItemState.DONE, ItemState.DONE, ItemState.CURRENT, *to_come]


def test_what_can_be_shown_can_be_clicked(desk: FakeDesk, built: Mapping[Step | None, Page]) -> None:
    items = step_items(built, Navigator(desk.signed_in().answers), built[Step.PERMISSIONS])
    assert [item.enabled for item in items] == [True] * 3 + [False] * 5
    assert (items[0].note, items[-1].note) == ("step 1 of 8", "step 8 of 8")


def test_an_error_is_seen_where_one_is_and_where_one_has_come_to(
    desk: FakeDesk, built: Mapping[Step | None, Page]
) -> None:
    built[Step.PERMISSIONS].show_error(VendorUnreachable("No answer."))
    assert states(desk, built)[2] is ItemState.FAILED
    assert states(desk, built, Step.SIGN_IN)[1:3] == [ItemState.CURRENT, ItemState.FAILED]


def test_the_installations_are_followed_by_what_is_not_saved_yet(
    desk: FakeDesk, built: Mapping[Step | None, Page]
) -> None:
    page = built[Step.SIGN_IN]
    items = installation_items([installation("first")], desk.signed_in(), page)
    assert [(item.title, item.value) for item in items] == [
        ("first", ("first", "222222222222")),
        ("Go on with popsql", Place.JOURNEY),
        ("New installation", Place.NEW),
    ]
    assert items[0].note == "222222222222, installed"
    assert [item.title for item in installation_items([], Visit(), page)] == ["New installation"]


class TestTheAccount:
    def test_is_nobodys_before_sign_in(self, desk: FakeDesk) -> None:
        assert account_lines(Visit()) == account_lines(desk.invited()) == ("", "", "")

    def test_says_who_by_which_profile(self, desk: FakeDesk) -> None:
        assert account_lines(desk.signed_in()) == ("acme", "2222 2222 2222", "jane, profile acme-admin")
        assert account_lines(replace(desk.signed_in(), aws_profile=None))[2] == "jane, by your AWS tools"

    def test_says_where_nobody_is_signed_in_now(self, desk: FakeDesk) -> None:
        assert account_lines(replace(desk.signed_in(), sign_in_due=True))[2] == "not signed in"

    def test_without_an_alias_is_an_account_all_the_same(self, desk: FakeDesk) -> None:
        visit = desk.signed_in()
        assert visit.settled.account is not None
        account = replace(visit.settled.account, alias=None)
        assert account_lines(replace(visit, answers=replace(visit.settled, account=account)))[0] == "AWS account"
