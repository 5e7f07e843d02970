"""Where the person is in the journey, and what of it is settled. The order of the steps is `installer.flow`'s.

What the window shows for it is in `window.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from installer.flow import Navigator, Step
from ui.visit import Visit

if TYPE_CHECKING:
    from installer.answers import Answers


class Whereabouts:
    """A visit, and the step of it that is shown; None is the end of the journey."""

    def __init__(self) -> None:
        self.visit = Visit()
        self.navigator = Navigator()
        self._comes_back_to: Step | None = None

    @property
    def current(self) -> Step | None:
        return self.navigator.current

    @property
    def is_read_only(self) -> bool:
        """Whether what is shown was committed, and can only be looked at."""
        return self.current is not None and self.navigator.is_read_only(self.current)

    def take_up(self, visit: Visit) -> None:
        """Go on with this visit, at the first step that is not settled."""
        self.visit = visit
        self.navigator = _walked(visit.answers)
        self._comes_back_to = None

    def settle(self, visit: Visit) -> None:
        """The shown step is settled: on to the next one, or back to the one that a detour began at."""
        comes_back_to = self._comes_back_to
        self.visit = visit
        self.navigator.settle(visit.settled)
        if comes_back_to is not None:
            self.go_to(comes_back_to)

    def record(self, visit: Visit) -> None:
        """A commit was made: there is no way back before it. The person goes on when they have read what came of it."""
        shown = self.current
        self.take_up(visit)
        self.navigator.go_to(shown)

    def go_to(self, step: Step | None) -> None:
        """Show that step, if what is before it is settled."""
        self._comes_back_to = None
        self.navigator.go_to(step)

    def detour_to(self, step: Step) -> None:
        """The same, to come back to the step that is shown now, once that one is settled again."""
        shown = self.current
        self.go_to(step)
        if self.current is not shown:
            self._comes_back_to = shown

    def back(self) -> None:
        self._comes_back_to = None
        self.navigator.back()


def _walked(answers: Answers | None) -> Navigator:
    """As if the person had just come all the way: Back leads through every step that may still be changed."""
    navigator = Navigator(answers)
    reached = navigator.current
    for step in Step:
        if step is reached:
            break
        navigator.go_to(step)
    navigator.go_to(reached)
    return navigator
