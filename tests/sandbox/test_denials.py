"""What is refused: bad input on the command line, a boundary that is too tight, and a vendor who has no right to come.

Every refusal is one clear sentence with what to do, the right exit code, and nothing made: not in AWS, not on disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from installer.sandbox import Sandbox, SandboxInfo
from installer.sandbox.vendor.invitations import issue, read_claims
from tests.sandbox.support import stacks
from tests.sandbox.support.acme import REGION, note, role_arn
from tests.sandbox.support.actors import DEPLOYER, Actor, allow, document, profile, trust
from tests.sandbox.support.command_line import CommandLine, Ended
from tests.sandbox.support.house import Answer, answer_to

NAME = "popsql"
STACK_REGION = "us-east-1"
PLACE = ("--region", REGION, "--yes")
NOBODY = "http://127.0.0.1:9"
LONG_AGO = 1_700_000_000


@dataclass(frozen=True)
class Desk:
    """Where a person sits: the command, the customer's administrator, and a folder for files."""

    houseguest: CommandLine
    admin: Actor
    folder: Path

    @property
    def sandbox(self) -> SandboxInfo:
        return self.houseguest.sandbox

    @property
    def claims(self) -> dict[str, Any]:
        return read_claims(self.token)

    @property
    def token(self) -> str:
        return Path(self.sandbox.invitation).read_text("ascii")

    def file(self, text: str) -> str:
        path = self.folder / "given"
        path.write_text(text, "utf-8")
        return str(path)

    def invited(self, **changes: Any) -> list[str]:
        """With an invitation that the vendor signed, changed so."""
        return ["--invitation", self.file(issue(changes, base=self.claims)), "--name", NAME, *PLACE]

    def handed(self, text: str) -> list[str]:
        return ["--invitation", self.file(text), "--name", NAME, *PLACE]

    def asks(self, *arguments: str, name: str = NAME) -> list[str]:
        """With the invitation as it is."""
        return ["--invitation", self.sandbox.invitation, "--name", name, *PLACE, *arguments]

    def account(self) -> dict[str, object]:
        """Everything that an installation would make first."""
        iam, ec2 = self.admin("iam"), self.admin("ec2", REGION)
        regions = (STACK_REGION, REGION)
        listed = [self.admin("cloudformation", region).list_stacks()["StackSummaries"] for region in regions]
        return {
            "stacks": sorted((stack["StackId"], stack["StackStatus"]) for found in listed for stack in found),
            "roles": sorted(role["Arn"] for role in iam.list_roles()["Roles"]),
            "policies": sorted(
                (policy["Arn"], policy["DefaultVersionId"]) for policy in iam.list_policies(Scope="Local")["Policies"]
            ),
            "networks": sorted(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]),
        }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with Sandbox.start(speed=2000.0) as info:
        yield Desk(CommandLine(info, folder / "home"), profile(info, info.admin_profile), folder)


@dataclass(frozen=True)
class Bad:
    """`message` begins what is said. `who` is the profile that is signed in, `taken` what somebody else made before.
    What AWS itself refuses is refused after the start, so that a plan is saved and can be resumed."""

    arguments: Callable[[Desk], list[str]]
    exit_code: int
    code: str
    message: str
    who: str = ""
    taken: Callable[[Actor], object] | None = None
    started: bool = False


def stack(name: str) -> Callable[[Actor], object]:
    return lambda admin: stacks.create(admin("cloudformation", STACK_REGION), name, note(f"/{name}", "x"))


def policy(name: str, path: str) -> Callable[[Actor], object]:
    return lambda admin: admin("iam").create_policy(PolicyName=name, Path=path, PolicyDocument=document(allow("s3:*")))


def role(name: str) -> Callable[[Actor], object]:
    return lambda admin: admin("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"})
    )


def too_long() -> str:
    return document(allow("s3:*", resource=[f"arn:aws:s3:::{'x' * 60}-{number}" for number in range(90)]))


BAD: dict[str, Bad] = {
    "an invitation that was changed": Bad(
        lambda desk: desk.handed(desk.token[:-20] + "A" * 20),
        1,
        "invitation",
        "The signature of this invitation is wrong",
    ),
    "an invitation that has ended": Bad(
        lambda desk: desk.invited(iat=LONG_AGO, nbf=LONG_AGO, exp=LONG_AGO + 60),
        1,
        "invitation",
        "This invitation ended on 2023-11-14 22:14 UTC.",
    ),
    "an invitation to something else": Bad(
        lambda desk: desk.invited(aud="billing"),
        1,
        "invitation",
        "This is signed by the vendor, but it is not an invitation",
    ),
    "an invitation that is too big": Bad(
        lambda desk: desk.handed(desk.token + "A" * 300_000), 1, "invitation", "This is too big to be an invitation"
    ),
    "half an invitation": Bad(
        lambda desk: desk.handed(desk.token[: len(desk.token) // 2]),
        1,
        "invitation",
        "This is not an invitation, or a part",
    ),
    "an invitation with a number for a text": Bad(
        lambda desk: desk.invited(template={"role_path": 7}),
        1,
        "invitation",
        "This invitation is not complete or not right: template.role_path",
    ),
    "an invitation for another account": Bad(
        lambda desk: desk.invited(customer={"aws_account_id": "333333333333"}),
        1,
        "wrong_account",
        "You are signed in to account 222222222222; the invitation is for 333333333333.",
    ),
    "the vendor's own sign-in": Bad(
        lambda desk: desk.asks(), 1, "wrong_account", "You are signed in to account 111111111111", who="release-deploy"
    ),
    "a vendor that does not answer": Bad(
        lambda desk: desk.invited(control_plane={"url": NOBODY}), 5, "not_finished", "The vendor does not answer."
    ),
    "a template that cannot be fetched": Bad(
        lambda desk: desk.invited(template={"url": f"{NOBODY}/role.yaml"}),
        1,
        "blocked",
        "The vendor's template could not be fetched",
    ),
    "a template that is another": Bad(
        lambda desk: desk.invited(template={"sha256": "0" * 64}),
        1,
        "blocked",
        "The vendor's template is not the one that the invitation was signed for.",
    ),
    "a name with two hyphens": Bad(
        lambda desk: desk.asks(name="pop--sql"), 2, "usage", "'pop--sql' cannot be the name of an installation."
    ),
    "the name of somebody's stack": Bad(
        lambda desk: desk.asks(name="taken1"),
        1,
        "blocked",
        "A stack named taken1-access exists already",
        taken=stack("taken1-access"),
    ),
    "the name of somebody's other stack": Bad(
        lambda desk: desk.asks(name="taken2"),
        1,
        "blocked",
        "A stack named taken2-role exists already",
        taken=stack("taken2-role"),
    ),
    "the name of somebody's boundary": Bad(
        lambda desk: desk.asks(name="taken3"),
        1,
        "blocked",
        "arn:aws:iam::222222222222:policy/houseguest/taken3-operator-boundary exists already",
        taken=policy("taken3-operator-boundary", "/houseguest/"),
    ),
    "the name of somebody's policy in another path": Bad(
        lambda desk: desk.asks(name="taken4"),
        1,
        "blocked",
        "arn:aws:iam::222222222222:policy/Taken4-Workload-Boundary exists already",
        taken=policy("Taken4-Workload-Boundary", "/"),
    ),
    "the name of somebody's role": Bad(
        lambda desk: desk.asks(name="taken5"),
        1,
        "blocked",
        "arn:aws:iam::222222222222:role/taken5-operator exists already",
        taken=role("taken5-operator"),
    ),
    "a boundary that does not fit": Bad(
        lambda desk: desk.asks("--boundary", desk.file(too_long())), 1, "boundary", "The boundary has "
    ),
    "a boundary that is no policy": Bad(
        lambda desk: desk.asks("--boundary", desk.file("{")), 1, "boundary", "The policy is not JSON"
    ),
    "a boundary that is not there": Bad(
        lambda desk: desk.asks("--boundary", "strict"), 1, "boundary", "'strict' is neither a preset nor a file"
    ),
    "an address for a block": Bad(
        lambda desk: desk.asks("--cidr", "10.9.1.1/16"), 2, "usage", "'10.9.1.1/16' names an address inside a block"
    ),
    "a block that is used": Bad(
        lambda desk: desk.asks("--cidr", "10.0.0.0/16"),
        1,
        "blocked",
        "10.0.0.0/16 cannot be used. 10.0.0.0/16 is a block of VPC {production} (production) in us-east-1",
    ),
    "a region that the vendor does not offer": Bad(
        lambda desk: desk.asks("--region", "ap-south-1"),
        1,
        "blocked",
        "The vendor does not offer the region ap-south-1.",
    ),
    "somebody who may only read": Bad(
        lambda desk: desk.asks(),
        4,
        "permission_missing",
        "You may not call cloudformation:CreateChangeSet.",
        who="acme-read-only",
        started=True,
    ),
    "nobody signed in": Bad(
        lambda desk: desk.asks(), 3, "sign_in_needed", "There is no working sign-in to AWS.", who="default"
    ),
    "a profile that is not there": Bad(
        lambda desk: desk.asks(), 3, "sign_in_needed", "The AWS profile does not exist.", who="nobody"
    ),
    "no yes": Bad(
        lambda desk: [given for given in desk.asks() if given != "--yes"],
        2,
        "usage",
        "Nothing was done: it has not been",
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_bad_input_makes_nothing(desk: Desk, tmp_path: Path, bad: Bad) -> None:
    if bad.taken is not None:
        bad.taken(desk.admin)
    before = desk.account()
    ended = CommandLine(desk.sandbox, tmp_path, bad.who)("install", *bad.arguments(desk))
    assert_refused(ended, bad.exit_code, bad.code)
    assert ended.error["message"].startswith(bad.message.replace("{production}", production(desk.admin)))
    assert desk.account() == before
    assert bool([*tmp_path.rglob("profile.json")]) is bad.started


def assert_refused(ended: Ended, exit_code: int, code: str) -> None:
    """One document on stdout, with a sentence and what to do. No fault of the program, no traceback."""
    assert ended.code == exit_code, ended.stdout + ended.stderr
    assert ended.error["code"] == code
    for said in (ended.error["message"], ended.error["fix"]):
        assert said.endswith(".")
        assert "\n" not in said
    assert "Traceback" not in ended.stderr


def production(admin: Actor) -> str:
    """The VPC that has 10.0.0.0/16 already."""
    found = admin("ec2", STACK_REGION).describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}])
    return str(found["Vpcs"][0]["VpcId"])


@dataclass(frozen=True)
class Installed:
    """An installation whose boundary was too tight at first. `stopped` are the attempts that it stopped."""

    stopped: tuple[Ended, ...]
    told: Mapping[str, Any]
    vendor: Actor
    external_id: str

    @property
    def role_arn(self) -> str:
        return role_arn(f"{NAME}-operator", "/release/")


@pytest.fixture(scope="module")
def installed(desk: Desk) -> Installed:
    minimal = desk.claims["permissions"]["minimal_boundary"]["Statement"][1]["Action"]
    tight = [action for action in minimal if action != "rds:*"]

    def boundary(*actions: str) -> str:
        path = desk.folder / "own.json"
        path.write_text(document(allow(*actions)), "utf-8")
        return str(path)

    stopped = (
        desk.houseguest("install", *desk.asks("--boundary", boundary(*tight))),
        desk.houseguest("install", "--resume", NAME, "--invitation", desk.sandbox.invitation, "--yes"),
    )
    told = desk.houseguest.install(NAME, "--region", REGION, "--boundary", boundary(*minimal))
    vendor = profile(desk.sandbox, desk.sandbox.vendor_profile)
    return Installed(stopped, told, vendor, desk.claims["trust"]["external_id"])


def test_a_boundary_that_is_too_tight_stops_the_install_at_the_call(installed: Installed) -> None:
    for ended in installed.stopped:
        assert_refused(ended, 5, "install_failed")
        assert ended.error["message"] == "The install stopped: rds:DescribeDBSubnetGroups was refused."
        assert "no permissions boundary allows" in ended.error["details"]["vendor_says"]


def test_a_wider_one_finishes_it_with_one_of_everything(desk: Desk, installed: Installed) -> None:
    assert installed.told["state"] == "installed"
    assert {ended.error["details"]["install_id"] for ended in installed.stopped} == {installed.told["install_id"]}
    mine = [{"Name": "tag:houseguest:installation", "Values": [NAME]}]
    admin = desk.admin
    listed = admin("cloudformation", STACK_REGION).list_stacks()["StackSummaries"]
    roles = [found["RoleName"] for found in admin("iam").list_roles()["Roles"]]
    policies = [found["PolicyName"] for found in admin("iam").list_policies(Scope="Local")["Policies"]]
    databases = admin("rds", REGION).describe_db_instances()["DBInstances"]
    balancers = admin("elbv2", REGION).describe_load_balancers()["LoadBalancers"]
    assert sorted(found["StackName"] for found in listed if found["StackName"].startswith(f"{NAME}-")) == [
        f"{NAME}-access",
        f"{NAME}-role",
    ]
    assert sorted(name for name in roles if name.startswith(f"{NAME}-")) == [
        f"{NAME}-{suffix}" for suffix in ("app", "cluster", "node", "operator")
    ]
    assert sorted(name for name in policies if name.startswith(f"{NAME}-")) == [
        f"{NAME}-operator-boundary",
        f"{NAME}-workload-boundary",
    ]
    assert len(admin("ec2", REGION).describe_vpcs(Filters=mine)["Vpcs"]) == 1
    assert admin("eks", REGION).list_clusters()["clusters"] == [NAME]
    assert [found["DBInstanceIdentifier"] for found in databases] == [NAME]
    assert len([found for found in balancers if found["LoadBalancerName"].startswith(NAME)]) == 1


@pytest.mark.parametrize("given", [{}, {"ExternalId": "release:acme:other"}], ids=["none", "another"])
def test_without_the_external_id_the_vendor_does_not_get_in(installed: Installed, given: dict[str, str]) -> None:
    refused = answer_to(lambda: installed.vendor.assume(installed.role_arn, **given))
    assert refused.code == "AccessDenied"


def test_the_external_id_does_not_let_anybody_else_in(desk: Desk, installed: Installed) -> None:
    refused = answer_to(lambda: desk.admin.assume(installed.role_arn, ExternalId=installed.external_id))
    assert refused.code == "AccessDenied"


def look(actor: Actor) -> Answer:
    return answer_to(actor("ec2", REGION).describe_vpcs)


@dataclass(frozen=True)
class Removed:
    """`agent` is a role that the vendor made for itself. `unproven` is how the command ended while it was there, with
    what the role could do then; `told` what the command said once the role was deleted."""

    live: Actor
    before: Answer
    agent: str
    unproven: Ended
    agent_works: Answer
    told: Mapping[str, Any]


@pytest.fixture(scope="module")
def removed(desk: Desk, installed: Installed) -> Removed:
    live = installed.vendor.assume(installed.role_arn, ExternalId=installed.external_id)
    agent = live("iam").create_role(
        RoleName=f"{NAME}-agent",
        Path=f"/release/{NAME}/",
        AssumeRolePolicyDocument=trust(DEPLOYER),
        PermissionsBoundary=installed.told["workload_boundary_arn"],
    )["Role"]["Arn"]
    before = look(live)
    remove = ("remove", NAME, "--invitation", desk.sandbox.invitation, "--yes")
    unproven = desk.houseguest(*remove)
    agent_works = answer_to(installed.vendor.assume, agent)
    desk.admin("iam").delete_role(RoleName=f"{NAME}-agent")
    ended = desk.houseguest(*remove)
    assert ended.code == 0, ended.stdout + ended.stderr
    return Removed(live, before, agent, unproven, agent_works, ended.json)


def test_after_the_removal_a_live_session_is_cut(removed: Removed) -> None:
    assert removed.before == Answer()
    assert look(removed.live).code == "UnauthorizedOperation"


def test_after_the_removal_no_new_session_is_given(installed: Installed, removed: Removed) -> None:
    refused = answer_to(lambda: installed.vendor.assume(installed.role_arn, ExternalId=installed.external_id))
    assert refused.code == "AccessDenied"
    assert removed.told["removed"] is True


def test_a_role_that_the_vendor_made_for_itself_is_not_stopped_but_named(removed: Removed) -> None:
    """As docs/escapes.md says. Nothing is called removed while it is there."""
    assert removed.agent_works == Answer()
    assert_refused(removed.unproven, 5, "not_finished")
    assert removed.unproven.json["removed"] is False
    (way,) = removed.unproven.json["still_possible"]
    assert way.startswith(f"{DEPLOYER} can assume {removed.agent}, which the vendor made")
    assert removed.told["still_possible"] == []


def test_the_state_on_disk_holds_no_secret(desk: Desk, removed: Removed) -> None:
    held = "".join(path.read_text("utf-8") for path in desk.houseguest.home.rglob("*") if path.is_file())
    assert removed.live.secret_access_key not in held
    assert desk.admin.secret_access_key not in held
    assert desk.token not in held
    assert json.dumps(desk.claims["trust"]["external_id"]) in held, "the external id is no secret"
