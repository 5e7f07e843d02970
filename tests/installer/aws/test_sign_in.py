"""Signing in by the person's own AWS configuration."""

import json
import sys
from pathlib import Path

import botocore.session
import pytest
from moto import mock_aws

from installer.aws.clients import Aws
from installer.aws.sign_in.profile import ProfileCredentials, profiles
from installer.context import Context
from installer.errors import AwsError, SignInNeeded
from tests.support.fake_aws import Calm

ENDED = SignInNeeded("Your sign-in to AWS has ended.")
MFA_PROFILE = """
[profile operator]
role_arn = arn:aws:iam::222222222222:role/Admin
source_profile = base
mfa_serial = arn:aws:iam::222222222222:mfa/alice
region = us-east-1

[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = secret
"""


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


@pytest.fixture
def config(home: Path) -> Path:
    place = home / ".aws" / "config"
    place.parent.mkdir()
    return place


def key(session: botocore.session.Session) -> str:
    credentials = session.get_credentials()
    assert credentials is not None
    return str(credentials.get_frozen_credentials().access_key)


def keys(name: str, access_key: str) -> str:
    return f"[profile {name}]\naws_access_key_id = {access_key}\naws_secret_access_key = secret\n"


def test_a_named_profile(config: Path) -> None:
    config.write_text(keys("one", "AKIAONE") + keys("two", "AKIATWO"))
    assert key(ProfileCredentials("two").session()) == "AKIATWO"


def test_the_profile_of_the_environment(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(keys("one", "AKIAONE") + keys("two", "AKIATWO"))
    monkeypatch.setenv("AWS_PROFILE", "one")
    assert key(ProfileCredentials().session()) == "AKIAONE"
    assert key(ProfileCredentials("two").session()) == "AKIATWO"


def test_the_default_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert key(ProfileCredentials().session()) == "AKIAENV"


def test_every_session_reads_afresh(config: Path) -> None:
    provider = ProfileCredentials("one")
    config.write_text(keys("one", "AKIABEFORE"))
    assert key(provider.session()) == "AKIABEFORE"
    config.write_text(keys("one", "AKIAAFTER") + "endpoint_url = http://127.0.0.1:4566\n")
    session = provider.session()
    assert key(session) == "AKIAAFTER"
    client = session.create_client("sts", region_name="us-east-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"


def test_all_sessions_share_what_is_known_of_the_services(config: Path) -> None:
    config.write_text(keys("one", "AKIAONE") + keys("two", "AKIATWO"))
    one, two = (ProfileCredentials(name).session().get_component("data_loader") for name in ("one", "two"))
    assert one is two


def test_a_place_of_its_own_for_models_is_kept_to(config: Path, home: Path) -> None:
    config.write_text(keys("one", "AKIAONE") + f"data_path = {home}\n" + keys("two", "AKIATWO"))
    one, two = (ProfileCredentials(name).session().get_component("data_loader") for name in ("one", "two"))
    assert str(home) in one.search_paths
    assert str(home) not in two.search_paths


def test_credential_process(config: Path) -> None:
    answer = json.dumps({"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "secret"})
    script = config.parent / "process.py"
    script.write_text(f"print({answer!r})")
    config.write_text(f"[profile one]\ncredential_process = {sys.executable} {script}\n")
    assert key(ProfileCredentials("one").session()) == "AKIAPROCESS"


def test_a_profile_that_does_not_exist(config: Path, ctx: Context) -> None:
    config.write_text(keys("one", "AKIAONE"))
    with pytest.raises(SignInNeeded, match="profile does not exist"):
        Aws(ProfileCredentials("absent")).call(ctx, "sts:GetCallerIdentity")


def test_the_code_of_an_mfa_device_is_asked_for_where_a_person_is(config: Path) -> None:
    config.write_text(MFA_PROFILE)
    asked: list[str] = []

    def ask_mfa(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    with mock_aws():
        access_key = key(ProfileCredentials("operator", ask_mfa=ask_mfa).session())
    assert access_key.startswith("ASIA")
    assert len(asked) == 1
    assert "arn:aws:iam::222222222222:mfa/alice" in asked[0]


def test_nobody_is_asked_on_the_terminal(config: Path, ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(MFA_PROFILE)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: pytest.fail("asked on the terminal"))
    with mock_aws(), pytest.raises(SignInNeeded, match="MFA device"):
        Aws(ProfileCredentials("operator")).call(ctx, "sts:GetCallerIdentity")


def test_renewal_is_the_persons_word(ctx: Context) -> None:
    asked: list[SignInNeeded] = []

    def says_yes(_ctx: Context, ended: SignInNeeded) -> bool:
        asked.append(ended)
        return True

    ProfileCredentials(ask=says_yes).renew(ctx, ENDED)
    assert asked == [ENDED]


def test_without_a_person_the_work_stops(ctx: Context) -> None:
    for provider in (ProfileCredentials(), ProfileCredentials(ask=lambda _ctx, _ended: False)):
        with pytest.raises(SignInNeeded) as raised:
            provider.renew(ctx, ENDED)
        assert raised.value is ENDED


def test_names_of_profiles_and_nothing_else(config: Path) -> None:
    config.write_text(keys("two", "AKIATWO") + keys("one", "AKIAONE"))
    (config.parent / "credentials").write_text(
        "[three]\naws_access_key_id = AKIATHREE\naws_secret_access_key = secret\n"
    )
    assert profiles() == ("one", "three", "two")


def test_no_configuration_has_no_profiles() -> None:
    assert profiles() == ()


def test_a_configuration_that_cannot_be_read(config: Path) -> None:
    config.write_text("[profile one\naws_access_key_id")
    with pytest.raises(AwsError) as raised:
        profiles()
    assert str(config) in raised.value.details["raised"]
