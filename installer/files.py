"""Small private files that are either the old or the new, whole: never half of one."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installer.errors import ProfileError

_WAIT_SECONDS = 10.0


def private_folder(path: Path) -> Path:
    """The folder, made if need be, for this user only."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file's content at once, on disk when this returns, readable by this user only."""
    private_folder(path.parent)
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Put a rename or a removal in a folder on disk. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Keep other programs of this user from changing what the lock file stands for. Held for moments only, so it is
    waited for.
    """
    from filelock import FileLock, Timeout

    private_folder(path.parent)
    lock = FileLock(path, timeout=_WAIT_SECONDS, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise ProfileError(
            "Another Houseguest on this computer is saving and does not finish.",
            fix="Close the other window or end the other command, then try again.",
            details={"file": str(path)},
        ) from error
    try:
        yield
    finally:
        lock.release()
