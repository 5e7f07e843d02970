"""A display without a screen: Xvfb with a window manager, and on request a bus of its own for assistive technology.

What is started here is reached through unix sockets only, and ended by its process. What a test does with it is in
`tests/desktop/`; what the accessibility bus tells is read in `accessibility.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLibraryInfo

ROOT = Path(__file__).parents[2]
BUS_LAUNCHERS = tuple(Path(folder) / "at-spi-bus-launcher" for folder in ("/usr/libexec", "/usr/lib/at-spi2-core"))
SCREEN = "1600x1000x24"
PATIENCE = 20.0
"""Seconds that a server may take to start on a busy machine."""


SYSTEM_PYTHON = "/usr/bin/python3"
"""The one that finds GObject introspection."""
LOAD_PLUGIN = "import ctypes, sys, PySide6.QtGui; ctypes.CDLL(sys.argv[1])"


def lacking(*, accessible: bool = False) -> str:
    """Why there can be no such desktop here, in words; nothing if there can."""
    if sys.platform != "linux":
        return "Xvfb is for Linux"
    programs = ("Xvfb", "openbox", *(("dbus-daemon", SYSTEM_PYTHON) if accessible else ()))
    reasons = [f"there is no {program}" for program in programs if shutil.which(program) is None]
    if accessible and _bus_launcher() is None:
        reasons.append("there is no at-spi-bus-launcher")
    if accessible and not reasons and _fails(SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"):
        reasons.append(f"{SYSTEM_PYTHON} has no GObject introspection of Atspi")
    plugin = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / "libqxcb.so"
    if failure := _fails(sys.executable, "-c", LOAD_PLUGIN, str(plugin)):
        reasons.append(failure.splitlines()[-1])
    return "; ".join(reasons)


def _fails(*command: str) -> str:
    """What a command says when it fails."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    return (ran.stderr or f"{command[0]} failed") if ran.returncode else ""


def _bus_launcher() -> Path | None:
    return next((path for path in BUS_LAUNCHERS if path.exists()), None)


@dataclass(frozen=True)
class Desktop:
    """The variables that lead to it, for every process that is to have a window there."""

    variables: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.variables}

    @contextmanager
    def python(self, *arguments: str, talks: bool = False, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """This Python in the sources' root, with its window on the desktop. It is ended with the block.

        One that `talks` reads standard input, too.
        """
        stdin = subprocess.PIPE if talks else subprocess.DEVNULL
        environment = self.environment() | variables
        with ended([sys.executable, *arguments], environment, stdin=stdin, stdout=subprocess.PIPE) as process:
            yield process


@contextmanager
def desktop(folder: Path, *, accessible: bool = False) -> Iterator[Desktop]:
    """A display with openbox on it; `folder` takes what they write. With `accessible` it has the bus of AT-SPI too."""
    with ExitStack() as stack:
        display = stack.enter_context(_display(folder / "xvfb.log"))
        variables = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_RUNTIME_DIR": str(folder)}
        stack.enter_context(_window_manager(folder, variables))
        if accessible:
            variables |= stack.enter_context(_accessibility_bus(folder, variables))
        yield Desktop(variables)


@contextmanager
def _display(log: Path) -> Iterator[str]:
    """A display number that is free, found by the server itself."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    with ExitStack() as stack:
        told = stack.enter_context(os.fdopen(reader))
        output = stack.enter_context(log.open("w"))
        stack.enter_context(ended(command, dict(os.environ), stdout=output, stderr=output, pass_fds=(writer,)))
        os.close(writer)
        number = told.readline().strip()  # ends with the server, also where it does not start
        if not number:
            raise RuntimeError(f"Xvfb did not start: {log.read_text()}")
        yield f":{number}"


@contextmanager
def _window_manager(folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """Openbox with its defaults, once it manages windows: it creates a file when it does."""
    ready, log = folder / "openbox-ready", folder / "openbox.log"
    command = ["openbox", "--sm-disable", "--startup", f"touch {ready}"]
    with ExitStack() as stack:
        output = stack.enter_context(log.open("w"))
        process = stack.enter_context(ended(command, {**os.environ, **variables}, stdout=output, stderr=output))
        _wait_until(lambda: ready.exists() or process.poll() is not None, "openbox to start")
        if process.poll() is not None:
            raise RuntimeError(f"openbox did not start: {log.read_text()}")
        yield


@contextmanager
def _accessibility_bus(folder: Path, variables: dict[str, str]) -> Iterator[dict[str, str]]:
    """A session bus of its own and the launcher of AT-SPI's bus on it."""
    launcher = _bus_launcher()
    if launcher is None:
        raise RuntimeError("there is no at-spi-bus-launcher")
    # Nobody's settings are read or written.
    environment = {**os.environ, **variables, "GSETTINGS_BACKEND": "memory"}
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with (folder / "at-spi.log").open("w") as log, ExitStack() as stack:
        daemon = stack.enter_context(ended(command, environment, stdout=subprocess.PIPE, stderr=log))
        assert daemon.stdout is not None
        more = {"DBUS_SESSION_BUS_ADDRESS": daemon.stdout.readline().strip(), "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        launch = [str(launcher), "--launch-immediately"]
        stack.enter_context(ended(launch, environment | more, stdout=log, stderr=log))
        yield more


@contextmanager
def ended(
    command: Sequence[str], environment: dict[str, str], *, pass_fds: Sequence[int] = (), **streams: Any
) -> Iterator[subprocess.Popen[str]]:
    """A process that lives as long as the block."""
    streams = {"stdin": subprocess.DEVNULL, **streams}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, pass_fds=pass_fds, **streams)
    with process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}")
        time.sleep(0.02)
