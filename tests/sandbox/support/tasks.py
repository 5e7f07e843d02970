"""The tasks of whoever runs Houseguest, for tests of the policies that they need: the policies, what they are run on,
and how a task is run by somebody who is signed in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from installer import opening
from installer.answers import Answers, Network, Wishes
from installer.aws import stacks
from installer.cidr import parse_block
from installer.cli.install import carry_out
from installer.errors import HouseguestError
from installer.installation import Installation
from installer.invitation import VerifiedInvitation
from installer.journal import Journal
from installer.manage import removal, taking_back
from installer.names import Names
from installer.policy.administrator import AdministratorPolicy, Place, Task, administrator_policy
from installer.policy.document import Document
from installer.sandbox import SandboxInfo
from installer.steps import connect, permissions
from installer.tools import Tools
from tests.sandbox.support.actors import CUSTOMER, Actor, trust
from tests.sandbox.support.limited import Hall, Signed

REGION = "eu-west-1"
ROLE_PATH = "/release/"
NAME = "popsql"
GRANTS = ("arn:aws:iam::aws:policy/PowerUserAccess",)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}


def policy(task: Task, name: str, *, region: str = REGION) -> AdministratorPolicy:
    return administrator_policy(task, Place(Names(name, CUSTOMER, ROLE_PATH), GRANTS, region=region))


def sids(task: Task) -> list[str]:
    return [duty.sid for duty in policy(task, NAME).duties]


def without(given: AdministratorPolicy, sid: str) -> Document:
    left = tuple(duty.statement for duty in given.duties if duty.sid != sid)
    assert len(left) == len(given.duties) - 1
    return Document(left)


def lacking(document: Document, *actions: str) -> Document:
    """The policy without these actions, wherever they stand."""
    left = [{**said, "Action": [one for one in said["Action"] if one not in actions]} for said in document.statements]
    return Document(tuple(said for said in left if said["Action"]))


def begun(station: Signed, info: SandboxInfo, name: str) -> tuple[Installation, VerifiedInvitation]:
    verified = station.invitation(info.invitation)
    return opening.begin(station.ctx, station, verified, Wishes(name=name, region=REGION)), verified


def install(station: Signed, info: SandboxInfo, name: str) -> Installation:
    installation, verified = begun(station, info, name)
    try:
        return carry_out(station, installation, verified, yes=True)
    finally:
        station.close()


def take_back(station: Signed, info: SandboxInfo, name: str) -> removal.Removal:
    token = station.invitation(info.invitation).token
    try:
        return taking_back.take_back(station.ctx, station, station.store.load(name), token)
    finally:
        station.close()


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
        spoiled(admin, names)
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


def spoiled(admin: Actor, names: Names) -> None:
    """As many versions of both boundaries as AWS keeps, the last of them in force."""
    cut = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    for arn in (names.operator_boundary_arn, names.workload_boundary_arn):
        kept = len(admin("iam").list_policy_versions(PolicyArn=arn)["Versions"])
        for _ in range(5 - kept):
            admin("iam").create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(cut), SetAsDefault=True)


def assert_denied(error: HouseguestError, given: AdministratorPolicy, sid: str) -> None:
    """AWS refused an action of that statement, directly or in the events of a stack."""
    said = f"{error.message} {error.details}"
    assert any(
        word in said
        for duty in given.duties
        if duty.sid == sid
        for word in (*(f"{call}." for call in duty.calls), *(f"perform: {action}" for action in duty.actions))
    ), said
