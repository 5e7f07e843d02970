"""One installation: the answers it was made from, and how far it is. It is kept on disk by `profiles.py`.

What was chosen lives in `answers.py`; what AWS and the vendor say of it now is read afresh, never from here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from installer.answers import Answers


class InstallationState(StrEnum):
    """The last commit point that was passed."""

    PLANNED = "planned"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    INSTALLING = "installing"
    INSTALLED = "installed"
    REMOVING = "removing"
    REMOVED = "removed"


@dataclass(frozen=True)
class Installation:
    """`id` stays the same for life; the vendor's key is kept under it. `key_fingerprint` is that of the invitation's
    signer.
    """

    id: str
    answers: Answers
    state: InstallationState
    created: datetime
    updated: datetime
    key_fingerprint: str = ""

    @property
    def name(self) -> str:
        return self.answers.wishes.name


def state_of(answers: Answers) -> InstallationState:
    """How far an installation is that is being made, by what is settled."""
    if answers.product is not None:
        return InstallationState.INSTALLED
    if answers.review is not None:
        return InstallationState.INSTALLING
    if answers.connection is not None:
        return InstallationState.CONNECTED
    return InstallationState.PLANNED if answers.permissions is None else InstallationState.CONNECTING
