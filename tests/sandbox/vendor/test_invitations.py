"""Issuing invitations, right and wrong ones, and knowing one's own again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import resources
from installer.sandbox.vendor import invitations, offer, signing
from installer.sandbox.vendor.invitations import InvitationError, Removed, issue, read_claims, read_invitation
from tests.support.invitations import token as by_hand

NOW = datetime.now(UTC)


def test_an_issued_invitation_is_known_again() -> None:
    token = issue(control_plane_url="http://127.0.0.1:7")
    claims, known = read_claims(token), read_invitation(token)
    assert (known.id, known.external_id) == (claims["jti"], claims["trust"]["external_id"])
    assert (known.account_id, known.role_path) == ("222222222222", "/release/")
    assert len(token) < 256 * 1024


def test_the_shipped_key_verifies_what_the_vendor_signs() -> None:
    shipped = resources.read_json("vendors/release.example.json")
    (jwk,) = shipped["keys"]
    token = issue()
    assert (shipped["iss"], jwk["kid"]) == (offer.ISSUER, jwt.get_unverified_header(token)["kid"])
    jwt.decode(token, jwt.PyJWK(jwk).key, algorithms=["EdDSA"], audience="houseguest", issuer=shipped["iss"])


def test_every_customer_gets_an_external_id_of_its_own() -> None:
    external_ids = {read_claims(issue())["trust"]["external_id"] for _ in range(20)}
    assert len(external_ids) == 20


def test_the_template_is_pinned_by_the_bytes_that_are_served() -> None:
    claims = read_claims(issue())
    assert claims["template"]["url"].endswith(f"/templates/vendor-role-{claims['template']['sha256'][:12]}.yaml")
    for parameter in claims["template"]["parameters"]:
        assert f"\n  {parameter}:\n".encode() in invitations.template_bytes()


def test_overrides_merge_replace_and_remove() -> None:
    changed = read_claims(issue({"trust": {"external_id": 7}, "resources": "none", "iss": Removed}))
    assert changed["trust"] == {"principal_arn": offer.PRINCIPAL_ARN, "external_id": 7}
    assert changed["resources"] == "none"
    assert "iss" not in changed


def test_an_invitation_can_be_issued_from_another() -> None:
    first = read_claims(issue())
    second = read_claims(issue({"customer": {"aws_account_id": None}}, base=first))
    assert (second["jti"], second["customer"]["aws_account_id"]) == (first["jti"], None)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"exp": 1}, "expired"),
        ({"exp": int(NOW.timestamp()) - 120}, "expired"),
        ({"nbf": int(NOW.timestamp()) + 3600}, "not issued by this vendor"),
        ({"aud": "elsewhere"}, "not issued by this vendor"),
        ({"iss": "other.example"}, "not issued by this vendor"),
        ({"jti": Removed}, "not issued by this vendor"),
        ({"trust": {"external_id": 5}}, "lacks something"),
        ({"customer": Removed}, "lacks something"),
        ({"network": {"prefix_length": {"min": "16"}}}, "lacks something"),
    ],
)
def test_refuses_what_it_did_not_promise(overrides: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvitationError, match=sentence):
        read_invitation(issue(overrides))


def test_leeway_covers_a_clock_that_is_a_little_off() -> None:
    now = int(datetime.now(UTC).timestamp())
    read_invitation(issue({"exp": now - 30}))
    read_invitation(issue({"nbf": now + 30}))


def test_refuses_another_key_and_a_changed_payload() -> None:
    with pytest.raises(InvitationError):
        read_invitation(issue(key=Ed25519PrivateKey.generate()))
    header, payload, signature = issue().split(".")
    other = issue().split(".")[1]
    with pytest.raises(InvitationError):
        read_invitation(f"{header}.{other}.{signature}")
    with pytest.raises(InvitationError):
        read_invitation(payload)


def test_refuses_a_token_without_a_signature_and_the_public_key_as_a_shared_secret() -> None:
    claims = read_claims(issue())
    public = signing.sandbox_key().public_key().public_bytes_raw()
    unsigned = by_hand({"alg": "none", "kid": signing.SANDBOX_KEY_ID}, claims)
    for forged in (unsigned, jwt.encode(claims, public, algorithm="HS256")):
        with pytest.raises(InvitationError):
            read_invitation(forged)


def test_a_restarted_vendor_keeps_its_customer(tmp_path: Path) -> None:
    path = invitations.write_invitation(tmp_path, invitations.claims("http://127.0.0.1:7", NOW), NOW)
    first = path.read_text()
    invitations.write_invitation(tmp_path, invitations.claims("http://127.0.0.1:7", NOW), NOW)
    assert path.read_text() == first


@pytest.mark.parametrize(
    ("url", "later", "without"),
    [
        ("http://127.0.0.1:8", timedelta(0), frozenset[str]()),
        ("http://127.0.0.1:7", timedelta(days=15), frozenset[str]()),
        ("http://127.0.0.1:7", timedelta(0), frozenset({"rds:*"})),
    ],
)
def test_an_invitation_that_is_not_right_any_more_is_replaced(
    tmp_path: Path, url: str, later: timedelta, without: frozenset[str]
) -> None:
    path = invitations.write_invitation(tmp_path, invitations.claims("http://127.0.0.1:7", NOW), NOW)
    first = path.read_text()
    fresh = invitations.claims(url, NOW + later, boundary_without=without)
    invitations.write_invitation(tmp_path, fresh, NOW + later)
    assert path.read_text() != first


def test_thumbprint_is_that_of_rfc_8037() -> None:
    """Appendix A.3 of RFC 8037."""
    key = signing.read_jwk("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert signing.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_claims_are_plain_json() -> None:
    claims = invitations.claims("http://127.0.0.1:7", NOW)
    assert json.loads(json.dumps(claims)) == claims
