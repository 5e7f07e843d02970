"""What every test relies on: no display, and nobody's real home, AWS account or keyring.

Fixtures of one area live in the conftest beside its tests.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

# Read once, when Qt starts: before any test imports it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# One seed for a run, also where several processes share it; given again, it repeats the sample of that run.
SEED = os.environ.setdefault("HOUSEGUEST_SOAK_SEED", str(secrets.randbelow(1_000_000)))

_PERSONAL = ("AWS_", "HOUSEGUEST_", "MINISTACK_")
_PLACES = {
    "HOME": ".",
    "USERPROFILE": ".",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": "run",
    "AWS_CONFIG_FILE": ".aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": ".aws/credentials",
}


def pytest_report_header() -> str:
    return f"HOUSEGUEST_SOAK_SEED={SEED}"


def _move_into(home: Path, patch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(_PERSONAL)]:
        patch.delenv(name)
    for name, place in _PLACES.items():
        patch.setenv(name, str(home / place))
    (home / "run").mkdir(mode=0o700)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty home for whatever outlives one test, such as a sandbox that several tests share."""
    with pytest.MonkeyPatch.context() as patch:
        _move_into(tmp_path_factory.mktemp("session-home"), patch)
        yield


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home of this test's own, for this process and for those it starts."""
    # What a test leaves, every sandbox that several tests share would sign in with.
    assert "AWS_ACCESS_KEY_ID" not in os.environ, "an earlier test left credentials in the environment"
    place = tmp_path_factory.mktemp("home")
    _move_into(place, monkeypatch)
    return place
