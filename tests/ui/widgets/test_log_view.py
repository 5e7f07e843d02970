"""The log: everything arrives in order, old lines go, and whoever reads is left alone."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.support.shown import HOSTILE, flaws, focus, shown
from ui.widgets.log_view import BATCH, CAPACITY, LINE_LIMIT, LogView


def edit(log: LogView) -> QPlainTextEdit:
    return log.findChild(QPlainTextEdit)


def settled(qtbot: QtBot, log: LogView, last: str) -> None:
    qtbot.waitUntil(lambda: edit(log).document().lastBlock().text() == last, timeout=10_000)


def top_line(log: LogView) -> str:
    return edit(log).firstVisibleBlock().text() if isinstance(log, LogView) else ""


def test_lines_arrive_in_order_and_in_batches(qtbot: QtBot) -> None:
    log = LogView(name="What AWS reports")
    shown(qtbot, log)
    lines = [f"line {number}" for number in range(2 * BATCH + 10)]
    for line in lines:
        log.append(line)
    assert edit(log).document().isEmpty()
    assert log.text() == "\n".join(lines)
    settled(qtbot, log, lines[-1])
    assert log.text() == "\n".join(lines)
    assert log.line_count() == len(lines)
    assert edit(log).accessibleName() == "What AWS reports"


def test_the_oldest_lines_go(qtbot: QtBot) -> None:
    log = LogView()
    shown(qtbot, log)
    log.extend(f"line {number}" for number in range(CAPACITY + 500))
    assert log.line_count() == CAPACITY
    assert log.text().startswith("line 500\n")


def test_the_newest_line_is_followed_until_somebody_scrolls_up(qtbot: QtBot) -> None:
    log = LogView(visible_lines=6)
    shown(qtbot, log)
    log.extend(f"line {number}" for number in range(100))
    settled(qtbot, log, "line 99")
    bar = edit(log).verticalScrollBar()
    assert bar.value() == bar.maximum()
    focus(edit(log))
    QTest.keyClick(edit(log), Qt.Key.Key_PageUp)
    bar.setValue(40)
    log.append("line 100")
    settled(qtbot, log, "line 100")
    assert bar.value() == 40
    bar.setValue(bar.maximum())
    log.append("line 101")
    settled(qtbot, log, "line 101")
    assert bar.value() == bar.maximum()


def test_the_place_that_is_read_stays_also_where_old_lines_go(qtbot: QtBot) -> None:
    log = LogView(visible_lines=6)
    shown(qtbot, log)
    edit(log).setMaximumBlockCount(200)
    log.extend(f"line {number}" for number in range(200))
    settled(qtbot, log, "line 199")
    bar = edit(log).verticalScrollBar()
    bar.setValue(150)
    log.extend(f"line {number}" for number in range(200, 250))
    settled(qtbot, log, "line 249")
    assert bar.value() == 100
    assert edit(log).cursorForPosition(edit(log).viewport().rect().topLeft()).block().text() == "line 150"


def test_hostile_lines_are_text_and_have_an_end(qtbot: QtBot) -> None:
    log = LogView()
    window = shown(qtbot, log)
    log.append(HOSTILE)
    log.append("two\nlines")
    settled(qtbot, log, "lines")
    first, second, *rest = log.text().split("\n")
    assert first == "abcd<b>bold</b><img src=x>"
    assert len(second) == LINE_LIMIT
    assert second.endswith("…")
    assert rest == ["two", "lines"]
    assert flaws(window) == []


def test_a_cleared_log_is_empty(qtbot: QtBot) -> None:
    log = LogView()
    shown(qtbot, log)
    log.append("one")
    settled(qtbot, log, "one")
    log.append("two")
    log.clear()
    assert log.text() == ""
    assert log.line_count() == 0


@pytest.mark.speed
def test_a_flood_does_not_halt_the_window(qtbot: QtBot) -> None:
    log = LogView()
    shown(qtbot, log)
    log.extend(f"14:03:22 DescribeStackEvents CREATE_IN_PROGRESS AWS::EC2::Subnet number {n}" for n in range(4_000))
    halts = []
    while log.text().count("\n") > edit(log).blockCount() - 1:
        began = time.perf_counter()
        QApplication.processEvents()
        halts.append(time.perf_counter() - began)
    worst = sorted(halts)[-2]
    assert worst < 0.1
