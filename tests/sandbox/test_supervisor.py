"""The sandbox starts, fills its accounts, and leaves nothing behind, however its parent ends."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from installer.sandbox import ChildError, Sandbox, SandboxInfo
from installer.sandbox.children import Child
from tests.sandbox.support.actors import CUSTOMER, DEPLOYER, VENDOR, Actor, profile

PATIENCE_SECONDS = 10.0
SERVE = """
import sys
from installer.sandbox import supervisor
from installer.sandbox.serve import serve
supervisor._Start._start_vendor = lambda self, endpoint, files: None
serve("default", json_output=True, until_stdin_closes=sys.argv[1] == "stdin")
"""


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()]


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(vendor=False, speed=20) as info:
        yield info


def test_the_information_is_what_the_command_line_promises() -> None:
    assert [field.name for field in fields(SandboxInfo)] == [
        "endpoint_url",
        "control_plane_url",
        "invitation",
        "aws_config_file",
        "aws_shared_credentials_file",
        "admin_profile",
        "read_only_profile",
        "vendor_profile",
        "account_id",
        "vendor_account_id",
        "pid",
    ]


def test_each_profile_is_who_it_says(sandbox: SandboxInfo) -> None:
    arns = {
        sandbox.admin_profile: f"arn:aws:iam::{CUSTOMER}:user/alice",
        sandbox.read_only_profile: f"arn:aws:iam::{CUSTOMER}:user/bob",
        sandbox.vendor_profile: f"arn:aws:sts::{VENDOR}:assumed-role/release-deploy/release-build",
    }
    for name, arn in arns.items():
        actor = profile(sandbox, name)
        assert actor("sts").get_caller_identity()["Arn"] == arn
        assert actor.access_key_id.startswith("ASIA" if name == sandbox.vendor_profile else "AKIA")
    assert (sandbox.account_id, sandbox.vendor_account_id) == (CUSTOMER, VENDOR)


def test_the_customers_account_is_in_use(sandbox: SandboxInfo) -> None:
    admin = profile(sandbox, sandbox.admin_profile)
    assert admin("iam").list_account_aliases()["AccountAliases"] == ["acme-prod"]
    blocks = {
        region: sorted(vpc["CidrBlock"] for vpc in admin("ec2", region).describe_vpcs()["Vpcs"])
        for region in ("us-east-1", "us-west-2", "eu-west-1")
    }
    assert blocks == {
        "us-east-1": ["10.0.0.0/16", "172.31.0.0/16"],
        "us-west-2": ["10.1.0.0/16", "172.31.0.0/16"],
        "eu-west-1": ["172.31.0.0/16", "192.168.0.0/16"],
    }
    ec2 = admin("ec2")
    routes = {
        route["DestinationCidrBlock"] for t in ec2.describe_route_tables()["RouteTables"] for route in t["Routes"]
    }
    assert {"10.200.0.0/16", "10.1.0.0/16"} <= routes
    lists = [p for p in ec2.describe_managed_prefix_lists()["PrefixLists"] if p["OwnerId"] == CUSTOMER]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=lists[0]["PrefixListId"])["Entries"]
    assert [entry["Cidr"] for entry in entries] == ["10.210.0.0/16"]
    instances = admin("rds").describe_db_instances()["DBInstances"]
    assert [instance["DBInstanceIdentifier"] for instance in instances] == ["acme-orders"]


def test_the_vendors_deploy_role_trusts_one_user_of_its_account(sandbox: SandboxInfo) -> None:
    root = Actor(sandbox.endpoint_url, VENDOR, "seed")
    role = root("iam").get_role(RoleName="release-deploy")["Role"]
    assert role["Arn"] == DEPLOYER
    principal = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert principal == {"AWS": f"arn:aws:iam::{VENDOR}:user/release-ci"}


def test_the_files_are_nobody_elses(sandbox: SandboxInfo) -> None:
    credentials = Path(sandbox.aws_shared_credentials_file)
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(credentials.parent.parent.stat().st_mode) == 0o700
    assert "aws_access_key_id" not in Path(sandbox.aws_config_file).read_text()


def test_settings_of_this_process_do_not_reach_the_seeds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a profile that does not exist, nor a proxy, nor another endpoint."""
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Sandbox.start(vendor=False) as info:
        home = Path(info.aws_config_file).parent.parent
        assert home.is_dir()
        assert not list(Path(os.environ["HOME"]).glob(".aws*"))
    assert not home.exists()


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any], list[int]]]:
    """`serve` in its own process, once it has said where it is, with the pids of its children."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, request.param], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    info = json.loads(process.stdout.readline())
    children = children_of(process.pid)
    yield process, info, children
    process.kill()
    process.wait()
    process.stdout.close()
    if process.stdin is not None:
        process.stdin.close()


@pytest.mark.parametrize("served", ["signal"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_children_and_files_go_with_the_parent(
    served: tuple[subprocess.Popen[bytes], dict[str, Any], list[int]], number: signal.Signals
) -> None:
    """Also when nobody can clean up: `kill -9`."""
    process, info, children = served
    home = Path(info["aws_config_file"]).parent.parent
    assert info["pid"] == process.pid
    assert len(children) == 1
    assert home.is_dir()
    process.send_signal(number)
    process.wait(PATIENCE_SECONDS)
    assert process.returncode == (-number if number == signal.SIGKILL else 0)
    assert eventually(lambda: all(gone(child) for child in children))
    assert eventually(lambda: not home.exists())


@pytest.mark.parametrize("served", ["stdin"], indirect=True)
def test_it_ends_when_its_standard_input_closes(
    served: tuple[subprocess.Popen[bytes], dict[str, Any], list[int]],
) -> None:
    process, _, children = served
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(PATIENCE_SECONDS) == 0
    assert all(gone(child) for child in children)


def test_a_child_that_ends_early_says_why(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    why = r"ended with code 1\n(.*\n)*KeyError: 'HOUSEGUEST_SANDBOX_TOKEN'"
    with Child("installer.sandbox.aws", environment, tmp_path / "log") as child, pytest.raises(ChildError, match=why):
        child.wait_until(lambda: False, PATIENCE_SECONDS)


def test_a_child_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with Child("http.server", {"PATH": os.environ["PATH"]}, tmp_path / "log") as child:
        with pytest.raises(ChildError, match=r"http\.server did not answer within 0 s"):
            child.wait_until(lambda: False, 0.1)
        pid = child.pid
    assert gone(pid)
