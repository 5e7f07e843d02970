"""The installer's standing with the vendor, for one installation, and every call of the control plane that it makes.

The session proves itself with a private key that was made for this installation (docs/adr/0006-vendor-session.md). The
vendor never gets AWS credentials, and nothing that it answers is more than its word. One request is made in
`vendor_client.py`; what comes back is in `vendor_replies.py`.
"""

import base64
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from installer.context import Context
from installer.errors import VendorError, VendorNeedsInvitation
from installer.outside import OutsideModel
from installer.secrets import SERVICE, SecretStore
from installer.vendor_client import Refused, Request, VendorClient
from installer.vendor_keys import Jwk, base64url
from installer.vendor_replies import Events, Install, Integration, Token, Verification

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Refused", "VendorClient", "VendorSession"]

Reply = TypeVar("Reply", bound=OutsideModel)

MAX_WAIT_SECONDS = 30
_RENEW_BEFORE_SECONDS = 60.0
_ASSERTION_LIFE = timedelta(seconds=55)
_CLOCK_IS_OFF = timedelta(seconds=5)
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_BY_INVITATION = "Give the invitation again (--invitation)."


class VendorSession:
    """The installer's standing with the vendor, for one installation. Safe to use from many threads.

    `open` introduces this workstation with the invitation. Later runs need none as long as the keyring has the key;
    without it every call raises `VendorNeedsInvitation`.
    """

    def __init__(
        self,
        client: VendorClient,
        secrets: SecretStore,
        installation_id: str,
        *,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._name = f"vendor-key:{installation_id}"
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._ends = 0.0

    @property
    def has_key(self) -> bool:
        """Whether calls can be made without the invitation."""
        return self._secrets.get(SERVICE, self._name) is not None

    def open(self, ctx: Context, invitation_token: str) -> None:
        """Introduce this workstation's key to the vendor. Opening again is harmless."""
        with self._lock:
            key = self._key() or _new_key()
            public = _public(key)

            def request() -> Request:
                body = {"invitation": invitation_token, "public_key": public.model_dump(exclude_none=True)}
                return Request("open a session", "POST", "/v1/sessions", body=body)

            self._keep(self._client.send_fresh(ctx, request, Token), public)
            self._secrets.set(SERVICE, self._name, base64url(key.private_bytes_raw()))

    def forget(self) -> None:
        """Delete the private key: this workstation has no standing with the vendor any more."""
        with self._lock:
            self._secrets.delete(SERVICE, self._name)
            self._token = None

    def connect(
        self,
        ctx: Context,
        *,
        invitation_id: str,
        installation_name: str,
        account_id: str,
        role_arn: str,
        boundary_arn: str,
        workload_boundary_arn: str,
        stack_id: str,
        idempotency_key: str,
    ) -> Integration:
        """Hand the role over; the vendor begins to verify that it can use it, and only with the external id."""
        body = {
            "invitation_id": invitation_id,
            "installation_name": installation_name,
            "account_id": account_id,
            "role_arn": role_arn,
            "boundary_arn": boundary_arn,
            "workload_boundary_arn": workload_boundary_arn,
            "stack_id": stack_id,
        }
        return self._send(
            ctx,
            Request("take the role", "POST", "/v1/integrations", body=body, idempotency_key=idempotency_key),
            Integration,
        )

    def integration(self, ctx: Context, integration_id: str) -> Integration:
        return self._send(ctx, Request("tell its state", "GET", _path("integrations", integration_id)), Integration)

    def verify(self, ctx: Context, integration_id: str) -> Verification:
        """Ask the vendor to try its access now: with the external id, without, and with each session it still holds."""
        request = Request("try its access", "POST", _path("integrations", integration_id, "verify"), timeout=60.0)
        return self._send(ctx, request, Verification)

    def leave(self, ctx: Context, integration_id: str) -> None:
        """Tell the vendor that the customer has left. A vendor that knows nothing of it has been told."""
        try:
            self._send(ctx, Request("be left", "DELETE", _path("integrations", integration_id)), OutsideModel)
        except Refused as refused:
            if refused.status not in {404, 410}:
                raise

    def start_install(
        self,
        ctx: Context,
        *,
        integration_id: str,
        region: str,
        cidr: str,
        contact_email: str | None,
        idempotency_key: str,
        options: Mapping[str, Any] | None = None,
    ) -> Install:
        """Start the install, or get the one that this integration has already."""
        body: dict[str, Any] = {"integration_id": integration_id, "region": region, "cidr": cidr}
        body |= {"contact_email": contact_email} if contact_email else {}
        return self._send(
            ctx,
            Request(
                "start the install",
                "POST",
                "/v1/installs",
                body=body | {"options": dict(options or {})},
                idempotency_key=idempotency_key,
            ),
            Install,
        )

    def install(self, ctx: Context, install_id: str) -> Install:
        return self._send(ctx, Request("show the install", "GET", _path("installs", install_id)), Install)

    def events(self, ctx: Context, install_id: str, *, after: int, wait: int) -> Events:
        """Events later than `after`; the vendor holds the request for up to `wait` seconds if there are none.

        Cancelling takes effect when the request comes back: keep `wait` as short as Cancel must be quick.
        """
        wait = min(wait, MAX_WAIT_SECONDS)
        request = Request(
            "tell its progress",
            "GET",
            _path("installs", install_id, "events"),
            query={"after": str(after), "wait": str(wait)},
            timeout=wait + 10.0,
        )
        events = self._send(ctx, request, Events)
        return events.model_copy(update={"events": tuple(event for event in events.events if event.seq > after)})

    def retry(self, ctx: Context, install_id: str) -> Install:
        return self._send(ctx, Request("try again", "POST", _path("installs", install_id, "retry")), Install)

    def pause(self, ctx: Context, install_id: str) -> Install:
        return self._send(ctx, Request("pause", "POST", _path("installs", install_id, "pause")), Install)

    def cancel(self, ctx: Context, install_id: str) -> Install:
        return self._send(ctx, Request("cancel", "POST", _path("installs", install_id, "cancel")), Install)

    def _send(self, ctx: Context, request: Request, reply: type[Reply]) -> Reply:
        token = self._valid_token(ctx)
        try:
            return self._client.send(ctx, request, reply, token=token)
        except Refused as refused:
            if refused.status != 401:
                raise
        # The vendor forgot the token before its time, as after a restart: prove the key again. A 401 changed nothing.
        return self._client.send(ctx, request, reply, token=self._valid_token(ctx, instead_of=token))

    def _valid_token(self, ctx: Context, instead_of: str = "") -> str:
        with self._lock:
            token = self._token
            if (
                token is None
                or token.access_token == instead_of
                or self._monotonic() >= self._ends - _RENEW_BEFORE_SECONDS
            ):
                token = self._renewed(ctx)
            return token.access_token

    def _renewed(self, ctx: Context) -> Token:
        key = self._key()
        if key is None:
            raise VendorNeedsInvitation("This computer has no key for the vendor.", fix=_BY_INVITATION)
        public = _public(key)

        def request() -> Request:
            form = {"grant_type": _JWT_BEARER, "assertion": self._assertion(key, public.fingerprint)}
            return Request("renew the session", "POST", "/v1/token", form=form)

        try:
            try:
                token = self._client.send_fresh(ctx, request, Token)
            except Refused:
                # Assertions live for a minute. The refusal told the vendor's time: if ours is off, use that.
                if abs(self._client.clock.skew or timedelta(0)) < _CLOCK_IS_OFF:
                    raise
                token = self._client.send_fresh(ctx, request, Token)
        except Refused as refused:
            if refused.status not in {400, 401, 403}:
                raise
            raise VendorNeedsInvitation(
                "The vendor does not know this computer's key any more.", fix=_BY_INVITATION, details=refused.details
            ) from refused
        return self._keep(token, public)

    def _keep(self, token: Token, public: Jwk) -> Token:
        if token.client_id != public.fingerprint:
            raise VendorError("The vendor's session is for another key than ours.", fix="Tell the vendor's support.")
        self._token = token
        self._ends = self._monotonic() + token.expires_in
        return token

    def _assertion(self, key: "Ed25519PrivateKey", client_id: str) -> str:
        import jwt

        now = self._client.clock.now()
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": self._client.token_url,
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTION_LIFE).timestamp()),
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": client_id})

    def _key(self) -> "Ed25519PrivateKey | None":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        kept = self._secrets.get(SERVICE, self._name)
        if kept is None:
            return None
        try:
            return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)))
        except ValueError:
            # Somebody else's entry, or a damaged one: as good as none.
            return None


def _path(*parts: str) -> str:
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _new_key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def _public(key: "Ed25519PrivateKey") -> Jwk:
    return Jwk(kty="OKP", crv="Ed25519", x=base64url(key.public_key().public_bytes_raw()))
