"""A proxy on 127.0.0.1 between the installer and AWS, or the vendor: forwards every byte untouched, names each request
as the call that it is, and lets a test decide what becomes of it.

The installer does not know of it: the launcher in `killing.py` leads its connections here, so the Host header, which
AWS's signature covers, stays that of the server behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(rb"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
# Calls whose service names them by path; botocore's names, as in an IAM policy.
_BY_PATH = (
    (re.compile(r"eks:DELETE /clusters/[^/]+/access-entries/[^/]+"), "eks:DeleteAccessEntry"),
    (re.compile(r"eks:GET /clusters/[^/]+/access-entries"), "eks:ListAccessEntries"),
    (re.compile(r"eks:GET /clusters/[^/]+"), "eks:DescribeCluster"),
    (re.compile(r"s3:GET /"), "s3:ListBuckets"),
)
_READS = ("Describe", "Get", "List", "Search", "Lookup", "Simulate", "Validate", "Head", "BatchGet")
_SPEAK_JSON = ("eks", "secretsmanager", "ssm")
_RESET = struct.pack("ii", 1, 0)
_START_SECONDS = 5.0


class Fate(Enum):
    """What becomes of a request. After `KILL`, `LOSE` and `CUT` it took effect: only the reply is missing."""

    FORWARD = "forward"
    KILL = "the reply is not delivered: the installer is killed"
    LOSE = "the reply is not delivered: the connection is reset"
    CUT = "half of the reply is delivered, then the connection ends"
    REFUSE = "the request is not forwarded: the connection is reset"


@dataclass(frozen=True)
class Answer:
    """A reply of the proxy's own; the request is not forwarded."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def to_bytes(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Made by a test"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, ("Content-Length", str(len(self.body))))]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Asked:
    """A request as it came. `call` is `service:Operation`, or `service:METHOD /path` where the path names it.

    `number` counts all requests, `write` only those that change something; 0 for a read.
    """

    number: int
    write: int
    call: str
    body: bytes = field(repr=False)

    @property
    def service(self) -> str:
        return self.call.partition(":")[0]

    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Exchange:
    """A request and what the server behind answered, delivered or not. `status` 0: it was not asked."""

    asked: Asked
    status: int
    reply: bytes = field(repr=False)

    def json(self) -> Any:
        return json.loads(self.reply)


Plan = Callable[[Asked], "Fate | Answer"]


def forward(_asked: Asked) -> Fate:
    return Fate.FORWARD


@dataclass(frozen=True)
class _Message:
    """One HTTP message, head and body, as it was on the wire."""

    raw: bytes
    start: str
    headers: MappingProxyType[str, str]
    body: bytes


class Proxy:
    """`with Proxy.to(port) as proxy:` listens on `proxy.port`. Set `plan` and `victim` before the installer starts."""

    def __init__(self, upstream_port: int) -> None:
        self.plan: Plan = forward
        self.victim: int | None = None
        self.exchanges: list[Exchange] = []
        self.port = 0
        self._upstream_port = upstream_port
        self._requests = 0
        self._writes = 0
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task[None]] = set()

    @staticmethod
    @contextmanager
    def to(upstream_port: int) -> Iterator[Proxy]:
        proxy = Proxy(upstream_port)
        listening = threading.Event()
        stop = asyncio.Event()
        thread = threading.Thread(target=proxy._run, args=(listening, stop), name=f"proxy-{upstream_port}", daemon=True)
        thread.start()
        if not listening.wait(_START_SECONDS):
            raise RuntimeError("the proxy does not listen")
        try:
            yield proxy
        finally:
            proxy._loop.call_soon_threadsafe(stop.set)
            thread.join()

    def begin(self, plan: Plan = forward) -> None:
        """Count anew, with this plan; what was exchanged before is forgotten."""
        self.plan, self.victim, self.exchanges = plan, None, []
        self._requests = self._writes = 0

    @property
    def writes(self) -> tuple[Exchange, ...]:
        return tuple(exchange for exchange in self.exchanges if exchange.asked.write)

    def _run(self, listening: threading.Event, stop: asyncio.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(listening, stop))
        finally:
            self._loop.close()

    async def _serve(self, listening: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._accepted, "127.0.0.1", 0, limit=1 << 24)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await stop.wait()
        server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side hung up, or the test is over
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """All requests of one connection, one after the other, over one connection to the server behind."""
        behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while (request := await _message(reader)) is not None:
                asked = self._asked(request)
                fate = self.plan(asked)
                if isinstance(fate, Answer):
                    self.exchanges.append(Exchange(asked, 0, b""))
                    writer.write(fate.to_bytes())
                    await writer.drain()
                    continue
                if fate is Fate.REFUSE:
                    self.exchanges.append(Exchange(asked, 0, b""))
                    _reset(writer)
                    return
                behind = behind or await asyncio.open_connection("127.0.0.1", self._upstream_port, limit=1 << 24)
                behind[1].write(request.raw)
                reply = await _message(behind[0], head_only=request.start.startswith("HEAD "))
                if reply is None:
                    return
                self.exchanges.append(Exchange(asked, int(reply.start.split()[1]), reply.body))
                if fate is Fate.CUT:
                    writer.write(reply.raw[: len(reply.raw) - len(reply.body) // 2 - 1])
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()
                    return
                if fate is not Fate.FORWARD:
                    self._withhold(fate, writer)
                    return
                writer.write(reply.raw)
                await writer.drain()
        finally:
            if behind is not None:
                behind[1].transport.abort()

    def _withhold(self, fate: Fate, writer: asyncio.StreamWriter) -> None:
        if fate is Fate.KILL:
            assert self.victim is not None
            os.kill(self.victim, signal.SIGKILL)
        _reset(writer)

    def _asked(self, request: _Message) -> Asked:
        call = _call(request)
        is_write = _is_write(call)
        self._requests += 1
        self._writes += is_write
        return Asked(self._requests, self._writes if is_write else 0, call, request.body)


def _call(request: _Message) -> str:
    method, target, _ = request.start.split(" ", 2)
    scope = _SCOPE.search(request.headers.get("authorization", "").encode())
    service = scope["service"].decode() if scope else "vendor"
    action = parse_qs(request.body.decode("latin-1")).get("Action") if service != "vendor" else None
    if action:
        return f"{service}:{action[0]}"
    if "x-amz-target" in request.headers:
        return f"{service}:{request.headers['x-amz-target'].rpartition('.')[2]}"
    by_path = f"{service}:{method} {urlsplit(target).path}"
    return next((name for pattern, name in _BY_PATH if pattern.fullmatch(by_path)), by_path)


def _is_write(call: str) -> bool:
    operation = call.partition(":")[2]
    if " " in operation:
        return not operation.startswith(("GET ", "HEAD "))
    return not operation.startswith(_READS)


async def _message(reader: asyncio.StreamReader, *, head_only: bool = False) -> _Message | None:
    """The next message; None where the connection ended before one began."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    headers = MappingProxyType({name.strip().lower(): value.strip() for name, _, value in pairs})
    is_reply = start.startswith("HTTP/")
    if head_only or (is_reply and start.split()[1] in ("204", "304")):
        return _Message(head, start, headers, b"")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        raw, body = await _chunks(reader)
        return _Message(head + raw, start, headers, body)
    if "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await reader.read() if is_reply else b""
    return _Message(head + body, start, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    raw = body = b""
    while True:
        size_line = await reader.readuntil(b"\r\n")
        chunk = await reader.readexactly(int(size_line.split(b";")[0], 16) + 2)
        raw += size_line + chunk
        if chunk == b"\r\n":
            return raw, body
        body += chunk[:-2]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Not a clean end: what was on the way is lost, as when a network goes down."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


# Plans


def at_write(number: int, fate: Fate | Answer) -> Plan:
    """This fate for the n-th write, counted from 1."""
    assert number > 0
    return lambda asked: fate if asked.write == number else Fate.FORWARD


def at_request(number: int, fate: Fate | Answer) -> Plan:
    """This fate for the n-th request of any kind."""
    return lambda asked: fate if asked.number == number else Fate.FORWARD


def from_write(number: int, fate: Fate) -> Plan:
    """From the n-th write on, this fate for everything: the server is down."""
    down = False

    def decide(asked: Asked) -> Fate:
        nonlocal down
        down = down or asked.write >= number
        return fate if down else Fate.FORWARD

    return decide


def refusal(asked: Asked, code: str, status: int, message: str = "Made by a test.") -> Answer:
    """An error in the form that the called AWS service uses."""
    if asked.service in _SPEAK_JSON:
        kind = (("Content-Type", "application/json"), ("x-amzn-ErrorType", code))
        return Answer(status, kind, json.dumps({"__type": code, "message": message}).encode())
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    match asked.service:
        case "ec2":
            body = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>test</RequestID></Response>"
        case "s3":
            body = f"<Error>{inner}<RequestId>test</RequestId></Error>"
        case _:
            inner = f"<Error><Type>Sender</Type>{inner}</Error><RequestId>test</RequestId>"
            body = f"<ErrorResponse>{inner}</ErrorResponse>"
    return Answer(status, (("Content-Type", "text/xml"),), body.encode())
