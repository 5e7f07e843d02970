"""A report as an installation gives it that is connected and not installed yet, with every kind of row in it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

from installer.answers import Answers, Permissions
from installer.evidence import Evidence, Source, State
from installer.invitation import Invitation
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.policy.words import Said, explained
from installer.report.model import Report
from installer.report.review import of_review
from installer.steps import Finding, Severity
from installer.steps.connect import what_is_created
from tests.support.answers import settled
from tests.support.invitations import NOW, claims

MADE = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)


FINDINGS = (
    Finding("connect", Severity.BLOCKER, "A stack named popsql-role exists already.", "Choose another name."),
    Finding(
        "network", Severity.CAUTION, "Not checked: ec2:DescribeVpcPeeringConnections in eu-west-1.", "Check again."
    ),
    Finding("sign_in", Severity.INFO, "Your clock is 2 s behind AWS's."),
)


def reviewed(preset: Preset = Preset.GUARDED) -> Answers:
    """Connected, with the boundaries that the reference vendor's invitation gives; not installed."""
    answers = replace(settled(), product=None, invitation=Invitation.model_validate_json(json.dumps(claims())))
    boundary = operator_boundary(preset, answers.invitation, answers.names, answers.wishes.own_boundary)
    permissions = Permissions(preset.value, boundary.document(), workloads(preset, answers.names))
    assert answers.connection is not None
    assert answers.network is not None
    return replace(
        answers,
        permissions=permissions,
        connection=replace(answers.connection, proof=_proof()),
        network=replace(answers.network, cidr=IPv4Network("10.64.0.0/16"), evidence=_scan()),
    )


def _proof() -> tuple[Evidence, ...]:
    role = "arn:aws:iam::222222222222:role/release/popsql-operator"
    principal = "arn:aws:iam::111111111111:role/release-deploy"
    request = "0f8b8a4e-5d0c-4a6e-9c62-0a5f5a4b3c2d"
    trusts = f"Only {principal} can assume the role, and only with your external id"
    return (
        Evidence(trusts, State.VERIFIED, Source.AWS, NOW, "iam:GetRole", request, role),
        Evidence(
            "A session lasts at most 3600 s", State.REFUTED, Source.AWS, NOW, "iam:GetRole", request, "it lasts 2 h"
        ),
        Evidence(
            "Release cannot assume the role without it",
            State.VERIFIED,
            Source.VENDOR,
            NOW + timedelta(seconds=3),
            "sts:AssumeRole",
            "7d1f6f0e-0f0b-4d8e-8c31-0c2b8f3a9e11",
            "AccessDenied",
        ),
        Evidence("The trust was closed", State.REQUESTED, Source.AWS, NOW, "iam:UpdateAssumeRolePolicy"),
        Evidence("The boundary stops it from widening itself", State.PREDICTED, Source.OURSELVES, NOW),
    )


def _scan() -> tuple[Evidence, ...]:
    return (
        Evidence(
            "10.64.0.0/16 overlaps nothing that was read.",
            State.VERIFIED,
            Source.AWS,
            NOW,
            "ec2:DescribeVpcs, ec2:DescribeRouteTables",
            detail="41 ranges of VPCs, peerings and route tables in eu-central-1, eu-west-1, us-east-1",
        ),
        Evidence(
            "10.64.0.0/16 is free in every network that the account reaches.",
            State.NOT_CHECKED,
            Source.OURSELVES,
            NOW,
            detail="Not looked at: routes of transit gateways and Cloud WAN; prefix lists that no route table uses.",
        ),
    )


def said(answers: Answers) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """The two boundaries in words, with a statement of nobody's layer."""
    assert answers.permissions is not None
    permissions, operator = answers.permissions, answers.invitation.vendor.operator
    own = Said("", "Own", "deny", "Open the safe", ("safe:Open",), ("arn:aws:safe:::first", "arn:aws:safe:::second"))
    return (
        (*explained(permissions.operator_boundary, answers.names, operator), own),
        explained(permissions.workload_boundary, answers.names, operator),
    )


def report() -> Report:
    answers = reviewed()
    of_operator, of_workloads = said(answers)
    return of_review(
        answers,
        FINDINGS,
        at=MADE,
        created=what_is_created(answers),
        said=of_operator,
        said_of_workloads=of_workloads,
    )
