"""How a failed resource reads in a stack's events.

The wording is that of the resource handlers of CloudFormation: the service's message, then the request token and a
handler error code. https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from __future__ import annotations

import uuid
from html import unescape
from typing import Any
from xml.etree import ElementTree

_CODES = {
    "AccessDenied": "AccessDenied",
    "DeleteConflict": "ResourceConflict",
    "EntityAlreadyExists": "AlreadyExists",
    "LimitExceeded": "ServiceLimitExceeded",
    "NoSuchEntity": "NotFound",
}


class HandlerError(ValueError):
    """Ends the operation on one resource; ministack puts the text into the stack event."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(
            f'Resource handler returned message: "{message}" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})'
        )


def service_error(service: str, code: str, message: str, status: int) -> HandlerError:
    detail = f"{message} (Service: {service}, Status Code: {status}, Request ID: {uuid.uuid4()})"
    return HandlerError(detail, _CODES.get(code, "InvalidRequest"))


def raise_for(reply: tuple[int, dict[str, str], Any]) -> None:
    """Turn an error reply of ministack's IAM into the error of the resource handler that called it."""
    status, _, body = reply
    if status < 400:
        return
    error = ElementTree.fromstring(body)  # noqa: S314 - written by this process
    texts = {element.tag.rpartition("}")[2]: unescape(element.text or "") for element in error.iter()}
    raise service_error("Iam", texts["Code"], texts["Message"], status)
