"""Start: what the window shows until it knows which page is the first. It is there for a moment, and asks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from ui.page import Page
from ui.widgets.states import Loading

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.tasks import TaskRunner


class StartPage(Page):
    """`found` with what `look` brought. `given_up` with what went wrong, or with None where the person stopped it."""

    found = Signal(object)
    given_up = Signal(object)

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self.body.addWidget(Loading("Looking for what was left on this computer."))

    @property
    def primary(self) -> str:
        return ""

    def take_focus(self) -> None:
        """Nothing here takes keys. To look for it would make Qt's Python know every kind of widget, 12 ms."""

    def look(self, work: Callable[[Context], object]) -> None:
        """Who was signed in before is asked of AWS, which may take long: it can be stopped."""
        self.work(work, self._looked, doing="Opening where you were", stop="Begin without it")

    def _looked(self, found: object) -> None:
        self.found.emit(found)

    def takes_over(self, error: HouseguestError) -> bool:
        self.given_up.emit(error)
        return True

    def on_cancelled(self) -> None:
        self.given_up.emit(None)
