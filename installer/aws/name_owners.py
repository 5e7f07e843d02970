"""What exists already under the names that the boundary would take for the vendor's: a first install must not give away
things of the customer's that happen to be named after it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from installer.aws.clients import HOME_REGION, Aws
from installer.aws.fan_out import fan_out
from installer.context import Context
from installer.errors import AwsError, Cancelled, NotFound, SignInNeeded
from installer.names import TAG_INSTALLATION, Names


@dataclass(frozen=True)
class NameOwners:
    """ARNs of things that are not the installation's, by their tags; and what could not be read, as sentences."""

    arns: tuple[str, ...]
    unread: tuple[str, ...]


def name_owners(aws: Aws, ctx: Context, names: Names, regions: Sequence[str]) -> NameOwners:
    """Look for the cluster, the database, secrets, parameters and buckets in these regions, side by side."""
    looks: dict[str, Callable[[], list[str]]] = {"buckets": lambda: list(_buckets(aws, ctx, names))}
    for region in regions:
        for what, look in _LOOKS.items():
            looks[f"{what} in {region}"] = partial(_listed, look, aws, ctx, names, region)
    arns: list[str] = []
    unread: list[str] = []
    for outcome in fan_out(ctx, looks):
        if isinstance(outcome.error, Cancelled | SignInNeeded):
            raise outcome.error
        if isinstance(outcome.error, AwsError):
            unread.append(f"{outcome.key}: {outcome.error.message}")
        arns += outcome.value or ()
    return NameOwners(tuple(sorted(arns)), tuple(sorted(unread)))


def _listed(
    look: Callable[[Aws, Context, Names, str], Iterator[str]], aws: Aws, ctx: Context, names: Names, region: str
) -> list[str]:
    return list(look(aws, ctx, names, region))


def _cluster(aws: Aws, ctx: Context, names: Names, region: str) -> Iterator[str]:
    try:
        found = aws.call(ctx, "eks:DescribeCluster", region=region, name=names.installation)["cluster"]
    except NotFound:
        return
    if found.get("tags", {}).get(TAG_INSTALLATION) != names.installation:
        yield str(found["arn"])


def _database(aws: Aws, ctx: Context, names: Names, region: str) -> Iterator[str]:
    try:
        found = aws.call(ctx, "rds:DescribeDBInstances", region=region, DBInstanceIdentifier=names.installation)
    except NotFound:
        return
    for instance in found["DBInstances"]:
        if not _is_own(instance.get("TagList", ()), names):
            yield str(instance["DBInstanceArn"])


def _secrets(aws: Aws, ctx: Context, names: Names, region: str) -> Iterator[str]:
    prefix = f"{names.installation}/"
    listed = aws.pages(
        ctx,
        "secretsmanager:ListSecrets",
        "SecretList",
        region=region,
        Filters=[{"Key": "name", "Values": [prefix]}],
    )
    for secret in listed:
        if secret["Name"].startswith(prefix) and not _is_own(secret.get("Tags", ()), names):
            yield str(secret["ARN"])


def _parameters(aws: Aws, ctx: Context, names: Names, region: str) -> Iterator[str]:
    """Parameters tell no tags in a list: any under the name counts, because the vendor's come only later."""
    prefix = f"/{names.installation}/"
    listed = aws.pages(
        ctx,
        "ssm:DescribeParameters",
        "Parameters",
        region=region,
        ParameterFilters=[{"Key": "Name", "Option": "BeginsWith", "Values": [prefix]}],
    )
    for parameter in listed:
        if parameter["Name"].startswith(prefix):
            yield f"arn:{names.partition}:ssm:{region}:{names.account_id}:parameter{parameter['Name']}"


def _buckets(aws: Aws, ctx: Context, names: Names) -> Iterator[str]:
    for bucket in aws.call(ctx, "s3:ListBuckets", region=HOME_REGION)["Buckets"]:
        name = str(bucket["Name"])
        if name.startswith(f"{names.installation}--") and not _is_own(_bucket_tags(aws, ctx, name), names):
            yield f"arn:{names.partition}:s3:::{name}"


def _bucket_tags(aws: Aws, ctx: Context, name: str) -> Sequence[Mapping[str, Any]]:
    try:
        tags: Sequence[Mapping[str, Any]] = aws.call(ctx, "s3:GetBucketTagging", Bucket=name)["TagSet"]
    except AwsError as error:
        if error.aws_code != "NoSuchTagSet":
            raise
        return ()
    return tags


def _is_own(tags: Sequence[Mapping[str, Any]], names: Names) -> bool:
    return any(tag["Key"] == TAG_INSTALLATION and tag["Value"] == names.installation for tag in tags)


_LOOKS: Mapping[str, Callable[[Aws, Context, Names, str], Iterator[str]]] = {
    "clusters": _cluster,
    "databases": _database,
    "secrets": _secrets,
    "parameters": _parameters,
}
