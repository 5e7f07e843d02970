"""Start: what the window shows until it knows which page is the first. It is there for a moment, and asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.page import Page
from ui.widgets.states import Loading

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.tasks import TaskRunner


class StartPage(Page):
    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self.body.addWidget(Loading("Looking for what was left on this computer."))

    @property
    def primary(self) -> str:
        return ""

    def take_focus(self) -> None:
        """There is nothing to decide here."""
