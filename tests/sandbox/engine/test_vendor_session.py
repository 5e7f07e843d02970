"""The vendor session against the reference vendor: two implementations of one protocol that share no code."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installer.context import Context
from installer.errors import VendorNeedsInvitation
from installer.invitation import VerifiedInvitation, load
from installer.sandbox import Sandbox, SandboxInfo
from installer.secrets import MemoryStore
from installer.vendor import Refused, VendorClient, VendorSession
from installer.vendor_keys import KnownKeys

ROLE = "arn:aws:iam::222222222222:role/release/nobody-operator"
POLICIES = "arn:aws:iam::222222222222:policy/houseguest/nobody"
STACK = "arn:aws:cloudformation:us-east-1:222222222222:stack/nobody-role/0f8e6b2a-1c9d-4f3b-9a57-3d2f1e0c4b6a"


@pytest.fixture(scope="module")
def place() -> Iterator[SandboxInfo]:
    with Sandbox.start(speed=20.0) as info:
        yield info


@pytest.fixture
def verified(place: SandboxInfo, tmp_path: Path) -> VerifiedInvitation:
    return load(place.invitation, keys=KnownKeys(tmp_path), now=datetime.now(UTC))


@pytest.fixture
def client(place: SandboxInfo) -> Iterator[VendorClient]:
    client = VendorClient(place.control_plane_url)
    yield client
    client.close()


def test_the_invitation_is_known_and_says_who(verified: VerifiedInvitation, place: SandboxInfo) -> None:
    assert verified.trust == "known"
    assert verified.invitation.control_plane.url == place.control_plane_url
    assert verified.invitation.customer.aws_account_id == place.account_id
    assert Path(place.invitation).read_text().strip() == verified.token


def test_opens_by_invitation_and_goes_on_by_key(
    client: VendorClient, verified: VerifiedInvitation, ctx: Context
) -> None:
    secrets = MemoryStore()
    with pytest.raises(VendorNeedsInvitation):
        VendorSession(client, secrets, "one").install(ctx, "ins_00000000")
    VendorSession(client, secrets, "one").open(ctx, verified.token)
    later = VendorSession(client, secrets, "one")
    with pytest.raises(Refused) as refusal:
        later.install(ctx, "ins_00000000")
    assert refusal.value.status == 404
    assert refusal.value.details["vendor_says"]


def test_an_invitation_that_was_changed_opens_nothing(
    client: VendorClient, verified: VerifiedInvitation, ctx: Context
) -> None:
    head, _, signature = verified.token.rpartition(".")
    with pytest.raises(Refused) as refusal:
        VendorSession(client, MemoryStore(), "one").open(ctx, f"{head}.{signature[::-1]}")
    assert 400 <= refusal.value.status < 500


def test_a_role_that_does_not_exist_is_never_connected(
    client: VendorClient, verified: VerifiedInvitation, ctx: Context, place: SandboxInfo
) -> None:
    session = VendorSession(client, MemoryStore(), "one")
    session.open(ctx, verified.token)
    handed_over = [
        session.connect(
            ctx,
            invitation_id=verified.invitation.jti,
            installation_name="nobody",
            account_id=place.account_id,
            role_arn=ROLE,
            boundary_arn=f"{POLICIES}-operator-boundary",
            workload_boundary_arn=f"{POLICIES}-workload-boundary",
            stack_id=STACK,
            idempotency_key="hg-00000000-0000-0000-0000-000000000001",
        )
        for _ in range(2)
    ]
    assert handed_over[0].id == handed_over[1].id
    verification = session.verify(ctx, handed_over[0].id)
    assert verification.attempts
    assert not any(attempt.allowed for attempt in verification.attempts)
    assert session.integration(ctx, handed_over[0].id).state != "connected"
    with pytest.raises(Refused) as refusal:
        session.start_install(
            ctx,
            integration_id=handed_over[0].id,
            region="us-east-1",
            cidr="10.64.0.0/16",
            contact_email=None,
            idempotency_key="hg-00000000-0000-0000-0000-000000000002",
        )
    assert refusal.value.status in {403, 409}
    session.leave(ctx, handed_over[0].id)
    session.leave(ctx, handed_over[0].id)
