"""Manage: one saved installation at a time. What AWS and the vendor answer now, and taking the access back.

The page knows which installation is shown and by which AWS profile it is looked at. What it is about at the moment, a
`Mode` knows: `status.py` and `removal.py`. What either does is in `installer/manage/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.errors import HouseguestError
from installer.events import Event
from ui.error_text import Remedy
from ui.manage.mode import Mode
from ui.manage.profile_choice import ProfileChoice
from ui.manage.removal import OutcomeMode, PreviewMode, RemovingMode
from ui.manage.removal_view import RemovalView
from ui.manage.status import StatusMode
from ui.manage.status_view import StatusView
from ui.page import Action, Page
from ui.places import Place
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.plain import one_line
from ui.widgets.states import EmptyState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from installer.installation import Installation
    from installer.profiles import Scan
    from ui.desk import Desk
    from ui.memory import Memory
    from ui.tasks import TaskRunner

Key = tuple[str, str]
"""By what an installation is known on this computer: its name and its account."""

_NONE: Key = ("", "")
_WRONG_ACCOUNT = "wrong_account"


def key_of(installation: Installation) -> Key:
    return installation.name, installation.answers.names.account_id


class ManagePage(Page):
    """`memory` remembers with which AWS profile an account was looked at."""

    def __init__(
        self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None, *, memory: Memory | None = None
    ) -> None:
        super().__init__(desk, runner, parent)
        self._installations: dict[Key, Installation] = {}
        self._shown = _NONE
        self._profiles: tuple[str, ...] | None = None
        self._choice = ProfileChoice(memory)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(16)
        begin = Button("Open an invitation", Kind.PRIMARY)
        begin.clicked.connect(self._begin_anew)
        self.empty = EmptyState(
            "shield", "Nothing is installed from this computer", "An invitation of a vendor begins an install.", begin
        )
        self.status = StatusView()
        self.status.profile_chosen.connect(self._profile_chosen)
        self.status.again.connect(self._read_status)
        self.removal = RemovalView()
        self._status = StatusMode(self, self.status)
        self._preview = PreviewMode(self, self.removal)
        self._removing = RemovingMode(self, self.removal, OutcomeMode(self, self.removal))
        self._mode: Mode = self._status
        self.body.addLayout(self._problems)
        for part in (self.empty, self.status, self.removal):
            self.body.addWidget(part)
        self.refresh()

    # Which installation

    @property
    def key(self) -> Key:
        return self._shown

    @property
    def shown(self) -> Key | None:
        """The key of the installation that is shown."""
        return self._shown if self._shown in self._installations else None

    @property
    def installation(self) -> Installation | None:
        return self._installations.get(self._shown)

    def show_installations(self, scan: Scan) -> None:
        """What is saved on this computer, and what of it could not be opened."""
        shown = self.installation
        self._installations = {key_of(one): one for one in scan.installations}
        if self.busy and shown is not None:
            self._installations.setdefault(key_of(shown), shown)  # what is being done with it is of no other
        self._show_problems(scan.problems)
        if self._shown not in self._installations:
            self._shown = next(iter(self._installations), _NONE)
            self._mode = self._status
            self.clear_error()
        self.refresh()
        if self.isVisible():
            self._look()

    def open(self, which: Installation | Key | None = None, profile: str | None = None) -> None:
        """Show one: an installation or its key; without, the one shown last."""
        if which is not None and not isinstance(which, tuple):
            self._installations[key_of(which)] = which
            which = key_of(which)
        if which is not None and which != self._shown:
            self._shown, self._mode = which, self._status
            self.clear_error()
        if profile is not None and self.installation is not None:
            self._choice.choose(self._account, profile)
        self.refresh()
        self._look()

    def replace_installation(self, one: Installation) -> None:
        """It is saved in another state now."""
        self._installations[key_of(one)] = one

    def list_installations(self) -> None:
        """Their states may have changed: the window reads and shows them anew."""
        self.wanted.emit(Place.INSTALLATIONS)

    def _show_problems(self, problems: Sequence[HouseguestError]) -> None:
        """Saved installations that could not be opened: said, and not in the way of the others."""
        while (item := self._problems.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for problem in problems:
            self._problems.addWidget(Banner(Tone.CAUTION, one_line(problem.message), one_line(problem.fix)))

    # By which profile

    @property
    def _account(self) -> str:
        return self._shown[1]

    @property
    def has_profile(self) -> bool:
        return self._choice.has(self._account)

    @property
    def profile(self) -> str | None:
        """None is what the person's AWS tools choose; ask `has_profile` first."""
        return self._choice.of(self._account)

    def profile_worked(self) -> None:
        self._choice.worked(self._account)

    def _listed(self, profiles: tuple[str, ...]) -> None:
        self._profiles = profiles
        self.status.show_profiles(profiles)
        self._look()

    @Slot(object)
    def _profile_chosen(self, profile: str | None) -> None:
        one = self.installation
        if one is not None:
            self._choice.choose(self._account, profile)
            self._status.read(one)

    def _look(self) -> None:
        """Read what has not been read: which profiles there are, then the status of what is shown."""
        one = self.installation
        if self._mode is not self._status or one is None or self.busy or self.error is not None:
            return
        if self._profiles is None:
            self.work(self.desk.aws_profiles, self._listed, doing="Reading your AWS profiles")
            return
        self._choice.suggest(self._account, self._profiles)
        self.refresh()
        if self._status.is_due():
            self._status.read(one)

    # What the window asks

    @property
    def primary(self) -> str:
        one = self.installation
        return self._mode.primary(one) if one is not None else ""

    @property
    def extra(self) -> Action | None:
        one = self.installation
        return self._mode.other(one) if one is not None else None

    @property
    def valid(self) -> bool:
        one = self.installation
        return one is not None and self._mode.valid(one)

    @property
    def fact(self) -> str:
        one = self.installation
        return self._mode.fact(one) if one is not None else ""

    @property
    def going_on(self) -> str:
        one = self.installation
        return self._mode.going_on(one) if one is not None else ""

    def proceed(self) -> None:
        one = self.installation
        if one is not None:
            self._mode.proceed(one)

    def retry(self) -> None:
        one = self.installation
        if self._profiles is None:
            super().retry()
        elif one is not None and not self.busy:
            self._mode.retry(one)

    def mends(self, remedy: Remedy) -> bool:
        """Who signs in here is chosen here."""
        return remedy is Remedy.SIGN_IN

    # What goes on

    def enter(self, mode: Mode) -> None:
        """The page is about something else now."""
        self._mode = mode
        self.clear_error()
        self.area.verticalScrollBar().setValue(0)
        self.refresh()

    @Slot()
    def preview(self) -> None:
        one = self.installation
        if one is not None and not self.busy:
            self._preview.enter(one)
            self.enter(self._preview)

    @Slot()
    def remove(self) -> None:
        """Take the access back: the person has typed the name, or goes on with a removal that was begun."""
        one = self.installation
        if one is not None and not self.busy:
            self._status.forget()
            self.enter(self._removing)
            self._removing.begin(one)

    @Slot()
    def to_status(self) -> None:
        self.enter(self._status)
        self._look()

    @Slot()
    def _read_status(self) -> None:
        one = self.installation
        if one is not None and not self.busy:
            self._status.read(one)

    @Slot()
    def _begin_anew(self) -> None:
        self.wanted.emit(Place.NEW)

    def on_event(self, event: Event) -> None:
        self._mode.on_event(event)

    def takes_over(self, error: HouseguestError) -> bool:
        if error.code == _WRONG_ACCOUNT:
            self._choice.forget(self._account)
        return False

    def on_failed(self, error: HouseguestError) -> None:
        self._mode.on_stopped(error)
        self.refresh()

    def on_cancelled(self) -> None:
        self._mode.on_stopped(None)
        self.refresh()

    # Showing

    def refresh(self) -> None:
        one = self.installation
        self.empty.setVisible(one is None)
        for view in (self.status, self.removal):
            view.setVisible(one is not None and view is self._mode.view)
        if one is None:
            self.set_heading("Installations")
        else:
            self.set_heading(*self._mode.heading(one))
            self._mode.show(one)
        self.changed.emit()
