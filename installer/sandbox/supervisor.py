"""Starts the sandbox: a temporary home, the local AWS, its seeds, the vendor. serve.py runs it for the command line.

Nothing outside the temporary home is read or written: the children and the seeds use the AWS files in it, not `~/.aws`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installer.sandbox import seed
from installer.sandbox.children import Child, answers
from installer.sandbox.info import ACCOUNT_ID, VENDOR_ACCOUNT_ID, SandboxInfo
from installer.sandbox.scenarios import Scenario, scenario

AWS_MODULE = "installer.sandbox.aws"
VENDOR_MODULE = "installer.sandbox.vendor"
_READY_SECONDS = 30.0
# What a child sees of this process's environment: enough to find Python and its libraries, no AWS settings, no proxies.
_INHERITED = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP")


class Sandbox:
    """`with Sandbox.start() as info:` gives a running sandbox; leaving the block removes every trace of it."""

    @staticmethod
    @contextmanager
    def start(scenario_name: str = "default", *, speed: float = 1.0, vendor: bool = True) -> Iterator[SandboxInfo]:
        """`speed` compresses all waiting: 10 makes stacks and the vendor ten times as fast.

        Raises `UnknownScenarioError`, and `ChildError` when a child does not come up.
        """
        chosen = scenario(scenario_name)
        home = Path(tempfile.mkdtemp(prefix="houseguest-sandbox-"))
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, home, ignore_errors=True)
            yield _Start(home, chosen, speed, stack).run(with_vendor=vendor)


class _Start:
    """The steps of a start; `stack` undoes them."""

    def __init__(self, home: Path, chosen: Scenario, speed: float, stack: contextlib.ExitStack) -> None:
        self._home = home
        self._scenario = chosen
        self._speed = speed * chosen.pace
        self._stack = stack
        self._token = secrets.token_urlsafe(24)

    def run(self, *, with_vendor: bool) -> SandboxInfo:
        """The vendor comes up while the accounts are filled: it first needs AWS when it is told of a role."""
        aws, endpoint = self._start_aws()
        files = seed.files(self._home)
        vendor = self._start_vendor(endpoint, files) if with_vendor else None
        aws.wait_until(lambda: answers(f"{endpoint}/_sandbox/health"), _READY_SECONDS)
        seed.seed(endpoint, files, self._scenario)
        control_plane, invitation = vendor.ready(self._scenario) if vendor else ("", "")
        return SandboxInfo(
            endpoint_url=endpoint,
            control_plane_url=control_plane,
            invitation=invitation,
            aws_config_file=str(files.config),
            aws_shared_credentials_file=str(files.credentials),
            admin_profile=seed.ADMIN_PROFILE,
            read_only_profile=seed.READ_ONLY_PROFILE,
            vendor_profile=seed.VENDOR_PROFILE,
            account_id=ACCOUNT_ID,
            vendor_account_id=VENDOR_ACCOUNT_ID,
            pid=os.getpid(),
        )

    def _environment(self, **more: str) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        own = {"HOME": str(self._home), "HOUSEGUEST_SANDBOX_HOME": str(self._home), "NO_PROXY": "*"}
        return {**inherited, **own, **more}

    def _start_aws(self) -> tuple[Child, str]:
        """The child and its address, which takes connections before it answers them."""
        port_file = self._home / "aws.port"
        environment = self._environment(
            HOUSEGUEST_SANDBOX_PORT_FILE=str(port_file),
            HOUSEGUEST_SANDBOX_TOKEN=self._token,
            HOUSEGUEST_SANDBOX_SPEED=str(self._speed),
        )
        child = self._stack.enter_context(Child(AWS_MODULE, environment, self._home / "aws.log"))
        child.wait_until(port_file.exists, _READY_SECONDS)
        return child, f"http://127.0.0.1:{port_file.read_text()}"

    def _start_vendor(self, endpoint: str, files: seed.AwsFiles) -> _Vendor:
        port, state = _free_port(), self._home / "vendor"
        state.mkdir(mode=0o700)
        control = {"url": f"{endpoint}/_sandbox/workload-credentials", "token": self._token}
        environment = self._environment(
            AWS_CONFIG_FILE=str(files.config),
            AWS_SHARED_CREDENTIALS_FILE=str(files.credentials),
            AWS_PROFILE=seed.VENDOR_PROFILE,
            HOUSEGUEST_VENDOR_PORT=str(port),
            HOUSEGUEST_VENDOR_STATE=str(state),
            HOUSEGUEST_VENDOR_SPEED=str(self._speed),
            HOUSEGUEST_VENDOR_SCENARIO=self._scenario.name,
            HOUSEGUEST_SANDBOX_CONTROL=json.dumps(control),
        )
        child = self._stack.enter_context(Child(VENDOR_MODULE, environment, self._home / "vendor.log"))
        return _Vendor(child, f"http://127.0.0.1:{port}", state / "invitation.houseguest")


@dataclass(frozen=True)
class _Vendor:
    child: Child
    url: str
    invitation: Path

    def ready(self, chosen: Scenario) -> tuple[str, str]:
        """Its address and its invitation. A vendor that does not answer has sent its invitation before."""
        self.child.wait_until(lambda: answers(f"{self.url}/healthz"), _READY_SECONDS)
        if not chosen.vendor_answers:
            self.child.stop()
        return self.url, str(self.invitation)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
