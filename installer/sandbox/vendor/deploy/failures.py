"""An AWS error as the vendor reports it: code, IAM action, resource, and AWS's sentence."""

import re

from botocore.exceptions import BotoCoreError, ClientError

from installer.sandbox.vendor.aws import AwsUnreachable
from installer.sandbox.vendor.integrations import ASSUME_ROLE, RoleRefused
from installer.sandbox.vendor.records import Failure

_ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_RESOURCE = re.compile(r"on resource: (\S+?)[,.]?(?:\s|$)")
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")
_LONGEST_MESSAGE = 1000


class StepFailed(Exception):
    """A step could not be finished. Retrying finds what was made and goes on."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Unsuitable(Exception):
    """A resource of the right name is there but is not what the install needs, or went into a failed state."""

    def __init__(self, code: str, resource: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.resource = resource


REPORTED = (ClientError, BotoCoreError, AwsUnreachable, RoleRefused, Unsuitable)
"""What a step may raise. Anything else is a fault of the vendor's own program."""


def failure_of(error: Exception, last_action: str) -> Failure:
    """`last_action` is the call under way: not every denial names its action."""
    match error:
        case ClientError():
            return _refusal(error.response["Error"]["Code"], error.response["Error"]["Message"], last_action, None)
        case RoleRefused():
            return _refusal(error.answer.error_code or "AccessDenied", str(error), ASSUME_ROLE, error.role_arn)
        case Unsuitable():
            return Failure(error.code, last_action, error.resource, str(error))
        case _:
            return Failure("AwsUnreachable", last_action, None, f"AWS did not answer: {error}"[:_LONGEST_MESSAGE])


def _refusal(code: str, message: str, action: str, resource: str | None) -> Failure:
    named_action, named_resource = _ACTION.search(message), _RESOURCE.search(message)
    return Failure(
        code=code,
        action=named_action.group(1) if named_action else action,
        resource=named_resource.group(1) if named_resource else resource,
        message=_ENCODED.sub("", message)[:_LONGEST_MESSAGE],
    )
