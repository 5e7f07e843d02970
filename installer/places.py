"""Where a user's data is on this computer. Light, because everything that starts needs it first."""

import os
from pathlib import Path


def default_root() -> Path:
    """`$HOUSEGUEST_HOME`, or the place where this system keeps a user's data."""
    own = os.environ.get("HOUSEGUEST_HOME")
    if own:
        return Path(own)
    from platformdirs import user_data_path

    return user_data_path("houseguest", appauthor=False)
