"""The demo's window: a process of its own with a sandbox's settings in place of the person's, and the line to it.

What is said on the line is in `ui/demo/talk.py`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from installer.errors import HouseguestError

WINDOW = "ui"
WALK = "ui.demo.driver"

# Settings that would lead away from the sandbox, or secrets of the demo into the person's keyring.
_SETTINGS = ("AWS_", "HOUSEGUEST_", "PYTHON_KEYRING_BACKEND", "NO_PROXY", "no_proxy")
_STOP_SECONDS = 5.0
_LAST_LINES = 20


class SignIn(Protocol):
    """What of a sandbox leads to it."""

    @property
    def aws_config_file(self) -> str: ...
    @property
    def aws_shared_credentials_file(self) -> str: ...
    @property
    def admin_profile(self) -> str: ...


def environment(info: SignIn, home: Path, **more: str) -> dict[str, str]:
    """This process's own, but with the sandbox's AWS settings, a home of the demo's own, and no keyring."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    return {
        **kept,
        "AWS_CONFIG_FILE": info.aws_config_file,
        "AWS_SHARED_CREDENTIALS_FILE": info.aws_shared_credentials_file,
        "AWS_PROFILE": info.admin_profile,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOUSEGUEST_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "NO_PROXY": "*",
        "no_proxy": "*",
        **more,
    }


class Walker:
    """The window that walks by itself."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process, self._log = process, log

    def said(self) -> Iterator[dict[str, Any]]:
        """All that it says, until it has ended. Raises `HouseguestError` where it ended by a fault."""
        if self._process.stdout is None:
            raise AssertionError("it was started with a pipe")
        for line in self._process.stdout:
            yield json.loads(line)
        if self._process.wait():
            last = "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:])
            raise HouseguestError(f"The window ended with code {self._process.returncode}.\n{last}")

    def answer(self, problem: str = "") -> None:
        """What it asked for is done, or could not be."""
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        self._process.stdin.write(json.dumps({"problem": problem}) + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """At once, wherever it is."""
        self._process.kill()


@contextmanager
def walker(settings: dict[str, str], *arguments: str) -> Iterator[Walker]:
    """It ends with the block, and by itself when this process is gone."""
    with tempfile.TemporaryDirectory(prefix="houseguest-demo-") as place:
        log = Path(place) / "window.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", WALK, *arguments],
                env=settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for the starter: it ends the window
            )
        with process:
            try:
                yield Walker(process, log)
            finally:
                _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def open_window(settings: dict[str, str], invitation: str) -> int:
    """For a person, until they close it; its exit code."""
    return subprocess.run([sys.executable, "-m", WINDOW, invitation], env=settings, check=False).returncode
