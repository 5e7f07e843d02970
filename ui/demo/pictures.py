"""Pictures of the window: one of each page in light and dark, and a contact sheet of them all for people to look at."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.colours import OF_SCHEME
from ui.demo.scene import settle
from ui.fonts import make

SHEET_WIDTH = 2400
"""Pixels."""

_GAP = 24
_CAPTION = 40
_SMALLEST = 0
"""Qt's PNG "quality" that is zlib's best compression. It loses nothing."""


@dataclass(frozen=True)
class Picture:
    number: int
    name: str
    scheme: theme.Scheme
    path: Path

    @property
    def caption(self) -> str:
        words = self.name.replace("-", " ")
        return f"{self.number}  {words[:1].upper()}{words[1:]}, {self.scheme}"


class Album:
    """The pictures of one walk through the window, in the order in which they were taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures: list[Picture] = []

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(self._pictures)

    def take(self, window: QWidget, name: str) -> tuple[Picture, ...]:
        """`name` says which page it is, as `sign-in`. Both pictures show the same moment: no event comes between."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = len({picture.number for picture in self._pictures}) + 1
        taken = []
        with _still():
            for scheme in theme.Scheme:
                path = self._folder / f"{number:02}-{name}-{scheme}.png"
                _save(_grab(window, scheme), path)
                taken.append(Picture(number, name, scheme, path))
        settle(window)
        self._pictures += taken
        return tuple(taken)

    def contact_sheet(self, path: Path, columns: int = 4) -> None:
        """All pictures in one PNG of 256 colours, `columns` beside one another: an even number keeps pairs together."""
        if not self._pictures:
            raise ValueError("no picture was taken")
        width = (SHEET_WIDTH - _GAP) // columns - _GAP
        images = [QImage(str(picture.path)).convertToFormat(QImage.Format.Format_RGB32) for picture in self._pictures]
        height = max(image.height() * width // image.width() for image in images)
        cell = QSize(width + _GAP, height + _CAPTION + _GAP)
        rows = -(-len(images) // columns)
        sheet = QImage(columns * cell.width() + _GAP, rows * cell.height() + _GAP, QImage.Format.Format_RGB32)
        sheet.fill(OF_SCHEME[theme.Scheme.LIGHT].rail)
        painter = QPainter(sheet)
        for index, (picture, image) in enumerate(zip(self._pictures, images, strict=True)):
            row, column = divmod(index, columns)
            place = QPoint(_GAP + column * cell.width(), _GAP + row * cell.height())
            _paint(painter, QRect(place, QSize(width, height)), image, picture.caption)
        painter.end()
        path.parent.mkdir(parents=True, exist_ok=True)
        _save(_with_palette(sheet), path)


@contextmanager
def _still() -> Iterator[None]:
    """The scheme that was shown comes back afterwards, and no text cursor blinks meanwhile."""
    hints, scheme = QGuiApplication.styleHints(), theme.scheme()
    flash_time = hints.cursorFlashTime()
    hints.setCursorFlashTime(0)
    try:
        yield
    finally:
        hints.setCursorFlashTime(flash_time)
        theme.set_scheme(scheme)


def _grab(window: QWidget, scheme: theme.Scheme) -> QImage:
    theme.set_scheme(scheme)
    settle(window)
    return window.grab().toImage()


def _paint(painter: QPainter, place: QRect, image: QImage, caption: str) -> None:
    """The caption above, the picture below it with a line around it."""
    colours = OF_SCHEME[theme.Scheme.LIGHT]
    painter.setPen(colours.text)
    painter.setFont(make(theme.TextRole.HEADING, 1.25))
    head = QRect(place.topLeft(), QSize(place.width(), _CAPTION))
    painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, caption)
    small = image.scaledToWidth(place.width(), Qt.TransformationMode.SmoothTransformation)
    corner = head.bottomLeft() + QPoint(0, 1)
    painter.drawImage(corner, small)
    painter.setPen(colours.line)
    painter.drawRect(QRect(corner, small.size() - QSize(1, 1)))


def _with_palette(image: QImage) -> QImage:
    """In the 256 colours it has most of. A window is made of few; the rest are the edges of its letters."""
    counts = Counter(memoryview(image.constBits()).cast("I"))
    alike: dict[int, Counter[int]] = {}
    for value, count in counts.items():
        alike.setdefault(value & 0xF8F8F8, Counter())[value] = count
    frequent = sorted(alike.values(), key=Counter.total, reverse=True)[:256]
    table = [colours.most_common(1)[0][0] for colours in frequent]
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.AvoidDither)


def _save(image: QImage, path: Path) -> None:
    writer = QImageWriter(str(path), b"png")
    writer.setQuality(_SMALLEST)
    if not writer.write(image):
        raise OSError(f"{path}: {writer.errorString()}")
