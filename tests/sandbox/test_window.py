"""The real window on the sandbox: by keys alone, killed in the middle and opened again, started twice.

The journey by mouse, with everything read back from AWS and the vendor, is in `test_demo.py`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from installer.cli.demo_window import environment
from installer.flow import Step
from installer.sandbox import Sandbox, SandboxInfo
from tests.sandbox.support.walks import Enough, walk
from ui.app import Application, qt_application
from ui.desk import Desk
from ui.instance import Instance

AT_ONCE_MS = 20_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(speed=20) as info:
        yield info


@pytest.fixture
def settings(sandbox: SandboxInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process is signed in as the window's is; the home of both."""
    for name, value in environment(sandbox, tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def application(qtbot: QtBot, settings: Path) -> Iterator[Application]:
    """The window, in this process; a test shows it."""
    qt_application([])
    application = Application(Desk(settings), root=settings)
    yield application
    application.runner.shutdown()
    application.window.hide()
    application.window.deleteLater()


def steps(told: list[dict[str, Any]]) -> list[str]:
    return [one["step"] for one in told if one["tell"] == "step" and one["state"] == "done"]


def test_the_whole_journey_by_keyboard_alone(tmp_path: Path) -> None:
    """With the removal, by its typed name, and everything after it."""
    with Sandbox.start(speed=20) as info:
        told = walk(info, tmp_path, "--keyboard")

    assert [one for one in told if one["tell"] == "cut_short"] == []
    assert {"tell": "complete"} in told
    assert {"install", "remove.verify", "reconnect.install", "second.install"} <= set(steps(told))
    assert next(one["interactions_until_install"] for one in told if "interactions_until_install" in one) <= 12


@pytest.mark.parametrize(("moment", "step"), [("connecting", Step.CONNECT), ("installing", Step.INSTALL)])
def test_killed_in_the_middle_it_opens_where_it_was(moment: str, step: Step, tmp_path: Path) -> None:
    """By kill -9; from there the journey comes to its end."""

    def asked(question: dict[str, Any]) -> None:
        if question.get("name") == moment:
            raise Enough

    with Sandbox.start(speed=20) as info:
        walk(info, tmp_path, "--step-by-step", asked=asked)
        told = walk(info, tmp_path, "--go-on")

    assert {"tell": "opened", "step": step.value} in told
    assert {"tell": "complete"} in told, told
    assert steps(told)[0] == step.value


def test_a_second_start_hands_its_invitation_over_and_ends(
    application: Application, sandbox: SandboxInfo, settings: Path, qtbot: QtBot
) -> None:
    first = Instance(settings)
    assert first.is_first
    first.asked.connect(application.open)
    application.show()
    second = subprocess.Popen(
        [sys.executable, "-m", "ui", sandbox.invitation],
        env=environment(sandbox, settings, QT_QPA_PLATFORM="offscreen"),
        stderr=subprocess.PIPE,
        text=True,
    )
    with second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=AT_ONCE_MS)
    try:
        assert second.returncode == 0
        qtbot.waitUntil(lambda: "asks for access" in application.window.page.heading, timeout=AT_ONCE_MS)
        assert "Release" in application.window.page.heading
    finally:
        first.release()
