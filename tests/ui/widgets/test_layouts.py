"""Layouts of our own: where things stand in a width, and that a page does not scroll past its end."""

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import TextRole
from ui.widgets.buttons import Button, Kind
from ui.widgets.layouts import Beside, Items, WithTail, Wrapping
from ui.widgets.scroll import ScrollArea
from ui.widgets.text import Label

SENTENCE = "A sentence that is long enough to need many lines where there is little width. " * 3


class _Row(Wrapping):
    def __init__(self) -> None:
        super().__init__()
        self.name, self.text, self.small = Label("Name"), Label(SENTENCE), Label("x", wrap=False)
        layout = Beside(self, side=100, narrow=400, role=TextRole.BODY)
        for label in (self.name, self.text, self.small):
            layout.addWidget(label)


def test_the_name_stands_beside_and_in_little_width_above(qtbot: QtBot) -> None:
    row = _Row()
    qtbot.addWidget(row)
    row.show()
    row.resize(600, row.heightForWidth(600))
    assert row.text.x() == 116
    assert row.name.y() == row.text.y()
    assert row.small.geometry().right() == 599
    row.resize(399, row.heightForWidth(399))
    assert row.text.x() == 0
    assert row.text.y() > row.name.geometry().bottom()


def test_everything_lies_within_the_height_that_is_told(qtbot: QtBot) -> None:
    row = _Row()
    qtbot.addWidget(row)
    row.show()
    for width in range(150, 900, 50):
        row.resize(width, row.heightForWidth(width))
        for label in (row.name, row.text, row.small):
            assert row.rect().contains(label.geometry())
            assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("lines", [1, 3])
def test_what_is_small_stands_beside_the_first_line(qtbot: QtBot, lines: int) -> None:
    row, text, link = Wrapping(), Label("word " * 12 * lines, TextRole.MONO_SMALL), Button("Copy", Kind.LINK)
    layout = WithTail(row)
    layout.addWidget(text)
    layout.addWidget(link)
    qtbot.addWidget(row)
    row.resize(600, row.heightForWidth(600))
    row.show()
    line = text.fontMetrics().height()
    assert text.height() >= lines * line
    assert abs(link.geometry().center().y() - (text.y() + line / 2)) <= 1
    assert link.geometry().right() == 599
    assert all(row.rect().contains(part.geometry()) for part in (text, link))


def test_a_page_of_rows_ends_with_its_last_row(qtbot: QtBot) -> None:
    area, page = ScrollArea(), QWidget()
    qtbot.addWidget(area)
    column = QVBoxLayout(page)
    rows = [_Row() for _ in range(20)]
    for row in rows:
        column.addWidget(row)
    area.setWidget(page)
    area.resize(800, 300)
    area.show()
    QApplication.processEvents()
    assert page.height() - rows[-1].geometry().bottom() < 30


def test_items_can_be_taken_out(qtbot: QtBot) -> None:
    row = _Row()
    qtbot.addWidget(row)
    layout = row.layout()
    assert isinstance(layout, Items)
    assert layout.count() == 3
    assert layout.itemAt(3) is None
    assert layout.takeAt(2).widget() is row.small
    assert layout.takeAt(2) is None


def test_a_layout_says_its_places(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with pytest.raises(NotImplementedError):
        Items(widget).places(100)
