"""What an organisation can forbid that a boundary cannot: the text of its policies for one installation, with what each
statement stops and what none does. See "Not stopped" in docs/escapes.md.

A service control policy limits who acts in an account, whoever let them: also where a resource policy names a session
of the vendor's role, which goes past a boundary that merely does not allow. A resource control policy limits who gets
at the things of an account, also from outside: the vendor's own account, which no boundary of yours reaches.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from installer.errors import BoundaryError
from installer.names import Names
from installer.policy.document import Statement, as_list
from installer.policy.grammar import VERSION

LIMIT = 5_120
"""Characters of either policy, white space included. AWS has raised the quota of the first; the lower one fits both."""


@dataclass(frozen=True)
class Guard:
    """One statement. `costs`: what it also forbids, and so when to leave it out; empty: nothing of the product's."""

    statement: Statement
    stops: str
    costs: str = ""

    @property
    def sid(self) -> str:
        return str(self.statement["Sid"])

    def to_json(self) -> dict[str, object]:
        return {"sid": self.sid, "stops": self.stops, "costs": self.costs, "statement": self.statement}


@dataclass(frozen=True)
class OrganisationPolicies:
    """The two policies of one installation."""

    service_control: tuple[Guard, ...]
    resource_control: tuple[Guard, ...]
    not_stopped: tuple[str, ...]
    to_know: tuple[str, ...]

    @property
    def service_control_policy(self) -> dict[str, Any]:
        return _document(self.service_control)

    @property
    def resource_control_policy(self) -> dict[str, Any]:
        return _document(self.resource_control)

    def to_json(self) -> dict[str, object]:
        return {
            "service_control_policy": self.service_control_policy,
            "resource_control_policy": self.resource_control_policy,
            "characters": {
                "service_control_policy": characters(self.service_control_policy),
                "resource_control_policy": characters(self.resource_control_policy),
                "limit": LIMIT,
            },
            "statements": [guard.to_json() for guard in (*self.service_control, *self.resource_control)],
            "not_stopped": list(self.not_stopped),
            "to_know": list(self.to_know),
        }


def organisation_policies(names: Names, vendor_account_id: str, base: Sequence[Statement]) -> OrganisationPolicies:
    """The policies for an installation whose boundary allows at most `base`.

    Raises `BoundaryError` where one does not fit.
    """
    within = _within(names, base)
    made = OrganisationPolicies(
        service_control=(*within, _sharing(names), _writing_policies(names)),
        resource_control=(_assuming(names), *_reaching(names, vendor_account_id)),
        not_stopped=(*_NOT_STOPPED, *(() if within else (_NOT_WITHIN,))),
        to_know=_TO_KNOW,
    )
    for kind, document in (
        ("service control", made.service_control_policy),
        ("resource control", made.resource_control_policy),
    ):
        size = characters(document)
        if size > LIMIT:
            raise BoundaryError(
                f"The {kind} policy has {size:,} characters; AWS takes {LIMIT:,}.",
                fix="Choose a boundary that names fewer actions, or uses wildcards.",
            )
    return made


def characters(document: Mapping[str, Any]) -> int:
    """As AWS counts them for an organisation's policy: all of the text that is sent."""
    return len(json.dumps(document, separators=(",", ":")))


_NOT_STOPPED = (
    "credentials that were passed on to another role before the policies stood: they end by themselves",
    "roles that the vendor made and that a web identity provider of the account can assume",
    "policies on topics, functions and repositories that named the vendor before the first of the two stood",
    "what was shared out before",
    "the Kubernetes API of a cluster that the vendor is in",
)
_NOT_WITHIN = (
    "resource policies of yours that name a session of the vendor's role: the chosen boundary does not list what it "
    "allows, so there is nothing to hold such a session to"
)
_NOT_TRIED = (
    "Not tried on a real account. The local AWS knows no organisation policies: these were judged by Houseguest's own "
    "evaluator only. Try them first on an account in which nothing important runs."
)
_WHERE = (
    "They hold in member accounts of an organisation with all features, not in its management account. Whoever manages "
    "the organisation attaches them to this account."
)
_NEW_GRAMMAR = (
    "NotResource in a service control policy is taken by AWS since September 2025, in the commercial and the GovCloud "
    "regions."
)
_TO_KNOW = (
    _NOT_TRIED,
    _WHERE,
    "They carry no dates and follow no change of the boundary: print them again when you choose another one.",
    _NEW_GRAMMAR,
)


def _within(names: Names, base: Iterable[Statement]) -> tuple[Guard, ...]:
    """None where the base allows by exception, or everything: that cannot be said as a denial of the rest."""
    allowing = [statement for statement in base if statement["Effect"] == "Allow"]
    if any("Action" not in statement for statement in allowing):
        return ()
    actions = sorted({str(action) for statement in allowing for action in as_list(statement["Action"])})
    if not actions or "*" in actions:
        return ()
    statement = {
        "Sid": "VendorWithinBoundary",
        "Effect": "Deny",
        "NotAction": actions,
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": names.operator_role_arn}},
    }
    return (
        Guard(
            statement,
            "A resource policy that names a session of the vendor's role, or everybody under a condition on it, can "
            "give the role no action that your boundary does not list.",
        ),
    )


def _sharing(names: Names) -> Guard:
    statement = {
        "Sid": "VendorSharesNothing",
        "Effect": "Deny",
        "Action": [
            "ec2:AcceptVpcPeeringConnection",
            "ec2:CreateVpcPeeringConnection",
            "ec2:ModifyImageAttribute",
            "ec2:ModifySnapshotAttribute",
            "ec2:ModifyVpcEndpointServicePermissions",
            "ram:AssociateResourceShare",
            "ram:CreateResourceShare",
            "rds:ModifyDBClusterSnapshotAttribute",
            "rds:ModifyDBSnapshotAttribute",
        ],
        "Resource": "*",
        "Condition": _vendors_roles(names),
    }
    return Guard(
        statement,
        "The vendor's role, and the roles that it made, share no image, snapshot, network or service with another "
        "account.",
        "Leave it out while the vendor itself peers the product's network with another.",
    )


def _writing_policies(names: Names) -> Guard:
    own = f"{names.installation}--*"
    statement = {
        "Sid": "VendorLetsNobodyIn",
        "Effect": "Deny",
        "Action": [
            "ecr:SetRepositoryPolicy",
            "kms:PutKeyPolicy",
            "lambda:AddPermission",
            "s3:PutBucketAcl",
            "s3:PutBucketPolicy",
            "secretsmanager:PutResourcePolicy",
            "sns:AddPermission",
            "sns:SetTopicAttributes",
            "sqs:AddPermission",
            "sqs:SetQueueAttributes",
        ],
        "NotResource": [
            f"arn:{names.partition}:ecr:*:*:repository/{own}",
            f"arn:{names.partition}:lambda:*:*:function:{own}",
            f"arn:{names.partition}:s3:::{own}",
            f"arn:{names.partition}:secretsmanager:*:*:secret:{names.installation}/*",
            f"arn:{names.partition}:sns:*:*:{own}",
            f"arn:{names.partition}:sqs:*:*:{own}",
        ],
        "Condition": _vendors_roles(names),
    }
    return Guard(
        statement,
        "The vendor's role, and the roles that it made, write no policy on a bucket, queue, topic, function, "
        "repository or secret that is not named after the installation.",
        "Keys have no names: the vendor cannot change the policy of a key after it has made it, either.",
    )


def _assuming(names: Names) -> Guard:
    """A service that assumes a role has no account of its own, so the second condition lets it through."""
    statement = {
        "Sid": "VendorsRolesFromInsideOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Resource": names.workload_role_arns,
        "Condition": {
            "StringNotEquals": {"aws:PrincipalAccount": names.account_id},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    return Guard(
        statement,
        "Whatever its trust says, a role that the vendor made gives new sessions to AWS services and to this account "
        "only, and none to the vendor's own account. A cut does not reach such a role.",
    )


def _reaching(names: Names, vendor_account_id: str) -> tuple[Guard, ...]:
    if vendor_account_id == names.account_id:
        return ()
    statement = {
        "Sid": "VendorComesByItsRoleOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["kms:*", "s3:*", "secretsmanager:*", "sqs:*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": vendor_account_id}},
    }
    return (
        Guard(
            statement,
            "A policy on a bucket, key, queue or secret of this account that names the vendor's account lets nobody of "
            "that account in. Its role here is not of that account, and goes on as the boundary says.",
            "Leave it out where you share a bucket, key, queue or secret with that account on purpose.",
        ),
    )


def _vendors_roles(names: Names) -> dict[str, Any]:
    return {"ArnLike": {"aws:PrincipalArn": [names.operator_role_arn, names.workload_role_arns]}}


def _document(guards: Iterable[Guard]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": [dict(guard.statement) for guard in guards]}
