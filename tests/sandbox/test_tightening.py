"""After the install the boundary is narrowed to what was really made, and taken back: with the real command, read back
from AWS, and felt by a live session of the vendor. The vendor's role is an administrator here, so that nothing but the
boundary decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from installer.policy.boundary import OperatorBoundary, cut_document
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document
from installer.sandbox import seed
from installer.sandbox.vendor.invitations import read_claims
from tests.sandbox.support.acme import ADMINISTRATOR
from tests.sandbox.support.actors import Actor
from tests.support.interruptions import COMMAND_SECONDS, REGION, Bench, Ran
from tests.support.killing import KillPoint, Moment, Record
from tests.support.proxy import Answer, Asked, Fate, Plan, refusal

NAME = "popsql"
NOT_PERMITTED, NOT_FINISHED = 4, 5
DENIALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
Call = Callable[[Actor], object]

STEADY: Mapping[str, Call] = {
    "ec2:DescribeVpcs": lambda v: v("ec2", REGION).describe_vpcs(),
    "ec2:DescribeRegions": lambda v: v("ec2", REGION).describe_regions(),
}
UPDATE: Mapping[str, Call] = {
    "eks:DescribeCluster": lambda v: v("eks", REGION).describe_cluster(name=NAME),
    "elasticloadbalancing:DescribeLoadBalancers": lambda v: v("elbv2", REGION).describe_load_balancers(),
    "s3:PutObject": lambda v: _s3(v).put_object(Bucket=_bucket(v), Key="releases/2", Body=b"2"),
    "eks:TagResource": lambda v: v("eks", REGION).tag_resource(
        resourceArn=f"arn:aws:eks:{REGION}:222222222222:cluster/{NAME}", tags={"version": "2"}
    ),
}
MORE: Mapping[str, Call] = {
    "ec2:DescribeSubnets": lambda v: v("ec2", REGION).describe_subnets(),
    "ec2:CreateSecurityGroup": lambda v: v("ec2", REGION).create_security_group(
        GroupName="more", Description="more", DryRun=True
    ),
    "logs:DescribeLogGroups": lambda v: v("logs", REGION).describe_log_groups(),
    "iam:GetRole": lambda v: v("iam").get_role(RoleName=f"{NAME}-app"),
}
ALL = {**STEADY, **UPDATE, **MORE}


def _s3(actor: Actor) -> Any:
    return actor("s3", REGION, s3={"addressing_style": "path"})


def _bucket(_actor: Actor) -> str:
    return f"{NAME}--222222222222-{REGION}"


@dataclass
class House:
    """One installation, its administrator, and a session that the vendor holds through all of it."""

    bench: Bench
    vendor: Actor
    installed: Mapping[str, Any]

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::222222222222:policy/houseguest/{NAME}-operator-boundary"

    def run(self, *arguments: str, **more: Any) -> Ran:
        return self.bench.run(NAME, "permissions", *arguments, "--json", **more)

    def tighten(self, *options: str, **more: Any) -> Ran:
        introduced = ("--invitation", self.bench.info.invitation)
        return self.run("tighten", NAME, *introduced, "--yes", *options, **more)

    def undo(self, *options: str, **more: Any) -> Ran:
        return self.run("undo", NAME, "--yes", *options, **more)

    def document(self) -> Mapping[str, Any]:
        iam = self.bench.admin("iam")
        version = iam.get_policy(PolicyArn=self.arn)["Policy"]["DefaultVersionId"]
        said: Mapping[str, Any] = iam.get_policy_version(PolicyArn=self.arn, VersionId=version)["PolicyVersion"][
            "Document"
        ]
        return said

    def versions(self) -> list[str]:
        listed = self.bench.admin("iam").list_policy_versions(PolicyArn=self.arn)["Versions"]
        return [version["VersionId"] for version in listed]

    def put(self, document: Mapping[str, Any]) -> None:
        """As the only version, past the program."""
        iam = self.bench.admin("iam")
        for version in iam.list_policy_versions(PolicyArn=self.arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=self.arn, VersionId=version["VersionId"])
        before = self.versions()
        iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
        for version in before:
            iam.delete_policy_version(PolicyArn=self.arn, VersionId=version)

    def allowed(self) -> set[str]:
        """What the vendor's session can do at this moment."""
        return {name for name, call in ALL.items() if not _denied(call, self.vendor)}

    def product_is_up(self) -> bool:
        health = next(
            one["call"].removeprefix("GET ") for one in self.installed["evidence"] if "GET http" in one["call"]
        )
        return httpx.get(health, trust_env=False).status_code == httpx.codes.OK


def _denied(call: Call, vendor: Actor) -> bool:
    try:
        call(vendor)
    except ClientError as error:
        return error.response["Error"]["Code"] in DENIALS
    return False


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with Bench.open(tmp_path_factory.mktemp("homes"), speed=2000.0) as bench:
        ran = bench.run(
            NAME, "install", "--invitation", bench.info.invitation, "--name", NAME, "--boundary", "guarded",
            "--region", REGION, "--yes", "--json",
        )  # fmt: skip
        assert ran.code == 0, ran.err
        bench.admin("iam").attach_role_policy(RoleName=f"{NAME}-operator", PolicyArn=ADMINISTRATOR)
        session = bench.session(NAME)
        assert session is not None
        yield House(bench, session.actor, ran.out)


@pytest.fixture(scope="module")
def wide(house: House) -> Mapping[str, Any]:
    return house.document()


@pytest.fixture(autouse=True)
def as_installed(house: House, wide: Mapping[str, Any]) -> None:
    if house.document() != wide or len(house.versions()) > 1:
        house.put(wide)


def test_a_call_that_worked_is_denied_and_works_again(house: House, wide: Mapping[str, Any]) -> None:
    assert house.allowed() == set(ALL)

    ran = house.tighten()
    assert (ran.code, ran.out["changed"]) == (0, True), (ran.out, ran.err)
    assert house.allowed() == set(STEADY)
    assert house.document()["Statement"] == _after(wide, ran)
    assert {one["state"] for one in ran.out["evidence"]} == {"verified"}
    assert house.product_is_up()

    ran = house.undo()
    assert (ran.code, ran.out["changed"]) == (0, True), (ran.out, ran.err)
    assert house.document() == wide
    assert house.allowed() == set(ALL)


def _after(wide: Mapping[str, Any], ran: Ran) -> list[Any]:
    """What was said that would stand there, in any order."""
    proposal = ran.out["proposal"]
    kept = [one for one in wide["Statement"] if one not in proposal["removed"]]
    return sorted([*kept, *proposal["added"]], key=_place)


def _place(statement: Mapping[str, Any]) -> int:
    layers = ("Base", "Protect", "Region", "Tighten", "Window", "Cut")
    return next(number for number, layer in enumerate(layers) if statement["Sid"].startswith(layer))


def test_the_prediction_is_what_the_session_meets(house: House) -> None:
    """Each call of the vendor's list that the program says is kept or lost is tried."""
    ran = house.tighten("--dry-run")
    assert not ran.out["changed"]
    told = {
        kind: {one["action"] for one in ran.out["proposal"][kind]} & ALL.keys() for kind in ("kept", "lost", "blocked")
    }
    assert told["kept"] == set(STEADY)
    assert told["lost"] >= set(UPDATE)
    assert not told["blocked"]
    assert house.tighten().code == 0
    assert house.allowed() & (told["kept"] | told["lost"]) == told["kept"]


def test_the_needs_are_those_of_the_invitation(house: House) -> None:
    needs = read_claims(Path(house.bench.info.invitation).read_text("ascii"))["permissions"]["needs"]
    for phase, calls in (("steady", STEADY), ("update", UPDATE)):
        assert {action for need in needs[phase] for action in need["actions"]} == calls.keys()


def test_a_dry_run_writes_nothing(house: House, wide: Mapping[str, Any]) -> None:
    ran = house.tighten("--dry-run")
    assert (ran.code, ran.out["dry_run"], ran.out["changed"]) == (0, True, False)
    assert ran.out["proposal"]["changed"]
    assert {made["source"] for made in ran.out["resources"]} == {"aws", "vendor"}
    assert not house.bench.aws.writes
    assert house.document() == wide
    assert house.undo("--dry-run").out["proposal"]["changed"] is False


def test_again_is_no_change(house: House) -> None:
    assert house.tighten().out["changed"]
    versions = house.versions()
    again = house.tighten()
    assert (again.code, again.out["changed"], again.out["tightened_to"]) == (0, False, "steady")
    assert house.versions() == versions


def test_an_update_is_let_in_on_what_exists_and_shut_out_again(house: House) -> None:
    another = f"{NAME}--another-222222222222"  # it has the vendor's prefix, and the vendor did not make it
    _s3(house.bench.admin).create_bucket(Bucket=another)
    house.tighten()
    ran = house.tighten("--for-update")
    assert ran.code == 0, ran.err
    assert house.allowed() == {*STEADY, *UPDATE}
    assert _denied(lambda v: _s3(v).put_object(Bucket=seed.CUSTOMER_BUCKET, Key="x", Body=b""), house.vendor)
    assert _denied(lambda v: _s3(v).put_object(Bucket=another, Key="x", Body=b""), house.vendor)
    assert house.tighten().code == 0
    assert house.allowed() == set(STEADY)


def test_a_cut_fits_and_works_and_is_not_undone(house: House, wide: Mapping[str, Any]) -> None:
    house.tighten()
    tight = Document.from_object(house.document())
    cut = cut_document(tight)
    assert cut.size <= MANAGED_POLICY_CHARACTERS
    assert len(cut.statements) == len(tight.statements) + 1
    house.put(cut.to_object())
    assert house.allowed() == set()

    assert house.undo().code == 0  # AWS has no earlier version any more
    assert house.allowed() == set()
    back = OperatorBoundary.from_document(Document.from_object(house.document()))
    assert back.is_cut
    assert house.document()["Statement"][:-1] == wide["Statement"]


def test_many_times_there_and_back_keeps_room(house: House, wide: Mapping[str, Any]) -> None:
    for _ in range(3):
        assert house.tighten().code == 0
        assert house.undo().code == 0
    assert len(house.versions()) <= 5
    assert house.document() == wide


@pytest.mark.parametrize(("number", "moment"), [(1, Moment.TORN), (1, Moment.AFTER), (2, Moment.BEFORE)])
def test_killed_in_the_middle(house: House, wide: Mapping[str, Any], number: int, moment: Moment) -> None:
    """At each record of the journal: then the one document stands or the other, and the same command goes on."""
    point = KillPoint(Record.JOURNAL, number, moment)
    assert house.tighten(kill=point).was_killed
    assert house.allowed() in (set(ALL), set(STEADY))
    again = house.tighten()
    assert again.code == 0, again.err
    assert house.allowed() == set(STEADY)
    assert house.bench.journal(NAME).open_intents() == ()

    assert house.undo(kill=point).was_killed
    assert house.allowed() in (set(ALL), set(STEADY))
    again = house.undo()
    assert again.code == 0, again.err
    assert house.document() == wide
    assert house.bench.journal(NAME).open_intents() == ()


def at_the_version(fate: Fate | str, status: int = 400) -> Plan:
    """What becomes of the one write that matters; a text is an error code of AWS."""

    def decide(asked: Asked) -> Fate | Answer:
        if asked.call != "iam:CreatePolicyVersion":
            return Fate.FORWARD
        return fate if isinstance(fate, Fate) else refusal(asked, fate, status)

    return decide


def test_killed_before_the_reply(house: House, wide: Mapping[str, Any]) -> None:
    """It took effect, and nobody here heard of it."""
    assert house.tighten(aws=at_the_version(Fate.KILL)).was_killed
    assert house.allowed() == set(STEADY)
    again = house.tighten()
    assert (again.code, again.out["changed"]) == (0, False)
    assert house.undo(aws=at_the_version(Fate.KILL)).was_killed
    assert house.document() == wide
    assert house.undo().out["changed"] is False


@pytest.mark.parametrize(("code", "exit_code"), [("Throttling", NOT_FINISHED), ("AccessDenied", NOT_PERMITTED)])
def test_a_refused_write_is_one_sentence_and_nothing_half_done(
    house: House, wide: Mapping[str, Any], code: str, exit_code: int
) -> None:
    ran = house.tighten(aws=at_the_version(code))
    _one_sentence(ran, exit_code)
    assert house.document() == wide
    assert house.allowed() == set(ALL)
    tags = house.bench.admin("iam").list_policy_tags(PolicyArn=house.arn)["Tags"]
    assert "houseguest:lock" not in [tag["Key"] for tag in tags]

    assert house.tighten().code == 0
    ran = house.undo(aws=at_the_version(code))
    _one_sentence(ran, exit_code)
    assert house.allowed() == set(STEADY)
    assert house.undo().code == 0


def _one_sentence(ran: Ran, code: int) -> None:
    assert ran.code == code, (ran.out, ran.err)
    assert ran.error["message"].endswith(".")
    assert ran.error["fix"]
    assert "Traceback" not in ran.err


def test_a_statement_written_by_hand_is_not_overwritten(house: House, wide: Mapping[str, Any]) -> None:
    by_hand = {"Sid": "Mine", "Effect": "Deny", "Action": "rds:*", "Resource": "*"}
    house.put({**wide, "Statement": [*wide["Statement"], by_hand]})
    ran = house.tighten()
    _one_sentence(ran, 1)
    assert "did not write: Mine" in ran.error["message"]
    assert by_hand in house.document()["Statement"]


def test_it_is_not_done_unasked(house: House, wide: Mapping[str, Any]) -> None:
    ran = house.run("tighten", NAME)
    assert (ran.code, ran.error["code"]) == (2, "usage")
    assert house.document() == wide


def test_a_person_reads_what_would_change(house: House) -> None:
    running = house.bench.start(NAME, "permissions", "tighten", NAME, "--dry-run")
    out, err = running.process.communicate(timeout=COMMAND_SECONDS)
    assert running.process.returncode == 0, err
    assert out.endswith("Nothing was done.\n")
    assert "It may call ec2:DescribeRegions and ec2:DescribeVpcs" in err
    assert "It may not do anything but the 2 things" in err
    assert "It takes away 4 calls that only the phase update needs: eks:DescribeCluster" in err
    assert "Before an update, widen it with --for-update." in err


def test_removal_works_on_a_tight_boundary(house: House) -> None:
    """The last of the file: the installation is gone after it."""
    assert house.tighten().code == 0
    ran = house.bench.remove(NAME, "--invitation", house.bench.info.invitation)
    cut = next(one for one in ran.out["evidence"] if one["claim"].startswith("The boundary"))
    assert cut["state"] == "verified"
    assert house.allowed() == set()
    assert house.product_is_up()
