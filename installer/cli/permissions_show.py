"""`houseguest permissions show`: what the vendor's role is granted and what the boundary leaves of it, in words.

What is printed is in `permissions_told.py`.
"""

from installer.cli.options import AcceptKey, AccountIdOption, BoundaryOption, InvitationOption, Json, NameOption
from installer.cli.workstation import Terminal


def show(
    invitation: InvitationOption = None,
    boundary: BoundaryOption = "guarded",
    name: NameOption = None,
    account: AccountIdOption = None,
    accept_key: AcceptKey = None,
    as_json: Json = False,
) -> None:
    """What the vendor's role is granted, and what the boundary says, in plain words. Nothing is made."""
    from installer.cli.permissions_asked import asked  # the other commands are not to wait for it
    from installer.cli.permissions_told import tell_shown

    found = asked(Terminal(), invitation, boundary, name=name, account=account, accept_key=accept_key)
    tell_shown(found, as_json=as_json)
