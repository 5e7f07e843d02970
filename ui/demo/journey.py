"""Walks through the real window as a person does: reads what it says, presses its buttons, types into its fields.

    Walk.see_a_stranger   an invitation of a vendor that nobody knows, and back
    Walk.install          from the invitation to Done
    Walk.remove           Manage: the status, the preview, the typed name, the outcome
    Walk.reconnect        from there to Done once more
    Walk.install_another  under another name, beside the first

Where the window is, `installer.flow` says; everything else is found by its words (`finding.py`). How one presses, waits
and takes pictures on the way is in `walking.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from installer.flow import Step
from ui.demo import finding
from ui.demo.patience import Stuck
from ui.demo.walking import AT_ONCE, REMOVAL, Walked, Walking
from ui.manage.removal_view import TITLES
from ui.widgets.choice import ChoiceCard
from ui.widgets.step_row import RowState
from ui.window import Window

INVITATION = "Or paste the link or the text of the invitation"
ANOTHER = "Open another one"
NAME = "Name"
NEW = "New installation"
MANAGE = "Manage the access"
REMOVE = "Remove access …"
REMOVE_NOW = "Remove the access"
BACK_TO_STATUS = "Back to the status"
RECONNECT = "Reconnect …"
FACTS = "Facts of the installation"
KEPT = "What stays, and why"

_ENDED = {RowState.DONE: "done", RowState.FAILED: "failed", RowState.SKIPPED: "skipped"}


class Walk(Walking):
    """Raises `Stuck` or `NotFound` where the window does not go on."""

    # The journeys

    def wait_for_the_first_page(self) -> str | None:
        """The step that the window opens at; None where that is the end of a journey."""
        self._until(lambda: not self.window.starting, "its first page", AT_ONCE)
        return self.window.navigator.current

    def see_a_stranger(self, invitation: str) -> None:
        """The fingerprint is shown before anything else of the invitation is believed; it is not confirmed."""
        self._wait_for_page(Step.INVITATION)
        self._picture("invitation")
        with self.hand.uncounted():
            self.hand.fill(finding.editor(self._page, INVITATION), invitation)
            self._press_primary()
            self._until(lambda: self._shows(ANOTHER), "the fingerprint of an unknown vendor")
            self._picture("unknown-vendor")
            self.hand.press(finding.button(self._page, ANOTHER))

    def install(self, invitation: str, name: str = "", phase: str = "") -> dict[str, str]:
        """With every default but the name, where one is given. What the last page tells."""
        self._phase, self._began = phase, self.hand.interactions
        walks: dict[Step, Callable[[], None]] = {
            Step.INVITATION: lambda: self._open(invitation),
            Step.SIGN_IN: lambda: self._sign_in(name),
            Step.PERMISSIONS: self._permissions,
            Step.CONNECT: self._connect,
            Step.NETWORK: self._network,
            Step.REVIEW: self._review,
            Step.INSTALL: self._install,
        }
        while (step := self.window.navigator.current) is not None:
            self._wait_for_page(step)
            with self._step(step.value):
                walks[step]()
        self._wait_for_page(None)
        self._picture("done")
        return finding.facts(self._page, FACTS)

    def look_back(self) -> None:
        """At the steps of the install that has ended, and to the end again."""
        with self.hand.uncounted():
            self.hand.press(finding.button(self.window.rail, "Install"))
            self._wait_for_page(Step.INSTALL)
            self._picture("installed")
            self.hand.press(finding.button(self.window.rail, "Done"))
            self._wait_for_page(None)

    def remove(self, name: str) -> dict[str, str]:
        """What stays, and why, as the window tells it."""
        self._phase = REMOVAL
        self.hand.press(finding.button(self.window.footer, MANAGE))
        self._until(lambda: not self.window.in_journey and self._is_idle(), "the status")
        self._picture("manage")
        self.hand.press(self.window.footer.extra_button)
        self._until(lambda: self._primary.text() == REMOVE and self._is_idle(), "the preview of the removal")
        self._picture("removal-preview")
        self._press_primary()
        self._confirm(name)
        self._watch_removal()
        return finding.facts(self._page, KEPT)

    def reconnect(self, invitation: str) -> dict[str, str]:
        """The same installation anew, from the outcome of its removal."""
        self._press(BACK_TO_STATUS)
        self._until(lambda: self._primary.text() == RECONNECT and self._is_ready(), "the status after the removal")
        self._picture("access-removed")
        self._press_primary()
        self._until(lambda: self.window.in_journey, "the journey")
        return self.install(invitation, phase="reconnect.")

    def install_another(self, invitation: str, name: str) -> dict[str, str]:
        """Beside what is installed, under another name."""
        self.hand.press(finding.button(self.window.footer, MANAGE))
        self._until(lambda: not self.window.in_journey and self._is_idle(), "the installations")
        self.hand.press(finding.button(self.window.rail, NEW))
        self._wait_for_page(Step.INVITATION)
        return self.install(invitation, name, phase="second.")

    # Page by page

    def _open(self, invitation: str) -> None:
        """A saved installation goes on without it, unless the vendor's half needs it."""
        if self._shows_field(INVITATION):
            self.hand.fill(finding.editor(self._page, INVITATION), invitation)
            self._press_primary()
            self._until(lambda: not self._shows_field(INVITATION) and self._is_ready(), "the open invitation")
            self._picture("invitation-opened")
        self._go_on()

    def _sign_in(self, name: str) -> None:
        self._until(self._is_ready, "who is signed in")
        if name:
            self.hand.fill(finding.editor(self._page, NAME), name)
        self._picture("sign-in")
        self._go_on()

    def _permissions(self) -> None:
        self._until(self._is_ready, "the permissions")
        self._picture("permissions")
        if not self._phase:
            self._compare()
        self._go_on()

    def _compare(self) -> None:
        """Another limit is looked at, and the first one taken again."""
        cards = [card for card in self._page.findChildren(ChoiceCard) if card.isVisible() and card.isEnabled()]
        chosen = next(card for card in cards if card.isChecked())
        other = next(card for card in cards if card is not chosen)
        with self.hand.uncounted():
            for card in (other, chosen):
                self.hand.press(card)
                self._until(self._is_ready, "what that limit means")
                if card is other:
                    self._picture("permissions-compared")

    def _connect(self) -> None:
        self._until(self._is_ready, "what will be created")
        if self.window.navigator.answers is not None and self.window.navigator.answers.connection is None:
            self._picture("connect")
            self._press_primary()
            self._until(lambda: len(finding.steps(self._page)) > 1 or not self._page.busy, "what is being created")
            self._picture("connecting")
            self._until(self._is_ready, "the connection")
        self._picture("connected")
        self._go_on()

    def _network(self) -> None:
        self._until(self._is_ready, "a block of addresses")
        self._picture("network")
        self._go_on()

    def _review(self) -> None:
        self._until(self._is_ready, "the review")
        self._picture("review")
        self._go_on()
        self.interactions_until_install = self.hand.interactions - self._began

    def _install(self) -> None:
        page = self._page
        self._until(lambda: len(finding.steps(page)) > 4 or not page.busy, "the first steps of the install")
        self._picture("installing")
        self._until(lambda: self.window.page is not page, "the end of the install")

    # The removal

    def _confirm(self, name: str) -> None:
        """The name is typed into the dialog; until then its button does nothing."""
        self._until(lambda: isinstance(QApplication.activeModalWidget(), QDialog), "the question")
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            raise Stuck("The question is gone.")
        field = next(iter(dialog.findChildren(QLineEdit)))
        act = finding.button(dialog, REMOVE_NOW)
        if act.isEnabled():
            raise Stuck("The access could be removed before its name was typed.")
        self._until(lambda: QApplication.focusWidget() is field, "the field for the name")
        self.hand.fill(field, name)
        self._picture("removal-confirmation", dialog)
        self.hand.confirm(field, act)
        self._until(lambda: QApplication.activeModalWidget() is None, "the end of the question")
        if QApplication.focusWindow() is None:
            self.window.activateWindow()  # as a window manager does, where there is one
        self._until(self.window.isActiveWindow, "the window with the keyboard")

    def _watch_removal(self) -> None:
        steps = _RemovalSteps(self.window)
        self._until(lambda: steps.look() or bool(steps.ended), "the first step of the removal")
        self._picture("removing")
        try:
            self._until(lambda: steps.look() and self._is_ready(), "the end of the removal")
            self._until(lambda: steps.look() and steps.all_ended, "how each step of the removal ended", AT_ONCE)
        finally:
            self._picture("removed")
            for step, (state, seconds) in steps.ended.items():
                self._noted(Walked(f"{self._phase}{step}", state, seconds, self._screenshot))


class _RemovalSteps:
    """How each step of the removal ends, read from its row."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._names = {title: step for step, title in TITLES.items()}
        self._since = time.monotonic()
        self.ended: dict[str, tuple[str, float]] = {}

    @property
    def all_ended(self) -> bool:
        return self.ended.keys() == set(TITLES)

    def look(self) -> bool:
        """Always true, so that it can be looked at while something else is waited for."""
        now = time.monotonic()
        for row in finding.steps(self._window.page):
            step = self._names.get(row.accessibleName())
            if step is not None and step not in self.ended and row.state() in _ENDED:
                self.ended[step] = (_ENDED[row.state()], now - self._since)
                self._since = now
        return True
