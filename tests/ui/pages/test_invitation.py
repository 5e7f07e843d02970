"""The Invitation page on a desk without a network: what it opens, what it shows of it, what it says where it cannot."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from installer.claims import Invitation
from installer.errors import HouseguestError, InvitationError, ProfileError, VendorUnreachable
from installer.invitation import UnknownVendorKey
from installer.vendor_keys import KeyTrust
from tests.support.desk import FakeDesk
from tests.support.opened import desk_without_aws, opened, rest
from tests.support.pages import Look, flaws, in_all_looks_of_a_window, on_screen, wear
from tests.support.signed_in import invitation
from ui.pages.invitation import InvitationPage
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.buttons import Button
from ui.widgets.fields import Tick
from ui.widgets.rows import FactLine, FindingRow

LINK = "https://popsql.example/invitation"
FORGED = InvitationError("The signature of this invitation is wrong.", fix="Do not use it.")
LONG = "wort" * 2_500
RTL = "שלום עולם"


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> InvitationPage:
    page = on_screen(qtbot, InvitationPage(desk, runner))
    page.load(Visit())
    return page


def box(page: InvitationPage) -> QPlainTextEdit:
    [edit] = page.source_card.findChildren(QPlainTextEdit)
    return edit


def read(qtbot: QtBot, page: InvitationPage, source: str = LINK) -> None:
    page.open(source)
    qtbot.waitUntil(lambda: not page.busy)


def facts(page: InvitationPage) -> dict[str, str]:
    QApplication.processEvents()  # what is new in a layout is shown then
    return {line.accessibleName(): line.value() for line in page.findChildren(FactLine) if line.isVisible()}


def texts(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(
        str(one.text())
        for one in page.findChildren(QWidget)
        if one.isVisible() and hasattr(one, "text") and callable(one.text)
    )


def settled(qtbot: QtBot, page: InvitationPage) -> Visit:
    with qtbot.waitSignal(page.settled) as told:
        page.proceed()
    return told.args[0]


def drop(page: InvitationPage, data: QMimeData) -> bool:
    """Held over the page and let go; whether the page took it."""
    place, action = QPointF(200, 200), Qt.DropAction.CopyAction
    keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(place.toPoint(), action, data, *keys)
    enter.ignore()
    page.dragEnterEvent(enter)
    if enter.isAccepted():
        page.dropEvent(QDropEvent(place, action, data, *keys))
    return enter.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(map(str, paths)))  # as file managers do
    return data


def unknown(desk: FakeDesk, fingerprint: str = "f" * 43) -> UnknownVendorKey:
    return UnknownVendorKey(desk.whole.invitation, fingerprint)


class TestOpening:
    def test_what_was_pasted_white_space_and_all(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        assert not page.valid
        box(page).setPlainText(f"  \n{LINK}\n\n")
        assert page.valid
        page.proceed()
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(LINK, None)]
        assert page.primary == "Continue"
        assert box(page).toPlainText() == "", "it opens a door, and is not left standing"

    def test_white_space_is_nothing(self, desk: FakeDesk, page: InvitationPage) -> None:
        box(page).setPlainText(" \n\t ")
        assert not page.valid
        page.open("  ")
        assert desk.sources == []

    def test_a_file_that_was_chosen(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage, tmp_path: Path) -> None:
        button = next(one for one in page.findChildren(Button) if one.text() == "Choose a file …")
        button.click()
        [dialog] = page.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / "acme.houseguest"))
        dialog.close()
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(str(tmp_path / "acme.houseguest"), None)]

    def test_by_control_and_enter_in_the_text(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        box(page).setPlainText(LINK)
        QTest.keyClick(box(page), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(LINK, None)]

    def test_settles_what_was_opened(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        read(qtbot, page)
        assert settled(qtbot, page).settled == desk.invited().settled

    def test_stopped_it_is_as_before(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        hold = desk.holds("open_invitation")
        box(page).setPlainText(LINK)
        page.proceed()
        qtbot.waitUntil(hold.entered.is_set)
        page.cancel()
        qtbot.waitUntil(lambda: not page.busy)
        assert (box(page).toPlainText(), page.heading, page.error) == (LINK, "Open your invitation", None)


class TestDropping:
    def test_a_file(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage, tmp_path: Path) -> None:
        assert drop(page, files(tmp_path / "acme.houseguest"))
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(str(tmp_path / "acme.houseguest"), None)]

    def test_a_link(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        data = QMimeData()
        data.setUrls([QUrl(LINK)])
        assert drop(page, data)
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(LINK, None)]

    def test_a_text(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        data = QMimeData()
        data.setText(f" {LINK}\n")
        assert drop(page, data)
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(LINK, None)]

    def test_the_address_of_a_file_as_text(
        self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage, tmp_path: Path
    ) -> None:
        read(qtbot, page, QUrl.fromLocalFile(str(tmp_path / "a b")).toString())
        assert desk.sources == [(str(tmp_path / "a b"), None)]

    def test_two_files_are_one_too_many(self, desk: FakeDesk, page: InvitationPage, tmp_path: Path) -> None:
        assert drop(page, files(tmp_path / "one", tmp_path / "two"))
        assert desk.sources == []
        assert "Several files were dropped. An invitation is one file, one link or one text." in texts(page)
        box(page).setPlainText(LINK)
        assert "Several files" not in texts(page)

    def test_an_empty_text_is_nothing(self, desk: FakeDesk, page: InvitationPage) -> None:
        data = QMimeData()
        data.setText("  ")
        assert drop(page, data)
        assert "What was dropped is empty." in texts(page)
        assert desk.sources == []

    def test_something_else_is_not_taken(self, desk: FakeDesk, page: InvitationPage) -> None:
        data = QMimeData()
        data.setData("image/png", b"\x89PNG")
        assert not drop(page, data)
        assert desk.sources == []

    def test_into_the_text_box_comes_to_the_page(self, page: InvitationPage) -> None:
        assert not box(page).acceptDrops()

    def test_nothing_is_taken_while_it_reads_or_after_the_commit(
        self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage, tmp_path: Path
    ) -> None:
        hold = desk.holds("open_invitation")
        page.open(LINK)
        qtbot.waitUntil(hold.entered.is_set)
        assert not drop(page, files(tmp_path))
        hold.release()
        qtbot.waitUntil(lambda: not page.busy)
        page.load(desk.connected(), read_only=True)
        assert not drop(page, files(tmp_path))


class TestWhatItShows:
    def test_who_gets_access_what_for_and_why_it_counts(self, qtbot: QtBot, page: InvitationPage) -> None:
        read(qtbot, page)
        said = facts(page)
        assert page.heading == "Release asks for access to your AWS account"
        assert said["Operator"] == "Release, on behalf of PopSQL (release.example)"
        assert said["Trusted AWS role"] == "arn:aws:iam::111111111111:role/release-deploy"
        assert said["For"] == "Acme Corporation, only in AWS account 2222 2222 2222"
        assert said["Takes about"] == "30 minutes to install, as PopSQL says"
        assert said["Signature"] == "By the key of the vendor that comes with Houseguest"
        assert "What access means, in the words of PopSQL" in texts(page)
        assert "“While Release is connected" in texts(page)

    def test_an_invitation_for_any_account_says_so(self, page: InvitationPage, desk: FakeDesk) -> None:
        show(page, desk, {"customer": {"aws_account_id": None}})
        assert facts(page)["For"] == "Acme Corporation, in an AWS account of your choice"

    def test_a_whole_account_is_a_caution(self, page: InvitationPage, desk: FakeDesk) -> None:
        show(page, desk, {"trust": {"principal_arn": "arn:aws:iam::111111111111:root"}})
        assert "Trusted AWS account" in facts(page)
        [finding] = page.findChildren(FindingRow)
        assert "Everybody in that AWS account" in finding.accessibleName()

    def test_a_vendor_that_operates_itself_is_named_once(self, page: InvitationPage, desk: FakeDesk) -> None:
        show(page, desk, {"vendor": {"name": "Release", "operator": "Release"}})
        assert facts(page)["Operator"] == "Release (release.example)"

    def test_who_compared_the_key_is_told(self, page: InvitationPage, desk: FakeDesk) -> None:
        visit = desk.invited()
        assert visit.verified is not None
        page.load(replace(visit, verified=replace(visit.verified, trust=KeyTrust.CONFIRMED)))
        assert facts(page)["Signature"] == "By the key of the vendor that you have compared"
        page.load(replace(visit, verified=None))
        assert facts(page)["Signature"] == "Checked when the invitation was opened"


class TestAgreements:
    @pytest.fixture
    def opened_urls(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        urls: list[str] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url.toString()))
        return urls

    def test_show_where_they_lead_before_they_are_opened(
        self, page: InvitationPage, desk: FakeDesk, opened_urls: list[str]
    ) -> None:
        page.load(desk.invited())
        link = next(one for one in page.findChildren(Button) if one.text() == "PopSQL privacy policy")
        assert "popsql.com" in texts(page)
        assert "https://popsql.com/privacy" in link.toolTip()
        assert link.accessibleDescription() == "Opens https://popsql.com/privacy in the browser"
        link.click()
        assert opened_urls == ["https://popsql.com/privacy"]

    def test_that_are_not_encrypted_are_not_opened(
        self, page: InvitationPage, desk: FakeDesk, opened_urls: list[str]
    ) -> None:
        """The engine lets an address of this computer through, for the sandbox."""
        show(page, desk, {"vendor": {"agreements": [{"title": "Local", "url": "http://127.0.0.1/x"}]}})
        next(one for one in page.findChildren(Button) if one.text() == "Local").click()
        assert opened_urls == []

    def test_none_are_no_card(self, page: InvitationPage, desk: FakeDesk) -> None:
        show(page, desk, {"vendor": {"agreements": []}})
        assert not page.agreements_card.isVisible()


class TestAStranger:
    def test_is_opened_only_by_who_has_compared(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        desk.fails("open_invitation", unknown(desk))
        read(qtbot, page)
        assert (page.heading, page.error) == ("Is this really PopSQL?", None)
        assert page.primary == "Trust this key and open"
        assert not page.valid
        assert "f" * 43 in texts(page)
        assert facts(page)["Signature"] == "By a key that is not compared yet"
        [tick] = page.findChildren(Tick)
        tick.click()
        assert page.valid
        page.proceed()
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources[-1] == (LINK, "f" * 43)
        assert page.primary == "Continue"

    def test_with_another_key_is_compared_anew(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        for fingerprint in ("f" * 43, "g" * 43):
            desk.fails("open_invitation", unknown(desk, fingerprint))
            read(qtbot, page)
            [tick] = page.findChildren(Tick)
            assert not tick.value()
            tick.click()
        assert "g" * 43 in texts(page)

    def test_can_be_left_for_another(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        desk.fails("open_invitation", unknown(desk))
        read(qtbot, page)
        next(one for one in page.findChildren(Button) if one.text() == "Open another one").click()
        assert page.source_card.isVisible()
        assert not page.fingerprint_card.isVisible()


class TestErrors:
    @pytest.mark.parametrize(
        "error",
        [
            FORGED,
            InvitationError("This invitation ended on 2020-01-01 00:00 UTC.", fix="Ask the vendor for a new one."),
            InvitationError("The invitation could not be fetched: no answer."),
            ProfileError("The keys cannot be saved.", details={"file": "/x"}),
            VendorUnreachable("No answer."),
        ],
        ids=lambda it: it.message[:24],
    )
    def test_stay_and_keep_what_was_typed(
        self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage, error: HouseguestError
    ) -> None:
        desk.fails("open_invitation", error)
        box(page).setPlainText(LINK)
        page.proceed()
        qtbot.waitUntil(lambda: not page.busy)
        assert page.error is error
        assert box(page).toPlainText() == LINK
        assert "Open an invitation" not in texts(page), "that is this page"
        page.retry()
        qtbot.waitUntil(lambda: not page.busy)
        assert desk.sources == [(LINK, None), (LINK, None)]
        assert page.primary == "Continue"

    def test_of_another_one_keep_the_first(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        page.load(desk.invited())
        next(one for one in page.findChildren(Button) if one.text() == "Open another one").click()
        desk.fails("open_invitation", FORGED)
        read(qtbot, page)
        assert page.extra is not None
        page.extra.run()
        assert (page.error, page.primary, page.extra) == (None, "Continue", None)
        assert settled(qtbot, page) is page.visit


class TestAnotherOne:
    def test_of_the_same_offer_keeps_what_was_chosen(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        visit = desk.signed_in()
        wishes = replace(visit.settled.wishes, name="mine", preset="vendor")
        page.load(replace(visit, answers=replace(visit.settled, wishes=wishes)))
        read(qtbot, page)
        found = settled(qtbot, page)
        assert (found.settled.wishes, found.settled.account, found.aws_profile) == (wishes, None, "acme-admin")

    def test_of_another_offer_begins_anew(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        visit = desk.signed_in()
        other = invitation({"product": {"name": "Another"}})
        page.load(replace(visit, answers=replace(visit.settled, invitation=other)))
        read(qtbot, page)
        assert settled(qtbot, page).aws_profile is None

    def test_kept_wishes_are_taken_up(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        wishes = replace(desk.invited().settled.wishes, name="mine")
        page.load(Visit(kept_wishes=wishes, aws_profile="acme-admin"))
        assert page.heading == "Open the invitation of mine again"
        read(qtbot, page)
        found = settled(qtbot, page)
        assert (found.settled.wishes, found.aws_profile) == (wishes, "acme-admin")

    def test_after_the_commit_only_when_it_is_needed_again(
        self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage
    ) -> None:
        page.load(desk.connected(), read_only=True)
        assert "Open another one" not in texts(page)
        page.do_again()
        assert page.heading == "Open the invitation of popsql again"
        assert page.extra is None
        read(qtbot, page)
        found = settled(qtbot, page)
        assert found.settled.connection == page.visit.settled.connection
        assert found.verified is not None

    def test_a_saved_installation_goes_on_without_it(self, qtbot: QtBot, desk: FakeDesk, page: InvitationPage) -> None:
        visit = replace(desk.connected(), verified=None)
        page.load(visit, read_only=True)
        assert page.primary == "Continue"
        assert settled(qtbot, page) is visit


HOSTILE: dict[str, object] = {
    "markup": {"vendor": {"name": "<b>Release</b><img src=x>", "access_statement": "<h1>Trust</h1> " + "x " * 1_900}},
    "long": {
        "vendor": {"operator": LONG[:200], "name": LONG[:200], "agreements": [{"title": LONG[:200], "url": LINK}]},
        "product": {"name": LONG[:200], "version": LONG[:200], "summary": LONG[:4_000]},
        "customer": {"name": LONG[:200]},
        "trust": {"external_id": LONG[:1_224]},
    },
    "rtl": {"vendor": {"name": RTL, "operator": RTL}, "product": {"name": RTL}, "customer": {"name": RTL}},
}


def show(page: InvitationPage, desk: FakeDesk, overrides: object) -> Invitation:
    """The invitation with other claims, open."""
    changed = invitation(overrides)  # type: ignore[arg-type]
    visit = desk.invited()
    page.load(replace(visit, answers=replace(visit.settled, invitation=changed)))
    return changed


@pytest.mark.parametrize("overrides", HOSTILE.values(), ids=HOSTILE)
def test_the_vendors_texts_are_plain_text(page: InvitationPage, desk: FakeDesk, overrides: object) -> None:
    changed = show(page, desk, overrides)
    assert changed.vendor.operator in page.heading
    assert changed.vendor.access_statement.strip() in texts(page)


States = dict[str, Callable[[InvitationPage, FakeDesk], object]]


def test_who_asks_for_another_while_one_is_read_is_not_given_that_one(
    qtbot: QtBot, desk: FakeDesk, page: InvitationPage
) -> None:
    page.fail(unknown(desk))
    hold = desk.holds("open_invitation")
    page.proceed()
    assert hold.entered.wait()
    page.who_card.another.emit()
    hold.release()
    qtbot.waitUntil(lambda: not page.runner.running)
    QApplication.processEvents()
    assert not page.busy
    assert page.source_card.isVisible()
    assert not page.who_card.isVisible()


STATES: States = {
    "empty": lambda page, _: page.load(Visit()),
    "dropped": lambda page, _: page.source_card.set_problem("Several files were dropped."),
    "failed": lambda page, _: page.fail(FORGED),
    "open": lambda page, desk: page.load(desk.invited()),
    "stranger": lambda page, desk: page.fail(unknown(desk)),
    "read only": lambda page, desk: page.load(desk.connected(), read_only=True),
    "kept": lambda page, desk: page.load(
        Visit(kept_wishes=desk.invited().settled.wishes, invitation_path=f"/home/{LONG[:90]}/acme.houseguest")
    ),
    **{name: lambda page, desk, it=it: show(page, desk, it) for name, it in HOSTILE.items()},  # type: ignore[misc]
}


@in_all_looks_of_a_window
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off_overlaps_or_is_too_faint(
    qtbot: QtBot,
    runner: TaskRunner,
    tmp_path: Path,
    state: str,
    look: Look,
) -> None:
    desk = desk_without_aws(tmp_path)
    window = opened(qtbot, desk, runner, tmp_path)
    wear(window, look)
    window.take_up(Visit())
    page = window.page
    assert isinstance(page, InvitationPage)
    STATES[state](page, desk)
    rest(qtbot, window)
    assert flaws(window) == []
