"""The Done page: where the product is, what is known of it, and the ways on from there."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.desk import FakeDesk
from tests.support.opened import at, desk_without_aws, opened
from tests.support.pages import Look, flaws, in_all_looks_of_a_window, on_screen, wear
from ui.pages.done import DonePage
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.rows import EvidenceRow, FactLine


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> DonePage:
    page = on_screen(qtbot, DonePage(desk, runner))
    page.load(desk.installed())
    QApplication.processEvents()
    return page


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser is asked to open."""
    opened_urls: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened_urls.append(url.toString()))
    return opened_urls


def facts(page: DonePage) -> dict[str, str]:
    return {line.accessibleName(): line.value() for line in page.findChildren(FactLine) if line.isVisible()}


def with_product(visit: Visit, **changes: object) -> Visit:
    product = visit.settled.product
    assert product is not None
    return replace(visit, answers=replace(visit.settled, product=replace(product, **changes)))  # type: ignore[arg-type]


def test_says_where_it_is_and_how_that_is_known(page: DonePage) -> None:
    assert page.heading == "PopSQL 2.41.0 runs in your account"
    assert facts(page) == {
        "Address": "https://p.example",
        "Region and block": "eu-west-1, 10.64.0.0/16",
        "Connects out from": "203.0.113.7",
        "Role": "arn:aws:iam::222222222222:role/release/popsql-operator",
        "Its boundary": "arn:aws:iam::222222222222:policy/houseguest/popsql-operator-boundary",
    }
    assert len(page.findChildren(EvidenceRow)) == 1


def test_what_is_not_told_is_said(page: DonePage, desk: FakeDesk) -> None:
    page.load(with_product(desk.installed(), egress_ips=(), evidence=()))
    QApplication.processEvents()
    assert facts(page)["Connects out from"] == "not told"
    assert not page.proof_card.isVisible(), "a card of nothing says nothing"


def test_opens_the_product_in_the_browser(page: DonePage, urls: list[str]) -> None:
    assert page.primary == "Open PopSQL"
    page.proceed()
    assert urls == ["https://p.example"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", ""])
def test_opens_nothing_but_a_web_address(page: DonePage, desk: FakeDesk, urls: list[str], url: str) -> None:
    page.load(with_product(desk.installed(), url=url))
    page.proceed()
    assert urls == []


def test_the_access_can_be_managed(qtbot: QtBot, page: DonePage) -> None:
    assert page.extra is not None
    with qtbot.waitSignal(page.wanted) as told:
        page.extra.run()
    assert told.args == [page.visit.installation]


@in_all_looks_of_a_window
def test_nothing_is_cut_off_overlaps_or_is_too_faint(
    qtbot: QtBot, runner: TaskRunner, tmp_path: Path, look: Look
) -> None:
    desk = desk_without_aws(tmp_path)
    window = opened(qtbot, desk, runner, tmp_path)
    wear(window, look)
    at(qtbot, window, desk, None)
    assert flaws(window) == []
