"""Everything Houseguest reads but does not run (templates, policies, icons, texts) and the one loader for it.

Paths are relative to this package and use forward slashes: `read_text("templates/vendor-role.yaml")`.
They work alike from a checkout, an installed wheel and a frozen program.
"""

from pathlib import Path, PurePosixPath
from typing import Any

__all__ = ["read_bytes", "read_json", "read_text"]

_HERE = Path(__file__).parent


def read_bytes(path: str) -> bytes:
    """The exact bytes of a resource.

    Raises ValueError for a path that leaves this package, FileNotFoundError for one that is not there.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ".." in parts:
        raise ValueError(f"not a path inside resources/: {path!r}")
    # Not by importlib.resources: it takes 6 ms to import, and the window waits for its typeface.
    return _HERE.joinpath(*parts).read_bytes()


def read_text(path: str) -> str:
    """A resource as UTF-8 text, its line ends as they are in the file."""
    return read_bytes(path).decode("utf-8")


def read_json(path: str) -> Any:
    """A JSON resource as Python values."""
    import json

    return json.loads(read_bytes(path))
