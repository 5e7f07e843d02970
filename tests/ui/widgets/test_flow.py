"""ui/widgets/flow.py: items go on in the next row where the width ends."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.flow import Flow


class Box(QWidget):
    def __init__(self, width: int, height: int = 10) -> None:
        super().__init__()
        self._size = QSize(width, height)

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return QSize(4, self._size.height())


def flowing(qtbot: QtBot, *boxes: Box) -> tuple[QWidget, Flow]:
    whole = QWidget()
    qtbot.addWidget(whole)
    flow = Flow(whole, gap=10, row_gap=5)
    for box in boxes:
        flow.addWidget(box)
    whole.show()
    return whole, flow


def test_items_stand_side_by_side_while_there_is_room(qtbot: QtBot) -> None:
    boxes = Box(30), Box(30), Box(30)
    _, flow = flowing(qtbot, *boxes)
    flow.setGeometry(QRect(0, 0, 110, 50))
    assert [box.geometry().topLeft().toTuple() for box in boxes] == [(0, 0), (40, 0), (80, 0)]
    assert flow.heightForWidth(110) == 10
    assert flow.sizeHint() == QSize(110, 10)


def test_the_rest_goes_on_in_the_next_row(qtbot: QtBot) -> None:
    boxes = Box(30), Box(30), Box(30)
    _, flow = flowing(qtbot, *boxes)
    flow.setGeometry(QRect(0, 0, 109, 50))
    assert [box.geometry().topLeft().toTuple() for box in boxes] == [(0, 0), (40, 0), (0, 15)]
    assert flow.heightForWidth(109) == 25


def test_items_of_a_row_are_centred_on_one_another(qtbot: QtBot) -> None:
    boxes = Box(30, 10), Box(30, 30)
    _, flow = flowing(qtbot, *boxes)
    flow.setGeometry(QRect(0, 0, 200, 50))
    assert [box.geometry().top() for box in boxes] == [10, 0]


def test_one_that_is_wider_than_the_row_is_made_as_narrow(qtbot: QtBot) -> None:
    boxes = Box(300), Box(30)
    _, flow = flowing(qtbot, *boxes)
    flow.setGeometry(QRect(0, 0, 100, 50))
    assert [box.width() for box in boxes] == [100, 30]
    assert boxes[1].geometry().top() == 15


def test_hidden_items_take_no_room(qtbot: QtBot) -> None:
    boxes = Box(30), Box(30)
    _, flow = flowing(qtbot, *boxes)
    boxes[0].hide()
    flow.setGeometry(QRect(0, 0, 200, 50))
    assert boxes[1].geometry().left() == 0
    assert flow.sizeHint().width() == 30


def test_an_empty_one_takes_none(qtbot: QtBot) -> None:
    _, flow = flowing(qtbot)
    assert flow.heightForWidth(100) == 0
    assert flow.sizeHint() == QSize(0, 0)
