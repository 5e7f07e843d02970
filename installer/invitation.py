"""From a personalised link, file or pasted text to a verified `Invitation`. What an invitation says is in `claims.py`.

An invitation is a JWS in compact form, signed with Ed25519 (`EdDSA`), by a key that is known for the vendor it names.
The key is looked up by vendor and `kid` (`vendor_keys.py`). The header's own `jwk` is looked at in one case only: the
vendor is not known at all, and then the person is asked to compare the key's fingerprint before anything else happens
(trust on first use). For a vendor that is known, a key that the token brings along is never a reason to believe it.
"""

import re
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, NoReturn, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, ValidationError

from installer.claims import Invitation, Issuer
from installer.errors import HouseguestError, InvitationError
from installer.outside import OutsideModel, first_problem
from installer.vendor_keys import Jwk, KeyTrust, Kid, KnownKeys, changed_key
from installer.web import Fetch, check_url, download

__all__ = ["Invitation", "UnknownVendorKey", "VerifiedInvitation", "load", "verify"]

MAX_BYTES = 256 * 1024
AUDIENCE = "houseguest"
LEEWAY = timedelta(seconds=60)
_MAX_HEADER_CHARACTERS = 4096
_MAX_PATH_CHARACTERS = 1024
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
Claims = TypeVar("Claims", bound=OutsideModel)
_ASK_AGAIN = "Ask the vendor to send the invitation again."


class UnknownVendorKey(InvitationError):
    """Everything about the invitation is right, but nobody has said yet that this key is the vendor's.

    `fingerprint` is to be compared with what the vendor says by another way; then `load(…, accept_key=fingerprint)`.
    """

    code = "unknown_vendor_key"

    def __init__(self, invitation: Invitation, fingerprint: str) -> None:
        super().__init__(
            f"{invitation.iss} is not a vendor that this computer knows; its key has the fingerprint {fingerprint}.",
            fix="Ask the vendor, by a way you already trust, for the fingerprint; if it is the same, accept the key.",
            details={"iss": invitation.iss, "vendor": invitation.vendor.name, "fingerprint": fingerprint},
        )
        self.invitation = invitation
        self.fingerprint = fingerprint


@dataclass(frozen=True)
class VerifiedInvitation:
    """An invitation whose signature, vendor, audience and times are right. `token` is what the vendor wants to see
    again.
    """

    invitation: Invitation
    token: str
    key_fingerprint: str
    trust: KeyTrust


class _Header(OutsideModel):
    alg: Literal["EdDSA"]
    kid: Kid
    jwk: Jwk | None = None
    crit: None = None
    b64: Literal[True] = True


class _Issued(OutsideModel):
    """What must be known of the payload to look the key up."""

    iss: Issuer


class _Audience(OutsideModel):
    aud: str | Annotated[tuple[str, ...], Field(max_length=20)]

    def holds(self, audience: str) -> bool:
        return self.aud == audience if isinstance(self.aud, str) else audience in self.aud


def load(
    source: str,
    *,
    keys: KnownKeys,
    now: datetime,
    fetch: Fetch = download,
    accept_key: str | None = None,
    stdin: BinaryIO | None = None,
) -> VerifiedInvitation:
    """Read and verify an invitation.

    source      an https link, a `houseguest://` link, a file, `-` for standard input, or the invitation itself
    accept_key  the fingerprint of an unknown vendor's key, which the person has compared; the key is then kept

    Raises `UnknownVendorKey` where that comparison is still to be made, else `InvitationError`.
    """
    return verify(_read(source, fetch, stdin), keys=keys, now=now, accept_key=accept_key)


def verify(token: str, *, keys: KnownKeys, now: datetime, accept_key: str | None = None) -> VerifiedInvitation:
    """Verify an invitation that was read. `token` may have white space in it, as e-mail puts it there."""
    token = "".join(token.split())
    if len(token) > MAX_BYTES:
        _refuse_size()
    if not _JWS.fullmatch(token):
        raise InvitationError("This is not an invitation, or a part of it is missing.", fix=_ASK_AGAIN)
    header = _header(token.split(".")[0])
    iss = _read_claims(_Issued, _decoded(token.split(".")[1])).iss
    known = keys.find(iss)
    key = known.file.key(header.kid) if known else header.jwk
    if key is None:
        raise changed_key(iss, known.trust) if known else _no_key(iss)
    if header.jwk is not None and header.jwk.fingerprint != key.fingerprint:
        raise InvitationError(
            f"This invitation brings a key of its own that is not the known one of {iss}.",
            fix="Do not use it. Ask the vendor, by a way you already trust, for a new invitation.",
        )
    payload = _signed_payload(token, key)
    invitation = _read_claims(Invitation, payload)
    _check_audience(payload)
    _check_times(invitation, now)
    if known is not None and known.file.restricted_to is not None:
        known.file.restricted_to.check(invitation)
    if known is None:
        if accept_key != key.fingerprint:
            raise UnknownVendorKey(invitation, key.fingerprint)
        keys.confirm(iss, invitation.vendor.name, key.model_copy(update={"kid": header.kid}))
    return VerifiedInvitation(invitation, token, key.fingerprint, known.trust if known else KeyTrust.CONFIRMED)


def _no_key(iss: str) -> InvitationError:
    return InvitationError(
        f"{iss} is not a vendor that this computer knows, and the invitation does not bring its key.",
        fix="Ask the vendor for an invitation that holds its public key, or install a version that knows the vendor.",
    )


def _read(source: str, fetch: Fetch, stdin: BinaryIO | None) -> str:
    source = source.strip().lstrip("\ufeff").strip()
    if source == "-":
        return _text((stdin or sys.stdin.buffer).read(MAX_BYTES + 1))
    if source.startswith("houseguest:"):
        return _text(_fetched(_linked(source), fetch))
    if source.startswith(("https:", "http:")):
        return _text(_fetched(source, fetch))
    # A token begins with `{"` in base64; a path is one short line.
    if source.startswith("eyJ") or len(source) > _MAX_PATH_CHARACTERS or "\n" in source:
        return source
    return _text(_file(source))


def _linked(link: str) -> str:
    """The address inside `houseguest://open?invitation=<https address>`."""
    try:
        parts = urlsplit(link)
        query = parse_qs(parts.query, strict_parsing=True, max_num_fields=10)
    except ValueError:
        query = {}
    else:
        if parts.netloc != "open" or parts.path not in {"", "/"}:
            query = {}
    addresses = query.get("invitation", [])
    if len(addresses) != 1:
        raise InvitationError("This link does not lead to an invitation.", fix="Use the link as the vendor sent it.")
    return addresses[0]


def _fetched(address: str, fetch: Fetch) -> bytes:
    try:
        check_url(address)
    except ValueError as error:
        raise InvitationError(f"The address of the invitation {error}.", fix=_ASK_AGAIN) from error
    try:
        return fetch(address, limit=MAX_BYTES)
    except InvitationError:
        raise
    except HouseguestError as error:
        raise InvitationError(
            f"The invitation could not be fetched: {error.message}", fix=error.fix, details=error.details
        ) from error


def _file(path: str) -> bytes:
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a file name"
        raise InvitationError(
            f"The invitation file cannot be read: {why}.",
            fix="Give the file that the vendor sent, its https link, or the text of the invitation.",
            details={"file": path},
        ) from error


def _text(data: bytes) -> str:
    """A token is ASCII; editors and shells put marks and wide characters around it."""
    if len(data) > MAX_BYTES:
        _refuse_size()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvitationError("This is not an invitation: it is not text.", fix=_ASK_AGAIN) from error


def _refuse_size() -> NoReturn:
    raise InvitationError(
        f"This is too big to be an invitation: more than {MAX_BYTES // 1024} KiB.",
        fix="Check that it is the right file.",
    )


def _decoded(part: str) -> bytes:
    from jwt.utils import base64url_decode

    try:
        return base64url_decode(part)
    except ValueError as error:
        raise InvitationError("A part of this invitation is damaged or missing.", fix=_ASK_AGAIN) from error


def _header(part: str) -> _Header:
    if len(part) > _MAX_HEADER_CHARACTERS:
        raise InvitationError("This is not an invitation: its header is too long.", fix=_ASK_AGAIN)
    try:
        return _Header.model_validate_json(_decoded(part))
    except ValidationError as error:
        raise InvitationError(
            "This invitation is not signed in the way that invitations are.",
            fix="Do not use it. " + _ASK_AGAIN,
            details={"header": first_problem(error)},
        ) from error


def _signed_payload(token: str, key: Jwk) -> bytes:
    import jwt

    try:
        payload = jwt.PyJWS(algorithms=["EdDSA"]).decode(token, key.public_key(), algorithms=["EdDSA"])
    except (jwt.PyJWTError, RecursionError, ValueError) as error:
        raise InvitationError(
            "The signature of this invitation is wrong: it was changed on the way, or it is forged.",
            fix="Do not use it. " + _ASK_AGAIN,
        ) from error
    return bytes(payload)


def _read_claims(model: type[Claims], payload: bytes) -> Claims:
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        raise InvitationError(
            f"This invitation is not complete or not right: {first_problem(error)}.",
            fix="Ask the vendor for a new invitation and tell it what is wrong with this one.",
        ) from error


def _check_audience(payload: bytes) -> None:
    if not _read_claims(_Audience, payload).holds(AUDIENCE):
        raise InvitationError(
            "This is signed by the vendor, but it is not an invitation for Houseguest.", fix=_ASK_AGAIN
        )


def _check_times(invitation: Invitation, now: datetime) -> None:
    if now - LEEWAY >= invitation.expires_at:
        raise InvitationError(
            f"This invitation ended on {_day(invitation.expires_at)}.", fix="Ask the vendor for a new invitation."
        )
    begins = max(invitation.not_before, invitation.issued_at)
    if now + LEEWAY < begins:
        raise InvitationError(
            f"This invitation is not valid before {_day(begins)}.",
            fix="Wait until then; if that is in the past, set the clock of this computer.",
        )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
