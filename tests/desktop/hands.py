"""Keyboard and window manager of a `Desktop`, as a person has them: xdotool sends real keys to what has the focus."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from tests.support.xvfb import PATIENCE, Desktop


class Hands:
    def __init__(self, desktop: Desktop) -> None:
        self._environment = desktop.environment()

    def window(self, pid: int) -> str:
        """The window of a process, once it is shown and has the focus."""
        self.until(lambda: self.shown(pid) and self.active() in self.shown(pid), f"a window of process {pid}")
        return self.active()

    def shown(self, pid: int) -> list[str]:
        """The windows of a process that are not minimised."""
        return self._run("search", "--onlyvisible", "--all", "--pid", str(pid), "--name", "Houseguest").split()

    def active(self) -> str:
        return self._run("getactivewindow").strip()

    def title(self, window: str) -> str:
        return self._run("getwindowname", window).strip()

    def place(self, window: str) -> tuple[int, int, int, int]:
        """Left, top, width and height, without the frame."""
        told = dict(line.split("=") for line in self._run("getwindowgeometry", "--shell", window).split())
        return int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"])

    def press(self, *keys: str) -> None:
        self._run("key", "--delay", "20", *keys)

    def type(self, text: str) -> None:
        self._run("type", "--delay", "5", text)

    def resize(self, window: str, width: int, height: int) -> None:
        self._run("windowsize", window, str(width), str(height))

    def move(self, window: str, left: int, top: int) -> None:
        self._run("windowmove", window, str(left), str(top))

    def minimise(self, window: str) -> None:
        self._run("windowminimize", window)

    def close(self) -> None:
        """As the cross in the title bar does: the window manager asks the active window to close."""
        self.press("alt+F4")

    @staticmethod
    def until(happened: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}")
            time.sleep(0.05)

    def _run(self, *arguments: str) -> str:
        # A search that finds nothing, and no active window, are errors to xdotool.
        return subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            timeout=PATIENCE,
        ).stdout
