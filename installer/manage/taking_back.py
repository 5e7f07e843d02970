"""The whole removal for every front end: under the installation's lock, with its state saved before and after. What the
removal does is in `removal.py`."""

from dataclasses import replace

from installer.context import Context
from installer.errors import HouseguestError, NotFinished, PermissionMissing
from installer.installation import Installation, InstallationState
from installer.manage.removal import Removal, remove
from installer.workstation import Workstation


def take_back(ctx: Context, station: Workstation, installation: Installation, invitation_token: str | None) -> Removal:
    """Take the vendor's access away. Safe to repeat. A lock that cannot be had is told and stops nothing."""
    with station.locked(ctx, installation, insist=False) as lock:
        removing = replace(station.store.latest(installation), state=InstallationState.REMOVING)
        installation = station.store.save(removing)
        tools = station.tools(ctx, installation, invitation_token, vendor_needed=False)
        done = remove(installation.answers, tools, ctx, between=lambda: lock.renew(ctx))
        if done.removed:
            station.store.save(replace(installation, state=InstallationState.REMOVED))
    return done


def not_proven(name: str, done: Removal) -> HouseguestError | None:
    """Why access is not proven to be removed: the first step that failed, else what is refuted. None where it is."""
    if done.removed:
        return None
    if not done.problems:
        return NotFinished(f"Access to {name} is not proven to be removed: see what is refuted.")
    first = done.problems[0]
    kind = PermissionMissing if isinstance(first, PermissionMissing) else NotFinished
    return kind(f"Access to {name} is not proven to be removed. {first.message}", fix=first.fix, details=first.details)
