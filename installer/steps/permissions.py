"""Permissions: from the chosen preset to the two boundaries, as they will be created. Nothing in AWS is touched."""

from dataclasses import replace
from functools import partial
from typing import Any

from installer.answers import Answers, Permissions
from installer.aws.policies import managed_policy
from installer.context import Context
from installer.errors import HouseguestError
from installer.policy.grant import Grant, grant_of
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.steps import Finding, Severity
from installer.template import VendorTemplate, vendor_template
from installer.tools import Tools
from installer.web import FetchError


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


def granted(answers: Answers, tools: Tools, ctx: Context, *, signed_in: bool = True) -> Grant:
    """What the vendor's role will be granted, before any boundary.

    The template is fetched; one that is not the pinned one raises an `InvitationError`. What cannot be fetched, and
    policies of AWS that neither ship nor can be read, are told in `Grant.notes`.
    """
    template, untold = _template(answers, tools)
    read_grant = partial(grant_of, answers.invitation, answers.names, template)
    grant = read_grant()
    read: dict[str, tuple[str, dict[str, Any]]] = {}
    for arn in grant.not_known if signed_in else ():
        try:
            read[arn] = managed_policy(tools.aws, ctx, arn)
        except HouseguestError:
            ctx.check()  # it stays unknown, and is said to be
    grant = read_grant(read) if read else grant
    return replace(grant, notes=(*untold, *grant.notes))


def _template(answers: Answers, tools: Tools) -> tuple[VendorTemplate | None, tuple[str, ...]]:
    try:
        body = tools.download(answers.invitation.template.url)
    except FetchError as error:
        return None, (f"The vendor's template could not be fetched: {error.message}",)
    return vendor_template(answers, lambda _url: body), ()
