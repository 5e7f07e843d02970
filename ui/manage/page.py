"""Manage: one saved installation at a time. What AWS and the vendor answer now, and taking the access back.

The status is shown by `status_view.py`, a removal by `removal_view.py`. What either does is in `installer/manage/`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.events import Event
from ui.manage.removal_view import RemovalView
from ui.manage.status_view import StatusView
from ui.page import Action, Page
from ui.widgets.buttons import Button, Kind
from ui.widgets.dialogs import ConfirmByTyping
from ui.widgets.states import EmptyState

if TYPE_CHECKING:
    from installer.context import Context
    from installer.installation import Installation
    from installer.manage.status import Status
    from installer.profiles import Scan
    from ui.desk import Desk, TakenBack
    from ui.tasks import TaskRunner
    from ui.visit import Visit

_UNFINISHED = frozenset({"planned", "connecting", "connected", "installing"})
_TAKEN_BACK = frozenset({"removed"})


class Mode(StrEnum):
    """What the page is about."""

    STATUS = "status"
    PREVIEW = "preview"
    REMOVING = "removing"
    OUTCOME = "outcome"


def key_of(installation: Installation) -> tuple[str, str]:
    """By what an installation is known on this computer: its name and its account."""
    return installation.name, installation.answers.names.account_id


class ManagePage(Page):
    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._installations: dict[tuple[str, str], Installation] = {}
        self._shown: tuple[str, str] | None = None
        self._mode = Mode.STATUS
        self._profiles: tuple[str, ...] | None = None
        self._profile_of: dict[str, str | None] = {}
        self._statuses: dict[tuple[str, str], Status] = {}
        begin = Button("Open an invitation", Kind.PRIMARY)
        begin.clicked.connect(self._begin_anew)
        self.empty = EmptyState("shield", "Nothing is installed from this computer", "", begin)
        self.status = StatusView()
        self.status.profile_chosen.connect(self._profile_chosen)
        self.status.again.connect(self._read_status)
        self.removal = RemovalView()
        for part in (self.empty, self.status, self.removal):
            self.body.addWidget(part)
        self._show()

    # Which installation

    @property
    def shown(self) -> tuple[str, str] | None:
        """The key of the installation that is shown."""
        return self._shown

    @property
    def installation(self) -> Installation | None:
        return self._installations.get(self._shown) if self._shown is not None else None

    def show_installations(self, scan: Scan) -> None:
        """What is saved on this computer, and what of it could not be opened."""
        self._installations = {key_of(one): one for one in scan.installations}
        self.status.show_problems(scan.problems)
        if self._shown not in self._installations:
            self._shown = next(iter(self._installations), None)
        self._show()

    def open(self, which: Installation | tuple[str, str] | None = None, profile: str | None = None) -> None:
        """Show one: an installation or its key; without, the one shown last."""
        if which is not None and not isinstance(which, tuple):
            self._installations[key_of(which)] = which
            which = key_of(which)
        if which is not None and which != self._shown:
            self._shown, self._mode = which, Mode.STATUS
            self.clear_error()
        if profile is not None and self._shown is not None:
            self._profile_of[self._shown[1]] = profile
        self._show()
        if self._mode is Mode.STATUS and self.installation is not None:
            if self._profiles is None:
                self._list_profiles()
            else:
                self._read_status()

    # What the window asks

    @property
    def primary(self) -> str:
        one = self.installation
        if one is None:
            return ""
        match self._mode:
            case Mode.PREVIEW:
                return "Remove access …"
            case Mode.REMOVING:
                return "" if self.busy else "Go on removing"
            case Mode.OUTCOME:
                return "Back to the status" if self.removal.is_proven else "Remove again"
        if one.state.value in _UNFINISHED:
            return "Go on with the install"
        if one.state.value in _TAKEN_BACK:
            return "Reconnect …"
        return "Finish removing …" if one.state.value == "removing" else "Check again"

    @property
    def extra(self) -> Action | None:
        if self.installation is None:
            return None
        match self._mode:
            case Mode.PREVIEW:
                return Action("Keep the access", self._to_status)
            case Mode.STATUS if self.installation.state.value not in (*_TAKEN_BACK, "removing"):
                return Action("Remove access …", self._preview)
            case Mode.OUTCOME if not self.removal.is_proven:
                return Action("Back to the status", self._to_status)
            case Mode.REMOVING:
                return Action("Back to the status", self._to_status)
        return None

    @property
    def valid(self) -> bool:
        return self._mode is not Mode.STATUS or self._has_profile

    @property
    def fact(self) -> str:
        return "Nothing is done yet." if self._mode is Mode.PREVIEW else ""

    @property
    def going_on(self) -> str:
        if self._mode is Mode.REMOVING and self.busy:
            return (
                "The removal stops where it is. What is done stays done; the access may not be gone yet. Open "
                "Houseguest again to finish it."
            )
        return ""

    def proceed(self) -> None:
        one = self.installation
        if one is None:
            return
        if self._mode is Mode.PREVIEW:
            self._ask_for_the_name(one)
        elif self._mode is Mode.REMOVING:
            self._remove()
        elif self._mode is Mode.OUTCOME:
            self._to_status() if self.removal.is_proven else self._preview()
        elif one.state.value == "removing":
            self._preview()
        elif one.state.value in (*_UNFINISHED, *_TAKEN_BACK):
            self._go_on(one)
        else:
            self._read_status()

    # Status

    @property
    def _has_profile(self) -> bool:
        return self._shown is not None and self._shown[1] in self._profile_of

    @property
    def _profile(self) -> str | None:
        return self._profile_of.get(self._shown[1]) if self._shown is not None else None

    def _list_profiles(self) -> None:
        if not self.busy:
            self.work(self.desk.aws_profiles, self._listed, doing="Reading your AWS profiles")

    def _listed(self, profiles: tuple[str, ...]) -> None:
        self._profiles = profiles
        self.status.show_profiles(profiles)
        self._show()
        if self._has_profile:
            self._read_status()

    @Slot(object)
    def _profile_chosen(self, profile: str | None) -> None:
        if self._shown is not None and not self.busy:
            self._profile_of[self._shown[1]] = profile
            self._read_status()

    @Slot()
    def _read_status(self) -> None:
        one = self.installation
        if one is None or self.busy or not self._has_profile:
            return
        desk, profile = self.desk, self._profile

        def work(ctx: Context) -> Status:
            return desk.status(ctx, one, profile)

        self.work(work, self._status_read, doing="Asking AWS and the vendor")
        self._show()

    def _status_read(self, status: Status) -> None:
        if self._shown is not None:
            self._statuses[self._shown] = status
        self._show()

    def _go_on(self, one: Installation) -> None:
        desk, profile = self.desk, self._profile

        def work(ctx: Context) -> Visit:
            return desk.go_on_with(ctx, one, profile)

        self.work(work, self._gone_on, doing="Signing in")

    def _gone_on(self, visit: Visit) -> None:
        self.settled.emit(visit)

    # Removal

    @Slot()
    def _preview(self) -> None:
        one = self.installation
        if one is None:
            return
        self._mode = Mode.PREVIEW
        self.clear_error()
        self.removal.show_preview(self.desk.removal_steps(one), self.desk.not_looked_at())
        self._show()

    def _ask_for_the_name(self, one: Installation) -> None:
        operator = one.answers.invitation.vendor.operator
        dialog = ConfirmByTyping(
            f"Remove the access of {operator}?",
            f"This ends all access of {operator} to {one.name}. The product runs on.",
            name=one.name,
            danger_text="Remove the access",
            rows=[sentence for _, sentence in self.desk.removal_steps(one)],
            parent=self.window(),
        )
        dialog.accepted.connect(self._remove)
        dialog.open()

    @Slot()
    def _remove(self) -> None:
        one = self.installation
        if one is None or self.busy:
            return
        self._mode = Mode.REMOVING
        self.removal.begin()
        self._statuses.pop(key_of(one), None)
        desk, profile = self.desk, self._profile

        def work(ctx: Context) -> TakenBack:
            return desk.take_back(ctx, one, profile)

        self.work(work, self._taken_back, doing="Removing the access, and verifying it", stop="Stop")
        self._show()

    def on_event(self, event: Event) -> None:
        if self._mode is Mode.REMOVING:
            self.removal.show_event(event)

    def _taken_back(self, done: TakenBack) -> None:
        self._mode = Mode.OUTCOME
        self._installations[key_of(done.installation)] = done.installation
        self.removal.show_outcome(done)
        self._show()
        if done.problem is not None:
            self.show_error(done.problem)

    def on_failed(self, error: HouseguestError) -> None:
        self.removal.interrupted()
        self._show()

    def on_cancelled(self) -> None:
        self.removal.interrupted()
        self._show()

    @Slot()
    def _to_status(self) -> None:
        self._mode = Mode.STATUS
        self.clear_error()
        self._show()
        self._read_status()

    @Slot()
    def _begin_anew(self) -> None:
        from ui.places import Place

        self.wanted.emit(Place.NEW)

    # Showing

    def _show(self) -> None:
        one = self.installation
        self.empty.setVisible(one is None)
        self.status.setVisible(one is not None and self._mode is Mode.STATUS)
        self.removal.setVisible(one is not None and self._mode is not Mode.STATUS)
        if one is None:
            self.set_heading("Installations")
        else:
            self._show_heading(one)
            if self._mode is Mode.STATUS:
                self.status.show_installation(
                    one, self._statuses.get(key_of(one)), self._profile_of.get(key_of(one)[1])
                )
        self.changed.emit()

    def _show_heading(self, one: Installation) -> None:
        operator = one.answers.invitation.vendor.operator
        match self._mode:
            case Mode.STATUS:
                self.set_heading(one.name, self.status.words(one))
            case Mode.PREVIEW:
                self.set_heading(
                    f"Remove {operator}’s access to {one.name}?",
                    "Nothing is done yet. This is what will happen, in this order; each step is read back.",
                )
            case Mode.REMOVING:
                self.set_heading(f"Removing {operator}’s access to {one.name}", "The product runs on.")
            case Mode.OUTCOME if self.removal.is_proven:
                self.set_heading(f"{operator}’s access to {one.name} is removed", "Proven by what was read back.")
            case Mode.OUTCOME:
                self.set_heading(
                    f"{operator}’s access to {one.name} is not proven to be removed",
                    "What was reached, and what is missing, is below.",
                )
