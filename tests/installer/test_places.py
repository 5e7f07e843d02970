"""Where a user's data is: as every program of this system has it, unless it is said otherwise."""

from pathlib import Path

import pytest
from platformdirs import user_data_path

from installer.places import default_root


@pytest.mark.parametrize("data", [None, "", "/srv/data", "/srv/data/", "relative/data"])
@pytest.mark.parametrize("home", [None, "", "/home/somebody", "/home/somebody/", "relative/home"])
def test_it_is_the_place_of_this_system(monkeypatch: pytest.MonkeyPatch, home: str | None, data: str | None) -> None:
    monkeypatch.delenv("HOUSEGUEST_HOME", raising=False)
    for name, value in (("HOME", home), ("XDG_DATA_HOME", data)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    assert default_root() == user_data_path("houseguest", appauthor=False)


def test_it_is_where_it_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOUSEGUEST_HOME", str(tmp_path))
    assert default_root() == tmp_path
