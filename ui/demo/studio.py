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

SHEET = "contact-sheet.png"


class Studio(Protocol):
    """`take` shows what the window looks like now, under a name such as `sign-in`; gives the name of the picture."""

    def take(self, window: QWidget, name: str) -> str | None: ...


class NoStudio:
    """For a walk that nobody looks at."""

    def take(self, window: QWidget, name: str) -> str | None:
        del window, name
        return None


class ToldStudio:
    """For somebody who wants to know how far the walk is: `told` is called with the name, and the walk waits."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told

    def take(self, window: QWidget, name: str) -> str | None:
        del window
        self._told(name)
        return None


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

    def lay_out(self) -> None:
        """All pictures on one sheet."""
        with self._aside():
            self._album.contact_sheet(self._folder / SHEET)
