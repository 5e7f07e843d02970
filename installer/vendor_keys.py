"""The keys with which vendors sign invitations: those that ship in `resources/vendors/`, and those that were confirmed.

A vendor that ships is known by its shipped keys alone. A vendor that does not is trusted on first use: the person
compares the fingerprint (RFC 7638 thumbprint) that the vendor gave by another way, and from then on only that key
counts for that vendor. How an invitation is verified with them: `invitation.py`.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

import resources
from installer.claims import Invitation, Issuer
from installer.errors import InvitationError, ProfileError
from installer.files import one_at_a_time, write_whole
from installer.outside import AccountId, Label, OutsideModel, first_problem
from installer.web import is_loopback_url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Kid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,200}\z")]

_ITS_KEY_IS_PUBLIC = "Do not use it: the key of this vendor is public, so anybody may have made it."


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Jwk(OutsideModel):
    """A public Ed25519 key as RFC 8037 writes it."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}\z")]
    kid: Kid | None = None
    d: None = Field(default=None, exclude=True, description="private half: must not be here")

    @model_validator(mode="after")
    def _one_spelling(self) -> Self:
        # 43 characters hold two bits too many: without this, one key would have four fingerprints.
        if base64url(self.raw()) != self.x:
            raise ValueError("x is not canonical base64url")
        return self

    def raw(self) -> bytes:
        return base64.urlsafe_b64decode(self.x + "=")

    @property
    def fingerprint(self) -> str:
        """RFC 7638: SHA-256 of the required members in order, base64url."""
        return base64url(hashlib.sha256(f'{{"crv":"{self.crv}","kty":"{self.kty}","x":"{self.x}"}}'.encode()).digest())

    def public_key(self) -> "Ed25519PublicKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.raw())


class Restriction(OutsideModel):
    """For a vendor whose private key is public, as that of the sandbox is: what its invitations may reach at most.

    Without it, anybody could sign an invitation in that vendor's name that gives a role to somebody else.
    """

    loopback: Literal[True]
    principal_account_id: AccountId

    def check(self, invitation: Invitation) -> None:
        reaches = (invitation.control_plane.url, invitation.template.url)
        if not all(is_loopback_url(url) for url in reaches):
            raise InvitationError(
                f"{invitation.iss} is for trying things out on this computer, but this invitation leads elsewhere.",
                fix=_ITS_KEY_IS_PUBLIC,
            )
        if invitation.trust.principal_account_id != self.principal_account_id:
            raise InvitationError(
                f"{invitation.iss} is for trying things out, but this invitation gives access to another account.",
                fix=_ITS_KEY_IS_PUBLIC,
            )


class VendorFile(OutsideModel):
    """`resources/vendors/<iss>.json`, and an item of the confirmed ones."""

    iss: Issuer
    name: Label
    keys: tuple[Jwk, ...] = Field(min_length=1, max_length=20)
    restricted_to: Restriction | None = None

    @model_validator(mode="after")
    def _keys_have_names(self) -> Self:
        kids = [key.kid for key in self.keys]
        if None in kids or len(set(kids)) != len(kids):
            raise ValueError("each key needs a kid of its own")
        return self

    def key(self, kid: str) -> Jwk | None:
        return next((key for key in self.keys if key.kid == kid), None)


class _ConfirmedFile(OutsideModel):
    version: Literal[1] = 1
    vendors: tuple[VendorFile, ...] = ()


class KeyTrust(StrEnum):
    """Why a vendor's key counts: it ships with the program, or the person confirmed it."""

    KNOWN = "known"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class KnownVendor:
    file: VendorFile
    trust: KeyTrust


class KnownKeys:
    """Looks vendors up; `root` is the folder of the saved installations."""

    def __init__(self, root: Path) -> None:
        self._path = root / "known-vendors.json"

    def find(self, iss: str) -> KnownVendor | None:
        shipped = _shipped(iss)
        if shipped is not None:
            return KnownVendor(shipped, KeyTrust.KNOWN)
        confirmed = next((vendor for vendor in self._confirmed().vendors if vendor.iss == iss), None)
        return None if confirmed is None else KnownVendor(confirmed, KeyTrust.CONFIRMED)

    def confirm(self, iss: str, name: str, key: Jwk) -> None:
        """Keep the key that the person confirmed. One that is kept already is never replaced."""
        with one_at_a_time(self._path.with_suffix(".lock")):
            known = self.find(iss)
            if known is None:
                new = VendorFile(iss=iss, name=name, keys=(key,))
                whole = _ConfirmedFile(vendors=(*self._confirmed().vendors, new))
                write_whole(self._path, json.dumps(whole.model_dump(mode="json"), indent=2).encode())
            elif key not in known.file.keys:
                raise changed_key(iss, known.trust)

    def _confirmed(self) -> _ConfirmedFile:
        try:
            return _ConfirmedFile.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _ConfirmedFile()
        except (OSError, ValidationError) as error:
            raise ProfileError(
                "The list of vendors that you confirmed cannot be read.",
                fix=f"Move {self._path} away; you will be asked to confirm your vendors again.",
                details={"problem": first_problem(error) if isinstance(error, ValidationError) else str(error)},
            ) from error


def changed_key(iss: str, trust: KeyTrust) -> InvitationError:
    what = "the keys that are known" if trust is KeyTrust.KNOWN else "the key that you confirmed"
    return InvitationError(
        f"This invitation is not signed with {what} for {iss}.",
        fix="Do not use it. Ask the vendor, by a way you already trust, whether its signing key has changed.",
    )


def _shipped(iss: str) -> VendorFile | None:
    try:
        vendor = VendorFile.model_validate_json(resources.read_bytes(f"vendors/{iss}.json"))
    except FileNotFoundError:
        return None
    return vendor if vendor.iss == iss else None
