"""What the customer has besides its installations: a snapshot before and after shows that nothing of it was touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from installer.sandbox.checks.check import insist
from installer.sandbox.checks.clients import HOME_REGION, code_of
from installer.sandbox.checks.network import Region, survey
from installer.sandbox.checks.witness import INSTALLATION_TAG, Witness
from installer.sandbox.vendor import offer

_OURS = ("/houseguest/", offer.ROLE_PATH)
_AWSS_OWN = "/aws-service-role/"

Thing = tuple[str, object]
"""What it is and where; everything about it that somebody could have changed."""


@dataclass(frozen=True)
class Holdings:
    """Each thing by its name, with its state as text."""

    things: Mapping[str, str]


def holdings(witness: Witness) -> Holdings:
    """Networks, files, databases, people and roles, in every enabled region."""
    things: dict[str, str] = {}
    for name, state in _all(witness):
        things[name] = json.dumps(state, sort_keys=True, default=str)
    return Holdings(things)


def is_untouched(witness: Witness, before: Holdings) -> str:
    now = holdings(witness).things
    gone = [f"{name} is gone" for name in before.things if name not in now]
    changed = [f"{name} has changed" for name, state in before.things.items() if now.get(name, state) != state]
    new = [f"{name} is new" for name in now if name not in before.things]
    insist(not (gone or changed or new), f"{'; '.join([*gone, *changed, *new])}.")
    return f"{len(now)} things of the customer are as they were."


def _all(witness: Witness) -> Iterator[Thing]:
    for region in survey(witness):
        yield from _networks(region)
        yield from _databases(witness, region.name)
    yield from _buckets(witness)
    yield from _identities(witness)


def _networks(region: Region) -> Iterator[Thing]:
    """With their routes; without those of installations."""
    own = {vpc["VpcId"] for vpc in region.vpcs if _is_installed(vpc.get("Tags", []))}
    for vpc in region.vpcs:
        if vpc["VpcId"] not in own:
            blocks = [one["CidrBlock"] for one in vpc.get("CidrBlockAssociationSet", [])]
            yield f"network {vpc['VpcId']} in {region.name}", [vpc["State"], blocks, vpc.get("Tags", [])]
    for table in region.route_tables:
        if table["VpcId"] not in own:
            yield f"route table {table['RouteTableId']} in {region.name}", table["Routes"]
    for peering in region.peerings:
        yield f"peering {peering['VpcPeeringConnectionId']} in {region.name}", peering["Status"]["Code"]


def _databases(witness: Witness, region: str) -> Iterator[Thing]:
    for one in witness.admin.pages("rds", "describe_db_instances", "DBInstances", region=region):
        if not _is_installed(one.get("TagList", [])):
            state = [one[key] for key in ("DBInstanceStatus", "DBInstanceClass", "Engine", "AllocatedStorage")]
            yield f"database {one['DBInstanceIdentifier']} in {region}", state


def _buckets(witness: Witness) -> Iterator[Thing]:
    for bucket in witness.admin("s3").list_buckets()["Buckets"]:
        name = bucket["Name"]
        # us-east-1 is the one region that has no name here.
        region = witness.admin("s3").get_bucket_location(Bucket=name)["LocationConstraint"] or HOME_REGION
        if not _is_installed(_bucket_tags(witness.admin("s3", region), name)):
            objects = witness.admin.pages("s3", "list_objects_v2", "Contents", region=region, Bucket=name)
            yield f"bucket {name}", {one["Key"]: one["ETag"] for one in objects}


def _bucket_tags(s3: Any, name: str) -> list[dict[str, str]]:
    try:
        found: list[dict[str, str]] = s3.get_bucket_tagging(Bucket=name)["TagSet"]
    except ClientError as error:
        if code_of(error) != "NoSuchTagSet":
            raise
        return []
    return found


def _identities(witness: Witness) -> Iterator[Thing]:
    iam, pages = witness.admin("iam"), witness.admin.pages
    for user in pages("iam", "list_users", "Users"):
        name = user["UserName"]
        attached = pages("iam", "list_attached_user_policies", "AttachedPolicies", UserName=name)
        keys = pages("iam", "list_access_keys", "AccessKeyMetadata", UserName=name)
        yield f"user {name}", [attached, len(keys)]
    for role in pages("iam", "list_roles", "Roles"):
        if not role["Path"].startswith((*_OURS, _AWSS_OWN)):
            read = iam.get_role(RoleName=role["RoleName"])["Role"]
            yield f"role {role['RoleName']}", [read["AssumeRolePolicyDocument"], read.get("PermissionsBoundary")]
    for policy in pages("iam", "list_policies", "Policies", Scope="Local"):
        if not policy["Path"].startswith(_OURS):
            yield f"policy {policy['PolicyName']}", policy["DefaultVersionId"]


def _is_installed(tags: list[dict[str, str]]) -> bool:
    """Whether it belongs to an installation, of whatever name."""
    return any(tag["Key"] == INSTALLATION_TAG for tag in tags)
