"""The icons: SVG files of this project under `resources/icons/`, drawn on a grid of 24 and tinted when rendered.

In the files `currentColor` stands for the colour; everything else in them is shape.
"""

from functools import cache, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from resources import read_text


def render(name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
    """The icon as a square of `size` device-independent pixels, sharp at `ratio` device pixels each."""
    return _render(name, colour.name(QColor.NameFormat.HexRgb), size, ratio)


@lru_cache(maxsize=512)
def _render(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    # Qt's SVG module is loaded with the first icon, not with the theme.
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(_source(name).replace("currentColor", colour).encode())
    side = max(1, round(size * ratio))
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@cache
def _source(name: str) -> str:
    return read_text(f"icons/{name}.svg")
