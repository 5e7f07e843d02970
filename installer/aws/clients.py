"""Every call to AWS goes through `Aws.call` or `Aws.pages`: one place for sessions, endpoints, timeouts, retries, the
user agent, AWS's clock, expired credentials, and errors.

A call is named as in an IAM policy, `service:Operation`; so is its evidence, and so is the permission that it needs.

botocore is imported when the first call is made: it takes longer than everything else that a command starts with.
"""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from installer import __version__
from installer.aws.clock import AwsClock
from installer.aws.failures import SIGN_IN_WRONG, explained, raised_by_botocore
from installer.context import Context
from installer.errors import AwsError, HouseguestError, SignInNeeded
from installer.web import is_loopback_url

if TYPE_CHECKING:
    import botocore.session
    from botocore.config import Config

Result = TypeVar("Result")

HOME_REGION = "us-east-1"


@dataclass(frozen=True)
class Reply:
    """What AWS answered. `at` is AWS's time."""

    call: str
    data: dict[str, Any]
    request_id: str
    at: datetime

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)


class CredentialProvider(Protocol):
    """Where credentials come from, and how to get new ones when they end in the middle of the work."""

    def session(self) -> "botocore.session.Session":
        """A new botocore session that reads the credentials afresh."""

    def renew(self, ctx: Context, ended: SignInNeeded) -> None:
        """Return when the person has signed in again; raise `ended` when there is nobody to ask."""


class Aws:
    """The signed-in identity's view of AWS. Safe to use from many threads."""

    def __init__(
        self,
        provider: CredentialProvider,
        *,
        clock: AwsClock | None = None,
        same_identity: Callable[["Aws", Context], None] | None = None,
    ) -> None:
        self._provider = provider
        self.clock = clock or AwsClock()
        self._same_identity = same_identity
        # Reentrant: the check of a renewed sign-in makes a call of its own while it holds the others back.
        self._lock = threading.RLock()
        self._session: botocore.session.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._generation = 0
        self._unproved = False
        self.calls_made: dict[str, int] = {}

    @property
    def is_local(self) -> bool:
        """Whether this is an AWS on this computer: a sandbox, where everything takes seconds."""
        return is_loopback_url(self._client(Context(), "sts", HOME_REGION).meta.endpoint_url)

    def call(self, ctx: Context, call: str, *, region: str = HOME_REGION, **parameters: Any) -> Reply:
        """Make one call; raise an `AwsError`. Goes on after a new sign-in if the credentials ended."""
        service, operation = call.split(":")

        def once() -> Reply:
            method = getattr(self._client(ctx, service, region), _method(operation))
            return self._reply(call, method(**parameters))

        return self._going_on(ctx, call, once)

    def pages(self, ctx: Context, call: str, key: str, *, region: str = HOME_REGION, **parameters: Any) -> list[Any]:
        """All items under `key` of a call that answers in pages."""
        service, operation = call.split(":")

        def all_of_them() -> list[Any]:
            paginator = self._client(ctx, service, region).get_paginator(_method(operation))
            items: list[Any] = []
            for page in self._checked(ctx, paginator.paginate(**parameters)):
                items += self._reply(call, page).get(key, [])
            return items

        return self._going_on(ctx, call, all_of_them)

    @staticmethod
    def _checked(ctx: Context, pages: Any) -> Iterator[Any]:
        for page in pages:
            yield page
            ctx.check()

    def _going_on(self, ctx: Context, call: str, work: Callable[[], Result]) -> Result:
        renewed = False
        while True:
            ctx.check()
            generation = self._generation
            try:
                return work()
            except raised_by_botocore() as error:
                problem = explained(error, call)
                # EC2 refuses so where a region is not enabled, too: no further sign-in would help.
                in_vain = renewed and problem.aws_code in SIGN_IN_WRONG
                if in_vain or not isinstance(problem, SignInNeeded):
                    raise problem from error
                self._sign_in_again(ctx, generation, problem)
                renewed = True

    def _sign_in_again(self, ctx: Context, generation: int, ended: SignInNeeded) -> None:
        """Ask once, however many threads met the expiry; the others go on with what it brought."""
        with self._lock:
            if generation != self._generation:
                return
            self._provider.renew(ctx, ended)
            self._forget_session()
            self._generation += 1
            self._unproved = True

    def _prove(self, ctx: Context) -> None:
        """Let no call out with a renewed sign-in before it proved to be the same identity. Called under the lock."""
        if not self._unproved or self._same_identity is None:
            return
        self._unproved = False  # the check's own call must get through
        try:
            self._same_identity(self, ctx)
        except HouseguestError:
            self._forget_session()
            self._unproved = True
            raise

    def _forget_session(self) -> None:
        self._session = None
        self._clients.clear()

    def _reply(self, call: str, data: dict[str, Any]) -> Reply:
        meta = data.get("ResponseMetadata", {})
        at = self.clock.observe(meta.get("HTTPHeaders", {}).get("date"))
        with self._lock:
            self.calls_made[call] = self.calls_made.get(call, 0) + 1
        return Reply(call, data, str(meta.get("RequestId", "")), at)

    def _client(self, ctx: Context, service: str, region: str) -> Any:
        # Sessions are not safe between threads, clients are: so clients are made under the lock, and kept.
        with self._lock:
            self._prove(ctx)
            if (service, region) not in self._clients:
                try:
                    self._session = self._session or self._provider.session()
                    with _collector_paused():
                        client = self._session.create_client(service, region_name=region, config=_config())
                except raised_by_botocore() as error:
                    raise explained(error, f"{service}:*") from error
                _keep_to_loopback(client)
                _keep_templates_as_text(client)
                self._clients[service, region] = client
            return self._clients[service, region]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A client is thousands of objects that live on. Looking for garbage among them takes longer than making them, and
    a scan of all regions would wait for it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _keep_to_loopback(client: Any) -> None:
    """A session that is pointed at this computer stays here: a sandbox must never reach AWS by a redirect or a wrong
    endpoint."""
    if not is_loopback_url(client.meta.endpoint_url):
        return

    def refuse(request: Any, **_: Any) -> None:
        if not is_loopback_url(request.url):
            raise AwsError("The sandbox does not talk to anything but this computer.", details={"url": request.url})

    client.meta.events.register("before-send", refuse)


def _keep_templates_as_text(client: Any) -> None:
    """botocore turns JSON templates into dictionaries; what is compared with the bytes that were shown must be text."""
    if client.meta.service_model.service_name == "cloudformation":
        from botocore.handlers import json_decode_template_body

        client.meta.events.unregister("after-call.cloudformation.GetTemplate", json_decode_template_body)


def _method(operation: str) -> str:
    """The name of a client's method: `DescribeVpcs` is `describe_vpcs`."""
    from botocore import xform_name

    return xform_name(operation)


@cache
def _config() -> "Config":
    from botocore.config import Config

    return Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 5},
        user_agent_extra=f"houseguest/{__version__}",
        max_pool_connections=32,
    )
