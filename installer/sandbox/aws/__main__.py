"""Child process 1 of the sandbox: `python -m installer.sandbox.aws`, started by installer/sandbox/supervisor.py.

Its settings come in the environment (settings.py), its port goes to a file, its life ends with its standard input.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from installer.sandbox.aws.seams import PinError, check_version
from installer.sandbox.aws.settings import Settings
from installer.sandbox.lifeline import end_with_parent

_MINISTACK = {
    "AUTH": "true",
    "BIND_HOST": "127.0.0.1",
    "MINISTACK_HOST": "127.0.0.1",
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "CLOUDTRAIL_RECORDING": "1",
    "MINISTACK_REGION": "us-east-1",
    # Nothing may reach for a container engine: a clean machine has none, and results must not depend on it.
    "DOCKER_HOST": "unix:///nonexistent",
}


def main() -> int:
    end_with_parent()
    signal.signal(signal.SIGTERM, _end)
    try:
        check_version()
    except PinError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    settings = Settings.from_environment()
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    port = listener.getsockname()[1]
    _announce(port, settings.port_file)
    # ministack reads these while it is imported, so its modules come after.
    os.environ.update(_MINISTACK, GATEWAY_PORT=str(port), STATE_DIR=str(settings.port_file.parent / "state"))
    _serve(listener, settings)
    return 0


def _serve(listener: socket.socket, settings: Settings) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    from installer.sandbox.aws import control, layer

    layer.apply()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    application: Any = control.front(app.app, settings.control_token)
    asyncio.run(serve(application, config, shutdown_trigger=asyncio.Event().wait))


def _announce(port: int, file: Path) -> None:
    """Whole or not at all: whoever waits for the file reads it at once."""
    part = file.with_suffix(".part")
    part.write_text(str(port))
    part.replace(file)


def _end(number: int, frame: FrameType | None) -> None:
    """All state is in memory: there is nothing to put in order."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
