"""A keyring counts only if it keeps a secret, in time, and encrypts it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from installer.context import CancelToken, Context
from installer.errors import Cancelled
from installer.secrets import KeyringStore, MemoryStore, SecretsError, SecretStore, probe


class Keyring(KeyringBackend):
    """A desktop's keyring, in memory. What it is taken for is decided by the name of its module."""

    priority = 0.1  # never chosen by keyring itself

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked: list[str] = []
        self.error: Exception | None = None

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self._ask("get")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask("set")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._ask("delete")
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


Keyring.__module__ = "keyring.backends.SecretService"


class PlainFile(Keyring):
    pass


PlainFile.__module__ = "keyrings.alt.file"


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


def probed(keyring: Any, **options: Any) -> SecretStore:
    return probe(Context(), find=lambda: keyring, **options)


def test_a_working_keyring_is_used_and_left_clean(keyring: Keyring) -> None:
    store = probed(keyring)
    assert isinstance(store, KeyringStore)
    assert store.lasting
    assert store.description == "the keyring of the desktop (Secret Service)"
    assert keyring.asked == ["set", "get", "delete"]
    assert keyring.kept == {}


@pytest.mark.parametrize(
    "error",
    [KeyringLocked("locked"), InitError("?"), NoKeyringError("?"), RuntimeError("D-Bus"), OSError(5, "?")],
    ids=repr,
)
def test_one_that_fails_is_not(keyring: Keyring, error: Exception) -> None:
    keyring.error = error
    store = probed(keyring)
    assert isinstance(store, MemoryStore)
    assert not store.lasting
    assert type(error).__name__ in store.description


def test_one_that_cannot_even_be_found_is_not() -> None:
    def find() -> KeyringBackend:
        raise NoKeyringError("?")

    assert isinstance(probe(Context(), find=find), MemoryStore)


def test_one_that_forgets_is_not(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_password", lambda service, username: None)
    assert "does not keep" in probed(keyring).description


@pytest.mark.parametrize("plain", [PlainFile, NullKeyring])
def test_one_that_does_not_encrypt_is_never_written_to(plain: Callable[[], KeyringBackend]) -> None:
    backend = plain()
    store = probed(backend)
    assert isinstance(store, MemoryStore)
    assert "encrypts" in store.description
    assert getattr(backend, "asked", []) == []


def test_the_chainer_does_not_lead_to_a_plain_file(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PlainFile()
    chainer = ChainerBackend()
    monkeypatch.setattr(ChainerBackend, "backends", (plain, keyring))
    store = probed(chainer)
    store.set("houseguest", "a", "secret")
    assert keyring.kept == {("houseguest", "a"): "secret"}
    assert plain.asked == []
    monkeypatch.setattr(ChainerBackend, "backends", (plain,))
    assert isinstance(probed(chainer), MemoryStore)


@pytest.fixture
def hanging(keyring: Keyring) -> Iterator[Keyring]:
    """Does not answer until the test is over."""
    over = threading.Event()
    keyring._ask = lambda what: over.wait(30)  # type: ignore[method-assign, assignment, return-value]
    yield keyring
    over.set()


def test_one_that_hangs_is_given_up_on(hanging: Keyring) -> None:
    store = probed(hanging, seconds=0.05)
    assert isinstance(store, MemoryStore)
    assert "did not answer within 0.05 seconds" in store.description


def test_cancelling_ends_the_probe(hanging: Keyring) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        probe(Context(cancel=cancel), find=lambda: hanging)


@pytest.fixture(params=["keyring", "memory"])
def store(request: pytest.FixtureRequest, keyring: Keyring) -> SecretStore:
    return probed(keyring) if request.param == "keyring" else MemoryStore()


def test_get_set_delete(store: SecretStore) -> None:
    assert store.get("houseguest", "a") is None
    store.set("houseguest", "a", "secret")
    store.set("houseguest", "a", "newer")
    assert store.get("houseguest", "a") == "newer"
    assert store.get("houseguest", "b") is None
    store.delete("houseguest", "a")
    store.delete("houseguest", "a")
    assert store.get("houseguest", "a") is None


def test_locked_later_it_says_so_without_the_secret(keyring: Keyring) -> None:
    store = probed(keyring)
    keyring.error = KeyringLocked("it was s3cr3t")
    for work in (
        lambda: store.get("houseguest", "a"),
        lambda: store.set("houseguest", "a", "s3cr3t"),
        lambda: store.delete("houseguest", "a"),
    ):
        with pytest.raises(SecretsError) as refusal:
            work()
        assert "Secret Service" in refusal.value.message
        assert "s3cr3t" not in repr(refusal.value.to_json())
        assert refusal.value.__cause__ is None


def test_memory_does_not_show_what_it_keeps() -> None:
    store = MemoryStore()
    store.set("houseguest", "a", "s3cr3t")
    assert "s3cr3t" not in repr(store)


def test_the_keyring_of_this_environment_is_probed_without_harm() -> None:
    """Tests run with the null backend, which keeps nothing."""
    assert isinstance(probe(Context()), MemoryStore)
