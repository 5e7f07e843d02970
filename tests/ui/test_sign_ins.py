"""Who is signed in: one sign-in for each profile and account, never one of another account."""

from pathlib import Path

import pytest

from installer.context import Context
from installer.errors import SignInNeeded, WrongAccount
from tests.support.aws_profiles import AwsProfiles
from tests.support.signed_in import ACCOUNT_ID
from ui.sign_ins import SignIns

CTX = Context()


@pytest.fixture
def profiles() -> AwsProfiles:
    return AwsProfiles()


@pytest.fixture
def sign_ins(tmp_path: Path, profiles: AwsProfiles) -> SignIns:
    return SignIns(tmp_path, profiles.new)


def test_signs_in_once_for_a_profile_and_account(sign_ins: SignIns, profiles: AwsProfiles) -> None:
    first = sign_ins.of(CTX, "admin", ACCOUNT_ID)
    assert sign_ins.of(CTX, "admin", ACCOUNT_ID) is first
    assert sign_ins.of(CTX, "audit", ACCOUNT_ID) is not first
    assert profiles.asked == ["admin", "audit"]


def test_signing_in_again_reads_the_profile_anew(sign_ins: SignIns, profiles: AwsProfiles) -> None:
    first = sign_ins.of(CTX, "admin", ACCOUNT_ID)
    again = sign_ins.again(CTX, "admin", ACCOUNT_ID)
    assert again is not first
    assert sign_ins.of(CTX, "admin", ACCOUNT_ID) is again


def test_never_keeps_a_sign_in_of_another_account(sign_ins: SignIns, profiles: AwsProfiles) -> None:
    with pytest.raises(WrongAccount, match="333333333333"):
        sign_ins.of(CTX, "other", ACCOUNT_ID)
    with pytest.raises(WrongAccount):
        sign_ins.of(CTX, "other", ACCOUNT_ID)
    assert profiles.asked == ["other", "other"]


def test_a_profile_that_leads_elsewhere_now_does_not_replace_what_is_kept(
    sign_ins: SignIns, profiles: AwsProfiles
) -> None:
    kept = sign_ins.of(CTX, "admin", ACCOUNT_ID)
    profiles.accounts["admin"] = "333333333333"
    with pytest.raises(WrongAccount):
        sign_ins.again(CTX, "admin", ACCOUNT_ID)
    assert sign_ins.of(CTX, "admin", ACCOUNT_ID) is kept


def test_credentials_that_have_ended_are_not_met_again(sign_ins: SignIns, profiles: AwsProfiles) -> None:
    ended = sign_ins.of(CTX, "admin", ACCOUNT_ID)
    other = sign_ins.of(CTX, "audit", ACCOUNT_ID)
    profiles.ended["admin"]()
    assert sign_ins.of(CTX, "admin", ACCOUNT_ID) is not ended
    assert sign_ins.of(CTX, "audit", ACCOUNT_ID) is other


def test_all_share_one_store_and_one_place_for_secrets(sign_ins: SignIns) -> None:
    one, two = sign_ins.new("admin"), sign_ins.new(None)
    assert one.store is two.store is sign_ins.store
    assert one.secrets(CTX) is two.secrets(CTX)


def test_a_real_sign_in_tells_when_nobody_can_be_asked(tmp_path: Path, home: Path) -> None:
    """botocore finds no credentials here: the sign-in that was kept is dropped, and the error told."""
    sign_ins = SignIns(tmp_path)
    station = sign_ins.new(None)
    sign_ins.keep(None, ACCOUNT_ID, station)
    with pytest.raises(SignInNeeded):
        station.keep_to(CTX, ACCOUNT_ID)
    with pytest.raises(SignInNeeded):
        sign_ins.of(CTX, None, ACCOUNT_ID)
