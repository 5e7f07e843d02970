"""What every test of the window relies on: the theme once, the same look at the start of each test, and no thread of a
task that outlives its test.

`qapp` and `qtbot` are pytest-qt's; ask for `qtbot` and give it every window with `qtbot.addWidget`. `runner` runs tasks
and is shut down after the test; whoever makes one of his own shuts it down himself. `desk` is without an AWS.
"""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.desk import FakeDesk
from ui import theme
from ui.memory import Memory
from ui.tasks import TaskRunner


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """pytest-qt's application, in our look: light at 100 %, whatever this computer prefers."""
    theme.install(qapp, scheme=theme.Scheme.LIGHT)
    return qapp


@pytest.fixture(autouse=True)
def same_look(qapp: QApplication) -> Iterator[None]:
    """A test may change scheme and font size; the next one does not notice."""
    yield
    if theme.scheme() is not theme.Scheme.LIGHT:
        theme.set_scheme(theme.Scheme.LIGHT)
    if theme.scale() != 1.0:
        theme.set_scale(1.0)


@pytest.fixture(autouse=True)
def nothing_left_running(qapp: QApplication) -> Iterator[None]:
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("task ")]
    collecting = gc.isenabled()
    gc.enable()
    assert not left, f"threads outlived the test: {', '.join(left)}"
    assert collecting, "a TaskRunner of this test was not shut down"


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    assert runner.shutdown(), "a task of this test did not end when it was cancelled"
