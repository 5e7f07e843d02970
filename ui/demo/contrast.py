"""Contrast as WCAG 2.1 measures it (success criterion 1.4.3), read from the picture of the window.

The picture is taken enlarged: there the stems of letters are solid, and what smoothing does to their edges is out of
the way.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from ui.demo.drawn import Text
from ui.demo.flaw import Kind
from ui.demo.scene import Part, item_at, shown

ENLARGED = 3
LARGE = 24
"""Pixels: the size of type from which the lower ratio is enough."""
ENOUGH, ENOUGH_WHEN_LARGE, ENOUGH_WHEN_DISABLED = 4.5, 3.0, 3.0

_GROUND_SHARE = 0.15
"""Of the text's rectangle: a colour behind it that fills less is its border, an icon or a smoothed edge."""
_SAME = 6
"""Steps of 255 by which rounding may move a channel."""
_SHADE = 16
"""Steps of 255 within which colours are one ground."""
_FEW = 6
"""Enlarged pixels that make a colour more than an accident."""

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Measure:
    """`text` on `ground`, as the picture has them."""

    text: Rgb
    ground: Rgb

    @property
    def ratio(self) -> float:
        return _ratio(self.text, self.ground)

    def __str__(self) -> str:
        return f"{self.ratio:.2f}:1, {_hex(self.text)} on {_hex(self.ground)}"


def too_faint(parts: tuple[Part, ...], window: QWidget) -> Iterator[tuple[Part, Kind, str]]:
    picture = _enlarged(window)
    overlays = [part.visible for part in parts if part.overlay and part.drawing.draws]
    for part in parts:
        for text in part.drawing.texts:
            place = _pixels(shown(part, text)).intersected(picture.rect())
            covered = not part.overlay and any(_pixels(QRectF(over)).intersects(place) for over in overlays)
            # A sliver at the edge of a scrolled area says nothing of the text.
            if covered or min(place.width(), place.height()) < 2 * ENLARGED:
                continue
            counts = _colours(picture, place)
            for selected in _selected(part, text):
                counts -= _colours(picture, _pixels(selected).intersected(place))
            kind, enough = _demand(part, text)
            if counts and (measure := _worst(counts, text.colour)).ratio < enough:
                yield part, kind, f"“{text.text.strip()}” has {measure}; it takes {enough:g}:1"


def _selected(part: Part, text: Text) -> Iterator[QRectF]:
    """Where a part of the text is drawn once more in colours of its own: a selection, clipped to what it holds."""
    whole = shown(part, text)
    for other in part.drawing.texts:
        piece = shown(part, other)
        if other.text in text.text and piece.width() < whole.width() and whole.intersects(piece):
            yield piece


def _colours(picture: QImage, place: QRect) -> Counter[Rgb]:
    if place.isEmpty():
        return Counter()
    copy = picture.copy(place)  # has to outlive the view into it
    pixels = Counter(memoryview(copy.constBits()).cast("I"))
    return Counter({_rgb(value): count for value, count in pixels.items()})


def _worst(counts: Counter[Rgb], colour: QColor) -> Measure:
    """The pair of text and ground that is hardest to read, of a text drawn with `colour`."""
    most = counts.most_common(1)[0][0]
    drawn = _blended(colour, most)
    if sum(count for rgb, count in counts.items() if _near(rgb, drawn)) < _FEW:
        # Something lies over it: what stands out most is what can be read.
        drawn = max((rgb for rgb, count in counts.items() if count >= _FEW), key=lambda rgb: _ratio(rgb, most))
    return min((Measure(drawn, ground) for ground in _grounds(counts, drawn)), key=lambda measure: measure.ratio)


def _grounds(counts: Counter[Rgb], drawn: Rgb) -> list[Rgb]:
    """The colours behind a text, each the most frequent one of its like: a style may shade them."""
    alike: dict[Rgb, Counter[Rgb]] = {}
    for rgb, count in counts.items():
        if not _near(rgb, drawn):
            alike.setdefault((rgb[0] // _SHADE, rgb[1] // _SHADE, rgb[2] // _SHADE), Counter())[rgb] = count
    if not alike:
        return [drawn]
    shares = {colours.most_common(1)[0][0]: colours.total() for colours in alike.values()}
    enough = min(counts.total() * _GROUND_SHARE, max(shares.values()))
    return [ground for ground, share in shares.items() if share >= enough]


def _demand(part: Part, text: Text) -> tuple[Kind, float]:
    if not _is_enabled(part, text):
        return Kind.DISABLED_CONTRAST, ENOUGH_WHEN_DISABLED
    return Kind.CONTRAST, ENOUGH_WHEN_LARGE if text.pixel_size >= LARGE else ENOUGH


def _is_enabled(part: Part, text: Text) -> bool:
    index = item_at(part.widget, text.ink.center().toPoint())
    item_enabled = index is None or not index.isValid() or bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
    return part.widget.isEnabled() and item_enabled


def _enlarged(window: QWidget) -> QImage:
    picture = QImage(window.size() * ENLARGED, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ENLARGED)
    picture.fill(window.palette().window().color())
    window.render(picture)
    return picture


def _pixels(rect: QRectF) -> QRect:
    return QRectF(rect.topLeft() * ENLARGED, rect.size() * ENLARGED).toRect()


def _blended(colour: QColor, ground: Rgb) -> Rgb:
    alpha = colour.alphaF()
    red, green, blue = (
        round(alpha * over + (1 - alpha) * under) for over, under in zip(_rgb(colour.rgb()), ground, strict=True)
    )
    return red, green, blue


def _near(one: Rgb, other: Rgb) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= _SAME


def _ratio(one: Rgb, other: Rgb) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _rgb(value: int) -> Rgb:
    return (value >> 16) & 255, (value >> 8) & 255, value & 255


def _hex(rgb: Rgb) -> str:
    return "#{:02X}{:02X}{:02X}".format(*rgb)
