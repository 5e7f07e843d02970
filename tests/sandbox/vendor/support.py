"""A vendor without AWS: a scripted AWS, a scripted deployer, a clock that is moved, work that waits to be run."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from installer.sandbox.vendor import invitations, signing
from installer.sandbox.vendor.app import create_app
from installer.sandbox.vendor.aws import Region, RoleSession, UsedBlock
from installer.sandbox.vendor.deploy.deployer import Built
from installer.sandbox.vendor.deploy.failures import StepFailed
from installer.sandbox.vendor.deploy.gate import Gate
from installer.sandbox.vendor.deploy.plan import Plan
from installer.sandbox.vendor.deploy.site import Progress
from installer.sandbox.vendor.deploy.steps import INSTALL_STEPS
from installer.sandbox.vendor.pace import Pace
from installer.sandbox.vendor.product import Product
from installer.sandbox.vendor.records import Answer, Failure, Resource
from installer.sandbox.vendor.services import Services, assemble
from installer.sandbox.vendor.settings import Settings
from installer.sandbox.vendor.tokens import GRANT_TYPE

URL = "http://127.0.0.1:9"
ACCOUNT = invitations.CUSTOMER_ACCOUNT_ID
OTHER_ACCOUNT = "333333333333"
DENIED = Failure("AccessDenied", "rds:CreateDBInstance", None, "not authorized to perform: rds:CreateDBInstance")
FAST = Pace(1e9)


@dataclass
class Clock:
    """Starts at the real time, because signatures are checked against that; moved by hand."""

    moved: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def advance(self, **by: float) -> None:
        self.moved += timedelta(**by)


@dataclass
class Later:
    """Background work that runs when the test says so."""

    waiting: list[Callable[[], None]] = field(default_factory=list)

    def __call__(self, name: str, work: Callable[[], None]) -> None:
        self.waiting.append(work)

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


@dataclass
class ScriptedAws:
    """`opens(external_id)` is the trust policy; `refused_first` the number of rounds that IAM takes to know it."""

    clock: Clock
    opens: Callable[[str | None], bool]
    refused_first: int = 0
    probe_allowed: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    probed: list[tuple[str, str]] = field(default_factory=list)
    used: tuple[UsedBlock, ...] = ()

    def assume(self, role_arn: str, session_name: str, external_id: str | None) -> tuple[Answer, RoleSession | None]:
        self.asked.append((session_name, external_id))
        if not self.opens(external_id) or self.refused_first > 0:
            self.refused_first -= 1
            return Answer(False, self.clock(), "r-denied", "AccessDenied", "not authorized"), None
        expires_at = self.clock() + timedelta(minutes=15)
        return Answer(True, self.clock(), "r-ok"), RoleSession(session_name, expires_at, "ASIA", "secret", "token")

    def probe(self, session: RoleSession, region: str) -> Answer:
        self.probed.append((session.session_name, region))
        code = None if self.probe_allowed else "UnauthorizedOperation"
        return Answer(self.probe_allowed, self.clock(), "r-probe", code)

    def regions(self, session: RoleSession, region: str) -> tuple[Region, ...]:
        return (Region("us-east-1", "opt-in-not-required"), Region("af-south-1", "not-opted-in"))

    def used_blocks(self, session: RoleSession, region: str) -> tuple[UsedBlock, ...]:
        return self.used


@dataclass
class ScriptedDeployer:
    """Walks the first steps, making one resource in each, and fails at the one named in `denied_at`."""

    steps: int = 3
    denied_at: set[str] = field(default_factory=set)
    before_step: Callable[[str], None] = lambda step: None
    plans: list[Plan] = field(default_factory=list)

    def install(self, plan: Plan, assume: Callable[[], RoleSession], gate: Gate, progress: Progress) -> Built:
        self.plans.append(plan)
        assume()
        for step in INSTALL_STEPS[: self.steps]:
            gate.check()
            progress.started(step, 0)
            self.before_step(step.id)
            if step.id in self.denied_at:
                progress.failed(step, 0, DENIED)
                raise StepFailed(DENIED)
            gate.check()
            arn = f"arn:aws:iam::{plan.account_id}:role{plan.workload_path}{plan.name(step.id)}"
            progress.made(Resource(arn, "AWS::IAM::Role", plan.name(step.id)))
            progress.succeeded(step, 10, arn, found=False)
        return Built("popsql-alb.example", ("203.0.113.7",))

    def upgrade(
        self, plan: Plan, version: str, assume: Callable[[], RoleSession], gate: Gate, progress: Progress
    ) -> None:
        self.plans.append(plan)
        if "upgrade" in self.denied_at:
            raise StepFailed(DENIED)


class Http:
    """Requests straight into the app, from any thread. Starlette's own test client is tied to one version of httpx."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, path: str, **options: Any) -> Response:
        return asyncio.run(self._send("GET", path, **options))

    def post(self, path: str, **options: Any) -> Response:
        return asyncio.run(self._send("POST", path, **options))

    def request(self, method: str, path: str, **options: Any) -> Response:
        return asyncio.run(self._send(method, path, **options))

    async def _send(self, method: str, path: str, **options: Any) -> Response:
        transport = ASGITransport(self._app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url=URL) as client:
            return await client.request(method, path, **options)


@dataclass
class Vendor:
    """A vendor process without the process."""

    clock: Clock
    aws: ScriptedAws
    deployer: ScriptedDeployer
    later: Later
    services: Services
    http: "Http"

    @classmethod
    def start(cls, scenario: str = "default") -> "Vendor":
        clock, later, deployer = Clock(), Later(), ScriptedDeployer()
        aws = ScriptedAws(
            clock, opens=lambda external_id: external_id is not None and external_id.startswith("release:")
        )
        settings = Settings(port=9, state=Path("unused"), scenario=scenario)
        product = Product(None, clock)
        services = assemble(settings, aws, deployer, product, FAST, clock, later)
        return cls(clock, aws, deployer, later, services, Http(create_app(services)))

    def installer(self, overrides: dict[str, Any] | None = None) -> "Installer":
        return Installer.arrive(self, invitations.issue(overrides, control_plane_url=URL))

    def trust_exactly(self, installer: "Installer") -> None:
        external_id = installer.claims["trust"]["external_id"]
        self.aws.opens = lambda given: given == external_id


@dataclass
class Installer:
    """The other side of the API: a key, an invitation, a token."""

    vendor: Vendor
    key: Ed25519PrivateKey
    claims: dict[str, Any]
    token: str

    @classmethod
    def arrive(cls, vendor: Vendor, invitation: str) -> "Installer":
        key = Ed25519PrivateKey.generate()
        reply = open_session(vendor, invitation, key)
        assert reply.status_code == 200, reply.text
        return cls(vendor, key, invitations.read_claims(invitation), reply.json()["access_token"])

    def get(self, path: str) -> Response:
        return self.vendor.http.get(path, headers=self._headers())

    def delete(self, path: str) -> Response:
        return self.vendor.http.request("DELETE", path, headers=self._headers())

    def post(self, path: str, body: Any = None, key: str | None = None) -> Response:
        headers = self._headers() | {"Idempotency-Key": key or uuid4().hex}
        return self.vendor.http.post(path, json=body, headers=headers)

    def connect(self, name: str = "popsql", key: str | None = None, **changes: Any) -> Response:
        return self.post("/v1/integrations", self.integration_body(name) | changes, key)

    def connected(self, name: str = "popsql") -> str:
        """The id of a connected integration."""
        self.vendor.trust_exactly(self)
        integration_id = str(self.connect(name).json()["id"])
        self.vendor.later.run()
        assert self.get(f"/v1/integrations/{integration_id}").json()["state"] == "connected"
        return integration_id

    def install(self, integration_id: str, key: str | None = None, **changes: Any) -> Response:
        body = {"integration_id": integration_id, "region": "eu-west-1", "cidr": "10.64.0.0/16", "options": {}}
        return self.post("/v1/installs", body | changes, key)

    def integration_body(self, name: str = "popsql") -> dict[str, Any]:
        return {
            "invitation_id": self.claims["jti"],
            "installation_name": name,
            "account_id": ACCOUNT,
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/release/{name}-operator",
            "boundary_arn": f"arn:aws:iam::{ACCOUNT}:policy/houseguest/{name}-operator-boundary",
            "workload_boundary_arn": f"arn:aws:iam::{ACCOUNT}:policy/houseguest/{name}-workload-boundary",
            "stack_id": f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/{name}-role/7c0e0d5e-aaaa-bbbb",
        }

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def open_session(vendor: Vendor, invitation: str, key: Ed25519PrivateKey) -> Response:
    body = {"invitation": invitation, "public_key": signing.public_jwk(key.public_key())}
    return vendor.http.post("/v1/sessions", json=body)


def assertion(key: Ed25519PrivateKey, **changes: Any) -> str:
    """What an installer signs to prove its key (RFC 7523)."""
    client_id, now = signing.thumbprint(key.public_key()), int(datetime.now(UTC).timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{URL}/v1/token",
        "iat": now,
        "exp": now + 55,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims | changes, key, algorithm="EdDSA")


def exchange(vendor: Vendor, signed: str, grant_type: str = GRANT_TYPE) -> Response:
    return vendor.http.post("/v1/token", data={"grant_type": grant_type, "assertion": signed})


def assert_problem(reply: Response, status: int, code: str) -> None:
    """An RFC 9457 problem of this kind, told in a sentence."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["type"] == f"urn:houseguest:problem:{code}"
    assert problem["status"] == status
    assert problem["detail"].endswith(".")


def states(events: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["step"], event["state"]) for event in events]


def in_thread(work: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
