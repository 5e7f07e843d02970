"""`houseguest permissions tighten` and `undo`: the boundary that is enough from now on, and the way back.

What it says and how it is written: `installer/manage/tightening.py`, which is imported when a command needs it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from installer.cli import output
from installer.cli.options import AcceptKey, AccountOption, InvitationOption, Json, Yes
from installer.cli.workstation import Terminal, confirm, resumable
from installer.errors import NotFinished
from installer.evidence import State
from installer.installation import Installation

if TYPE_CHECKING:
    from installer.manage.tightening import Applied, Loosening, Tightening
    from installer.policy.tightened import Asked, Proposal

_NAMED = 5

Name = Annotated[str, typer.Argument(help="Name of the installation.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, change nothing.")]


def tighten(
    name: Name,
    account: AccountOption = None,
    invitation: InvitationOption = None,
    accept_key: AcceptKey = None,
    for_update: Annotated[bool, typer.Option("--for-update", help="Leave room for an update, too.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Narrow the vendor's boundary to what it needs day to day, on what it really made."""
    from installer.manage import tightening

    with _at_work(name, account, f"houseguest permissions tighten {name}") as (station, one):
        token = station.introduction(invitation, accept_key)
        tools = station.tools(station.ctx, one, token, vendor_needed=False)
        found = (tightening.widen if for_update else tightening.propose)(one.answers, tools, station.ctx)
        report = {**_told(one, dry_run), **_proposed(found)}
        if not as_json:
            _show(found)
        if dry_run:
            _end(report, None, as_json=as_json)
            return
        if not found.proposal.change.is_none:
            operator = one.answers.invitation.vendor.operator
            confirm(f"This changes what {operator} may do in {name}.", yes=yes)
        done = tightening.apply(station.ctx, station, one, found.proposal)
    _end(report, done, as_json=as_json)


def undo(
    name: Name,
    account: AccountOption = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take the tightening back: the boundary allows again what it allowed before."""
    from installer.manage import tightening

    with _at_work(name, account, f"houseguest permissions undo {name}") as (station, one):
        tools = station.tools(station.ctx, one, None, vendor_needed=False)
        found = tightening.loosening(one.answers, tools, station.ctx)
        report = {**_told(one, dry_run), **_loosened(found)}
        if not as_json:
            _show_undo(found)
        if dry_run:
            _end(report, None, as_json=as_json)
            return
        if not found.is_none:
            operator = one.answers.invitation.vendor.operator
            confirm(f"This gives {operator} back what it could do in {name} before.", yes=yes)
        done = tightening.undo(station.ctx, station, one, found)
    _end(report, done, as_json=as_json)


@contextmanager
def _at_work(name: str, account: str | None, again: str) -> Iterator[tuple[Terminal, Installation]]:
    """Signed in to the installation's account; what can be gone on with says how."""
    station = Terminal()
    installation = station.store.load(name, account)
    with resumable(lambda: f"Run `{again}` again."):
        station.keep_to(station.ctx, installation.answers.names.account_id)
        yield station, installation


def _told(one: Installation, dry_run: bool) -> dict[str, Any]:
    names = one.answers.names
    return {
        "name": one.name,
        "account_id": names.account_id,
        "boundary_arn": names.operator_boundary_arn,
        "dry_run": dry_run,
    }


def _proposed(found: "Tightening") -> dict[str, Any]:
    return {
        "tightened_to": found.standing_phase.value if found.standing_phase else None,
        "proposal": found.proposal.to_json(),
        "resources": [made.to_json() for made in found.created.resources],
        "sources": [one.to_json() for one in found.created.evidence],
    }


def _loosened(found: "Loosening") -> dict[str, Any]:
    return {"proposal": found.change.to_json(), "sources": [found.found.to_json()] if found.found else []}


def _show(found: "Tightening") -> None:
    proposal = found.proposal
    output.evidence([one.to_json() for one in found.created.evidence])
    output.announce(("", "The boundary would say of the vendor:"))
    for one in proposal.statements:
        may = "may" if one.statement["Effect"] == "Allow" else "may not"
        output.announce([f"  It {may} {one.sentence[:1].lower()}{one.sentence[1:]}"])
    output.announce([f"  {sentence}" for sentence in proposal.widened])
    output.announce(list(_effects(proposal)))


def _effects(proposal: "Proposal") -> Iterator[str]:
    kept = _actions(proposal.kept)
    yield f"  It keeps {_calls(len(kept))} that the vendor needs: {_first(kept)}."
    for phase in dict.fromkeys(one.phase for one in proposal.lost):
        lost = _actions(one for one in proposal.lost if one.phase is phase)
        yield f"  It takes away {_calls(len(lost))} that only the phase {phase.value} needs: {_first(lost)}."
    if proposal.lost_to_updates:
        yield "  Before an update, widen it with --for-update."
    for one in proposal.denied_before:
        yield f"  Denied already, before this: {one.action} on {one.resource} ({one.before.why})"
    for one in proposal.blocked:
        yield f"  It would block {one.action} on {one.resource}: {one.why} ({one.after.why})"
    before, after = proposal.change.standing.size, proposal.document.size
    yield f"  {before:,} characters become {after:,}; {proposal.budget - proposal.used:,} are left besides the reserve."


def _show_undo(found: "Loosening") -> None:
    if found.found is not None:
        output.evidence([found.found.to_json()])
    if found.is_none:
        return
    for verb, statements in (("again", found.change.added), ("no longer", found.change.removed)):
        for one in statements:
            output.announce([f"  It would say {verb}: {one['Sid']} ({one['Effect'].lower()})"])


def _end(report: dict[str, Any], done: "Applied | None", *, as_json: bool) -> None:
    """The outcome. What was written and is not seen to hold is told, and ends with the code of what is not finished."""
    changed = done.changed if done else False
    report = {**report, "changed": changed, "evidence": [one.to_json() for one in done.evidence] if done else []}
    problem = _problem(report["name"], done)
    if as_json:
        output.emit({**report, "error": problem.to_json()} if problem else report)
    else:
        output.evidence(report["evidence"])
        output.out.print(_outcome(report, done))
        if problem is not None:
            output.failed(problem, as_json=False)
    if problem is not None:
        raise typer.Exit(problem.exit_code)


def _outcome(report: dict[str, Any], done: "Applied | None") -> str:
    if done is None:
        return "Nothing was done."
    if not done.changed:
        return "Nothing had to be changed."
    return f"Take it back with `houseguest permissions undo {report['name']}`." if "resources" in report else "Done."


def _problem(name: str, done: "Applied | None") -> NotFinished | None:
    refuted = next((one for one in done.evidence if one.state is State.REFUTED), None) if done else None
    if refuted is None:
        return None
    return NotFinished(
        f"This does not hold: {refuted.claim}. {refuted.detail}".strip(),
        fix=f"Look with `houseguest status {name}`; `houseguest permissions undo {name}` takes a tightening back.",
        details={"call": refuted.call},
    )


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"


def _actions(asked: "Iterable[Asked]") -> list[str]:
    """The calls by name, each once: one of them may be about many resources."""
    return list(dict.fromkeys(one.action for one in asked))


def _first(named: list[str]) -> str:
    return ", ".join([*named[:_NAMED], *([f"and {len(named) - _NAMED} more"] if len(named) > _NAMED else [])])
