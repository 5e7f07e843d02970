"""The display itself: a real window there is framed and activated by a window manager, and nothing outlives it."""

import os
from pathlib import Path

import pytest

from tests.support.xvfb import Desktop, desktop, lacking

# Activated by the window manager, and told by it how large the frame is: in an order that is not fixed.
WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

application = QApplication(sys.argv)
window = QWidget()
window.resize(960, 640)
window.show()

def look():
    if window.isActiveWindow() and window.frameGeometry().height() > window.geometry().height():
        print(application.platformName(), flush=True)
        application.quit()

timer = QTimer(window)
timer.timeout.connect(look)
timer.start(10)
application.exec()
"""


def test_a_window_is_framed_and_active(display: Desktop) -> None:
    with display.python("-c", WINDOW) as process:
        out, _ = process.communicate(timeout=30)

    assert out == "xcb\n"
    assert process.returncode == 0


def test_two_displays_are_apart_and_nothing_of_them_is_left(tmp_path: Path) -> None:
    if reason := lacking():
        pytest.skip(reason)
    before = children()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with desktop(tmp_path / "one") as one, desktop(tmp_path / "two") as two:
        assert one.variables["DISPLAY"] != two.variables["DISPLAY"]
        assert len(children()) == len(before) + 4

    assert children() == before


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
