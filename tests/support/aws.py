"""An `Aws` for tests: real botocore clients whose requests meet a `Wire` before they would leave.

What the wire has no script for goes on: to moto inside `mock_aws()`, else to `AWS_ENDPOINT_URL`, with credentials that
nobody accepts. Retries happen as in life, but without waiting.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError

from installer.aws.clients import Aws
from installer.context import Context
from installer.errors import SignInNeeded

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
_ATTEMPTS = 5  # of installer.aws.clients


@dataclass(frozen=True)
class Answer:
    """What the wire gives back. `error` is raised as if the connection had failed."""

    status: int = 200
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    error: Exception | None = None


def refusal(code: str, message: str = "No.", status: int = 403) -> Answer:
    """An error in the form of EC2."""
    error = f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
    return Answer(status, f"<Response>{error}<RequestID>request-of-{code}</RequestID></Response>")


def ec2(operation: str, inner: str, **headers: str) -> Answer:
    """A reply of EC2 with that XML inside."""
    body = f'<{operation}Response xmlns="{NAMESPACE}"><requestId>r-1</requestId>{inner}</{operation}Response>'
    return Answer(200, body, tuple(headers.items()))


def silence() -> Answer:
    """Nobody answers."""
    return Answer(error=EndpointConnectionError(endpoint_url="https://silent.example"))


@dataclass(frozen=True)
class Request:
    """What was about to be sent. `body` is the form of a query request, still encoded."""

    operation: str
    region: str
    body: str
    user_agent: str


@dataclass
class Wire:
    """Scripts by operation and, if given, region. The last answer of a script repeats."""

    sent: list[Request] = field(default_factory=list)
    _scripts: dict[tuple[str, str | None], list[Answer | Callable[[Request], Answer | None]]] = field(
        default_factory=dict
    )

    def script(
        self, operation: str, *answers: Answer | Callable[[Request], Answer | None], region: str | None = None
    ) -> None:
        """A callable answer sees the request; where it returns None the request goes on to moto."""
        self._scripts[operation, region] = list(answers)

    def attach(self, session: botocore.session.Session) -> None:
        events = session.get_component("event_emitter")
        events.register_first("before-send", self._before_send)
        for service in ("ec2", "sts"):
            events.register_first(f"needs-retry.{service}", _retry_at_once)

    def _before_send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        operation = event_name.rsplit(".", 1)[1]
        seen = Request(operation, _region(request), _text(request.body), _text(request.headers["User-Agent"]))
        self.sent.append(seen)
        script = self._scripts.get((operation, seen.region)) or self._scripts.get((operation, None))
        if not script:
            return None
        answer = script.pop(0) if len(script) > 1 else script[0]
        if callable(answer):
            answer = answer(seen)
        if answer is None:
            return None
        if answer.error is not None:
            raise answer.error
        return AWSResponse(request.url, answer.status, _headers(answer), _Raw(answer.body.encode()))


class Provider:
    """Credentials of nobody. `renewals` counts how often a new sign-in was asked for; `renew` can be given."""

    def __init__(self, wire: Wire, renew: Callable[[SignInNeeded], None] | None = None) -> None:
        self._wire = wire
        self._renew = renew
        self.renewals = 0
        self.sessions = 0

    def session(self) -> botocore.session.Session:
        self.sessions += 1
        session = botocore.session.Session()
        session.set_credentials(f"AKIATEST{self.sessions:012}", "nobody's")
        self._wire.attach(session)
        return session

    def renew(self, ctx: Context, ended: SignInNeeded) -> None:
        self.renewals += 1
        if self._renew is None:
            raise ended
        self._renew(ended)


def wired() -> tuple[Aws, Wire]:
    """An `Aws` and the wire that it speaks through."""
    wire = Wire()
    return Aws(Provider(wire)), wire


class _Raw(BytesIO):
    """What botocore reads a body from."""

    def stream(self, **_: Any) -> Any:
        while chunk := self.read(65536):
            yield chunk


def _headers(answer: Answer) -> dict[str, str]:
    return {"content-type": "text/xml", "date": "Sun, 01 Mar 2026 12:00:00 GMT", **dict(answer.headers)}


def _retry_at_once(response: Any, caught_exception: Exception | None, attempts: int, **_: Any) -> int | None:
    """Seconds to wait before another try. None leaves it to botocore, which gives up on its own after the last."""
    if attempts >= _ATTEMPTS:
        return None
    failed = caught_exception is not None or response[0].status_code >= 500
    return 0 if failed else None


def _region(request: AWSPreparedRequest) -> str:
    scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/", _text(request.headers["Authorization"]))
    return scope[1] if scope else ""


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")
