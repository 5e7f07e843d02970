"""What the Manage page is about at one moment: one class for each, so that none has to ask which of them it is.

status.py    what AWS and the vendor answer now
removal.py   the removal before it, while it runs or was stopped, and what came of it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.events import Event
from ui.page import Action

if TYPE_CHECKING:
    from installer.installation import Installation
    from ui.manage.page import ManagePage


class Mode:
    """The page asks the mode it is in, always about the installation that is shown. A subclass says what differs."""

    def __init__(self, page: ManagePage, view: QWidget) -> None:
        self.page = page
        self.view = view

    def heading(self, one: Installation) -> tuple[str, str]:
        """The heading, and one line below it."""
        raise NotImplementedError

    def primary(self, one: Installation) -> str:
        raise NotImplementedError

    def proceed(self, one: Installation) -> None:
        raise NotImplementedError

    def other(self, one: Installation) -> Action | None:
        """One more button, beside the primary one."""
        del one
        return None

    def valid(self, one: Installation) -> bool:
        del one
        return True

    def fact(self, one: Installation) -> str:
        del one
        return ""

    def going_on(self, one: Installation) -> str:
        del one
        return ""

    def show(self, one: Installation) -> None:
        """Show it: something has changed."""

    def retry(self, one: Installation) -> None:
        """The work that failed, again."""

    def on_event(self, event: Event) -> None:
        """The work reports."""

    def on_stopped(self, error: HouseguestError | None) -> None:
        """The work failed, or, without an error, was stopped by the person."""
