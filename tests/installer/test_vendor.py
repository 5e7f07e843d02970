"""The vendor is reached with patience, proved to with a key, and believed in nothing."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from installer.context import CancelToken, Context
from installer.errors import Cancelled, VendorError, VendorNeedsInvitation, VendorUnreachable
from installer.secrets import MemoryStore
from installer.vendor import Refused, VendorClient, VendorSession
from installer.vendor_client import MAX_REPLY_BYTES
from installer.vendor_keys import Jwk

URL = "http://127.0.0.1:4444"
AT = "2026-03-01T12:00:00Z"
ROLE = "arn:aws:iam::222222222222:role/release/popsql-operator"
ANSWER = {"allowed": True, "at": AT, "request_id": "r-1"}
INTEGRATION = {
    "id": "int_1",
    "state": "connected",
    "account_id": "222222222222",
    "installation_name": "popsql",
    "role_arn": ROLE,
    "verified_at": AT,
    "proof": {
        "with_external_id": ANSWER,
        "without_external_id": {**ANSWER, "allowed": False, "error_code": "AccessDenied"},
    },
}
INSTALL = {
    "id": "ins_1",
    "integration_id": "int_1",
    "state": "installing",
    "region": "us-east-1",
    "cidr": "10.64.0.0/16",
    "product_version": "2.41.0",
    "resources": [],
}
EVENT = {"seq": 1, "at": AT, "step": "network", "state": "started", "message": "Makes a network."}


class Vendor:
    """The control plane's side of sessions, and scripted answers for the rest. The last answer of a script repeats."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.scripts: dict[str, list[Any]] = {}
        self.keys: dict[str, Ed25519PublicKey] = {}
        self.tokens: set[str] = set()
        self.used: set[str] = set()
        self.life = 900
        self.ahead = timedelta(0)
        self.token_reply: dict[str, Any] = {}

    def script(self, path: str, *answers: Any) -> None:
        self.scripts[path] = list(answers)

    def made(self, path: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.path == path]

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        response = self._answer(request)
        response.headers["date"] = format_datetime(self.now, usegmt=True)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path in self.scripts:
            script = self.scripts[path]
            answer = script.pop(0) if len(script) > 1 else script[0]
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, httpx.Response):
                return answer
        else:
            answer = None
        if path == "/v1/sessions":
            return self._open(json.loads(request.content))
        if path == "/v1/token":
            return self._renew(parse_qs(request.content.decode()))
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return problem(401, "The token has ended.")
        return httpx.Response(200, json=answer)

    def _open(self, body: dict[str, Any]) -> httpx.Response:
        if body["invitation"] != "the-invitation":
            return problem(403, "Not our invitation.")
        key = Jwk(**body["public_key"])
        self.keys[key.fingerprint] = key.public_key()
        return self._token(key.fingerprint)

    def _renew(self, form: dict[str, list[str]]) -> httpx.Response:
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        [assertion] = form["assertion"]
        client_id = jwt.decode(assertion, options={"verify_signature": False})["iss"]
        if client_id not in self.keys:
            return problem(401, "Unknown key.")
        claims = jwt.decode(
            assertion,
            self.keys[client_id],
            algorithms=["EdDSA"],
            audience=f"{URL}/v1/token",
            issuer=client_id,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"], "verify_exp": False, "verify_iat": False},
        )
        now = self.now.timestamp()
        if not (claims["iat"] - 2 <= now <= claims["exp"]) or claims["exp"] > now + 62:
            return problem(401, "The assertion is not of this minute.")
        if claims["jti"] in self.used:
            return problem(401, "The assertion was used before.")
        assert claims["sub"] == client_id
        self.used.add(claims["jti"])
        return self._token(client_id)

    def _token(self, client_id: str) -> httpx.Response:
        token = f"token-{len(self.tokens) + 1}"
        self.tokens.add(token)
        reply = {"access_token": token, "token_type": "Bearer", "expires_in": self.life, "client_id": client_id}
        return httpx.Response(200, json=reply | self.token_reply)


def problem(status: int, detail: str, **more: Any) -> httpx.Response:
    body = {"type": "urn:x", "title": "No", "status": status, "detail": detail, **more}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json"})


class Quick(CancelToken):
    """Waits for nothing, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.cancelled


@pytest.fixture
def waits() -> Quick:
    return Quick()


@pytest.fixture
def ctx(waits: Quick) -> Context:
    return Context(cancel=waits)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


Make = Callable[..., VendorSession]


@pytest.fixture
def make(vendor: Vendor, clock: Clock) -> Iterator[Make]:
    clients = []

    def make_one(secrets: Any = None, installation: str = "one") -> VendorSession:
        client = VendorClient(URL, transport=httpx.MockTransport(vendor))
        clients.append(client)
        return VendorSession(client, secrets or MemoryStore(), installation, monotonic=clock)

    yield make_one
    for client in clients:
        client.close()


@pytest.fixture
def session(make: Make, ctx: Context) -> VendorSession:
    opened = make()
    opened.open(ctx, "the-invitation")
    return opened


class TestSession:
    def test_opens_and_calls(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        vendor.script("/v1/integrations/int_1", INTEGRATION)
        integration = session.integration(ctx, "int_1")
        assert integration.proof is not None
        assert integration.proof.holds
        assert [request.url.path for request in vendor.requests] == ["/v1/sessions", "/v1/integrations/int_1"]
        assert vendor.requests[1].headers["authorization"] == "Bearer token-1"

    def test_needs_an_invitation_without_a_key(self, make: Make, vendor: Vendor, ctx: Context) -> None:
        with pytest.raises(VendorNeedsInvitation) as refusal:
            make().integration(ctx, "int_1")
        assert "--invitation" in refusal.value.fix
        assert vendor.requests == []

    def test_goes_on_in_a_later_run_by_its_key_alone(self, make: Make, vendor: Vendor, ctx: Context) -> None:
        secrets = MemoryStore()
        make(secrets).open(ctx, "the-invitation")
        vendor.script("/v1/integrations/int_1", INTEGRATION)
        later = make(secrets)
        assert later.has_key
        assert later.integration(ctx, "int_1").id == "int_1"
        assert vendor.requests[-2].url.path == "/v1/token"

    def test_installations_have_keys_of_their_own(self, make: Make, ctx: Context) -> None:
        secrets = MemoryStore()
        make(secrets, "one").open(ctx, "the-invitation")
        other = make(secrets, "other")
        assert not other.has_key
        with pytest.raises(VendorNeedsInvitation):
            other.install(ctx, "ins_1")

    def test_opening_again_keeps_the_key(self, make: Make, vendor: Vendor, ctx: Context) -> None:
        secrets = MemoryStore()
        for _ in range(2):
            make(secrets).open(ctx, "the-invitation")
        assert len(vendor.keys) == 1

    @pytest.mark.parametrize(("seconds", "renewals"), [(0, 0), (839, 0), (840, 1), (900, 1), (90_000, 1)])
    def test_renews_within_a_minute_of_the_end(
        self, session: VendorSession, vendor: Vendor, ctx: Context, clock: Clock, seconds: float, renewals: int
    ) -> None:
        vendor.script("/v1/installs/ins_1", INSTALL)
        clock.seconds = seconds
        for _ in range(2):
            session.install(ctx, "ins_1")
        assert len(vendor.made("/v1/token")) == renewals

    def test_renews_once_when_the_vendor_forgot_the_token(
        self, session: VendorSession, vendor: Vendor, ctx: Context
    ) -> None:
        vendor.script("/v1/installs/ins_1", INSTALL)
        vendor.tokens.clear()
        assert session.install(ctx, "ins_1").id == "ins_1"
        assert len(vendor.made("/v1/token")) == 1

    def test_a_second_401_is_a_refusal(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        vendor.script("/v1/installs/ins_1", problem(401, "Not you."))
        with pytest.raises(Refused) as refusal:
            session.install(ctx, "ins_1")
        assert refusal.value.status == 401
        assert len(vendor.made("/v1/installs/ins_1")) == 2

    def test_a_key_that_the_vendor_forgot_needs_the_invitation(
        self, session: VendorSession, vendor: Vendor, ctx: Context
    ) -> None:
        vendor.tokens.clear()
        vendor.keys.clear()
        vendor.script("/v1/installs/ins_1", INSTALL)
        with pytest.raises(VendorNeedsInvitation):
            session.install(ctx, "ins_1")

    def test_each_assertion_is_used_once_even_when_the_reply_is_lost(
        self, session: VendorSession, vendor: Vendor, ctx: Context, clock: Clock
    ) -> None:
        vendor.script("/v1/installs/ins_1", INSTALL)
        vendor.script("/v1/token", httpx.ReadError("lost"), httpx.Response(503), None)
        clock.seconds = 900
        assert session.install(ctx, "ins_1").id == "ins_1"
        bodies = [request.content for request in vendor.made("/v1/token")]
        assert len(bodies) == len(set(bodies)) == 3

    @pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(minutes=-20)])
    def test_a_wrong_clock_of_this_computer_is_no_obstacle(
        self, make: Make, vendor: Vendor, ctx: Context, ahead: timedelta
    ) -> None:
        secrets = MemoryStore()
        make(secrets).open(ctx, "the-invitation")
        vendor.ahead = ahead
        vendor.script("/v1/installs/ins_1", INSTALL)
        assert make(secrets).install(ctx, "ins_1").id == "ins_1"
        assert len(vendor.made("/v1/token")) == 2

    def test_a_refused_invitation_leaves_no_key(self, make: Make, ctx: Context) -> None:
        secrets = MemoryStore()
        with pytest.raises(Refused):
            make(secrets).open(ctx, "another")
        assert not make(secrets).has_key

    @pytest.mark.parametrize(
        "reply",
        [
            {"client_id": "somebody-else"},
            {"access_token": "with space"},
            {"access_token": "line\nbreak"},
            {"access_token": ""},
            {"token_type": "MAC"},
            {"expires_in": "900"},
            {"expires_in": -1},
            {"expires_in": True},
        ],
        ids=str,
    )
    def test_a_wrong_token_reply(self, make: Make, vendor: Vendor, ctx: Context, reply: dict[str, Any]) -> None:
        vendor.token_reply = reply
        with pytest.raises(VendorError):
            make().open(ctx, "the-invitation")

    def test_forgets(self, make: Make, ctx: Context) -> None:
        secrets = MemoryStore()
        session = make(secrets)
        session.open(ctx, "the-invitation")
        session.forget()
        assert not session.has_key
        with pytest.raises(VendorNeedsInvitation):
            session.install(ctx, "ins_1")

    def test_a_damaged_key_is_as_good_as_none(self, make: Make, ctx: Context) -> None:
        secrets = MemoryStore()
        make(secrets).open(ctx, "the-invitation")
        secrets.set("houseguest", "vendor-key:one", "not a key")
        with pytest.raises(VendorNeedsInvitation):
            make(secrets).install(ctx, "ins_1")


def start(session: VendorSession, ctx: Context) -> Any:
    return session.start_install(
        ctx,
        integration_id="int_1",
        region="us-east-1",
        cidr="10.64.0.0/16",
        contact_email=None,
        idempotency_key="hg-1",
    )


class TestPatience:
    @pytest.mark.parametrize(
        "trouble",
        [
            httpx.ConnectError("refused"),
            httpx.ConnectTimeout("slow"),
            httpx.ReadTimeout("slow"),
            httpx.ReadError("reset"),
            httpx.RemoteProtocolError("cut"),
            httpx.Response(502),
            httpx.Response(503),
            httpx.Response(504),
        ],
        ids=repr,
    )
    def test_a_keyed_write_is_repeated_with_the_same_key(
        self, session: VendorSession, vendor: Vendor, ctx: Context, waits: Quick, trouble: Any
    ) -> None:
        vendor.script("/v1/installs", trouble, trouble, INSTALL)
        assert start(session, ctx).state == "installing"
        made = vendor.made("/v1/installs")
        assert [request.headers["idempotency-key"] for request in made] == ["hg-1"] * 3
        assert len({request.content for request in made}) == 1
        assert len(waits.waits) == 2

    def test_patience_ends(self, session: VendorSession, vendor: Vendor, ctx: Context, waits: Quick) -> None:
        vendor.script("/v1/installs", httpx.ConnectError("refused"))
        with pytest.raises(VendorUnreachable) as refusal:
            start(session, ctx)
        assert len(vendor.made("/v1/installs")) == 4
        assert sum(waits.waits) < 30
        assert "127.0.0.1:4444" in refusal.value.details["host"]

    @pytest.mark.parametrize("call", ["retry", "pause", "cancel"])
    def test_what_is_not_idempotent_is_sent_once(
        self, session: VendorSession, vendor: Vendor, ctx: Context, call: str
    ) -> None:
        vendor.script(f"/v1/installs/ins_1/{call}", httpx.Response(503))
        with pytest.raises(VendorUnreachable):
            getattr(session, call)(ctx, "ins_1")
        assert len(vendor.made(f"/v1/installs/ins_1/{call}")) == 1

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429])
    def test_a_refusal_is_not_repeated(self, session: VendorSession, vendor: Vendor, ctx: Context, status: int) -> None:
        vendor.script("/v1/installs", problem(status, "No."))
        with pytest.raises(Refused) as refusal:
            start(session, ctx)
        assert refusal.value.status == status
        assert len(vendor.made("/v1/installs")) == 1

    @pytest.mark.parametrize("answer", [problem(500, "Oh."), problem(501, "Oh."), httpx.Response(200, content=b"{")])
    def test_a_fault_leaves_open_whether_it_was_done(
        self, session: VendorSession, vendor: Vendor, ctx: Context, answer: httpx.Response
    ) -> None:
        """As the journal understands it: the same key is used next time."""
        vendor.script("/v1/installs", answer)
        with pytest.raises(VendorUnreachable):
            start(session, ctx)
        assert len(vendor.made("/v1/installs")) == 1

    def test_cancelling_ends_the_waiting(
        self, session: VendorSession, vendor: Vendor, ctx: Context, waits: Quick
    ) -> None:
        class Cancelling(httpx.Response):
            @property
            def is_success(self) -> bool:
                waits.cancel()
                return False

        vendor.script("/v1/installs", Cancelling(503))
        with pytest.raises(Cancelled):
            start(session, ctx)
        assert len(vendor.made("/v1/installs")) == 1

    def test_a_cancelled_context_sends_nothing(
        self, session: VendorSession, vendor: Vendor, ctx: Context, waits: Quick
    ) -> None:
        waits.cancel()
        sent = len(vendor.requests)
        for call in (lambda: start(session, ctx), lambda: session.pause(ctx, "ins_1")):
            with pytest.raises(Cancelled):
                call()
        assert len(vendor.requests) == sent


class TestUntrusted:
    @pytest.mark.parametrize(
        "content",
        [b"", b"null", b"[]", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"id": NaN}', b'"' + b"x" * 1000 + b'"'],
        ids=lambda content: content[:10],
    )
    def test_nonsense(self, session: VendorSession, vendor: Vendor, ctx: Context, content: bytes) -> None:
        vendor.script("/v1/integrations/int_1", httpx.Response(200, content=content))
        with pytest.raises(VendorError, match="cannot be understood") as refusal:
            session.integration(ctx, "int_1")
        assert len(refusal.value.message) < 400

    def test_a_reply_without_an_end_is_left(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        sent = 0

        def endless() -> Iterator[bytes]:
            nonlocal sent
            while True:
                sent += 1
                yield b" " * 65536

        vendor.script("/v1/integrations/int_1", httpx.Response(200, content=endless()))
        with pytest.raises(VendorError, match="too long"):
            session.integration(ctx, "int_1")
        assert sent <= MAX_REPLY_BYTES // 65536 + 2

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirects_are_refusals(self, session: VendorSession, vendor: Vendor, ctx: Context, status: int) -> None:
        vendor.script("/v1/integrations/int_1", httpx.Response(status, headers={"location": "https://evil.example"}))
        with pytest.raises(Refused):
            session.integration(ctx, "int_1")
        assert {request.url.host for request in vendor.requests} == {"127.0.0.1"}

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "../../installs"},
            {"id": 1},
            {"id": ""},
            {"state": "great"},
            {"account_id": "1"},
            {"role_arn": "a role"},
            {"verified_at": "yesterday"},
            {"verified_at": "2026-03-01T12:00:00"},
            {"verified_at": 1772366400},
            {"proof": {"with_external_id": ANSWER}},
            {"proof": {"with_external_id": {**ANSWER, "allowed": "yes"}, "without_external_id": ANSWER}},
            {"proof": {"with_external_id": {**ANSWER, "allowed": 1}, "without_external_id": ANSWER}},
        ],
        ids=str,
    )
    def test_wrong_types_are_named(
        self, session: VendorSession, vendor: Vendor, ctx: Context, change: dict[str, Any]
    ) -> None:
        vendor.script("/v1/integrations/int_1", INTEGRATION | change)
        with pytest.raises(VendorError, match=next(iter(change))):
            session.integration(ctx, "int_1")

    def test_texts_are_cleaned_and_cut(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        hostile = "\x1b[31mred\x00\u202eback\nline " + "x" * 10_000
        vendor.script("/v1/installs/ins_1/events", {"events": [EVENT | {"message": hostile}]})
        [event] = session.events(ctx, "ins_1", after=0, wait=0).events
        assert event.message.startswith("[31mred back line x")
        assert len(event.message) == 2000
        assert event.progress().message == event.message

    def test_what_a_refusing_vendor_says_is_kept_apart(
        self, session: VendorSession, vendor: Vendor, ctx: Context
    ) -> None:
        vendor.script("/v1/installs", problem(409, "Another\x1b block\n" + "x" * 10_000))
        with pytest.raises(Refused) as refusal:
            start(session, ctx)
        error = refusal.value
        assert error.message == "The vendor refused to start the install."
        assert error.details["vendor_says"].startswith("Another block xxx")
        assert len(error.details["vendor_says"]) == 500
        assert error.details["status"] == "409"

    @pytest.mark.parametrize("body", [b"", b"<h1>Oh</h1>", b"[]", b'{"detail": 5}', b"\xff" * 10_000])
    def test_a_refusal_that_is_no_problem_document(
        self, session: VendorSession, vendor: Vendor, ctx: Context, body: bytes
    ) -> None:
        vendor.script("/v1/installs", httpx.Response(400, content=body))
        with pytest.raises(Refused) as refusal:
            start(session, ctx)
        assert len(refusal.value.details["vendor_says"]) <= 500
        assert refusal.value.fix

    def test_no_error_holds_a_token(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        for trouble in (problem(500, "No."), httpx.ConnectError("refused"), httpx.Response(200, content=b"{")):
            vendor.script("/v1/installs", trouble)
            with pytest.raises(VendorError) as refusal:
                start(session, ctx)
            assert "token-1" not in repr(refusal.value.to_json())

    @pytest.mark.parametrize(
        "events",
        [
            [EVENT, EVENT],
            [EVENT | {"seq": 2}, EVENT],
            [EVENT | {"seq": 0}],
            [EVENT | {"percent": 101}],
            [EVENT | {"percent": "5"}],
            [EVENT | {"arn": "x"}],
            [EVENT | {"state": "a b"}],
            "none",
        ],
        ids=lambda events: str(events)[:60],
    )
    def test_wrong_events(self, session: VendorSession, vendor: Vendor, ctx: Context, events: Any) -> None:
        vendor.script("/v1/installs/ins_1/events", {"events": events})
        with pytest.raises(VendorError, match="events"):
            session.events(ctx, "ins_1", after=0, wait=0)

    @pytest.mark.parametrize(
        "url",
        ["http://vendor.example", "https://vendor.example/?x=1", "https://vendor.example/#x", "vendor", "https://"],
    )
    def test_the_control_planes_address(self, url: str) -> None:
        with pytest.raises(VendorError):
            VendorClient(url)


class TestCalls:
    def test_events_ask_for_later_ones_only(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        events = [EVENT | {"seq": seq, "percent": 5} for seq in (1, 2, 3)]
        vendor.script("/v1/installs/ins_1/events", {"events": events, "state": "installing"})
        got = session.events(ctx, "ins_1", after=2, wait=300)
        assert [event.seq for event in got.events] == [3]
        assert got.state == "installing"
        request = vendor.made("/v1/installs/ins_1/events")[0]
        assert dict(request.url.params) == {"after": "2", "wait": "30"}
        assert request.extensions["timeout"]["read"] == 40

    def test_connect_sends_what_the_protocol_says(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        vendor.script("/v1/integrations", httpx.Response(202, json=INTEGRATION | {"state": "pending", "proof": None}))
        policy = "arn:aws:iam::222222222222:policy/houseguest/popsql-"
        body = {
            "invitation_id": "inv_1",
            "installation_name": "popsql",
            "account_id": "222222222222",
            "role_arn": ROLE,
            "boundary_arn": policy + "operator-boundary",
            "workload_boundary_arn": policy + "workload-boundary",
            "stack_id": "arn:aws:cloudformation:us-east-1:222222222222:stack/popsql-role/1",
        }
        assert session.connect(ctx, **body, idempotency_key="hg-7").state == "pending"
        [request] = vendor.made("/v1/integrations")
        assert json.loads(request.content) == body
        assert request.headers["idempotency-key"] == "hg-7"

    def test_install_brings_endpoints(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        endpoints = {
            "url": "http://127.0.0.1:1/p",
            "health_url": "http://127.0.0.1:1/p/health",
            "load_balancer": "lb.example",
            "egress_ips": ["203.0.113.7"],
        }
        resource = {"arn": "arn:aws:s3:::popsql-1", "type": "AWS::S3::Bucket", "name": "popsql-1"}
        whole = INSTALL | {"state": "installed", "endpoints": endpoints, "resources": [resource]}
        vendor.script("/v1/installs/ins_1", whole)
        install = session.install(ctx, "ins_1")
        assert install.endpoints is not None
        assert install.endpoints.egress_ips == ("203.0.113.7",)
        assert str(install.cidr) == "10.64.0.0/16"

    def test_verify_tells_each_attempt(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        attempts = [
            ANSWER
            | {"kind": "with_external_id", "call": "sts:AssumeRole", "allowed": False, "error_code": "AccessDenied"},
            ANSWER | {"kind": "live_session", "call": "ec2:DescribeVpcs", "allowed": False},
        ]
        vendor.script("/v1/integrations/int_1/verify", {"state": "lost", "attempts": attempts})
        verification = session.verify(ctx, "int_1")
        assert verification.state == "lost"
        assert [attempt.kind for attempt in verification.attempts] == ["with_external_id", "live_session"]

    @pytest.mark.parametrize("answer", [httpx.Response(204), problem(404, "Gone."), problem(410, "Gone.")], ids=repr)
    def test_leaving_twice_is_fine(
        self, session: VendorSession, vendor: Vendor, ctx: Context, answer: httpx.Response
    ) -> None:
        vendor.script("/v1/integrations/int_1", answer)
        session.leave(ctx, "int_1")
        assert vendor.requests[-1].method == "DELETE"

    def test_leaving_can_be_refused(self, session: VendorSession, vendor: Vendor, ctx: Context) -> None:
        vendor.script("/v1/integrations/int_1", problem(409, "Busy."))
        with pytest.raises(Refused):
            session.leave(ctx, "int_1")

    def test_an_id_cannot_leave_its_place_in_the_path(
        self, session: VendorSession, vendor: Vendor, ctx: Context
    ) -> None:
        with pytest.raises(VendorError):
            session.install(ctx, "../integrations?x=1#y")
        assert vendor.requests[-1].url.raw_path == b"/v1/installs/..%2Fintegrations%3Fx%3D1%23y"


def test_a_client_that_was_never_used_can_be_closed() -> None:
    VendorClient(URL).close()


def test_nobody_listens(ctx: Context) -> None:
    started = time.monotonic()
    client = VendorClient("http://127.0.0.1:9")
    session = VendorSession(client, MemoryStore(), "one")
    with pytest.raises(VendorUnreachable):
        session.open(ctx, "the-invitation")
    client.close()
    assert time.monotonic() - started < 5
