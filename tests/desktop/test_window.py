"""The window under a window manager: focus, keys, a second start, leaving. The program itself where nothing of AWS is
needed, else the window of `stage.py`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.desktop.hands import Hands
from tests.desktop.player import Player, player
from tests.support.xvfb import Desktop
from ui.colours import DARK, LIGHT

MINIMUM = (960, 640)
END = 5.0
"""Seconds in which a window that was closed has ended: two are for work that does not stop."""
INVITATION = "https://portal.vendor.example/i/1"


def program(display: Desktop, home: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    return display.python("-m", "ui", HOUSEGUEST_HOME=str(home))


@pytest.fixture
def playing(display: Desktop, tmp_path: Path) -> Iterator[Player]:
    with player(display, tmp_path) as made:
        yield made


def test_it_opens_with_the_focus_and_never_smaller_than_it_can_show(
    display: Desktop, hands: Hands, tmp_path: Path
) -> None:
    with program(display, tmp_path) as process:
        window = hands.window(process.pid)
        *_, width, height = hands.place(window)
        assert (width, height) >= MINIMUM
        hands.resize(window, 300, 200)
        hands.until(lambda: hands.place(window)[2:] == MINIMUM, "the least size")
        hands.press("ctrl+q")
        assert process.wait(timeout=END) == 0


def test_a_second_start_brings_the_first_to_the_front(display: Desktop, hands: Hands, tmp_path: Path) -> None:
    with program(display, tmp_path) as first:
        window = hands.window(first.pid)
        hands.minimise(window)
        hands.until(lambda: not hands.shown(first.pid), "the window to be minimised")
        with program(display, tmp_path) as second:
            assert second.wait(timeout=END) == 0
        assert hands.window(first.pid) == window
        assert first.poll() is None


def test_after_a_kill_it_starts_again(display: Desktop, hands: Hands, tmp_path: Path) -> None:
    with program(display, tmp_path) as killed:
        hands.window(killed.pid)
        killed.kill()
        killed.wait()
        with program(display, tmp_path) as process:
            hands.window(process.pid)
            assert process.poll() is None


def test_it_opens_where_it_was(display: Desktop, hands: Hands, tmp_path: Path) -> None:
    with program(display, tmp_path) as process:
        window = hands.window(process.pid)
        hands.resize(window, 1100, 720)
        hands.until(lambda: hands.place(window)[2:] == (1100, 720), "the new size")
        hands.move(window, 240, 130)
        hands.until(lambda: hands.place(window)[0] >= 240, "the new place")
        place = hands.place(window)
        hands.close()
        assert process.wait(timeout=END) == 0
    with program(display, tmp_path) as process:
        window = hands.window(process.pid)
        hands.until(lambda: hands.place(window) == place, f"the place of before, {place}")


def test_keys_go_where_they_should(hands: Hands, playing: Player) -> None:
    playing.show("nothing_opened")
    window = hands.window(playing.pid)
    hands.type(INVITATION)
    hands.press("ctrl+Return")
    hands.until(lambda: "asks for access" in hands.title(window), "the invitation to be opened")
    hands.press("ctrl+Return")
    hands.until(lambda: hands.title(window).startswith("Sign in"), "the next page")
    hands.press("alt+Left")
    hands.until(lambda: "asks for access" in hands.title(window), "the page before")


def test_tab_goes_around(hands: Hands, playing: Player) -> None:
    playing.show("unknown_key")
    hands.window(playing.pid)
    seen: list[str] = []
    while (focus := playing.state()["focus"]) not in seen:
        seen.append(focus)
        hands.press("Tab")
        hands.until(lambda before=focus: playing.state()["focus"] != before, f"the focus to leave {focus!r}")
    assert len(seen) > 4
    assert focus == seen[0], f"the focus is caught: {seen}, then {focus} again"


def test_space_ticks(hands: Hands, playing: Player) -> None:
    playing.show("unknown_key")
    window = hands.window(playing.pid)
    hands.press("ctrl+Return")
    assert hands.title(window).startswith("Is this really"), "nothing is trusted before it was compared"
    hands.press("space", "ctrl+Return")
    hands.until(lambda: "asks for access" in hands.title(window), "the key to be trusted")


def test_escape_stops_the_work(hands: Hands, playing: Player) -> None:
    playing.show("reading_regions")
    hands.window(playing.pid)
    assert playing.state()["busy"]
    hands.press("Escape")
    hands.until(lambda: not playing.state()["busy"], "the work to stop")


def test_leaving_while_something_goes_on_asks(hands: Hands, playing: Player) -> None:
    playing.show("creating")
    hands.window(playing.pid)
    hands.close()
    hands.until(lambda: playing.state()["dialog"], "the question")
    hands.press("Escape")
    hands.until(lambda: not playing.state()["dialog"], "the question to go")
    assert playing.state()["busy"]
    hands.close()
    hands.until(lambda: playing.state()["dialog"], "the question again")
    hands.press("Return")
    assert playing.process.wait(timeout=END) == 0


def test_leaving_while_something_is_read_does_not_wait(hands: Hands, playing: Player) -> None:
    playing.show("reading_regions")
    hands.window(playing.pid)
    hands.close()
    assert playing.process.wait(timeout=END) == 0


def test_a_dark_start_is_dark_on_the_screen(hands: Hands, playing: Player) -> None:
    playing.show("nothing_opened")
    hands.window(playing.pid)
    assert playing.state()["ground"] == LIGHT.window.name()
    playing.show("dark")
    hands.window(playing.pid)
    assert playing.state()["ground"] == DARK.window.name()
