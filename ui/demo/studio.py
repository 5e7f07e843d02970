"""Takes the pictures of the demo and looks at each as it is taken, in light and in dark, for what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QWidget

from ui import theme
from ui.demo.looks import inspect
from ui.demo.pictures import Album
from ui.demo.scene import settle

SHEET = "contact-sheet.png"


class Studio(Protocol):
    """What takes pictures on the way. Each is given a name such as `sign-in`, and gives that of its file."""

    def take(self, window: QWidget, name: str) -> str | None:
        """The window as it is now, in light and in dark, for people to look at."""

    def glance(self, window: QWidget, name: str) -> str | None:
        """The same in passing: of what was taken before."""


class NoStudio:
    """For a walk that nobody looks at."""

    def take(self, window: QWidget, name: str) -> str | None:
        del window, name
        return None

    glance = take


class ToldStudio:
    """For somebody who wants to know how far the walk is: `told` is called with the name, and the walk waits."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told

    def take(self, window: QWidget, name: str) -> str | None:
        del window
        self._told(name)
        return None

    glance = take


class PhotoStudio:
    """`flawed` is told each flaw with the picture it is in; the work is done within `aside`."""

    def __init__(
        self, folder: Path, aside: Callable[[], AbstractContextManager[object]], flawed: Callable[[str, str], None]
    ) -> None:
        self._folder = folder
        self._album = Album(folder)
        self._aside = aside
        self._flawed = flawed

    @property
    def count(self) -> int:
        """Files that were written, without the contact sheet."""
        return len(self._album.pictures)

    def take(self, window: QWidget, name: str) -> str | None:
        with self._aside():
            light, *_ = self._album.take(window, name)
            before = theme.scheme()
            for scheme in theme.Scheme:
                theme.set_scheme(scheme)
                for flaw in inspect(window):
                    self._flawed(f"{name}, {scheme}", str(flaw))
            theme.set_scheme(before)
        return light.path.name

    def glance(self, window: QWidget, name: str) -> str | None:
        """As it is shown, and not on the sheet."""
        with self._aside():
            path = self._folder / f"{name}.png"
            settle(window)  # else rows that were just added are crushed into the room of before
            if not window.grab().save(str(path)):
                raise OSError(f"{path} cannot be written")
        return path.name

    def lay_out(self) -> None:
        """All pictures on one sheet."""
        with self._aside():
            self._album.contact_sheet(self._folder / SHEET)
