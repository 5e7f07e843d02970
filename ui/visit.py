"""What one visit to the window has settled so far: frozen, handed from page to page.

How it comes about is in `desk.py`; which page is next, `installer.flow` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.installation import Installation
    from installer.invitation import VerifiedInvitation


@dataclass(frozen=True)
class Visit:
    """Nothing is settled at the start; then an invitation is, then an account, and so on.

    answers          of this journey; what is None in them has not been settled
    installation     as it is saved, with what an earlier journey left; known after sign-in
    verified         the invitation as it was opened in this run; None where the answers come from a saved installation
    invitation_path  the file that it came from, to be read again when the window is opened again
    aws_profile      the AWS profile that is signed in
    """

    answers: Answers | None = None
    installation: Installation | None = None
    verified: VerifiedInvitation | None = field(default=None, repr=False)
    invitation_path: str | None = None
    aws_profile: str | None = None

    @property
    def token(self) -> str | None:
        """The invitation's token, which opens the session with the vendor."""
        return self.verified.token if self.verified else None

    @property
    def settled(self) -> Answers:
        """The answers, for pages that come after the invitation."""
        if self.answers is None:
            raise ValueError("there is no invitation yet")
        return self.answers

    @property
    def standing(self) -> Installation:
        """The installation, for pages that come after sign-in."""
        if self.installation is None:
            raise ValueError("nobody is signed in yet")
        return self.installation
