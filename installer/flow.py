"""The order of the journey, and nothing else: what a step does is in `steps/<step>.py`, what it shows in
`ui/pages/<step>.py`."""

from collections.abc import Callable
from enum import StrEnum

from installer.answers import Answers


class Step(StrEnum):
    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    PERMISSIONS = "permissions"
    CONNECT = "connect"
    NETWORK = "network"
    REVIEW = "review"
    INSTALL = "install"


# After these, what is earlier can no longer be changed: the way back is an explicit Remove.
COMMITS = (Step.CONNECT, Step.INSTALL)

_SETTLED: dict[Step, Callable[[Answers], bool]] = {
    Step.INVITATION: lambda answers: True,  # Answers are made from a verified invitation
    Step.SIGN_IN: lambda answers: answers.account is not None,
    Step.PERMISSIONS: lambda answers: answers.permissions is not None,
    Step.CONNECT: lambda answers: answers.connection is not None,
    Step.NETWORK: lambda answers: answers.network is not None,
    Step.REVIEW: lambda answers: answers.review is not None,
    Step.INSTALL: lambda answers: answers.product is not None,
}


def next_step(answers: Answers | None) -> Step | None:
    """The first step that is not settled; None when the product runs. Nothing else decides what comes next or last."""
    if answers is None:
        return Step.INVITATION
    return next((step for step in Step if not _SETTLED[step](answers)), None)


def committed(answers: Answers | None) -> Step | None:
    """The last commit that was made; steps up to it are read-only."""
    if answers is None:
        return None
    return next((step for step in reversed(COMMITS) if _SETTLED[step](answers)), None)


class Navigator:
    """Where the person is, and the way back. Forward is always `next_step`; Back is history, and stops at a commit."""

    def __init__(self, answers: Answers | None = None) -> None:
        self._answers = answers
        self._history: list[Step] = []
        self._current = next_step(answers)

    @property
    def answers(self) -> Answers | None:
        return self._answers

    @property
    def current(self) -> Step | None:
        """The step that is shown; None at the end of the journey."""
        return self._current

    @property
    def can_go_back(self) -> bool:
        if not self._history:
            return False
        commit = committed(self._answers)
        return commit is None or _place(self._history[-1]) > _place(commit)

    def settle(self, answers: Answers) -> Step | None:
        """Take the answers of the current step and go on."""
        if self._current is not None:
            self._history.append(self._current)
        self._answers = answers
        self._current = next_step(answers)
        return self._current

    def back(self) -> Step | None:
        """Show the step before; its answers stay until it is settled anew."""
        if self.can_go_back:
            self._current = self._history.pop()
        return self._current


def _place(step: Step) -> int:
    return list(Step).index(step)
