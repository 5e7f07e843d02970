"""`houseguest install`: the whole job, from the invitation to the running product; `--resume` goes on after an
interruption."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from installer import journey, opening
from installer.answers import Answers, Wishes
from installer.aws import stacks
from installer.cidr import parse_block, parse_range
from installer.cli import output
from installer.cli.options import AcceptKey, AccountOption, InvitationOption, Json, Yes
from installer.cli.workstation import Terminal, confirm, resumable
from installer.context import Context
from installer.errors import Blocked, BoundaryError, UsageError
from installer.flow import Step
from installer.installation import Installation, InstallationState
from installer.invitation import VerifiedInvitation
from installer.names import check_name
from installer.opening import UnderWay
from installer.policy.document import Document
from installer.policy.presets import Preset
from installer.steps import Finding, Severity, connect
from installer.tools import Tools


def install(
    invitation: InvitationOption = None,
    name: Annotated[str | None, typer.Option(help="Name of the installation; everything is named after it.")] = None,
    boundary: Annotated[str, typer.Option(help="none, vendor, guarded, or a file with your own policy.")] = "guarded",
    stack_region: Annotated[str, typer.Option(help="Region of the CloudFormation stacks.")] = "us-east-1",
    region: Annotated[str | None, typer.Option(help="Region of the product; the first that fits if not given.")] = None,
    cidr: Annotated[str, typer.Option(help="Block of the product's network, or auto.")] = "auto",
    prefix: Annotated[int | None, typer.Option(help="Prefix length of the block that is chosen.")] = None,
    avoid: Annotated[list[str] | None, typer.Option(help="A range that AWS cannot see; may be repeated.")] = None,
    email: Annotated[str | None, typer.Option(help="Where the vendor writes when the product is ready.")] = None,
    accept_key: AcceptKey = None,
    resume: Annotated[str | None, typer.Option(help="Name of an installation that was interrupted.")] = None,
    account: AccountOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show everything, make nothing.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Install the vendor's product: boundary, role, connection, network, install."""
    station = Terminal()
    verified = station.invitation(invitation, accept_key) if invitation else None
    if resume is not None:
        with resumable(lambda: _how_to_resume(resume)):
            installation = opening.resume(station.ctx, station, resume, account)
    elif account is not None:
        raise UsageError("--account goes with --resume.", fix="A new installation is made where you are signed in.")
    else:
        wishes = _wishes(name, boundary, stack_region, region, cidr, prefix, avoid or [], email)
        if verified is None:
            raise UsageError("There is no invitation.", fix="Add --invitation with the link or the file.")
        installation = opening.begin(station.ctx, station, verified, wishes)
    if dry_run:
        rehearse(station, installation, as_json=as_json)
        return
    installation = carry_out(station, installation, verified, yes=yes)
    _tell(installation, as_json=as_json)


def _wishes(
    name: str | None,
    boundary: str,
    stack_region: str,
    region: str | None,
    cidr: str,
    prefix: int | None,
    avoid: list[str],
    email: str | None,
) -> Wishes:
    if name is None:
        raise UsageError("The installation has no name.", fix="Add --name.")
    preset, own = _boundary(boundary)
    return Wishes(
        name=check_name(name),
        preset=preset,
        own_boundary=own,
        stack_region=stack_region,
        region=region,
        cidr=None if cidr == "auto" else parse_block(cidr),
        prefix_length=prefix,
        avoid=tuple(parse_range(text) for text in avoid),
        email=email,
    )


def _boundary(text: str) -> tuple[Preset, Document | None]:
    if text in (Preset.NONE, Preset.VENDOR, Preset.GUARDED):
        return Preset(text), None
    try:
        return Preset.OWN, Document.from_json(Path(text).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BoundaryError(
            f"{text!r} is neither a preset nor a file that can be read.",
            fix="Use none, vendor, guarded, or the path of a policy document.",
            details={"problem": str(error)},
        ) from error


def _how_to_resume(name: str) -> str:
    return f"Go on with `houseguest install --resume {name}`."


def carry_out(
    station: Terminal, installation: Installation, verified: VerifiedInvitation | None, *, yes: bool
) -> Installation:
    """The journey up to the running product. Safe to repeat after an interruption."""
    ctx = station.ctx
    under_way = UnderWay(ctx, station, installation)

    def how_to_go_on() -> str:
        if under_way.installation.state is not InstallationState.PLANNED:
            return _how_to_resume(installation.name)
        return "This run made nothing: start it again."

    with station.screen.live(), resumable(how_to_go_on), under_way.locked():
        tools = station.tools(ctx, installation, verified.token if verified else None)
        # Nothing is saved before the commit: what an earlier run knows of this installation would be lost by it.
        answers = journey.walk(journey.outset(installation), tools, ctx, save=_keep_nothing, until=Step.CONNECT)
        _settle_findings(tuple(journey.findings(answers, tools, ctx)), answers, yes=yes)
        under_way.walk(answers, tools)
    return under_way.installation


def _keep_nothing(_answers: Answers) -> None:
    """Where nothing may be saved yet."""


def _settle_findings(found: tuple[Finding, ...], answers: Answers, *, yes: bool) -> None:
    """Blockers stop; everything else is shown, and the commit is confirmed."""
    output.findings([finding for finding in found if finding.severity is not Severity.BLOCKER])
    blockers = [finding for finding in found if finding.severity is Severity.BLOCKER]
    if blockers:
        first, *others = blockers
        also = {f"also {number}": finding.sentence for number, finding in enumerate(others, 1)}
        raise Blocked(first.sentence, fix=first.fix, details={"step": first.step, **also})
    if answers.connection is None:
        output.announce(_made_by_commit(answers))
        confirm("Create these three, and install?", yes=yes)


def _made_by_commit(answers: Answers) -> list[str]:
    """Exactly what the stacks make: a change set with anything else is refused (`StackPlan.holds`)."""
    names, operator = answers.names, answers.invitation.vendor.operator
    return [
        f"In account {names.account_id}, {answers.wishes.stack_region}:",
        f"  policy {names.operator_boundary_arn}: yours, caps the role of {operator} ({answers.wishes.preset})",
        f"  policy {names.workload_boundary_arn}: yours, caps every role that {operator} makes",
        f"  role {names.operator_role_arn}: {operator} assumes it, with your external id",
    ]


def rehearse(station: Terminal, installation: Installation, *, as_json: bool) -> None:
    """Everything up to the commit, with real change sets that are taken back.

    Those are writes like any other: under the lock, or it would take back what another command is about to execute, and
    in the installation's own journal, so that after a kill the next run finds them.
    """
    ctx = station.ctx
    with station.screen.live(), station.locked(ctx, installation):
        tools = station.looking(installation.answers, station.store.journal(installation))
        answers = journey.walk(journey.outset(installation), tools, ctx, save=_keep_nothing, until=Step.CONNECT)
        found = tuple(journey.findings(answers, tools, ctx))
        stack_plans = [_planned(tools, ctx, plan) for plan in connect.plans(answers, tools)]
    permissions = answers.permissions
    report = {
        "dry_run": True,
        "account_id": answers.names.account_id,
        "stacks": stack_plans,
        "operator_boundary": permissions.operator_boundary.to_object() if permissions else None,
        "findings": [finding.to_json() for finding in found],
    }
    if as_json:
        output.emit(report)
        return
    for plan in stack_plans:
        output.out.print(f"[bold]{plan['stack']}[/] in {plan['region']}")
        for change in plan["changes"]:
            output.out.print(f"  {change['action']:<8} {change['type']:<28} {change['logical_id']}")
    output.findings(found)
    output.out.print("Nothing was made.")


def _planned(tools: Tools, ctx: Context, plan: stacks.StackPlan) -> dict[str, Any]:
    quietly = replace(ctx, report=lambda _event: None)  # what is taken back at once would only frighten
    proposal = stacks.propose(tools.aws, tools.journal, quietly, plan)
    stacks.abandon(tools.aws, tools.journal, quietly, proposal)
    changes = [
        {"action": change.action, "type": change.resource_type, "logical_id": change.logical_id}
        for change in proposal.changes
    ]
    return {"stack": plan.stack_name, "region": plan.region, "changes": changes}


def report(installation: Installation) -> dict[str, Any]:
    """What `--json` prints of an installation whose journey has ended."""
    answers = installation.answers
    connection, network, product = answers.connection, answers.network, answers.product
    if connection is None or network is None or product is None:
        raise ValueError("told before the journey ended")
    return {
        "name": installation.name,
        "state": installation.state.value,
        "account_id": answers.names.account_id,
        "role_arn": connection.role_arn,
        "boundary_arn": connection.operator_boundary_arn,
        "workload_boundary_arn": connection.workload_boundary_arn,
        "stack_ids": [connection.access_stack_id, connection.role_stack_id],
        "integration_id": connection.integration_id,
        "install_id": product.install_id,
        "region": network.region,
        "cidr": str(network.cidr),
        "endpoint": product.url,
        "health_url": product.health_url,
        "egress_ips": list(product.egress_ips),
        "version": product.version,
        "evidence": [found.to_json() for found in (*connection.proof, *network.evidence, *product.evidence)],
    }


def _tell(installation: Installation, *, as_json: bool) -> None:
    told = report(installation)
    if as_json:
        output.emit(told)
        return
    output.evidence(told["evidence"])
    output.facts(
        {key: told[key] for key in ("name", "endpoint", "region", "cidr", "version", "role_arn", "boundary_arn")}
    )
