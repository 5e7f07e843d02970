"""Rows: what they say, to the eye and to a screen reader, and that they stand in columns without being cut off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from installer.evidence import Evidence, Source, State
from installer.steps import Severity
from tests.support.shown import HOSTILE, NARROW, flaws, shown
from ui import theme
from ui.theme import Tone
from ui.widgets.chips import Pill
from ui.widgets.copy_button import CopyButton
from ui.widgets.evidence_row import clock
from ui.widgets.marks import Mark
from ui.widgets.rows import AnswerRow, EvidenceRow, FactLine, FindingRow, RowList, RowState, StepRow
from ui.widgets.text import Label

AT = datetime(2025, 1, 2, 14, 3, 22, tzinfo=UTC)


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget) and label.text()]


def evidence(state: State, **more: str) -> Evidence:
    return Evidence("The role needs your external id.", state, Source.AWS, AT, **more)


def test_answers_stand_in_columns_whatever_their_pills_say(qtbot: QtBot) -> None:
    rows = [
        AnswerRow("Needs", "Create roles", "iam:CreateRole", pill=Pill("allowed, bounded", Tone.GOOD)),
        AnswerRow("You may fear", "Read buckets", "s3:GetObject", pill=Pill("denied", Tone.GOOD)),
        AnswerRow("You may fear", "Something without a pill", "s3:GetObject"),
    ]
    window = shown(qtbot, RowList(rows))
    for width in (NARROW, 1100):
        window.fit(width)
        lefts = {tuple(label.x() for label in row.findChildren(QLabel)[:3]) for row in rows}
        assert len(lefts) == 1
    assert rows[0].accessibleName() == "Needs. Create roles"
    assert rows[0].accessibleDescription() == "iam:CreateRole"


def test_the_action_goes_below_where_there_is_little_width(qtbot: QtBot) -> None:
    row = AnswerRow("Needs", "Create roles", "iam:CreateRole", pill=Pill("allowed", Tone.GOOD))
    window = shown(qtbot, row)
    kind, sentence, action = row.findChildren(QLabel)[:3]
    assert action.x() > sentence.x()
    window.fit(NARROW)
    assert action.y() > sentence.y()
    assert kind.geometry().right() < sentence.x()
    window.fit(360)
    assert sentence.y() > kind.y()


@pytest.mark.parametrize("state", list(RowState))
def test_a_step_says_its_state_in_words_and_in_a_shape(qtbot: QtBot, state: RowState) -> None:
    row = StepRow(state, "Cluster", "2 of 3 nodes joined", "4:34")
    shown(qtbot, row)
    assert row.accessibleName() == "Cluster"
    assert row.accessibleDescription() == f"{state}. 2 of 3 nodes joined. 4:34"
    assert texts(row) == ["Cluster", "2 of 3 nodes joined", "4:34"]


def test_every_state_of_a_step_has_a_shape_of_its_own(qtbot: QtBot) -> None:
    rows = [StepRow(state, "Cluster") for state in RowState if state is not RowState.RUNNING]
    shown(qtbot, *rows)
    shapes = [row.findChild(Mark).shape() for row in rows]
    assert len(set(shapes)) == len(shapes)


def test_a_step_keeps_what_is_not_told_anew(qtbot: QtBot) -> None:
    row = StepRow(RowState.TO_COME, "Cluster", "usually 8 min")
    shown(qtbot, row)
    row.set(state=RowState.RUNNING, duration="0:01")
    assert texts(row) == ["Cluster", "usually 8 min", "0:01"]
    row.set(state=RowState.DONE, sentence="", duration="8:12")
    assert row.state() is RowState.DONE
    assert texts(row) == ["Cluster", "8:12"]


def test_only_the_running_step_stands_out(qtbot: QtBot) -> None:
    row = StepRow(RowState.TO_COME, "Cluster")
    shown(qtbot, row)
    corner = row.grab().toImage().pixelColor(row.width() // 2, 6)
    row.set(state=RowState.RUNNING)
    assert row.grab().toImage().pixelColor(row.width() // 2, 6) != corner
    row.set(state=RowState.DONE)
    assert row.grab().toImage().pixelColor(row.width() // 2, 6) == corner


def test_a_fact_is_copied_whole_and_clean(qtbot: QtBot) -> None:
    arn = "arn:aws:iam::222222222222:role/houseguest/popsql/" + "x" * 200
    line = FactLine("Role", arn + "\x1b[31m\u202e", mono=True, copy=True)
    shown(qtbot, line, width=NARROW)
    button = line.findChild(CopyButton)
    assert button.accessibleName() == "Copy: Role"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == arn
    assert button.text() == "Copied"
    line.set_value("other")
    button.copy()
    assert QGuiApplication.clipboard().text() == line.value() == "other"


@pytest.mark.parametrize(
    ("severity", "word"),
    [(Severity.BLOCKER, "Stops here"), (Severity.CAUTION, "To decide"), (Severity.INFO, "To know")],
)
def test_a_finding_says_how_much_it_weighs(qtbot: QtBot, severity: Severity, word: str) -> None:
    row = FindingRow(severity, "The name is taken.", "Choose another.")
    shown(qtbot, row)
    assert texts(row) == [word, "The name is taken.", "Choose another."]
    assert row.accessibleName() == f"{word}: The name is taken."
    assert row.accessibleDescription() == "Choose another."


def test_the_weights_of_findings_have_three_shapes(qtbot: QtBot) -> None:
    rows = [FindingRow(severity, "Sentence.") for severity in Severity]
    shown(qtbot, *rows)
    assert len({row.findChild(Mark).shape() for row in rows}) == 3


def test_evidence_says_whose_word_it_is_and_when(qtbot: QtBot) -> None:
    row = EvidenceRow(evidence(State.VERIFIED, call="iam:GetRole", request_id="6f1c", detail="One principal."))
    shown(qtbot, row)
    told = f"AWS answered, {clock(AT)}"
    assert texts(row) == ["verified", "The role needs your external id.", told, "iam:GetRole", "One principal."]
    assert row.accessibleName() == "The role needs your external id."
    assert row.accessibleDescription() == f"verified. {told}. One principal."
    assert "request 6f1c" in row.toolTip()


@pytest.mark.parametrize("state", list(State))
def test_what_is_refuted_or_not_checked_always_says_why(qtbot: QtBot, state: State) -> None:
    row = EvidenceRow(evidence(state, detail="Access denied in us-west-2."), with_detail=False)
    shown(qtbot, row)
    assert ("Access denied in us-west-2." in texts(row)) is (state in {State.REFUTED, State.NOT_CHECKED})


def test_the_word_of_each_source(qtbot: QtBot) -> None:
    for source, word in (
        (Source.AWS, "AWS answered"),
        (Source.VENDOR, "the vendor's word"),
        (Source.OURSELVES, "our own reasoning"),
    ):
        row = EvidenceRow(Evidence("Claim.", State.PREDICTED, source, AT))
        qtbot.addWidget(row)
        assert word in row.accessibleDescription()


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (UTC, "14:03:22 UTC"),
        (timezone(timedelta(hours=2)), "16:03:22 UTC+2"),
        (timezone(-timedelta(hours=3, minutes=30)), "10:33:22 UTC-3:30"),
    ],
)
def test_a_time_has_its_zone(zone: timezone, said: str) -> None:
    assert clock(AT, zone) == said


def test_a_list_has_lines_between_its_rows_and_takes_others(qtbot: QtBot) -> None:
    rows = RowList([FindingRow(Severity.INFO, text) for text in ("One.", "Two.", "Three.")], name="Findings")
    window = shown(qtbot, rows)
    assert rows.accessibleName() == "Findings"
    assert _lines(rows) == 2
    rows.rows()[1].hide()
    window.fit(1100)
    assert _lines(rows) == 1
    rows.set_rows([FindingRow(Severity.INFO, "Other.")])
    window.fit(1100)
    assert _lines(rows) == 0
    assert texts(rows) == ["To know", "Other."]


def test_a_row_that_stands_out_has_no_lines_around_it(qtbot: QtBot) -> None:
    steps = [StepRow(state, state.value) for state in (RowState.DONE, RowState.RUNNING, RowState.TO_COME)]
    rows = RowList(steps)
    shown(qtbot, rows)

    def lined() -> list[bool]:
        picture = rows.grab().toImage()
        ground = picture.pixelColor(picture.width() - 3, 1)
        return [picture.pixelColor(picture.width() - 3, row.y() - 1) != ground for row in steps[1:]]

    assert lined() == [False, False]
    steps[1].set(state=RowState.DONE)
    assert lined() == [True, True]


def test_what_was_read_beside_a_claim_that_holds_stands_back(qtbot: QtBot) -> None:
    def colour_of_detail(state: State) -> str:
        row = EvidenceRow(evidence(state, detail="as read"))
        qtbot.addWidget(row)
        [label] = [one for one in row.findChildren(Label) if one.text() == "as read"]
        return label.palette().color(QPalette.ColorRole.WindowText).name()

    colours = theme.colours()
    assert colour_of_detail(State.VERIFIED) == colours.secondary.name()
    assert colour_of_detail(State.REFUTED) == colour_of_detail(State.NOT_CHECKED) == colours.text.name()


def _lines(rows: RowList) -> int:
    image = rows.grab().toImage()
    ground = image.pixelColor(image.width() - 3, 2)
    return sum(image.pixelColor(image.width() - 3, y) != ground for y in range(image.height()))


LONG = HOSTILE[:180]


@pytest.mark.parametrize(
    "make",
    [
        lambda: AnswerRow("You may fear", LONG, HOSTILE, pill=Pill("allowed, bounded", Tone.GOOD)),
        lambda: StepRow(RowState.RUNNING, LONG, LONG, "1:04:34"),
        lambda: StepRow(RowState.SKIPPED, LONG, LONG),
        lambda: FindingRow(Severity.BLOCKER, LONG, LONG),
        lambda: EvidenceRow(evidence(State.NOT_CHECKED, call="ec2:DescribeClientVpnEndpoints", detail=LONG)),
        lambda: FactLine("Role", LONG, mono=True, copy=True),
    ],
)
def test_nothing_is_cut_off_whatever_a_row_holds(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    assert flaws(shown(qtbot, make())) == []
