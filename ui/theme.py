"""How everything looks: one scheme and one font size for the whole program, asked for by every widget that paints.

The colours live in `ui/colours.py`, the typefaces in `ui/fonts.py`, the icons in `ui/icons.py`; widgets need only this
module. When scheme or font size change, every widget gets an event that `has_changed` recognises in `changeEvent`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPixmap
from PySide6.QtWidgets import QApplication

from ui import colours as _colours
from ui import fonts as _fonts
from ui import icons as _icons
from ui.colours import Colours, Scheme, Tone, mixed
from ui.fonts import TextRole, tabular

__all__ = [
    "UNIT",
    "Colours",
    "Scheme",
    "TextRole",
    "Tone",
    "colours",
    "font",
    "has_changed",
    "icon",
    "install",
    "mixed",
    "px",
    "reduced_motion",
    "scale",
    "scheme",
    "set_scale",
    "set_scheme",
    "styled_application",
    "tabular",
    "tone",
]

_STYLE = "Fusion"

UNIT = 8
"""The grid: distances are multiples of it at 100 %."""


@dataclass
class _Now:
    """What is shown now. `chosen` is None while the system decides between light and dark."""

    scheme: Scheme = Scheme.LIGHT
    chosen: Scheme | None = None
    scale: float = 1.0
    follows: bool = False


_now = _Now()


def install(application: QApplication, *, scheme: Scheme | None = None, scale: float = 1.0) -> None:
    """Gives the application its style, palette and font, and follows the system's scheme where none is chosen."""
    application.setStyle(_STYLE)
    _dress(application, scheme, scale)


def styled_application(argv: list[str]) -> QApplication:
    """A new application with all that. It is made in its style: `setStyle` would first load all that Python can know of
    styles, and the first paint would wait for it."""
    made = QApplication([*argv, "-style", _STYLE])
    _dress(made, None, 1.0)
    return made


def _dress(application: QApplication, scheme: Scheme | None, scale: float) -> None:
    _now.scale = scale
    application.setFont(font(TextRole.BODY))
    if not _now.follows:
        _now.follows = True
        application.styleHints().colorSchemeChanged.connect(_follow_system)
    set_scheme(scheme)


def scheme() -> Scheme:
    return _now.scheme


def set_scheme(scheme: Scheme | None) -> None:
    """Shows light or dark; None follows the system."""
    _now.chosen = scheme
    _now.scheme = scheme or _scheme_of_system()
    _application().setPalette(_colours.palette(colours()))
    _announce()


def scale() -> float:
    return _now.scale


def set_scale(scale: float) -> None:
    """Shows everything at another font size, 1.5 for 150 %."""
    _now.scale = scale
    _application().setFont(font(TextRole.BODY))
    _announce()


def has_changed(event: QEvent) -> bool:
    """Whether an event of `changeEvent` says that colours or sizes are to be asked for anew."""
    return event.type() is QEvent.Type.ThemeChange


def colours() -> Colours:
    return _colours.OF_SCHEME[_now.scheme]


def tone(tone: Tone) -> tuple[QColor, QColor]:
    """Fore and ground of a tone, readable on one another."""
    return colours().tone(tone)


def font(role: TextRole) -> QFont:
    return _fonts.make(role, _now.scale)


def px(length: float) -> int:
    """A length in pixels of 100 %, grown with the font size."""
    return round(length * _now.scale)


def icon(name: str, colour: QColor, size: int) -> QPixmap:
    """An icon of `resources/icons/`, `size` device-independent pixels wide: `px(16)` grows with the font size."""
    return _icons.render(name, colour, size, _application().devicePixelRatio())


def reduced_motion() -> bool:
    """Whether the system asks for no animations."""
    # Nothing moves before the first paint.
    from ui import motion

    return motion.reduced()


def _follow_system() -> None:
    if _now.chosen is None:
        set_scheme(None)


def _scheme_of_system() -> Scheme:
    dark = _application().styleHints().colorScheme() is Qt.ColorScheme.Dark
    return Scheme.DARK if dark else Scheme.LIGHT


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("the theme needs a QApplication")
    return application


def _announce() -> None:
    # Of its own accord Qt tells only widgets whose own palette or font comes out different.
    for widget in QApplication.allWidgets():
        QApplication.sendEvent(widget, QEvent(QEvent.Type.ThemeChange))
