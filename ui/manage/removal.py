"""Removing the access: what will happen, while it happens or was stopped, and what came of it.

What is done is in `installer/manage/removal.py`; how it looks in `removal_view.py`. Nothing is called removed here but
what the engine says is proven.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from installer.errors import HouseguestError
from installer.events import Event
from ui.manage.mode import Mode
from ui.manage.removal_view import RemovalView
from ui.manage.words import operator_of
from ui.page import Action
from ui.widgets.dialogs import ConfirmByTyping

if TYPE_CHECKING:
    from installer.context import Context
    from installer.installation import Installation
    from ui.desk_results import TakenBack
    from ui.manage.page import ManagePage


class PreviewMode(Mode):
    """Nothing is done yet."""

    def __init__(self, page: ManagePage, view: RemovalView) -> None:
        super().__init__(page, view)
        self._view = view

    def heading(self, one: Installation) -> tuple[str, str]:
        return (
            f"Remove the access of {operator_of(one)} to {one.name}?",
            "This is what will happen, in this order. Each step is read back, and the product runs on.",
        )

    def primary(self, one: Installation) -> str:
        return "Remove access …"

    def other(self, one: Installation) -> Action | None:
        return Action("Keep the access", self.page.to_status)

    def valid(self, one: Installation) -> bool:
        return self.page.has_profile

    def fact(self, one: Installation) -> str:
        return "Nothing is done yet." if self.page.has_profile else "Choose the AWS profile of this account first."

    def enter(self, one: Installation) -> None:
        desk = self.page.desk
        self._view.show_preview(desk.removal_steps(one), desk.not_looked_at())

    def proceed(self, one: Installation) -> None:
        operator = operator_of(one)
        dialog = ConfirmByTyping(
            f"Remove the access of {operator}?",
            f"All access of {operator} to {one.name} ends, as the page says. The product runs on. To give access "
            "again, you connect it anew.",
            name=one.name,
            danger_text="Remove the access",
            parent=self.page.window(),
        )
        dialog.accepted.connect(self.page.remove)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class RemovingMode(Mode):
    """It runs, or it was stopped, or failed, before its end was known."""

    def __init__(self, page: ManagePage, view: RemovalView, outcome: OutcomeMode) -> None:
        super().__init__(page, view)
        self._view = view
        self._outcome = outcome

    def heading(self, one: Installation) -> tuple[str, str]:
        operator = operator_of(one)
        if self.page.busy:
            return f"Removing the access of {operator} to {one.name}", "Each step is read back. The product runs on."
        return (
            "The removal is not finished",
            f"What is done stays done. Until it is proven to be gone, {operator} may have access to {one.name}.",
        )

    def primary(self, one: Installation) -> str:
        return "" if self.page.busy else "Go on removing"

    def other(self, one: Installation) -> Action | None:
        return Action("Back to the status", self.page.to_status)

    def fact(self, one: Installation) -> str:
        return "Going on finds what is done, and does the rest."

    def going_on(self, one: Installation) -> str:
        if not self.page.busy:
            return ""
        return (
            f"The removal stops where it is. What is done stays done; {operator_of(one)} may still have access. Open "
            "Houseguest again to finish it."
        )

    def proceed(self, one: Installation) -> None:
        self.begin(one)

    def retry(self, one: Installation) -> None:
        self.begin(one)

    def begin(self, one: Installation) -> None:
        """Start, or go on: what is done is found done."""
        self._view.begin(self.page.desk.removal_steps(one), self.page.desk.not_looked_at())
        desk, profile = self.page.desk, self.page.profile

        def work(ctx: Context) -> TakenBack:
            desk.reach(ctx, one, profile)
            return desk.take_back(ctx, one, profile)

        self.page.work(work, self._taken_back, doing="Removing the access, and reading back each step", stop="Stop")
        self.page.refresh()

    def on_event(self, event: Event) -> None:
        self._view.show_event(event)

    def on_stopped(self, error: HouseguestError | None) -> None:
        self._view.stop_watching(
            "Not known: the removal was stopped here." if error is None else "Not known: this failed here."
        )
        self.page.list_installations()

    def _taken_back(self, done: TakenBack) -> None:
        self.page.profile_worked()
        self._outcome.enter(done)
        self.page.list_installations()


class OutcomeMode(Mode):
    """What came of it: proven, or not and why."""

    def __init__(self, page: ManagePage, view: RemovalView) -> None:
        super().__init__(page, view)
        self._view = view
        self._proven = False

    def heading(self, one: Installation) -> tuple[str, str]:
        operator = operator_of(one)
        if self._proven:
            return f"The access of {operator} to {one.name} is removed", "Proven by what was read back after it."
        return (
            f"The access of {operator} to {one.name} is not proven to be removed",
            "What was reached, and what is missing, is below. What is done stays done.",
        )

    def primary(self, one: Installation) -> str:
        return "Back to the status" if self._proven else "Go on removing"

    def other(self, one: Installation) -> Action | None:
        return None if self._proven else Action("Back to the status", self.page.to_status)

    def proceed(self, one: Installation) -> None:
        if self._proven:
            self.page.to_status()
        else:
            self.page.remove()

    def retry(self, one: Installation) -> None:
        self.page.remove()

    def enter(self, done: TakenBack) -> None:
        """Only what the engine calls proven is."""
        self._proven = done.problem is None and done.removal.removed
        self._view.show_outcome(done, proven=self._proven)
        self.page.replace_installation(done.installation)
        self.page.enter(self)
        if done.problem is not None:
            self.page.show_error(done.problem)
