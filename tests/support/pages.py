"""A page of the window in a test: what it shows, and what a person does with it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.demo.looks import inspect
from ui.page import Page
from ui.widgets.buttons import Button

NARROW, WIDE = (724, 567), (1204, 827)
"""What the rail and the footer leave of 960×640 and of 1440×900."""


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
