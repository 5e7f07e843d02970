"""The Permissions page on a desk without AWS: the documents and their words are the engine's own."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from installer.errors import BoundaryError, HouseguestError
from installer.invitation import Invitation
from installer.policy.document import Document
from tests.support.desk import FakeDesk
from tests.support.pages import flaws
from ui import theme
from ui.pages.permissions import PermissionsPage
from ui.pages.permissions_own import read_policy
from ui.pages.permissions_rows import Row, RowGroup
from ui.pages.permissions_trust import duration
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.buttons import Button
from ui.widgets.choice import ChoiceCard
from ui.widgets.policy_editor import PolicyEditor
from ui.widgets.rows import AnswerRow

OURS = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
BROKEN = '{"Version": "2012-10-17",\n "Statement": [\n  {"Effect": "Allow" "Action": "s3:*"}]}'


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> PermissionsPage:
    page = PermissionsPage(desk, runner)
    qtbot.addWidget(page)
    page.resize(964, 727)
    return page


@pytest.fixture
def shown(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> PermissionsPage:
    """Signed in, nothing chosen by the person yet."""
    page.show()
    load(qtbot, page, desk.signed_in())
    return page


def load(qtbot: QtBot, page: PermissionsPage, visit: Visit, *, read_only: bool = False) -> None:
    page.load(visit, read_only=read_only)
    qtbot.waitUntil(lambda: not page.busy and not page.runner.running)


def card(page: PermissionsPage, value: str) -> ChoiceCard:
    return next(one for one in page.cards.cards() if one.value == value)


def choose(page: PermissionsPage, value: str) -> None:
    QTest.mouseClick(card(page, value), Qt.MouseButton.LeftButton)


def box(page: PermissionsPage) -> QPlainTextEdit:
    [field] = page.own.findChildren(PolicyEditor)
    editor = field.focusProxy()
    assert isinstance(editor, QPlainTextEdit)
    return editor


def paste(qtbot: QtBot, page: PermissionsPage, text: str) -> None:
    """Choose Ours, put the text there, and wait until it was looked at."""
    choose(page, "own")
    box(page).setPlainText(text)
    page.own.look()  # without the pause after the last key
    settle_own(qtbot, page)


def settle_own(qtbot: QtBot, page: PermissionsPage) -> None:
    qtbot.waitUntil(lambda: "Looking at it …" not in texts(page.own))


def texts(widget: QWidget) -> list[str]:
    """Every text of a label or a button that is shown in it."""
    return [
        str(one.text())
        for one in widget.findChildren(QWidget)
        if hasattr(one, "text") and callable(one.text) and one.isVisibleTo(widget)
    ]


def button(widget: QWidget, text: str) -> Button:
    found = [one for one in widget.findChildren(Button) if one.text() == text and one.isVisibleTo(widget)]
    assert len(found) == 1, f"{text}: {len(found)} buttons"
    return found[0]


def group(page: PermissionsPage, heading: str) -> RowGroup:
    found = [one for one in page.meaning.findChildren(RowGroup) if heading in texts(one) and one.isVisibleTo(page)]
    assert len(found) == 1, heading
    return found[0]


def answers(rows: tuple[Row, ...]) -> list[str]:
    return [row.answer for row in rows]


def focus_of(page: PermissionsPage) -> QWidget | None:
    """Where the keys go as soon as the window is the active one."""
    return page.window().focusWidget()


def settled_by(qtbot: QtBot, page: PermissionsPage) -> Visit:
    with qtbot.waitSignal(page.settled) as told:
        page.proceed()
    visit = told.args[0]
    assert isinstance(visit, Visit)
    return visit


def with_invitation(visit: Visit, change: Callable[[Invitation], Invitation]) -> Visit:
    before = visit.settled
    return replace(visit, answers=replace(before, invitation=change(before.invitation)))


# Choosing


def test_guarded_is_suggested_and_nothing_is_created(qtbot: QtBot, desk: FakeDesk, shown: PermissionsPage) -> None:
    assert shown.heading == "What may Release do in your account?"
    assert "Nothing is created yet." in " ".join(texts(shown))
    assert shown.cards.value() == "guarded"
    assert [str(one.value) for one in shown.cards.cards()] == ["none", "vendor", "guarded", "own"]
    assert shown.primary == "Continue with Guarded"
    assert shown.valid

    visit = settled_by(qtbot, shown)

    assert visit.settled.wishes.preset == "guarded"
    assert visit.settled.permissions == desk.permitted().settled.permissions
    assert shown.visit.settled.permissions is None, "what was settled before is as it was"
    assert desk.calls == ["choices", "workbench"]


def test_the_fact_is_the_size_of_the_composed_document(qtbot: QtBot, shown: PermissionsPage) -> None:
    made = settled_by(qtbot, shown).settled.permissions
    assert made is not None
    assert shown.fact == f"Policy size {made.operator_boundary.size:,} of 5,144 characters"

    choose(shown, "none")

    assert shown.fact != f"Policy size {made.operator_boundary.size:,} of 5,144 characters"


def test_a_limit_is_chosen_by_the_keyboard_alone(qtbot: QtBot, shown: PermissionsPage) -> None:
    shown.take_focus()
    assert focus_of(shown) is card(shown, "guarded")

    QTest.keyClick(card(shown, "guarded"), Qt.Key.Key_Left)

    assert focus_of(shown) is card(shown, "vendor")
    assert shown.primary == "Continue with Vendor minimal"
    assert settled_by(qtbot, shown).settled.wishes.preset == "vendor"


def test_the_focus_waits_for_the_cards(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    page.show()
    hold = desk.holds("choices")
    page.load(desk.signed_in())
    page.take_focus()
    hold.release()
    qtbot.waitUntil(lambda: not page.busy)

    assert focus_of(page) is card(page, "guarded")


def test_as_requested_is_not_taken_without_a_caution(shown: PermissionsPage) -> None:
    assert shown.notes.notes() == ()

    choose(shown, "none")

    [(tone, title, sentence)] = shown.notes.notes()
    assert tone is theme.Tone.CAUTION
    assert title == "One thing to know"
    assert sentence.startswith("Release may do everything that the vendor asks for")
    assert shown.valid

    choose(shown, "guarded")
    assert not shown.notes.isVisible()


# What it means


def test_every_statement_of_both_documents_has_a_row(qtbot: QtBot, shown: PermissionsPage) -> None:
    made = settled_by(qtbot, shown).settled.permissions
    assert made is not None
    for side, document in ((0, made.operator_boundary), (1, made.workload_boundary)):
        shown.meaning._tabs.setCurrentIndex(side)
        rows = (*group(shown, "The limit says").rows(), *group(shown, "Denied in every choice").rows())

        assert len(rows) == len(document.statements)
        effects = [{"Allow": "allowed", "Deny": "denied"}[one["Effect"]] for one in document.statements]
        assert sorted(answers(rows)) == sorted(effects)


def test_the_roles_that_the_vendor_makes_have_a_side_of_their_own(shown: PermissionsPage) -> None:
    tabs = shown.meaning._tabs
    tabs.setFocus()
    QTest.keyClick(tabs, Qt.Key.Key_Right)

    assert "Release makes roles for the servers and services that it sets up. Each gets this limit." in texts(
        shown.meaning
    )


def test_only_the_first_rows_are_shown_until_all_are_asked_for(qtbot: QtBot, shown: PermissionsPage) -> None:
    always = group(shown, "Denied in every choice")
    count = len(always.rows())
    assert len(always.findChildren(AnswerRow)) < count

    QTest.mouseClick(button(always, f"Show all {count}"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len([row for row in always.findChildren(AnswerRow) if row.isVisible()]) == count)

    QTest.mouseClick(button(always, "Show fewer"), Qt.MouseButton.LeftButton)
    assert f"Show all {count}" in texts(always)


def test_a_change_of_the_choice_says_what_differs(shown: PermissionsPage) -> None:
    choose(shown, "vendor")
    says = group(shown, "The limit says")
    assert says.sentence == "Vendor minimal denies 4 fewer things than Guarded."
    assert answers(says.rows()).count("not denied") == 4

    choose(shown, "guarded")
    assert says.sentence == "Guarded denies 4 more things than Vendor minimal."
    assert [row.answer for row in says.rows() if row.only_here] == ["denied"] * 4
    assert "not denied" not in answers(says.rows())


def test_at_first_a_limit_is_compared_with_what_the_vendor_asks_for(shown: PermissionsPage) -> None:
    says = group(shown, "The limit says")

    assert says.sentence == (
        "Guarded allows actions of 9 services, As requested of every service. Guarded denies 4 more things."
    )


def test_a_way_around_a_text_that_is_not_right_compares_with_the_last_limit(shown: PermissionsPage) -> None:
    choose(shown, "vendor")
    choose(shown, "own")
    choose(shown, "guarded")

    assert group(shown, "The limit says").sentence == "Guarded denies 4 more things than Vendor minimal."


def test_both_documents_can_be_read_and_copied(qtbot: QtBot, shown: PermissionsPage) -> None:
    made = settled_by(qtbot, shown).settled.permissions
    assert made is not None
    QTest.mouseClick(button(shown.meaning, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == made.operator_boundary.pretty()

    QTest.mouseClick(button(shown.meaning, "Show the document"), Qt.MouseButton.LeftButton)
    shown.meaning._tabs.setCurrentIndex(1)

    assert shown.meaning._document.isVisible()
    assert shown.meaning._document.text() == made.workload_boundary.pretty()
    assert "Hide the document" in texts(shown.meaning)


def test_who_could_use_the_role_is_told(shown: PermissionsPage) -> None:
    told = texts(shown.trust)

    assert "One role in AWS account 1111 1111 1111" in told
    assert shown.visit.settled.invitation.trust.principal_arn in told
    assert shown.visit.settled.invitation.trust.external_id in told
    assert "PowerUserAccess" in told
    assert "1 hour" in told


def test_a_whole_account_is_a_caution(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    def trust_all(invitation: Invitation) -> Invitation:
        trust = invitation.trust.model_copy(update={"principal_arn": "arn:aws:iam::111111111111:root"})
        return invitation.model_copy(update={"trust": trust})

    page.show()
    load(qtbot, page, with_invitation(desk.signed_in(), trust_all))

    told = " ".join(texts(page.trust))
    assert "Everybody who may assume roles in AWS account 1111 1111 1111" in told
    assert "The vendor asks you to trust its whole account 111111111111" in told


@pytest.mark.parametrize(
    ("seconds", "said"), [(3600, "1 hour"), (43200, "12 hours"), (5400, "90 minutes"), (3661, "61 minutes")]
)
def test_durations_have_their_unit(seconds: int, said: str) -> None:
    assert duration(seconds) == said


# A limit of one's own


def test_a_limit_of_ones_own_is_looked_at_while_it_is_typed(qtbot: QtBot, shown: PermissionsPage) -> None:
    choose(shown, "own")
    assert not shown.valid
    assert not shown.meaning.isVisible()
    assert "Paste a policy document, or open a file." in texts(shown.own)

    box(shown).setFocus()
    QTest.keyClicks(box(shown), OURS)
    settle_own(qtbot, shown)

    assert "Read: 1 statement." in texts(shown.own)
    assert shown.primary == "Continue with Ours"
    wishes = settled_by(qtbot, shown).settled.wishes
    assert wishes.preset == "own"
    assert wishes.own_boundary == Document.from_json(OURS)


def test_what_is_wrong_is_said_with_its_place(qtbot: QtBot, shown: PermissionsPage) -> None:
    paste(qtbot, shown, BROKEN)

    assert any("Line 3, column 2" in text for text in texts(shown.own))
    assert not shown.valid

    box(shown).setFocus()
    QTest.keyClick(box(shown), Qt.Key.Key_F8)
    assert box(shown).textCursor().blockNumber() == 2
    assert focus_of(shown) is box(shown)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"Version": "2008-10-17", "Statement": []}', "The policy's Version is '2008-10-17'."),
        (OURS.replace("s3:*", "s3"), "Action in Statement 1 has 's3'"),
        (OURS.replace("Allow", "Deny"), "The boundary allows nothing: it has only Deny statements."),
        ("[]", "The policy is not a JSON object."),
    ],
)
def test_a_document_that_cannot_be_used_says_why(qtbot: QtBot, shown: PermissionsPage, text: str, said: str) -> None:
    paste(qtbot, shown, text)

    assert any(said in one for one in texts(shown.own))
    assert not shown.valid
    assert not shown.meaning.isVisible()


def test_a_document_that_is_too_long_says_how_much(qtbot: QtBot, shown: PermissionsPage) -> None:
    actions = [f"s3:Get{number}" for number in range(400)]
    paste(qtbot, shown, OURS.replace('"s3:*"', json.dumps(actions)))

    assert any("characters; 5,144 fit." in text for text in texts(shown.own))
    assert shown.fact.endswith("of 5,144 characters")
    assert not shown.valid


def test_what_was_typed_is_kept_when_ours_goes_away_and_comes_back(qtbot: QtBot, shown: PermissionsPage) -> None:
    paste(qtbot, shown, BROKEN)
    choose(shown, "guarded")
    assert not shown.own.isVisible()
    assert shown.valid

    choose(shown, "own")

    assert shown.own.text() == BROKEN
    assert not any("of 5,144 characters" in text for text in texts(shown.own))
    assert any("Line 3, column 2" in text for text in texts(shown.own))


def test_the_text_of_a_moment_ago_decides_nothing(qtbot: QtBot, shown: PermissionsPage) -> None:
    paste(qtbot, shown, OURS)
    qtbot.waitUntil(lambda: shown.valid)

    box(shown).appendPlainText("x")

    assert not shown.valid
    settle_own(qtbot, shown)
    assert not shown.valid


def test_the_vendors_list_can_be_begun_with(qtbot: QtBot, shown: PermissionsPage) -> None:
    choose(shown, "own")
    QTest.mouseClick(button(shown.own, "Begin with the vendor's list"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.valid)

    assert "222222222222" in shown.own.text()
    assert "Begin with the vendor's list" not in texts(shown.own), "it would take the place of what was typed"


def test_a_file_is_opened(qtbot: QtBot, shown: PermissionsPage, tmp_path: Path) -> None:
    path = tmp_path / "limit.json"
    path.write_text(OURS, "utf-8")
    choose(shown, "own")
    QTest.mouseClick(button(shown.own, "Open a file …"), Qt.MouseButton.LeftButton)
    [dialog] = shown.own.findChildren(QFileDialog)
    assert dialog.isVisible()

    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: shown.valid)

    assert shown.own.text() == OURS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "limit.json cannot be read: No such file or directory."),
        (b"\x00\xff" * 10, "limit.json is not text."),
        (b" " * 300_000, "limit.json is larger than 256 KiB."),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_loses_nothing(
    qtbot: QtBot, shown: PermissionsPage, tmp_path: Path, data: bytes | None, said: str
) -> None:
    path = tmp_path / "limit.json"
    if data is not None:
        path.write_bytes(data)
    paste(qtbot, shown, OURS)

    shown.own.read_file(str(path))
    settle_own(qtbot, shown)

    assert any(said in text for text in texts(shown.own))
    assert shown.own.text() == OURS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_read_as_editors_write_them(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "limit.json"
    path.write_text(OURS, encoding)

    assert read_policy(path) == OURS


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match="cannot be read"):
        read_policy(tmp_path)


# Back and forth


def test_what_was_chosen_and_not_settled_is_kept(qtbot: QtBot, desk: FakeDesk, shown: PermissionsPage) -> None:
    choose(shown, "vendor")
    load(qtbot, shown, desk.signed_in())

    assert shown.cards.value() == "vendor"
    assert desk.calls == ["choices", "workbench"], (
        "nothing is worked out twice for the same invitation and the same names"
    )


def test_what_was_settled_comes_back(qtbot: QtBot, desk: FakeDesk, shown: PermissionsPage) -> None:
    paste(qtbot, shown, f"\n{OURS}\n")
    load(qtbot, shown, settled_by(qtbot, shown))

    assert shown.cards.value() == "own"
    assert shown.own.text() == f"\n{OURS}\n", "as it was typed, not as it is written by us"
    assert shown.valid


def test_another_name_makes_other_documents(qtbot: QtBot, desk: FakeDesk, shown: PermissionsPage) -> None:
    paste(qtbot, shown, OURS)
    visit = desk.signed_in()
    renamed = replace(visit.settled, wishes=replace(visit.settled.wishes, name="reports"))
    load(qtbot, shown, replace(visit, answers=renamed))
    qtbot.waitUntil(lambda: shown.valid)

    assert desk.calls.count("choices") == 2
    assert shown.cards.value() == "own"
    made = settled_by(qtbot, shown).settled.permissions
    assert made is not None
    assert "reports--" in made.operator_boundary.to_json()
    assert "popsql--" not in made.operator_boundary.to_json()


def test_the_wishes_of_a_saved_installation_are_taken(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    visit = desk.signed_in()
    wishes = replace(visit.settled.wishes, preset="own", own_boundary=Document.from_json(OURS))
    page.show()
    load(qtbot, page, replace(visit, answers=replace(visit.settled, wishes=wishes)))
    qtbot.waitUntil(lambda: page.valid)

    assert page.cards.value() == "own"
    assert Document.from_json(page.own.text()) == Document.from_json(OURS)


def test_another_invitation_begins_anew(qtbot: QtBot, desk: FakeDesk, shown: PermissionsPage) -> None:
    paste(qtbot, shown, OURS)
    load(qtbot, shown, with_invitation(desk.signed_in(), lambda one: one.model_copy(update={"jti": "inv_2"})))

    assert shown.cards.value() == "guarded"
    assert shown.own.text() == ""


# After the commit


def test_after_the_commit_it_shows_what_was_made(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    visit = desk.connected()
    made = visit.settled.permissions
    assert made is not None
    narrower = Document(tuple(one for one in made.operator_boundary.statements if one["Sid"] != "TightenData"))
    answers = replace(visit.settled, permissions=replace(made, operator_boundary=narrower))
    page.show()
    load(qtbot, page, replace(visit, answers=answers), read_only=True)

    assert "Made. To change it, remove the access first." in texts(page)
    assert not any(one.isEnabled() for one in page.cards.cards())
    assert page.meaning.document_text() == narrower.pretty(), "as it was made, not as it would be made now"
    assert page.primary == "Continue"
    assert page.valid
    assert settled_by(qtbot, page) == page.visit


def test_after_the_commit_a_limit_of_ones_own_cannot_be_typed(
    qtbot: QtBot, desk: FakeDesk, page: PermissionsPage
) -> None:
    visit = desk.connected()
    made = visit.settled.permissions
    assert made is not None
    wishes = replace(visit.settled.wishes, preset="own", own_boundary=Document.from_json(OURS))
    answers = replace(visit.settled, wishes=wishes, permissions=replace(made, preset="own"))
    page.show()
    load(qtbot, page, replace(visit, answers=answers), read_only=True)
    settle_own(qtbot, page)

    assert page.cards.value() == "own"
    assert not page.own.isVisible()
    assert page.meaning.isVisible()
    page.take_focus()
    assert focus_of(page) is page.meaning._tabs


# What goes wrong


def test_an_error_is_shown_and_retry_works_it_out(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    page.show()
    desk.fails("choices", HouseguestError("Something broke.", fix="Try again."))
    load(qtbot, page, desk.signed_in())

    assert "Something broke." in texts(page)
    assert not page.valid
    assert not page.stopped.isVisible()
    assert not page.loading.isVisible()

    QTest.mouseClick(button(page, "Retry"), Qt.MouseButton.LeftButton)
    assert page.loading.isVisible()
    qtbot.waitUntil(lambda: not page.busy)

    assert page.error is None
    assert page.valid


def test_a_limit_that_cannot_be_made_says_why(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    def overlong(invitation: Invitation) -> Invitation:
        actions = [f"s3:Get{number}" for number in range(600)]
        boundary = json.loads(OURS.replace('"s3:*"', json.dumps(actions)))
        permissions = invitation.permissions.model_copy(update={"minimal_boundary": boundary})
        return invitation.model_copy(update={"permissions": permissions})

    page.show()
    load(qtbot, page, with_invitation(desk.signed_in(), overlong))

    [(tone, title, sentence)] = page.notes.notes()
    assert tone is theme.Tone.BAD
    assert title == "Guarded cannot be made"
    assert sentence.endswith("5,144 fit. Choose another limit, and tell the vendor.")
    assert not page.valid
    assert not page.meaning.isVisible()

    choose(page, "none")
    assert page.valid


def test_cancel_returns_to_where_nothing_was_worked_out(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    page.show()
    hold = desk.holds("choices")
    page.load(desk.signed_in())
    assert hold.entered.wait(2)
    assert page.loading.isVisible()
    assert page.doing == "Working out what each limit means"

    page.cancel()
    qtbot.waitUntil(lambda: not page.busy)
    assert page.stopped.isVisible()
    assert not page.valid

    QTest.mouseClick(button(page, "Work it out"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.valid)
    assert not page.stopped.isVisible()


def test_coming_back_after_a_cancel_works_it_out(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    hold = desk.holds("choices")
    page.load(desk.signed_in())
    assert hold.entered.wait(2)
    page.cancel()
    qtbot.waitUntil(lambda: not page.busy)

    load(qtbot, page, desk.signed_in())

    assert page.valid


def test_the_window_may_close_while_it_works(desk: FakeDesk, page: PermissionsPage) -> None:
    hold = desk.holds("choices")
    page.load(desk.signed_in())
    assert hold.entered.wait(2)

    assert page.runner.shutdown(2.0)
    assert page.going_on == ""


def test_the_window_may_close_while_a_text_is_looked_at(shown: PermissionsPage, desk: FakeDesk) -> None:
    hold = desk.holds("own_choice")
    choose(shown, "own")
    box(shown).setPlainText(OURS)
    shown.own.look()
    assert hold.entered.wait(2)

    assert shown.runner.shutdown(2.0)


# Export


def test_both_documents_are_exported_for_the_security_team(
    qtbot: QtBot, shown: PermissionsPage, tmp_path: Path
) -> None:
    path = tmp_path / "out" / "popsql-permissions.json"
    QTest.mouseClick(button(shown.meaning, "Export for the security team …"), Qt.MouseButton.LeftButton)
    [dialog] = shown.findChildren(QFileDialog)
    assert dialog.isVisible()
    assert [Path(name).name for name in dialog.selectedFiles()] == ["popsql-permissions.json"]

    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: not shown.busy)

    made = settled_by(qtbot, shown).settled.permissions
    assert made is not None
    contents = json.loads(path.read_text("utf-8"))
    assert contents["choice"] == "Guarded"
    assert contents["operator_boundary"]["document"] == made.operator_boundary.to_object()
    assert contents["workload_boundary"]["document"] == made.workload_boundary.to_object()
    assert contents["role"]["trusted_principal"] == "arn:aws:iam::111111111111:role/release-deploy"
    assert f"Saved as {path}." in texts(shown.meaning)

    choose(shown, "vendor")
    assert f"Saved as {path}." not in texts(shown.meaning), "that was another limit"


def test_an_export_that_fails_says_why_and_can_be_tried_again(
    qtbot: QtBot, shown: PermissionsPage, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", "utf-8")
    shown.export(str(blocked / "limits.json"))
    qtbot.waitUntil(lambda: not shown.busy)

    assert shown.error is not None
    assert shown.error.code == "report"
    assert shown.meaning.isVisible()
    assert shown.valid

    blocked.unlink()
    QTest.mouseClick(button(shown, "Retry"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not shown.busy)
    assert (blocked / "limits.json").exists()


# Looks


HOSTILE = "Evil\u202e\x1b[31m<b>Corp</b>\n& sons " + "x" * 60


def hostile(visit: Visit) -> Visit:
    """Texts as a vendor could write them, if nobody had looked at them before."""

    def change(invitation: Invitation) -> Invitation:
        vendor = invitation.vendor.model_copy(update={"operator": HOSTILE})
        need = invitation.permissions.needs["install"][0].model_copy(update={"why": HOSTILE * 3})
        permissions = invitation.permissions.model_copy(update={"needs": {"install": (need,)}})
        return invitation.model_copy(update={"vendor": vendor, "permissions": permissions})

    return with_invitation(visit, change)


def test_what_the_vendor_writes_is_plain_text(qtbot: QtBot, desk: FakeDesk, page: PermissionsPage) -> None:
    page.show()
    load(qtbot, page, hostile(desk.signed_in()))
    choose(page, "none")

    assert page.notes.isVisible()
    shown = "".join((page.heading, *texts(page.meaning), *texts(page.trust), *texts(page.own), *texts(page.notes)))
    assert "<b>Corp</b> & sons" in shown
    assert not any(mark in shown for mark in ("\u202e", "\x1b", "\n"))


@pytest.mark.parametrize("scheme", list(theme.Scheme))
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("size", [(724, 567), (1204, 827)])
def test_nothing_about_its_looks_is_wrong(
    qtbot: QtBot, desk: FakeDesk, page: PermissionsPage, size: tuple[int, int], scale: float, scheme: theme.Scheme
) -> None:
    theme.set_scheme(scheme)
    theme.set_scale(scale)
    page.resize(*size)
    page.show()
    load(qtbot, page, desk.signed_in())

    assert flaws(page) == []


@pytest.mark.parametrize("state", ["vendor", "none", "ours", "broken", "workloads", "document", "hostile"])
def test_nothing_is_wrong_with_the_looks_of_any_state(
    qtbot: QtBot, desk: FakeDesk, page: PermissionsPage, state: str
) -> None:
    theme.set_scale(1.5)
    page.resize(724, 567)
    page.show()
    load(qtbot, page, hostile(desk.signed_in()) if state == "hostile" else desk.signed_in())
    if state in ("vendor", "none"):
        choose(page, state)
    elif state in ("ours", "broken"):
        paste(qtbot, page, OURS if state == "ours" else BROKEN)
    elif state == "workloads":
        page.meaning._tabs.setCurrentIndex(1)
    elif state == "document":
        QTest.mouseClick(button(page.meaning, "Show the document"), Qt.MouseButton.LeftButton)

    assert flaws(page) == []
