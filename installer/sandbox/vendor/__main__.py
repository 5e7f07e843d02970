"""`python -m installer.sandbox.vendor`: the reference vendor as a process of its own, on 127.0.0.1.

It ends on SIGTERM and SIGINT, and when its standard input, if that is a pipe, is closed.
"""

import logging
import os
import socket
import stat
import sys
import time

import uvicorn

from installer.sandbox.vendor.app import create_app
from installer.sandbox.vendor.services import Services, build, start_thread, write_files
from installer.sandbox.vendor.settings import SettingsError, read_settings

_GRACE_SECONDS = 2


class _Server(uvicorn.Server):
    """Lets long polls return before it waits for connections to end."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._services.close()
        await super().shutdown(sockets)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("botocore", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    services = build(settings)
    write_files(services)
    config = uvicorn.Config(
        create_app(services),
        host="127.0.0.1",
        port=settings.port,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, services)
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        start_thread("stdin", lambda: _end_with_stdin(server))
    server.run()
    return 0


def _end_with_stdin(server: uvicorn.Server) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    server.should_exit = True
    # An AWS call may hang in a thread that nothing can stop.
    time.sleep(2 * _GRACE_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
