"""From what botocore raises to `installer.errors`: one plain sentence, the fix, and AWS's own text in the details.

Anything unknown stays what AWS said; it is never given a cause that was guessed.
"""

from functools import cache
from typing import TYPE_CHECKING

from installer.errors import (
    AlreadyExists,
    AwsError,
    AwsUnreachable,
    NotFound,
    PermissionMissing,
    SignInNeeded,
    Throttled,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

SIGN_IN_ENDED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired", "UnauthorizedException"}
)
SIGN_IN_WRONG = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "InvalidAccessKeyId",
        "MissingAuthenticationToken",
        "IncompleteSignature",
    }
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized"}
)
THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)
ABSENT = frozenset(
    {"NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException", "ChangeSetNotFound", "NoSuchBucket"}
)
TAKEN = frozenset({"EntityAlreadyExists", "AlreadyExistsException", "ResourceInUseException"})


@cache
def raised_by_botocore() -> tuple[type[Exception], ...]:
    """What a call can raise, for `except`."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return BotoCoreError, ClientError, ResponseParserError


def _of_sign_in(error: Exception) -> bool:
    from botocore import exceptions as boto

    return isinstance(
        error,
        boto.NoCredentialsError
        | boto.PartialCredentialsError
        | boto.CredentialRetrievalError
        | boto.UnauthorizedSSOTokenError
        | boto.SSOTokenLoadError
        | boto.TokenRetrievalError,
    )


def explained(error: Exception, call: str) -> AwsError:
    """The engine's error for what botocore raised on `call` (`service:Operation`)."""
    from botocore import exceptions as boto
    from botocore.parsers import ResponseParserError

    if isinstance(error, boto.ClientError):
        return _refusal(error, call)
    # The text of these may hold a credential: what a `credential_process` wrote to stderr, for one.
    only_kind = {"raised": type(error).__name__}
    if isinstance(error, boto.ProfileNotFound):
        return SignInNeeded(
            "The AWS profile does not exist.",
            call=call,
            fix="Choose a profile of your AWS configuration.",
            details=only_kind,
        )
    if _of_sign_in(error):
        return SignInNeeded(
            "There is no working sign-in to AWS.", call=call, fix="Sign in to AWS again, then go on.", details=only_kind
        )
    details = {"raised": f"{type(error).__name__}: {error}"}
    if isinstance(error, boto.SSLError):
        return AwsUnreachable(
            "The connection to AWS is not trusted: its certificate was not issued by an authority this computer knows.",
            call=call,
            fix="If your network inspects TLS, set AWS_CA_BUNDLE to its certificate.",
            details=details,
        )
    if isinstance(error, ResponseParserError):
        # What was asked for may have been done: this is silence, not a refusal.
        return AwsUnreachable(
            "AWS's answer cannot be read; something in between may have answered in its place.",
            call=call,
            fix="Check the proxy, then try again.",
            details={"raised": type(error).__name__},
        )
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return AwsUnreachable(
            "AWS did not answer.", call=call, fix="Check the network, then try again.", details=details
        )
    return AwsError(f"The request {call} could not be made.", call=call, details=details)


def _refusal(error: "ClientError", call: str) -> AwsError:
    problem = error.response.get("Error", {})
    aws_code = str(problem.get("Code", ""))
    text = str(problem.get("Message", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    details = {"aws_message": text, "request_id": str(error.response.get("ResponseMetadata", {}).get("RequestId", ""))}
    if aws_code in SIGN_IN_ENDED:
        return SignInNeeded(
            "Your sign-in to AWS has ended.",
            call=call,
            aws_code=aws_code,
            fix="Sign in again, then go on.",
            details=details,
        )
    if aws_code in SIGN_IN_WRONG:
        return SignInNeeded(
            "AWS does not accept these credentials.",
            call=call,
            aws_code=aws_code,
            fix="Sign in again. If it goes on: the region may not be enabled, or the clock of this computer is wrong.",
            details=details,
        )
    if aws_code in DENIED:
        return PermissionMissing(
            f"You may not call {call}.",
            call=call,
            aws_code=aws_code,
            fix=f"Ask for permission to call {call}, or sign in as somebody who has it.",
            details=details,
        )
    if aws_code in THROTTLED:
        return Throttled(
            "AWS asks to slow down.",
            call=call,
            aws_code=aws_code,
            fix="Wait a minute, then try again.",
            details=details,
        )
    if aws_code in ABSENT or aws_code.endswith(("NotFound", "NotFoundException")) or _absent_stack(aws_code, text):
        return NotFound(f"{call}: it does not exist.", call=call, aws_code=aws_code, details=details)
    if aws_code in TAKEN:
        return AlreadyExists(f"{call}: it exists already.", call=call, aws_code=aws_code, details=details)
    if status >= 500:
        return AwsUnreachable(
            "AWS had a fault of its own.", call=call, aws_code=aws_code, fix="Try again in a minute.", details=details
        )
    said = text or aws_code or f"HTTP status {status}"
    return AwsError(f"AWS refused {call}: {said}", call=call, aws_code=aws_code, details=details)


def _absent_stack(aws_code: str, text: str) -> bool:
    """CloudFormation says ValidationError for a stack that does not exist; only the text tells."""
    return aws_code == "ValidationError" and "does not exist" in text
