"""What the engine's events say in rows, in the log, and of the time where they come from."""

from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from installer.events import (
    Checked,
    Event,
    Notice,
    ResourceChanged,
    Scanned,
    StepChanged,
    StepState,
    Waiting,
)
from installer.evidence import Source, State
from tests.support.shown import shown
from tests.support.told import EVIL, NOON, evidence, later, progress, resource
from ui.event_cards import EventCards
from ui.event_clock import EventClock
from ui.event_rows import MOST_OF_A_LINE, MOST_OF_A_SENTENCE, MOST_OF_A_TITLE, EventRow, log_line, row_of
from ui.widgets.step_row import RowState


def row(event: Event) -> EventRow:
    found = row_of(event)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "state", "sentence"),
    [
        ("CREATE_IN_PROGRESS", RowState.RUNNING, "AWS reports: create in progress"),
        ("CREATE_COMPLETE", RowState.DONE, "AWS reports: create complete"),
        ("CREATE_FAILED", RowState.FAILED, "AWS reports: create failed"),
        ("ROLLBACK_IN_PROGRESS", RowState.FAILED, "AWS reports: rollback in progress"),
        ("UPDATE_ROLLBACK_COMPLETE", RowState.FAILED, "AWS reports: update rollback complete"),
        ("DELETE_COMPLETE", RowState.DONE, "AWS reports: delete complete"),
    ],
)
def test_a_resource_is_as_aws_reports_it(status: str, state: RowState, sentence: str) -> None:
    found = row(resource(status, 7))

    assert (found.state, found.title, found.sentence, found.at) == (
        state,
        "IAM role popsql-operator",
        sentence,
        later(7),
    )


def test_a_resource_without_a_name_yet_has_that_of_the_template() -> None:
    event = ResourceChanged("s", "OperatorBoundary", "AWS::IAM::ManagedPolicy", "CREATE_IN_PROGRESS", "why", "", NOON)

    assert row(event).title == "IAM managed policy OperatorBoundary"
    assert row(event).sentence == "AWS reports: create in progress: why"


def test_a_stack_and_a_kind_that_is_not_known() -> None:
    stack = ResourceChanged("s", "s", "AWS::CloudFormation::Stack", "CREATE_COMPLETE", "", "arn:aws:…:stack/s/1", NOON)
    other = ResourceChanged("s", "Bucket", "AWS::S3::Bucket", "CREATE_COMPLETE", "", "bucket-1", NOON)

    assert row(stack).title == "CloudFormation stack s"
    assert row(other).title == "AWS::S3::Bucket bucket-1"
    assert row(stack).key != row(other).key


@pytest.mark.parametrize(
    ("state", "message", "title", "shown_state", "sentence"),
    [
        ("started", "Creating the network", "Creating the network", RowState.RUNNING, ""),
        ("started", "", "vpc", RowState.RUNNING, ""),
        ("succeeded", "Done", "", RowState.DONE, ""),
        ("succeeded", "Was there already", "", RowState.DONE, "Was there already"),
        ("failed", "refused", "", RowState.FAILED, "refused"),
        ("paused", "Paused.", "", RowState.WAITING, "Paused."),
        ("cancelled", "Cancelled.", "", RowState.SKIPPED, "Cancelled."),
        ("dreaming", "of sheep", "", RowState.WAITING, "dreaming: of sheep"),
    ],
)
def test_the_vendor_is_shown_in_its_own_words(
    state: str, message: str, title: str, shown_state: RowState, sentence: str
) -> None:
    found = row(progress(1, "vpc", state, message, seconds=3))

    assert (found.title, found.state, found.sentence, found.at) == (title, shown_state, sentence, later(3))


def test_a_step_of_the_vendor_is_never_taken_for_one_of_ours() -> None:
    assert row(progress(1, "cut", "started")).key != row(StepChanged("cut", StepState.STARTED)).key


def test_events_that_are_no_rows() -> None:
    assert row_of(Waiting("the stack", NOON)) is None
    assert row_of(Scanned("eu-west-1", 3)) is None
    assert row_of(Checked(evidence())) is None


@pytest.mark.parametrize(
    "event",
    [
        progress(1, "vpc", "started", EVIL),
        progress(1, "vpc", "failed", EVIL),
        progress(1, EVIL, "started"),
        progress(1, "vpc", EVIL, EVIL),
        resource("CREATE_FAILED", reason=EVIL),
        resource(EVIL, logical_id=EVIL),
        ResourceChanged(EVIL, "x", EVIL, "CREATE_COMPLETE", "", "", NOON),
        StepChanged("cut", StepState.FAILED, EVIL),
        Notice(EVIL),
    ],
)
def test_what_others_wrote_is_one_plain_line_of_some_length(event: Event) -> None:
    found, line = row(event), log_line(event)

    assert len(found.title) <= (MOST_OF_A_SENTENCE if isinstance(event, Notice) else MOST_OF_A_TITLE)
    assert len(found.sentence) <= MOST_OF_A_SENTENCE
    assert len(line) <= MOST_OF_A_LINE + len("12:00:00  ")
    for text in (found.title, found.sentence, line):
        assert not any(mark in text for mark in ("\x1b", "\u202e", "\n"))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (resource("CREATE_FAILED", reason="no"), "popsql-role/OperatorRole AWS::IAM::Role CREATE_FAILED no"),
        (progress(3, "vpc", "started", "Going", percent=12.4), "vendor: vpc started (12 %): Going"),
        (progress(3, "vpc", "started", "Going"), "vendor: vpc started: Going"),
        (StepChanged("cut", StepState.DONE, "gone"), "cut done gone"),
        (Waiting("the stack", NOON), "waiting: the stack"),
        (Scanned("eu-west-1", 3), "eu-west-1: 3 ranges"),
        (Scanned("eu-west-1", 0, "denied"), "eu-west-1: denied"),
        (Checked(evidence(detail="x")), "verified: The role is there (iam:GetRole)"),
        (Checked(evidence(state=State.REFUTED, detail="x")), "refuted: The role is there (iam:GetRole) x"),
        (Notice("Mind the gap."), "Mind the gap."),
    ],
)
def test_lines_of_the_log(event: Event, words: str) -> None:
    assert log_line(event, NOON) == f"{NOON.astimezone():%H:%M:%S}  {words}"


# The clock


def test_until_something_is_heard_the_time_is_that_of_this_computer() -> None:
    clock = EventClock(lambda: NOON)
    clock.hear(progress(1, "vpc", "started", seconds=-300))
    clock.hear(Checked(evidence(source=Source.VENDOR, at=later(-300))))

    assert clock.now() == NOON


def test_aws_answers_set_the_clock_and_an_old_one_does_not_set_it_back() -> None:
    here = [NOON]
    clock = EventClock(lambda: here[0])
    clock.hear(Waiting("the stack", later(120)))
    assert clock.now() == later(120)

    here[0] = later(10)
    clock.hear(Waiting("an answer of AWS", later(121)))
    clock.hear(Checked(evidence(at=later(100))))
    assert clock.now() == later(130)


def test_a_computer_that_is_ahead_is_set_back() -> None:
    clock = EventClock(lambda: later(300))
    clock.hear(Waiting("the stack", NOON))

    assert clock.now() == NOON
    assert clock.now() - later(300) == timedelta(seconds=-300)


# The cards


def test_a_card_with_nothing_in_it_is_not_shown(qtbot: QtBot) -> None:
    cards = EventCards(rows="What happens now", proof="What is known of it")
    window = shown(qtbot, cards.rows_card, cards.proof_card, cards.log_card)
    every = (cards.rows_card, cards.proof_card, cards.log_card)
    assert [card.isVisible() for card in every] == [False, False, False]

    cards.show_event(Waiting("the stack", datetime.now(NOON.tzinfo)))
    assert [card.isVisible() for card in every] == [True, False, False]
    assert cards.waiting.text() == "Waiting: the stack. Last checked just now."

    cards.show_event(Checked(evidence()))
    assert [card.isVisible() for card in every] == [True, True, True]

    cards.clear()
    assert [card.isVisible() for card in every] == [False, False, False]
    window.close()
