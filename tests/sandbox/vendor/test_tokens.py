"""Sessions, assertions and bearer tokens."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.sandbox.vendor import invitations, signing
from tests.sandbox.vendor.support import URL, Installer, Vendor, assert_problem, assertion, exchange, open_session


def test_a_session_gives_a_token_of_fifteen_minutes(vendor: Vendor) -> None:
    key = Ed25519PrivateKey.generate()
    reply = open_session(vendor, invitations.issue(control_plane_url=URL), key).json()
    assert (reply["token_type"], reply["expires_in"]) == ("Bearer", 900)
    assert reply["client_id"] == signing.thumbprint(key.public_key())


@pytest.mark.parametrize("overrides", [{"exp": 1}, {"aud": "other"}, {"iss": "other.example"}])
def test_a_wrong_invitation_opens_nothing(vendor: Vendor, overrides: dict[str, object]) -> None:
    invitation = invitations.issue(overrides)
    assert_problem(open_session(vendor, invitation, Ed25519PrivateKey.generate()), 403, "invitation-refused")


def test_a_forged_invitation_opens_nothing(vendor: Vendor) -> None:
    forged = invitations.issue(key=Ed25519PrivateKey.generate())
    assert_problem(open_session(vendor, forged, Ed25519PrivateKey.generate()), 403, "invitation-refused")


@pytest.mark.parametrize(
    "public_key",
    [
        {"kty": "EC", "crv": "P-256", "x": "A" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 42},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "d": "A" * 43},
        {"kty": "OKP", "crv": "Ed25519"},
        "key",
    ],
)
def test_a_wrong_key_is_refused_and_not_repeated(vendor: Vendor, public_key: object) -> None:
    invitation = invitations.issue()
    body = {"invitation": invitation, "public_key": public_key}
    reply = vendor.http.post("/v1/sessions", json=body)
    assert_problem(reply, 422, "invalid-request")
    assert invitation not in reply.text
    assert "A" * 43 not in reply.text


def test_several_keys_may_belong_to_one_invitation(vendor: Vendor) -> None:
    invitation = invitations.issue(control_plane_url=URL)
    first, second = Installer.arrive(vendor, invitation), Installer.arrive(vendor, invitation)
    integration_id = first.connected()
    for installer in (first, second):
        assert installer.get(f"/v1/integrations/{integration_id}").status_code == 200
        assert exchange(vendor, assertion(installer.key)).status_code == 200


def test_a_token_ends_and_an_assertion_gives_a_new_one(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    vendor.clock.advance(minutes=15)
    reply = installer.get(f"/v1/integrations/{integration_id}")
    assert_problem(reply, 401, "token-needed")
    assert reply.headers["www-authenticate"].startswith("Bearer")
    installer.token = exchange(vendor, assertion(installer.key)).json()["access_token"]
    assert installer.get(f"/v1/integrations/{integration_id}").status_code == 200


def test_an_assertion_counts_once(vendor: Vendor, installer: Installer) -> None:
    signed = assertion(installer.key)
    assert exchange(vendor, signed).status_code == 200
    assert_problem(exchange(vendor, signed), 401, "assertion-refused")


def test_a_used_assertion_is_remembered_as_long_as_it_could_be_used(vendor: Vendor, installer: Installer) -> None:
    signed = assertion(installer.key)
    exchange(vendor, signed)
    vendor.clock.advance(seconds=100)
    exchange(vendor, assertion(installer.key))
    assert_problem(exchange(vendor, signed), 401, "assertion-refused")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://127.0.0.1:9/v1/sessions"},
        {"sub": "somebody"},
        {"exp": 1},
        {"exp": int(time.time()) + 3600},
        {"exp": 10**30},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3600},
        {"jti": None},
    ],
)
def test_a_wrong_assertion_is_refused(vendor: Vendor, installer: Installer, changes: dict[str, object]) -> None:
    assert_problem(exchange(vendor, assertion(installer.key, **changes)), 401, "assertion-refused")


def test_an_assertion_of_another_key_is_refused(vendor: Vendor, installer: Installer) -> None:
    client_id = signing.thumbprint(installer.key.public_key())
    forged = assertion(Ed25519PrivateKey.generate(), iss=client_id, sub=client_id)
    assert_problem(exchange(vendor, forged), 401, "assertion-refused")
    assert_problem(exchange(vendor, assertion(Ed25519PrivateKey.generate())), 401, "assertion-refused")
    assert_problem(exchange(vendor, "no.jwt.this"), 401, "assertion-refused")


def test_the_grant_type_must_be_the_right_one(vendor: Vendor, installer: Installer) -> None:
    reply = exchange(vendor, assertion(installer.key), grant_type="client_credentials")
    assert_problem(reply, 400, "unsupported-grant-type")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic x", "x"])
def test_without_a_token_nothing_is_told(vendor: Vendor, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    assert_problem(vendor.http.get("/v1/installs/ins_0000000000", headers=headers), 401, "token-needed")
