"""Status: what AWS and the vendor answer now of one installation, and what can be done with it next.

What is asked is in `installer/manage/status.py`; how it looks in `status_view.py`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from ui.event_clock import utc_now
from ui.manage.mode import Mode
from ui.manage.status_view import CHECK_AGAIN, Read, StatusView
from ui.manage.words import ENDED, REMOVED, REMOVING, UNFINISHED, summary
from ui.page import Action

if TYPE_CHECKING:
    from installer.context import Context
    from installer.installation import Installation
    from installer.manage.status import Status
    from ui.manage.page import ManagePage
    from ui.visit import Visit

_FRESH = timedelta(seconds=30)
"""A status that was just read is not read again because the person looked elsewhere in between."""


class StatusMode(Mode):
    def __init__(self, page: ManagePage, view: StatusView) -> None:
        super().__init__(page, view)
        self._view = view
        self._read: dict[tuple[str, str], Read] = {}

    def heading(self, one: Installation) -> tuple[str, str]:
        return one.name, summary(one)

    def primary(self, one: Installation) -> str:
        state = one.state.value
        if state in UNFINISHED:
            return "Go on with the install"
        return {REMOVING: "Finish removing …", REMOVED: "Reconnect …"}.get(state, CHECK_AGAIN)

    def other(self, one: Installation) -> Action | None:
        if one.state.value in ENDED:
            return None
        return Action("Remove access …", self.page.preview, enabled=self.page.has_profile)

    def valid(self, one: Installation) -> bool:
        return self.page.has_profile

    def fact(self, one: Installation) -> str:
        if not self.page.has_profile:
            return "Choose the AWS profile of this account first."
        if one.state.value == REMOVED:
            return "Where this computer has no key for the vendor any more, the invitation is asked for again."
        return ""

    def proceed(self, one: Installation) -> None:
        state = one.state.value
        if state == REMOVING:
            self.page.preview()
        elif state in UNFINISHED or state == REMOVED:
            self._go_on(one)
        else:
            self.read(one)

    def retry(self, one: Installation) -> None:
        """By the same profile, whose credentials may be new by now; where it was the wrong one, by another."""
        if self.page.has_profile:
            self.read(one)
        else:
            self._view.profile.setFocus()

    def show(self, one: Installation) -> None:
        self._view.show_installation(
            one,
            self._read.get(self.page.key),
            has_profile=self.page.has_profile,
            profile=self.page.profile,
            reading=self.page.busy,
            can_read_below=self.primary(one) == CHECK_AGAIN,
        )

    def is_due(self) -> bool:
        """Whether it can be read, and was not read in the last moments."""
        read = self._read.get(self.page.key)
        return self.page.has_profile and (read is None or utc_now() - read.at > _FRESH)

    def forget(self) -> None:
        """What was read of the shown installation does not hold any more."""
        self._read.pop(self.page.key, None)

    def read(self, one: Installation) -> None:
        """Ask anew; what was being asked by another profile is dropped."""
        if not self.page.has_profile:
            return
        desk, profile = self.page.desk, self.page.profile

        def work(ctx: Context) -> Status:
            desk.reach(ctx, one, profile)
            return desk.status(ctx, one, profile)

        self.page.work(work, partial(self._status_read, self.page.key), doing="Asking AWS and the vendor")
        self.page.refresh()

    def _status_read(self, key: tuple[str, str], status: Status) -> None:
        self._read[key] = Read(status, utc_now())
        self.page.profile_worked()
        self.page.refresh()

    def _go_on(self, one: Installation) -> None:
        desk, profile = self.page.desk, self.page.profile

        def work(ctx: Context) -> Visit:
            desk.reach(ctx, one, profile)
            return desk.go_on_with(ctx, one, profile)

        self.page.work(work, self._gone_on, doing="Signing in")

    def _gone_on(self, visit: Visit) -> None:
        self.page.profile_worked()
        self.page.settled.emit(visit)
