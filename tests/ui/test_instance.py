"""One window for each user and state folder: the second start is heard by the first, and nothing else that arrives at
its socket does anything."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from pytestqt.qtbot import QtBot

from ui import instance
from ui.instance import Instance, address_for

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="speaks to the socket as Unix has it")

SECOND = """
import sys
from pathlib import Path
from ui.instance import Instance
second = Instance(Path(sys.argv[1]))
print(second.is_first, second.hand_over(sys.argv[2]))
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from ui.instance import Instance
application = QCoreApplication([])
first = Instance(Path(sys.argv[1]), listen_after_ms=0)
assert first.is_first
QTimer.singleShot(50, lambda: print("ready", flush=True))
application.exec()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture(autouse=True)
def short_runtime_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def first(qtbot: QtBot, root: Path) -> Iterator[Instance]:
    first = Instance(root, listen_after_ms=0)
    assert first.is_first
    qtbot.waitUntil(lambda: Path(address_for(root)).exists())
    yield first
    first.release()


@pytest.fixture
def asked(first: Instance) -> list[str]:
    asked: list[str] = []
    first.asked.connect(asked.append)
    return asked


def process(script: str, *arguments: str | Path, cwd: Path = ROOT) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def second_start(qtbot: QtBot, root: Path, source: str, cwd: Path = ROOT) -> str:
    """What a second program says, while the first one's window goes on."""
    second = process(SECOND, root, source, cwd=cwd)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=10_000)
    return second.communicate()[0].strip()


def connect(root: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    try:
        client.connect(address_for(root))
    except OSError:
        client.close()
        raise
    return client


class TestSecondStart:
    @pytest.mark.parametrize(
        "source", ["", "https://vendor.example/i?t=1#ä", "/no/such.invitation", "eyJ" + "x" * 100_000]
    )
    def test_it_is_heard(self, qtbot: QtBot, root: Path, asked: list[str], source: str) -> None:
        assert second_start(qtbot, root, source) == "False True"
        assert asked == [source]

    def test_a_file_arrives_with_its_whole_path(
        self, qtbot: QtBot, root: Path, asked: list[str], tmp_path: Path
    ) -> None:
        (tmp_path / "a.invitation").write_text("x")
        assert second_start(qtbot, root, "a.invitation", cwd=tmp_path) == "False True"
        assert asked == [str(tmp_path / "a.invitation")]

    def test_another_state_folder_is_another_window(self, qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
        other = Instance(tmp_path / "other")
        assert other.is_first
        other.release()

    def test_the_first_may_leave(self, first: Instance, root: Path) -> None:
        first.release()
        first.release()
        assert not Path(address_for(root)).exists()
        following = Instance(root)
        assert following.is_first
        following.release()


class TestWithoutAnAnswer:
    def test_a_window_that_hangs_is_waited_for_two_seconds_only(
        self, root: Path, first: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(instance, "_ANSWER_SECONDS", 0.1)
        second = Instance(root)  # the first's event loop does not run meanwhile
        begun = time.monotonic()
        assert not second.is_first
        assert not second.hand_over("")
        assert time.monotonic() - begun < 2

    def test_what_is_too_long_to_be_an_invitation_is_not_sent(self, root: Path, first: Instance) -> None:
        assert not Instance(root).hand_over("x" * instance._MAX_BYTES)

    def test_a_first_that_does_not_listen_yet_is_waited_for(self, qtbot: QtBot, root: Path) -> None:
        first = Instance(root, listen_after_ms=400)
        assert second_start(qtbot, root, "") == "False True"
        first.release()

    @pytest.mark.parametrize("answer", [b"no\n", b"", b"o"])
    def test_nor_is_the_answer_of_something_else_taken(self, qtbot: QtBot, root: Path, answer: bytes) -> None:
        first = Instance(root, listen_after_ms=1_000_000)
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.bind(address_for(root))
            stranger.listen()

            def serve() -> None:
                for _ in range(2):  # once to see whether somebody is there, once to speak
                    caller, _ = stranger.accept()
                    with caller:
                        caller.recv(100)
                        with suppress(OSError):
                            caller.sendall(answer)

            thread = threading.Thread(target=serve)
            thread.start()
            assert second_start(qtbot, root, "") == "False False"
            thread.join()
        first.release()


class TestKilled:
    def test_a_killed_program_leaves_the_place(self, qtbot: QtBot, root: Path) -> None:
        killed = process(KILLED, root)
        assert killed.stdout is not None
        assert killed.stdout.readline() == "ready\n"
        assert not Instance(root).is_first
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert (root / "window.lock").exists()
        assert Path(address_for(root)).exists()

        first = Instance(root, listen_after_ms=0)
        assert first.is_first
        assert second_start(qtbot, root, "") == "False True"
        first.release()

    def test_also_where_another_program_has_its_number_now(
        self, root: Path, first: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(instance, "_ANSWER_SECONDS", 0.05)
        lock = root / "window.lock"
        left = lock.read_text()
        first.release()
        lock.write_text(left)  # it names this very process, which does not hold it
        following = Instance(root)
        assert following.is_first
        following.release()

    @pytest.mark.parametrize("damage", [b"", bytes(4096), b"not a number\n\n\n", b"1\npy\n", bytes(range(156, 255))])
    def test_a_damaged_lock_file_is_not_in_the_way(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes, qtbot: QtBot
    ) -> None:
        monkeypatch.setattr(instance, "_ANSWER_SECONDS", 0.05)
        root.mkdir()
        (root / "window.lock").write_bytes(damage)
        following = Instance(root)
        assert following.is_first
        following.release()


class TestHostile:
    @pytest.mark.parametrize(
        "message",
        [
            b"",
            b"\n",
            b"garbage\n",
            b"\xff\xfe\x00\n",
            b"[]\n",
            b"null\n",
            b'{"open": 1}\n',
            b'{"open": ["x"]}\n',
            b'{"close": ""}\n',
            b'{"open": "\\u0000"}\n',
            b'{"open": "\\ud800"}\n',
            b"[" * 100_000 + b"\n",
            b"9" * 10_000 + b"\n",
            b'{"open": "half',
            b"GET / HTTP/1.1\r\n\r\n",
        ],
    )
    def test_what_is_no_message_does_nothing(
        self, qtbot: QtBot, root: Path, first: Instance, asked: list[str], message: bytes
    ) -> None:
        with connect(root) as client:
            client.sendall(message)
            client.shutdown(socket.SHUT_WR)
            qtbot.waitUntil(lambda: closed(client))
        qtbot.waitUntil(lambda: not first._callers)
        assert asked == []

    def test_ten_megabytes_are_not_read(self, qtbot: QtBot, root: Path, first: Instance, asked: list[str]) -> None:
        ended: list[BaseException | None] = []

        def flood() -> None:
            with connect(root) as client:
                try:
                    client.sendall(b"x" * 10_000_000)
                except OSError as error:
                    ended.append(error)
                else:
                    ended.append(None)

        thread = threading.Thread(target=flood)
        thread.start()
        qtbot.waitUntil(lambda: bool(ended))
        thread.join()
        assert isinstance(ended[0], BrokenPipeError | ConnectionResetError)
        assert asked == []

    def test_a_caller_who_says_nothing_is_not_waited_for(
        self, qtbot: QtBot, root: Path, first: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(instance, "_CALLER_MS", 30)
        with connect(root) as silent, connect(root) as half:
            half.sendall(b'{"open": "x')
            qtbot.waitUntil(lambda: closed(silent) and closed(half))

    def test_only_the_first_message_of_a_caller_counts(self, qtbot: QtBot, root: Path, asked: list[str]) -> None:
        line = json.dumps({"open": "1"}).encode() + b"\n"
        with connect(root) as client:
            client.sendall(line + line.replace(b"1", b"2"))
            qtbot.waitUntil(lambda: bool(asked))
            client.sendall(line)
            assert client.recv(100) == b"ok\n"
        assert asked == ["1"]

    @pytest.mark.speed
    def test_many_callers_neither_stop_the_window_nor_a_real_one(
        self, qtbot: QtBot, root: Path, first: Instance, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(instance, "_CALLER_MS", 50)
        looks = [time.monotonic()]

        class Pulse(QObject):
            @Slot()
            def look(self) -> None:
                looks.append(time.monotonic())

        pulse, timer, stop = Pulse(), QTimer(), threading.Event()
        timer.timeout.connect(pulse.look)
        timer.start(1)

        def pester() -> None:
            clients: list[socket.socket] = []
            while not stop.is_set():
                try:
                    client = connect(root)
                    clients.append(client)
                    client.sendall(b"garbage")
                except OSError:
                    stop.wait(0.001)
                if len(clients) > 50:
                    clients.pop(0).close()
            for client in clients:
                client.close()

        thread = threading.Thread(target=pester)
        thread.start()
        qtbot.waitUntil(lambda: len(looks) > 100)
        stop.set()
        thread.join()
        assert max(later - before for before, later in pairwise(looks)) < 0.1
        assert len(first._callers) <= instance._MAX_CALLERS
        qtbot.waitUntil(lambda: not first._callers)
        assert second_start(qtbot, root, "") == "False True"
        assert asked == [""]


def closed(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class TestPlace:
    def test_only_this_user_can_reach_it(self, root: Path, first: Instance) -> None:
        address = Path(address_for(root))
        assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(address.stat().st_mode) & 0o077 == 0
        assert stat.S_IMODE(root.stat().st_mode) == 0o700

    def test_no_address_is_too_long_and_each_folder_has_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = tmp_path.joinpath(*["d" * 100] * 20)
        addresses = {address_for(deep), address_for(deep / "x"), address_for(tmp_path / "ä")}
        assert len(addresses) == 3
        assert address_for(deep) == address_for(deep / "x" / "..")
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
        addresses |= {address_for(deep)}
        assert all(len(os.fsencode(address)) <= instance._MAX_ADDRESS for address in addresses)

    def test_a_folder_that_others_can_write_to_is_not_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_to_all, link = tmp_path / "open", tmp_path / "link"
        open_to_all.mkdir()
        open_to_all.chmod(0o777)
        mine = tmp_path / "mine"
        mine.mkdir(mode=0o700)
        link.symlink_to(mine)
        for place in (open_to_all, link, tmp_path / "file" / "x"):
            assert not instance._is_private(place)
        assert instance._is_private(mine)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(open_to_all))
        monkeypatch.setattr(instance.tempfile, "gettempdir", lambda: str(open_to_all / "none"))
        assert address_for(tmp_path) == ""
        alone = Instance(tmp_path / "state")
        assert alone.is_first
        assert not alone.hand_over("")
        alone.release()

    @pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs users as Unix has them")
    def test_where_nothing_can_be_written_the_window_opens_all_the_same(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        first = Instance(tmp_path / "file" / "state")
        assert first.is_first
        first.release()
