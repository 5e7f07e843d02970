"""What goes over the wire: strict pydantic models, one per body. What is remembered behind them: records.py.

docs/vendor-api.yaml is made from these models and app.py; a test holds the two together.
"""

from datetime import UTC
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

from installer.sandbox.vendor.records import (
    AccessRequestState,
    AttemptKind,
    EventState,
    InstallState,
    IntegrationState,
)

LONGEST_ARN = 2048
INSTALLATION_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ROLE_ARN = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$"
POLICY_ARN = r"^arn:aws[a-z-]*:iam::[0-9]{12}:policy/[A-Za-z0-9_+=,.@/-]+$"
STACK_ID = r"^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:[0-9]{12}:stack/[A-Za-z][A-Za-z0-9-]*/[0-9A-Za-z-]+$"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z]+_[0-9a-z]{8,40}$")]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
Cidr = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,255}$")]
Instant = Annotated[
    AwareDatetime,
    Field(strict=False),
    PlainSerializer(lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), str, "json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Body(BaseModel):
    """A request: no unknown member, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Reply(BaseModel):
    """A reply, read off a record."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class PublicKey(Body):
    """RFC 8037: the public half of the key that the installer made for this installation."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    kid: str | None = None
    alg: str | None = None
    use: str | None = None


class SessionRequest(Body):
    invitation: Annotated[str, StringConstraints(min_length=1, max_length=262_144)]
    public_key: PublicKey


class Token(Reply):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    client_id: str = Field(description="RFC 7638 thumbprint of the public key")


class IntegrationRequest(Body):
    invitation_id: Id
    installation_name: Annotated[str, StringConstraints(pattern=INSTALLATION_NAME, min_length=2, max_length=31)]
    account_id: AccountId
    role_arn: Annotated[str, StringConstraints(pattern=ROLE_ARN, max_length=LONGEST_ARN)]
    boundary_arn: Annotated[str, StringConstraints(pattern=POLICY_ARN, max_length=LONGEST_ARN)] | None = None
    workload_boundary_arn: Annotated[str, StringConstraints(pattern=POLICY_ARN, max_length=LONGEST_ARN)]
    stack_id: Annotated[str, StringConstraints(pattern=STACK_ID, max_length=LONGEST_ARN)]


class Answer(Reply):
    """What AWS said to one attempt."""

    allowed: bool
    at: Instant
    request_id: str
    error_code: str | None = None


class Proof(Reply):
    with_external_id: Answer
    without_external_id: Answer


class Integration(Reply):
    id: Id
    state: IntegrationState
    reason: str | None = Field(None, description="one sentence, when rejected or lost")
    account_id: AccountId
    installation_name: str
    role_arn: str
    verified_at: Instant | None = None
    proof: Proof | None = None
    install_id: Id | None = None


class Attempt(Reply):
    kind: AttemptKind
    allowed: bool
    call: str = Field(description="the AWS call, such as sts:AssumeRole")
    at: Instant
    request_id: str
    error_code: str | None = None


class Verification(Reply):
    state: IntegrationState
    attempts: list[Attempt]


class RegionView(Reply):
    name: str
    opt_in_status: str


class Regions(Reply):
    regions: list[RegionView]


class UsedBlock(Reply):
    cidr: str
    vpc_id: str


class Networks(Reply):
    region: str
    used: list[UsedBlock]
    free: list[str] = Field(description="blocks of the default size that nothing seen uses, the first few")


class InstallRequest(Body):
    integration_id: Id
    region: Region
    cidr: Cidr
    contact_email: Email | None = None
    options: dict[str, Any] = Field(default_factory=dict, max_length=32)


class Failure(Reply):
    """One failed AWS call. `action` is the IAM action that it needed."""

    code: str
    action: str
    resource: str | None = None
    message: str


class Resource(Reply):
    arn: str
    type: str = Field(description="CloudFormation's name of the type, such as AWS::EC2::VPC")
    name: str


class Endpoints(Reply):
    url: str
    health_url: str
    load_balancer: str = Field(description="DNS name; clients come in here")
    egress_ips: list[str] = Field(description="addresses that the product's own queries come from")


class Install(Reply):
    id: Id
    integration_id: Id
    state: InstallState
    region: str
    cidr: str
    product_version: str
    endpoints: Endpoints | None = None
    resources: list[Resource]
    error: Failure | None = None


class Event(Reply):
    seq: int
    at: Instant
    step: str
    state: EventState
    message: str
    percent: int | None = Field(None, ge=0, le=100)
    arn: str | None = None
    error: Failure | None = None


class Events(Reply):
    """`state` is the install's, so that a watcher knows when to stop without asking again."""

    events: list[Event]
    state: InstallState


class UpgradeRequest(Body):
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] | None = None


class AccessRequest(Reply):
    model_config = ConfigDict(from_attributes=True, frozen=True, serialize_by_alias=True, validate_by_name=True)

    id: Id
    phase: str
    not_before: Instant = Field(alias="from")
    not_after: Instant = Field(alias="until")
    reason: str
    state: AccessRequestState
    decided_at: Instant | None = None


class AccessRequests(Reply):
    access_requests: list[AccessRequest]


class Decision(Body):
    decision: Literal["approve", "decline"]


class AccessRequestDraft(Body):
    """The vendor's own side: what it asks the customer for."""

    phase: Literal["install", "update", "support"]
    not_before: Instant = Field(alias="from")
    not_after: Instant = Field(alias="until")
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ProblemDetails(BaseModel):
    """RFC 9457. `errors` says where in the request it is, as a JSON pointer."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None
