"""The sections of the gallery: each function returns what its page shows. The window around them is `ui/gallery.py`."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from PySide6.QtWidgets import QLayout, QWidget

from installer.evidence import Evidence, Source, State
from installer.steps import Severity
from ui import gallery_policies
from ui.error_text import ErrorText, Remedy
from ui.theme import TextRole, Tone
from ui.widgets.answer_row import AnswerRow
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card, Divider, Section
from ui.widgets.chips import EvidenceChip, Pill
from ui.widgets.choice import ChoiceCard, ChoiceGroup
from ui.widgets.code_view import CodeView
from ui.widgets.dialogs import ConfirmByTyping, Notice, Question
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.evidence_row import EvidenceRow
from ui.widgets.fields import TextBox, TextField, Tick
from ui.widgets.flow import Flow
from ui.widgets.log_view import LogView
from ui.widgets.progress import ProgressBar, Spinner
from ui.widgets.rail import ItemState
from ui.widgets.rows import FactLine, FindingRow, RowList
from ui.widgets.select import Item, Select
from ui.widgets.states import EmptyState, Loading
from ui.widgets.step_row import RowState, StepRow
from ui.widgets.table import Table
from ui.widgets.text import ElidedLabel, Label

_ARN = "arn:aws:cloudformation:eu-west-1:222222222222:stack/houseguest-popsql-production/51af3dc0-da77-11e4-872e-12345"
_SENTENCE = "Policies of your own buckets or keys that name the vendor's session are not stopped by a boundary."
_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


def _card(title: str, parts: Iterable[QWidget | QLayout]) -> Card:
    card = Card(title)
    for part in parts:
        if isinstance(part, QLayout):
            card.body.addLayout(part)
        else:
            card.body.addWidget(part)
    return card


def _row(widgets: Iterable[QWidget]) -> Flow:
    flow = Flow(gap=12)
    for widget in widgets:
        flow.addWidget(widget)
    return flow


def text() -> list[QWidget]:
    roles = [Label(f"{role.value}: what may Release do in your account?", role) for role in TextRole]
    shades = [Label(f"{shade}: nothing is created yet", colour=shade) for shade in ("text", "secondary", "faint")]
    tones = [Label(f"{tone.value}: checked 12 s ago", tone=tone) for tone in Tone]
    return [
        _card("Roles", roles),
        _card("Colours and tones", [*shades, *tones]),
        _card(
            "Too long", [Label(_ARN * 2, TextRole.MONO, selectable=True), ElidedLabel(_ARN * 2, TextRole.MONO_SMALL)]
        ),
    ]


def buttons() -> list[QWidget]:
    def kinds(*, enabled: bool, icon: str = "") -> Flow:
        made = [Button(kind.value.capitalize(), kind, icon=icon) for kind in Kind]
        for button in made:
            button.setEnabled(enabled)
        return _row(made)

    alone = Button("", Kind.SECONDARY, icon="refresh")
    alone.setAccessibleName("Read again")
    return [
        _card("Enabled", [kinds(enabled=True), kinds(enabled=True, icon="copy"), _row([alone])]),
        _card("Disabled", [kinds(enabled=False), kinds(enabled=False, icon="copy")]),
    ]


def chips() -> list[QWidget]:
    return [
        _card("Pills", [_row(Pill(tone.value, tone) for tone in Tone)]),
        _card("Evidence", [_row(EvidenceChip(state) for state in State)]),
        _card("Evidence in rows", [RowList(_evidence(state) for state in State)]),
    ]


def _evidence(state: State) -> EvidenceRow:
    claim = "The role can be assumed by Release alone"
    return EvidenceRow(Evidence(claim, state, Source.AWS, _AT, "sts:AssumeRole", "8a4c0d", "refused without its id"))


def banners() -> list[QWidget]:
    retry = (Button("Try again", Kind.SECONDARY), Button("Show it", Kind.LINK))
    return [
        *(Banner(tone, f"{tone.value.capitalize()}: one thing to know", _SENTENCE) for tone in Tone),
        Banner(Tone.BAD, "AWS refused the role", "Its trust was changed 4 min ago.", retry),
        Banner(Tone.GOOD, "A title alone"),
    ]


def progress() -> list[QWidget]:
    return [
        _card("Share", [ProgressBar(share, "Installing") for share in (0.0, 0.01, 0.46, 1.0)]),
        _card("Not known", [ProgressBar(None, "Reading"), _row(Spinner(size) for size in (16, 20, 32))]),
        _card("Empty", [EmptyState("folder", "No installations", "They are saved here.", Button("New installation"))]),
        _card("Loading", [Loading("Reading what your account uses, in 17 regions")]),
    ]


def fields() -> list[QWidget]:
    problem = TextField("Address block", "10.0.0.0/33", hint="From /16 to /20.", mono=True)
    problem.set_problem("This is not an address block.")
    disabled = TextField("Name", "popsql-production")
    disabled.setEnabled(False)
    regions = [Item("eu-west-1", "Europe (Ireland)", note="24 ms"), Item("eu-south-2", "Spain", False, "not enabled")]
    return [
        _card("One line", [TextField("Name", placeholder="popsql", hint="You will see it in AWS."), problem, disabled]),
        _card("Lines", [TextBox("Invitation", placeholder="Paste it here", lines=3)]),
        _card("Choice of one", [Select("Region", regions, hint="Where your users are.")]),
        _card("Tick", [Tick("I have read what Release may do", "It is kept with the installation."), _ticked()]),
    ]


def _ticked() -> Tick:
    tick = Tick("Agreed", value=True)
    tick.setEnabled(False)
    return tick


def choices() -> list[QWidget]:
    cards = [
        ChoiceCard("requested", "As requested", "Power user. Wide.", pill=Pill("wide", Tone.CAUTION)),
        ChoiceCard("minimal", "Vendor minimal", "12 services"),
        ChoiceCard("guarded", "Guarded", "Minimal, and no way out"),
        ChoiceCard("own", "Ours", "Your own boundary"),
    ]
    cards[3].setEnabled(False)
    group = ChoiceGroup(cards, name="Limit")
    group.set_value("guarded")
    return [group]


def rows() -> list[QWidget]:
    answers = (
        AnswerRow(
            "Needs", "Create its own network", "ec2:CreateVpc, ec2:CreateSubnet", pill=Pill("allowed", Tone.GOOD)
        ),
        AnswerRow(
            "You may fear",
            "Read the names of all your buckets",
            "s3:ListAllMyBuckets",
            pill=Pill("allowed", Tone.CAUTION),
        ),
    )
    steps = (
        StepRow(state, state.value.capitalize(), "Control plane ready, 2 of 3 nodes joined", "4:34")
        for state in RowState
    )
    facts = (FactLine("Region", "Europe (Ireland)"), FactLine("Stack", _ARN, mono=True, copy=True))
    findings = (
        FindingRow(severity, "The address block overlaps one of yours.", "Choose another.") for severity in Severity
    )
    return [
        _card("Answers", [RowList(answers)]),
        _card("Steps", [RowList(steps)]),
        _card("Facts", [RowList(facts)]),
        _card("Findings", [RowList(findings)]),
    ]


def documents() -> list[QWidget]:
    log = LogView(visible_lines=6)
    log.extend(f"09:26:{second:02} cloudformation:DescribeStackEvents, 200, 41 ms" for second in range(40))
    ranges = [("10.0.0.0/15", "VPC production, VPC staging", "eu-west-1"), ("10.64.0.0/14", "VPC analytics", _ARN)]
    document = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Deny", "Action": "iam:*"}\n  ]\n}'
    error = ErrorText(
        "AWS refused the call", "The session has ended.", "Sign in again.", "code: expired", Remedy.SIGN_IN
    )
    return [
        _card("Table", [Table(("Used range", "What", "Where"), ranges, mono_columns={0})]),
        _card("Document", [CodeView(document, visible_lines=8)]),
        _card("Log", [log]),
        ErrorPanel(error),
    ]


def dialogs() -> list[QWidget]:
    def opener(text: str, make: Callable[[QWidget], Notice | Question | ConfirmByTyping]) -> Button:
        button = Button(text, Kind.SECONDARY)
        button.clicked.connect(lambda: make(button.window()).open())
        return button

    return [
        _card(
            "Dialogs",
            [
                opener("Notice", lambda parent: Notice("Nothing was changed", _SENTENCE, parent=parent)),
                opener("Question", lambda parent: Question("Leave now?", _SENTENCE, yes="Leave", parent=parent)),
                opener("Confirm by typing", _confirm),
            ],
        )
    ]


def _confirm(parent: QWidget) -> ConfirmByTyping:
    rows = ("The role popsql-release is deleted.", "3 sessions end within 1 min.")
    return ConfirmByTyping(
        "Remove access", _SENTENCE, name="popsql", danger_text="Remove access", rows=rows, parent=parent
    )


def cards() -> list[QWidget]:
    trailing = Label("62 of 62 answers predicted here", TextRole.SECONDARY, colour="secondary", wrap=False)
    card = Card("What this means", trailing)
    section = Section("A section in a card", Button("Change", Kind.LINK))
    section.body.addWidget(Label("Its content"))
    for part in (Divider(), Label("A row"), Divider(), section):
        card.body.addWidget(part)
    return [card, _card("", [Label("A card without a title")])]


SECTIONS: tuple[tuple[str, ItemState, Callable[[], list[QWidget]]], ...] = (
    ("Text", ItemState.DONE, text),
    ("Buttons", ItemState.DONE, buttons),
    ("Cards", ItemState.FAILED, cards),
    ("Evidence", ItemState.SKIPPED, chips),
    ("Banners", ItemState.TO_COME, banners),
    ("Progress", ItemState.TO_COME, progress),
    ("Fields", ItemState.TO_COME, fields),
    ("Choices", ItemState.PLAIN, choices),
    ("Rows", ItemState.PLAIN, rows),
    ("Documents", ItemState.PLAIN, documents),
    ("Policy editor", ItemState.PLAIN, gallery_policies.editors),
    ("Comparison", ItemState.PLAIN, gallery_policies.comparisons),
    ("Dialogs", ItemState.NEW, dialogs),
)
