"""The window comes back where it was, always within reach; a file that is damaged is forgotten."""

import base64
import os
import random
import stat
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import SEED
from ui.memory import Memory

ACCOUNT, OTHER = "222222222222", "333333333333"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def memory(root: Path) -> Memory:
    return Memory(root)


def window(qtbot: QtBot, *, at: tuple[int, int] = (0, 0), size: tuple[int, int] = (400, 300)) -> QWidget:
    window = QWidget()
    window.setMinimumSize(200, 150)
    qtbot.addWidget(window)
    window.setGeometry(*at, *size)
    return window


def ini(root: Path) -> Path:
    return root / "window.ini"


def screen() -> QRect:
    return QGuiApplication.primaryScreen().availableGeometry()


def within_reach(window: QWidget) -> bool:
    top = QRect(window.frameGeometry().topLeft(), window.size())
    top.setHeight(24)
    seen = top & screen()
    return seen.width() >= 120 and seen.height() >= 24 and screen().size().expandedTo(window.size()) == screen().size()


class TestGeometry:
    def test_it_comes_back(self, qtbot: QtBot, memory: Memory, root: Path) -> None:
        memory.save_geometry(window(qtbot, at=(120, 80), size=(500, 360)))
        again = window(qtbot)
        Memory(root).restore_geometry(again)
        assert again.geometry() == QRect(120, 80, 500, 360)

    def test_so_does_the_size_below_a_window_that_filled_the_screen(
        self, qtbot: QtBot, memory: Memory, root: Path
    ) -> None:
        full = window(qtbot, at=(120, 80), size=(500, 360))
        full.show()
        full.setWindowState(Qt.WindowState.WindowMaximized)
        qtbot.waitUntil(full.isMaximized)
        memory.save_geometry(full)
        again = window(qtbot)
        Memory(root).restore_geometry(again)
        assert again.isMaximized()
        assert again.normalGeometry().size().toTuple() == (500, 360)

    def test_at_the_first_start_it_stays_as_it_is(self, qtbot: QtBot, memory: Memory, root: Path) -> None:
        fresh = window(qtbot, at=(50, 60))
        memory.restore_geometry(fresh)
        assert fresh.geometry() == QRect(50, 60, 400, 300)
        assert not ini(root).exists()

    @pytest.mark.parametrize(
        "at", [(-5000, 100), (5000, 100), (100, 5000), (100, -5000), (100, -20), (-390, 100), (750, 100), (100, 790)]
    )
    def test_a_place_off_every_screen_is_corrected(
        self, qtbot: QtBot, memory: Memory, root: Path, at: tuple[int, int]
    ) -> None:
        away = window(qtbot, at=at)
        assert not within_reach(away)
        memory.save_geometry(away)
        again = window(qtbot)
        Memory(root).restore_geometry(again)
        assert within_reach(again)
        assert again.size().toTuple() == (400, 300)

    def test_also_of_a_window_that_was_never_placed(self, qtbot: QtBot, memory: Memory) -> None:
        away = window(qtbot, at=(-5000, -5000))
        memory.restore_geometry(away)
        assert within_reach(away)

    @pytest.mark.parametrize("at", [(-250, 100), (650, 100), (100, 750)])
    def test_one_that_can_be_taken_hold_of_stays(self, qtbot: QtBot, memory: Memory, at: tuple[int, int]) -> None:
        partly = window(qtbot, at=at)
        memory.restore_geometry(partly)
        assert partly.geometry() == QRect(*at, 400, 300)

    def test_it_is_not_larger_than_the_screen(self, qtbot: QtBot, memory: Memory, root: Path) -> None:
        memory.save_geometry(window(qtbot, size=(5000, 4000)))
        again = window(qtbot)
        Memory(root).restore_geometry(again)
        assert within_reach(again)


class TestProfile:
    def test_of_each_account_and_the_last_of_all(self, memory: Memory, root: Path) -> None:
        memory.remember_aws_profile(ACCOUNT, "acme, admin; 100 % ä = @x [default]")
        memory.remember_aws_profile(OTHER, "@Variant(other)")
        again = Memory(root)
        assert again.aws_profile(ACCOUNT) == "acme, admin; 100 % ä = @x [default]"
        assert again.aws_profile(OTHER) == "@Variant(other)"
        assert again.aws_profile() == "@Variant(other)"
        assert again.aws_profile("444444444444") == ""

    def test_none_is_known_at_first(self, memory: Memory) -> None:
        assert memory.aws_profile() == memory.aws_profile(ACCOUNT) == ""


DAMAGES = [
    b"",
    b"\0" * 4096,
    b"\xff\xfe" * 100,
    b"[window",
    b"[window]\ngeometry=",
    b"[window]\ngeometry=not base64\n[aws_profiles]\nlast=a, b\n",
    b"[window]\ngeometry=" + b"A" * 1_000_000 + b"\n[aws_profiles]\nlast=" + b"A" * 1_000_000 + b"\n",
    b"[window]\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb)\n[aws_profiles]\nlast=@Variant(\\0\\0\\0\\x7f)\n",
    b'[window]\ngeometry=@Rect(1 2 3 4)\n[aws_profiles]\nlast="\\x1b[31m"\n',
    b"{}\n" * 1000,
]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, or the end missing."""
    bytes_ = bytearray(data)
    for _ in range(chance.randint(0, 8)):
        bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
    return bytes(bytes_[: chance.choice([len(bytes_), chance.randrange(len(bytes_))])])


class TestDamaged:
    @pytest.mark.parametrize("data", DAMAGES, ids=lambda data: repr(data[:40]))
    def test_a_damaged_file_is_forgotten(self, qtbot: QtBot, root: Path, data: bytes) -> None:
        root.mkdir()
        ini(root).write_bytes(data)
        memory, fresh = Memory(root), window(qtbot, at=(50, 60))
        memory.restore_geometry(fresh)
        assert fresh.geometry() == QRect(50, 60, 400, 300)
        assert memory.aws_profile() == ""

        memory.save_geometry(window(qtbot, at=(70, 90)))
        memory.remember_aws_profile(ACCOUNT, "acme")
        again = Memory(root)
        again.restore_geometry(fresh)
        assert fresh.pos().toTuple() == (70, 90)
        assert again.aws_profile() == "acme"

    def test_whatever_the_geometry_says_the_window_is_within_reach(
        self, qtbot: QtBot, memory: Memory, root: Path
    ) -> None:
        chance = random.Random(SEED)
        usual = window(qtbot, at=(70, 90)).saveGeometry().data()
        victim = window(qtbot)
        for _ in range(100):
            bytes_ = damaged(usual, chance)
            memory._write({"window/geometry": base64.b64encode(bytes_).decode()})
            victim.setWindowState(Qt.WindowState.WindowNoState)
            memory.restore_geometry(victim)
            assert victim.isMaximized() or victim.isFullScreen() or within_reach(victim), bytes_.hex()

    def test_where_nothing_can_be_written_nothing_is_said(self, qtbot: QtBot, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        memory = Memory(tmp_path / "file" / "state")
        memory.save_geometry(window(qtbot))
        memory.remember_aws_profile(ACCOUNT, "acme")
        assert memory.aws_profile() == "acme"

    @pytest.mark.skipif(os.name == "nt", reason="Unix modes")
    def test_the_folder_is_private(self, memory: Memory, root: Path) -> None:
        memory.remember_aws_profile(ACCOUNT, "acme")
        assert stat.S_IMODE(root.stat().st_mode) == 0o700
