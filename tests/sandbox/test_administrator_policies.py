"""Who must run it: each task is run by somebody who has exactly the policy that is generated for it, and nothing else;
and again without each of its statements, which then fails, or says what it could not do.

The calls that were made on the way are held against those that each policy is for, in both directions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from installer import opening
from installer.answers import Answers, Network, Wishes
from installer.aws import stacks
from installer.aws.clusters import close_cluster
from installer.aws.roles import close_trust, put_boundary, read_role
from installer.cidr import parse_block
from installer.cli.install import carry_out, rehearse
from installer.errors import HouseguestError
from installer.events import Notice
from installer.evidence import Evidence, State
from installer.installation import Installation, InstallationState
from installer.invitation import VerifiedInvitation
from installer.journal import Journal
from installer.lock import AccountLease, InstallationLock
from installer.manage import removal, taking_back
from installer.names import Names
from installer.policy.administrator import AdministratorPolicy, Place, Task, administrator_policy
from installer.policy.document import Document
from installer.policy.writer import write_cut
from installer.sandbox import Sandbox, SandboxInfo
from installer.steps import connect, permissions
from installer.tools import Tools
from tests.sandbox.support.actors import Actor, profile, trust
from tests.sandbox.support.limited import Hall, Signed

REGION = "eu-west-1"
ROLE_PATH = "/release/"
NAME = "popsql"
GRANTS = ("arn:aws:iam::aws:policy/PowerUserAccess",)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}


def policy(task: Task, name: str, *, region: str = REGION) -> AdministratorPolicy:
    return administrator_policy(task, Place(Names(name, "222222222222", ROLE_PATH), GRANTS, region=region))


def sids(task: Task) -> list[str]:
    return [duty.sid for duty in policy(task, NAME).duties]


def without(given: AdministratorPolicy, sid: str) -> Document:
    left = tuple(duty.statement for duty in given.duties if duty.sid != sid)
    assert len(left) == len(given.duties) - 1
    return Document(left)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with pytest.MonkeyPatch.context() as patch, Sandbox.start(speed=2000.0) as info:
        yield Hall.open(info, profile(info, info.admin_profile), tmp_path_factory.mktemp("hall"), patch)


@pytest.fixture(autouse=True)
def signed_in(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a home of its own; whoever signs in here is known in the hall."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(hall.folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(hall.folder / "credentials"))


def begun(station: Signed, info: SandboxInfo, name: str) -> tuple[Installation, VerifiedInvitation]:
    verified = station.invitation(info.invitation)
    return opening.begin(station.ctx, station, verified, Wishes(name=name, region=REGION)), verified


def install(station: Signed, info: SandboxInfo, name: str) -> Installation:
    installation, verified = begun(station, info, name)
    return carry_out(station, installation, verified, yes=True)


def called(*stations: Signed) -> set[str]:
    """The calls that AWS answered, less those that need no permission."""
    return {call for station in stations for call in station.aws.calls_made} - NEEDS_NO_PERMISSION


@dataclass(frozen=True)
class Standing:
    """What an administrator has made of an installation: the two stacks, without the vendor's part."""

    answers: Answers
    tools: Tools

    @property
    def names(self) -> Names:
        return self.answers.names

    @classmethod
    def made(cls, hall: Hall, name: str, folder: Path) -> Standing:
        station = hall.administrator
        installation, _ = begun(station, hall.info, name)
        tools = station.looking(installation.answers, Journal(folder / f"{name}.jsonl"))
        answers = permissions.run(installation.answers, tools, station.ctx)
        for plan in connect.plans(answers, tools):
            stacks.ensure(station.aws, tools.journal, station.ctx, plan)
        return cls(replace(answers, network=Network(REGION, parse_block("10.64.0.0/16"))), tools)

    def disturbed(self, admin: Actor) -> Standing:
        """With all that can be in the way: another boundary on the role, as many versions of the boundary as AWS keeps,
        a cluster that lets the role in, and a role that the vendor made."""
        iam, names = admin("iam"), self.names
        standing = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
        for _ in range(4):
            iam.create_policy_version(PolicyArn=names.operator_boundary_arn, PolicyDocument=standing)
        iam.put_role_permissions_boundary(
            RoleName=names.operator_role, PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess"
        )
        cluster(admin, names.installation)
        admin("eks", REGION).create_access_entry(clusterName=names.installation, principalArn=names.operator_role_arn)
        made_by_vendor = {"RoleName": f"{names.installation}-app", "Path": names.workload_path}
        iam.create_role(**made_by_vendor, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
        return self

    def by(self, station: Signed, folder: Path) -> Tools:
        """The tools of somebody else."""
        journal = Journal(folder / f"{self.names.installation}-{len(list(folder.iterdir()))}.jsonl")
        return replace(self.tools, aws=station.aws, journal=journal)


def cluster(admin: Actor, name: str) -> None:
    """One that the vendor has made for the installation of that name."""
    subnets = admin("ec2", REGION).describe_subnets()["Subnets"]
    admin("eks", REGION).create_cluster(
        name=name,
        roleArn="arn:aws:iam::222222222222:role/eks",
        resourcesVpcConfig={"subnetIds": [subnet["SubnetId"] for subnet in subnets][:2]},
        accessConfig={"authenticationMode": "API"},
        tags={"houseguest:installation": name},
    )


# --- install


@dataclass(frozen=True)
class Installed:
    """Who installed `NAME` first, and who took the access away after that."""

    installer: Signed
    installation: Installation
    remover: Signed
    removed: removal.Removal


@pytest.fixture(scope="module")
def installed(hall: Hall) -> Installed:
    installer = hall.with_only("installer", policy(Task.INSTALL, NAME).document)
    installation = install(installer, hall.info, NAME)
    remover = hall.with_only("remover", policy(Task.REMOVE, NAME).document)
    token = remover.invitation(hall.info.invitation).token
    saved = remover.store.load(NAME)
    return Installed(installer, installation, remover, taking_back.take_back(remover.ctx, remover, saved, token))


def test_install_and_remove_with_exactly_their_policies(installed: Installed) -> None:
    assert installed.installation.state is InstallationState.INSTALLED
    assert installed.removed.removed
    assert installed.removed.still_possible == ()
