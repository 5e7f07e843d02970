"""The pages of the journey: one for each step, under the name of the step.

A page is imported and built when it is first shown: a window with one page is there sooner than one with nine. What
has to be known of a page before is in `TITLES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from installer.flow import Step

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.memory import Memory
    from ui.page import Page
    from ui.tasks import TaskRunner

TITLES: Mapping[Step | None, str] = {
    Step.INVITATION: "Invitation",
    Step.SIGN_IN: "Sign in",
    Step.PERMISSIONS: "Permissions",
    Step.CONNECT: "Connect",
    Step.NETWORK: "Network",
    Step.REVIEW: "Review",
    Step.INSTALL: "Install",
    None: "Done",
}
"""For the rail. None is the end of the journey."""


class Pages:
    """`pages[step]` is the page of a step, built when it is asked for the first time; None is the last page."""

    def __init__(self, desk: Desk, runner: TaskRunner, memory: Memory | None = None) -> None:
        self._desk = desk
        self._runner = runner
        self._memory = memory
        self._built: dict[Step | None, Page] = {}

    def __getitem__(self, step: Step | None) -> Page:
        if step not in self._built:
            self._built[step] = self._build(step)
        return self._built[step]

    @property
    def built(self) -> Mapping[Step | None, Page]:
        """Those that were asked for so far."""
        return self._built

    def after(self, step: Step) -> Page:
        """The page of the following step."""
        order = tuple(TITLES)
        return self[order[order.index(step) + 1]]

    def _build(self, step: Step | None) -> Page:
        if step is Step.SIGN_IN:
            from ui.pages.sign_in import SignInPage

            return SignInPage(self._desk, self._runner, memory=self._memory)
        return _page_class(step)(self._desk, self._runner)


def _page_class(step: Step | None) -> type[Page]:
    match step:
        case Step.INVITATION:
            from ui.pages.invitation import InvitationPage

            return InvitationPage
        case Step.PERMISSIONS:
            from ui.pages.permissions import PermissionsPage

            return PermissionsPage
        case Step.CONNECT:
            from ui.pages.connect import ConnectPage

            return ConnectPage
        case Step.NETWORK:
            from ui.pages.network import NetworkPage

            return NetworkPage
        case Step.REVIEW:
            from ui.pages.review import ReviewPage

            return ReviewPage
        case Step.INSTALL:
            from ui.pages.install import InstallPage

            return InstallPage
        case _:
            from ui.pages.done import DonePage

            return DonePage
