"""What the vendor remembers: frozen records. Where they are kept: store.py. What goes over the wire: models.py."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from installer.sandbox.vendor.invitations import Invitation


class IntegrationState(StrEnum):
    PENDING = "pending"
    CONNECTED = "connected"
    REJECTED = "rejected"
    LOST = "lost"


class InstallState(StrEnum):
    INSTALLING = "installing"
    INSTALLED = "installed"
    FAILED = "failed"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    UPGRADING = "upgrading"


class EventState(StrEnum):
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class AttemptKind(StrEnum):
    WITH_EXTERNAL_ID = "with_external_id"
    WITHOUT_EXTERNAL_ID = "without_external_id"
    LIVE_SESSION = "live_session"


class AccessRequestState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True)
class Client:
    """An installer: a key that proves it, and the invitation it came with."""

    id: str
    key: Ed25519PublicKey
    invitation: Invitation


@dataclass(frozen=True)
class Answer:
    """What AWS said to one attempt, as it said it."""

    allowed: bool
    at: datetime
    request_id: str
    error_code: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Attempt:
    kind: AttemptKind
    call: str
    allowed: bool
    at: datetime
    request_id: str
    error_code: str | None = None


@dataclass(frozen=True)
class Proof:
    """Both halves of what makes the role safe: the external id opens it, and nothing opens it without."""

    with_external_id: Answer
    without_external_id: Answer


@dataclass(frozen=True)
class Integration:
    """`tenant` is the external id: whose invitation this came from. It is never sent back.

    `has_left` once the customer has said so: what the vendor can still do is then told, but is no connection.
    """

    id: str
    tenant: str
    account_id: str
    installation_name: str
    role_arn: str
    boundary_arn: str | None
    workload_boundary_arn: str
    stack_id: str
    state: IntegrationState = IntegrationState.PENDING
    reason: str | None = None
    verified_at: datetime | None = None
    proof: Proof | None = None
    install_id: str | None = None
    has_left: bool = False


@dataclass(frozen=True)
class Failure:
    """One failed AWS call. `action` is the IAM action it needed."""

    code: str
    action: str
    resource: str | None
    message: str


@dataclass(frozen=True)
class Resource:
    arn: str
    type: str
    name: str


@dataclass(frozen=True)
class Endpoints:
    url: str
    health_url: str
    load_balancer: str
    egress_ips: tuple[str, ...]


@dataclass(frozen=True)
class Install:
    id: str
    integration_id: str
    region: str
    cidr: str
    product_version: str
    contact_email: str | None
    state: InstallState = InstallState.INSTALLING
    endpoints: Endpoints | None = None
    resources: tuple[Resource, ...] = ()
    error: Failure | None = None


@dataclass(frozen=True)
class Event:
    seq: int
    at: datetime
    step: str
    state: EventState
    message: str
    percent: int | None = None
    arn: str | None = None
    error: Failure | None = None


@dataclass(frozen=True)
class AccessRequest:
    id: str
    integration_id: str
    phase: str
    not_before: datetime
    not_after: datetime
    reason: str
    state: AccessRequestState = AccessRequestState.PENDING
    decided_at: datetime | None = None
