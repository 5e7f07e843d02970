"""The boundaries a person chooses from, and the one they bring.

    none      what the vendor asks for; only what would let its access outlive your decision is denied
    vendor    the vendor's own minimal boundary, with your account id filled in
    guarded   the same, in the invitation's regions only, and without your data, your instances and your audit trail;
              the roles that the vendor makes are kept from your data, too
    own       a document from a file

Every one stands on the layer `Protect` of `boundary.py`.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

from installer.errors import BoundaryError
from installer.invitation import Invitation
from installer.names import TAG_INSTALLATION, Names
from installer.policy.boundary import OperatorBoundary, foreign_services
from installer.policy.document import Document, Statement, as_list
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
    """The workload boundary that goes with a preset."""
    return workload_boundary(names, guard_of_workloads(names) if preset is Preset.GUARDED else ())


def _layers(
    preset: Preset, invitation: Invitation, names: Names, own: Document | None
) -> tuple[Sequence[Statement], Sequence[Statement], Sequence[str]]:
    allowed = invitation.network.allowed_regions
    match preset:
        case Preset.NONE:
            return [{"Effect": "Allow", "Action": "*", "Resource": "*"}], [foreign_services(names)], ()
        case Preset.VENDOR:
            return minimal(invitation, names).statements, (), ()
        case Preset.GUARDED:
            return minimal(invitation, names).statements, guard(names, minimal(invitation, names).statements), allowed
        case Preset.OWN:
            if own is None:
                raise BoundaryError("There is no boundary of your own.", fix="Name the file that holds it.")
            if not any(statement["Effect"] == "Allow" for statement in own.statements):
                raise BoundaryError(
                    "The boundary allows nothing: it has only Deny statements.",
                    fix="Add an Allow statement for what the vendor may do at most.",
                )
            return own.statements, [foreign_services(names)], ()


def minimal(invitation: Invitation, names: Names) -> Document:
    """The vendor's minimal boundary with the account id in its place."""
    text = json.dumps(invitation.permissions.minimal_boundary)
    return Document.from_json(text.replace("<account_id>", names.account_id))


def guard(names: Names, base: Sequence[Statement]) -> tuple[Statement, ...]:
    """Data and machines that the vendor did not make, and what records its calls."""
    machines, disks = guarded_machines(names)
    # A role of the vendor restores no disks: without the tags in its condition the statement is short enough to fit.
    return (
        within(base, guarded_data(names)),
        machines,
        {key: said for key, said in disks.items() if key != "Condition"},
    )


def within(base: Sequence[Statement], denial: Statement) -> Statement:
    """The denial, less the services of which the base allows nothing: those are denied without it, and take room."""
    allowed = {
        str(action).partition(":")[0]
        for statement in base
        if statement["Effect"] == "Allow"
        for action in (as_list(statement["Action"]) if "Action" in statement else ["*"])
    }
    if any("*" in service or "?" in service for service in allowed):
        return denial
    services = {service.lower() for service in allowed}
    actions = [action for action in denial["Action"] if action.partition(":")[0] in services]
    resources = [arn for arn in denial["NotResource"] if arn.split(":")[2] in services]
    return {**denial, "Action": actions, "NotResource": resources} if actions and resources else denial


def guard_of_workloads(names: Names) -> tuple[Statement, ...]:
    """The same for the roles that the vendor makes: else it would read through them what it may not read itself.

    The cluster's storage driver makes volumes and snapshots that carry the cluster's tag only.
    https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
    """
    return (guarded_data(names), *guarded_machines(names, {f"kubernetes.io/cluster/{names.installation}": "owned"}))


def guarded_machines(names: Names, or_tagged: Mapping[str, str] | None = None) -> tuple[Statement, Statement]:
    """Machines and their disks; snapshots. A copy of a disk is the disk's data."""
    tags = {TAG_INSTALLATION: names.installation, **(or_tagged or {})}
    not_ours = {"StringNotEquals": {f"aws:ResourceTag/{tag}": value for tag, value in tags.items()}}
    machines = {
        "Sid": "Machines",
        "Effect": "Deny",
        "Action": [
            "ec2:AttachVolume",
            "ec2:CreateImage",
            "ec2:CreateSnapshot*",
            "ec2:DeleteVolume",
            "ec2:DetachVolume",
            "ec2:StopInstances",
            "ec2:TerminateInstances",
        ],
        "Resource": [f"arn:{names.partition}:ec2:*:*:{kind}/*" for kind in ("instance", "volume")],
        "Condition": not_ours,
    }
    disks = {
        "Sid": "Disks",
        "Effect": "Deny",
        # Everything but CreateSnapshot and the tags it is made with: sharing, copying, and disks made from it, also
        # those that RunInstances makes.
        "NotAction": ["ec2:CreateS*", "ec2:CreateT*"],
        "Resource": f"arn:{names.partition}:ec2:*::snapshot/*",
        "Condition": not_ours,
    }
    return machines, disks


def guarded_data(names: Names) -> Statement:
    """Data that the vendor did not make, and what records its calls. Of the services without a name it has nothing."""
    partition, name = names.partition, names.installation
    return {
        "Sid": "Data",
        "Effect": "Deny",
        "Action": [
            "config:*",
            "dynamodb:*",
            "ebs:*",
            "guardduty:*",
            # Logs are data, and the record of what was done.
            "logs:Del*",
            "logs:F*",
            "logs:GetLog*",
            "logs:StartQ*",
            # A replica becomes a database of its own, with a password that its owner sets.
            "rds:Co*",
            "rds:CreateDB*Replica",
            "rds:CreateDB*Snapshot",
            "rds:Delete*",
            "rds:Mo*",
            "rds:Re*",
            "rds:StartE*",
            "rds:StopDB*",
            "rds-data:*",
            "redshift:*",
            "redshift-data:*",
            "s3:*Object*",
            "s3:DeleteBucket*",
            "s3:Put*",
            "secretsmanager:*Value",
            "secretsmanager:Del*",
            "secretsmanager:P*",
            "secretsmanager:U*",
            "ssm:GetParameter*",
            "ssm:PutParameter",
        ],
        "NotResource": [
            f"arn:{partition}:s3:::{name}--*",
            f"arn:{partition}:secretsmanager:*:*:secret:{name}/*",
            f"arn:{partition}:ssm:*:*:parameter/{name}/*",
            f"arn:{partition}:rds:*:*:*:{name}",
            f"arn:{partition}:logs:*:*:log-group:{name}--*",
            f"arn:{partition}:logs:*:*:log-group:/aws/*/{name}/*",
        ],
    }
