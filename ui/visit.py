"""What one visit to the window has settled so far: frozen, handed from page to page.

How it comes about is in `desk.py`; which page is next, `installer.flow` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from installer.flow import committed, next_step

if TYPE_CHECKING:
    from installer.answers import Answers, Wishes
    from installer.installation import Installation
    from installer.invitation import VerifiedInvitation


@dataclass(frozen=True)
class Visit:
    """Nothing is settled at the start; then an invitation is, then an account, and so on.

    answers          of this journey; what is None in them has not been settled
    installation     as it is saved, with what an earlier journey left; known after sign-in
    verified         the invitation as it was opened in this run; None where the answers come from a saved installation
    invitation_path  the file that it came from, to be read again when the window is opened again
    aws_profile      the AWS profile that is signed in, or was the last time; None is what AWS's own tools would use
    sign_in_due      an account is settled, but nobody is signed in to it now: it was so before the window was closed
    kept_wishes      what was chosen before the window was closed, while its invitation is still to be opened again
    """

    answers: Answers | None = None
    installation: Installation | None = None
    verified: VerifiedInvitation | None = field(default=None, repr=False)
    invitation_path: str | None = None
    aws_profile: str | None = None
    sign_in_due: bool = False
    kept_wishes: Wishes | None = None

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

    @property
    def bound_to(self) -> str | None:
        """The account that this visit cannot leave any more: of what was committed, or of a saved installation."""
        if self.installation is None or (self.verified is not None and committed(self.answers) is None):
            return None
        return self.installation.answers.names.account_id

    @property
    def only_account(self) -> str | None:
        """The account that alone will do; None while any will."""
        if self.bound_to is not None or self.answers is None:
            return self.bound_to
        return self.answers.invitation.customer.aws_account_id

    @property
    def is_unsaved(self) -> bool:
        """Something was begun that another journey would put away: nothing of it is listed in the Manage area."""
        begun = self.answers is not None and next_step(self.answers) is not None
        return begun and (self.installation is None or self.installation.state.value == "planned")
