"""The duties of an administrator: one statement each, for the program's own calls, with the reason.

Which task has which is in `administrator.py`; what CloudFormation does in the caller's name, in
`administrator_stacks.py`.

Resources and conditions are those of the Service Authorization Reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from installer.names import Names
from installer.policy.document import Statement

READS = ("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")


@dataclass(frozen=True)
class Place:
    """The installation that a policy is for.

    grants  ARNs of the managed policies that the vendor's template attaches to its role: the invitation's default grant
    region  of the product, `*` where it is not chosen yet
    """

    names: Names
    grants: tuple[str, ...]
    stack_region: str = "us-east-1"
    region: str = "*"


@dataclass(frozen=True)
class Duty:
    """One statement and its reason.

    calls    the program's own calls that it is for, as in `Aws.calls_made`
    actions  of IAM; those of CloudFormation in the caller's name have no call
    without  what comes of it where the statement is left out; empty: the task fails
    """

    sid: str
    why: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    calls: tuple[str, ...] = ()
    condition: Mapping[str, Any] = field(default_factory=dict)
    without: str = ""

    @property
    def statement(self) -> Statement:
        condition = {"Condition": self.condition} if self.condition else {}
        resource = self.resources[0] if len(self.resources) == 1 else list(self.resources)
        return {"Sid": self.sid, "Effect": "Allow", "Action": list(self.actions), "Resource": resource, **condition}

    def to_json(self) -> dict[str, object]:
        return {
            "sid": self.sid,
            "why": self.why,
            "without": self.without or "The task fails.",
            "calls": list(self.calls),
            "through_cloudformation": not self.calls,
            "statement": self.statement,
        }


def _calls(
    sid: str,
    why: str,
    calls: Iterable[str],
    resources: Sequence[str] = ("*",),
    *,
    also: Sequence[str] = (),
    condition: Mapping[str, Any] | None = None,
    without: str = "",
) -> Duty:
    """A duty for calls of the program. `also`: actions that AWS asks for beside the call's own."""
    named = tuple(sorted(calls))
    actions = tuple(sorted({_ACTIONS.get(call, call) for call in named} | set(also)))
    return Duty(sid, why, actions, tuple(resources), named, condition or {}, without)


# Where the permission is not named as the call.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_ACTIONS: Mapping[str, str] = {"s3:ListBuckets": "s3:ListAllMyBuckets"}


def regions(why: str) -> Duty:
    return _calls("Regions", why, ("ec2:DescribeRegions",))


def account() -> Duty:
    return _calls(
        "Account",
        "Shows the account by its name, not only by its number.",
        ("iam:ListAccountAliases",),
        without="The account is shown by its number only.",
    )


def free_names(names: Names) -> tuple[Duty, ...]:
    account_id, partition, name = names.account_id, names.partition, names.installation
    unread = "The install goes on, and says of each of these that it was not checked."
    return (
        _calls(
            "PolicyNames",
            "Finds out whether a policy has the name of a boundary already. AWS lists policies only as a whole.",
            ("iam:ListPolicies",),
        ),
        _calls(
            "NamesInLists",
            "Finds out whether something of yours has a name that the vendor could take for its own. AWS lists these "
            "only as a whole; what is in them is not read.",
            ("s3:ListBuckets", "secretsmanager:ListSecrets", "ssm:DescribeParameters"),
            without=unread,
        ),
        _calls(
            "NamesOfThings",
            "The same for the cluster, the database and the buckets, which can be asked for by their names.",
            ("eks:DescribeCluster", "rds:DescribeDBInstances", "s3:GetBucketTagging"),
            (
                f"arn:{partition}:eks:*:{account_id}:cluster/{name}",
                f"arn:{partition}:rds:*:{account_id}:db:{name}",
                f"arn:{partition}:s3:::{name}--*",
            ),
            without=unread,
        ),
    )


def networks() -> Duty:
    return _calls(
        "Networks",
        "Reads which addresses are in use in every region, so that the product's network overlaps nothing. AWS does "
        "not limit these lists to a resource.",
        (
            "ec2:DescribeManagedPrefixLists",
            "ec2:DescribeRouteTables",
            "ec2:DescribeVpcPeeringConnections",
            "ec2:DescribeVpcs",
            "ec2:GetManagedPrefixListEntries",
        ),
    )


def _stack_arns(place: Place) -> tuple[str, ...]:
    names = place.names
    root = f"arn:{names.partition}:cloudformation:{place.stack_region}:{names.account_id}:stack"
    return (f"{root}/{names.access_stack}/*", f"{root}/{names.role_stack}/*")


def making_stacks(place: Place) -> tuple[Duty, ...]:
    return (
        _calls(
            "Templates",
            "Lets CloudFormation read a template before there is a stack, which could not be named yet.",
            ("cloudformation:GetTemplateSummary",),
        ),
        _calls(
            "Stacks",
            "Makes the two stacks by change sets that are read before they are executed, and no other stack.",
            (
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResources",
                "cloudformation:DescribeStacks",
                "cloudformation:ExecuteChangeSet",
                "cloudformation:GetTemplate",
                "cloudformation:ListChangeSets",
            ),
            _stack_arns(place),
            also=("cloudformation:TagResource",),
        ),
    )


def deleting_stacks(place: Place) -> Duty:
    calls = ("DeleteStack", "DescribeStackEvents", "DescribeStacks")
    return _calls(
        "Stacks",
        "Deletes the two stacks, and no other, and sees them gone.",
        [f"cloudformation:{call}" for call in calls],
        _stack_arns(place),
    )


def boundaries(*arns: str) -> Duty:
    return _calls(
        "Boundaries",
        "Writes what your boundaries say, and reads it back. AWS keeps five versions: the oldest goes first.",
        (
            "iam:CreatePolicyVersion",
            "iam:DeletePolicyVersion",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListPolicyVersions",
        ),
        arns,
    )


def users_of_boundaries(names: Names) -> Duty:
    return _calls(
        "BoundaryUsers",
        "Finds out which roles are under your boundaries: one that the running product needs is kept.",
        ("iam:ListEntitiesForPolicy",),
        (names.operator_boundary_arn, names.workload_boundary_arn),
    )


_TAGGING = ("iam:ListPolicyTags", "iam:TagPolicy", "iam:UntagPolicy")


def lock(names: Names) -> Duty:
    return _calls(
        "Lock",
        "Marks your boundary with a tag while somebody works on the installation, so that two people do not at once.",
        _TAGGING,
        (names.operator_boundary_arn,),
        without="Access is taken away all the same; it only says that the lock could not be had.",
    )


def lock_and_tags(names: Names) -> Duty:
    return _calls(
        "Tags",
        "Tags your boundaries with the name of the installation; and while somebody works on it, so that two people do "
        "not at once.",
        _TAGGING,
        (names.operator_boundary_arn, names.workload_boundary_arn),
    )


def role(names: Names, *reads: str) -> Duty:
    """A role that is not there yet, or no more, is asked for without a path, and another's of its name has another."""
    root = f"arn:{names.partition}:iam::{names.account_id}:role"
    return _calls(
        "ReadRole",
        "Reads the vendor's role: who can assume it, its boundary, its policies, and whether another has its name.",
        reads,
        (f"{root}/{names.operator_role}", f"{root}/*/{names.operator_role}"),
    )


def trust(names: Names) -> Duty:
    return _calls(
        "Trust",
        "Closes the vendor's role to everybody, or opens it again.",
        ("iam:UpdateAssumeRolePolicy",),
        (names.operator_role_arn,),
    )


def put_back(names: Names) -> Duty:
    return _calls(
        "PutBack",
        "Puts your boundary back on the vendor's role where somebody has changed it. No other can be put there.",
        ("iam:PutRolePermissionsBoundary",),
        (names.operator_role_arn,),
        condition=boundary_is(names),
        without="Only noticed where somebody has put another boundary on the role: then the cut is not proven.",
    )


def cluster(place: Place) -> Duty:
    names = place.names
    root = f"arn:{names.partition}:eks:{place.region}:{names.account_id}"
    return _calls(
        "Cluster",
        "Takes the vendor's role out of the product's cluster, which no boundary reaches.",
        ("eks:DeleteAccessEntry", "eks:DescribeCluster", "eks:ListAccessEntries"),
        (
            f"{root}:cluster/{names.installation}",
            f"{root}:access-entry/{names.installation}/role/{names.account_id}/*",
        ),
        without="The vendor's access to AWS ends; of its access to the cluster it says that it was not closed.",
    )


def workloads(names: Names, without: str = "") -> tuple[Duty, ...]:
    return (
        _calls(
            "ListRoles",
            "Lists the roles that the vendor made. AWS lists roles only as a whole.",
            ("iam:ListRoles",),
            without=without,
        ),
        _calls(
            "WorkloadRoles",
            "Reads who can assume the roles that the vendor made, and that they are under your boundary.",
            ("iam:GetRole",),
            (names.workload_role_arns,),
            without=without,
        ),
    )


def boundary_is(names: Names) -> dict[str, Any]:
    return {"StringEquals": {"iam:PermissionsBoundary": names.operator_boundary_arn}}
