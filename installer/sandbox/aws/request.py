"""The request being served, for the files of this layer that need more of it than ministack hands on.

Gap: the request id in the body of a reply is another than that in its header. AWS has one, also in CloudTrail.
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, every ResponseMetadata
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ministack import app
from ministack.core import iam_actions, responses, router

from installer.sandbox.aws.seams import replaces

# Status, headers, body: what every handler of ministack returns.
Reply = tuple[int, dict[str, str], Any]
Handler = Callable[..., Reply]
AsyncHandler = Callable[..., Awaitable[Reply]]
_TAIL = 200
_REQUEST_ID = re.compile(rb"<(RequestId|RequestID|requestId)>[^<]*</\1>")


@dataclass(frozen=True)
class Request:
    """One signed request. `params` are query string and form together; `payload` is a JSON body, else empty."""

    service: str
    action: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    params: dict[str, Any]
    access_key_id: str
    account_id: str
    region: str
    request_id: str
    payload: dict[str, Any] = field(default_factory=dict)

    def param(self, name: str) -> str:
        value = self.params.get(name, "")
        return str(value[0] if isinstance(value, list) and value else value or "")


_current: ContextVar[Request | None] = ContextVar("houseguest_request", default=None)


def current() -> Request | None:
    """The request that this task serves, also in the background tasks it started."""
    return _current.get()


@replaces("ministack.app", "_dispatch_service_request", gap="the request as it arrived, one request id")
async def _dispatch(
    original: AsyncHandler,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query: dict[str, Any],
    request_id: str,
) -> Reply:
    token = _current.set(_parse(method, path, headers, body, query, request_id))
    try:
        status, replied, content = await original(method, path, headers, body, query, request_id)
        return status, replied, _with_request_id(content, request_id)
    finally:
        _current.reset(token)


def _with_request_id(content: Any, request_id: str) -> Any:
    """The id closes an XML reply, or stands in the metadata that does."""
    if not isinstance(content, bytes):
        return content
    tail = content[-_TAIL:]
    return content[:-_TAIL] + _REQUEST_ID.sub(rb"<\1>" + request_id.encode() + rb"</\1>", tail)


def _parse(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
) -> Request:
    params = app._routing_params(method, path, headers, body, query)
    service = router.detect_service(method, path, headers, params)
    action = iam_actions.extract_iam_action(service, method, path, headers, body, params) or ""
    return Request(
        service=service,
        action=action.partition(":")[2],
        method=method,
        path=path,
        headers=headers,
        body=body,
        params=params,
        access_key_id=router.extract_access_key_id(headers, query) or "",
        account_id=responses.get_account_id(),
        region=router.extract_region(headers, query),
        request_id=request_id,
        payload=_json_object(body),
    )


def _json_object(body: bytes) -> dict[str, Any]:
    if not body.startswith(b"{"):
        return {}
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
