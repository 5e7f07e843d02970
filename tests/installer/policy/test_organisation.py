"""What an organisation can add: judged by the evaluator, as neither the sandbox nor moto enforces such policies."""

from typing import Any

import pytest

from installer.errors import BoundaryError
from installer.policy.document import Statement
from installer.policy.evaluate import Compiled, Outcome, Policies, evaluate
from installer.policy.organisation import LIMIT, OrganisationPolicies, characters, organisation_policies
from installer.policy.request import Request
from tests.support.signed_in import ACCOUNT_ID, LONGEST_NAME, names

VENDOR = "111111111111"
BASE: tuple[Statement, ...] = (
    {"Effect": "Allow", "Action": ["ec2:*", "s3:*", "sqs:*"], "Resource": "*"},
    {"Effect": "Allow", "Action": "iam:UpdateRole", "Resource": f"arn:aws:iam::{ACCOUNT_ID}:role/release/*"},
)
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OPERATOR = names().operator_role_arn
WORKLOAD = f"arn:aws:iam::{ACCOUNT_ID}:role/release/popsql/popsql-app"
PERSON = f"arn:aws:iam::{ACCOUNT_ID}:user/jane"
OURS = {"aws:PrincipalAccount": ACCOUNT_ID, "aws:PrincipalIsAWSService": "false"}
THEIRS = {"aws:PrincipalAccount": VENDOR, "aws:PrincipalIsAWSService": "false"}
OF_A_SERVICE = {"aws:PrincipalIsAWSService": "true"}


def made(*base: Statement) -> OrganisationPolicies:
    return organisation_policies(names(), VENDOR, base or BASE)


def denied(document: dict[str, Any], action: str, resource: str = "*", **context: str) -> bool:
    """Whether the policy denies it to somebody whom everything else allows it. Whose principal it is, the conditions
    ask: a resource control policy speaks of everybody."""
    limits = Policies(identity=(Compiled(EVERYTHING),), scp=((Compiled(EVERYTHING), Compiled(document)),))
    return evaluate(limits, Request(action, resource, context)).outcome is Outcome.EXPLICIT_DENY


@pytest.mark.parametrize(
    ("action", "resource", "who", "expected"),
    [
        ("dynamodb:GetItem", "*", OPERATOR, True),
        ("s3:GetObject", "arn:aws:s3:::audit/log", OPERATOR, False),
        ("dynamodb:GetItem", "*", WORKLOAD, False),
        ("dynamodb:GetItem", "*", PERSON, False),
        ("ec2:ModifyImageAttribute", "*", OPERATOR, True),
        ("ec2:ModifyImageAttribute", "*", WORKLOAD, True),
        ("ec2:ModifyImageAttribute", "*", PERSON, False),
        ("sqs:SetQueueAttributes", f"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:orders", OPERATOR, True),
        ("sqs:SetQueueAttributes", f"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:popsql--jobs", OPERATOR, False),
        ("s3:PutBucketPolicy", "arn:aws:s3:::audit", WORKLOAD, True),
        ("s3:PutBucketPolicy", "arn:aws:s3:::popsql--data", WORKLOAD, False),
        ("s3:PutBucketPolicy", "arn:aws:s3:::audit", PERSON, False),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:orders", OPERATOR, False),
    ],
)
def test_what_the_service_control_policy_denies(action: str, resource: str, who: str, *, expected: bool) -> None:
    assert denied(made().service_control_policy, action, resource, **{"aws:PrincipalArn": who}) is expected


@pytest.mark.parametrize(
    ("action", "resource", "whose", "expected"),
    [
        ("sts:AssumeRole", WORKLOAD, THEIRS, True),
        ("sts:AssumeRole", WORKLOAD, OURS, False),
        ("sts:AssumeRole", WORKLOAD, OF_A_SERVICE, False),
        ("sts:AssumeRole", OPERATOR, THEIRS, False),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT_ID}:role/other", THEIRS, False),
        ("s3:GetObject", "arn:aws:s3:::audit/log", THEIRS, True),
        ("s3:GetObject", "arn:aws:s3:::audit/log", OURS, False),
        ("s3:GetObject", "arn:aws:s3:::audit/log", OF_A_SERVICE, False),
    ],
)
def test_what_the_resource_control_policy_denies(
    action: str, resource: str, whose: dict[str, str], *, expected: bool
) -> None:
    assert denied(made().resource_control_policy, action, resource, **whose) is expected


@pytest.mark.parametrize(
    "base",
    [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
    ],
    ids=["everything", "by exception", "no allow"],
)
def test_a_boundary_that_lists_nothing_gives_nothing_to_hold_a_session_to_and_that_is_said(base: Statement) -> None:
    without = made(base)
    assert "VendorWithinBoundary" not in [guard.sid for guard in without.service_control]
    assert len(without.not_stopped) == len(made().not_stopped) + 1
    assert "session of the vendor's role" in without.not_stopped[-1]
    assert not denied(without.service_control_policy, "dynamodb:GetItem", **{"aws:PrincipalArn": OPERATOR})


def test_a_vendor_of_the_same_account_is_not_kept_from_its_own_things() -> None:
    same = organisation_policies(names(), ACCOUNT_ID, BASE)
    assert [guard.sid for guard in same.resource_control] == ["VendorsRolesFromInsideOnly"]


def test_both_fit_and_only_deny() -> None:
    both = organisation_policies(names(LONGEST_NAME), VENDOR, BASE)
    for document in (both.service_control_policy, both.resource_control_policy):
        assert characters(document) <= LIMIT
        assert {statement["Effect"] for statement in document["Statement"]} == {"Deny"}
    assert {statement["Principal"] for statement in both.resource_control_policy["Statement"]} == {"*"}
    assert not any("Principal" in statement for statement in both.service_control_policy["Statement"])


def test_what_was_not_tried_is_said() -> None:
    assert made().to_know[0].startswith("Not tried on a real account.")


def test_a_base_that_does_not_fit_is_refused() -> None:
    actions = [f"ec2:{'x' * 40}{number}" for number in range(120)]
    with pytest.raises(BoundaryError, match="service control policy has"):
        made({"Effect": "Allow", "Action": actions, "Resource": "*"})
