"""Tags of managed policies. CloudFormation gives a policy no tags, neither its own nor the stack's, so they are put on
it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
What a policy says is written in `installer/policy/writer.py` alone.
"""

from collections.abc import Mapping

from installer.aws.clients import Aws
from installer.context import Context
from installer.journal import Journal, Write


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
