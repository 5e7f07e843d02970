"""ui/pages/network.py on a desk without AWS: the survey is made up, what it answers is the engine's own."""

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from installer.errors import (
    AwsUnreachable,
    ChangedMeanwhile,
    HouseguestError,
    NetworkError,
    PermissionMissing,
    ProfileError,
    SignInNeeded,
)
from installer.events import Notice, Scanned
from installer.flow import Step
from tests.support import surveys
from tests.support.desk import FakeDesk
from tests.support.pages import Look, flaws, in_all_looks_of_a_page, on_screen, wear
from ui import theme
from ui.pages.network import NetworkPage
from ui.tasks import TaskRunner
from ui.theme import Tone
from ui.visit import Visit
from ui.widgets.text import Label

HOSTILE = "a\x1b[31m<b>&amp;\u202egnp.exe\n\x00" + "x" * 300


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    made = FakeDesk(tmp_path)
    made.current_survey = surveys.survey()
    return made


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> NetworkPage:
    made = on_screen(qtbot, NetworkPage(desk, runner))
    made.activateWindow()
    return made


def load(qtbot: QtBot, page: NetworkPage, visit: Visit, *, read_only: bool = False) -> None:
    page.load(visit, read_only=read_only)
    qtbot.waitUntil(lambda: not page.busy)


@pytest.fixture
def shown(qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> NetworkPage:
    load(qtbot, page, desk.connected())
    return page


def wishing(visit: Visit, **wishes: Any) -> Visit:
    answers = visit.settled
    return replace(visit, answers=replace(answers, wishes=replace(answers.wishes, **wishes)))


def offering(visit: Visit, *regions: str) -> Visit:
    return replace(visit, answers=surveys.offering(visit.settled, *regions))


def click(qtbot: QtBot, button: QWidget) -> None:
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def type_block(qtbot: QtBot, page: NetworkPage, text: str) -> None:
    """As a person does: the suggestion is replaced, and judged when the typing pauses."""
    if page.result.place.block.own_link.isVisible():
        click(qtbot, page.result.place.block.own_link)
    edit = page.result.place.block.own.editor
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    assert not page.valid, "nothing that was not judged can be used"
    qtbot.waitUntil(lambda: page.judged is not None and page.judged.choice.own == text)


def type_kept_free(qtbot: QtBot, page: NetworkPage, text: str) -> None:
    edit = page.result.keep_free.ranges.editor
    assert isinstance(edit, QPlainTextEdit)
    edit.setPlainText(text)
    qtbot.waitUntil(lambda: page.judged is not None and page.judged.choice.keep_free == text)


def settle(qtbot: QtBot, page: NetworkPage) -> Visit:
    with qtbot.waitSignal(page.settled) as caught:
        page.proceed()
    visit = caught.args[0]
    assert isinstance(visit, Visit)
    return visit


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Label) if label.isVisible())


class TestSuggestion:
    def test_is_there_with_its_region_and_can_be_used_at_once(self, qtbot: QtBot, shown: NetworkPage) -> None:
        assert shown.heading == "Where should PopSQL live?"
        assert "in 5 regions" in texts(shown)
        assert shown.primary == "Use 10.48.0.0/16 in us-east-1"
        assert shown.valid
        pill = shown.result.place.block.pill
        assert (pill.text(), pill.tone()) == ("free · suggested", Tone.GOOD)
        network = settle(qtbot, shown).settled.network
        assert network is not None
        assert (network.region, network.cidr) == ("us-east-1", IPv4Network("10.48.0.0/16"))

    def test_says_why(self, qtbot: QtBot, shown: NetworkPage) -> None:
        block = shown.result.place.block
        assert not block.why.isVisible()
        click(qtbot, block.why_link)
        assert block.why.text().startswith("Nothing that is known uses any of 10.48.0.0/12")
        assert block.why.isVisible()
        click(qtbot, block.why_link)
        assert not block.why.isVisible()

    def test_follows_the_size(self, shown: NetworkPage) -> None:
        combo = shown.result.place.block.size_field.editor
        assert isinstance(combo, QComboBox)
        assert [combo.findText(f"/{length}") >= 0 for length in (15, 16, 24, 25)] == [False, True, True, False]
        combo.setCurrentIndex(combo.findText("/20"))
        assert shown.primary == "Use 10.48.0.0/20 in us-east-1"

    def test_follows_the_region(self, shown: NetworkPage) -> None:
        shown.result.place.region.set_value("eu-west-1")
        assert shown.primary == "Use 10.48.0.0/16 in eu-west-1"

    def test_the_fact_says_what_was_read(self, shown: NetworkPage) -> None:
        assert shown.fact.startswith("7 networks · 5 regions · ")
        assert shown.fact.endswith(" s")

    def test_by_keys_alone(self, qtbot: QtBot, shown: NetworkPage) -> None:
        shown.take_focus()
        combo = shown.result.place.region.editor
        assert combo.hasFocus()
        qtbot.keyClick(combo, Qt.Key.Key_Down)
        qtbot.keyClick(combo, Qt.Key.Key_Tab)
        size = shown.focusWidget()
        assert size.accessibleName() == "Size of the block"
        qtbot.keyClick(size, Qt.Key.Key_Down)
        qtbot.keyClick(size, Qt.Key.Key_Tab)
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Tab)
        assert shown.focusWidget() is shown.result.place.block.own_link
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Space)
        assert shown.focusWidget() is shown.result.place.block.own.editor
        qtbot.keyClicks(shown.focusWidget(), "10.120.0.0/20")
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Return)
        assert shown.valid, "Enter waits for no pause"
        assert shown.primary == "Use 10.120.0.0/20 in us-west-2"


class TestRegions:
    def test_what_cannot_be_used_is_listed_with_the_reason(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        load(qtbot, page, offering(desk.connected(), "ap-south-2", "eu-west-1", "xx-moon-1"))
        combo = page.result.place.region.editor
        assert isinstance(combo, QComboBox)
        rows = [combo.findText(text, Qt.MatchFlag.MatchContains) for text in ("Hyderabad", "Ireland", "xx-moon-1")]
        states = [bool(combo.model().flags(combo.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled) for row in rows]
        assert states == [False, True, False]
        assert combo.itemText(rows[0]) == "Asia Pacific (Hyderabad) (ap-south-2)"
        assert "not enabled" in combo.itemData(rows[0], Qt.ItemDataRole.ToolTipRole)
        assert page.result.place.region.hint() == "PopSQL is offered in 3 regions; 2 cannot be used in your account."
        assert page.primary == "Use 10.48.0.0/16 in eu-west-1"

    def test_where_none_can_be_used_the_error_says_what_helps(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        load(qtbot, page, offering(desk.connected(), "ap-south-2"))
        assert isinstance(page.error, NetworkError)
        assert "None of the vendor's regions is enabled" in texts(page)
        assert not page.valid
        assert page.result.map.again_link.isEnabled(), "it may have been enabled meanwhile"
        desk.current_survey = surveys.survey(
            known=[replace(one, opt_in_status="opted-in") for one in surveys.REGIONS if one.name == "ap-south-2"]
        )
        click(qtbot, page.result.map.again_link)
        qtbot.waitUntil(lambda: not page.busy)
        assert page.error is None
        assert page.primary == "Use 10.48.0.0/16 in ap-south-2"


class TestOwnBlock:
    def test_is_judged_when_the_typing_pauses(self, qtbot: QtBot, shown: NetworkPage) -> None:
        type_block(qtbot, shown, "10.120.0.0/20")
        assert shown.valid
        assert shown.primary == "Use 10.120.0.0/20 in us-east-1"
        assert shown.result.place.block.pill.text() == "free"
        network = settle(qtbot, shown).settled.network
        assert network is not None
        assert network.cidr == IPv4Network("10.120.0.0/20")

    def test_in_conflict_shows_everything_in_its_way_and_another_block(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        desk.current_survey = surveys.survey([surveys.vpc(f"10.64.{n}.0/24", f"team {n}") for n in range(40)])
        load(qtbot, page, desk.connected())
        type_block(qtbot, page, "10.64.0.0/16")
        conflict = page.result.conflict
        assert conflict.isVisible()
        assert conflict.banner.title() == "10.64.0.0/16 cannot be used"
        assert conflict.banner.sentence().startswith("40 ranges are in the way. 10.16.0.0/16 is free: nothing that")
        assert [row[0] for row in conflict.table.rows()] == [f"10.64.{n}.0/24" for n in range(40)]
        assert page.result.place.block.pill.text() == "in conflict"
        assert not page.valid
        click(qtbot, conflict.instead)
        assert page.primary == "Use 10.16.0.0/16 in us-east-1"
        assert page.valid
        assert not conflict.isVisible()

    def test_with_an_address_inside_is_corrected_by_one_click(self, qtbot: QtBot, shown: NetworkPage) -> None:
        type_block(qtbot, shown, "10.120.7.0/20")
        block = shown.result.place.block
        assert "names an address inside a block" in block.own.problem()
        assert not shown.valid
        assert block.instead.text() == "Use 10.120.0.0/20 instead"
        click(qtbot, block.instead)
        assert block.own.text() == "10.120.0.0/20"
        assert block.own.problem() == ""
        assert shown.valid

    def test_that_is_none_is_told_at_its_field(self, qtbot: QtBot, shown: NetworkPage) -> None:
        type_block(qtbot, shown, "hello")
        block = shown.result.place.block
        assert "'hello' is not an IPv4 block" in block.own.problem()
        assert block.own.problem() in block.own.editor.accessibleDescription()
        assert not block.instead.isVisible()
        assert not shown.result.conflict.isVisible()
        assert shown.primary == "Use this network"

    def test_stays_as_it_was_typed_beside_the_suggested_one(self, qtbot: QtBot, shown: NetworkPage) -> None:
        type_block(qtbot, shown, "10.120.0.0/20")
        click(qtbot, shown.result.place.block.suggested_link)
        assert shown.primary == "Use 10.48.0.0/16 in us-east-1"
        click(qtbot, shown.result.place.block.own_link)
        assert shown.result.place.block.own.text() == "10.120.0.0/20"
        assert shown.primary == "Use 10.120.0.0/20 in us-east-1"

    def test_can_be_picked_on_the_map(self, qtbot: QtBot, shown: NetworkPage) -> None:
        grid = shown.result.map.map.grid
        shown.area.ensureWidgetVisible(grid)
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(120).center().toPoint())
        button = next(
            one for one in shown.result.map.findChildren(QAbstractButton) if one.text() == "Use 10.120.0.0/16"
        )
        click(qtbot, button)
        assert shown.primary == "Use 10.120.0.0/16 in us-east-1"
        assert shown.result.place.block.own.text() == "10.120.0.0/16"


class TestNothingFree:
    def test_the_error_says_so_with_its_fix(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        desk.current_survey = surveys.full()
        load(qtbot, page, desk.connected())
        assert not page.valid
        assert page.result.place.block.pill.text() == "none is free"
        assert page.result.conflict.banner.title() == "No block of the size /16 is free"
        assert page.result.conflict.banner.sentence() == "Release a block that is no longer used, then try again."
        assert not page.result.conflict.instead.isVisible()

    def test_a_smaller_block_is_one_click_away(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        spare = IPv4Network("10.60.128.0/17")
        taken = [surveys.route(block) for block in ("172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
        taken += [surveys.route(str(block)) for block in IPv4Network("10.0.0.0/8").address_exclude(spare)]
        desk.current_survey = surveys.survey(taken)
        load(qtbot, page, desk.connected())
        click(qtbot, page.result.conflict.instead)
        assert page.valid
        assert page.primary == "Use 10.60.128.0/17 in us-east-1"


class TestKeptFree:
    def test_ranges_are_taken_into_account_and_settled(self, qtbot: QtBot, shown: NetworkPage) -> None:
        type_kept_free(qtbot, shown, "10.48.0.0/12\n\n192.168.7.0/24")
        assert shown.valid
        assert shown.judged is not None
        assert not shown.judged.block.overlaps(IPv4Network("10.48.0.0/12"))  # type: ignore[union-attr]
        assert ("10.48.0.0/12", "Kept free by you", "your list below") in shown.result.used.table.rows()
        visit = settle(qtbot, shown)
        assert visit.settled.wishes.avoid == (IPv4Network("10.48.0.0/12"), IPv4Network("192.168.7.0/24"))

    def test_lines_that_cannot_be_read_stop_and_are_told(self, qtbot: QtBot, shown: NetworkPage) -> None:
        type_kept_free(qtbot, shown, "office\n10.0.0.1/8\n10.20.0.0/16\nvpn\nx\ny")
        problem = shown.result.keep_free.ranges.problem()
        assert problem.startswith("Line 1: 'office' is not an IPv4 block.")
        assert "Line 2: " in problem
        assert problem.endswith("2 more lines cannot be read.")
        assert not shown.valid
        assert shown.fact == "Ranges to keep free: 5 lines cannot be read."

    def test_what_is_not_looked_at_is_always_said(self, shown: NetworkPage) -> None:
        assert "Not looked at: routes of transit gateways" in texts(shown.result.keep_free)


class TestNotChecked:
    def test_is_said_in_caution_and_nothing_is_green(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        desk.current_survey = surveys.survey(unread=surveys.unread_in("eu-north-1", "us-west-2"))
        load(qtbot, page, desk.connected())
        told = texts(page.result.not_checked)
        assert "Not checked: route tables in eu-north-1, us-west-2" in told
        assert "Give the permission and check again" in told
        pill = page.result.place.block.pill
        assert (pill.text(), pill.tone()) == ("free where read · suggested", Tone.CAUTION)
        assert page.valid
        image = page.result.grab().toImage()
        found = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
        greens = {theme.colours().good.name(), theme.colours().good_ground.name()}
        assert greens.isdisjoint(QColor(pixel).name() for pixel in found)

    def test_nothing_is_said_where_everything_was_read(self, shown: NetworkPage) -> None:
        assert not shown.result.not_checked.isVisible()


class TestExisting:
    def test_is_a_fact_and_nothing_is_to_be_chosen(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        visit = desk.connected()
        desk.current_survey = surveys.installed(visit.settled.wishes.name, "10.120.0.0/16", "us-west-2")
        load(qtbot, page, visit)
        assert page.heading == "Where PopSQL lives"
        assert page.result.facts.title() == "PopSQL already has its network"
        assert not page.result.place.isVisible()
        assert not page.result.keep_free.isVisible()
        assert page.primary == "Use 10.120.0.0/16 in us-west-2"
        assert page.result.map.map.told.startswith("10.120.0.0/16: VPC popsql network")
        network = settle(qtbot, page).settled.network
        assert network is not None
        assert (network.region, network.cidr) == ("us-west-2", IPv4Network("10.120.0.0/16"))

    def test_is_told_also_where_something_else_was_wished_for(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        visit = wishing(desk.connected(), region="eu-west-1", cidr=IPv4Network("10.121.0.0/16"))
        desk.current_survey = surveys.installed(visit.settled.wishes.name, "10.120.0.0/16", "us-west-2")
        load(qtbot, page, visit)
        assert page.primary == "Use 10.120.0.0/16 in us-west-2"

    def test_two_of_them_are_an_error(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        visit = desk.connected()
        name = visit.settled.wishes.name
        own = [surveys.vpc(block, own=name) for block in ("10.120.0.0/16", "10.121.0.0/16")]
        desk.current_survey = surveys.survey(own)
        load(qtbot, page, visit)
        assert "more than one network" in texts(page)
        assert not page.valid


class TestReading:
    def test_regions_stream_in(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        hold = desk.holds("survey")
        desk.reports("survey", Scanned("eu-west-1", 31), Scanned("us-east-1", 1, "No permission."), Notice("a notice"))
        page.load(desk.connected())
        qtbot.waitUntil(lambda: page.scan.progress() == "2 regions read")
        told = texts(page.scan)
        assert "eu-west-1\n31 ranges" in told
        assert "us-east-1\n1 range, not all was read" in told
        assert page.doing == "Reading which addresses your account uses"
        assert page.stop_text == "Stop reading"
        assert page.primary == ""
        assert page.going_on == ""
        hold.release()
        qtbot.waitUntil(lambda: not page.busy)
        assert not page.scan.isVisible()
        assert page.valid

    def test_the_focus_waits_for_what_is_to_be_decided(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        hold = desk.holds("survey")
        page.load(desk.connected())
        page.take_focus()
        hold.release()
        qtbot.waitUntil(lambda: not page.busy)
        assert page.focusWidget() is page.result.place.region.editor

    def test_stopped_it_can_be_begun_again(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        hold = desk.holds("survey")
        page.load(desk.connected())
        qtbot.waitUntil(hold.entered.is_set)
        page.cancel()
        qtbot.waitUntil(lambda: not page.busy)
        assert page.unread.isVisible()
        assert not page.scan.isVisible()
        assert not page.valid
        assert page.error is None
        click(qtbot, page.unread.findChild(QAbstractButton))
        qtbot.waitUntil(lambda: page.valid)
        assert not page.unread.isVisible()

    @pytest.mark.parametrize(
        "error",
        [
            AwsUnreachable("AWS does not answer.", fix="Check the connection."),
            PermissionMissing("You may not list the regions.", fix="Give ec2:DescribeRegions."),
            SignInNeeded("The sign-in has ended.", fix="Sign in again."),
            HouseguestError("Something is wrong.", fix="Try again."),
        ],
        ids=lambda error: error.code,
    )
    def test_failed_it_says_why_and_can_be_begun_again(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage, error: HouseguestError
    ) -> None:
        desk.fails("survey", error)
        load(qtbot, page, desk.connected())
        assert page.error is error
        assert error.message in texts(page)
        assert not page.valid
        page.retry()
        qtbot.waitUntil(lambda: page.valid)
        assert page.error is None

    def test_anew_keeps_results_and_choice_until_it_comes_back(
        self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage
    ) -> None:
        type_block(qtbot, shown, "10.120.0.0/20")
        desk.current_survey = surveys.survey([surveys.vpc("10.120.0.0/16")], at=surveys.NOW.replace(hour=23))
        hold = desk.holds("survey")
        desk.reports("survey", *(Scanned(f"region-{number}", number) for number in range(3)))
        click(qtbot, shown.result.map.again_link)
        qtbot.waitUntil(lambda: shown.result.map.read_at.text() == "3 of 5 regions read")
        assert shown.result.place.isVisible()
        assert shown.primary == "Use 10.120.0.0/20 in us-east-1"
        assert not shown.result.map.again_link.isEnabled()
        hold.release()
        qtbot.waitUntil(lambda: not shown.busy)
        assert shown.result.place.block.own.text() == "10.120.0.0/20"
        assert shown.result.place.block.pill.text() == "in conflict"
        assert shown.result.map.read_at.text() == f"Read {surveys.NOW.replace(hour=23).astimezone():%H:%M:%S}"

    def test_anew_stopped_or_failed_leaves_what_was_read(
        self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage
    ) -> None:
        read_at = shown.result.map.read_at.text()
        hold = desk.holds("survey")
        shown.read()
        qtbot.waitUntil(hold.entered.is_set)
        shown.cancel()
        qtbot.waitUntil(lambda: not shown.busy)
        assert (shown.valid, shown.result.map.read_at.text()) == (True, read_at)
        desk.fails("survey", AwsUnreachable("AWS does not answer."))
        shown.read()
        qtbot.waitUntil(lambda: not shown.busy)
        assert "AWS does not answer." in texts(shown)
        assert (shown.valid, shown.result.map.read_at.text()) == (True, read_at)
        shown.retry()
        qtbot.waitUntil(lambda: not shown.busy)
        assert shown.error is None
        assert desk.calls == ["survey"] * 4

    def test_a_region_that_is_no_longer_enabled_gives_way(
        self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage
    ) -> None:
        shown.result.place.region.set_value("eu-central-1")
        known = [
            replace(one, opt_in_status="not-opted-in") if one.name == "eu-central-1" else one for one in surveys.REGIONS
        ]
        desk.current_survey = surveys.survey(known=known)
        shown.read()
        qtbot.waitUntil(lambda: not shown.busy)
        assert shown.primary == "Use 10.48.0.0/16 in us-east-1"
        assert shown.result.place.region.value() == "us-east-1"


class TestSettling:
    @pytest.mark.parametrize(
        "error",
        [
            NetworkError("It is taken.", fix="Use another."),
            ProfileError("It cannot be saved."),
            ChangedMeanwhile("Busy."),
        ],
        ids=lambda error: error.code,
    )
    def test_an_error_stays_and_so_does_what_was_typed(
        self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage, error: HouseguestError
    ) -> None:
        type_block(qtbot, shown, "10.120.0.0/20")
        desk.fails("settle_network", error)
        shown.proceed()
        qtbot.waitUntil(lambda: not shown.busy)
        assert error.message in texts(shown)
        assert shown.primary == "Use 10.120.0.0/20 in us-east-1"
        with qtbot.waitSignal(shown.settled):
            shown.retry()

    def test_retry_settles_what_is_chosen_now(self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage) -> None:
        desk.fails("settle_network", ProfileError("It cannot be saved."))
        shown.proceed()
        qtbot.waitUntil(lambda: not shown.busy)
        type_block(qtbot, shown, "10.120.0.0/20")
        with qtbot.waitSignal(shown.settled) as caught:
            shown.retry()
        assert caught.args[0].settled.network.cidr == IPv4Network("10.120.0.0/20")

    def test_it_can_be_stopped(self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage) -> None:
        hold = desk.holds("settle_network")
        shown.proceed()
        qtbot.waitUntil(hold.entered.is_set)
        assert shown.doing == "Saving your choice of 10.48.0.0/16"
        with qtbot.assertNotEmitted(shown.settled):
            shown.cancel()
            qtbot.waitUntil(lambda: not shown.busy)
        assert shown.valid
        settle(qtbot, shown)

    def test_nothing_is_settled_that_is_not_valid(self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage) -> None:
        type_block(qtbot, shown, "10.64.0.0/16")
        shown.proceed()
        assert not shown.busy
        assert "settle_network" not in desk.calls


class TestBackAndForth:
    def test_nothing_is_lost_or_read_twice(self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage) -> None:
        shown.result.place.region.set_value("eu-west-1")
        type_block(qtbot, shown, "10.120.0.0/20")
        type_kept_free(qtbot, shown, "10.20.0.0/16")
        visit = settle(qtbot, shown)
        load(qtbot, shown, visit)
        assert desk.calls.count("survey") == 1
        assert shown.primary == "Use 10.120.0.0/20 in eu-west-1"
        assert shown.result.keep_free.ranges.text() == "10.20.0.0/16"

    def test_opened_again_it_begins_with_what_was_settled(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        block, avoid = IPv4Network("10.120.0.0/20"), (IPv4Network("10.20.0.0/16"),)
        load(qtbot, page, wishing(desk.networked(), region="eu-west-1", cidr=block, avoid=avoid))
        assert page.primary == "Use 10.120.0.0/20 in eu-west-1"
        assert page.result.place.block.own.text() == "10.120.0.0/20"
        assert page.result.keep_free.ranges.text() == "10.20.0.0/16"

    @pytest.mark.parametrize("change", ["account", "profile", "name", "invitation"])
    def test_another_account_or_invitation_is_read_anew(
        self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage, change: str
    ) -> None:
        visit = desk.connected()
        account = visit.settled.account
        assert account is not None
        visit = {
            "account": replace(
                visit, answers=replace(visit.settled, account=replace(account, account_id="444444444444"))
            ),
            "profile": replace(visit, aws_profile="other"),
            "name": wishing(visit, name="other"),
            "invitation": offering(visit, "eu-central-1"),
        }[change]
        type_block(qtbot, shown, "10.120.0.0/20")
        load(qtbot, shown, visit)
        assert desk.calls.count("survey") == 2
        assert shown.result.place.block.own_link.isVisible()

    def test_loaded_again_while_it_reads_it_goes_on_reading(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        hold = desk.holds("survey")
        page.load(desk.connected())
        qtbot.waitUntil(hold.entered.is_set)
        page.load(desk.connected())
        hold.release()
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.calls.count("survey") == 1

    def test_loaded_for_another_account_while_it_reads_it_reads_that_one(
        self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage
    ) -> None:
        hold = desk.holds("survey")
        page.load(desk.connected())
        qtbot.waitUntil(hold.entered.is_set)
        load(qtbot, page, replace(desk.connected(), aws_profile="other"))
        assert desk.calls.count("survey") == 2
        assert page.valid


class TestReadOnly:
    def test_shows_what_was_settled_without_reading(self, qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
        visit = desk.installed()
        load(qtbot, page, visit, read_only=True)
        assert desk.calls == []
        assert page.heading == "Where PopSQL lives"
        assert "Made. To change it, remove the access first." in texts(page)
        qtbot.waitUntil(lambda: {"eu-west-1", "10.64.0.0/16"} <= set(texts(page).splitlines()))
        assert (page.primary, page.valid, page.fact) == ("Continue", True, "")
        assert settle(qtbot, page) is visit

    def test_after_choosing_nothing_can_be_chosen_any_more(
        self, qtbot: QtBot, desk: FakeDesk, shown: NetworkPage
    ) -> None:
        load(qtbot, shown, desk.installed(), read_only=True)
        assert not shown.result.isVisible()
        assert shown.made.isVisible()


@pytest.mark.parametrize("what", ["survey", "settle_network"])
def test_closing_while_it_is_busy_waits_for_nothing(
    qtbot: QtBot, desk: FakeDesk, page: NetworkPage, runner: TaskRunner, what: str
) -> None:
    hold = desk.holds(what)
    page.load(desk.connected())
    if what == "settle_network":
        qtbot.waitUntil(lambda: not page.busy)
        page.proceed()
    qtbot.waitUntil(hold.entered.is_set)
    assert page.going_on == ""
    assert runner.shutdown(2.0)


def test_hostile_names_are_shown_as_plain_text(qtbot: QtBot, desk: FakeDesk, page: NetworkPage) -> None:
    known = surveys.vpc("10.0.0.0/16", HOSTILE)
    survey = surveys.survey([known, surveys.vpc("10.1.0.0/16", HOSTILE)])
    unread = replace(surveys.unread_in("eu-west-1")[0], why=HOSTILE)
    desk.current_survey = replace(survey, scanned=replace(survey.scanned, unread=(unread,)))
    desk.reports("survey", Scanned(HOSTILE, 3, HOSTILE))
    load(qtbot, page, desk.connected())
    type_block(qtbot, page, "10.0.0.0/20")
    for told in (texts(page), page.result.map.map.told):
        assert not set(told) & {"\x1b", "\u202e", "\x00"}
    assert "<b>&amp;" in page.result.map.map.told, "mark-up is text, too"


@pytest.mark.parametrize("count", [0, 2_000])
def test_accounts_of_any_size_are_shown(qtbot: QtBot, desk: FakeDesk, page: NetworkPage, count: int) -> None:
    desk.current_survey = surveys.crowded(count)
    load(qtbot, page, desk.connected())
    assert len(page.result.used.table.rows()) >= count
    type_block(qtbot, page, "10.120.0.0/20")
    assert page.valid


def test_it_belongs_to_its_step() -> None:
    assert NetworkPage.step is Step.NETWORK


LOOKS = {
    "suggested": "",
    "conflict": "10.64.0.0/16",
    "corrected": "10.64.7.0/16",
}


@in_all_looks_of_a_page
@pytest.mark.parametrize("state", LOOKS)
def test_nothing_is_cut_off_overlaps_or_is_too_faint(
    qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, look: Look, state: str
) -> None:
    page = on_screen(qtbot, NetworkPage(desk, runner))
    page.setAutoFillBackground(True)
    wear(page, look)
    desk.current_survey = surveys.survey(unread=surveys.unread_in("eu-north-1"))
    load(qtbot, page, offering(desk.connected(), "ap-south-2", "eu-west-1"))
    if LOOKS[state]:
        type_block(qtbot, page, LOOKS[state])
    else:
        click(qtbot, page.result.place.block.why_link)
    assert flaws(page) == []
