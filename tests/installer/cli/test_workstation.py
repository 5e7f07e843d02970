"""What commands share. Whole commands are run in tests/sandbox/ and tests/soak/."""

import pytest

from installer.cli.workstation import resumable
from installer.errors import (
    AwsUnreachable,
    HouseguestError,
    NotFinished,
    PermissionMissing,
    SignInNeeded,
    Throttled,
    VendorUnreachable,
)


@pytest.mark.parametrize("error", [AwsUnreachable, Throttled, VendorUnreachable])
def test_who_is_away_for_now_ends_nothing(error: type[HouseguestError]) -> None:
    with pytest.raises(NotFinished) as ended, resumable(lambda: "Go on with that."):
        raise error("Nobody answers.", details={"host": "there"})
    assert ended.value.exit_code == 5
    assert ended.value.message == "Nobody answers. Nothing is lost."
    assert ended.value.fix == "Go on with that."
    assert ended.value.details == {"cause": error.code, "host": "there"}


@pytest.mark.parametrize("error", [SignInNeeded, PermissionMissing])
def test_what_a_person_must_settle_stays_what_it_is(error: type[HouseguestError]) -> None:
    with pytest.raises(error), resumable(lambda: "Go on with that."):
        raise error("A person has to act.")
