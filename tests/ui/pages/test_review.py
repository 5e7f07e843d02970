"""ui/pages/review.py on a desk without AWS: the findings are made up, what the limit says is the engine's own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from installer.answers import Answers
from installer.context import Context
from installer.errors import (
    AwsUnreachable,
    BoundaryError,
    ChangedMeanwhile,
    HouseguestError,
    PermissionMissing,
    ProfileError,
    SignInNeeded,
    VendorUnreachable,
)
from installer.events import Scanned
from installer.evidence import Evidence, Source, State
from installer.flow import Step
from installer.invitation import Invitation
from installer.policy.boundary import Layer
from installer.steps import Finding, Severity
from installer.steps.connect import what_is_created
from tests.support.desk import Entered, FakeDesk
from tests.support.invitations import NOW
from tests.support.pages import flaws, on_screen
from ui import theme
from ui.desk import Desk
from ui.desk_results import Choice
from ui.focus import stops
from ui.pages import review_export
from ui.pages.review import ReviewPage
from ui.pages.review_email import EmailCard, problem_of
from ui.pages.review_export import Contents, FileKind
from ui.pages.review_findings import AT_FIRST, FindingsCard, Read, not_checked
from ui.pages.review_granted import PROTECT, REGION
from ui.pages.review_words import words
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.buttons import Button
from ui.widgets.rows import EvidenceRow, FactLine, FindingRow
from ui.widgets.text import Label

HOSTILE = "a\x00b\x1b[31mc\u202ed<b>bold</b><img src=x>\r\n\x07" + "w" * 300
BLOCKER = Finding("network", Severity.BLOCKER, "10.64.0.0/16 cannot be used. It is taken.", "Use 10.42.0.0/16.")
CAUTION = Finding(
    "invitation", Severity.CAUTION, "The vendor asks you to trust its whole account.", "Ask for one role."
)
INFO = Finding("network", Severity.INFO, "Not looked at: on-premises ranges.", "Name ranges to avoid.")


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    made = FakeDesk(tmp_path)
    made.found = (INFO,)
    return made


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner) -> ReviewPage:
    return on_screen(qtbot, ReviewPage(desk, runner))


@pytest.fixture
def shown(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> ReviewPage:
    """Before a first install, with one thing to know."""
    load(qtbot, page, first(desk))
    return page


def load(qtbot: QtBot, page: ReviewPage, visit: Visit, *, read_only: bool = False) -> None:
    page.load(visit, read_only=read_only)
    qtbot.waitUntil(lambda: not page.busy and not page.granted.loading.isVisible())
    activate(qtbot, page)


def activate(qtbot: QtBot, page: ReviewPage) -> None:
    """Only the active window has the focus, and tells its fields when they lose it."""
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)


def changed(visit: Visit, change: Callable[[Answers], Answers]) -> Visit:
    return replace(visit, answers=change(visit.settled))


def first(desk: FakeDesk) -> Visit:
    """The vendor knows no install of it yet, and no address to write to was given."""

    def new(answers: Answers) -> Answers:
        assert answers.connection is not None
        return replace(answers, connection=replace(answers.connection, existing_install_id=None))

    return changed(desk.networked(), new)


def with_invitation(visit: Visit, change: Callable[[Invitation], Invitation]) -> Visit:
    return changed(visit, lambda answers: replace(answers, invitation=change(answers.invitation)))


def with_network_evidence(visit: Visit, *evidence: Evidence) -> Visit:
    def know(answers: Answers) -> Answers:
        assert answers.network is not None
        return replace(answers, network=replace(answers.network, evidence=evidence))

    return changed(visit, know)


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(Label) if label.isVisible()]


def button(widget: QWidget, text: str) -> Button:
    found = [one for one in widget.findChildren(Button) if one.text() == text and one.isVisible()]
    assert len(found) == 1, f"{text}: {len(found)} buttons"
    return found[0]


def click(qtbot: QtBot, widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def facts(widget: QWidget) -> dict[str, str]:
    return {line.accessibleName(): line.value() for line in widget.findChildren(FactLine) if line.isVisible()}


def type_email(qtbot: QtBot, page: ReviewPage, text: str) -> QLineEdit:
    edit = page.email.field.editor
    assert isinstance(edit, QLineEdit)
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    return edit


def settle(qtbot: QtBot, page: ReviewPage) -> Visit:
    with qtbot.waitSignal(page.settled) as told:
        page.proceed()
    visit = told.args[0]
    assert isinstance(visit, Visit)
    return visit


# What speaks against it


def test_it_says_what_the_button_does(shown: ReviewPage) -> None:
    assert shown.heading == "Everything on one page"
    assert "Nothing is installed yet. Install asks Release to build PopSQL 2.41.0 in eu-west-1." in texts(shown)
    assert shown.primary == "Install PopSQL 2.41.0"
    assert shown.fact == "Release begins at once. Nothing more is asked."
    assert shown.valid
    assert not shown.reconnect.isVisible()


def test_what_blocks_comes_first_and_stops_it(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = (INFO, CAUTION, BLOCKER, INFO, CAUTION)
    load(qtbot, page, first(desk))

    rows = [row for row in page.findings.rows.rows() if isinstance(row, FindingRow)]
    assert [row.severity.value for row in rows] == ["blocker", "caution", "caution", "info", "info"]
    assert page.findings.title() == "1 stops here, 2 to decide, 2 to know"
    assert "Use 10.42.0.0/16." in texts(page.findings)
    assert not page.valid
    assert page.fact == "One thing stops this. Put it right, then check again."

    page.proceed()
    assert desk.calls == ["findings"], "what is blocked is not begun from the keyboard either"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((BLOCKER, BLOCKER), "2 things stop here"),
        ((CAUTION,), "One thing to decide"),
        ((INFO, BLOCKER, INFO), "1 stops here, 2 to know"),
        ((), ""),
    ],
)
def test_findings_are_counted_in_words(found: tuple[Finding, ...], said: str) -> None:
    assert Read.of(found, NOW).counts == said


def test_two_blockers_are_two_things(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = (BLOCKER, replace(BLOCKER, sentence="The region is not enabled."))
    load(qtbot, page, first(desk))

    assert page.fact == "2 things stop this. Put it right, then check again."


def test_where_nothing_was_found_it_says_what_was_not_checked(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = ()
    desk.reports("findings", Scanned("eu-west-1", 3), Scanned("us-west-2", 0, "No permission."))
    load(qtbot, page, first(desk))

    banner = page.findings.nothing
    assert banner.isVisible()
    assert banner.tone() is theme.Tone.NEUTRAL
    assert banner.title() == "Nothing was found that speaks against it"
    assert banner.sentence().startswith(
        "Not checked: “Release can assume the role”; “All addresses in us-west-2 are known”."
    )
    assert page.valid


def test_where_all_was_checked_the_rest_is_still_not_claimed(desk: FakeDesk) -> None:
    def proved(answers: Answers) -> Answers:
        assert answers.connection is not None
        return replace(answers, connection=replace(answers.connection, proof=()))

    answers = changed(with_network_evidence(first(desk)), proved).settled

    assert not_checked(answers, Read.of((), NOW)) == ()


@pytest.mark.parametrize(
    ("unchecked", "tone", "sentence"),
    [
        ((), theme.Tone.GOOD, "What this page does not name was not looked at."),
        (
            ("The block is free.", "It is whole"),
            theme.Tone.NEUTRAL,
            "Not checked: “The block is free”; “It is whole”. What this page does not name was not looked at either.",
        ),
    ],
)
def test_only_what_was_checked_is_in_green(
    qtbot: QtBot, unchecked: tuple[str, ...], tone: theme.Tone, sentence: str
) -> None:
    card = FindingsCard()
    qtbot.addWidget(card)
    card.show_read(Read.of((), NOW), unchecked)
    assert (card.nothing.tone(), card.nothing.sentence()) == (tone, sentence)


def test_many_findings_are_shown_when_they_are_asked_for(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = tuple(replace(CAUTION, sentence=f"Number {number}.") for number in range(20))
    load(qtbot, page, first(desk))
    assert len(page.findings.rows.rows()) == AT_FIRST

    click(qtbot, button(page.findings, "Show all 20"))
    assert len(page.findings.rows.rows()) == 20

    click(qtbot, button(page.findings, "Show fewer"))
    assert len(page.findings.rows.rows()) == AT_FIRST


def test_no_blocker_is_left_out(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = tuple(replace(BLOCKER, sentence=f"Number {number}.") for number in range(AT_FIRST + 3))
    load(qtbot, page, first(desk))

    assert len(page.findings.rows.rows()) == AT_FIRST + 3


def test_it_shows_how_far_reading_is(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.reports("findings", *(Scanned(region, 1) for region in ("eu-west-1", "us-east-1")))
    hold = desk.holds("findings")
    page.load(first(desk))
    qtbot.waitUntil(lambda: page.findings.loading.sentence().endswith("2 regions read."))

    assert page.busy
    assert page.doing == "Reading what speaks against it"
    assert page.findings.loading.isVisible()
    assert not page.findings.again_link.isVisible()
    assert not page.granted.open_link.isEnabled(), "it would lead nowhere while something is read"
    assert not page.export.pdf.isEnabled()
    assert not page.valid

    hold.release()
    qtbot.waitUntil(lambda: not page.busy)
    assert not page.findings.loading.isVisible()
    assert page.valid


def test_results_stay_while_they_are_read_anew(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = (BLOCKER,)
    load(qtbot, page, first(desk))
    assert any(text.startswith("Read ") for text in texts(page.findings))
    desk.found = (INFO,)
    hold = desk.holds("findings")

    click(qtbot, button(page.findings, "Check again"))
    assert hold.entered.wait(2)
    assert page.findings.title() == "One thing stops here"
    click(qtbot, page.findings.again_link)
    assert desk.calls == ["findings", "findings"], "it is being read already"

    hold.release()
    qtbot.waitUntil(lambda: not page.busy)
    assert page.findings.title() == "One thing to know"
    assert page.valid


# What was settled


def test_who_gets_access_is_told_in_the_vendors_words(shown: ReviewPage) -> None:
    invitation = shown.visit.settled.invitation

    assert "In the words of PopSQL" in texts(shown.access)
    assert f"“{invitation.vendor.access_statement}”" in texts(shown.access)
    assert facts(shown.access) == {
        "Operator": "Release, for PopSQL",
        "Trusted": "One role, and no other",
        "Its ARN": invitation.trust.principal_arn,
        "External ID": invitation.trust.external_id,
    }


def test_a_whole_account_that_is_trusted_is_named(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    def trust_all(invitation: Invitation) -> Invitation:
        trust = invitation.trust.model_copy(update={"principal_arn": "arn:aws:iam::111111111111:root"})
        return invitation.model_copy(update={"trust": trust})

    load(qtbot, page, with_invitation(first(desk), trust_all))

    assert facts(page.access)["Trusted"] == "Everybody in its account who may assume roles"


def test_what_was_granted_comes_from_the_documents(shown: ReviewPage) -> None:
    permissions = shown.visit.settled.permissions
    assert permissions is not None
    counts = {
        effect: sum(one["Effect"] == effect for one in permissions.operator_boundary.statements)
        for effect in ("Allow", "Deny")
    }
    others = sum(one["Effect"] == "Deny" for one in permissions.workload_boundary.statements)

    assert "Guarded" in texts(shown.granted)
    assert f"Release is denied {counts['Deny']} things" in texts(shown.granted)
    assert f"It denies {others} things." in shown.granted.denied.sentence
    assert [row.answer for row in shown.granted.denied.rows()] == ["denied"] * counts["Deny"]
    assert len(shown.granted.allowed.rows()) == counts["Allow"]


def test_what_this_choice_denies_comes_before_what_every_choice_denies(shown: ReviewPage) -> None:
    kinds = [row.kind for row in shown.granted.denied.rows()]

    assert kinds[:5] == ["No way out", "Where", "Beyond that", "Beyond that", "Beyond that"]
    assert set(kinds[5:]) == {"No way out"}
    assert (PROTECT, REGION) == (Layer.PROTECT, Layer.REGION)


def test_that_install_narrows_the_regions_is_said(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    load(qtbot, page, first(desk))
    assert "Before anything is built, its regions are narrowed to eu-west-1." in texts(page.granted)

    vendor = next(choice for choice in desk.choices(Context(), desk.signed_in()) if choice.preset == "vendor")
    load(qtbot, page, changed(first(desk), lambda answers: replace(answers, permissions=vendor.permissions)))

    assert "Vendor minimal" in texts(page.granted)
    assert not page.granted.narrowed.isVisible(), "what is not locked to regions is not narrowed"


def test_permissions_can_be_opened(qtbot: QtBot, shown: ReviewPage) -> None:
    with qtbot.waitSignal(shown.wanted) as asked:
        click(qtbot, shown.granted.open_link)

    assert asked.args == [Step.PERMISSIONS]


def test_a_limit_that_cannot_be_put_into_words_says_so(
    qtbot: QtBot, desk: FakeDesk, page: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Choice | None:
        raise BoundaryError("The document is not ours.")

    monkeypatch.setattr(Desk, "choice_made", fails)
    load(qtbot, page, first(desk))

    assert "What the limit says could not be put into words. The document is not ours." in texts(page.granted)
    assert not page.export.pdf.isEnabled(), "a report without it would not be whole"
    assert page.valid


def test_what_stands_is_listed_with_who_can_change_it(shown: ReviewPage) -> None:
    told = texts(shown.standing)

    for one in what_is_created(shown.visit.settled):
        assert one.name in told
        assert f"Who can change it: {one.who_can_change}" in told
    assert [row.evidence.state for row in shown.standing.findChildren(EvidenceRow)] == [
        State.VERIFIED,
        State.NOT_CHECKED,
    ]


def test_where_it_goes_has_its_evidence(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    unread = Evidence("us-west-2 uses none of it", State.NOT_CHECKED, Source.AWS, NOW, detail="No permission.")
    load(qtbot, page, with_network_evidence(first(desk), replace(unread, state=State.VERIFIED), unread))

    assert facts(page.place) == {"Region": "eu-west-1", "Address block": "10.64.0.0/16", "Addresses": "65,536"}
    rows = page.place.findChildren(EvidenceRow)
    assert [row.evidence.state for row in rows] == [State.VERIFIED, State.NOT_CHECKED]
    claims = [label for row in rows for label in row.findChildren(Label) if label.text() == unread.claim]
    assert len({label.font().pixelSize() for label in claims}) == 1, "what is not known is as large as what is"


def test_what_will_be_made_is_the_vendors_word(shown: ReviewPage) -> None:
    resources = shown.visit.settled.invitation.resources
    count = sum(made.count for made in resources)

    assert shown.builds.title() == "What Release will make"
    assert f"By the vendor's word: {count} things, in about 30 minutes. What it costs is not checked." in texts(
        shown.builds
    )
    told = facts(shown.builds)
    assert told["EC2"].startswith("1 × VPC, 6 × Subnet")
    for made in resources:
        service, _, kind = made.type.removeprefix("AWS::").rpartition("::")
        assert f"{made.count} × {kind}" in told[service].split(", ")


def test_a_vendor_that_names_nothing_is_said_to(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    load(qtbot, page, with_invitation(first(desk), lambda one: one.model_copy(update={"resources": ()})))

    assert any("it does not say what" in text for text in texts(page.builds))
    assert facts(page.builds) == {}


# The e-mail address


@pytest.mark.parametrize("address", ["", "jane@acme.example", "jane+aws@a.b", "o'neil@ünicode.example"])
def test_what_may_be_an_address_is_taken(address: str) -> None:
    assert problem_of(address) == ""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("jane", "An e-mail address has one @ in it."),
        ("jane@x@y", "An e-mail address has one @ in it."),
        ("jane doe@x", "An e-mail address has no blanks in it."),
        ("jane@", "A part of the e-mail address is missing."),
        ("@acme.example", "A part of the e-mail address is missing."),
        ("j@" + "x" * 260, "An e-mail address has at most 254 characters."),
    ],
)
def test_what_is_no_address_is_told(address: str, said: str) -> None:
    assert problem_of(address) == said


def test_an_address_is_settled(qtbot: QtBot, shown: ReviewPage) -> None:
    assert shown.email.title() == "Where Release writes when it is ready"
    type_email(qtbot, shown, " jane@acme.example ")

    assert settle(qtbot, shown).settled.wishes.email == "jane@acme.example"


def test_none_is_needed(qtbot: QtBot, shown: ReviewPage) -> None:
    assert settle(qtbot, shown).settled.wishes.email is None


def test_a_wrong_address_is_told_when_the_person_has_finished(qtbot: QtBot, shown: ReviewPage) -> None:
    edit = type_email(qtbot, shown, "jane")
    assert not shown.valid
    assert shown.fact == "An e-mail address has one @ in it."
    assert shown.email.field.problem() == "", "not while it is typed"

    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert shown.email.field.problem() == "An e-mail address has one @ in it."

    type_email(qtbot, shown, "jane@acme.example")
    assert shown.email.field.problem() == ""
    assert shown.valid


class Window(QWidget):
    """Notes the keys that nothing inside it has taken."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.keys: list[int] = []
        QVBoxLayout(self).addWidget(inside)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


def test_return_in_the_field_ends_typing_and_begins_nothing(qtbot: QtBot) -> None:
    card = EmailCard()
    window = Window(card)
    qtbot.addWidget(window)
    window.show()
    edit = card.field.editor
    QTest.keyClicks(edit, "jane")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F5):
        QTest.keyClick(edit, key)

    assert window.keys == [Qt.Key.Key_F5], "it would press the primary button"
    assert card.field.problem() == "An e-mail address has one @ in it."


# Back and forth, and the commit


def test_by_the_keyboard_alone(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    load(qtbot, page, first(desk))
    page.take_focus()
    assert page.findings.again_link.hasFocus(), "nothing is begun by mistake"

    QTest.keyClick(page.findings.again_link, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.busy)
    assert desk.calls == ["findings", "findings"]
    assert page.findings.again_link.hasFocus()

    reached = [*stops(page)]
    heights = [widget.mapTo(page, QPoint()).y() + page.area.verticalScrollBar().value() for widget in reached]
    assert heights == sorted(heights), "from top to bottom"
    assert page.granted.open_link in reached
    assert page.export.html in reached
    page.email.field.setFocus()
    QTest.keyClicks(page.email.field.editor, "jane@acme.example")
    assert settle(qtbot, page).settled.wishes.email == "jane@acme.example"


def test_settling_records_that_it_was_seen(qtbot: QtBot, desk: FakeDesk, shown: ReviewPage) -> None:
    visit = settle(qtbot, shown)

    assert visit.settled.review is not None
    assert desk.calls == ["findings", "settle_review"]
    assert not shown.busy


def test_coming_back_reads_nothing_twice_and_loses_nothing(qtbot: QtBot, desk: FakeDesk, shown: ReviewPage) -> None:
    type_email(qtbot, shown, "jane@acme.example")
    load(qtbot, shown, first(desk))

    assert desk.calls == ["findings"]
    assert shown.email.address == "jane@acme.example"
    assert shown.valid


def test_another_network_is_read_anew_and_loses_no_address(qtbot: QtBot, desk: FakeDesk, shown: ReviewPage) -> None:
    type_email(qtbot, shown, "jane@acme.example")
    desk.found = (BLOCKER,)
    load(qtbot, shown, with_network_evidence(first(desk)))

    assert desk.calls == ["findings", "findings"]
    assert shown.findings.title() == "One thing stops here"
    assert shown.email.address == "jane@acme.example"


def test_an_address_that_was_given_before_is_filled_in(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    def given(answers: Answers) -> Answers:
        return replace(answers, wishes=replace(answers.wishes, email="ops@acme.example"))

    load(qtbot, page, changed(first(desk), given))

    assert page.email.address == "ops@acme.example"


def test_after_the_install_was_asked_for_going_on_finds_it(qtbot: QtBot, desk: FakeDesk, shown: ReviewPage) -> None:
    """Install has failed, and the person came back from there."""
    load(qtbot, shown, settle(qtbot, shown))

    assert shown.primary == "Go on with the install"
    assert "You have asked Release to build PopSQL 2.41.0 in eu-west-1. Going on finds what was made." in texts(shown)
    assert not any(text.startswith("Nothing is installed") for text in texts(shown))
    assert settle(qtbot, shown).settled.review is not None


def test_what_runs_is_found_again(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    load(qtbot, page, desk.networked())

    assert page.reconnect.isVisible()
    assert page.reconnect.title() == "PopSQL is found again"
    assert page.reconnect.sentence() == "Release knows it as ins_1. What it has stays, and nothing is built twice."
    assert page.primary == "Reconnect PopSQL"
    assert not any(text.startswith("Nothing is installed") for text in texts(page))


def test_after_the_commit_it_can_only_be_read(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    def given(answers: Answers) -> Answers:
        return replace(answers, wishes=replace(answers.wishes, email="ops@acme.example"))

    load(qtbot, page, changed(desk.installed(), given), read_only=True)

    assert desk.calls == [], "what spoke against it then is not read now"
    assert not page.findings.isVisible()
    assert not page.reconnect.isVisible()
    assert not page.email.field.isVisible()
    assert facts(page.email) == {"E-mail": "ops@acme.example"}
    assert page.primary == "Continue"
    assert page.valid
    assert page.fact == "What was asked for can no longer be changed here."
    assert settle(qtbot, page) == page.visit
    page.take_focus()
    assert page.granted.open_link.hasFocus()


def test_what_was_found_before_the_commit_stays_to_be_read(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = (CAUTION,)
    load(qtbot, page, desk.networked())
    load(qtbot, page, desk.installed(), read_only=True)

    assert page.findings.isVisible()
    assert page.findings.title() == "One thing to decide"
    assert not page.findings.again_link.isVisible()


def test_long_names_leave_room_on_the_button(desk: FakeDesk) -> None:
    def rename(invitation: Invitation) -> Invitation:
        return invitation.model_copy(update={"product": invitation.product.model_copy(update={"name": "P" * 80})})

    said = words(with_invitation(first(desk), rename).settled, read_only=False)

    assert len(said.primary) == len("Install ") + 32
    assert said.primary.endswith("…")


# What goes wrong


@pytest.mark.parametrize(
    "error",
    [
        AwsUnreachable("AWS does not answer."),
        SignInNeeded("Your session has ended."),
        PermissionMissing("You may not read stacks."),
        HouseguestError("Something broke."),
    ],
)
def test_reading_can_fail_and_be_tried_again(
    qtbot: QtBot, desk: FakeDesk, page: ReviewPage, error: HouseguestError
) -> None:
    desk.fails("findings", error)
    load(qtbot, page, first(desk))

    assert page.error is error
    assert error.message in texts(page)
    assert page.findings.title() == "Not checked"
    assert not page.valid
    assert page.fact == "Nothing can begin before this was checked."
    assert not page.export.pdf.isEnabled()
    assert "Guarded" in texts(page.granted), "what is known without AWS is shown"

    page.retry()
    qtbot.waitUntil(lambda: not page.busy)
    assert error.message not in texts(page)
    assert page.valid


def test_what_was_read_before_a_failure_stays_and_begins_nothing(
    qtbot: QtBot, desk: FakeDesk, shown: ReviewPage
) -> None:
    desk.fails("findings", AwsUnreachable("AWS does not answer."))
    click(qtbot, button(shown.findings, "Check again"))
    qtbot.waitUntil(lambda: not shown.busy)

    assert shown.findings.title() == "One thing to know"
    assert shown.error is not None
    assert not shown.valid

    click(qtbot, button(shown, "Check again"))
    qtbot.waitUntil(lambda: not shown.busy)
    assert shown.valid


@pytest.mark.parametrize(
    "error",
    [
        ChangedMeanwhile("Another window works on it."),
        ProfileError("It cannot be saved."),
        VendorUnreachable("The vendor does not answer."),
    ],
)
def test_settling_can_fail_and_loses_nothing(
    qtbot: QtBot, desk: FakeDesk, shown: ReviewPage, error: HouseguestError
) -> None:
    type_email(qtbot, shown, "jane@acme.example")
    desk.fails("settle_review", error)
    shown.proceed()
    qtbot.waitUntil(lambda: not shown.busy)

    assert shown.error is error
    assert shown.email.address == "jane@acme.example"
    assert shown.valid, "it may be pressed again"
    with qtbot.waitSignal(shown.settled) as told:
        shown.retry()
    assert told.args[0].settled.wishes.email == "jane@acme.example"


def test_reading_can_be_stopped(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    hold = desk.holds("findings")
    page.load(first(desk))
    assert hold.entered.wait(2)
    assert page.stop_text == "Stop reading"
    page.cancel()
    qtbot.waitUntil(lambda: not page.busy)

    assert page.findings.title() == "Not checked"
    assert page.findings.unknown.isVisible()
    assert not page.valid

    click(qtbot, button(page.findings, "Check again"))
    qtbot.waitUntil(lambda: not page.busy)
    assert page.valid


def test_stopping_to_read_anew_keeps_what_was_read(qtbot: QtBot, desk: FakeDesk, shown: ReviewPage) -> None:
    hold = desk.holds("findings")
    click(qtbot, button(shown.findings, "Check again"))
    assert hold.entered.wait(2)
    shown.cancel()
    qtbot.waitUntil(lambda: not shown.busy)

    assert shown.findings.title() == "One thing to know"
    assert any(text.startswith("Read ") for text in texts(shown.findings))
    assert shown.valid


def test_coming_back_after_stopping_reads_it(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    hold = desk.holds("findings")
    page.load(first(desk))
    assert hold.entered.wait(2)
    page.cancel()
    qtbot.waitUntil(lambda: not page.busy)

    load(qtbot, page, first(desk))
    assert page.valid


def test_settling_can_be_stopped(qtbot: QtBot, desk: FakeDesk, shown: ReviewPage) -> None:
    hold = desk.holds("settle_review")
    shown.proceed()
    assert hold.entered.wait(2)
    assert shown.going_on == "", "nothing goes on anywhere"
    with qtbot.assertNotEmitted(shown.settled):
        shown.cancel()
        qtbot.waitUntil(lambda: not shown.busy)

    assert shown.valid


@pytest.mark.parametrize("what", ["findings", "settle_review"])
def test_the_window_may_close_while_it_works(qtbot: QtBot, desk: FakeDesk, page: ReviewPage, what: str) -> None:
    hold = desk.holds(what)
    page.load(first(desk))
    if what == "settle_review":
        qtbot.waitUntil(lambda: not page.busy)
        page.proceed()
    assert hold.entered.wait(2)

    assert page.runner.shutdown(2.0)


# The report


def save_by_dialog(qtbot: QtBot, page: ReviewPage, text: str, path: Path) -> None:
    click(qtbot, button(page.export, text))
    dialog = page.export.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert [Path(name).name for name in dialog.selectedFiles()] == [f"popsql-review{path.suffix}"]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: not page.busy)


def test_it_is_saved_as_html(qtbot: QtBot, desk: FakeDesk, page: ReviewPage, tmp_path: Path) -> None:
    desk.found = (CAUTION, INFO)
    load(qtbot, page, first(desk))
    path = tmp_path / "for the security team.html"
    save_by_dialog(qtbot, page, "Save as HTML …", path)

    html = path.read_text("utf-8")
    for told in (CAUTION.sentence, INFO.fix, "popsql-operator-boundary", "10.64.0.0/16", "– may not"):
        assert told in html
    assert page.export.saved.isVisible()
    assert page.export.saved.sentence() == str(path)
    assert page.valid


def test_it_is_saved_as_pdf(qtbot: QtBot, shown: ReviewPage, tmp_path: Path) -> None:
    path = tmp_path / "popsql-review.pdf"
    save_by_dialog(qtbot, shown, "Save as PDF …", path)

    assert path.read_bytes().startswith(b"%PDF-")


def test_its_folder_can_be_opened(
    qtbot: QtBot, shown: ReviewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    save_by_dialog(qtbot, shown, "Save as HTML …", tmp_path / "popsql-review.html")
    click(qtbot, button(shown.export, "Open the folder"))

    assert opened == [QUrl.fromLocalFile(str(tmp_path))]


def test_a_save_that_fails_is_one_sentence_and_stays(
    qtbot: QtBot, desk: FakeDesk, shown: ReviewPage, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", "utf-8")
    save_by_dialog(qtbot, shown, "Save as HTML …", blocked / "popsql-review.html")

    assert shown.error is None
    assert shown.export.failed.isVisible()
    assert "cannot be written" in shown.export.failed.sentence()
    assert shown.valid, "it stops nothing but itself"

    load(qtbot, shown, first(desk))
    assert shown.export.failed.isVisible()

    save_by_dialog(qtbot, shown, "Save as HTML …", tmp_path / "popsql-review.html")
    assert not shown.export.failed.isVisible()
    assert shown.export.saved.isVisible()


def test_a_fault_of_ours_is_an_error_of_the_page(
    qtbot: QtBot, shown: ReviewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise HouseguestError("Something broke.")

    monkeypatch.setattr("ui.pages.review.write", broken)
    shown.export.wanted.emit(FileKind.PDF, tmp_path / "x.pdf")
    qtbot.waitUntil(lambda: not shown.busy)

    assert shown.error is not None
    assert not shown.export.failed.isVisible()


def test_stopping_a_save_says_what_is_known(
    qtbot: QtBot, shown: ReviewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = Entered()

    def slow(ctx: Context, _contents: Contents, _kind: FileKind, _path: Path) -> None:
        entered.set()
        while not ctx.cancel.wait(0.01):
            pass
        ctx.check()

    monkeypatch.setattr("ui.pages.review.write", slow)
    shown.export.wanted.emit(FileKind.PDF, tmp_path / "x.pdf")
    assert entered.wait(2)
    assert shown.doing == "Writing the PDF"
    shown.cancel()
    qtbot.waitUntil(lambda: not shown.busy)

    assert shown.export.failed.title() == "Stopped"
    assert shown.valid


def test_a_report_after_the_install_says_that_the_findings_are_not_kept(
    qtbot: QtBot, desk: FakeDesk, page: ReviewPage, tmp_path: Path
) -> None:
    load(qtbot, page, desk.installed(), read_only=True)
    path = tmp_path / "popsql-review.html"
    save_by_dialog(qtbot, page, "Save as HTML …", path)

    assert review_export.NOT_KEPT.sentence in path.read_text("utf-8")


# Looks


def hostile(visit: Visit) -> Visit:
    """Texts as a vendor could write them, if nobody had looked at them before."""

    def change(invitation: Invitation) -> Invitation:
        vendor = invitation.vendor.model_copy(
            update={"operator": HOSTILE, "name": HOSTILE, "access_statement": HOSTILE}
        )
        product = invitation.product.model_copy(update={"name": HOSTILE, "version": HOSTILE})
        resource = invitation.resources[0].model_copy(update={"type": "A" * 60 + "::" + "B" * 60 + "::" + "C" * 60})
        update = {"vendor": vendor, "product": product, "resources": (resource,)}
        return invitation.model_copy(update=update)

    return with_invitation(visit, change)


def test_what_others_write_is_plain_text(qtbot: QtBot, desk: FakeDesk, page: ReviewPage) -> None:
    desk.found = (replace(CAUTION, sentence=HOSTILE, fix=HOSTILE),)
    desk.reports("findings", Scanned(HOSTILE, 1, HOSTILE))
    load(qtbot, page, hostile(desk.networked()))

    shown = "".join((page.primary, page.fact, page.heading, *texts(page)))
    assert "<b>bold</b>" in shown
    assert not any(mark in shown for mark in ("\u202e", "\x1b", "\x00", "\r", "\n", "\x07"))


@pytest.mark.parametrize("scheme", list(theme.Scheme))
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("size", [(654, 551), (724, 567), (1204, 827)])
def test_nothing_about_its_looks_is_wrong(
    qtbot: QtBot, desk: FakeDesk, page: ReviewPage, size: tuple[int, int], scale: float, scheme: theme.Scheme
) -> None:
    theme.set_scheme(scheme)
    theme.set_scale(scale)
    page.resize(*size)
    desk.found = (BLOCKER, CAUTION, INFO)
    load(qtbot, page, first(desk))

    assert flaws(page) == []


@pytest.mark.parametrize(
    "state", ["reading", "anew", "unknown", "failed", "nothing", "reconnect", "email", "saved", "unsaved", "read-only"]
)
def test_nothing_is_wrong_with_the_looks_of_any_state(
    qtbot: QtBot, desk: FakeDesk, page: ReviewPage, tmp_path: Path, state: str
) -> None:
    theme.set_scale(1.5)
    page.resize(654, 551)
    visit = desk.installed() if state == "read-only" else desk.networked() if state == "reconnect" else first(desk)
    if state in ("nothing", "reconnect"):
        desk.found = ()
    if state == "failed":
        desk.fails("findings", AwsUnreachable("AWS does not answer.", fix="Look at your network."))
    hold = desk.holds("findings") if state in ("reading", "unknown") else None
    page.load(visit, read_only=state == "read-only")
    if state == "unknown":
        page.cancel()
    if state != "reading":
        qtbot.waitUntil(lambda: not page.busy and not page.granted.loading.isVisible())
    if state == "anew":
        hold = desk.holds("findings")
        click(qtbot, page.findings.again_link)
    if state == "email":
        QTest.keyClick(type_email(qtbot, page, "jane"), Qt.Key.Key_Tab)
    if state in ("saved", "unsaved"):
        folder = tmp_path / ("f" * 120)
        if state == "unsaved":
            folder.touch()
        page.export.wanted.emit(FileKind.HTML, folder / "popsql-review.html")
        qtbot.waitUntil(lambda: not page.busy)

    assert flaws(page) == []
    if hold is not None:
        hold.release()
        qtbot.waitUntil(lambda: not page.busy)
