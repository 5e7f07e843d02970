"""Permissions: from the chosen preset to the two boundaries, as they will be created. Nothing in AWS is touched."""

from dataclasses import replace

from installer.answers import Answers, Permissions
from installer.context import Context
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.steps import Finding, Severity
from installer.tools import Tools


def check(answers: Answers, _tools: Tools, _ctx: Context) -> tuple[Finding, ...]:
    """What the person should know of the choice before anything is made."""
    if Preset(answers.wishes.preset) is not Preset.NONE:
        return ()
    return (
        Finding(
            "permissions",
            Severity.CAUTION,
            f"{answers.invitation.vendor.operator} may do everything that the vendor asks for, in every region, "
            "with all data of this account; only the ways around your boundary are closed.",
            fix="Choose the guarded boundary.",
        ),
    )


def run(answers: Answers, _tools: Tools, _ctx: Context) -> Answers:
    """Settle `answers.permissions`; raise a `BoundaryError` where the boundary cannot be made or does not fit."""
    names = answers.names
    boundary = operator_boundary(Preset(answers.wishes.preset), answers.invitation, names, answers.wishes.own_boundary)
    return replace(
        answers,
        permissions=Permissions(
            preset=answers.wishes.preset,
            operator_boundary=boundary.document(),
            workload_boundary=workloads(Preset(answers.wishes.preset), names),
        ),
    )
