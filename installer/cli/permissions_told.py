"""What `permissions show` and `permissions check` print, and what they answer with `--json`."""

from typing import Any

from rich.markup import escape

from installer.cli import output
from installer.cli.permissions_asked import Asked
from installer.policy.changes import Change, NoChange, smallest_change
from installer.policy.granted import BY_THE_VERB, GrantedService, granted_services
from installer.policy.needs import PHASES, Kind
from installer.policy.what_if import Matrix, Row, State, Workbench
from installer.policy.words import Said, explained

_EFFECTS = {"allow": "[green]may[/]", "deny": "[red]not[/]"}
_MARKS = {
    State.ALLOWED: "[green]✓[/]",
    State.DENIED: "[green]✓[/]",
    State.BLOCKED: "[red]✗[/]",
    State.OPEN: "[red]✗[/]",
    State.DEPENDS: "[yellow]~[/]",
    State.NOT_ASKED: "[yellow]?[/]",
}
_PHASES = {"install": "The install needs", "steady": "The running product needs", "update": "An update needs"}


def tell_shown(found: Asked, *, as_json: bool) -> None:
    """The grant and the boundary in words."""
    services = granted_services(found.grant)
    said = explained(found.document, found.names, found.invitation.vendor.operator)
    if as_json:
        output.emit(_shown(found, services, said))
        return
    output.facts(found.facts())
    _tell_grant(found, services)
    _tell_boundary(said)
    _tell_notes(found)


def tell_checked(found: Asked, bench: Workbench, matrix: Matrix, *, as_json: bool) -> None:
    """The matrix, with the smallest change for each blocked need."""
    changes = {row.question.id: smallest_change(bench, found.document, row) for row in matrix.blocked}
    if as_json:
        output.emit(_checked(found, matrix, changes))
    else:
        _tell_matrix(found, matrix, changes)


def _shown(found: Asked, services: tuple[GrantedService, ...], said: tuple[Said, ...]) -> dict[str, Any]:
    report = found.to_json()
    report["grant"] = {
        "policies": [policy.to_json() for policy in found.grant.policies],
        "services": [service.to_json() for service in services],
        "told_by": BY_THE_VERB,
    }
    report["boundary"]["statements"] = [
        {
            "sid": one.sid,
            "layer": one.layer,
            "effect": one.effect,
            "sentence": one.sentence,
            "actions": list(one.actions),
            "resources": list(one.resources),
        }
        for one in said
    ]
    return report


def _tell_grant(found: Asked, services: tuple[GrantedService, ...]) -> None:
    output.out.print("\n[bold]What the role is granted[/]")
    for policy in found.grant.policies:
        version = f" {policy.version}" if policy.version else ""
        output.out.print(f"  {escape(policy.name)}{version} [dim]({escape(policy.told)})[/]")
    alike: dict[tuple[str, str], list[str]] = {}
    for service in services:
        behind = dict.fromkeys(f"{one.policy}: {one.where}" for verb in service.verbs for one in verb.behind)
        alike.setdefault((service.sentence, "; ".join(behind)), []).append(service.title)
    for (sentence, statements), titles in alike.items():
        output.out.print(f"  [bold]{sentence}[/]: {escape(', '.join(titles))}  [dim]({escape(statements)})[/]")
    output.out.print(f"  [dim]{BY_THE_VERB}[/]")


def _tell_boundary(said: tuple[Said, ...]) -> None:
    output.out.print(
        "\n[bold]What the boundary says[/] [dim](the role may do only what it is granted and the boundary lets it)[/]"
    )
    width = max(len(one.sid) for one in said)
    for one in said:
        output.out.print(f"  {_EFFECTS[one.effect]} {escape(one.sid):<{width}}  {escape(one.sentence)}")


def _tell_notes(found: Asked) -> None:
    for note in found.notes:
        output.out.print(f"[yellow]![/] {escape(note)}")


def _counts(matrix: Matrix) -> dict[str, int]:
    needs, fears = matrix.of(Kind.NEED), matrix.of(Kind.FEAR)
    return {
        "needs": len(needs),
        "blocked": len(matrix.blocked),
        "needs_not_certain": len(matrix.of(Kind.NEED, State.DEPENDS, State.NOT_ASKED)),
        "fears": len(fears),
        "open": len(matrix.of(Kind.FEAR, State.OPEN)),
        "fears_not_certain": len(matrix.of(Kind.FEAR, State.DEPENDS)),
    }


def _checked(found: Asked, matrix: Matrix, changes: dict[str, Change | NoChange]) -> dict[str, Any]:
    return {
        **found.to_json(),
        "source": "predicted here",
        "summary": _counts(matrix),
        "rows": matrix.to_json(),
        "changes": [change.to_json() for change in changes.values()],
    }


def _tell_matrix(found: Asked, matrix: Matrix, changes: dict[str, Change | NoChange]) -> None:
    output.facts({**found.facts(), "answers are": "predicted here, not asked of AWS"})
    for phase in PHASES:
        rows = [row for row in matrix.of(Kind.NEED) if row.question.phase == phase]
        if rows:
            output.out.print(f"\n[bold]{_PHASES[phase]}[/]")
        for row in rows:
            _tell_row(row, changes.get(row.question.id))
    output.out.print("\n[bold]What the vendor must not be able to do[/]")
    for row in matrix.of(Kind.FEAR):
        _tell_row(row, None)
    _tell_notes(found)
    counts = _counts(matrix)
    output.out.print(
        f"\n{counts['needs']} needs: {counts['blocked']} blocked, {counts['needs_not_certain']} not certain. "
        f"{counts['fears']} fears: {counts['open']} open, {counts['fears_not_certain']} not certain."
    )


def _tell_row(row: Row, change: Change | NoChange | None) -> None:
    decided = f" [dim]({escape(row.deciding.where)})[/]" if row.deciding else ""
    output.out.print(f"  {_MARKS[row.state]} {escape(row.question.title)}{decided}")
    if row.good:
        return
    output.out.print(f"      {escape(row.sentence)}")
    if row.question.kind is Kind.FEAR:
        output.out.print(f"      [dim]{escape(row.question.why)}[/]")
    if isinstance(change, Change):
        output.out.print(f"      The smallest change: {escape(change.sentence)}")
    elif isinstance(change, NoChange):
        output.out.print(f"      No change is offered: {escape(change.sentence)}")
