"""What an invitation says: the claims of the vendor protocol. That they are the vendor's is checked in `invitation.py`.

Every text is the vendor's word. It is bounded, free of control characters, and shown as plain text.
"""

from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

from installer.outside import AccountId, Arn, Label, OutsideModel, Prose, RegionName, Url, all_plain

MAX_PREFIX = 28
MIN_PREFIX = 16


def _numeric_date(value: object) -> datetime:
    """Seconds since 1970, as RFC 7519 writes times."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number of seconds since 1970")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("is not a time") from error


def _policy(document: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(document.get("Statement"), list | dict):
        raise ValueError("must be a policy document with a Statement")
    all_plain(document)
    return document


def _not_amazons(path: str) -> str:
    if path.startswith("/aws-"):
        raise ValueError("must not begin with /aws-, which AWS keeps for itself")
    return path


NumericDate = Annotated[datetime, BeforeValidator(_numeric_date), PlainSerializer(lambda at: at.timestamp(), float)]
Issuer = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?\z")]
PrincipalArn = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:(root|role/[A-Za-z0-9_+=,.@/-]{1,576})\z"),
]
ExternalId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@:/-]+\z", min_length=2, max_length=1224)]
RolePath = Annotated[
    str, StringConstraints(pattern=r"^/[A-Za-z0-9._-]+/\z", max_length=100), AfterValidator(_not_amazons)
]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,255}\z")]
ActionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}:[A-Za-z0-9*?]{1,128}\z")]
ResourceName = Annotated[str, StringConstraints(pattern=r"^(\*|arn:[^\s]+)\z", max_length=2048)]
ResourceType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+(::[A-Za-z0-9]+){2}\z", max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
Prefix = Annotated[int, Field(ge=MIN_PREFIX, le=MAX_PREFIX)]
Seconds = Annotated[int, Field(ge=1, le=7 * 24 * 3600)]


class Agreement(OutsideModel):
    title: Label
    url: Url


class Vendor(OutsideModel):
    """`operator` is who gets access; `access_statement` who may look at the customer's servers, in the vendor's
    words.
    """

    name: Label
    operator: Label
    support_url: Url
    access_statement: Prose
    agreements: tuple[Agreement, ...] = Field(default=(), max_length=20)


class ProductOffer(OutsideModel):
    name: Label
    version: Label
    summary: Prose


class Customer(OutsideModel):
    """`aws_account_id` is None where the invitation is for any account of the customer."""

    name: Label
    aws_account_id: AccountId | None


class Trust(OutsideModel):
    """Whom the role will trust: an exact role, or (a finding, not a refusal) a whole account."""

    principal_arn: PrincipalArn
    external_id: ExternalId

    @property
    def is_whole_account(self) -> bool:
        return self.principal_arn.endswith(":root")

    @property
    def principal_account_id(self) -> str:
        return self.principal_arn.split(":")[4]


class Template(OutsideModel):
    """The vendor's CloudFormation template, pinned by `sha256` of its bytes."""

    url: Url
    sha256: Sha256
    role_path: RolePath
    parameters: tuple[ParameterName, ...] = Field(min_length=1, max_length=60)


class Need(OutsideModel):
    """Actions that the vendor says it uses, on what, and why."""

    actions: tuple[ActionName, ...] = Field(min_length=1, max_length=500)
    resources: tuple[ResourceName, ...] = Field(min_length=1, max_length=100)
    why: Prose


class PermissionsAsked(OutsideModel):
    """`minimal_boundary` still has `<account_id>` in it. `needs` by phase: install, steady, update."""

    default_grant: tuple[Arn, ...] = Field(min_length=1, max_length=20)
    minimal_boundary: Annotated[dict[str, Any], AfterValidator(_policy)]
    needs: dict[Literal["install", "steady", "update"], Annotated[tuple[Need, ...], Field(max_length=200)]]
    max_session_seconds: Annotated[int, Field(ge=3600, le=43200)]


class PrefixLength(OutsideModel):
    default: Prefix = MIN_PREFIX
    min: Prefix = MIN_PREFIX
    max: Prefix = MAX_PREFIX

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.default <= self.max:
            raise ValueError("must have min ≤ default ≤ max")
        return self


class NetworkAsked(OutsideModel):
    allowed_regions: tuple[RegionName, ...] = Field(min_length=1, max_length=64)
    prefix_length: PrefixLength = PrefixLength()
    avoid: tuple[IPv4Network, ...] = Field(default=(), max_length=256)


class ResourceCount(OutsideModel):
    type: ResourceType
    count: Annotated[int, Field(ge=1, le=10_000)]


class Expects(OutsideModel):
    """How long each phase usually takes, for honest estimates."""

    setup_seconds: Seconds
    install_seconds: Seconds


class ControlPlane(OutsideModel):
    url: Url


class Invitation(OutsideModel):
    """The claims of one invitation. That they are the vendor's is only known of a `VerifiedInvitation`."""

    iss: Issuer
    jti: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,200}\z")]
    issued_at: NumericDate = Field(alias="iat")
    not_before: NumericDate = Field(alias="nbf")
    expires_at: NumericDate = Field(alias="exp")
    vendor: Vendor
    product: ProductOffer
    customer: Customer
    trust: Trust
    template: Template
    permissions: PermissionsAsked
    network: NetworkAsked
    resources: tuple[ResourceCount, ...] = Field(max_length=200)
    expects: Expects
    control_plane: ControlPlane

    def to_claims(self) -> dict[str, Any]:
        """The claims as JSON values; what a saved profile keeps."""
        return self.model_dump(mode="json", by_alias=True)
