"""Things of the customer's under names that the boundary would take for the vendor's."""

from typing import Any

import pytest

from installer.aws.name_owners import name_owners
from installer.context import Context
from installer.errors import NotFound, PermissionMissing, SignInNeeded
from tests.support.fake_aws import Answer, FakeAws
from tests.support.signed_in import ACCOUNT_ID, NAME, names

CTX = Context()
REGION = "eu-west-1"
OWN = [{"Key": "houseguest:installation", "Value": NAME}]
OTHER = [{"Key": "houseguest:installation", "Value": f"{NAME}-2"}]
NOTHING: dict[str, Answer] = {
    "eks:DescribeCluster": NotFound("gone"),
    "rds:DescribeDBInstances": NotFound("gone"),
    "secretsmanager:ListSecrets": {"SecretList": []},
    "ssm:DescribeParameters": {"Parameters": []},
    "s3:ListBuckets": {"Buckets": []},
}


def regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


CLUSTER = regional("eks", f"cluster/{NAME}")
DATABASE = regional("rds", f"db:{NAME}")
SECRET = regional("secretsmanager", f"secret:{NAME}/app-AbCdEf")


def found(scripts: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    owners = name_owners(FakeAws({**NOTHING, **scripts}), CTX, names(), [REGION])
    return owners.arns, owners.unread


def test_a_free_name() -> None:
    assert found({}) == ((), ())


@pytest.mark.parametrize("tags", [[], OTHER], ids=["untagged", "another installation's"])
def test_each_kind_is_told_by_its_arn(tags: list[dict[str, str]]) -> None:
    arns, unread = found(
        {
            "eks:DescribeCluster": {"cluster": {"arn": CLUSTER, "tags": {t["Key"]: t["Value"] for t in tags}}},
            "rds:DescribeDBInstances": {"DBInstances": [{"DBInstanceArn": DATABASE, "TagList": tags}]},
            "secretsmanager:ListSecrets": {"SecretList": [{"ARN": SECRET, "Name": f"{NAME}/app", "Tags": tags}]},
            "ssm:DescribeParameters": {"Parameters": [{"Name": f"/{NAME}/key"}]},
            "s3:ListBuckets": {"Buckets": [{"Name": f"{NAME}--reports"}, {"Name": f"{NAME}-2--reports"}]},
            "s3:GetBucketTagging": {"TagSet": tags},
        }
    )
    parameter = regional("ssm", f"parameter/{NAME}/key")
    assert set(arns) == {CLUSTER, DATABASE, SECRET, parameter, f"arn:aws:s3:::{NAME}--reports"}
    assert unread == ()


def test_its_own_are_not_in_the_way() -> None:
    own = {
        "eks:DescribeCluster": {"cluster": {"arn": CLUSTER, "tags": {"houseguest:installation": NAME}}},
        "rds:DescribeDBInstances": {"DBInstances": [{"DBInstanceArn": DATABASE, "TagList": OWN}]},
        "secretsmanager:ListSecrets": {"SecretList": [{"ARN": SECRET, "Name": f"{NAME}/app", "Tags": OWN}]},
        "s3:ListBuckets": {"Buckets": [{"Name": f"{NAME}--reports"}]},
        "s3:GetBucketTagging": {"TagSet": OWN},
    }
    assert found(own) == ((), ())


def test_a_list_that_gives_more_than_was_asked_for_is_read_exactly() -> None:
    other = {"ARN": "arn:x", "Name": f"other/{NAME}/app", "Tags": []}
    assert found({"secretsmanager:ListSecrets": {"SecretList": [other]}}) == ((), ())


def test_what_may_not_be_read_is_told() -> None:
    denied = PermissionMissing("You may not call eks:DescribeCluster.", call="eks:DescribeCluster")
    arns, unread = found({"eks:DescribeCluster": denied})
    assert arns == ()
    assert unread == (f"clusters in {REGION}: You may not call eks:DescribeCluster.",)


def test_an_ended_sign_in_is_not_an_answer() -> None:
    with pytest.raises(SignInNeeded):
        found({"ssm:DescribeParameters": SignInNeeded("ended")})
