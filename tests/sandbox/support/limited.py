"""Somebody who has one policy and nothing else, and who runs the engine as a person at a terminal does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from installer.sandbox import Sandbox, SandboxInfo
from installer.vendor import VendorSession
from installer.vendor_client import VendorClient
from installer.workstation import Workstation
from tests.sandbox.support.actors import Actor, profile, trust


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
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Hall]:
        """With a sandbox of its own, and copies of its files to which people are added. It has a role for clusters."""
        with Sandbox.start(speed=2000.0) as info, pytest.MonkeyPatch.context() as patch:
            admin = profile(info, info.admin_profile)
            hall = cls(info, admin, folder)
            for name, theirs in (("config", info.aws_config_file), ("credentials", info.aws_shared_credentials_file)):
                (folder / name).write_text(Path(theirs).read_text("utf-8"), "utf-8")
            hall.point(patch)
            admin("iam").create_role(RoleName="eks", AssumeRolePolicyDocument=trust({"Service": "eks.amazonaws.com"}))
            yield hall

    def point(self, patch: pytest.MonkeyPatch) -> None:
        """AWS's own tools at the people of the hall: for its fixtures, and for each test, which has a home of its
        own."""
        patch.setenv("AWS_CONFIG_FILE", str(self.folder / "config"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.folder / "credentials"))

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
