"""Taking back and giving again, by the real command, where something is in the way: what the vendor can do then is read
from AWS with the vendor's own live session.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from installer.sandbox import Sandbox
from installer.sandbox.vendor.invitations import read_claims
from tests.sandbox.support import stacks
from tests.sandbox.support.acme import ADMINISTRATOR, REGION, note, role_arn
from tests.sandbox.support.actors import Actor, deny, document, profile, trust
from tests.sandbox.support.command_line import CommandLine, Ended
from tests.sandbox.support.house import Answer, answer_to

STACK_REGION = "us-east-1"
PERMISSION_MISSING, NOT_FINISHED = 4, 5


@dataclass(frozen=True)
class Desk:
    houseguest: CommandLine
    admin: Actor

    def installed(self, name: str) -> Guest:
        self.houseguest.install(name, "--region", REGION)
        return Guest(self, name)

    def remove(self, name: str, houseguest: CommandLine | None = None) -> Ended:
        run = houseguest or self.houseguest
        return run("remove", name, "--invitation", run.sandbox.invitation, "--yes")

    def as_somebody_who_may_not(self, action: str, folder: Path) -> CommandLine:
        """An administrator less one action, with the same saved state."""
        who = f"all-but-{action.partition(':')[2]}"
        iam = self.admin("iam")
        iam.create_user(UserName=who)
        iam.attach_user_policy(UserName=who, PolicyArn=ADMINISTRATOR)
        iam.put_user_policy(UserName=who, PolicyName="less", PolicyDocument=document(deny(action)))
        key = iam.create_access_key(UserName=who)["AccessKey"]
        sandbox = self.houseguest.sandbox
        config, secrets = configparser.ConfigParser(), configparser.ConfigParser()
        config.read(sandbox.aws_config_file)
        config[f"profile {who}"] = dict(config[f"profile {sandbox.admin_profile}"])
        secrets[who] = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        for name, parser in (("config", config), ("credentials", secrets)):
            with (folder / name).open("w") as file:
                parser.write(file)
        return Elsewhere(sandbox, self.houseguest.home, who, folder)


@dataclass(frozen=True)
class Elsewhere(CommandLine):
    """The same command line, signed in by AWS files of its own."""

    folder: Path = Path()

    def __call__(self, *arguments: str, stdin: str | None = None, **environment: str) -> Ended:
        files = {
            "AWS_CONFIG_FILE": str(self.folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials"),
        }
        return super().__call__(*arguments, stdin=stdin, **files, **environment)


@dataclass(frozen=True)
class Guest:
    """The vendor in one installation."""

    desk: Desk
    name: str

    @property
    def role(self) -> str:
        return f"{self.name}-operator"

    def session(self) -> Actor:
        sandbox = self.desk.houseguest.sandbox
        external_id = read_claims(Path(sandbox.invitation).read_text("ascii"))["trust"]["external_id"]
        return profile(sandbox, sandbox.vendor_profile).assume(role_arn(self.role, "/release/"), ExternalId=external_id)

    def comes(self) -> Answer:
        return answer_to(self.session)


def look(actor: Actor) -> Answer:
    return answer_to(actor("ec2", REGION).describe_vpcs)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Sandbox.start(speed=2000.0) as info:
        home = tmp_path_factory.mktemp("desk")
        yield Desk(CommandLine(info, home), profile(info, info.admin_profile))


def test_a_stack_that_may_not_be_deleted_ends_all_access_but_is_not_called_removed(desk: Desk) -> None:
    guest = desk.installed("held")
    live = guest.session()
    assert look(live) == Answer()
    cloudformation = desk.admin("cloudformation", STACK_REGION)
    cloudformation.update_termination_protection(StackName="held-role", EnableTerminationProtection=True)
    ended = desk.remove("held")
    assert ended.code == NOT_FINISHED, ended.stdout + ended.stderr
    assert ended.json["removed"] is False
    assert "Termination protection is on" in ended.error["message"]
    assert look(live).denied
    assert guest.comes().denied
    cloudformation.update_termination_protection(StackName="held-role", EnableTerminationProtection=False)
    again = desk.remove("held")
    assert again.code == 0, again.stdout + again.stderr
    assert again.json["removed"] is True


def test_who_may_not_cut_closes_the_trust_all_the_same(desk: Desk, tmp_path: Path) -> None:
    guest = desk.installed("uncut")
    run = desk.as_somebody_who_may_not("iam:CreatePolicyVersion", tmp_path)
    ended = desk.remove("uncut", run)
    assert ended.code == PERMISSION_MISSING, ended.stdout + ended.stderr
    assert "iam:CreatePolicyVersion" in ended.error["message"]
    told = {found["claim"]: found["state"] for found in ended.json["evidence"]}
    assert told["Nobody can start a session of the role uncut-operator"] == "verified"
    assert guest.comes().denied
    assert desk.remove("uncut").code == 0


def test_a_second_removal_leaves_what_others_made_since(desk: Desk) -> None:
    desk.installed("gone")
    assert desk.remove("gone").code == 0
    cloudformation, iam = desk.admin("cloudformation", STACK_REGION), desk.admin("iam")
    stacks.create(cloudformation, "gone-role", note("/payroll/gone", "x"))
    principal = trust({"Service": "ec2.amazonaws.com"})
    iam.create_role(RoleName="gone-operator", Path="/team/", AssumeRolePolicyDocument=principal)
    before = iam.get_role(RoleName="gone-operator")["Role"]
    ended = desk.remove("gone")
    assert ended.code == 0, ended.stdout + ended.stderr
    assert ended.json["removed"] is True
    assert stacks.settled(cloudformation, "gone-role") == "CREATE_COMPLETE"
    assert iam.get_role(RoleName="gone-operator")["Role"] == before


def test_a_role_that_got_more_is_not_given_back(desk: Desk) -> None:
    """Cut by a removal that could not finish; then somebody attaches a policy; then it is installed again."""
    guest = desk.installed("more")
    live = guest.session()
    cloudformation, iam = desk.admin("cloudformation", STACK_REGION), desk.admin("iam")
    cloudformation.update_termination_protection(StackName="more-role", EnableTerminationProtection=True)
    assert desk.remove("more").code == NOT_FINISHED
    iam.attach_role_policy(RoleName=guest.role, PolicyArn=ADMINISTRATOR)
    invitation = ("--invitation", desk.houseguest.sandbox.invitation)
    again = ("install", *invitation, "--name", "more", "--region", REGION, "--yes")
    refused = desk.houseguest(*again)
    assert refused.code == 1, refused.stdout + refused.stderr
    assert refused.error["code"] == "stack_failed"
    assert ADMINISTRATOR in refused.error["message"]
    assert look(live).denied
    assert guest.comes().denied
    iam.detach_role_policy(RoleName=guest.role, PolicyArn=ADMINISTRATOR)
    given = desk.houseguest(*again)
    assert given.code == 0, given.stdout + given.stderr
    assert look(live) == Answer()
    assert guest.comes() == Answer()
