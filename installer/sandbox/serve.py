"""Behind `houseguest sandbox`: start, say where it is, run until stopped. The command itself is in installer/cli/."""

from __future__ import annotations

import os
import select
import signal
import sys
from types import FrameType

from installer.sandbox.info import SandboxInfo
from installer.sandbox.supervisor import Sandbox

_ENDING = (signal.SIGTERM, signal.SIGINT)


def serve(scenario: str, json_output: bool, until_stdin_closes: bool, *, speed: float = 1.0) -> None:
    """Run the sandbox until SIGTERM, SIGINT, or the end of standard input where that was asked for.

    Once everything answers, standard output gets where it is. Call this from the main thread: it handles signals.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = {number: signal.signal(number, _note) for number in _ENDING}
    wakeup = signal.set_wakeup_fd(writer)
    try:
        with Sandbox.start(scenario, speed=speed) as info:
            sys.stdout.write(f"{info.to_json()}\n" if json_output else _instructions(info))
            sys.stdout.flush()
            _wait(reader, until_stdin_closes=until_stdin_closes)
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


def _instructions(info: SandboxInfo) -> str:
    return (
        f"The local AWS answers at {info.endpoint_url}, the vendor at {info.control_plane_url}.\n"
        f"Invitation: {info.invitation}\n\n"
        f"export AWS_CONFIG_FILE={info.aws_config_file}\n"
        f"export AWS_SHARED_CREDENTIALS_FILE={info.aws_shared_credentials_file}\n"
        f"export AWS_PROFILE={info.admin_profile}   # or {info.read_only_profile}, {info.vendor_profile}\n\n"
        "Ctrl-C ends it.\n"
    )


def _note(number: int, frame: FrameType | None) -> None:
    """The wake-up descriptor tells the waiting loop; the handler only keeps the signal from ending the process."""


def _wait(reader: int, *, until_stdin_closes: bool) -> None:
    watched = [reader, sys.stdin.fileno()] if until_stdin_closes else [reader]
    while True:
        ready, _, _ = select.select(watched, [], [])
        if reader in ready or not os.read(sys.stdin.fileno(), 4096):
            return
