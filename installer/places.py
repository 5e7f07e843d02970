"""Where a user's data is on this computer. Light, because everything that starts needs it first."""

import os
import sys
from pathlib import Path


def default_root() -> Path:
    """`$HOUSEGUEST_HOME`, or the place where this system keeps a user's data."""
    own = os.environ.get("HOUSEGUEST_HOME")
    if own:
        return Path(own)
    home, data = os.environ.get("HOME", ""), os.environ.get("XDG_DATA_HOME", "")
    if sys.platform == "linux" and home.startswith("/"):
        # What platformdirs says there, without the 3 ms that it takes to import.
        return Path(data if data.startswith("/") else f"{home}/.local/share", "houseguest")
    from platformdirs import user_data_path

    return user_data_path("houseguest", appauthor=False)
