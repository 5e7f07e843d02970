"""The real command `houseguest` in a process of its own, against a sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer.sandbox import SandboxInfo

_RUN = "from installer.cli import main; main()"
_LIMIT_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """How a command ended. `json` is what it printed with `--json`."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        document = json.loads(self.stdout)
        assert isinstance(document, dict), self.stdout
        return document

    @property
    def error(self) -> dict[str, Any]:
        error = self.json["error"]
        assert isinstance(error, dict), self.stdout
        return error


@dataclass(frozen=True)
class CommandLine:
    """`houseguest("install", "--yes")`, signed in as `profile`, with its saved state in `home`."""

    sandbox: SandboxInfo
    home: Path
    profile: str = ""

    def __call__(self, *arguments: str, stdin: str | None = None, **environment: str) -> Ended:
        settings = {
            "AWS_CONFIG_FILE": self.sandbox.aws_config_file,
            "AWS_SHARED_CREDENTIALS_FILE": self.sandbox.aws_shared_credentials_file,
            "AWS_PROFILE": self.profile or self.sandbox.admin_profile,
            "HOUSEGUEST_HOME": str(self.home),
        }
        done = subprocess.run(
            [sys.executable, "-c", _RUN, *arguments, "--json"],
            env={**os.environ, **settings, **environment},
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def install(self, name: str, *arguments: str) -> dict[str, Any]:
        """An installation that is finished; fails the test where it is not."""
        invitation = ("--invitation", self.sandbox.invitation)
        ended = self("install", *invitation, "--name", name, "--yes", *arguments)
        assert ended.code == 0, ended.stdout + ended.stderr
        return ended.json
