"""How much an undisturbed install and removal writes: what the sweeps go over. `test_undisturbed.py` holds it."""

from __future__ import annotations

from tests.support.killing import KillPoint, Moment, Record

INSTALL_ENTRIES = 18
INSTALL_SAVES = 5
INSTALL_AWS_WRITES = (
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
    "iam:TagPolicy",
    "iam:TagPolicy",
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
    "iam:TagPolicy",
    "iam:CreatePolicyVersion",
    "iam:UntagPolicy",
)
INSTALL_VENDOR_WRITES = ("vendor:POST /v1/sessions", "vendor:POST /v1/integrations", "vendor:POST /v1/installs")

INSTALL_AWS_CALLS = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:GetTemplateSummary",
    "ec2:DescribeRegions",
    "ec2:DescribeRouteTables",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "eks:DescribeCluster",
    "iam:CreatePolicyVersion",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:ListAccountAliases",
    "iam:ListAttachedRolePolicies",
    "iam:ListPolicies",
    "iam:ListPolicyTags",
    "iam:ListPolicyVersions",
    "iam:ListRolePolicies",
    "iam:ListRoles",
    "iam:TagPolicy",
    "iam:UntagPolicy",
    "rds:DescribeDBInstances",
    "s3:ListBuckets",
    "secretsmanager:ListSecrets",
    "ssm:DescribeParameters",
    "sts:GetCallerIdentity",
)

REMOVE_ENTRIES = 8
REMOVE_SAVES = 2
REMOVE_AWS_WRITES = (
    "iam:TagPolicy",
    "iam:CreatePolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "eks:DeleteAccessEntry",
    "cloudformation:DeleteStack",
    "iam:UntagPolicy",
)


def kill_points(entries: int, saves: int) -> list[KillPoint]:
    """Before, within and after each entry of the journal, and each time that the profile is saved."""
    counts = {Record.JOURNAL: entries, Record.PROFILE: saves}
    return [
        KillPoint(record, number, moment)
        for record, count in counts.items()
        for number in range(1, count + 1)
        for moment in Moment
    ]
