"""What stands in the way of the two stacks, before anything is made. Making them is tested against the sandbox."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from installer.context import Context
from installer.errors import NotFound
from installer.journal import Journal
from installer.names import Names
from installer.sandbox.vendor.invitations import template_bytes
from installer.steps import Severity
from installer.steps.connect import check
from installer.tools import Tools
from tests.support.fake_aws import Answer, FakeAws
from tests.support.signed_in import ACCOUNT_ID, NAME, answers, names

CTX = Context()
NAMES: Names = names()
NOTHING = NotFound("gone")
OURS = NAMES.tags("inv_1")


def stack(status: str, tags: Mapping[str, str], name: str = NAMES.access_stack) -> dict[str, Any]:
    row = {
        "StackId": f"arn:aws:cloudformation:us-east-1:{ACCOUNT_ID}:stack/{name}/5f0c",
        "StackName": name,
        "StackStatus": status,
        "CreationTime": datetime(2026, 3, 1, tzinfo=UTC),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    return {"Stacks": [row]}


def policies(*arns: str) -> dict[str, Any]:
    return {"Policies": [{"Arn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in arns]}


def role(name: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
    return {"Role": {"RoleName": name, "Arn": arn, "Path": "/", "AssumeRolePolicyDocument": {}}}


def found(
    path: Path,
    access: Answer = NOTHING,
    *,
    policies_there: Answer,
    role_there: Answer = NOTHING,
    template: bytes = template_bytes(),
    buckets: tuple[str, ...] = (),
) -> list[str]:
    """The sentences of all blockers. Of the role's stack there is none."""

    def describe(StackName: str) -> Mapping[str, Any] | Exception:
        there = access if StackName == NAMES.access_stack else NOTHING
        assert not callable(there)
        return there

    aws = FakeAws(
        {
            "cloudformation:DescribeStacks": describe,
            "iam:ListPolicies": policies_there,
            "iam:GetRole": role_there,
            # Whose things have the vendor's names is told in aws/test_name_owners.py.
            "ec2:DescribeRegions": {"Regions": []},
            "s3:ListBuckets": {"Buckets": [{"Name": name} for name in buckets]},
            "s3:GetBucketTagging": {"TagSet": []},
            "iam:GetPolicy": NOTHING,
        }
    )
    tools = Tools(aws=aws, journal=Journal(path / "journal.jsonl"), vendor=None, download=lambda url: template)
    findings = check(answers(), tools, CTX)
    assert all(finding.severity is Severity.BLOCKER and finding.fix for finding in findings)
    return [finding.sentence for finding in findings]


OTHERS_POLICY = f"arn:aws:iam::{ACCOUNT_ID}:policy/team/{NAME.upper()}-Workload-Boundary"
TAKEN = [f"{OTHERS_POLICY} exists already, outside the stack {NAMES.access_stack}."]
OTHERS_STACK = [f"A stack named {NAMES.access_stack} exists already, and Houseguest did not make it."]


@pytest.mark.parametrize(
    ("access", "sentences"),
    [
        (NOTHING, TAKEN),
        (stack("REVIEW_IN_PROGRESS", OURS), TAKEN),
        (stack("ROLLBACK_COMPLETE", OURS), TAKEN),
        (stack("CREATE_COMPLETE", OURS), []),
        (stack("CREATE_IN_PROGRESS", OURS), []),
        (stack("ROLLBACK_COMPLETE", {}), OTHERS_STACK),
        (stack("CREATE_COMPLETE", {}), OTHERS_STACK),
    ],
)
def test_a_boundary_is_missed_only_where_its_stack_holds_nothing(
    tmp_path: Path, access: Answer, sentences: list[str]
) -> None:
    there = policies(f"arn:aws:iam::{ACCOUNT_ID}:policy/{NAME}-2-workload-boundary", OTHERS_POLICY)
    assert found(tmp_path, access, policies_there=there) == sentences


def test_the_role_may_not_be_there_either(tmp_path: Path) -> None:
    taken = found(tmp_path, policies_there=policies(), role_there=role(NAMES.operator_role))
    assert taken == [f"arn:aws:iam::{ACCOUNT_ID}:role/popsql-operator exists already, outside the stack popsql-role."]


def test_a_new_name_stands_in_nobodys_way(tmp_path: Path) -> None:
    assert found(tmp_path, policies_there=policies()) == []


def test_what_the_boundary_would_give_away_is_in_the_way_of_a_first_install(tmp_path: Path) -> None:
    bucket = f"{NAME}--reports"
    assert found(tmp_path, policies_there=policies(), buckets=(bucket,)) == [
        f"arn:aws:s3:::{bucket} exists already. By its name the vendor could take it for its own."
    ]
    assert found(tmp_path, stack("CREATE_COMPLETE", OURS), policies_there=policies(), buckets=(bucket,)) == []


def test_another_template_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    assert found(tmp_path, policies_there=policies(), template=template_bytes() + b"\n") == [
        "The vendor's template is not the one that the invitation was signed for."
    ]
