"""Real windows on a display without a screen. Where that cannot be, the tests say why and are skipped."""

import shutil
from collections.abc import Iterator

import pytest

from tests.desktop.hands import Hands
from tests.support.xvfb import Desktop, desktop, lacking


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A display with a window manager."""
    if reason := lacking():
        pytest.skip(reason)
    with desktop(tmp_path_factory.mktemp("desktop")) as made:
        yield made


@pytest.fixture(scope="module")
def accessible_display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """The same, with assistive technology listening."""
    if reason := lacking(accessible=True):
        pytest.skip(reason)
    with desktop(tmp_path_factory.mktemp("desktop"), accessible=True) as made:
        yield made


@pytest.fixture
def hands(display: Desktop) -> Hands:
    """Keyboard and window manager of that display."""
    if shutil.which("xdotool") is None:
        pytest.skip("there is no xdotool")
    return Hands(display)
