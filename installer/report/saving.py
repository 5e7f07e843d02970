"""A report into a file: the old one or the new one, whole, and for this user only."""

from pathlib import Path

from installer.errors import HouseguestError
from installer.files import write_whole


class ReportError(HouseguestError):
    """The file could not be written; one that was there is as it was."""

    code = "report"


def save(path: Path, data: bytes) -> None:
    """Write the file, or raise a `ReportError` that says why not."""
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not the name of a file"
        raise ReportError(
            f"{path} cannot be written: {why}.", fix="Choose another folder or name.", details={"file": str(path)}
        ) from error
