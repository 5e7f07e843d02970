"""What Qt says on its own is not on the terminal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qDebug, qInstallMessageHandler, qWarning

from installer.redaction import configure_logging
from ui.messages import keep_off_the_terminal


@pytest.fixture(autouse=True)
def handler_of_before() -> Iterator[None]:
    before = qInstallMessageHandler(None)
    yield
    qInstallMessageHandler(before)


def test_a_warning_is_written_down_without_its_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(tmp_path / "houseguest.log")
    keep_off_the_terminal()

    qWarning("cannot open /home/jane/secret")
    qDebug("this plugin does not support raise()")

    assert capfd.readouterr() == ("", "")
    [line] = (tmp_path / "houseguest.log").read_text().splitlines()
    assert json.loads(line)["event"] == "qt.message"
    assert json.loads(line)["category"] == "default"
    assert "jane" not in line
