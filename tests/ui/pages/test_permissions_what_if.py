"""The card that says what a limit would do: needs and dangers, by the engine's own matrix."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from installer.errors import InvitationError
from installer.policy.document import Document
from installer.policy.grant import grant_of
from installer.policy.presets import minimal
from installer.policy.what_if import Kind, workbench
from installer.steps import Severity
from tests.support.desk import FakeDesk
from ui.pages.permissions import PermissionsPage
from ui.pages.permissions_rows import Point, Row
from ui.pages.permissions_what_if import WhatIfCard
from ui.tasks import TaskRunner
from ui.visit import Visit

UNREAD = InvitationError("The vendor's template is not the one that was signed for.", fix="Do not go on.")


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> PermissionsPage:
    page = PermissionsPage(desk, runner)
    qtbot.addWidget(page)
    page.resize(964, 727)
    page.show()
    return page


@pytest.fixture
def card(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> WhatIfCard:
    """Signed in, and everything is asked."""
    load(qtbot, page, desk.signed_in())
    qtbot.waitUntil(lambda: page.what_if.matrix is not None)
    return page.what_if


def load(qtbot: QtBot, page: PermissionsPage, visit: Visit) -> None:
    page.load(visit, read_only=False)
    qtbot.waitUntil(lambda: not page.busy)


def choose(page: PermissionsPage, value: str) -> None:
    chosen = next(one for one in page.cards.cards() if one.value == value)
    QTest.mouseClick(chosen, Qt.MouseButton.LeftButton)


def points(card: WhatIfCard) -> list[Point]:
    return [row for row in card.against.rows() if isinstance(row, Point)]


def answers(rows: tuple[Row | Point, ...]) -> list[str]:
    return [row.answer for row in rows if isinstance(row, Row)]


def test_under_the_guarded_limit_everything_is_as_it_should_be(page: PermissionsPage, card: WhatIfCard) -> None:
    matrix = card.matrix
    assert matrix is not None
    needed, feared = len(matrix.of(Kind.NEED)), len(matrix.of(Kind.FEAR))
    assert card.headline.text() == (
        f"Everything that Release says it needs is allowed, and all {feared} dangers on our list are stopped."
    )
    assert answers(card.needs.rows()) == ["allowed"] * needed
    assert answers(card.fears.rows()) == ["stopped"] * feared == ["stopped"] * 45
    assert points(card) == []
    assert card.against.isHidden()
    assert page.valid


def test_what_stays_possible_comes_first_with_what_allows_it(page: PermissionsPage, card: WhatIfCard) -> None:
    choose(page, "none")
    told = points(card)
    assert told[0].sentence == "Release could read files in your S3 buckets."
    assert told[0].why.startswith("s3:GetObject is allowed by PowerUserAccess: statement 1.")
    assert {one.severity for one in told} == {Severity.CAUTION}
    assert f"but {len(told)} of the 45 dangers on our list are possible or not certain." in card.headline.text()
    assert len(card.fears.rows()) + len(told) == 45

    choose(page, "guarded")
    assert points(card) == []


def test_a_need_that_an_own_limit_blocks_is_said_with_the_step(qtbot: QtBot, desk: FakeDesk, card: WhatIfCard) -> None:
    visit = desk.signed_in()
    statements = minimal(visit.settled.invitation, visit.settled.names).to_object()["Statement"]
    no_eks = {"Sid": "NoEks", "Effect": "Deny", "Action": "eks:CreateCluster", "Resource": "*"}
    card.show_limit(Document.from_object({"Version": "2012-10-17", "Statement": [*statements, no_eks]}))

    [blocked] = [one for one in points(card) if one.severity is Severity.BLOCKER]
    assert blocked.sentence.startswith("Release needs it: Runs the product on an EKS cluster")
    assert "boundary: NoEks denies it" in blocked.why
    assert "blocked" in answers(card.needs.rows())


def test_until_the_grant_is_read_needs_are_not_checked(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    hold = desk.holds("workbench")
    load(qtbot, page, desk.signed_in())
    card = page.what_if
    assert card.loading.isVisible()
    assert card.needs.sentence == "In its own words; not checked."
    assert set(answers(card.needs.rows())) == {""}
    assert page.valid, "nobody waits for it"

    hold.release()
    qtbot.waitUntil(lambda: card.matrix is not None)
    assert not card.loading.isVisible()
    assert card.needs.sentence == "In its own words."


def test_where_it_cannot_be_read_that_is_said(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    desk.fails("workbench", UNREAD)
    load(qtbot, page, desk.signed_in())
    card = page.what_if
    qtbot.waitUntil(lambda: card.headline.isVisible())
    assert card.headline.text() == f"What it would do is not checked. {UNREAD.message}"
    assert set(answers(card.needs.rows())) == {""}
    assert not card.fears.rows()


def test_what_is_not_known_of_the_grant_is_said(qtbot: QtBot, desk: FakeDesk, card: WhatIfCard) -> None:
    answers_so_far = desk.signed_in().settled
    invitation, names = answers_so_far.invitation, answers_so_far.names
    card.set_bench(workbench(invitation, names, grant_of(invitation, names)))
    card.show_limit(minimal(invitation, names))
    assert card.notes.isVisible()
    assert "template was not read" in card.notes.text()


def test_another_visit_drops_what_was_asked_for_the_one_before(
    qtbot: QtBot, desk: FakeDesk, page: PermissionsPage, card: WhatIfCard
) -> None:
    hold = desk.holds("workbench")
    before = desk.signed_in()
    text = json.loads(before.settled.invitation.model_dump_json(by_alias=True))
    other = before.settled.invitation.model_copy(update={"jti": text["jti"] + "x"})
    visit = Visit(
        answers=type(before.settled)(other, before.settled.wishes, account=before.settled.account),
        installation=before.installation,
        aws_profile=before.aws_profile,
    )
    load(qtbot, page, visit)
    assert card.matrix is None
    hold.release()
    qtbot.waitUntil(lambda: card.matrix is not None)
