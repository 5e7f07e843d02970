"""installer/aws/failures.py: AWS's own codes and texts in, the engine's errors out."""

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from installer.aws.failures import ABSENT, DENIED, SIGN_IN_ENDED, SIGN_IN_WRONG, TAKEN, THROTTLED, explained
from installer.errors import (
    AlreadyExists,
    AwsError,
    AwsUnreachable,
    NotFound,
    PermissionMissing,
    SignInNeeded,
    Throttled,
)

CALL = "ec2:DescribeVpcs"
KINDS = (
    (SIGN_IN_ENDED, SignInNeeded),
    (SIGN_IN_WRONG, SignInNeeded),
    (DENIED, PermissionMissing),
    (THROTTLED, Throttled),
    (ABSENT | {"InvalidVpcID.NotFound", "DBInstanceNotFoundException"}, NotFound),
    (TAKEN, AlreadyExists),
)


def refused(code: str, text: str = "AWS's text.", status: int = 400) -> boto.ClientError:
    metadata = {"RequestId": "r-1", "HTTPStatusCode": status}
    return boto.ClientError({"Error": {"Code": code, "Message": text}, "ResponseMetadata": metadata}, "DescribeVpcs")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(("code", "kind"), [(code, kind) for codes, kind in KINDS for code in sorted(codes)])
def test_a_known_code_is_of_its_kind(code: str, kind: type[AwsError]) -> None:
    error = explained(refused(code), CALL)
    assert type(error) is kind
    assert error.call == CALL
    assert error.aws_code == code
    assert error.message.endswith(".")
    assert error.details["aws_message"] == "AWS's text."
    assert error.details["request_id"] == "r-1"


def test_no_code_is_of_two_kinds() -> None:
    codes = [code for codes, _ in KINDS for code in codes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", sorted(SIGN_IN_ENDED | SIGN_IN_WRONG | DENIED | THROTTLED))
def test_what_the_person_can_mend_has_its_fix(code: str) -> None:
    assert explained(refused(code), CALL).fix


def test_a_denial_names_the_permission() -> None:
    error = explained(refused("UnauthorizedOperation", status=403), CALL)
    assert error.message == "You may not call ec2:DescribeVpcs."
    assert error.exit_code == 4
    assert CALL in error.fix


def test_an_absent_stack_is_told_by_its_text_only() -> None:
    assert type(explained(refused("ValidationError", "Stack with id x does not exist"), CALL)) is NotFound
    assert type(explained(refused("ValidationError", "Template format error"), CALL)) is AwsError


def test_an_unknown_code_stays_what_aws_said() -> None:
    error = explained(refused("OptInRequired", "You are not subscribed to this service."), CALL)
    assert type(error) is AwsError
    assert error.message == "AWS refused ec2:DescribeVpcs: You are not subscribed to this service."


def test_a_refusal_without_words_still_says_something() -> None:
    assert explained(refused("", "", status=413), CALL).message == "AWS refused ec2:DescribeVpcs: HTTP status 413"


def test_a_fault_of_aws_is_no_refusal() -> None:
    assert type(explained(refused("InternalError", status=500), CALL)) is AwsUnreachable


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (boto.NoCredentialsError(), SignInNeeded),
        (boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), SignInNeeded),
        (boto.CredentialRetrievalError(provider="custom-process", error_msg="exit 1"), SignInNeeded),
        (boto.UnauthorizedSSOTokenError(), SignInNeeded),
        (boto.SSOTokenLoadError(profile_name="x", error_msg="no file"), SignInNeeded),
        (boto.ProfileNotFound(profile="x"), SignInNeeded),
        (boto.SSLError(endpoint_url="https://x", error="self-signed certificate"), AwsUnreachable),
        (boto.EndpointConnectionError(endpoint_url="https://x"), AwsUnreachable),
        (boto.ConnectTimeoutError(endpoint_url="https://x"), AwsUnreachable),
        (boto.ReadTimeoutError(endpoint_url="https://x"), AwsUnreachable),
        (boto.ProxyConnectionError(proxy_url="http://proxy"), AwsUnreachable),
        (boto.ConnectionClosedError(endpoint_url="https://x"), AwsUnreachable),
        (ResponseParserError("invalid XML received"), AwsUnreachable),
        (boto.ParamValidationError(report="Missing required parameter"), AwsError),
        (boto.NoRegionError(), AwsError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_what_botocore_raises_itself(raised: Exception, kind: type[AwsError]) -> None:
    error = explained(raised, CALL)
    assert type(error) is kind
    assert error.call == CALL
    assert type(raised).__name__ in error.details["raised"]


def test_an_untrusted_certificate_is_told_apart_from_silence() -> None:
    error = explained(boto.SSLError(endpoint_url="https://x", error="self-signed certificate"), CALL)
    assert "AWS_CA_BUNDLE" in error.fix


@pytest.mark.parametrize(
    "raised",
    [
        boto.CredentialRetrievalError(provider="custom-process", error_msg="wrote hunter2"),
        boto.SSOTokenLoadError(profile_name="x", error_msg="hunter2"),
        boto.TokenRetrievalError(provider="sso", error_msg="hunter2"),
        boto.PartialCredentialsError(provider="env", cred_var="hunter2"),
        boto.ProfileNotFound(profile="hunter2"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_the_text_of_a_failed_sign_in_goes_nowhere(raised: Exception) -> None:
    assert "hunter2" not in str(explained(raised, CALL).to_json())
