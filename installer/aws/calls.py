"""Every call to AWS that this program makes, by service. `service_models.py` lets botocore know no other of these.

A test holds the table against the calls of `Aws.call` and `Aws.pages`: one that is missing here cannot be made.
"""

from collections.abc import Mapping

CALLS: Mapping[str, tuple[str, ...]] = {
    "accessanalyzer": ("ValidatePolicy",),
    "cloudformation": (
        "CreateChangeSet",
        "DeleteChangeSet",
        "DeleteStack",
        "DescribeChangeSet",
        "DescribeStackEvents",
        "DescribeStackResources",
        "DescribeStacks",
        "ExecuteChangeSet",
        "GetTemplate",
        "GetTemplateSummary",
        "ListChangeSets",
    ),
    "ec2": (
        "DescribeManagedPrefixLists",
        "DescribeRegions",
        "DescribeRouteTables",
        "DescribeVpcPeeringConnections",
        "DescribeVpcs",
        "GetManagedPrefixListEntries",
    ),
    "eks": ("DeleteAccessEntry", "DescribeCluster", "ListAccessEntries"),
    "iam": (
        "CreatePolicyVersion",
        "DeletePolicyVersion",
        "GetPolicy",
        "GetPolicyVersion",
        "GetRole",
        "ListAccountAliases",
        "ListAttachedRolePolicies",
        "ListEntitiesForPolicy",
        "ListPolicies",
        "ListPolicyTags",
        "ListPolicyVersions",
        "ListRolePolicies",
        "ListRoles",
        "PutRolePermissionsBoundary",
        "SimulateCustomPolicy",
        "TagPolicy",
        "UntagPolicy",
        "UpdateAssumeRolePolicy",
    ),
    "rds": ("DescribeDBInstances",),
    "s3": ("GetBucketTagging", "ListBuckets"),
    "secretsmanager": ("ListSecrets",),
    "ssm": ("DescribeParameters",),
}
"""Without STS, which botocore itself calls to get credentials, too: its small model is left whole."""

OF_BOTOCORE: Mapping[str, tuple[str, ...]] = {"s3": ("CreateSession", "HeadBucket")}
"""What botocore calls by itself on the way, to find the region of a bucket and to sign for it."""
