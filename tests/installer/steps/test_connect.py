"""What stands in the way of the two stacks, before anything is made; and that connecting opens nothing before the role
was read and is what was agreed. Making the stacks for real is tested against the sandbox."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from installer.answers import Answers
from installer.context import Context
from installer.errors import NotFound, StackFailed, UsageError, VendorError
from installer.evidence import Source, State
from installer.journal import Journal
from installer.names import Names
from installer.sandbox.vendor.invitations import template_bytes
from installer.steps import Severity
from installer.steps.connect import check, plans, run, what_is_created
from installer.tools import Tools
from tests.support import fake_account
from tests.support.fake_account import FakeAccount
from tests.support.fake_aws import Answer, Calm, FakeAws
from tests.support.fake_iam import FakeRole
from tests.support.fake_vendor import PROVEN, attempt
from tests.support.signed_in import ACCOUNT_ID, NAME, answers, names

CTX = Context()
NAMES: Names = names()
NOTHING = NotFound("gone")
OURS = NAMES.tags("inv_1")


def stack(status: str, tags: Mapping[str, str], name: str = NAMES.access_stack) -> dict[str, Any]:
    row = {
        "StackId": f"arn:aws:cloudformation:us-east-1:{ACCOUNT_ID}:stack/{name}/5f0c",
        "StackName": name,
        "StackStatus": status,
        "CreationTime": datetime(2026, 3, 1, tzinfo=UTC),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    return {"Stacks": [row]}


def policies(*arns: str) -> dict[str, Any]:
    return {"Policies": [{"Arn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in arns]}


def role(name: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
    return {"Role": {"RoleName": name, "Arn": arn, "Path": "/", "AssumeRolePolicyDocument": {}}}


def found(
    path: Path,
    access: Answer = NOTHING,
    *,
    policies_there: Answer,
    role_there: Answer = NOTHING,
    template: bytes = template_bytes(),
    buckets: tuple[str, ...] = (),
) -> list[str]:
    """The sentences of all blockers. Of the role's stack there is none."""

    def describe(StackName: str) -> Mapping[str, Any] | Exception:
        there = access if StackName == NAMES.access_stack else NOTHING
        assert not callable(there)
        return there

    aws = FakeAws(
        {
            "cloudformation:DescribeStacks": describe,
            "iam:ListPolicies": policies_there,
            "iam:GetRole": role_there,
            # Whose things have the vendor's names is told in aws/test_name_owners.py.
            "ec2:DescribeRegions": {"Regions": []},
            "s3:ListBuckets": {"Buckets": [{"Name": name} for name in buckets]},
            "s3:GetBucketTagging": {"TagSet": []},
            "iam:GetPolicy": NOTHING,
        }
    )
    tools = Tools(aws=aws, journal=Journal(path / "journal.jsonl"), vendor=None, download=lambda url: template)
    findings = check(answers(), tools, CTX)
    assert all(finding.severity is Severity.BLOCKER and finding.fix for finding in findings)
    return [finding.sentence for finding in findings]


OTHERS_POLICY = f"arn:aws:iam::{ACCOUNT_ID}:policy/team/{NAME.upper()}-Workload-Boundary"
TAKEN = [f"{OTHERS_POLICY} exists already, outside the stack {NAMES.access_stack}."]
OTHERS_STACK = [f"A stack named {NAMES.access_stack} exists already, and Houseguest did not make it."]


@pytest.mark.parametrize(
    ("access", "sentences"),
    [
        (NOTHING, TAKEN),
        (stack("REVIEW_IN_PROGRESS", OURS), TAKEN),
        (stack("ROLLBACK_COMPLETE", OURS), TAKEN),
        (stack("CREATE_COMPLETE", OURS), []),
        (stack("CREATE_IN_PROGRESS", OURS), []),
        (stack("ROLLBACK_COMPLETE", {}), OTHERS_STACK),
        (stack("CREATE_COMPLETE", {}), OTHERS_STACK),
    ],
)
def test_a_boundary_is_missed_only_where_its_stack_holds_nothing(
    tmp_path: Path, access: Answer, sentences: list[str]
) -> None:
    there = policies(f"arn:aws:iam::{ACCOUNT_ID}:policy/{NAME}-2-workload-boundary", OTHERS_POLICY)
    assert found(tmp_path, access, policies_there=there) == sentences


def test_the_role_may_not_be_there_either(tmp_path: Path) -> None:
    taken = found(tmp_path, policies_there=policies(), role_there=role(NAMES.operator_role))
    assert taken == [f"arn:aws:iam::{ACCOUNT_ID}:role/popsql-operator exists already, outside the stack popsql-role."]


def test_a_new_name_stands_in_nobodys_way(tmp_path: Path) -> None:
    assert found(tmp_path, policies_there=policies()) == []


def test_what_the_boundary_would_give_away_is_in_the_way_of_a_first_install(tmp_path: Path) -> None:
    bucket = f"{NAME}--reports"
    assert found(tmp_path, policies_there=policies(), buckets=(bucket,)) == [
        f"arn:aws:s3:::{bucket} exists already. By its name the vendor could take it for its own."
    ]
    assert found(tmp_path, stack("CREATE_COMPLETE", OURS), policies_there=policies(), buckets=(bucket,)) == []


def test_another_template_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    assert found(tmp_path, policies_there=policies(), template=template_bytes() + b"\n") == [
        "The vendor's template is not the one that the invitation was signed for."
    ]


# Connecting, in an account with a memory.

RUN = fake_account.answers()
CUT = {"Sid": "Cut", "Effect": "Deny", "Action": "*", "Resource": "*"}
CUSTOMERS_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
OTHERS_ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/team"
WRITES = ("Create", "Update", "Put", "Delete", "Execute")


def standing(place: Path) -> FakeAccount:
    """Connected once, and closed by a removal that did not come to its end."""
    account = FakeAccount()
    account.install(place)
    account.cut()
    account.close()
    return account


def connect(account: FakeAccount, place: Path, aws: FakeAws | None = None) -> Answers:
    return run(RUN, account.tools(place, aws), Calm().context())


def writes(aws: FakeAws) -> list[tuple[str, str]]:
    """Calls that change something, with the last part of what they change."""
    targets = ("PolicyArn", "RoleName", "StackName", "ChangeSetName")
    return [
        (call.name, next(str(call.parameters[key]).rpartition("/")[2] for key in targets if key in call.parameters))
        for call in aws.calls
        if call.name.partition(":")[2].startswith(WRITES)
    ]


def test_a_first_one(tmp_path: Path) -> None:
    account = FakeAccount()
    connection = connect(account, tmp_path).connection
    assert connection is not None
    assert {found.state for found in connection.proof} == {State.VERIFIED}
    assert {found.source for found in connection.proof} == {Source.AWS, Source.VENDOR}
    assert [told["role_arn"] for told in account.vendor.introduced] == [NAMES.operator_role_arn]
    assert len(account.access()) > 3
    for arn in (NAMES.operator_boundary_arn, NAMES.workload_boundary_arn):
        assert account.iam.policies[arn].tags == OURS


def test_what_was_closed_is_opened_last_and_in_order(tmp_path: Path) -> None:
    """The workload boundary, the trust, the operator boundary: only the last lets the vendor do anything."""
    account = standing(tmp_path)
    account.iam.add_version(NAMES.workload_boundary_arn, {"Version": "2012-10-17", "Statement": [CUT]})
    aws = account.aws()
    connect(account, tmp_path, aws)
    assert [write for write in writes(aws) if write[0].startswith("iam:")] == [
        ("iam:CreatePolicyVersion", NAMES.workload_boundary),
        ("iam:UpdateAssumeRolePolicy", NAMES.operator_role),
        ("iam:CreatePolicyVersion", NAMES.operator_boundary),
    ]
    order = [call.name for call in aws.calls]
    assert order.index("iam:ListAttachedRolePolicies") < order.index("iam:UpdateAssumeRolePolicy")
    assert (account.is_cut(), account.is_closed()) == (False, False)
    assert account.cloud.executed == []


Strange = Callable[[FakeRole], object]
NOT_AS_AGREED: dict[str, Strange] = {
    "it trusts somebody else": lambda role: role.trust["Statement"].append(
        {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
    ),
    "it needs no external id": lambda role: role.trust["Statement"][-1].pop("Condition"),
    "it is under another boundary": lambda role: setattr(role, "boundary", CUSTOMERS_POLICY),
    "it is under no boundary": lambda role: setattr(role, "boundary", None),
    "its sessions are longer": lambda role: setattr(role, "longest", 43_200),
    "something more is attached": lambda role: role.attached.append(CUSTOMERS_POLICY),
    "it is in another path": lambda role: setattr(role, "arn", f"{OTHERS_ROLE}/{NAMES.operator_role}"),
}


@pytest.mark.parametrize("strange", NOT_AS_AGREED.values(), ids=NOT_AS_AGREED)
def test_a_role_that_is_not_as_agreed_stays_closed(tmp_path: Path, strange: Strange) -> None:
    account = standing(tmp_path)
    strange(account.role)
    with pytest.raises(StackFailed, match="What AWS answers is not what was made"):
        connect(account, tmp_path)
    assert (account.is_cut(), account.is_closed()) == (True, True)
    assert account.vendor.introduced == []


@pytest.mark.parametrize("strange", NOT_AS_AGREED.values(), ids=NOT_AS_AGREED)
def test_a_first_role_that_is_not_as_agreed_is_cut(tmp_path: Path, strange: Strange) -> None:
    account = FakeAccount(as_made=strange)
    with pytest.raises(StackFailed, match="What AWS answers is not what was made"):
        connect(account, tmp_path)
    assert account.is_cut()
    assert account.is_closed() is (account.role.arn == NAMES.operator_role_arn)
    assert account.vendor.introduced == []


def test_a_role_that_was_put_right_is_opened_by_the_next_try(tmp_path: Path) -> None:
    account = FakeAccount(as_made=NOT_AS_AGREED["it is under no boundary"])
    with pytest.raises(StackFailed):
        connect(account, tmp_path)
    account.role.boundary = NAMES.operator_boundary_arn
    connect(account, tmp_path)
    assert (account.is_cut(), account.is_closed()) == (False, False)


def test_a_reading_that_is_late_is_waited_for(tmp_path: Path) -> None:
    account = standing(tmp_path)
    aws = account.aws()
    right = account.iam.operations()["iam:ListAttachedRolePolicies"]
    aws.answer("iam:ListAttachedRolePolicies", {"AttachedPolicies": [{"PolicyArn": CUSTOMERS_POLICY}]}, right)
    connect(account, tmp_path, aws)
    assert account.is_cut() is False


UNPROVEN: dict[str, dict[str, Any]] = {
    "nothing": {"proof": None},
    "not even with the external id": {"proof": {**PROVEN, "with_external_id": attempt(allowed=False)}},
    "also without it": {"proof": {**PROVEN, "without_external_id": attempt(allowed=True)}},
    "another role": {"role_arn": f"{OTHERS_ROLE}/{NAMES.operator_role}"},
}


@pytest.mark.parametrize("told", UNPROVEN.values(), ids=UNPROVEN)
@pytest.mark.parametrize("first", [True, False])
def test_a_vendor_that_proves_nothing_is_cut(tmp_path: Path, told: dict[str, Any], first: bool) -> None:
    account = FakeAccount() if first else standing(tmp_path)
    account.vendor.reply |= told
    with pytest.raises(VendorError, match="did not prove that it can use the role"):
        connect(account, tmp_path)
    assert account.is_cut()


def test_a_vendor_that_could_not_use_the_role(tmp_path: Path) -> None:
    account = FakeAccount()
    account.vendor.reply |= {"state": "rejected", "reason": "no such role", "proof": None}
    with pytest.raises(VendorError, match="could not use the role") as raised:
        connect(account, tmp_path)
    assert raised.value.details["vendor_says"] == "no such role"


SECOND = {"Type": "AWS::IAM::Role"}


@pytest.mark.parametrize(
    "resources",
    [
        {**fake_account.ROLE, "Second": SECOND},
        {**fake_account.ROLE, "Second": {"Type": "AWS::IAM::ManagedPolicy"}},
        {"Second": {"Type": "AWS::Lambda::Function"}},
    ],
)
def test_a_template_with_more_or_others_makes_nothing_of_the_role(tmp_path: Path, resources: dict[str, Any]) -> None:
    template = json.dumps({"Resources": resources})
    account = FakeAccount()
    with pytest.raises(UsageError, match=r"would do other things than agreed: .*Second \("):
        run(fake_account.answers(template), account.tools(tmp_path, template=template), Calm().context())
    assert account.iam.roles == {}
    assert account.cloud.live(NAMES.role_stack) is None
    assert len(account.cloud.executed) == 1  # the customer's own boundaries


def test_an_update_that_adds_a_role_is_not_made(tmp_path: Path) -> None:
    template = json.dumps({"Resources": {**fake_account.ROLE, "Second": SECOND}})
    account = standing(tmp_path)
    with pytest.raises(UsageError, match=r"Add Second \(AWS::IAM::Role\)"):
        run(fake_account.answers(template), account.tools(tmp_path, template=template), Calm().context())
    assert account.cloud.executed == []
    assert (account.is_cut(), account.is_closed()) == (True, True)


def test_the_access_stack_holds_exactly_the_two_boundaries(tmp_path: Path) -> None:
    access, role = plans(RUN, FakeAccount().tools(tmp_path))
    assert access.holds == ("AWS::IAM::ManagedPolicy",) * 2
    held = json.loads(access.template_body)["Resources"].values()
    assert sorted((one["Type"], one["Properties"]["ManagedPolicyName"]) for one in held) == [
        ("AWS::IAM::ManagedPolicy", NAMES.operator_boundary),
        ("AWS::IAM::ManagedPolicy", NAMES.workload_boundary),
    ]
    assert role.holds == ("AWS::IAM::Role",)


class TestWhatIsCreated:
    """What a person is told before the commit is what the stacks make, no more and no less."""

    def test_is_both_stacks_and_all_that_they_hold(self, tmp_path: Path) -> None:
        asked = fake_account.answers(template_bytes().decode())
        tools = FakeAccount().tools(tmp_path, template=template_bytes().decode())
        rows = what_is_created(asked)
        kinds = {"AWS::IAM::ManagedPolicy": "IAM managed policy", "AWS::IAM::Role": "IAM role"}
        for plan in plans(asked, tools):
            held = [row for row in rows if row.stack == plan.stack_name]
            assert [row.kind for row in held] == [kinds[kind] for kind in plan.holds]
        stack_names = {plan.stack_name for plan in plans(asked, tools)}
        assert {row.name for row in rows if row.kind == "CloudFormation stack"} == stack_names
        assert len(rows) == 5

    def test_has_the_names_under_which_it_is_made(self, tmp_path: Path) -> None:
        account = FakeAccount()
        account.install(tmp_path)
        made = {*account.iam.policies, account.role.arn}
        rows = what_is_created(fake_account.answers())
        assert {row.arn for row in rows if row.arn} == made
        assert all(row.arn.endswith(f"/{row.name}") for row in rows if row.arn)

    def test_knows_the_stacks_by_their_arn_once_they_stand(self) -> None:
        connected = fake_account.connected()
        assert connected.connection is not None
        told = {row.name: row.arn for row in what_is_created(connected)}
        assert told[NAMES.access_stack] == connected.connection.access_stack_id
        assert told[NAMES.role_stack] == connected.connection.role_stack_id

    def test_says_why_and_whose_it_is(self) -> None:
        operator = answers().invitation.vendor.operator
        for row in what_is_created(answers()):
            assert operator in row.why
            assert row.why.endswith(".")
        yours = {row.name for row in what_is_created(answers()) if row.who_can_change == "only you"}
        assert yours == {NAMES.access_stack, NAMES.operator_boundary, NAMES.workload_boundary}
