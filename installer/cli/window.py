"""`houseguest` without a command opens the window. This is light: nothing of the command line is loaded before it."""

import os
import sys

from installer import __version__
from installer.places import default_root
from installer.redaction import configure_logging, log

# Where Qt finds a screen on Linux. A platform that is named, such as offscreen, needs none.
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def has_display() -> bool:
    """Whether a window can be seen here."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in _SCREENS)


def open_window(argv: list[str]) -> int:
    """Show the window until it is closed; return the exit code."""
    configure_logging(default_root() / "houseguest.log")
    log("command.started", command="window", version=__version__)
    from ui.app import main

    return main(argv)
