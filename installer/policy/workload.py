"""The workload boundary: what the roles that the vendor makes may do at most.

It has no dates, because closing a window must not take the running product down. It lets a role of the product do its
work and makes sure that no role leads to another: no IAM writes, no further roles, no code into what runs with an
identity of its own, no way to the organisation. It is Deny where a resource policy of the same account could otherwise
grant past an implicit deny.
"""

from collections.abc import Iterable

from installer.names import Names
from installer.policy.boundary import STACK_WRITES, foreign_code, foreign_services, grants_end, tags_stay
from installer.policy.document import Document, Statement

# Read, and service-linked roles: what EKS and load balancing do in the name of a role of the product.
_TAGGED = ("instance", "launch-template", "snapshot", "volume")
_IAM_ALLOWED = ("iam:CreateServiceLinkedRole", "iam:Get*", "iam:List*")


def workload_boundary(names: Names, guards: Iterable[Statement] = ()) -> Document:
    """The document of `<name>-workload-boundary`; `guards` deny more, as a preset wants it."""
    return Document(
        (
            {
                "Sid": "Work",
                "Effect": "Allow",
                "NotAction": ["iam:*", "sts:*", "organizations:*", "account:*"],
                "Resource": "*",
            },
            {"Sid": "Look", "Effect": "Allow", "Action": [*_IAM_ALLOWED, "sts:GetCallerIdentity"], "Resource": "*"},
            {
                "Sid": "NoOtherIdentity",
                "Effect": "Deny",
                "Action": [
                    "sts:Assume*",
                    "rolesanywhere:*",
                    "sso:*",
                    "sso-directory:*",
                    "identitystore:*",
                    "eks:*AccessEntry",
                    "eks:*ssociat*",
                    "eks:CreateAd*",
                    "eks:CreateF*",
                    "eks:CreateN*",
                    "eks:UpdateC*",
                    # Not all of ssm:Update*: the agent on the product's machines reports by it.
                    "ssm:CreateA*",
                    "ssm:Register*",
                    "ssm:UpdateAssociation",
                    "ssm:UpdateDocument*",
                    "ssm:UpdateMaintenance*",
                ],
                "Resource": "*",
            },
            # What the vendor's own role may not do, it may not do through a role of the product.
            *foreign_code(names),
            foreign_services(names),
            grants_end(),
            # Only what the tag gives away: the cluster tags addresses, interfaces and groups that nobody tagged for it.
            tags_stay(names, [f"arn:{names.partition}:ec2:*:*:{kind}/*" for kind in _TAGGED]),
            {
                "Sid": "NoIamWrites",
                "Effect": "Deny",
                "NotAction": list(_IAM_ALLOWED),
                "Resource": f"arn:{names.partition}:iam::{names.account_id}:*",
            },
            {"Sid": "NoStacks", "Effect": "Deny", "Action": list(STACK_WRITES), "Resource": "*"},
            {
                "Sid": "TrailStays",
                "Effect": "Deny",
                "Action": ["cloudtrail:Delete*", "cloudtrail:Put*", "cloudtrail:Stop*", "cloudtrail:Update*"],
                "Resource": "*",
            },
            *guards,
        )
    )
