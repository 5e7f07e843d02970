"""Tables: harmless whatever the cells hold, columns that fit, rows that are copied, thousands of them without delay."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.shown import HOSTILE, NARROW, flaws, focus, shown
from ui import theme
from ui.theme import TextRole
from ui.widgets.table import WRAPPED, Table
from ui.widgets.table_cells import Delegate, broken

COLUMNS = ("Used range", "What", "Where")
ROWS = (
    ("10.0.0.0/15", "VPC production, VPC staging", "eu-west-1, us-east-1"),
    ("10.64.0.0/14", "VPC analytics (shared by 3333 3333 3333)", "eu-west-1"),
    ("10.200.0.0/14", "Office, by transit gateway tgw-0a12", "route table of production"),
)


def test_the_cells_are_there_to_a_screen_reader(qtbot: QtBot) -> None:
    table = Table(COLUMNS, ROWS, name="Used ranges")
    shown(qtbot, table)
    spoken = QAccessible.queryAccessibleInterface(table)
    assert spoken.role() == QAccessible.Role.Table
    assert spoken.text(QAccessible.Text.Name) == "Used ranges"
    cells = [spoken.child(index).text(QAccessible.Text.Name) for index in range(spoken.childCount())]
    assert {*COLUMNS, "1", "2", "3", *(text for row in ROWS for text in row)} <= set(cells)


def test_a_row_needs_a_text_for_each_column() -> None:
    with pytest.raises(ValueError, match="every row needs 3 texts"):
        Table(COLUMNS, [("10.0.0.0/8", "too few")])


def test_copy_takes_the_selected_rows_as_lines_of_tabs(qtbot: QtBot) -> None:
    table = Table(COLUMNS, [("a\tb", "c\nd", "e\x1b[31m\u202e" + "x" * 3_000), *ROWS])
    shown(qtbot, table)
    focus(table)
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_rows() == [0, 1]
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a b\tc d\te" + "x" * 3_000 + "\n" + "\t".join(ROWS[0])


def test_tab_leaves_the_table_and_an_empty_one_is_passed_by(qtbot: QtBot) -> None:
    first, empty, last = Table(COLUMNS, ROWS), Table(COLUMNS), Table(COLUMNS, ROWS)
    shown(qtbot, first, empty, last)
    focus(first)
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert last.hasFocus()


def test_the_row_of_the_keyboard_is_seen(qtbot: QtBot) -> None:
    table, elsewhere = Table(COLUMNS, ROWS), Table(COLUMNS, ROWS)
    shown(qtbot, table, elsewhere)
    focus(elsewhere)
    before = table.grab().toImage()
    focus(table)
    assert table.grab().toImage() != before


def test_columns_are_as_wide_as_their_content_and_the_last_takes_the_rest(qtbot: QtBot) -> None:
    table = Table(COLUMNS, ROWS, mono_columns=[0])
    shown(qtbot, table)
    assert table.columnWidth(0) < table.columnWidth(1)
    assert sum(table.columnWidth(column) for column in range(3)) == table.viewport().width()
    assert table.horizontalScrollBar().maximum() == 0


def test_in_little_width_texts_wrap_before_identifiers_do(qtbot: QtBot) -> None:
    table = Table(COLUMNS, ROWS, mono_columns=[0])
    window = shown(qtbot, table)
    single, identifier = table.rowHeight(1), table.columnWidth(0)
    window.fit(400)
    assert table.columnWidth(0) == identifier
    assert table.rowHeight(1) > single
    assert table.verticalScrollBar().maximum() == 0


def test_a_table_is_as_tall_as_its_rows_until_they_scroll(qtbot: QtBot) -> None:
    rows = [(f"10.{number}.0.0/16", "VPC", "eu-west-1") for number in range(100)]
    few, many = Table(COLUMNS, rows[:4]), Table(COLUMNS, rows, visible_rows=8)
    shown(qtbot, few, many)
    assert few.verticalScrollBar().maximum() == 0
    assert many.verticalScrollBar().maximum() > 0
    assert many.sizeHint().height() - few.sizeHint().height() == 4 * many.rowHeight(0)


def test_new_rows_keep_the_place_that_is_read(qtbot: QtBot) -> None:
    rows = [(f"10.{number}.0.0/16", "VPC", "eu-west-1") for number in range(100)]
    table = Table(COLUMNS, rows)
    shown(qtbot, table)
    table.verticalScrollBar().setValue(900)
    table.set_rows([*rows, ROWS[0]])
    assert table.verticalScrollBar().value() == 900
    assert table.rows()[-1] == ROWS[0]


def test_hostile_cells_are_shown_as_text_and_break_nothing(qtbot: QtBot) -> None:
    table = Table(("Name", HOSTILE[:40]), [(HOSTILE, "مرحبا"), ("\u202e\u2066", "<script>")])
    window = shown(qtbot, table)
    said = table.model().index(0, 0).data()
    assert said.startswith("abcd<b>bold</b><img src=x> www")
    assert len(said) <= 400
    assert table.model().index(1, 0).data() == ""
    assert flaws(window) == []


def test_the_tool_tip_has_what_does_not_fit_and_only_that(qtbot: QtBot) -> None:
    table = Table(("Short", "Long"), [("short", "word " * 200)])
    window = shown(qtbot, table)
    window.fit(NARROW)
    delegate = table.itemDelegate()
    assert isinstance(delegate, Delegate)
    short, long = (table.model().index(0, column) for column in (0, 1))
    assert delegate.whole_text(short, table.visualRect(short)) == ""
    assert delegate.whole_text(long, table.visualRect(long)) == "word " * 200


def test_breaking_keeps_every_sign(qtbot: QtBot) -> None:
    font = theme.font(TextRole.BODY)
    text = "some words 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 beyond the first plane, and arn:aws:iam::222222222222:role/x"
    lines = broken(text, font, 120, 50)
    assert len(lines) > 2
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert broken(text, font, 120, 2)[-1].endswith("…")
    assert broken(text, font, 10_000, 2) == [text]


@pytest.mark.speed
def test_five_thousand_rows_open_and_scroll_without_a_halt(qtbot: QtBot) -> None:
    rows = [(f"10.{number // 256}.{number % 256}.0/24", "w" * (number % 90), HOSTILE[:200]) for number in range(5_000)]
    table = Table(COLUMNS, rows, mono_columns=[0])
    assert len(rows) > WRAPPED
    shown(qtbot, table)
    bar, halts = table.verticalScrollBar(), []
    for step in range(30):
        began = time.perf_counter()
        bar.setValue(step * bar.maximum() // 30)
        QApplication.processEvents()
        halts.append(time.perf_counter() - began)
    # The budget of a frame is 33 ms; computers that run tests are busy with others.
    assert sorted(halts)[len(halts) // 2] < 0.033
