"""One request to the vendor's control plane: no redirects, bounded replies, bounded patience, and every failure named.

Who the installer is to the vendor, and the calls it makes, are in `vendor.py`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from installer import __version__
from installer.aws.clock import AwsClock
from installer.context import Context
from installer.errors import VendorError, VendorUnreachable
from installer.outside import OutsideModel, first_problem, plain
from installer.vendor_replies import Problem
from installer.web import check_url, http_client, read_bounded

if TYPE_CHECKING:
    import httpx

Reply = TypeVar("Reply", bound=OutsideModel)
Result = TypeVar("Result")

MAX_REPLY_BYTES = 1024 * 1024
_VENDOR_TEXT = 500
_TIMEOUT_SECONDS = 30.0
_ATTEMPTS = 4
_BUSY = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Request:
    """One request. `what` ends the sentence "The vendor refused to …".

    It is repeated after a lost connection only if it is a read, a deletion, or carries an idempotency key.
    """

    what: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    timeout: float = _TIMEOUT_SECONDS

    @property
    def repeatable(self) -> bool:
        return self.method in {"GET", "DELETE"} or bool(self.idempotency_key)


class Refused(VendorError):
    """The vendor says no, and nothing was done. `status` is HTTP's, `problem` the vendor's own code for it (RFC 9457
    `type`).
    """

    code = "vendor_refused"

    def __init__(self, request: Request, status: int, problem: Problem) -> None:
        said = plain(problem.detail or problem.title, _VENDOR_TEXT)
        super().__init__(
            f"The vendor refused to {request.what}.",
            fix="Read what the vendor says in the details; its support can help."
            if said
            else "Ask the vendor's support.",
            details={"vendor_says": said, "status": str(status), "problem": plain(problem.type, _VENDOR_TEXT)},
        )
        self.status = status
        self.problem = problem.type


class NoUsableAnswer(VendorUnreachable):
    """The vendor answered with a fault of its own or with nonsense: what was asked may have been done all the same.

    Not tried again by itself; an intent in the journal stays open, so that the next try has the same idempotency key.
    """

    code = "vendor_no_usable_answer"


class VendorClient:
    """Sends requests to one control plane: no redirects, bounded replies, bounded patience."""

    def __init__(
        self, base_url: str, *, transport: "httpx.BaseTransport | None" = None, clock: AwsClock | None = None
    ) -> None:
        self.base_url = _base(base_url)
        self.clock = clock or AwsClock()
        self._transport = transport
        self._http: httpx.Client | None = None
        self._lock = threading.Lock()

    @property
    def token_url(self) -> str:
        return f"{self.base_url}/v1/token"

    def close(self) -> None:
        if self._http is not None:
            self._http.close()

    def send(self, ctx: Context, request: Request, reply: type[Reply], *, token: str = "") -> Reply:
        """The vendor's answer; `Refused`, `VendorUnreachable` or `VendorError` where there is none that is one."""
        if request.repeatable:
            return _read(request, reply, self._patiently(ctx, lambda: self._once(request, token)))
        ctx.check()
        return _read(request, reply, self._once(request, token))

    def send_fresh(self, ctx: Context, make: Callable[[], Request], reply: type[Reply]) -> Reply:
        """As `send`, for a request that may be repeated but must be made anew each time."""

        def once() -> Reply:
            request = make()
            return _read(request, reply, self._once(request, ""))

        return self._patiently(ctx, once)

    def _patiently(self, ctx: Context, work: Callable[[], Result]) -> Result:
        import tenacity

        def checked() -> Result:
            ctx.check()
            return work()

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=8),
            sleep=ctx.sleep,
            reraise=True,
        )(checked)

    def _once(self, request: Request, token: str) -> bytes:
        import httpx

        headers = {"Accept": "application/json, application/problem+json", "User-Agent": f"houseguest/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if request.idempotency_key:
            headers["Idempotency-Key"] = request.idempotency_key
        try:
            with self._client().stream(
                request.method,
                self.base_url + request.path,
                params=dict(request.query),
                json=request.body,
                data=request.form,
                headers=headers,
                timeout=httpx.Timeout(request.timeout, connect=10.0),
            ) as response:
                self.clock.observe(response.headers.get("date"))
                body = read_bounded(response, MAX_REPLY_BYTES)
        except (httpx.HTTPError, OSError) as error:
            raise VendorUnreachable(
                "The vendor does not answer.",
                fix="Check the network, then try again. What is running in your account goes on.",
                details={"host": urlsplit(self.base_url).netloc, "raised": f"{type(error).__name__}: {error}"},
            ) from error
        if body is None:
            raise NoUsableAnswer(
                "The vendor's answer is too long to be one.",
                fix="Tell the vendor's support.",
                details={"path": request.path, "limit_bytes": str(MAX_REPLY_BYTES)},
            )
        if not response.is_success:
            _refuse(request, response.status_code, body)
        return body

    def _client(self) -> "httpx.Client":
        with self._lock:
            if self._http is None:
                self._http = http_client(self.base_url, timeout=_TIMEOUT_SECONDS, transport=self._transport)
            return self._http


def _base(url: str) -> str:
    try:
        parts = urlsplit(check_url(url))
        if parts.query or parts.fragment:
            raise ValueError("must not have a query")
    except ValueError as error:
        raise VendorError(
            f"The address of the vendor {error}.", fix="Ask the vendor for a new invitation.", details={"url": url}
        ) from error
    return url.rstrip("/")


def _read(request: Request, reply: type[Reply], body: bytes) -> Reply:
    try:
        return reply.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise NoUsableAnswer(
            f"The vendor's answer cannot be understood: {first_problem(error)}.",
            fix="Tell the vendor's support; a newer Houseguest may also help.",
            details={"path": request.path},
        ) from error


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, VendorUnreachable) and not isinstance(error, NoUsableAnswer)


def _refuse(request: Request, status: int, body: bytes) -> NoReturn:
    if status in _BUSY:
        raise VendorUnreachable(
            "The vendor cannot answer at the moment.",
            fix="Try again in some minutes. What is running in your account goes on.",
            details={"status": str(status), "path": request.path},
        )
    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:
        problem = Problem(detail=plain(body[: 8 * _VENDOR_TEXT].decode("utf-8", "replace"), _VENDOR_TEXT))
    refused = Refused(request, status, problem)
    if status >= 500:
        raise NoUsableAnswer(
            f"The vendor failed to {request.what}.",
            fix="Try again in some minutes; if it goes on, tell the vendor's support.",
            details=refused.details,
        )
    raise refused
