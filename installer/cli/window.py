"""`houseguest` without a command opens the window. This is light: nothing of the command line is loaded before it."""

import gc
import os
import sys

from installer.places import default_root
from installer.redaction import configure_logging

# Where Qt finds a screen on Linux. A platform that is named, such as offscreen, needs none.
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def has_display() -> bool:
    """Whether a window can be seen here."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in _SCREENS)


def open_window(argv: list[str]) -> int:
    """Show the window until it is closed; return the exit code."""
    configure_logging(default_root() / "houseguest.log")
    # What is loaded now is no garbage, and to look through it over and over takes 9 ms. `ui/garbage.py` takes it over.
    gc.disable()
    try:
        from ui.app import main

        return main(argv)
    finally:
        gc.enable()
