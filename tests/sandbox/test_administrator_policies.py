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
from installer.policy.administrator_stacks import HANDLERS, handled
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
        admin = profile(info, info.admin_profile)
        admin("iam").create_role(RoleName="eks", AssumeRolePolicyDocument=trust({"Service": "eks.amazonaws.com"}))
        yield Hall.open(info, admin, tmp_path_factory.mktemp("hall"), patch)


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
    return Installed(installer, installation, remover, take_back(remover, hall.info, NAME))


def test_install_and_remove_with_exactly_their_policies(installed: Installed) -> None:
    assert installed.installation.state is InstallationState.INSTALLED
    assert installed.removed.removed
    assert installed.removed.still_possible == ()


@pytest.fixture(scope="module")
def again(hall: Hall, installed: Installed, folder: Path) -> Signed:
    """Who installs over boundaries that stand, and a role whose trust was closed: both have to be opened again."""
    house = hall.administrator
    names = installed.installation.answers.names
    install(house, hall.info, NAME)
    close_trust(house.aws, Journal(folder / "closing.jsonl"), house.ctx, names)
    spoiled(hall.admin, names)
    installer = hall.with_only("again", policy(Task.INSTALL, NAME).document)
    assert install(installer, hall.info, NAME).state is InstallationState.INSTALLED
    return installer


@pytest.fixture(scope="module")
def rehearsed(hall: Hall, folder: Path) -> Signed:
    """Who tries it dry where things of an earlier installation are left, and a route leads to a prefix list."""
    name = "left"
    own = [{"Key": "houseguest:installation", "Value": name}]
    cluster(hall.admin, name)
    hall.admin("rds", REGION).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="own",
        ManageMasterUserPassword=True,
        Tags=own,
    )
    s3 = hall.admin("s3", REGION, s3={"addressing_style": "path"})
    s3.create_bucket(Bucket=f"{name}--data", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket=f"{name}--data", Tagging={"TagSet": own})
    station = hall.with_only("rehearser", policy(Task.INSTALL, name).document)
    installation, _ = begun(station, hall.info, name)
    rehearse(station, installation, as_json=True)
    return station


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journals")


def spoiled(admin: Actor, names: Names) -> None:
    """As many versions of both boundaries as AWS keeps, the last of them in force."""
    cut = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    for arn in (names.operator_boundary_arn, names.workload_boundary_arn):
        kept = len(admin("iam").list_policy_versions(PolicyArn=arn)["Versions"])
        for _ in range(5 - kept):
            admin("iam").create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(cut), SetAsDefault=True)


NOT_SEEN_IN_INSTALL = {
    "ec2:DescribeManagedPrefixLists": "no route of the sandbox leads to a prefix list",
    "ec2:GetManagedPrefixListEntries": "the same",
}


def test_the_policy_for_install_is_for_the_calls_that_are_made(
    installed: Installed, again: Signed, rehearsed: Signed
) -> None:
    made = called(installed.installer, again, rehearsed)
    assert made == policy(Task.INSTALL, NAME).calls - NOT_SEEN_IN_INSTALL.keys()


ONLY_TOLD = {duty.sid for duty in policy(Task.INSTALL, NAME).duties if duty.without}
NEEDED_AGAIN = {"Trust"}


@pytest.mark.parametrize("sid", [sid for sid in sids(Task.INSTALL) if sid not in ONLY_TOLD | NEEDED_AGAIN])
def test_without_one_of_its_statements_install_fails(hall: Hall, sid: str) -> None:
    name = f"no-{sid.lower()}"[:20]
    station = hall.with_only(name, without(policy(Task.INSTALL, name), sid))
    with pytest.raises(HouseguestError) as refused:
        install(station, hall.info, name)
    assert_denied(refused.value, policy(Task.INSTALL, name), sid)


def assert_denied(error: HouseguestError, given: AdministratorPolicy, sid: str) -> None:
    """AWS refused an action of that statement, directly or in the events of a stack."""
    said = f"{error.message} {error.details}"
    assert any(
        word in said
        for duty in given.duties
        if duty.sid == sid
        for word in (*(f"{call}." for call in duty.calls), *(f"perform: {action}" for action in duty.actions))
    ), said


def test_without_the_statement_for_the_trust_an_install_does_not_open_it_again(
    hall: Hall, again: Signed, installed: Installed, folder: Path
) -> None:
    names = installed.installation.answers.names
    house = hall.administrator
    close_trust(house.aws, Journal(folder / "closing-again.jsonl"), house.ctx, names)
    station = hall.with_only("no-trust", without(policy(Task.INSTALL, NAME), "Trust"))
    with pytest.raises(HouseguestError) as refused:
        install(station, hall.info, NAME)
    assert_denied(refused.value, policy(Task.INSTALL, NAME), "Trust")
    install(hall.with_only("with-trust", policy(Task.INSTALL, NAME).document), hall.info, NAME)


@pytest.mark.parametrize("sid", ["NamesInLists", "NamesOfThings"])
def test_without_a_look_at_names_a_dry_run_says_what_was_not_checked(
    hall: Hall, capsys: pytest.CaptureFixture[str], sid: str
) -> None:
    name = f"no-{sid.lower()}"
    capsys.readouterr()
    for who, given in (("all", policy(Task.INSTALL, name).document), ("", without(policy(Task.INSTALL, name), sid))):
        station = hall.with_only(f"{name}{who}", given)
        rehearse(station, begun(station, hall.info, name)[0], as_json=True)
        found = json.loads(capsys.readouterr().out)["findings"]
        unread = [one["sentence"] for one in found if one["sentence"].startswith("Not checked whether")]
        assert bool(unread) is not bool(who)


@pytest.mark.parametrize("sid", ["ListRoles", "WorkloadRoles"])
def test_without_a_look_at_the_vendors_roles_an_install_says_that_they_were_not_checked(hall: Hall, sid: str) -> None:
    name = f"no-{sid.lower()}"
    product = install(hall.with_only(name, without(policy(Task.INSTALL, name), sid)), hall.info, name).answers.product
    assert product is not None
    unread = [found for found in product.evidence if found.state is State.NOT_CHECKED]
    assert len(unread) == 2
    assert all("iam:" in found.detail for found in unread)


def test_without_the_statement_for_the_account_only_its_name_is_missing(hall: Hall) -> None:
    name = "no-account"
    hall.admin("iam").create_account_alias(AccountAlias="acme-prod")
    aliases = []
    for who, given in (
        ("all", policy(Task.INSTALL, name).document),
        ("", without(policy(Task.INSTALL, name), "Account")),
    ):
        station = hall.with_only(f"{name}{who}", given)
        account = begun(station, hall.info, name)[0].answers.account
        assert account is not None
        aliases.append(account.alias)
    assert aliases == ["acme-prod", None]


# --- what CloudFormation does in the caller's name


NOT_READ_BACK = "the local CloudFormation does not read back what it has made"
CANNOT_BE_SHOWN = {
    "iam:DeletePolicyVersion": "the local CloudFormation deletes a policy with all its versions",
    "iam:GetPolicy": NOT_READ_BACK,
    "iam:GetPolicyVersion": NOT_READ_BACK,
    "iam:GetRole": NOT_READ_BACK,
    "iam:GetRolePolicy": NOT_READ_BACK,
    "iam:ListAttachedRolePolicies": NOT_READ_BACK,
    "iam:ListEntitiesForPolicy": NOT_READ_BACK,
    "iam:ListPolicyVersions": NOT_READ_BACK,
    "iam:ListRolePolicies": NOT_READ_BACK,
    "iam:PutRolePermissionsBoundary": "no plan gives the role another boundary than it has",
    "iam:UpdateRoleDescription": "the local CloudFormation changes a description by iam:UpdateRole",
}
"""They are in the handlers of the types' schemas."""

BY_CLOUDFORMATION = sorted({action for kind in HANDLERS for action in handled(kind, *HANDLERS[kind])})


def life(station: Signed, standing: Answers, tools: Tools) -> None:
    """Make the two stacks, change the role in all that a plan can change, and delete them."""
    access, role = connect.plans(standing, tools)
    for plan in (access, role, changed(role)):
        stacks.ensure(station.aws, tools.journal, station.ctx, plan)
    for plan in (role, access):
        stacks.delete(station.aws, tools.journal, station.ctx, plan.stack_name, plan.region)


def changed(role: stacks.StackPlan) -> stacks.StackPlan:
    parameters = {**role.parameters, "MaxSessionSeconds": "7200", "ExternalId": "another"}
    template = role.template_body.replace("PowerUserAccess", "ReadOnlyAccess").replace("workload-roles", "others")
    return replace(role, parameters=parameters, tags={**role.tags, "team": "data"}, template_body=template)


@pytest.mark.parametrize("action", ["", *BY_CLOUDFORMATION])
def test_without_one_of_its_actions_cloudformation_fails(hall: Hall, folder: Path, action: str) -> None:
    name = f"cf-{action.removeprefix('iam:').lower()}"[:20].rstrip("-") if action else "cf-all"
    both = (*GRANTS, "arn:aws:iam::aws:policy/ReadOnlyAccess")
    given = administrator_policy(Task.INSTALL, Place(Names(name, "222222222222", ROLE_PATH), both))
    station = hall.with_only(name, lacking(given.document, action))
    installation, _ = begun(station, hall.info, name)
    tools = station.looking(installation.answers, Journal(folder / f"life-{name}.jsonl"))
    answers = permissions.run(installation.answers, tools, station.ctx)
    if not action or action in CANNOT_BE_SHOWN:
        life(station, answers, tools)
        if action:
            pytest.skip(CANNOT_BE_SHOWN[action])
        return
    with pytest.raises(HouseguestError) as refused:
        life(station, answers, tools)
    assert f"perform: {action} " in f"{refused.value.message} {refused.value.details}"


def lacking(document: Document, action: str) -> Document:
    """The policy without an action, wherever it stands."""
    left = [{**said, "Action": [one for one in said["Action"] if one != action]} for said in document.statements]
    return Document(tuple(said for said in left if said["Action"]))


# --- close


def close(standing: Standing, station: Signed, folder: Path) -> list[Evidence]:
    """Cut the boundary, close the trust, and take the role out of the cluster, under the installation's lock."""
    tools, ctx, names = standing.by(station, folder), station.ctx, standing.names
    aws, journal = tools.aws, tools.journal
    lease = AccountLease(aws, names.operator_boundary_arn, settle_seconds=0.0)
    with InstallationLock(folder / names.installation, lease, insist=False).hold(ctx):
        cut = write_cut(aws, journal, ctx, names.operator_boundary_arn)
        put_boundary(aws, journal, ctx, names.operator_role, names.operator_boundary_arn)
        return [cut, close_trust(aws, journal, ctx, names), close_cluster(aws, journal, ctx, names, REGION)]


def lock_not_had(station: Signed) -> bool:
    return any(isinstance(event, Notice) and "taken away all the same" in event.sentence for event in station.told)


def test_close_with_exactly_its_policy(hall: Hall, folder: Path) -> None:
    standing = Standing.made(hall, "closed", folder).disturbed(hall.admin)
    given = policy(Task.CLOSE, "closed")
    station = hall.with_only("closer", given.document)
    assert [found.state for found in close(standing, station, folder)] == [State.VERIFIED] * 3
    assert not lock_not_had(station)
    assert called(station) == given.calls
    role = read_role(hall.administrator.aws, station.ctx, standing.names.operator_role)
    assert role is not None
    assert role.boundary_arn == standing.names.operator_boundary_arn


@pytest.mark.parametrize("sid", sids(Task.CLOSE))
def test_without_one_of_its_statements_close_fails(hall: Hall, folder: Path, sid: str) -> None:
    name = f"close-{sid.lower()}"
    standing = Standing.made(hall, name, folder).disturbed(hall.admin)
    given = policy(Task.CLOSE, name)
    station = hall.with_only(name, without(given, sid))
    if sid == "Lock":
        assert [found.state for found in close(standing, station, folder)] == [State.VERIFIED] * 3
        assert lock_not_had(station)
        return
    with pytest.raises(HouseguestError) as refused:
        close(standing, station, folder)
    assert_denied(refused.value, given, sid)


# --- remove


def remove(standing: Standing, station: Signed, folder: Path) -> removal.Removal:
    lease = AccountLease(station.aws, standing.names.operator_boundary_arn, settle_seconds=0.0)
    with InstallationLock(folder / standing.names.installation, lease, insist=False).hold(station.ctx):
        return removal.remove(standing.answers, standing.by(station, folder), station.ctx)


def test_remove_with_exactly_its_policy_whatever_is_in_the_way(hall: Hall, folder: Path, installed: Installed) -> None:
    standing = Standing.made(hall, "gone", folder).disturbed(hall.admin)
    given = policy(Task.REMOVE, "gone")
    station = hall.with_only("remover-of-all", given.document)
    done = remove(standing, station, folder)
    assert done.removed, done
    assert (done.kept, done.still_possible) == ((), ())
    # Here the boundary goes with its tag, there it is kept and given back.
    assert called(station, installed.remover) == given.calls


def test_remove_where_nobody_knows_the_region(hall: Hall, folder: Path) -> None:
    """The policy is then for the cluster in every region, and for finding out which there are."""
    standing = Standing.made(hall, "anywhere", folder).disturbed(hall.admin)
    standing = replace(standing, answers=replace(standing.answers, network=None))
    given = policy(Task.REMOVE, "anywhere", region="*")
    done = remove(standing, hall.with_only("remover-anywhere", given.document), folder)
    assert done.removed, done
    assert done.still_possible == ()
    again = Standing.made(hall, "nowhere", folder)
    again = replace(again, answers=replace(again.answers, network=None))
    done = remove(
        again, hall.with_only("remover-nowhere", without(policy(Task.REMOVE, "nowhere", region="*"), "Regions")), folder
    )
    assert any("ec2:DescribeRegions" in way for way in done.still_possible)


@pytest.mark.parametrize("sid", sids(Task.REMOVE))
def test_without_one_of_its_statements_remove_fails_or_says_so(hall: Hall, folder: Path, sid: str) -> None:
    name = f"rm-{sid.lower()}"
    standing = Standing.made(hall, name, folder).disturbed(hall.admin)
    given = policy(Task.REMOVE, name)
    station = hall.with_only(name, without(given, sid))
    done = remove(standing, station, folder)
    if sid == "Lock":
        assert done.removed
        assert lock_not_had(station)
    elif sid == "Cluster":
        assert done.removed
        assert any("cluster API in eu-west-1 not closed" in way for way in done.still_possible)
    else:
        assert not done.removed
        assert_denied(done.problems[0], given, sid)
