"""The boundaries a person chooses from, and the one they bring.

    none      what the vendor asks for; only what would let its access outlive your decision is denied
    vendor    the vendor's own minimal boundary, with your account id filled in
    guarded   the same, in the invitation's regions only, and without your data, your instances and your audit trail
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
    partition, name = names.partition, names.installation
    not_ours = {"StringNotEquals": {f"aws:ResourceTag/{TAG_INSTALLATION}": name}}
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
            "Resource": [f"arn:{partition}:ec2:*:*:{kind}/*" for kind in ("instance", "volume")],
            "Condition": not_ours,
        },
        {
            "Sid": "DataAndAudit",
            "Effect": "Deny",
            "Action": ["dynamodb:*", "ebs:*", "rds-data:*", "redshift:*", "redshift-data:*", "config:*", "guardduty:*"],
            "Resource": "*",
        },
    )
