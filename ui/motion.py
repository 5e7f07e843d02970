"""Whether the system asks for no animations. Each desktop says it in a place of its own, and Qt asks none of them."""

import sys
from functools import cache
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtGui import QGuiApplication

_GET_CLIENT_AREA_ANIMATION = 0x1042  # SPI_GETCLIENTAREAANIMATION


@cache
def reduced() -> bool:
    """Asked once for a run. Without a display nothing moves, so that pictures are the same each time."""
    if QGuiApplication.platformName() == "offscreen":
        return True
    if sys.platform == "win32":
        return _reduced_on_windows()
    if sys.platform == "darwin":
        return said_by_macos(Path.home() / "Library/Preferences/com.apple.universalaccess.plist")
    return said_by_linux(Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)))


def said_by_linux(config: Path) -> bool:
    """What KDE's and GTK's settings below the user's configuration folder say."""
    kde = QSettings(str(config / "kdeglobals"), QSettings.Format.IniFormat)
    if str(kde.value("KDE/AnimationDurationFactor", "1")) in ("0", "0.0"):
        return True
    gtk = QSettings(str(config / "gtk-3.0" / "settings.ini"), QSettings.Format.IniFormat)
    return str(gtk.value("Settings/gtk-enable-animations", "true")).lower() in ("0", "false")


def said_by_macos(preferences: Path) -> bool:
    return bool(QSettings(str(preferences), QSettings.Format.NativeFormat).value("reduceMotion", 0))


def _reduced_on_windows() -> bool:
    import ctypes

    animated = ctypes.c_int(1)
    user32 = getattr(ctypes, "windll").user32  # noqa: B009 - not there for mypy on other systems
    user32.SystemParametersInfoW(_GET_CLIENT_AREA_ANIMATION, 0, ctypes.byref(animated), 0)
    return not animated.value
