"""`install` before anything is made. Whole runs are in tests/sandbox/."""

from dataclasses import replace

import pytest

from installer.cli.install import install, rehearse
from installer.cli.workstation import Terminal
from installer.errors import ChangedMeanwhile, UsageError
from installer.installation import InstallationState
from installer.lock import local_lock
from tests.support.answers import installation
from tests.support.fake_aws import Calm, FakeAws


def test_a_dry_run_waits_for_nobody_and_disturbs_nobody() -> None:
    """Its change sets have the names of those that another command proposes: it would take them back."""
    station = Terminal()
    aws = FakeAws({})
    station.aws, station.ctx = aws, Calm().context()
    standing = station.store.save(replace(installation(), state=InstallationState.CONNECTING))
    with local_lock(station.store.lock_path(standing)), pytest.raises(ChangedMeanwhile):
        rehearse(station, standing, as_json=True)
    assert aws.calls == []


def test_a_new_installation_needs_an_invitation() -> None:
    with pytest.raises(UsageError, match="no invitation") as refused:
        install(name="popsql")
    assert "--invitation" in refused.value.fix
