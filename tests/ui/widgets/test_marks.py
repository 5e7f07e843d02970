"""Marks: every shape can be told from every other without its colour."""

from itertools import combinations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Tone
from ui.widgets.marks import Mark, Shape, paint_mark


def drawn(shape: Shape) -> QImage:
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_mark(painter, QRectF(0, 0, 24, 24), shape, Tone.NEUTRAL)
    painter.end()
    return image


def test_all_shapes_differ_in_one_tone(qtbot: QtBot) -> None:
    images = {shape: drawn(shape) for shape in Shape}
    for one, other in combinations(Shape, 2):
        differing = sum(images[one].pixel(x, y) != images[other].pixel(x, y) for x in range(24) for y in range(24))
        assert differing > 20, f"{one} looks like {other}"


def test_a_mark_grows_with_the_type_and_changes_in_place(qtbot: QtBot) -> None:
    mark = Mark(Shape.RING, Tone.NEUTRAL, size=20)
    qtbot.addWidget(mark)
    before = mark.grab().toImage()
    mark.set(Shape.CHECK, Tone.GOOD)
    assert mark.shape() is Shape.CHECK
    assert mark.grab().toImage() != before
    theme.set_scale(1.5)
    assert mark.sizeHint().width() == 30
