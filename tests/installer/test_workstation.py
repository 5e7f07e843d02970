"""What every front end works with: one sign-in, one store, one keyring, and what a silent vendor stops."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from installer.aws.sign_in.profile import ProfileCredentials
from installer.context import Context
from installer.errors import InvitationError, VendorUnreachable, WrongAccount
from installer.events import Notice
from installer.journal import Journal
from installer.places import default_root
from installer.profiles import ProfileStore
from installer.secrets import MemoryStore, SecretStore, SharedSecrets
from installer.workstation import Workstation
from tests.support.answers import installation, settled
from tests.support.fake_aws import Calm, FakeAws
from tests.support.fake_vendor import FakeVendor
from tests.support.signed_in import ACCOUNT_ID
from tests.support.station import SIGNED_IN, FakeStation

CTX = Context()
AWAY = VendorUnreachable("Release did not answer.")


@pytest.mark.parametrize(("endpoint", "pace"), [("http://127.0.0.1:4566", 0.2), ("https://aws.example", 1.0)])
def test_waits_are_shorter_in_a_sandbox_only(monkeypatch: pytest.MonkeyPatch, endpoint: str, pace: float) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    ctx = Context(report=lambda _event: None)
    assert Workstation(ProfileCredentials()).paced(ctx) == replace(ctx, pace=pace)


def test_the_store_is_the_users_own_unless_another_is_given(tmp_path: Path) -> None:
    assert Workstation(ProfileCredentials()).store.root == default_root()
    store = ProfileStore(tmp_path)
    assert Workstation(ProfileCredentials(), store=store).store is store


def test_side_by_side_they_keep_secrets_in_one_place() -> None:
    """Where there is no keyring, a place of its own would not have the vendor's key."""
    probed: list[Context] = []

    def probe(ctx: Context) -> SecretStore:
        probed.append(ctx)
        return MemoryStore()

    shared = SharedSecrets(probe)
    one, other = (Workstation(ProfileCredentials(), secrets=shared) for _ in range(2))
    assert one.secrets(CTX) is one.secrets(CTX) is other.secrets(CTX)
    assert probed == [CTX]


def test_work_stays_in_its_account() -> None:
    station = FakeStation(FakeAws(SIGNED_IN))
    station.keep_to(CTX, ACCOUNT_ID)
    with pytest.raises(WrongAccount):
        station.keep_to(CTX, "333333333333")


def test_standard_input_is_read_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    station = Workstation(ProfileCredentials())
    for stdin in (None, io.BytesIO(b"not one")):
        with pytest.raises(InvitationError, match="not an invitation"):
            station.invitation("-", stdin=stdin)


class TestTools:
    def test_speak_to_the_vendor_with_the_invitation(self) -> None:
        session = FakeVendor().session()
        station = FakeStation(FakeAws({}), session)
        tools = station.tools(CTX, installation(), "token")
        assert tools.speak() is session
        assert tools.aws is station.aws
        assert station.tokens == ["token"]

    def test_are_none_without_a_vendor_that_is_needed(self) -> None:
        with pytest.raises(VendorUnreachable):
            FakeStation(FakeAws({}), away=AWAY).tools(CTX, installation(), None)

    def test_tell_the_silence_of_one_that_is_not(self) -> None:
        calm = Calm()
        station = FakeStation(FakeAws({}), away=AWAY)
        tools = station.tools(calm.context(), installation(), None, vendor_needed=False)
        assert tools.vendor is None
        assert calm.events == [Notice("Release did not answer. What it would say is not checked.")]

    def test_for_looking_never_speak_to_it(self, tmp_path: Path) -> None:
        station = FakeStation(FakeAws({}), FakeVendor().session())
        journal = Journal(tmp_path / "journal.jsonl")
        tools = station.looking(settled(), journal)
        assert (tools.vendor, tools.journal, station.tokens) == (None, journal, [])


def test_without_key_and_invitation_there_is_no_vendor() -> None:
    station = Workstation(ProfileCredentials(), secrets=SharedSecrets(lambda _ctx: MemoryStore()))
    assert station.vendor(CTX, settled(), "1", None) is None
