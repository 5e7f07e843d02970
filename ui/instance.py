"""One window for each user and state folder: a second start hands what it was asked to open to the first, and ends.

A lock file says who is first; the system lets go of it when a program is killed. The message goes over a local socket
that this user alone can reach, because an invitation may be a link that opens something:

    second → first     {"open": "<link, file or nothing>"} and a line feed
    first → second     ok and a line feed

Whatever else arrives there is dropped.
"""

import os
import re
import stat
import sys
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

# An invitation has at most 256 KiB; JSON may write some of it longer.
_MAX_BYTES = 512 * 1024
_MAX_CALLERS = 8
_CALLER_MS = 2000
_ANSWER_SECONDS = 2.0
_RETRY_SECONDS = 0.02
_ANSWER = b"ok\n"
_UNREADABLE = r"[\x00\ud800-\udfff]"

# QtNetwork takes 13 ms to import: after the first paint is early enough, because a second start keeps trying.
_LISTEN_AFTER_MS = 200

# What a socket's address may hold, less what Qt adds to it for a moment: 104 bytes on macOS, 108 on Linux.
_MAX_ADDRESS = 90


class Instance(QObject):
    """This start of the program. It is the first where nobody else holds the lock, or where no lock can be made."""

    asked = Signal(str)
    """Somebody started the program again: come to the front, and open this unless it is empty."""

    def __init__(self, root: Path, parent: QObject | None = None, *, listen_after_ms: int = _LISTEN_AFTER_MS) -> None:
        super().__init__(parent)
        self._root = root
        self._server: QLocalServer | None = None
        self._callers: set[_Caller] = set()
        self._lock = QLockFile(str(_folder(root) / "window.lock"))
        self._lock.setStaleLockTime(0)  # however old: it is stale only when its program has ended
        self.is_first = self._claim()
        if self.is_first:
            QTimer.singleShot(listen_after_ms, self, self._listen)

    @cached_property
    def _address(self) -> str:
        return address_for(self._root)

    def hand_over(self, source: str) -> bool:
        """Ask the first to come to the front and to open `source`; false if it does not answer within two seconds."""
        ends = time.monotonic() + _ANSWER_SECONDS
        import json

        message = json.dumps({"open": _absolute(source)}).encode() + b"\n"
        if not self._address or len(message) > _MAX_BYTES:
            return False
        socket = _connected(self._address, ends)
        if socket is None:
            return False
        socket.write(message)
        answer = b""
        while len(answer) < len(_ANSWER) and socket.waitForReadyRead(_left_ms(ends)):
            answer += bytes(socket.readAll().data())
        socket.abort()
        return answer == _ANSWER

    def release(self) -> None:
        """Let the next start be the first."""
        for caller in tuple(self._callers):
            caller.end()
        if self._server is not None:
            self._server.close()
            self._server = None
        if self.is_first:
            self.is_first = False
            self._lock.unlock()

    def _claim(self) -> bool:
        if self._lock.tryLock(0):
            return True
        if self._lock.error() is not QLockFile.LockError.LockFailedError:
            return True  # a folder that cannot be written to: the rest of the program says so, with its reason
        if self._address and _connected(self._address, time.monotonic() + _ANSWER_SECONDS):
            return False
        # Nobody listens. A program that was killed leaves its number in the file, and another program may have that
        # number by now. The system knows whether the file is still held: only if not does this succeed.
        return self._lock.removeStaleLockFile() and self._lock.tryLock(0)

    @Slot()
    def _listen(self) -> None:
        if not self.is_first or not self._address:
            return
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._address)  # left by a program that was killed; we hold the lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        self._server.listen(self._address)

    @Slot()
    def _welcome(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            if len(self._callers) >= _MAX_CALLERS:
                socket.abort()
                socket.deleteLater()
                continue
            caller = _Caller(socket, self)
            self._callers.add(caller)
            caller.said.connect(self.asked)
            caller.ended.connect(self._forget)

    @Slot(object)
    def _forget(self, caller: "_Caller") -> None:
        self._callers.discard(caller)
        caller.deleteLater()


class _Caller(QObject):
    """A connection that came in. It may say one thing, soon and not at length."""

    said = Signal(str)
    ended = Signal(object)

    def __init__(self, socket: "QLocalSocket", parent: QObject) -> None:
        super().__init__(parent)
        self._data = bytearray()
        self._heard = False
        self._over = False
        self._socket = socket
        socket.setParent(self)
        socket.setReadBufferSize(_MAX_BYTES + 1)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self.end)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.end)
        self._timer.start(_CALLER_MS)
        self._read()

    @Slot()
    def end(self) -> None:
        if not self._over:
            self._over = True
            self._timer.stop()
            self._socket.abort()
            self.ended.emit(self)

    @Slot()
    def _read(self) -> None:
        if self._over or self._heard:
            return
        part = bytes(self._socket.readAll().data())
        self._data += part
        if b"\n" not in part and len(self._data) <= _MAX_BYTES:
            return
        source = _asked_for(self._data.partition(b"\n")[0])
        if source is None:
            self.end()
            return
        # The caller hangs up when it has the answer: if we did, Windows would throw the answer away.
        self._heard = True
        self._data.clear()
        self._socket.write(_ANSWER)
        self._socket.flush()
        self.said.emit(source)


def _asked_for(line: bytes | bytearray) -> str | None:
    """What a message asks to open; None where it is none of ours."""
    import json

    try:
        message: Any = json.loads(line) if len(line) <= _MAX_BYTES else None
    except (ValueError, RecursionError):
        return None
    source = message.get("open") if isinstance(message, dict) else None
    return source if isinstance(source, str) and re.search(_UNREADABLE, source) is None else None


def address_for(root: Path) -> str:
    """Where the first listens for this state folder; nothing where no private place is to be had."""
    import hashlib

    name = f"houseguest-{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]}"
    if sys.platform == "win32":
        return name  # a named pipe
    places = [Path(tempfile.gettempdir()) / f"houseguest-{os.getuid()}"]
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        places.insert(0, Path(runtime))
    for place in places:
        address = str(place / name)
        if len(os.fsencode(address)) <= _MAX_ADDRESS and _is_private(place):
            return address
    return ""


def _is_private(place: Path) -> bool:
    """Whether the folder is there, or can be made, and is this user's alone: not one that somebody put in the way."""
    if sys.platform == "win32":
        return True
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def _folder(root: Path) -> Path:
    with suppress(OSError):  # the lock then fails for the same reason
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


def _absolute(source: str) -> str:
    """A file by its whole path, because the first may have been started in another folder."""
    try:
        return str(Path(source).absolute()) if source and Path(source).is_file() else source
    except (OSError, ValueError):
        return source  # a link or a token, too long for the name of a file


def _connected(address: str, ends: float) -> "QLocalSocket | None":
    """A connection to whoever listens there, as soon as somebody does; None if nobody has by then."""
    from PySide6.QtNetwork import QLocalSocket

    while True:
        socket = QLocalSocket()
        socket.connectToServer(address)
        if socket.waitForConnected(_left_ms(ends)):
            return socket
        if time.monotonic() >= ends:
            return None
        time.sleep(_RETRY_SECONDS)


def _left_ms(ends: float) -> int:
    return max(0, round((ends - time.monotonic()) * 1000))
