"""What was really made for an installation: the vendor's list, and what AWS shows of it. For `tightening.py`.

The vendor's list is its word. What AWS shows in the vendor's path, or under the installation's names with its tag, is
our own reading. Either can only narrow the boundary (`policy/tightened.py`): a list that is wrong costs the vendor a
call, and gives it nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from installer.answers import Answers
from installer.aws.clients import HOME_REGION
from installer.aws.roles import roles_under_path
from installer.context import Context
from installer.errors import (
    AwsError,
    AwsUnreachable,
    Cancelled,
    HouseguestError,
    NotFound,
    SignInNeeded,
    Throttled,
    VendorError,
)
from installer.evidence import Evidence, Source, State
from installer.names import TAG_INSTALLATION
from installer.policy.tightened import Made
from installer.tools import Tools

_VENDORS_CALL = "vendor:GET /installs"
_HELD = "cloudformation:DescribeStackResources"

# With these, going on would only meet the same again.
_ENDING = (AwsUnreachable, SignInNeeded, Throttled)

# What may stand in a policy as it is: a wildcard of the vendor's would widen what it names.
_PLAIN_ARN = re.compile(r"arn:[A-Za-z0-9:/_.+=,@!#-]+")


@dataclass(frozen=True)
class Created:
    """The resources, AWS's word before the vendor's; `evidence` says what was read and what was not. Only the vendor
    lists all: `complete` where it did."""

    resources: tuple[Made, ...]
    evidence: tuple[Evidence, ...]
    complete: bool


def created(answers: Answers, tools: Tools, ctx: Context) -> Created:
    """Read both. What cannot be read is "not checked" and stops nothing."""
    reading = _Reading(answers, tools, ctx)
    seen = {made.arn: made for made in reading.of_aws()}
    listed = {made.arn: made for made in reading.of_vendor()}
    if listed:
        reading.compare(set(listed), set(seen))
    every = sorted({**listed, **seen}.values(), key=lambda made: made.arn)
    return Created(tuple(every), tuple(reading.evidence), complete=bool(listed))


class _Reading:
    def __init__(self, answers: Answers, tools: Tools, ctx: Context) -> None:
        self.answers, self.names, self.tools, self.ctx = answers, answers.names, tools, ctx
        self.region = answers.network.region if answers.network else HOME_REGION
        self.evidence: list[Evidence] = []

    def of_vendor(self) -> Iterator[Made]:
        product, vendor = self.answers.product, self.tools.vendor
        claim = f"{self.answers.invitation.vendor.operator} tells what it made"
        if vendor is None or product is None:
            why = "this workstation has no key for the vendor" if product else "nothing is installed yet"
            self._told(claim, State.NOT_CHECKED, Source.VENDOR, _VENDORS_CALL, why)
            return
        try:
            listed = vendor.install(self.ctx, product.install_id).resources
        except VendorError as error:
            self._told(claim, State.NOT_CHECKED, Source.VENDOR, _VENDORS_CALL, error.message)
            return
        usable = [one for one in listed if self._is_ours_to_name(one.arn)]
        left = f"; {len(listed) - len(usable)} are no ARNs of this account" if len(usable) < len(listed) else ""
        self._told(claim, State.VERIFIED, Source.VENDOR, _VENDORS_CALL, f"{len(listed)} resources{left}")
        yield from (Made(one.arn, one.type, Source.VENDOR) for one in usable)

    def of_aws(self) -> Iterator[Made]:
        looks: tuple[tuple[str, str, Callable[[], Iterator[tuple[str, str]]]], ...] = (
            ("the roles in the vendor's path", "iam:ListRoles", self._roles),
            ("the network", "ec2:DescribeVpcs", self._networks),
            ("the cluster", "eks:DescribeCluster", self._cluster),
            ("the database", "rds:DescribeDBInstances", self._databases),
            ("the secrets", "secretsmanager:ListSecrets", self._secrets),
            ("the buckets", "s3:ListBuckets", self._buckets),
            ("what the two stacks hold", _HELD, self._stacks),
        )
        for what, call, look in looks:
            try:
                found = [Made(arn, kind, Source.AWS) for arn, kind in look()]
            except (*_ENDING, Cancelled):
                raise
            except HouseguestError as error:
                self._told(f"AWS shows {what}", State.NOT_CHECKED, Source.AWS, call, error.message)
                continue
            self._told(f"AWS shows {what}", State.VERIFIED, Source.AWS, call, f"{len(found)} found")
            yield from found

    def compare(self, listed: set[str], seen: set[str]) -> None:
        """Which part of the vendor's list is not its word alone."""
        both = len(listed & seen)
        claim = f"AWS shows {both} of the {len(listed)} resources that the vendor lists"
        rest = f"the other {len(listed) - both} are the vendor's word" if both < len(listed) else ""
        self._told(claim, State.VERIFIED, Source.OURSELVES, "", rest)

    def _roles(self) -> Iterator[tuple[str, str]]:
        for role in roles_under_path(self.tools.aws, self.ctx, self.names.workload_path):
            yield role.arn, "AWS::IAM::Role"

    def _networks(self) -> Iterator[tuple[str, str]]:
        tagged = [{"Name": f"tag:{TAG_INSTALLATION}", "Values": [self.names.installation]}]
        pages = self.tools.aws.pages(self.ctx, "ec2:DescribeVpcs", "Vpcs", region=self.region, Filters=tagged)
        for vpc in pages:
            yield self._arn("ec2", f"vpc/{vpc['VpcId']}"), "AWS::EC2::VPC"

    def _cluster(self) -> Iterator[tuple[str, str]]:
        name = self.names.installation
        try:
            found = self.tools.aws.call(self.ctx, "eks:DescribeCluster", region=self.region, name=name)["cluster"]
        except NotFound:
            return
        if found.get("tags", {}).get(TAG_INSTALLATION) == name:
            yield str(found["arn"]), "AWS::EKS::Cluster"

    def _databases(self) -> Iterator[tuple[str, str]]:
        name = self.names.installation
        try:
            found = self.tools.aws.call(
                self.ctx, "rds:DescribeDBInstances", region=self.region, DBInstanceIdentifier=name
            )
        except NotFound:
            return
        for database in found["DBInstances"]:
            if self._is_own(database.get("TagList", ())):
                yield str(database["DBInstanceArn"]), "AWS::RDS::DBInstance"

    def _secrets(self) -> Iterator[tuple[str, str]]:
        prefix = f"{self.names.installation}/"
        wanted = [{"Key": "name", "Values": [prefix]}]
        listed = self.tools.aws.pages(
            self.ctx, "secretsmanager:ListSecrets", "SecretList", region=self.region, Filters=wanted
        )
        for secret in listed:
            if str(secret["Name"]).startswith(prefix) and self._is_own(secret.get("Tags", ())):
                yield str(secret["ARN"]), "AWS::SecretsManager::Secret"

    def _buckets(self) -> Iterator[tuple[str, str]]:
        for bucket in self.tools.aws.call(self.ctx, "s3:ListBuckets", region=HOME_REGION)["Buckets"]:
            name = str(bucket["Name"])
            if name.startswith(f"{self.names.installation}--") and self._is_own(self._bucket_tags(name)):
                yield f"arn:{self.names.partition}:s3:::{name}", "AWS::S3::Bucket"

    def _bucket_tags(self, name: str) -> Sequence[Mapping[str, Any]]:
        try:
            tags: Sequence[Mapping[str, Any]] = self.tools.aws.call(self.ctx, "s3:GetBucketTagging", Bucket=name)[
                "TagSet"
            ]
        except AwsError as error:
            if error.aws_code != "NoSuchTagSet":
                raise
            return ()
        return tags

    def _is_own(self, tags: Sequence[Mapping[str, Any]]) -> bool:
        return any(tag["Key"] == TAG_INSTALLATION and tag["Value"] == self.names.installation for tag in tags)

    def _stacks(self) -> Iterator[tuple[str, str]]:
        for stack in (self.names.access_stack, self.names.role_stack):
            try:
                held: Mapping[str, Any] = self.tools.aws.call(
                    self.ctx, _HELD, region=self.answers.wishes.stack_region, StackName=stack
                ).data
            except AwsError as error:
                # CloudFormation answers so for a stack that is not there.
                if isinstance(error, NotFound) or error.aws_code == "ValidationError":
                    continue
                raise
            for resource in held["StackResources"]:
                told = str(resource.get("PhysicalResourceId", ""))
                arn = told if told.startswith("arn:") else self._role_of_stack(told)
                if arn:
                    yield arn, str(resource["ResourceType"])

    def _role_of_stack(self, told: str) -> str:
        """CloudFormation names a role by its name."""
        return self.names.operator_role_arn if told == self.names.operator_role else ""

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:{self.names.partition}:{service}:{self.region}:{self.names.account_id}:{resource}"

    def _is_ours_to_name(self, arn: str) -> bool:
        """Written out, and of this account where the ARN tells one."""
        return bool(_PLAIN_ARN.fullmatch(arn)) and arn.split(":")[4] in ("", self.names.account_id)

    def _told(self, claim: str, state: State, source: Source, call: str, detail: str) -> None:
        self.evidence.append(Evidence(claim, state, source, self.tools.aws.clock.now(), call=call, detail=detail))
