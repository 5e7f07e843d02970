"""An invitation is believed for its signature and its vendor's key alone, whatever else it brings along."""

import hashlib
import hmac
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import resources
from installer.claims import Invitation
from installer.errors import InvitationError, ProfileError
from installer.invitation import MAX_BYTES, UnknownVendorKey, VerifiedInvitation, load
from installer.sandbox.vendor.invitations import Removed, issue
from installer.sandbox.vendor.signing import SANDBOX_KEY_ID, public_jwk, sandbox_key
from installer.vendor_keys import Jwk, KnownKeys
from installer.web import FetchError
from tests.support.invitations import NOW, STRANGER, STRANGERS_KEY, claims, encoded, from_stranger, token

KNOWN_HEADER = {"alg": "EdDSA", "kid": SANDBOX_KEY_ID}


@pytest.fixture
def keys(tmp_path: Path) -> KnownKeys:
    return KnownKeys(tmp_path / "home")


Opener = Callable[..., VerifiedInvitation]


@pytest.fixture
def opened(keys: KnownKeys) -> Opener:
    def fetch(url: str, *, limit: int) -> bytes:
        raise AssertionError(f"nothing is fetched here: {url}")

    def open_it(source: str, **options: Any) -> VerifiedInvitation:
        return load(source, **{"keys": keys, "now": NOW, "fetch": fetch, **options})

    return open_it


def good() -> str:
    return issue(now=NOW)


class TestGood:
    def test_says_what_it_says(self, opened: Opener) -> None:
        verified = opened(good())
        invitation = verified.invitation
        assert verified.trust == "known"
        assert (invitation.iss, invitation.vendor.operator) == ("release.example", "Release")
        assert invitation.issued_at == invitation.not_before == NOW
        assert invitation.template.role_path == "/release/"
        assert str(invitation.network.avoid[0]) == "172.17.0.0/16"
        assert invitation.permissions.needs["install"][0].actions
        assert not invitation.trust.is_whole_account
        assert invitation.trust.principal_account_id == "111111111111"

    def test_its_claims_make_the_same_invitation_again(self, opened: Opener) -> None:
        invitation = opened(good()).invitation
        assert Invitation.model_validate_json(json.dumps(invitation.to_claims())) == invitation

    def test_an_account_root_is_no_refusal(self, opened: Opener) -> None:
        root = issue({"trust": {"principal_arn": "arn:aws:iam::111111111111:root"}}, now=NOW)
        assert opened(root).invitation.trust.is_whole_account

    def test_unknown_claims_and_members_are_left_aside(self, opened: Opener) -> None:
        base = claims()
        newer = issue({"future": {"deep": [1]}, "vendor": {"logo": "x"}}, base=base)
        assert opened(newer).invitation == opened(issue(base=base)).invitation

    def test_for_any_account(self, opened: Opener) -> None:
        assert opened(issue({"customer": {"aws_account_id": None}}, now=NOW)).invitation.customer.aws_account_id is None

    @pytest.mark.parametrize("audience", ["houseguest", ["other", "houseguest"]])
    def test_audience(self, opened: Opener, audience: Any) -> None:
        assert opened(issue({"aud": audience}, now=NOW))


class TestSources:
    @pytest.mark.parametrize(
        "dress",
        [
            lambda text: text,
            lambda text: "\ufeff  " + text + "\r\n",
            lambda text: "\n".join(text[at : at + 76] for at in range(0, len(text), 76)),
            lambda text: text.replace(".", ".\t\u00a0"),
        ],
        ids=["plain", "bom", "wrapped", "odd spaces"],
    )
    def test_pasted(self, opened: Opener, dress: Callable[[str], str]) -> None:
        assert opened(dress(good())).invitation.iss == "release.example"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "ascii"])
    def test_file(self, opened: Opener, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "Acme – Einladung.houseguest"
        mark = "\ufeff" if encoding == "utf-16-le" else ""
        path.write_bytes((mark + good() + "\r\n").encode(encoding))
        assert opened(str(path)).invitation.iss == "release.example"

    def test_standard_input(self, opened: Opener) -> None:
        assert opened("-", stdin=io.BytesIO(good().encode())).invitation.iss == "release.example"

    @pytest.mark.parametrize(
        ("source", "address"),
        [
            ("https://vendor.example/i/1", "https://vendor.example/i/1"),
            ("  http://127.0.0.1:8080/i\n", "http://127.0.0.1:8080/i"),
            ("houseguest://open?invitation=https%3A%2F%2Fvendor.example%2Fi%3Fa%3D1", "https://vendor.example/i?a=1"),
            ("houseguest://open/?invitation=http://[::1]:8/i", "http://[::1]:8/i"),
        ],
    )
    def test_link(self, opened: Opener, source: str, address: str) -> None:
        asked: list[tuple[str, int]] = []

        def fetch(url: str, *, limit: int) -> bytes:
            asked.append((url, limit))
            return good().encode()

        assert opened(source, fetch=fetch).invitation.iss == "release.example"
        assert asked == [(address, MAX_BYTES)]

    @pytest.mark.parametrize(
        "source",
        [
            "http://vendor.example/i",
            "http://127.0.0.1.vendor.example/i",
            "http://localhost.vendor.example/",
            "https://user:pass@vendor.example/i",
            "https://",
            "https://vendor.example:99999/i",
            "https:///i",
            "https://[::1/i",
            "houseguest://open",
            "houseguest://open?invitation=",
            "houseguest://open?invitation=file:///etc/passwd",
            "houseguest://open?invitation=/etc/passwd",
            "houseguest://open?invitation=-",
            "houseguest://open?invitation=https://a.example&invitation=https://b.example",
            "houseguest://open?invitation=houseguest://open?invitation=https://a.example",
            "houseguest://elsewhere?invitation=https://a.example",
            "houseguest://[?invitation=https://a.example",
            "houseguest:open?invitation=https://a.example",
        ],
    )
    def test_refused_link_fetches_nothing(self, opened: Opener, source: str) -> None:
        assert_clear(opened, source)

    def test_a_link_that_cannot_be_read_says_why(self, opened: Opener) -> None:
        def fetch(url: str, *, limit: int) -> bytes:
            raise FetchError("vendor.example answered 410.", fix="Ask for a new link.")

        with pytest.raises(InvitationError, match="answered 410") as refusal:
            opened("https://vendor.example/i", fetch=fetch)
        assert refusal.value.fix == "Ask for a new link."

    @pytest.mark.parametrize("source", ["", "no such file", ".", "~nobody-of-that-name/x", "x\0y", "a" * 1000])
    def test_no_file(self, opened: Opener, source: str) -> None:
        assert_clear(opened, source)

    def test_an_endless_source_is_read_to_the_limit_only(self, opened: Opener) -> None:
        class Endless(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                assert size is not None
                assert 0 <= size <= MAX_BYTES + 1
                return b"e" * size

        assert_clear(opened, "-", "too big", stdin=Endless())


def assert_clear(opened: Opener, source: str, words: str = "", **options: Any) -> InvitationError:
    """Refused, in one sentence, with a way out."""
    with pytest.raises(InvitationError) as caught:
        opened(source, **options)
    error = caught.value
    assert error.message.endswith(".")
    assert error.fix
    assert len(error.message) < 400
    assert "\n" not in error.message
    assert words in error.message
    return error


class TestBadShape:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x00\x01\x02",
            b"\xff\xfe",
            b"\xff\xfeA",
            b"\xc3\x28",
            b"<html><body>Please sign in</body></html>",
            b'{"iss": "release.example"}',
            b"eyJ",
            b"eyJhbGciOiJFZERTQSJ9",
            b"eyJhbGciOiJFZERTQSJ9.e30",
            b"eyJhbGciOiJFZERTQSJ9.e30.",
            b"..",
            b"a.b.c.d",
            b"\xef\xbb\xbf\xef\xbb\xbf",
            "ｅｙＪ.ｅｙＪ.ｅｙＪ".encode(),
        ],
        ids=repr,
    )
    def test_not_a_token(self, opened: Opener, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "file"
        path.write_bytes(data)
        assert_clear(opened, str(path))

    @pytest.mark.parametrize("size", [MAX_BYTES + 1, 10 * 1024 * 1024])
    def test_too_big(self, opened: Opener, tmp_path: Path, size: int) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"e" * size)
        assert_clear(opened, str(path), "too big")
        assert_clear(opened, "eyJ" + "e" * size, "too big")

    def test_every_cut_is_refused(self, opened: Opener) -> None:
        whole = good()
        for length in {*range(1, len(whole), 97), len(whole) - 1}:
            assert_clear(opened, whole[:length])

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(at=st.integers(min_value=0), char=st.sampled_from("ABCxyz019-_."))
    def test_every_changed_character_is_refused(self, opened: Opener, at: int, char: str) -> None:
        whole = good()
        at %= len(whole) - 1  # the last character holds bits that are not part of the signature
        if whole[at] != char:
            assert_clear(opened, whole[:at] + char + whole[at + 1 :])

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.one_of(st.text(max_size=300), st.binary(max_size=300).map(lambda data: "eyJ" + data.decode("latin-1"))))
    def test_any_text_is_answered_with_a_sentence(self, opened: Opener, text: str) -> None:
        if not text.strip().startswith(("-", "http", "houseguest")):
            assert_clear(opened, text)

    @pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"iss":' * 20_000, b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}"])
    def test_deep_nesting(self, opened: Opener, deep: bytes) -> None:
        assert_clear(opened, token(KNOWN_HEADER, deep, sandbox_key()))
        assert_clear(opened, token(deep[:3000], claims(), sandbox_key()))


class TestForged:
    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none", "kid": SANDBOX_KEY_ID},
            {"alg": "NONE", "kid": SANDBOX_KEY_ID},
            {"alg": "HS256", "kid": SANDBOX_KEY_ID},
            {"alg": "ES256", "kid": SANDBOX_KEY_ID},
            {"alg": "RS256", "kid": SANDBOX_KEY_ID},
            {"alg": "Ed25519", "kid": SANDBOX_KEY_ID},
            {"alg": ["EdDSA"], "kid": SANDBOX_KEY_ID},
            {"kid": SANDBOX_KEY_ID},
            {"alg": "EdDSA"},
            {"alg": "EdDSA", "kid": "another"},
            {"alg": "EdDSA", "kid": 1},
            {"alg": "EdDSA", "kid": "../../etc/passwd"},
            {**KNOWN_HEADER, "crit": ["exp"]},
            {**KNOWN_HEADER, "crit": []},
            {**KNOWN_HEADER, "b64": False},
            {**KNOWN_HEADER, "jwk": public_jwk(STRANGERS_KEY.public_key())},
            {**KNOWN_HEADER, "jwk": "a key"},
            [],
            "EdDSA",
            None,
        ],
        ids=str,
    )
    def test_header(self, opened: Opener, header: Any) -> None:
        """Each is signed with the right key: it is the header alone that is wrong."""
        assert_clear(opened, token(header, claims(), sandbox_key()))

    def test_unsigned(self, opened: Opener) -> None:
        whole = good()
        assert_clear(opened, whole[: whole.rindex(".") + 1])
        assert_clear(opened, token(KNOWN_HEADER, claims(), signature=bytes(64)), "signature")

    @pytest.mark.parametrize("form", ["raw", "pem", "jwk"])
    def test_hmac_with_the_public_key(self, opened: Opener, form: str) -> None:
        public = sandbox_key().public_key()
        secret = {
            "raw": public.public_bytes_raw(),
            "pem": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
            "jwk": json.dumps(public_jwk(public)).encode(),
        }[form]
        for alg in ("HS256", "EdDSA"):
            unsigned = token({"alg": alg, "kid": SANDBOX_KEY_ID}, claims())
            mac = hmac.new(secret, unsigned.rpartition(".")[0].encode(), hashlib.sha256).digest()
            assert_clear(opened, unsigned + encoded(mac))

    def test_signed_by_somebody_else(self, opened: Opener) -> None:
        assert_clear(opened, issue(now=NOW, key=STRANGERS_KEY), "signature")

    def test_somebody_elses_key_in_the_header_of_a_known_vendor(self, opened: Opener) -> None:
        header = {**KNOWN_HEADER, "jwk": public_jwk(STRANGERS_KEY.public_key())}
        for accept in (None, Jwk(**public_jwk(STRANGERS_KEY.public_key())).fingerprint):
            assert_clear(opened, token(header, claims(), STRANGERS_KEY), "a key of its own", accept_key=accept)

    def test_the_known_key_in_the_header_is_no_harm(self, opened: Opener) -> None:
        header = {**KNOWN_HEADER, "jwk": public_jwk(sandbox_key().public_key())}
        assert opened(token(header, claims(), sandbox_key())).trust == "known"

    def test_a_known_vendor_cannot_speak_for_another(self, opened: Opener) -> None:
        assert_clear(opened, issue({"iss": STRANGER}, now=NOW), "not a vendor that this computer knows")

    @pytest.mark.parametrize(
        "iss", ["../release.example", "release.example/..", "", "RELEASE.EXAMPLE", 1, None, Removed]
    )
    def test_strange_issuers(self, opened: Opener, iss: Any) -> None:
        assert_clear(opened, issue({"iss": iss}, now=NOW))

    @pytest.mark.parametrize(
        "overrides",
        [
            {"control_plane": {"url": "https://evil.example"}},
            {"template": {"url": "https://evil.example/role.yaml"}},
            {"trust": {"principal_arn": "arn:aws:iam::666666666666:role/release-deploy"}},
            {"trust": {"principal_arn": "arn:aws:iam::666666666666:root"}},
        ],
        ids=str,
    )
    def test_the_sandboxs_public_key_reaches_nobody_else(self, opened: Opener, overrides: Any) -> None:
        error = assert_clear(opened, issue(overrides, now=NOW))
        assert "public" in error.fix


class TestTimes:
    @pytest.mark.parametrize("seconds", [0, 14 * 24 * 3600 - 1, 14 * 24 * 3600 + 59, -60])
    def test_valid(self, opened: Opener, seconds: int) -> None:
        assert opened(good(), now=NOW + timedelta(seconds=seconds))

    def test_expired(self, opened: Opener) -> None:
        assert_clear(opened, good(), "ended on 2026-03-15 12:00 UTC", now=NOW + timedelta(days=14, seconds=60))

    def test_not_yet_valid(self, opened: Opener) -> None:
        assert_clear(opened, good(), "not valid before 2026-03-01 12:00 UTC", now=NOW - timedelta(seconds=61))

    def test_issued_in_the_future(self, opened: Opener) -> None:
        later = int((NOW + timedelta(hours=1)).timestamp())
        assert_clear(opened, issue({"iat": later}, now=NOW), "not valid before")

    @pytest.mark.parametrize("name", ["iat", "nbf", "exp"])
    @pytest.mark.parametrize("value", [Removed, None, "2026-03-01", "1772366400", True, 1e300, -1e300, [], {}])
    def test_wrong_times(self, opened: Opener, name: str, value: Any) -> None:
        assert_clear(opened, issue({name: value}, now=NOW), name)

    @pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
    def test_times_that_are_no_numbers(self, opened: Opener, number: bytes) -> None:
        payload = json.dumps({**claims(), "exp": "THERE"}).encode().replace(b'"THERE"', number)
        assert_clear(opened, token(KNOWN_HEADER, payload, sandbox_key()))


class TestAudience:
    @pytest.mark.parametrize("audience", ["other", "Houseguest", "", [], ["other"]])
    def test_foreign(self, opened: Opener, audience: Any) -> None:
        assert_clear(opened, issue({"aud": audience}, now=NOW), "not an invitation for Houseguest")

    @pytest.mark.parametrize("audience", [None, 1, {}, Removed, [1]])
    def test_of_the_wrong_type(self, opened: Opener, audience: Any) -> None:
        assert_clear(opened, issue({"aud": audience}, now=NOW), "aud")


WRONG: list[tuple[str, Any]] = [
    ("jti", Removed),
    ("jti", ""),
    ("jti", "a b"),
    ("vendor", Removed),
    ("vendor", "PopSQL"),
    ("vendor.name", ""),
    ("vendor.name", "Pop\u0000SQL"),
    ("vendor.name", "Pop\u001b[31mSQL"),
    ("vendor.name", "Pop\u202eLQS"),
    ("vendor.name", "P" * 201),
    ("vendor.access_statement", "x" * 5000),
    ("vendor.support_url", "http://vendor.example"),
    ("vendor.support_url", "javascript:alert(1)"),
    ("vendor.support_url", "https://vendor.example/\u202e"),
    ("vendor.agreements", [{"title": "x", "url": "https://a.example"}] * 21),
    ("customer.aws_account_id", "22222222222"),
    ("customer.aws_account_id", "2222222222222"),
    ("customer.aws_account_id", "22222222222\n"),
    ("customer.aws_account_id", "２２２２２２２２２２２２"),
    ("customer.aws_account_id", 222222222222),
    ("customer.aws_account_id", Removed),
    ("trust.principal_arn", "*"),
    ("trust.principal_arn", "111111111111"),
    ("trust.principal_arn", "arn:aws:iam::111111111111:user/somebody"),
    ("trust.principal_arn", "arn:aws:iam::111111111111:role/*"),
    ("trust.principal_arn", "arn:aws:iam::*:role/release-deploy"),
    ("trust.principal_arn", "arn:aws:sts::111111111111:assumed-role/release-deploy/s"),
    ("trust.principal_arn", ["arn:aws:iam::111111111111:root"]),
    ("trust.external_id", "x"),
    ("trust.external_id", "x" * 1225),
    ("trust.external_id", "with space"),
    ("trust.external_id", "ünïcode"),
    ("trust.external_id", "line\nbreak"),
    ("template.url", "http://s3.example/t.yaml"),
    ("template.url", "s3://bucket/t.yaml"),
    ("template.sha256", "A" * 64),
    ("template.sha256", "a" * 63),
    ("template.role_path", "release"),
    ("template.role_path", "//"),
    ("template.role_path", "/release/deep/"),
    ("template.role_path", "/rel*ase/"),
    ("template.role_path", "/aws-service-role/"),
    ("template.parameters", []),
    ("template.parameters", ["Instal lation"]),
    ("permissions.default_grant", ["PowerUserAccess"]),
    ("permissions.minimal_boundary", {}),
    ("permissions.minimal_boundary", "Allow everything"),
    ("permissions.minimal_boundary", {"Statement": [{"Sid": "a\u0007"}]}),
    ("permissions.minimal_boundary", {"Statement": [{"Condition": {"NumericLessThan": {"a": float("nan")}}}]}),
    ("permissions.needs", []),
    ("permissions.needs", {"later": []}),
    ("permissions.needs", {"install": [{"actions": ["everything"], "resources": ["*"], "why": "x"}]}),
    ("permissions.needs", {"install": [{"actions": ["ec2:*"], "resources": [], "why": "x"}]}),
    ("permissions.needs", {"install": [{"actions": ["ec2:*"], "resources": ["*"]}]}),
    ("permissions.max_session_seconds", 3599),
    ("permissions.max_session_seconds", 43201),
    ("permissions.max_session_seconds", "3600"),
    ("permissions.max_session_seconds", 3600.5),
    ("permissions.max_session_seconds", True),
    ("network.allowed_regions", []),
    ("network.allowed_regions", ["us-east-1"] * 65),
    ("network.allowed_regions", ["us-east-1\n"]),
    ("network.allowed_regions", "us-east-1"),
    ("network.prefix_length", {"default": 16, "min": 20, "max": 24}),
    ("network.prefix_length", {"default": 16, "min": 8, "max": 24}),
    ("network.prefix_length", {"default": "16", "min": 16, "max": 24}),
    ("network.avoid", ["10.0.0.1/8"]),
    ("network.avoid", ["10.0.0.0/33"]),
    ("network.avoid", ["fd00::/8"]),
    ("network.avoid", [167772160]),
    ("resources", [{"type": "VPC", "count": 1}]),
    ("resources", [{"type": "AWS::EC2::VPC", "count": -1}]),
    ("resources", [{"type": "AWS::EC2::VPC", "count": 1}] * 201),
    ("expects.setup_seconds", 0),
    ("expects.install_seconds", "1800"),
    ("control_plane.url", "ftp://vendor.example"),
    ("control_plane", Removed),
]


@pytest.mark.parametrize(("where", "value"), WRONG, ids=lambda value: repr(value)[:60])
def test_a_wrong_claim_is_named(opened: Opener, where: str, value: Any) -> None:
    overrides: Any = value
    for name in reversed(where.split(".")):
        overrides = {name: overrides}
    base = claims()
    if isinstance(value, dict):  # replaced, not merged
        target = base
        *parents, last = where.split(".")
        for name in parents:
            target = target[name]
        target[last] = value
        overrides = {}
    assert_clear(opened, issue(overrides, base=base), where)


class TestUnknownVendor:
    FINGERPRINT = Jwk(**public_jwk(STRANGERS_KEY.public_key())).fingerprint

    def test_is_asked_about_and_remembered(self, opened: Opener, keys: KnownKeys, tmp_path: Path) -> None:
        with pytest.raises(UnknownVendorKey) as question:
            opened(from_stranger())
        assert question.value.fingerprint == self.FINGERPRINT
        assert question.value.invitation.vendor.name == "PopSQL"
        assert keys.find(STRANGER) is None

        verified = opened(from_stranger(), accept_key=self.FINGERPRINT)
        assert (verified.trust, verified.key_fingerprint) == ("confirmed", self.FINGERPRINT)
        assert opened(from_stranger(jwk=None), keys=KnownKeys(tmp_path / "home")).trust == "confirmed"

    def test_accepting_another_fingerprint_accepts_nothing(self, opened: Opener, keys: KnownKeys) -> None:
        with pytest.raises(UnknownVendorKey):
            opened(from_stranger(), accept_key=self.FINGERPRINT[:-1] + "A")
        assert keys.find(STRANGER) is None

    def test_a_later_change_is_refused(self, opened: Opener) -> None:
        opened(from_stranger(), accept_key=self.FINGERPRINT)
        new = Ed25519PrivateKey.generate()
        fingerprint = Jwk(**public_jwk(new.public_key())).fingerprint
        for kid, words in (("k1", "a key of its own"), ("k2", "not signed with the key that you confirmed")):
            for accept in (None, fingerprint):
                assert_clear(opened, from_stranger(key=new, kid=kid), words, accept_key=accept)
        assert_clear(opened, from_stranger(key=new, jwk=None), "signature")

    @pytest.mark.parametrize(
        "jwk",
        [
            None,
            {},
            {"kty": "oct", "k": "c2VjcmV0"},
            {"kty": "OKP", "crv": "Ed448", "x": "A" * 43},
            {"kty": "OKP", "crv": "Ed25519", "x": "A" * 42},
            {"kty": "OKP", "crv": "Ed25519", "x": "A" * 42 + "B"},
            {**public_jwk(STRANGERS_KEY.public_key()), "d": "A" * 43},
        ],
        ids=str,
    )
    def test_without_a_key_that_can_be_used(self, opened: Opener, jwk: Any) -> None:
        assert not isinstance(assert_clear(opened, from_stranger(jwk=jwk)), UnknownVendorKey)

    def test_one_key_has_one_spelling_and_so_one_fingerprint(self) -> None:
        with pytest.raises(ValueError, match="canonical"):
            Jwk(kty="OKP", crv="Ed25519", x="A" * 42 + "B")

    def test_nothing_is_asked_about_an_invitation_that_is_wrong_anyway(self, opened: Opener) -> None:
        for bad in (
            from_stranger(jwk=public_jwk(Ed25519PrivateKey.generate().public_key())),
            from_stranger({"aud": "other"}),
            from_stranger({"exp": int(NOW.timestamp()) - 3600}),
        ):
            assert not isinstance(assert_clear(opened, bad, accept_key=self.FINGERPRINT), UnknownVendorKey)

    def test_rfc_8037_thumbprint(self) -> None:
        """RFC 8037, appendix A.3."""
        key = Jwk(kty="OKP", crv="Ed25519", x="11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        assert key.fingerprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

    @pytest.mark.parametrize(
        "damage", [b"", b"{", b'{"version": 2}', b'{"version":1,"vendors":[{"iss":"x"}]}', b"\xff"]
    )
    def test_a_damaged_list_is_said_and_not_overwritten(self, opened: Opener, tmp_path: Path, damage: bytes) -> None:
        path = tmp_path / "home" / "known-vendors.json"
        path.parent.mkdir()
        path.write_bytes(damage)
        with pytest.raises(ProfileError, match="cannot be read"):
            opened(from_stranger(), accept_key=self.FINGERPRINT)
        assert path.read_bytes() == damage

    def test_two_strangers_confirmed_at_once_are_both_kept(self, tmp_path: Path) -> None:
        one, other = KnownKeys(tmp_path), KnownKeys(tmp_path)
        key = Jwk(**public_jwk(STRANGERS_KEY.public_key(), "k1") | {"kid": "k1"})
        one.find("a.example")
        other.confirm("b.example", "B", key)
        one.confirm("a.example", "A", key)
        assert one.find("a.example")
        assert one.find("b.example")

    def test_a_shipped_vendor_cannot_be_confirmed_away(self, keys: KnownKeys) -> None:
        key = Jwk(**public_jwk(STRANGERS_KEY.public_key(), "k1"))
        with pytest.raises(InvitationError, match="keys that are known"):
            keys.confirm("release.example", "Release", key)


def test_every_shipped_vendor_opens(keys: KnownKeys) -> None:
    folder = Path(resources.__file__).parent / "vendors"
    shipped = [path.stem for path in folder.glob("*.json")]
    assert "release.example" in shipped
    for iss in shipped:
        vendor = keys.find(iss)
        assert vendor is not None
        assert vendor.file.iss == iss
