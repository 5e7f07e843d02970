"""What is taken on the way through the demo."""

from contextlib import nullcontext
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.demo.scene import settle
from ui.demo.studio import PhotoStudio
from ui.widgets.rows import FactLine, RowList
from ui.widgets.scroll import ScrollArea


def test_a_glance_shows_what_is_there_as_it_is_laid_out(qtbot: QtBot, tmp_path: Path) -> None:
    window, area, content = QWidget(), ScrollArea(), QWidget()
    rows = RowList()
    QVBoxLayout(content).addWidget(rows)
    area.setWidget(content)
    QVBoxLayout(window).addWidget(area)
    qtbot.addWidget(window)
    window.resize(400, 300)
    with qtbot.waitExposed(window):
        window.show()
    studio = PhotoStudio(tmp_path, nullcontext, lambda picture, flaw: None)
    rows.set_rows(FactLine(f"Fact {number}", "a value " * 12) for number in range(12))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)  # they are shown, and not laid out yet

    name = studio.glance(window, "facts")

    taken = QImage(str(tmp_path / str(name)))
    settle(window)
    assert taken == window.grab().toImage().convertToFormat(taken.format())
