"""The boundaries a person chooses from, and the one they bring.

    none      what the vendor asks for; only what would let its access outlive your decision is denied
    vendor    the vendor's own minimal boundary, with your account id filled in
    guarded   the same, in the invitation's regions only, and without your data, your instances and your audit trail;
              the roles that the vendor makes are kept from your data, too
    own       a document from a file

Every one stands on the layer `Protect` of `boundary.py`.
"""

import json
from collections.abc import Sequence
from enum import StrEnum

from installer.errors import BoundaryError
from installer.invitation import Invitation
from installer.names import TAG_INSTALLATION, Names
from installer.policy.boundary import OperatorBoundary
from installer.policy.document import Document, Statement
from installer.policy.workload import workload_boundary


class Preset(StrEnum):
    NONE = "none"
    VENDOR = "vendor"
    GUARDED = "guarded"
    OWN = "own"


def operator_boundary(
    preset: Preset, invitation: Invitation, names: Names, own: Document | None = None
) -> OperatorBoundary:
    """The operator boundary of a preset; raise a `BoundaryError` where it cannot be made or would not fit."""
    base, tighten, regions = _layers(preset, invitation, names, own)
    boundary = OperatorBoundary.compose(names, base=base, tighten=tighten, regions=regions)
    boundary.document()
    return boundary


def workloads(preset: Preset, names: Names) -> Document:
    """The workload boundary that goes with a preset. Guarded keeps the data from the roles that the vendor makes, too:
    else it would read through them what it may not read itself."""
    return workload_boundary(names, guarded_data(names) if preset is Preset.GUARDED else ())


def _layers(
    preset: Preset, invitation: Invitation, names: Names, own: Document | None
) -> tuple[Sequence[Statement], Sequence[Statement], Sequence[str]]:
    allowed = invitation.network.allowed_regions
    match preset:
        case Preset.NONE:
            return [{"Effect": "Allow", "Action": "*", "Resource": "*"}], (), ()
        case Preset.VENDOR:
            return minimal(invitation, names).statements, (), ()
        case Preset.GUARDED:
            return minimal(invitation, names).statements, guard(names), allowed
        case Preset.OWN:
            if own is None:
                raise BoundaryError("There is no boundary of your own.", fix="Name the file that holds it.")
            if not any(statement["Effect"] == "Allow" for statement in own.statements):
                raise BoundaryError(
                    "The boundary allows nothing: it has only Deny statements.",
                    fix="Add an Allow statement for what the vendor may do at most.",
                )
            return own.statements, (), ()


def minimal(invitation: Invitation, names: Names) -> Document:
    """The vendor's minimal boundary with the account id in its place."""
    text = json.dumps(invitation.permissions.minimal_boundary)
    return Document.from_json(text.replace("<account_id>", names.account_id))


def guard(names: Names) -> tuple[Statement, ...]:
    """Data and machines that the vendor did not make, and what records its calls."""
    return (*guarded_data(names), guarded_machines(names))


def guarded_machines(names: Names) -> Statement:
    """Only for the vendor's own role: the cluster attaches volumes that nobody tagged for it."""
    return {
        "Sid": "Machines",
        "Effect": "Deny",
        "Action": [
            "ec2:AttachVolume",
            "ec2:CreateImage",
            "ec2:CreateSnapshot*",
            "ec2:DeleteVolume",
            "ec2:StopInstances",
            "ec2:TerminateInstances",
        ],
        "Resource": [f"arn:{names.partition}:ec2:*:*:{kind}/*" for kind in ("instance", "volume")],
        "Condition": {"StringNotEquals": {f"aws:ResourceTag/{TAG_INSTALLATION}": names.installation}},
    }


def guarded_data(names: Names) -> tuple[Statement, ...]:
    """Data that the vendor did not make, and what records its calls: for its own role, and for the roles it makes."""
    partition, name = names.partition, names.installation
    return (
        {
            "Sid": "Buckets",
            "Effect": "Deny",
            "Action": ["s3:*Object*", "s3:DeleteBucket*", "s3:Put*"],
            "NotResource": f"arn:{partition}:s3:::{name}--*",
        },
        {
            "Sid": "Secrets",
            "Effect": "Deny",
            "Action": [
                "secretsmanager:*SecretValue",
                "secretsmanager:DeleteSecret",
                "secretsmanager:PutResourcePolicy",
                "secretsmanager:UpdateSecret*",
                "ssm:GetParameter*",
                "ssm:PutParameter",
            ],
            "NotResource": [
                f"arn:{partition}:secretsmanager:*:*:secret:{name}/*",
                f"arn:{partition}:ssm:*:*:parameter/{name}/*",
            ],
        },
        {
            "Sid": "Databases",
            "Effect": "Deny",
            "Action": [
                "rds:Copy*",
                "rds:Delete*",
                "rds:Modify*",
                "rds:Restore*",
                "rds:StartExport*",
                "rds:CreateDB*Snapshot",
            ],
            "NotResource": f"arn:{partition}:rds:*:*:*:{name}",
        },
        {
            "Sid": "DataAndAudit",
            "Effect": "Deny",
            "Action": ["dynamodb:*", "ebs:*", "rds-data:*", "redshift:*", "redshift-data:*", "config:*", "guardduty:*"],
            "Resource": "*",
        },
    )
