"""The commands end to end, as a script uses them: install, status, remove, install again, and a second installation.

What came of each is read back by the sandbox's own checks, from what the commands print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from installer.sandbox import Sandbox, SandboxInfo
from installer.sandbox.checks import Check, Inspection
from tests.sandbox.support.command_line import CommandLine

NAME, SECOND_NAME = "popsql", "popsql-2"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(speed=50) as info:
        yield info


def failed(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if not check.passed]


def test_the_whole_journey_by_commands(sandbox: SandboxInfo, tmp_path: Path) -> None:
    houseguest = CommandLine(sandbox, tmp_path)
    invitation = ("--invitation", sandbox.invitation)
    inspection = Inspection(sandbox, tmp_path)

    assert failed(inspection.after_install(houseguest.install(NAME, "--region", "eu-west-1"))) == []
    status = houseguest("status", NAME, *invitation)
    assert (status.code, status.json["state"], status.json["access"]) == (0, "installed", "open")
    with inspection.through_removal():
        removed = houseguest("remove", NAME, *invitation, "--yes")
        assert (removed.code, removed.json["removed"]) == (0, True), removed.stdout + removed.stderr
        assert failed(inspection.after_removal(removed.json)) == []
        assert houseguest("status", NAME, *invitation).json["access"] == "none"
        assert failed(inspection.after_reconnect(houseguest.install(NAME, "--region", "eu-west-1"))) == []
    assert failed(inspection.after_second(houseguest.install(SECOND_NAME, "--region", "eu-west-1"))) == []
