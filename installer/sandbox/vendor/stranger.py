"""An invitation of a vendor that no computer knows, to look at what a person sees then. Nobody answers for it."""

from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.sandbox.vendor import invitations, signing

ISSUER = "harbor.example"
NAME = "Harbor"
_KEY_ID = "harbor-2026"


def invitation_of_a_stranger(invitation: Path, place: Path) -> Path:
    """What `invitation` says, as another vendor would sign it with a key of its own, which the token brings along."""
    claims = invitations.read_claims(invitation.read_text("ascii").strip())
    claims |= {"iss": ISSUER, "vendor": claims["vendor"] | {"name": NAME, "operator": NAME}}
    key = Ed25519PrivateKey.generate()
    headers = {"kid": _KEY_ID, "jwk": signing.public_jwk(key.public_key())}
    place.write_text(jwt.encode(claims, key, signing.ALGORITHM, headers), "ascii")
    return place
