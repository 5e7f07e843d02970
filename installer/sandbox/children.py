"""Starting a child process and waiting until it answers. What ends a child with its parent is in lifeline.py."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

_LOG_LINES = 20
_STOP_SECONDS = 3.0


class ChildError(RuntimeError):
    """A child ended, or did not answer in time. The message ends with the last lines of its log."""


class Child:
    """`python -m <module>` with its output in `log` and its life tied to this object's pipe."""

    def __init__(self, module: str, environment: Mapping[str, str], log: Path) -> None:
        self._name = module
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in a terminal is for the parent: it decides when its children end.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask, then insist."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Poll `ready`. Raises `ChildError` when the child ends first or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise ChildError(f"{self._name} ended with code {self._process.returncode}\n{self._tail()}")
            if time.monotonic() > deadline:
                raise ChildError(f"{self._name} did not answer within {seconds:.0f} s\n{self._tail()}")
            time.sleep(0.02)

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join(lines) or "(its log is empty)"


def answers(url: str) -> bool:
    """Whether a GET of this loopback URL succeeds."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
