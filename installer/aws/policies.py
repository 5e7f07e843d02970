"""Managed policies: which names are taken, what AWS's own say, and tags. CloudFormation gives a policy no tags, neither
its own nor the stack's, so they are put on it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
What a policy of ours says is written in `installer/policy/writer.py` alone.
"""

from collections.abc import Collection, Mapping
from typing import Any

from installer.aws.clients import Aws
from installer.context import Context
from installer.journal import Journal, Write


def policies_named(aws: Aws, ctx: Context, names: Collection[str]) -> tuple[str, ...]:
    """ARNs of the account's own policies of these names, in whatever path: a name is taken in the whole account, and
    its case does not matter.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
    """
    wanted = {name.casefold() for name in names}
    there = aws.pages(ctx, "iam:ListPolicies", "Policies", Scope="Local")
    return tuple(policy["Arn"] for policy in there if policy["PolicyName"].casefold() in wanted)


def tag_policy(aws: Aws, journal: Journal, ctx: Context, policy_arn: str, tags: Mapping[str, str]) -> None:
    """Make sure that the policy carries these tags; others stay."""

    def find() -> str | None:
        there = aws.pages(ctx, "iam:ListPolicyTags", "Tags", PolicyArn=policy_arn)
        standing = {tag["Key"]: tag["Value"] for tag in there}
        return policy_arn if standing.items() >= tags.items() else None

    def put(_token: str) -> str:
        rows = [{"Key": key, "Value": value} for key, value in tags.items()]
        aws.call(ctx, "iam:TagPolicy", PolicyArn=policy_arn, Tags=rows)
        return policy_arn

    journal.perform(Write("iam:TagPolicy", policy_arn, find, put))


def managed_policy(aws: Aws, ctx: Context, policy_arn: str) -> tuple[str, dict[str, Any]]:
    """The version in force of a managed policy, and its document; AWS's own ones may be read by every account.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
    """
    version = str(aws.call(ctx, "iam:GetPolicy", PolicyArn=policy_arn)["Policy"]["DefaultVersionId"])
    found = aws.call(ctx, "iam:GetPolicyVersion", PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]
    return version, dict(found)
