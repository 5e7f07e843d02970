"""Layouts of our own under what a window does to them all day: rows come, lose a part, and go."""

import gc

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.flow import Flow
from ui.widgets.rows import FactLine, RowList


class Words(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow(self)
        self.parts = [QLabel(f"word {number}") for number in range(4)]
        for part in self.parts:
            self.flow.addWidget(part)


def row(number: int) -> QWidget:
    return FactLine("Role", f"arn:aws:iam::222222222222:role/release/{number}", copy=True) if number % 2 else Words()


def test_rows_may_come_and_go(qtbot: QtBot) -> None:
    """Qt deletes the items of what is gone, and makes new ones at the same addresses."""
    rows = RowList(name="Rows")
    qtbot.addWidget(rows)
    rows.show()
    gc.disable()
    try:
        for turn in range(60):
            rows.set_rows(row(number) for number in range(12))
            for one in rows.rows():
                if isinstance(one, Words):
                    one.flow.itemAt(1)
                    one.parts.pop(1).deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            rows.resize(300 + turn, rows.heightForWidth(300 + turn))
            assert [one.flow.count() for one in rows.rows() if isinstance(one, Words)] == [3] * 6
            if turn % 7 == 0:
                gc.collect()
    finally:
        gc.enable()
