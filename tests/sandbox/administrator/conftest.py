"""One sandbox for a module, entered by people who have exactly one policy each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.support.limited import Hall


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with Hall.open(tmp_path_factory.mktemp("hall")) as hall:
        yield hall


@pytest.fixture(autouse=True)
def signed_in(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.point(monkeypatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For journals."""
    return tmp_path_factory.mktemp("journals")
