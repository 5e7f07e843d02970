"""What the vendor's control plane answers. The calls themselves are in `vendor.py`; the protocol is in
`docs/vendor-protocol.md`.

The vendor is not trusted: identifiers have their exact shape or the answer is refused, and free text is cleaned and
cut before anybody sees it. All of it is the vendor's word (`Source.VENDOR`).
"""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from installer.events import VendorProgress
from installer.outside import AccountId, Arn, OutsideModel, RegionName, Url, plain

_TEXT_LIMIT = 2000

Cleaned = Annotated[str, AfterValidator(lambda text: plain(text, _TEXT_LIMIT))]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}\z")]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,100}\z")]
RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=+/.:-]{0,200}\z")]
IpAddress = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F.:]{2,45}\z")]


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


class AttemptKind(StrEnum):
    WITH_EXTERNAL_ID = "with_external_id"
    WITHOUT_EXTERNAL_ID = "without_external_id"
    LIVE_SESSION = "live_session"


class Token(OutsideModel):
    access_token: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,8192}\z")] = Field(repr=False)
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1, le=24 * 3600)]
    client_id: Word


class Answer(OutsideModel):
    """What AWS said to one attempt of the vendor."""

    allowed: bool
    at: AwareDatetime
    request_id: RequestId
    error_code: Word | None = None


class Proof(OutsideModel):
    with_external_id: Answer
    without_external_id: Answer

    @property
    def holds(self) -> bool:
        """The external id opens the role, and nothing opens it without."""
        return self.with_external_id.allowed and not self.without_external_id.allowed


class Integration(OutsideModel):
    id: Id
    state: IntegrationState
    reason: Cleaned | None = None
    account_id: AccountId
    installation_name: Word
    role_arn: Arn
    verified_at: AwareDatetime | None = None
    proof: Proof | None = None
    install_id: Id | None = None


class Attempt(Answer):
    """One try of the vendor to use its access. `call` is the AWS call, as `sts:AssumeRole`."""

    kind: AttemptKind
    call: Word


class Verification(OutsideModel):
    state: IntegrationState
    attempts: tuple[Attempt, ...] = Field(max_length=1000)


class Failure(OutsideModel):
    """A call of the vendor that AWS refused. `action` is the IAM action that it needed."""

    code: Word
    action: Word
    resource: Cleaned | None = None
    message: Cleaned


class Resource(OutsideModel):
    arn: Arn
    type: Word
    name: Cleaned


class Endpoints(OutsideModel):
    """`load_balancer` is where clients come in; `egress_ips` are where the product's own queries come from."""

    url: Url
    health_url: Url
    load_balancer: Cleaned
    egress_ips: tuple[IpAddress, ...] = Field(max_length=100)


class Install(OutsideModel):
    id: Id
    integration_id: Id
    state: InstallState
    region: RegionName
    cidr: IPv4Network
    product_version: Cleaned
    endpoints: Endpoints | None = None
    resources: tuple[Resource, ...] = Field(default=(), max_length=10_000)
    error: Failure | None = None


class InstallEvent(OutsideModel):
    """`seq` grows by at least one from event to event; `percent` is the vendor's guess."""

    seq: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    step: Cleaned
    state: Word
    message: Cleaned
    percent: Annotated[float, Field(ge=0, le=100)] | None = None
    arn: Arn | None = None
    error: Failure | None = None

    def progress(self) -> VendorProgress:
        return VendorProgress(self.seq, self.step, self.state, self.message, self.at, self.percent, self.arn)


class Events(OutsideModel):
    """`state` is the install's own, where the vendor sends it along."""

    events: tuple[InstallEvent, ...] = Field(max_length=10_000)
    state: InstallState | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(one.seq >= next_one.seq for one, next_one in zip(self.events, self.events[1:], strict=False)):
            raise ValueError("events must be in the order of their seq")
        return self


class Problem(OutsideModel):
    """RFC 9457. Every member may be absent."""

    type: Cleaned = "about:blank"
    title: Cleaned = ""
    detail: Cleaned = ""
