"""What the Invitation page says of itself: its heading and the line below, and why a signature counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from installer.invitation import Invitation, VerifiedInvitation
    from ui.visit import Visit

_SIGNED = {
    "known": "By the key of the vendor that comes with Houseguest",
    "confirmed": "By the key of the vendor that you have compared",
}


def of_open(visit: Visit) -> tuple[str, str]:
    """Heading and line of an invitation that is open."""
    invitation = visit.settled.invitation
    product = f"{invitation.product.name} {invitation.product.version}"
    state = "Nothing is created yet." if visit.bound_to is None else f"It is {visit.settled.wishes.name} here."
    return (
        f"{invitation.vendor.operator} asks for access to your AWS account",
        f"To run {product} for {invitation.customer.name}. {state}",
    )


def of_stranger(invitation: Invitation) -> tuple[str, str]:
    """Of one whose vendor nobody has vouched for."""
    return (
        f"Is this really {invitation.vendor.name}?",
        "This computer does not know the vendor yet. Compare its key once: later invitations are checked by it.",
    )


def of_source(visit: Visit, *, again: bool) -> tuple[str, str]:
    """Where an invitation is still to be opened; `again`: of an installation that has gone on without it."""
    if again:
        return (
            f"Open the invitation of {visit.settled.wishes.name} again",
            "This computer has no key for the vendor any more. The invitation opens the way to it once more.",
        )
    if visit.kept_wishes is None:
        return ("Open your invitation", "The vendor sent it to you as a file or as a link.")
    name, path = visit.kept_wishes.name, visit.invitation_path
    which = f"It was {Path(path).name}, in {Path(path).parent}." if path else "It is not kept, because it opens a way."
    return (f"Open the invitation of {name} again", f"{which} What you have chosen for {name} is kept.")


def signature(verified: VerifiedInvitation | None) -> str:
    """Why the signature counts."""
    return _SIGNED[verified.trust.value] if verified is not None else "Checked when the invitation was opened"
