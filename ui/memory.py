"""of itself from one start to the next: where it was, how it was divided, which AWS profile
was used.

    <root>/window.ini     Qt's own INI format; no secret

Nothing here is needed: what is absent, damaged or cannot be written is forgotten, without a word. Where the person is
in the journey is kept by `installer/drafts.py`.
"""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, QSize
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_GEOMETRY = "window/geometry"
_PROFILES = "aws_profiles"
_LAST = "last"
_MAX_TEXT = 8192

# As much of the top edge must be on a screen as a person needs to take hold of the window.
_HANDLE = QSize(120, 24)


class Memory:
    """Reads and writes `window.ini` of one state folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._settings = QSettings(str(root / "window.ini"), QSettings.Format.IniFormat)

    def restore_geometry(self, window: QWidget) -> None:
        """Put the window where it was, before it is shown; on a screen in any case."""
        with suppress(binascii.Error):
            if state := base64.b64decode(self._text(_GEOMETRY).encode("ascii", "replace"), validate=True):
                window.restoreGeometry(QByteArray(state))
        _bring_on_screen(window)

    def save_geometry(self, window: QWidget) -> None:
        self._write({_GEOMETRY: base64.b64encode(window.saveGeometry().data()).decode()})

    def aws_profile(self, account_id: str = "") -> str:
        """The AWS profile that was last used for an account, or at all; empty where that is not known."""
        return self._text(f"{_PROFILES}/{account_id or _LAST}")

    def remember_aws_profile(self, account_id: str, profile: str) -> None:
        self._write({f"{_PROFILES}/{account_id}": profile, f"{_PROFILES}/{_LAST}": profile})

    def _text(self, key: str) -> str:
        value = self._settings.value(key)
        return value if isinstance(value, str) and len(value) <= _MAX_TEXT and value.isprintable() else ""

    def _write(self, values: dict[str, str]) -> None:
        with suppress(OSError):
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for key, value in values.items():
            self._settings.setValue(key, value)
        self._settings.sync()


def _bring_on_screen(window: QWidget) -> None:
    """A screen may be gone since the last time, or smaller; Qt itself lets a window stay almost out of reach."""
    if window.isMaximized() or window.isFullScreen():
        return
    frame = window.frameGeometry()
    handle = QRect(frame.topLeft(), QSize(frame.width(), _HANDLE.height()))
    places = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    within = [place for place in places if _can_be_taken_hold_of(handle & place)]
    place = max(
        within, key=lambda place: _area(place & frame), default=QGuiApplication.primaryScreen().availableGeometry()
    )
    window.resize(window.size().boundedTo(place.size()))
    if not within:
        window.move(place.center() - QPoint(window.width() // 2, window.height() // 2))


def _can_be_taken_hold_of(part: QRect) -> bool:
    return part.width() >= _HANDLE.width() and part.height() >= _HANDLE.height()


def _area(part: QRect) -> int:
    return part.width() * part.height()
