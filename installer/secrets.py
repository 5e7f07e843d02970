"""Where private keys and pasted credentials are kept: the keyring of the operating system, proved to work, or memory.

Never a file of ours, and never a keyring backend that writes plain text. `probe` says which one is in use and why.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import uuid4

from installer.aws.fan_out import fan_out
from installer.context import CancelToken, Context
from installer.errors import Cancelled, HouseguestError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Result = TypeVar("Result")

SERVICE = "houseguest"
_PROBE_SECONDS = 5.0

# Only what is known to encrypt. A backend of another package, such as keyrings.alt, may write a plain file.
_TRUSTED_BACKENDS = {
    "keyring.backends.SecretService": "the keyring of the desktop (Secret Service)",
    "keyring.backends.libsecret": "the keyring of the desktop (libsecret)",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "the macOS Keychain",
    "keyring.backends.Windows": "the Windows Credential Manager",
}


class SecretsError(HouseguestError):
    """The keyring worked when it was probed and does not any more."""

    code = "secrets"


class SecretStore(Protocol):
    """Keeps secrets by service and name. `description` says where, in words for a person."""

    @property
    def description(self) -> str: ...

    @property
    def lasting(self) -> bool:
        """Whether secrets are still there in the next run."""

    def get(self, service: str, name: str) -> str | None: ...

    def set(self, service: str, name: str, secret: str) -> None: ...

    def delete(self, service: str, name: str) -> None:
        """Forget it; fine if it is not there."""


@dataclass
class MemoryStore:
    """Until the program ends. `why` says what is wrong with the keyring."""

    why: str = "there is no keyring on this computer"
    lasting: bool = field(default=False, init=False)
    _secrets: dict[tuple[str, str], str] = field(default_factory=dict, init=False, repr=False)

    @property
    def description(self) -> str:
        return f"memory, until the program ends ({self.why})"

    def get(self, service: str, name: str) -> str | None:
        return self._secrets.get((service, name))

    def set(self, service: str, name: str, secret: str) -> None:
        self._secrets[service, name] = secret

    def delete(self, service: str, name: str) -> None:
        self._secrets.pop((service, name), None)


class KeyringStore:
    """A backend of the keyring package that was probed. Its errors never carry the secret."""

    lasting = True

    def __init__(self, backend: "KeyringBackend") -> None:
        self._backend = backend
        self.description = _TRUSTED_BACKENDS[type(backend).__module__]

    def get(self, service: str, name: str) -> str | None:
        return self._using(lambda: self._backend.get_password(service, name))

    def set(self, service: str, name: str, secret: str) -> None:
        self._using(lambda: self._backend.set_password(service, name, secret))

    def delete(self, service: str, name: str) -> None:
        if self.get(service, name) is not None:
            self._using(lambda: self._backend.delete_password(service, name))

    def _using(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - backends raise what their D-Bus and system libraries raise
            raise SecretsError(
                f"There is no answer from {self.description}.",
                fix="Unlock it, then try again.",
                details={"raised": type(error).__name__},
            ) from None


def probe(
    ctx: Context,
    *,
    find: "Callable[[], KeyringBackend] | None" = None,
    seconds: float = _PROBE_SECONDS,
    clock: Callable[[], float] = monotonic,
) -> SecretStore:
    """The keyring if a secret can really be written, read and deleted within `seconds`, else memory.

    A keyring may hang for ever on a locked collection or a dead D-Bus, so it is tried beside this thread and given up
    on.
    """
    deadline = _Deadline(ctx.cancel, clock, clock() + seconds)
    try:
        for outcome in fan_out(Context(cancel=deadline), {SERVICE: lambda: _proved(find or _default_backend)}):
            if outcome.value is not None:
                return outcome.value
            return MemoryStore(outcome.error.message if outcome.error else "it could not be tried")
    except Cancelled:
        ctx.check()
    return MemoryStore(f"the keyring did not answer within {seconds:g} seconds")


class SharedSecrets:
    """The store that was found by probing once, whoever asks: what is kept in memory is then there for all of them."""

    def __init__(self, find: Callable[[Context], SecretStore] = probe) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._store: SecretStore | None = None

    def open(self, ctx: Context) -> SecretStore:
        with self._lock:
            if self._store is None:
                self._store = self._find(ctx)
            return self._store


class _Deadline(CancelToken):
    """Cancelled when the person cancels, or when the time is up."""

    def __init__(self, outer: CancelToken, clock: Callable[[], float], end: float) -> None:
        super().__init__()
        self._outer = outer
        self._clock = clock
        self._end = end

    @property
    def cancelled(self) -> bool:
        return self._outer.cancelled or self._clock() >= self._end


def _default_backend() -> "KeyringBackend":
    import keyring

    return keyring.get_keyring()


def _proved(find: "Callable[[], KeyringBackend]") -> SecretStore:
    """A store that kept a secret just now. Any way in which a backend fails means the same: it is not used."""
    try:
        backend = _trusted(find())
        if backend is None:
            return MemoryStore("there is no keyring on this computer that encrypts")
        name, secret = f"probe-{uuid4()}", str(uuid4())
        backend.set_password(SERVICE, name, secret)
        kept = backend.get_password(SERVICE, name) == secret
        backend.delete_password(SERVICE, name)
    except Exception as error:  # noqa: BLE001 - backends raise what their D-Bus and system libraries raise
        return MemoryStore(f"the keyring cannot be used: {type(error).__name__}")
    return KeyringStore(backend) if kept else MemoryStore("the keyring does not keep what it is given")


def _trusted(backend: "KeyringBackend") -> "KeyringBackend | None":
    # The chainer tries several backends one after the other; a plain one among them must not be reached through it.
    candidates = getattr(backend, "backends", None) or [backend]
    return next((one for one in candidates if type(one).__module__ in _TRUSTED_BACKENDS), None)
