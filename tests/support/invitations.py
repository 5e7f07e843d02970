"""Invitations for tests: right ones, from the reference vendor or from one that nobody knows, and tokens put together
by hand.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.sandbox.vendor.invitations import issue, read_claims
from installer.sandbox.vendor.signing import public_jwk

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STRANGER = "stranger.example"
STRANGERS_KEY = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def claims(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return read_claims(issue(overrides, now=NOW))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: Any, payload: Any, key: Ed25519PrivateKey | None = None, signature: bytes | None = None) -> str:
    """A compact JWS of whatever is given; bytes are taken as they are."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signed = ".".join(encoded(part) for part in parts)
    if signature is None:
        signature = key.sign(signed.encode()) if key else b""
    return f"{signed}.{encoded(signature)}"


def from_stranger(
    overrides: Mapping[str, Any] | None = None,
    *,
    key: Ed25519PrivateKey = STRANGERS_KEY,
    kid: str = "k1",
    jwk: Any = ...,
) -> str:
    """An invitation of a vendor that does not ship, with its key in the header unless another `jwk` (or None) is
    given.
    """
    header: dict[str, Any] = {"alg": "EdDSA", "kid": kid}
    brought = public_jwk(key.public_key()) if jwk is ... else jwk
    if brought is not None:
        header["jwk"] = brought
    return token(header, claims({"iss": STRANGER, **(overrides or {})}), key)
