"""The typefaces and the type scale.

Inter and JetBrains Mono are shipped under `resources/fonts/`. Windows and macOS show their own interface font;
elsewhere, and wherever no display is, it is Inter, so that pictures are the same everywhere.
"""

import sys
from enum import StrEnum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from resources import read_bytes

_TEXT_FILES = ("fonts/Inter-Regular.otf", "fonts/Inter-SemiBold.otf", "fonts/Inter-Bold.otf")
_MONO_FILES = ("fonts/JetBrainsMono-Regular.ttf",)


class TextRole(StrEnum):
    TITLE = "title"
    HEADING = "heading"
    ROW = "row"
    BODY = "body"
    SECONDARY = "secondary"
    PILL = "pill"
    MONO = "mono"
    MONO_SMALL = "mono small"


# Inter is shipped in three weights: what lies between is shown in the nearest.
_SIZE_AND_WEIGHT = {
    TextRole.TITLE: (24, QFont.Weight.Bold),
    TextRole.HEADING: (16, QFont.Weight.DemiBold),
    TextRole.ROW: (14, QFont.Weight.DemiBold),
    TextRole.BODY: (14, QFont.Weight.Normal),
    TextRole.SECONDARY: (12, QFont.Weight.Normal),
    TextRole.PILL: (11, QFont.Weight.DemiBold),
    TextRole.MONO: (13, QFont.Weight.Normal),
    TextRole.MONO_SMALL: (12, QFont.Weight.Normal),
}
_MONO = {TextRole.MONO, TextRole.MONO_SMALL}


def make(role: TextRole, scale: float) -> QFont:
    """The font of a role, its size in pixels of 100 % times `scale`."""
    size, weight = _SIZE_AND_WEIGHT[role]
    font = QFont(mono_family() if role in _MONO else text_family())
    font.setPixelSize(max(1, round(size * scale)))
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if role in _MONO:
        font.setStyleHint(QFont.StyleHint.Monospace)
        # An ARN or a policy is read sign by sign: no ligatures.
        font.setFeature(QFont.Tag("liga"), 0)
        font.setFeature(QFont.Tag("calt"), 0)
    return font


def tabular(font: QFont) -> QFont:
    """The same font with digits of equal width, for numbers that change in place."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@cache
def text_family() -> str:
    if sys.platform in ("win32", "darwin") and QGuiApplication.platformName() != "offscreen":
        return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return _load(_TEXT_FILES)


@cache
def mono_family() -> str:
    return _load(_MONO_FILES)


def _load(files: tuple[str, ...]) -> str:
    """Makes the shipped files known to Qt and returns the family they hold."""
    families = {_family(QFontDatabase.addApplicationFontFromData(read_bytes(file)), file) for file in files}
    if len(families) != 1:
        raise RuntimeError(f"these fonts are not one family: {', '.join(sorted(families))}")
    return families.pop()


def _family(identity: int, file: str) -> str:
    names = QFontDatabase.applicationFontFamilies(identity)
    if not names:
        raise RuntimeError(f"Qt cannot read the font {file}")
    return names[0]
