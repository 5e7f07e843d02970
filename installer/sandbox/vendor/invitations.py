"""The personalised invitation: its claims, its signature, and reading one back. What it offers: offer.py.

`issue` takes overrides, so that tests can make the invitations a customer must refuse: expired, foreign, wrong-typed.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, ValidationError

import resources
from installer.sandbox.vendor import offer, signing

AUDIENCE = "houseguest"
CUSTOMER_ACCOUNT_ID = "222222222222"
VALID_FOR = timedelta(days=14)
LEEWAY_SECONDS = 60
REQUIRED_CLAIMS = ("iss", "aud", "jti", "iat", "nbf", "exp")
FILE_NAME = "invitation.houseguest"


class Removed:
    """As an override: the claim is left out."""


class InvitationError(ValueError):
    """The vendor does not accept the invitation; the message says why, in one sentence."""


@dataclass(frozen=True)
class Invitation:
    """What the vendor itself needs to know again from an invitation that it issued."""

    id: str
    external_id: str
    account_id: str | None
    role_path: str
    allowed_regions: tuple[str, ...]
    min_prefix: int
    max_prefix: int
    avoid: tuple[str, ...]


def template_bytes() -> bytes:
    """The role template, exactly as it is served and pinned."""
    return resources.read_bytes(offer.TEMPLATE_PATH)


def template_name() -> str:
    """Named after its content, so that a changed template is a new address."""
    return f"vendor-role-{hashlib.sha256(template_bytes()).hexdigest()[:12]}.yaml"


def claims(
    control_plane_url: str,
    now: datetime,
    *,
    account_id: str | None = CUSTOMER_ACCOUNT_ID,
    boundary_without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The claims of a fresh invitation, with an external id of its own."""
    return {
        "iss": offer.ISSUER,
        "aud": AUDIENCE,
        "jti": f"inv_{secrets.token_hex(10)}",
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + VALID_FOR).timestamp()),
        "vendor": offer.VENDOR,
        "product": offer.PRODUCT,
        "customer": {"name": "Acme Corporation", "aws_account_id": account_id},
        "trust": {
            "principal_arn": offer.PRINCIPAL_ARN,
            "external_id": f"release:acme:{secrets.token_hex(16)}",
        },
        "template": {
            "url": f"{control_plane_url}/templates/{template_name()}",
            "sha256": hashlib.sha256(template_bytes()).hexdigest(),
            "role_path": offer.ROLE_PATH,
            "parameters": list(offer.TEMPLATE_PARAMETERS),
        },
        "permissions": {
            "default_grant": ["arn:aws:iam::aws:policy/PowerUserAccess"],
            "minimal_boundary": offer.minimal_boundary(boundary_without),
            "needs": {phase: [need.claim() for need in needs] for phase, needs in offer.NEEDS.items()},
            "max_session_seconds": offer.MAX_SESSION_SECONDS,
        },
        "network": {
            "allowed_regions": list(offer.ALLOWED_REGIONS),
            "prefix_length": {"default": offer.DEFAULT_PREFIX, "min": offer.MIN_PREFIX, "max": offer.MAX_PREFIX},
            "avoid": list(offer.AVOID_BLOCKS),
        },
        "resources": [{"type": type_name, "count": count} for type_name, count in offer.CREATED.items()],
        "expects": {"setup_seconds": 300, "install_seconds": 1800},
        "control_plane": {"url": control_plane_url},
    }


def issue(
    overrides: Mapping[str, Any] | None = None,
    *,
    control_plane_url: str = "http://127.0.0.1:1",
    now: datetime | None = None,
    base: Mapping[str, Any] | None = None,
    key: Ed25519PrivateKey | None = None,
    kid: str = signing.SANDBOX_KEY_ID,
) -> str:
    """A signed invitation (compact JWS). `overrides` are merged into `base`, or into fresh claims where none are given.

    Mappings merge member by member, any other value replaces, `Removed` leaves a claim out. Nothing is validated.
    `key` signs instead of the vendor's own.
    """
    start = base if base is not None else claims(control_plane_url, now or datetime.now(UTC))
    return signing.sign(_merge(start, overrides or {}), key or signing.sandbox_key(), kid)


def read_claims(token: str) -> dict[str, Any]:
    """The claims of a token, unverified: to start the next one from."""
    return jwt.decode(token, options={"verify_signature": False})


def write_invitation(directory: Path, fresh: Mapping[str, Any], now: datetime) -> Path:
    """`fresh` signed as a file in `directory`; one that is there already and still good for this address stays.

    A vendor that is started again thus keeps its customer's external id.
    """
    path = directory / FILE_NAME
    if path.exists():
        there = read_claims(path.read_text("ascii"))
        still_good = there["exp"] > now.timestamp() and there["permissions"] == fresh["permissions"]
        if still_good and there["template"] == fresh["template"] and there["control_plane"] == fresh["control_plane"]:
            return path
    path.write_text(issue(base=fresh), "ascii")
    return path


def read_invitation(token: str) -> Invitation:
    """What this vendor promised in `token`. Raises InvitationError."""
    try:
        verified = signing.verify(
            token,
            signing.sandbox_key().public_key(),
            audience=AUDIENCE,
            issuer=offer.ISSUER,
            required=REQUIRED_CLAIMS,
            leeway=LEEWAY_SECONDS,
        )
    except jwt.ExpiredSignatureError as error:
        raise InvitationError("The invitation has expired.") from error
    except jwt.InvalidTokenError as error:
        raise InvitationError("The invitation was not issued by this vendor, or was changed afterwards.") from error
    try:
        known = _Claims.model_validate(verified)
    except ValidationError as error:
        raise InvitationError("The invitation lacks something that this vendor puts into every one.") from error
    return Invitation(
        id=known.jti,
        external_id=known.trust.external_id,
        account_id=known.customer.aws_account_id,
        role_path=known.template.role_path,
        allowed_regions=tuple(known.network.allowed_regions),
        min_prefix=known.network.prefix_length.min,
        max_prefix=known.network.prefix_length.max,
        avoid=tuple(known.network.avoid),
    )


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Trust(_Part):
    external_id: str


class _Customer(_Part):
    aws_account_id: str | None


class _Template(_Part):
    role_path: str


class _PrefixLength(_Part):
    min: int
    max: int


class _Network(_Part):
    allowed_regions: list[str]
    prefix_length: _PrefixLength
    avoid: list[str]


class _Claims(_Part):
    jti: str
    trust: _Trust
    customer: _Customer
    template: _Template
    network: _Network


def _merge(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in overrides.items():
        if value is Removed:
            merged.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(name), Mapping):
            merged[name] = _merge(merged[name], value)
        else:
            merged[name] = value
    return merged
