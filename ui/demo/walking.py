"""How one walks through the window at all: find, press, wait, take a picture, note what was walked.

Which way is walked is in `journey.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtWidgets import QAbstractButton, QDialog

from installer.flow import Step
from ui.demo import finding
from ui.demo.finding import NotFound
from ui.demo.hands import Keyboard, Mouse
from ui.demo.patience import Stuck, wait_until
from ui.demo.studio import Studio
from ui.page import Page
from ui.window import Window

PATIENCE = 240.0
"""Seconds that AWS and the vendor may take for one page."""
AT_ONCE = 20.0
"""Seconds within which the window itself goes from one page to the next, on a busy machine."""

REMOVAL = "remove."
"""The phase of a removal; the others are told to `Walk.install`."""


@dataclass(frozen=True)
class Walked:
    """A step that was walked: how it ended, how long it took, and the picture of it."""

    step: str
    state: str
    seconds: float
    screenshot: str | None


class Walking:
    """`noted` is told each step when it has ended. Raises `Stuck` or `NotFound` where the window does not go on."""

    def __init__(self, window: Window, hand: Mouse | Keyboard, studio: Studio, noted: Callable[[Walked], None]) -> None:
        self.window, self.hand = window, hand
        self._studio, self._noted = studio, noted
        self._phase = ""
        self._screenshot: str | None = None
        self._began = 0
        self.interactions_until_install = 0
        """Clicks and filled fields of the last journey, from the invitation until the install began."""

    # What the window shows

    @property
    def _page(self) -> Page:
        return self.window.page

    @property
    def _primary(self) -> QAbstractButton:
        return self.window.footer.primary_button

    def _is_idle(self) -> bool:
        """Nothing goes on, and nothing went wrong. Raises `Stuck` where something did."""
        page = self._page
        if page.error is not None:
            details = "; ".join(f"{name}: {value}" for name, value in page.error.details.items())
            raise Stuck(" ".join(filter(None, (page.error.message, page.error.fix, details))))
        return not page.busy

    def _is_ready(self) -> bool:
        """The primary button can be pressed. Raises `Stuck` where something has to be solved first."""
        if not self._is_idle():
            return False
        if self._primary.isVisible() and self._primary.isEnabled():
            return True
        if found := finding.blockers(self._page):
            raise Stuck(" ".join(found))
        return False

    def _shows(self, button: str) -> bool:
        self._is_idle()
        try:
            return finding.button(self._page, button).isVisible()
        except NotFound:
            return False

    def _shows_field(self, label: str) -> bool:
        try:
            return finding.editor(self._page, label).isVisible()
        except NotFound:
            return False

    def _wait_for_page(self, step: Step | None) -> None:
        page = self.window.pages[step]
        self._until(lambda: self.window.page is page, f"the page of the step {step or 'Done'}", AT_ONCE)

    def _until(self, happened: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        def seen() -> bool:
            return happened() or (not self._page.busy and not self._is_idle())

        wait_until(seen, seconds, lambda: f"The window does not show {what}. It shows “{self._page.heading}”.")

    # What is done

    def _press(self, text: str) -> None:
        self.hand.press(finding.button(self.window.footer, text))

    def _press_primary(self) -> None:
        self._until(self._is_ready, "a button to go on")
        self.hand.press(self._primary)

    def _go_on(self) -> None:
        page = self._page
        self._press_primary()
        self._until(lambda: self.window.page is not page, f"the page after “{page.heading}”")

    def _picture(self, name: str, window: QDialog | None = None) -> None:
        """Of the first journey and the removal; what comes after them looks the same."""
        shown = window or self.window
        if self._phase in ("", REMOVAL):
            self._screenshot = self._studio.take(shown, name)
        else:
            self._screenshot = self._studio.glance(shown, f"{self._phase}{name}".replace(".", "-"))

    @contextmanager
    def _step(self, step: str) -> Iterator[None]:
        began, self._screenshot = time.monotonic(), None
        state = "failed"
        try:
            yield
            state = "done"
        finally:
            self._noted(Walked(f"{self._phase}{step}", state, time.monotonic() - began, self._screenshot))
