"""The sandbox's own endpoints under `/_sandbox/`, next to AWS on the same port.

`GET  /_sandbox/health`                 200 once the server answers
`POST /_sandbox/workload-credentials`   {"role_arn"} -> temporary credentials of a workload's role, in the shape of the
                                        instance metadata service; only with the bearer token of the environment

A workload gets its credentials from its service, which assumes the role: so the role must exist and trust a service.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
ministack's own administration paths are closed, except its health page.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from ministack.services import iam, sts

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_PREFIX = "/_sandbox/"
_CLOSED = ("/_ministack/", "/_localstack/")
_LARGEST_BODY = 8192
_LIFETIME = 3600


def front(application: Application, token: str) -> Application:
    """Serve `/_sandbox/` and close ministack's administration; everything else goes to `application`."""

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith((_PREFIX, *_CLOSED)) or path == "/_ministack/health":
            await application(scope, receive, send)
            return
        status, document = await _answer(scope, receive, token)
        await _send(send, status, document)

    return serve


async def _answer(scope: Message, receive: Receive, token: str) -> tuple[HTTPStatus, Message]:
    match scope["method"], scope["path"]:
        case "GET", "/_sandbox/health":
            return HTTPStatus.OK, {"status": "ok"}
        case "POST", "/_sandbox/workload-credentials":
            if not _authorized(scope, token):
                return HTTPStatus.UNAUTHORIZED, {"message": "the bearer token is missing or wrong"}
            return workload_credentials(await _body(receive))
        case _:
            return HTTPStatus.NOT_FOUND, {"message": "no such path"}


def _authorized(scope: Message, token: str) -> bool:
    given = dict(scope["headers"]).get(b"authorization", b"")
    return hmac.compare_digest(given, f"Bearer {token}".encode())


async def _body(receive: Receive) -> Any:
    body, more = b"", True
    while more and len(body) <= _LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    try:
        return json.loads(body)
    except ValueError:
        return None


def workload_credentials(asked: Any) -> tuple[HTTPStatus, Message]:
    arn = asked.get("role_arn") if isinstance(asked, dict) else None
    if not isinstance(arn, str) or arn.count(":") < 5 or ":role/" not in arn:
        return HTTPStatus.BAD_REQUEST, {"message": "role_arn must be the ARN of a role"}
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    role = iam._roles.get_scoped(account, None, name)
    if role is None or role["Arn"] != arn:
        return HTTPStatus.NOT_FOUND, {"message": f"the role {arn} does not exist"}
    if not _trusts_a_service(role["AssumeRolePolicyDocument"]):
        return HTTPStatus.FORBIDDEN, {"message": f"the role {arn} trusts no service"}
    return HTTPStatus.OK, _session(role, account)


def _trusts_a_service(document: str) -> bool:
    statements = json.loads(document).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        allowed = statement.get("Effect") == "Allow" and isinstance(principal, dict)
        if allowed and (principal.get("Service") or principal.get("Federated")):
            return True
    return False


def _session(role: dict[str, Any], account: str) -> Message:
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    expires = time.time() + _LIFETIME
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role['RoleName']}/workload",
            "UserId": f"{role['RoleId']}:workload",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": expires,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "AccessKeyId": key,
        "SecretAccessKey": secret,
        "Token": token,
        "Expiration": datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


async def _send(send: Send, status: HTTPStatus, document: Message) -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
