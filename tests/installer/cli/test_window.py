"""`houseguest` without a command: the window where there is a display, else the help."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from installer.cli import main
from installer.cli.window import has_display

ALL = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A Linux without a display; the patch that made it so."""
    monkeypatch.setattr("sys.platform", "linux")
    for name in ALL:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ALL)
def test_linux_says_where_its_display_is(nothing: pytest.MonkeyPatch, name: str) -> None:
    assert not has_display()
    nothing.setenv(name, "")
    assert not has_display()
    nothing.setenv(name, ":0")
    assert has_display()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_have_one(nothing: pytest.MonkeyPatch, system: str) -> None:
    nothing.setattr("sys.platform", system)
    assert has_display()


@pytest.mark.parametrize("arguments", [[], ["--"]])
def test_the_window_is_opened_and_its_exit_code_is_ours(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    opened: list[list[str]] = []

    def window(argv: list[str]) -> int:
        opened.append(argv)
        return 7

    monkeypatch.setitem(sys.modules, "ui.app", SimpleNamespace(main=window))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.argv", ["houseguest", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, opened) == (7, [[]])


def test_nothing_of_the_command_line_is_loaded_before_it() -> None:
    """Neither what would make its first picture wait."""
    code = """
import sys, types
sys.argv = ["houseguest"]
sys.modules["ui.app"] = types.SimpleNamespace(main=lambda argv: print(*sys.modules) or 0)
from installer.cli import main
main()
"""
    settings = {**os.environ, "DISPLAY": ":0"}
    ended = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert "installer.cli.window" in loaded
    assert not {"typer", "rich", "pydantic", "boto3", "botocore", "httpx", "keyring", "cryptography"} & loaded


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_the_help_is_shown() -> None:
    settings = {name: value for name, value in os.environ.items() if name not in ALL}
    ended = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['houseguest']; from installer.cli import main; main()"],
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert ended.stderr == "There is no display, so no window can be shown. These commands do the same:\n"
    assert "install" in ended.stdout
    assert "remove" in ended.stdout
