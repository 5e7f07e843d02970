"""A page of the window in a test: what it shows, and what a person does with it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.demo.looks import inspect
from ui.page import Page
from ui.theme import Scheme
from ui.widgets.buttons import Button

USUAL, NARROW, WIDE = (964, 727), (724, 567), (1204, 827)
"""What the rail and the footer leave of 1200×800, of 960×640 and of 1440×900."""

AnyPage = TypeVar("AnyPage", bound=Page)


class Look(NamedTuple):
    """How a page or a window is looked at."""

    size: tuple[int, int]
    scale: float
    scheme: Scheme

    def __str__(self) -> str:
        width, height = self.size
        return f"{width}×{height} at {self.scale:.0%}, {self.scheme}"


def _looks(*sizes: tuple[tuple[int, int], float]) -> list[Look]:
    return [Look(size, scale, scheme) for size, scale in sizes for scheme in Scheme]


in_all_looks_of_a_page = pytest.mark.parametrize(
    "look", _looks((NARROW, 1.0), (NARROW, 1.5), (WIDE, 1.0), (WIDE, 1.5)), ids=str
)
in_all_looks_of_a_window = pytest.mark.parametrize(
    "look", _looks(((960, 640), 1.0), ((960, 640), 1.5), ((1440, 900), 1.0)), ids=str
)


def wear(widget: QWidget, look: Look) -> None:
    """Show everything in these colours and at this font size, and the widget at this size."""
    theme.set_scheme(look.scheme)
    theme.set_scale(look.scale)
    widget.resize(*look.size)


def on_screen(qtbot: QtBot, page: AnyPage) -> AnyPage:
    """The page, shown as large as in a window of the usual size."""
    qtbot.addWidget(page)
    page.resize(*USUAL)
    with qtbot.waitExposed(page):
        page.show()
    return page


def texts(widget: QWidget) -> list[str]:
    """Every text of a label or a button that is shown in it."""
    return [
        str(one.text())
        for one in widget.findChildren(QWidget)
        if hasattr(one, "text") and callable(one.text) and one.isVisibleTo(widget)
    ]


def said(widget: QWidget) -> str:
    return "\n".join(texts(widget))


def button(widget: QWidget, text: str) -> Button:
    """The one button of that text."""
    found = [one for one in widget.findChildren(Button) if one.text() == text and one.isVisibleTo(widget)]
    assert len(found) == 1, f"{text}: {len(found)} buttons"
    return found[0]


def idle(qtbot: QtBot, page: Page) -> None:
    qtbot.waitUntil(lambda: not page.busy)


def flaws(page: QWidget) -> list[str]:
    """What is wrong with its looks, when it has come to rest: rows that were just drawn have asked for a new layout."""
    for _ in range(3):
        QCoreApplication.processEvents()
    return [str(flaw) for flaw in inspect(page)]


@contextmanager
def longest_turn() -> Iterator[Callable[[], float]]:
    """Seconds of the UI thread's own time that the longest of its turns took: what else runs here does not count."""
    turns: list[float] = []
    last = [time.thread_time()]

    def turn() -> None:
        now = time.thread_time()
        turns.append(now - last[0])
        last[0] = now

    timer = QTimer()
    timer.timeout.connect(turn)
    timer.start(0)
    yield lambda: max(turns)
    timer.stop()
