"""Which texts a widget draws, and where: read from the drawing itself, so that it holds for any way of painting.

The widget is rendered, without its children, into an SVG. That names every text with its place, font, colour and clip,
whether it came from a label, from the style, from a delegate or from a `paintEvent` of our own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import whitespace

from PySide6.QtCore import QBuffer, QPoint, QRectF, QXmlStreamAttributes, QXmlStreamReader
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QRegion, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)

# A run of these alone has no ink: blanks, and marks that only say where a line may break or which way it runs.
_INVISIBLE = f"{whitespace}\u00a0\u200b\u200e\u200f"
_SHAPES = frozenset({"path", "polyline", "polygon", "rect", "circle", "ellipse", "line", "image", "text"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
# Not allowed in XML 1.0, and drawn as nothing.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Text:
    """One run of text on one line, in coordinates of the widget that drew it.

    `ink` is what the glyphs cover, without the room a line leaves above and below. `clip` is what the painter let
    through, and `colour` what it drew with, its alpha included.
    """

    text: str
    ink: QRectF
    clip: QRectF
    colour: QColor
    pixel_size: float


@dataclass(frozen=True)
class Drawing:
    """What one widget draws itself; `draws` is whether it draws anything."""

    texts: tuple[Text, ...]
    draws: bool


def drawing(widget: QWidget) -> Drawing:
    if widget.size().isEmpty():
        return Drawing((), draws=False)
    return _Reader(_svg(widget), widget.font().hintingPreference()).drawing()


def _svg(widget: QWidget) -> str:
    buffer = QBuffer()
    # This version keeps clips.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    generator.setResolution(widget.logicalDpiX())
    painter = QPainter(generator)
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    return _CONTROL.sub("", bytes(buffer.data().data()).decode())


@dataclass(frozen=True)
class _Group:
    """What an SVG's <g> hands on to all within it."""

    transform: QTransform
    clip: QRectF
    opacity: float


class _Reader:
    def __init__(self, svg: str, hinting: QFont.HintingPreference) -> None:
        self._xml = QXmlStreamReader(svg)
        self._hinting = hinting  # the SVG does not say it
        self._clips: dict[str, QRectF] = {}
        self._groups = [_Group(QTransform(), EVERYWHERE, 1.0)]
        self._draws = False

    def drawing(self) -> Drawing:
        texts = tuple(self._texts())
        if self._xml.hasError():
            raise ValueError(self._xml.errorString())
        return Drawing(texts, self._draws)

    def _texts(self) -> Iterator[Text]:
        clip_path = ""
        while not self._xml.atEnd():
            token = self._xml.readNext()
            name, attributes = self._xml.name(), self._xml.attributes()
            if token == QXmlStreamReader.TokenType.EndElement and name == "g":
                self._groups.pop()
            if token == QXmlStreamReader.TokenType.EndElement and name == "clipPath":
                clip_path = ""
            if token != QXmlStreamReader.TokenType.StartElement:
                continue
            if name == "clipPath":
                clip_path = _value(attributes, "id")
            elif clip_path and name == "path":
                self._clips[f"url(#{clip_path})"] = _bounds(_value(attributes, "d"))
            elif name == "g":
                self._groups.append(self._group(attributes))
            elif name in _SHAPES:
                self._draws = True
                if name == "text" and (text := self._xml.readElementText()).strip(_INVISIBLE):
                    yield self._text(text, attributes)

    def _group(self, attributes: QXmlStreamAttributes) -> _Group:
        outer = self._groups[-1]
        clip, transform = outer.clip, outer.transform
        if path := _value(attributes, "clip-path"):
            clip = clip.intersected(self._clips[path])
        if matrix := _value(attributes, "transform"):
            m11, m12, m21, m22, dx, dy = _numbers(matrix)
            transform = QTransform(m11, m12, m21, m22, dx, dy) * transform
        return _Group(transform, clip, outer.opacity * float(_value(attributes, "opacity") or 1))

    def _text(self, text: str, attributes: QXmlStreamAttributes) -> Text:
        group = self._groups[-1]
        size = float(_value(attributes, "font-size"))
        font = QFont(_value(attributes, "font-family"))
        font.setPixelSize(max(1, round(size)))
        font.setWeight(QFont.Weight(int(_value(attributes, "font-weight"))))
        font.setHintingPreference(self._hinting)
        font.setItalic(_value(attributes, "font-style") == "italic")
        ink = QFontMetricsF(font).tightBoundingRect(text)
        ink.translate(float(_value(attributes, "x")), float(_value(attributes, "y")))
        colour = QColor(_value(attributes, "fill"))
        colour.setAlphaF(float(_value(attributes, "fill-opacity")) * group.opacity)
        return Text(text, group.transform.mapRect(ink), group.clip, colour, size * group.transform.m22())


def _value(attributes: QXmlStreamAttributes, name: str) -> str:
    return str(attributes.value(name))


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _bounds(path: str) -> QRectF:
    """The rectangle around a path of absolute coordinates, all that QSvgGenerator writes."""
    numbers = _numbers(path)
    if not numbers:
        return QRectF()
    xs, ys = numbers[::2], numbers[1::2]
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
