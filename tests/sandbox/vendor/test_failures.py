"""An AWS error as the customer reads it, in the forms that AWS gives it."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from installer.sandbox.vendor.deploy.failures import Unsuitable, failure_of
from installer.sandbox.vendor.integrations import RoleRefused
from installer.sandbox.vendor.records import Answer, Failure

WHO = "arn:aws:sts::222222222222:assumed-role/popsql-operator/release-popsql-install"
ROLE = "arn:aws:iam::222222222222:role/release/popsql/popsql-app"
CLUSTER = "arn:aws:eks:eu-west-1:222222222222:cluster/popsql"


def client_error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}, "CreateVpc")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("message", "action", "resource"),
    [
        (
            f"User: {WHO} is not authorized to perform: iam:CreateRole on resource: {ROLE} because no boundary",
            "iam:CreateRole",
            ROLE,
        ),
        (
            f"User: {WHO} is not authorized to perform: eks:CreateCluster on resource: {CLUSTER}",
            "eks:CreateCluster",
            CLUSTER,
        ),
        ("Access Denied", "ec2:CreateVpc", None),
    ],
)
def test_a_denial_tells_action_and_resource(message: str, action: str, resource: str | None) -> None:
    failure = failure_of(client_error("AccessDenied", message), "ec2:CreateVpc")
    assert failure == Failure("AccessDenied", action, resource, message)


def test_the_encoded_part_of_ec2_is_left_out() -> None:
    said = f"You are not authorized to perform this operation. User: {WHO} is not authorized to perform: ec2:CreateVpc."
    failure = failure_of(
        client_error("UnauthorizedOperation", f"{said} Encoded authorization failure message: {'x' * 900}"), "-"
    )
    assert failure.message == said


def test_a_role_that_is_closed_is_told_as_the_call_that_was_refused() -> None:
    arn = "arn:aws:iam::222222222222:role/release/popsql-operator"
    answer = Answer(False, datetime.now(UTC), "r", "AccessDenied", "not authorized")
    assert failure_of(RoleRefused(arn, answer), "-") == Failure("AccessDenied", "sts:AssumeRole", arn, "not authorized")


def test_what_is_not_aws_refusing_is_told_apart() -> None:
    unreachable = failure_of(ConnectTimeoutError(endpoint_url="https://ec2"), "ec2:CreateVpc")
    assert (unreachable.code, unreachable.action) == ("AwsUnreachable", "ec2:CreateVpc")
    unsuitable = failure_of(Unsuitable("OtherBlock", "vpc-1", "On another block."), "ec2:DescribeVpcs")
    assert unsuitable == Failure("OtherBlock", "ec2:DescribeVpcs", "vpc-1", "On another block.")
