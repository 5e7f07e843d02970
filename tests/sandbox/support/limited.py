"""Somebody who has one policy and nothing else, and who runs the engine as a person at a terminal does."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from installer.answers import Answers
from installer.aws.sign_in.profile import ProfileCredentials
from installer.cli.screen import Screen
from installer.cli.workstation import Terminal
from installer.context import Context
from installer.events import Event
from installer.policy.document import Document
from installer.profiles import ProfileStore
from installer.sandbox import SandboxInfo
from installer.vendor import VendorSession
from installer.vendor_client import VendorClient
from installer.workstation import Workstation
from tests.sandbox.support.actors import Actor


class Signed(Terminal):
    """A terminal of an AWS profile, whose installations are kept in `home`. `told` is what it was told on the way."""

    def __init__(self, who: str, home: Path) -> None:
        Workstation.__init__(self, ProfileCredentials(who), store=ProfileStore(home))
        self.told: list[Event] = []
        self.screen = Screen(Console(file=StringIO()))
        self.unpaced = Context(report=self.told.append)
        self._clients: list[VendorClient] = []

    def vendor(
        self, ctx: Context, answers: Answers, installation_id: str, invitation_token: str | None
    ) -> VendorSession | None:
        """By the invitation, as there is no keyring here."""
        if invitation_token is None:
            return None
        self._clients.append(VendorClient(answers.invitation.control_plane.url))
        session = VendorSession(self._clients[-1], self.secrets(ctx), installation_id)
        session.open(ctx, invitation_token)
        return session

    def close(self) -> None:
        """A command ends with its process; these share one."""
        for client in self._clients:
            client.close()


@dataclass(frozen=True)
class Hall:
    """Where people get their policies, and sign in."""

    info: SandboxInfo
    admin: Actor
    folder: Path

    @classmethod
    def open(cls, info: SandboxInfo, admin: Actor, folder: Path, patch: pytest.MonkeyPatch) -> Hall:
        """`patch` points AWS's own tools at copies of the sandbox's files, to which people are added."""
        for variable, theirs, name in (
            ("AWS_CONFIG_FILE", info.aws_config_file, "config"),
            ("AWS_SHARED_CREDENTIALS_FILE", info.aws_shared_credentials_file, "credentials"),
        ):
            (folder / name).write_text(Path(theirs).read_text("utf-8"), "utf-8")
            patch.setenv(variable, str(folder / name))
        return cls(info, admin, folder)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def administrator(self) -> Signed:
        return Signed(self.info.admin_profile, self.home)

    def with_only(self, who: str, policy: Document) -> Signed:
        """A new user whose only permissions are this managed policy."""
        iam = self.admin("iam")
        iam.create_user(UserName=who)
        arn = iam.create_policy(PolicyName=f"{who}-only", PolicyDocument=policy.to_json())["Policy"]["Arn"]
        iam.attach_user_policy(UserName=who, PolicyArn=arn)
        keys = iam.create_access_key(UserName=who)["AccessKey"]
        self._add("config", f"[profile {who}]", region="us-east-1", endpoint_url=self.info.endpoint_url)
        self._add(
            "credentials",
            f"[{who}]",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
        )
        return Signed(who, self.home)

    def _add(self, file: str, section: str, **settings: str) -> None:
        lines = [section, *(f"{key} = {value}" for key, value in settings.items())]
        with (self.folder / file).open("a", encoding="utf-8") as held:
            held.write("\n" + "\n".join(lines) + "\n")
