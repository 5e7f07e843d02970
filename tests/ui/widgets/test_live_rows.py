"""Rows of work that goes on: their times are those of the events, and no flood of events holds up the window."""

from datetime import datetime

import pytest
from pytestqt.qtbot import QtBot

from tests.support.pages import longest_turn, said
from tests.support.shown import flaws, shown
from tests.support.told import EVIL, NOON, later
from ui.widgets.last_heard import LastHeard, ago
from ui.widgets.live_rows import MOST_ROWS, LiveRows, duration
from ui.widgets.step_row import RowState


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rows(qtbot: QtBot, clock: Clock) -> LiveRows:
    rows = LiveRows(name="Steps", now=clock)
    qtbot.addWidget(rows)
    return rows


def told(rows: LiveRows) -> list[str]:
    return [f"{row.accessibleName()}|{row.accessibleDescription()}" for row in rows.rows()]


def test_a_row_counts_from_when_it_began_and_stays_at_what_it_took(rows: LiveRows, clock: Clock) -> None:
    rows.show_row("vpc", RowState.RUNNING, "Network", at=later(-390))
    assert told(rows) == ["Network|running. 6:30"]

    clock.at = later(5)
    rows._tick()
    assert told(rows) == ["Network|running. 6:35"]

    rows.show_row("vpc", RowState.DONE, "", "6 subnets", at=later(-330))
    clock.at = later(500)
    rows._tick()
    assert told(rows) == ["Network|done. 6 subnets. 1:00"]


def test_an_event_of_the_same_state_changes_neither_begin_nor_duration(rows: LiveRows) -> None:
    rows.show_row("vpc", RowState.RUNNING, "Network", at=later(-60))
    rows.show_row("vpc", RowState.RUNNING, "", "half", at=later(-10))
    rows.show_row("vpc", RowState.DONE, "", at=later(0))
    rows.show_row("vpc", RowState.DONE, "", at=later(90))

    assert told(rows) == ["Network|done. 1:00"]


def test_what_begins_again_counts_from_there(rows: LiveRows) -> None:
    rows.show_row("vpc", RowState.RUNNING, "Network", at=later(-100))
    rows.show_row("vpc", RowState.FAILED, "", "refused", at=later(-90))
    rows.show_row("vpc", RowState.RUNNING, "Network", at=later(-20))

    assert told(rows) == ["Network|running. 0:20"]


def test_what_is_not_watched_any_more_has_no_duration(rows: LiveRows) -> None:
    rows.show_row("vpc", RowState.RUNNING, "Network", "half", at=later(-60))
    rows.show_row("db", RowState.DONE, "Database", "here")
    rows.settle(RowState.WAITING, "Goes on, unwatched.")

    assert told(rows) == ["Network|waiting. Goes on, unwatched.", "Database|done. here"]


def test_a_clock_that_is_late_counts_from_zero(rows: LiveRows) -> None:
    rows.show_row("vpc", RowState.RUNNING, "Network", at=later(30))

    assert told(rows) == ["Network|running. 0:00"]


def test_a_row_without_a_title_has_its_sentence_for_one(rows: LiveRows) -> None:
    rows.show_row("install", RowState.DONE, "", "PopSQL is installed.")

    assert told(rows) == ["PopSQL is installed.|done"]


def test_rows_are_in_the_order_in_which_they_came(rows: LiveRows) -> None:
    for key in "cab":
        rows.show_row(key, RowState.TO_COME, key)
    rows.show_row("c", RowState.DONE, "")

    assert [row.accessibleName() for row in rows.rows()] == ["c", "a", "b"]
    assert rows.row("a") is rows.rows()[1]
    assert rows.row("d") is None


def test_of_very_many_those_that_ended_first_go_and_it_is_said(qtbot: QtBot, rows: LiveRows) -> None:
    shown(qtbot, rows)
    rows.show_row("first", RowState.RUNNING, "The first, which still runs")
    rows.show_row("bad", RowState.FAILED, "The one that failed")
    for number in range(2_000):
        rows.show_row(number, RowState.DONE, f"Step {number}")

    names = [row.accessibleName() for row in rows.rows()]
    assert len(names) == MOST_ROWS
    assert names[:2] == ["The first, which still runs", "The one that failed"]
    assert names[-1] == "Step 1999"
    assert f"{2_002 - MOST_ROWS:,} earlier ones are in the log." in said(rows)


def test_nothing_is_left_after_clear(qtbot: QtBot, rows: LiveRows) -> None:
    for number in range(MOST_ROWS + 1):
        rows.show_row(number, RowState.RUNNING, "x")
    rows.rows()
    rows.clear()

    assert rows.is_empty
    assert rows.rows() == ()
    assert "earlier" not in said(rows)


def test_rows_are_drawn_in_batches_without_being_asked_for(qtbot: QtBot, rows: LiveRows) -> None:
    shown(qtbot, rows)
    for number in range(12):
        rows.show_row(number, RowState.DONE, f"Step {number}")
    assert not rows.is_drawn

    qtbot.waitUntil(lambda: rows.is_drawn and "Step 11" in said(rows))


@pytest.mark.speed
def test_a_flood_of_hostile_rows_never_holds_up_the_window(qtbot: QtBot, rows: LiveRows) -> None:
    shown(qtbot, rows)
    with longest_turn() as longest:
        for number in range(300):
            rows.show_row(number, RowState.DONE, EVIL[:100], EVIL[:160])
        qtbot.waitUntil(lambda: rows.is_drawn)

    assert longest() < 0.1
    assert not any(mark in said(rows) for mark in ("\x1b", "\u202e"))
    assert "<b>bold</b>" in said(rows)


def test_its_looks(qtbot: QtBot, rows: LiveRows) -> None:
    for state in RowState:
        rows.show_row(state, state, f"A thing that is {state}", "What is said of it")
    rows.rows()

    assert flaws(shown(qtbot, rows)) == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(-3, "0:00"), (4.9, "0:04"), (760, "12:40"), (3723, "1:02:03"), (90_000, "25:00:00")]
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "just now"), (1.9, "just now"), (4.2, "4 s ago"), (119, "119 s ago"), (185, "3 min ago")],
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_silence_is_counted(qtbot: QtBot, clock: Clock) -> None:
    heard = LastHeard(now=clock)
    qtbot.addWidget(heard)
    assert heard.isHidden()

    heard.heard("Waiting: the stack\x1b[31m popsql. Last checked", later(-4))
    assert heard.text() == "Waiting: the stack popsql. Last checked 4 s ago."
    clock.at = later(20)
    heard._show()
    assert heard.text() == "Waiting: the stack popsql. Last checked 24 s ago."

    heard.stop()
    assert heard.isHidden()
    heard.hide()
