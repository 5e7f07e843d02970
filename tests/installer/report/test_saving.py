import errno
import os
import stat
from pathlib import Path

import pytest

from installer.report.saving import ReportError, save


def test_the_file_is_whole_and_for_this_user_only(tmp_path: Path) -> None:
    save(tmp_path / "report.html", b"one")
    save(tmp_path / "report.html", b"two")

    assert (tmp_path / "report.html").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == 0o600


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ReportError) as caught:
        save(tmp_path / "file" / "report.html", b"data")

    assert str(caught.value).startswith(f"{tmp_path / 'file' / 'report.html'} cannot be written: ")
    assert caught.value.fix == "Choose another folder or name."


def test_a_name_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()

    with pytest.raises(ReportError, match="Is a directory" if os.name == "posix" else "cannot be written"):
        save(tmp_path / "report.html", b"data")

    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("name", ["a\x00b", "a" * 300])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError):
        save(tmp_path / name, b"data")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("call", "number", "why"),
    [
        ("fsync", errno.ENOSPC, "No space left on device"),
        ("open", errno.EACCES, "Permission denied"),
        ("open", errno.EROFS, "Read-only file system"),
    ],
)
def test_what_was_there_stays_when_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, why: str
) -> None:
    save(tmp_path / "report.html", b"old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(f"installer.files.os.{call}", refuse)
        with pytest.raises(ReportError, match=why):
            save(tmp_path / "report.html", b"new")

    assert (tmp_path / "report.html").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
