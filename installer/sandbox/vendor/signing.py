"""Signatures: the vendor's key for invitations, the keys that installers prove with. What is signed: invitations.py.

The signing key of the reference vendor is fixed and public, because the sandbox's invitations must verify on every
machine against resources/vendors/release.example.json. It protects nothing: whoever has this source can sign with it.
A real vendor keeps its key in an HSM or KMS.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "EdDSA"
SANDBOX_KEY_ID = "release-sandbox-2026"
_SANDBOX_SEED = hashlib.sha256(b"Houseguest sandbox vendor: a public signing key that protects nothing").digest()


def sandbox_key() -> Ed25519PrivateKey:
    """The fixed key of the reference vendor."""
    return Ed25519PrivateKey.from_private_bytes(_SANDBOX_SEED)


def sign(claims: Mapping[str, Any], key: Ed25519PrivateKey, kid: str) -> str:
    """A compact JWS over the claims exactly as given: no time or type is checked, so that tests can sign wrong ones."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": "JWT"}
    signed = f"{_encode(_canonical(header))}.{_encode(_canonical(claims))}"
    return f"{signed}.{_encode(key.sign(signed.encode('ascii')))}"


def public_jwk(key: Ed25519PublicKey, kid: str | None = None) -> dict[str, str]:
    """RFC 8037 form: OKP, Ed25519."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _encode(key.public_bytes_raw())}
    return jwk if kid is None else jwk | {"kid": kid, "alg": ALGORITHM, "use": "sig"}


def read_jwk(x: str) -> Ed25519PublicKey:
    """The key whose raw bytes are base64url-coded in `x`. Raises ValueError."""
    raw = base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
    return Ed25519PublicKey.from_public_bytes(raw)


def thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638: SHA-256 over the required members in lexicographic order."""
    return _encode(hashlib.sha256(_canonical(dict(sorted(public_jwk(key).items())))).digest())


def verify(
    token: str, key: Ed25519PublicKey, *, audience: str, issuer: str, required: tuple[str, ...], leeway: int
) -> dict[str, Any]:
    """The claims of a token whose signature, times, audience and issuer hold. Raises jwt.InvalidTokenError."""
    return jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=audience,
        issuer=issuer,
        leeway=leeway,
        options={"require": list(required)},
    )


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
