"""The vendor's own process: what it writes, and how it ends."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from installer.sandbox.vendor import invitations

LIMIT_SECONDS = 30.0


def start(state: Path, port: int, scenario: str = "default") -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(state),
        "AWS_DEFAULT_REGION": "us-east-1",
        "HOUSEGUEST_VENDOR_PORT": str(port),
        "HOUSEGUEST_VENDOR_STATE": str(state),
        "HOUSEGUEST_VENDOR_SCENARIO": scenario,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "installer.sandbox.vendor"],
        cwd=Path(__file__).parents[3],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + LIMIT_SECONDS
    while not _answers(port):
        assert process.poll() is None, "it ended before it answered"
        assert time.monotonic() < deadline, "it did not answer"
        time.sleep(0.02)
    return process


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with start(tmp_path, port) as running:
        yield running
        running.kill()


def test_it_writes_the_invitation_and_the_admin_token_and_ends_with_its_input(
    process: subprocess.Popen[bytes], tmp_path: Path, port: int
) -> None:
    claims = invitations.read_claims((tmp_path / "invitation.houseguest").read_text("ascii"))
    assert claims["control_plane"]["url"] == f"http://127.0.0.1:{port}"
    admin = tmp_path / "vendor-admin.json"
    assert set(json.loads(admin.read_text())) == {"url", "token"}
    assert stat.S_IMODE(admin.stat().st_mode) == 0o600
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(LIMIT_SECONDS) == 0


def test_it_ends_on_sigterm_while_a_connection_is_open(process: subprocess.Popen[bytes], port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_SECONDS)
    assert not _answers(port)


def test_it_listens_on_loopback_only(process: subprocess.Popen[bytes], port: int) -> None:
    addresses = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]}
    listening = {address for address in addresses if address.endswith(f":{port:04X}")}
    assert {address.split(":")[0] for address in listening} == {"0100007F"}


def test_in_the_scenario_denied_the_boundary_of_the_invitation_is_too_tight(tmp_path: Path, port: int) -> None:
    with start(tmp_path, port, "denied") as running:
        claims = invitations.read_claims((tmp_path / "invitation.houseguest").read_text("ascii"))
        running.kill()
    assert "rds:*" not in claims["permissions"]["minimal_boundary"]["Statement"][1]["Action"]
    assert any("rds:CreateDBInstance" in need["actions"] for need in claims["permissions"]["needs"]["install"])


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOUSEGUEST_VENDOR_STATE": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "installer.sandbox.vendor"],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (2, "HOUSEGUEST_VENDOR_PORT is not set\n")
