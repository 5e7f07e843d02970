"""Who is calling: sessions opened with an invitation, assertions (RFC 7523), bearer tokens. The keys: signing.py."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from installer.sandbox.vendor import signing
from installer.sandbox.vendor.invitations import Invitation, InvitationError, read_invitation
from installer.sandbox.vendor.models import PublicKey, Token
from installer.sandbox.vendor.problems import Problem
from installer.sandbox.vendor.records import Client
from installer.sandbox.vendor.store import IssuedToken, Store

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_SECONDS = 900
ASSERTION_SECONDS = 60
_CLOCK_LEEWAY_SECONDS = 60
_REQUIRED = ("iss", "sub", "aud", "iat", "exp", "jti")


@dataclass(frozen=True)
class Caller:
    """An authenticated installer. It sees what belongs to its invitation's customer and account, nothing else."""

    client_id: str
    invitation: Invitation

    @property
    def tenant(self) -> str:
        return self.invitation.external_id

    def may_use(self, account_id: str) -> bool:
        return self.invitation.account_id in (None, account_id)


class Tokens:
    def __init__(self, store: Store, control_plane_url: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._audience = f"{control_plane_url}/v1/token"
        self._now = now

    def open_session(self, invitation: str, public_key: PublicKey) -> Token:
        """Several keys may belong to one invitation: a workstation without a keyring makes a new one each time."""
        try:
            known = read_invitation(invitation)
        except InvitationError as error:
            raise Problem(403, "invitation-refused", str(error)) from error
        try:
            key = signing.read_jwk(public_key.x)
        except ValueError as error:
            raise Problem(
                422, "invalid-key", "The public key is not an Ed25519 key.", pointer="#/public_key/x"
            ) from error
        client = Client(signing.thumbprint(key), key, known)
        with self._store.changing():
            self._store.clients[client.id] = client
        return self._issue(client.id)

    def exchange(self, grant_type: str, assertion: str) -> Token:
        """A fresh token for a key that proves itself. Each assertion counts once."""
        if grant_type != GRANT_TYPE:
            raise Problem(400, "unsupported-grant-type", f"The grant type must be {GRANT_TYPE}.")
        client = self._client_of(assertion)
        claims = self._verified(assertion, client)
        now = self._now()
        seconds_left = int(claims["exp"]) - now.timestamp()
        if seconds_left > ASSERTION_SECONDS + _CLOCK_LEEWAY_SECONDS:
            raise _refused(f"The assertion lives longer than {ASSERTION_SECONDS} seconds.")
        with self._store.changing():
            self._forget_expired(now)
            used = (client.id, claims["jti"])
            if used in self._store.used_assertions:
                raise _refused("The assertion was used before.")
            self._store.used_assertions[used] = now + timedelta(seconds=seconds_left + _CLOCK_LEEWAY_SECONDS)
        return self._issue(client.id)

    def caller(self, authorization: str | None) -> Caller:
        """Who sent this Authorization header. Raises Problem 401."""
        scheme, _, token = (authorization or "").partition(" ")
        with self._store.reading():
            issued = self._store.tokens.get(token) if scheme.lower() == "bearer" else None
            if issued is None or issued.expires_at <= self._now():
                headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
                raise Problem(401, "token-needed", "The access token is missing, unknown or expired.", headers=headers)
            client = self._store.clients[issued.client_id]
        return Caller(client.id, client.invitation)

    def _client_of(self, assertion: str) -> Client:
        try:
            client_id = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
        except jwt.InvalidTokenError as error:
            raise _refused("The assertion is not a JWT.") from error
        with self._store.reading():
            client = self._store.clients.get(client_id) if isinstance(client_id, str) else None
        if client is None:
            raise _refused("The key is not known here: open a session with the invitation.")
        return client

    def _verified(self, assertion: str, client: Client) -> dict[str, Any]:
        try:
            claims = signing.verify(
                assertion,
                client.key,
                audience=self._audience,
                issuer=client.id,
                required=_REQUIRED,
                leeway=_CLOCK_LEEWAY_SECONDS,
            )
        except jwt.InvalidTokenError as error:
            raise _refused("The assertion does not prove the key, or its time or audience is wrong.") from error
        if claims["sub"] != client.id:
            raise _refused("The assertion speaks for somebody else.")
        return claims

    def _issue(self, client_id: str) -> Token:
        token = secrets.token_urlsafe(32)
        with self._store.changing():
            self._store.tokens[token] = IssuedToken(client_id, self._now() + timedelta(seconds=TOKEN_SECONDS))
        return Token(access_token=token, expires_in=TOKEN_SECONDS, client_id=client_id)

    def _forget_expired(self, now: datetime) -> None:
        for used in [used for used, until in self._store.used_assertions.items() if until <= now]:
            del self._store.used_assertions[used]
        for token in [token for token, issued in self._store.tokens.items() if issued.expires_at <= now]:
            del self._store.tokens[token]


def _refused(detail: str) -> Problem:
    return Problem(401, "assertion-refused", detail)
