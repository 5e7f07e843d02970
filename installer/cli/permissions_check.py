"""`houseguest permissions check`: needs that must be allowed and fears that must be denied, under one boundary. What is
printed is in `permissions_told.py`."""

from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer

from installer.cli.options import AcceptKey, AccountIdOption, BoundaryOption, InvitationOption, Json, NameOption
from installer.cli.workstation import Terminal
from installer.errors import UsageError


class Found(IntEnum):
    """The exit code."""

    NOTHING = 0
    BLOCKED = 6
    OPEN = 7
    BOTH = 8


def check(
    invitation: InvitationOption = None,
    boundary: BoundaryOption = "guarded",
    name: NameOption = None,
    account: AccountIdOption = None,
    region: Annotated[
        str | None, typer.Option(help="Region of the product; the invitation's first if not given.")
    ] = None,
    fears: Annotated[Path | None, typer.Option(help="A file of further fears of your own.")] = None,
    accept_key: AcceptKey = None,
    as_json: Json = False,
) -> None:
    """What the vendor needs and what you may fear, asked of the grant under the boundary. Nothing is made.

    Exit codes: 0 every need is allowed and every fear is denied; 6 a need is blocked; 7 a fear is open; 8 both.
    What hangs on something that nobody knows yet counts as blocked, and as open.
    """
    from installer.cli.permissions_asked import asked  # the other commands are not to wait for it
    from installer.cli.permissions_told import tell_checked
    from installer.policy.fears import fears_with, shipped_fears
    from installer.policy.what_if import workbench

    feared = shipped_fears() if fears is None else fears_with(fears)
    found = asked(Terminal(), invitation, boundary, name=name, account=account, accept_key=accept_key)
    allowed = found.invitation.network.allowed_regions
    if region is not None and region not in allowed:
        raise UsageError(f"The invitation is not for {region}.", fix=f"Choose one of {', '.join(allowed)}.")
    bench = workbench(found.invitation, found.names, found.grant, region=region, fears=feared)
    matrix = bench.matrix(found.document)
    tell_checked(found, bench, matrix, as_json=as_json)
    raise typer.Exit(exit_code(blocked=bool(matrix.unmet), is_open=bool(matrix.open)))


def exit_code(*, blocked: bool, is_open: bool) -> Found:
    """Blocked needs and open fears told apart."""
    if blocked:
        return Found.BOTH if is_open else Found.BLOCKED
    return Found.OPEN if is_open else Found.NOTHING
