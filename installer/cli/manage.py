"""`houseguest status`, `remove` and `profiles`: coming back to what was installed."""

from typing import Annotated, Any

import typer

from installer.cli import output
from installer.cli.options import AcceptKey, AccountOption, InvitationOption, Json, Yes
from installer.cli.workstation import Terminal, confirm_name, resumable
from installer.errors import HouseguestError, ProfileError, UsageError, WrongAccount
from installer.evidence import Evidence, Source, State
from installer.installation import Installation
from installer.manage import removal, taking_back
from installer.manage.status import Access, Status
from installer.manage.status import status as read_status
from installer.manage.taking_back import not_proven

profiles_app = typer.Typer(no_args_is_help=True, help="Installations that are saved on this computer.")


def status(
    name: Annotated[str | None, typer.Argument(help="Name of the installation; all if not given.")] = None,
    account: AccountOption = None,
    invitation: InvitationOption = None,
    accept_key: AcceptKey = None,
    as_json: Json = False,
) -> None:
    """What AWS and the vendor answer now."""
    station = Terminal()
    token = station.introduction(invitation, accept_key)
    if name:
        one = station.store.load(name, account)
        station.keep_to(station.ctx, one.answers.names.account_id)
        report = _status(one, _read(station, one, token), as_json=as_json)
    else:
        every = [one for one in station.store.list() if account in (None, one.answers.names.account_id)]
        report = {"installations": [_status(one, _look(station, one, token), as_json=as_json) for one in every]}
    if as_json:
        output.emit(report)


def _look(station: Terminal, installation: Installation, token: str | None) -> Status:
    """One of many: that it is in an account which this sign-in does not reach says nothing of the others."""
    try:
        station.keep_to(station.ctx, installation.answers.names.account_id)
    except WrongAccount:
        claim, why = "The vendor's role is as it was made", "signed in to another account"
        unread = Evidence(claim, State.NOT_CHECKED, Source.AWS, station.aws.clock.now(), detail=why)
        return Status(Access.UNKNOWN, (unread,))
    return _read(station, installation, token)


def _read(station: Terminal, installation: Installation, token: str | None) -> Status:
    return read_status(
        installation.answers, station.tools(station.ctx, installation, token, vendor_needed=False), station.ctx
    )


def _status(installation: Installation, found: Status, *, as_json: bool) -> dict[str, Any]:
    report: dict[str, Any] = {
        "name": installation.name,
        "account_id": installation.answers.names.account_id,
        "state": installation.state.value,
        "access": found.access.value,
        "evidence": [evidence.to_json() for evidence in found.evidence],
    }
    if not as_json:
        output.facts({key: report[key] for key in ("name", "account_id", "state", "access")})
        output.evidence(report["evidence"])
    return report


def remove(
    name: Annotated[str, typer.Argument(help="Name of the installation.")],
    account: AccountOption = None,
    method: Annotated[str, typer.Option(help="all: the whole removal, in the safe order.")] = "all",
    invitation: InvitationOption = None,
    accept_key: AcceptKey = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take the vendor's access away, and verify that it is gone. The product runs on."""
    if method != "all":
        raise UsageError(f"This version does not know the method {method!r}.", fix="Use --method all.")
    station = Terminal()
    installation = station.store.load(name, account)
    if dry_run:
        _plan(installation, as_json=as_json)
        return
    with resumable(lambda: _how_to_go_on(name)):
        station.keep_to(station.ctx, installation.answers.names.account_id)
    operator = installation.answers.invitation.vendor.operator
    confirm_name(f"This ends all access of {operator} to {name}.", name, yes=yes)
    done = take_back(station, installation, station.introduction(invitation, accept_key))
    _tell(name, done, as_json=as_json)
    problem = _not_removed(name, done)
    if problem is not None:
        raise typer.Exit(problem.exit_code)


def take_back(station: Terminal, installation: Installation, invitation_token: str | None) -> removal.Removal:
    """The whole removal, as a person at a terminal sees it."""
    with station.screen.live(), resumable(lambda: _how_to_go_on(installation.name)):
        return taking_back.take_back(station.ctx, station, installation, invitation_token)


def _how_to_go_on(name: str) -> str:
    return f"Go on with `houseguest remove {name}`."


def _plan(installation: Installation, *, as_json: bool) -> None:
    steps = [{"step": step, "does": does} for step, does in removal.explained(installation.answers)]
    if as_json:
        output.emit({"dry_run": True, "name": installation.name, "steps": steps})
        return
    for number, step in enumerate(steps, 1):
        output.out.print(f"{number}. {step['does']}")
    output.out.print("Nothing was done.")


def removal_report(name: str, done: removal.Removal) -> dict[str, Any]:
    """What `remove --json` prints."""
    report: dict[str, Any] = {
        "name": name,
        "removed": done.removed,
        "evidence": [found.to_json() for found in done.evidence],
        "kept": [kept.to_json() for kept in done.kept],
        "still_possible": list(done.still_possible),
        "not_looked_at": list(removal.NOT_LOOKED_AT),
    }
    problem = _not_removed(name, done)
    return {**report, "error": problem.to_json()} if problem else report


def _not_removed(name: str, done: removal.Removal) -> HouseguestError | None:
    """Why it is not proven, and what to do about it here."""
    problem = not_proven(name, done)
    if problem is not None:
        again = f"Then run `houseguest remove {name}` again: what is done stays done."
        problem.fix = f"{problem.fix} {again}".strip()
    return problem


def _tell(name: str, done: removal.Removal, *, as_json: bool) -> None:
    told = removal_report(name, done)
    if as_json:
        output.emit(told)
        return
    output.evidence(told["evidence"])
    for kept in done.kept:
        output.out.print(f"Kept: {kept.what}, because {kept.why}.")
    for way in done.still_possible:
        output.out.print(f"Still possible: {way}")
    for way in removal.NOT_LOOKED_AT:
        output.out.print(f"Not looked at: {way}.")
    problem = _not_removed(name, done)
    if problem is not None:
        output.failed(problem, as_json=False)


@profiles_app.command("list")
def profiles_list(as_json: Json = False) -> None:
    """All saved installations."""
    scan = Terminal().store.scan()
    rows = [
        {
            "name": found.name,
            "account_id": found.answers.names.account_id,
            "vendor": found.answers.invitation.vendor.name,
            "state": found.state.value,
            "region": found.answers.network.region if found.answers.network else None,
            "cidr": str(found.answers.network.cidr) if found.answers.network else None,
        }
        for found in scan.installations
    ]
    if as_json:
        output.emit({"profiles": rows, "problems": [problem.to_json() for problem in scan.problems]})
        return
    for row in rows:
        output.facts(row)
    for problem in scan.problems:
        output.failed(problem, as_json=False)
    if not rows and not scan.problems:
        output.out.print("Nothing is installed from this computer.")


@profiles_app.command("show")
def profiles_show(name: Annotated[str, typer.Argument()], account: AccountOption = None, as_json: Json = False) -> None:
    """One saved installation, with everything that was answered. It holds no secret."""
    station = Terminal()
    installation = station.store.load(name, account)
    path = station.store.folder(installation) / "profile.json"
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ProfileError(
            f"The profile of {name} cannot be read.", fix="Try again.", details={"file": str(path)}
        ) from error
    output.out.print_json(text) if not as_json else output.out.print(text, markup=False, end="")
