"""The order of the journey, and nothing else: what a step does is in `steps/<step>.py`, what it shows in
`ui/pages/<step>.py`."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from installer.answers import Answers  # brings pydantic along, which a window is not to wait for


class Step(StrEnum):
    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    PERMISSIONS = "permissions"
    CONNECT = "connect"
    NETWORK = "network"
    REVIEW = "review"
    INSTALL = "install"


# After these, what is earlier can no longer be changed: the way back is an explicit Remove. Settling Review is asking
# the vendor to install, in that region and on that block.
COMMITS = (Step.CONNECT, Step.REVIEW, Step.INSTALL)

_ORDER = tuple(Step)
_SETTLED: dict[Step, Callable[["Answers"], bool]] = {
    Step.INVITATION: lambda answers: True,  # Answers are made from a verified invitation
    Step.SIGN_IN: lambda answers: answers.account is not None,
    Step.PERMISSIONS: lambda answers: answers.permissions is not None,
    Step.CONNECT: lambda answers: answers.connection is not None,
    Step.NETWORK: lambda answers: answers.network is not None,
    Step.REVIEW: lambda answers: answers.review is not None,
    Step.INSTALL: lambda answers: answers.product is not None,
}


def next_step(answers: "Answers | None") -> Step | None:
    """The first step that is not settled; None when the product runs. Nothing else decides what comes next or last."""
    if answers is None:
        return Step.INVITATION
    return next((step for step in Step if not _SETTLED[step](answers)), None)


def committed(answers: "Answers | None") -> Step | None:
    """The last commit that was made; steps up to it are read-only."""
    if answers is None:
        return None
    return next((step for step in reversed(COMMITS) if _SETTLED[step](answers)), None)


class Navigator:
    """Which step is shown, of those up to `furthest`. Moving among them changes no answers: what was settled is still
    there when its step is shown again, until that step is settled anew.

    None stands for the end of the journey, behind the last step.
    """

    def __init__(self, answers: "Answers | None" = None) -> None:
        self._answers = answers
        self._history: list[Step] = []  # the steps before the shown one that were seen, in order
        self._current = next_step(answers)

    @property
    def answers(self) -> "Answers | None":
        return self._answers

    @property
    def current(self) -> Step | None:
        """The step that is shown; None at the end of the journey."""
        return self._current

    @property
    def furthest(self) -> Step | None:
        """The last step that can be shown: the one to settle next."""
        return next_step(self._answers)

    @property
    def can_go_back(self) -> bool:
        return bool(self._history) and not self.is_read_only(self._history[-1])

    def is_read_only(self, step: Step) -> bool:
        """Whether a commit that was made needs the answers of `step` as they are."""
        commit = committed(self._answers)
        return commit is not None and _place(step) <= _place(commit)

    def settle(self, answers: "Answers") -> Step | None:
        """Take the answers of the shown step and go on to the next, settled or not, but not past `furthest`."""
        self._answers = answers
        return self._show(min(_place(self._current) + 1, _place(self.furthest)))

    def go_to(self, step: Step | None) -> Step | None:
        """Show that step, if it is not past `furthest`."""
        if _place(step) <= _place(self.furthest):
            self._show(_place(step))
        return self._current

    def back(self) -> Step | None:
        """Show the step that was seen before; a commit is not gone back over."""
        if self.can_go_back:
            self._current = self._history.pop()
        return self._current

    def _show(self, place: int) -> Step | None:
        """Back leads from there to what was seen of the steps before it."""
        seen = self._history if self._current is None else [*self._history, self._current]
        self._history = [step for step in seen if _place(step) < place]
        self._current = _ORDER[place] if place < len(_ORDER) else None
        return self._current


def _place(step: Step | None) -> int:
    return len(_ORDER) if step is None else _ORDER.index(step)
