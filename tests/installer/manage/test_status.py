"""Status: what is read now, and how much access that is. Nothing is called cut, gone or good that was not read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from installer.answers import Answers
from installer.errors import PermissionMissing, VendorUnreachable
from installer.evidence import Evidence, Source, State
from installer.manage.status import Access, Status, status
from tests.support.answers import settled
from tests.support.fake_account import NAMES, ROLE_TEMPLATE, FakeAccount, answers, connected
from tests.support.fake_aws import Calm, FakeAws

NOT_ALLOWED = PermissionMissing("You may not look.")
EC2 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}]}
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def account(tmp_path: Path) -> FakeAccount:
    account = FakeAccount()
    account.install(tmp_path)
    return account


def now(account: FakeAccount, place: Path, asked: Answers | None = None, aws: FakeAws | None = None) -> Status:
    return status(asked or connected(), account.tools(place, aws), Calm().context())


def of(found: Status, word: str) -> Evidence:
    [one] = [evidence for evidence in found.evidence if word in evidence.claim]
    return one


def by_aws(found: Status) -> Iterator[Evidence]:
    return (evidence for evidence in found.evidence if evidence.source is Source.AWS)


def test_open(account: FakeAccount, tmp_path: Path) -> None:
    found = now(account, tmp_path)
    assert found.access is Access.OPEN
    assert {evidence.state for evidence in by_aws(found)} == {State.VERIFIED}
    assert of(found, "lets the vendor work").detail.endswith(" characters")
    assert of(found, "says that it can use the role").source is Source.VENDOR


def test_looking_changes_nothing(account: FakeAccount, tmp_path: Path) -> None:
    aws = account.aws()
    now(account, tmp_path, aws=aws)
    reads = ("Get", "List", "Describe")
    assert [call.name for call in aws.calls if not call.name.partition(":")[2].startswith(reads)] == []


class TestCut:
    def test_where_the_role_is_under_the_boundary_that_denies_everything(
        self, account: FakeAccount, tmp_path: Path
    ) -> None:
        account.cut()
        found = now(account, tmp_path)
        assert found.access is Access.CUT
        assert of(found, "The boundary denies everything").state is State.VERIFIED

    def test_not_where_the_role_is_under_another(self, account: FakeAccount, tmp_path: Path) -> None:
        account.cut()
        account.role.boundary = account.iam.add_policy("wide", "/", ANYTHING).arn
        found = now(account, tmp_path)
        assert found.access is Access.OPEN
        assert of(found, "carries your operator boundary").state is State.REFUTED

    def test_not_where_the_role_is_under_none(self, account: FakeAccount, tmp_path: Path) -> None:
        account.cut()
        account.role.boundary = None
        found = now(account, tmp_path)
        assert found.access is Access.OPEN
        assert of(found, "carries your operator boundary").detail == "it carries none"

    @pytest.mark.parametrize(
        "statement",
        [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::nothing"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ],
    )
    def test_not_by_the_name_of_a_statement(
        self, account: FakeAccount, tmp_path: Path, statement: dict[str, Any]
    ) -> None:
        statements = [*account.boundary["Statement"], {"Sid": "CutNothing", **statement}]
        account.iam.add_version(NAMES.operator_boundary_arn, {"Version": "2012-10-17", "Statement": statements})
        assert now(account, tmp_path).access is Access.OPEN

    @pytest.mark.parametrize("refused", ["iam:GetPolicy", "iam:GetPolicyVersion"])
    def test_not_known_where_the_boundary_may_not_be_read(
        self, account: FakeAccount, tmp_path: Path, refused: str
    ) -> None:
        account.cut()
        aws = account.aws()
        aws.answer(refused, NOT_ALLOWED)
        found = now(account, tmp_path, aws=aws)
        assert found.access is Access.UNKNOWN
        assert of(found, "The operator boundary").state is State.NOT_CHECKED

    def test_not_known_where_somebody_wrote_the_boundary(self, account: FakeAccount, tmp_path: Path) -> None:
        strange = {"Version": "2008-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
        account.iam.add_version(NAMES.operator_boundary_arn, strange)
        found = now(account, tmp_path)
        assert found.access is Access.UNKNOWN
        assert of(found, "The operator boundary").state is State.NOT_CHECKED


class TestRole:
    def test_gone_with_everything(self, tmp_path: Path) -> None:
        found = now(FakeAccount(), tmp_path)
        assert found.access is Access.NONE
        assert {evidence.state for evidence in by_aws(found)} == {State.VERIFIED}
        assert of(found, "The vendor has no role").detail == "NoSuchEntity"

    def test_one_of_its_name_elsewhere_is_not_it(self, tmp_path: Path) -> None:
        account = FakeAccount()
        theirs = account.iam.add_role(NAMES.operator_role, "/team/", EC2)
        found = now(account, tmp_path)
        assert found.access is Access.NONE
        assert of(found, "The vendor has no role").detail == f"{theirs.arn} is somebody else's"

    def test_closed(self, account: FakeAccount, tmp_path: Path) -> None:
        """Sessions that live go on: that alone is no end of access."""
        account.close()
        found = now(account, tmp_path)
        assert of(found, "Nobody can start a session").state is State.VERIFIED
        assert found.access is Access.OPEN

    def test_not_readable(self, account: FakeAccount, tmp_path: Path) -> None:
        account.cut()
        aws = account.aws()
        aws.answer("iam:GetRole", NOT_ALLOWED)
        found = now(account, tmp_path, aws=aws)
        assert found.access is Access.UNKNOWN
        assert of(found, "The vendor's role is as it was made").state is State.NOT_CHECKED

    def test_its_policies_not_readable(self, account: FakeAccount, tmp_path: Path) -> None:
        aws = account.aws()
        aws.answer("iam:ListAttachedRolePolicies", NOT_ALLOWED)
        found = now(account, tmp_path, aws=aws)
        assert found.access is Access.OPEN
        assert of(found, "carries your operator boundary").state is State.VERIFIED
        assert of(found, "is as it was made").state is State.NOT_CHECKED

    def test_somebody_attached_something(self, account: FakeAccount, tmp_path: Path) -> None:
        account.role.attached.append("arn:aws:iam::aws:policy/AdministratorAccess")
        found = of(now(account, tmp_path), "No managed policy is attached")
        assert found.state is State.REFUTED
        assert found.detail == "attached is arn:aws:iam::aws:policy/AdministratorAccess"

    def test_a_boundary_that_is_gone_while_the_role_stands(self, account: FakeAccount, tmp_path: Path) -> None:
        account.role.boundary = None
        account.iam.delete_policy(NAMES.operator_boundary_arn)
        found = now(account, tmp_path)
        assert found.access is Access.OPEN
        assert of(found, "There is no operator boundary").state is State.REFUTED


class TestWhatTheVendorMade:
    def test_a_role_under_no_boundary(self, account: FakeAccount, tmp_path: Path) -> None:
        account.iam.add_role("popsql-node", NAMES.workload_path, EC2)
        found = of(now(account, tmp_path), "under your workload boundary")
        assert (found.state, found.detail) == (State.REFUTED, "popsql-node")

    def test_a_role_that_is_a_door(self, account: FakeAccount, tmp_path: Path) -> None:
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "999999999999"}}]}
        account.iam.add_role("popsql-node", NAMES.workload_path, trust, boundary=NAMES.workload_boundary_arn)
        found = of(now(account, tmp_path), "assumed from outside")
        assert found.state is State.REFUTED
        assert "999999999999" in found.detail


class TestStacks:
    def test_half_done(self, account: FakeAccount, tmp_path: Path) -> None:
        account.cloud.stacks[1].status = "DELETE_FAILED"
        found = now(account, tmp_path)
        assert of(found, f"The stack {NAMES.role_stack} is whole").state is State.REFUTED
        assert of(found, f"The stack {NAMES.access_stack} is whole").state is State.VERIFIED

    @pytest.mark.parametrize("name", [NAMES.role_stack, NAMES.access_stack])
    def test_somebody_elses(self, tmp_path: Path, name: str) -> None:
        account = FakeAccount()
        account.cloud.add_stack(name, "CREATE_COMPLETE", tags={"team": "payroll"})
        found = of(now(account, tmp_path), f"The stack {name}")
        assert found.claim == f"The stack {name} does not exist"
        assert found.detail == "one of that name is somebody else's"

    def test_a_change_set_that_waits_is_no_stack(self, tmp_path: Path) -> None:
        account = FakeAccount()
        account.cloud.add_stack(NAMES.role_stack, "REVIEW_IN_PROGRESS")
        assert of(now(account, tmp_path), f"The stack {NAMES.role_stack}").claim.endswith("does not exist")


class TestVendor:
    def test_without_a_key(self, account: FakeAccount, tmp_path: Path) -> None:
        tools = replace(account.tools(tmp_path), vendor=None)
        found = of(status(connected(), tools, Calm().context()), "says that it can use the role")
        assert (found.state, found.detail) == (State.NOT_CHECKED, "this workstation has no key for the vendor")

    def test_before_the_connection(self, account: FakeAccount, tmp_path: Path) -> None:
        found = of(now(account, tmp_path, answers()), "says that it can use the role")
        assert (found.state, found.detail) == (State.NOT_CHECKED, "there is no connection yet")

    def test_away(self, account: FakeAccount, tmp_path: Path) -> None:
        account.vendor.error = VendorUnreachable("The vendor does not answer.")
        assert of(now(account, tmp_path), "says that it can use the role").state is State.NOT_CHECKED

    def test_lost(self, account: FakeAccount, tmp_path: Path) -> None:
        account.vendor.reply["state"] = "lost"
        found = of(now(account, tmp_path), "says that it can use the role")
        assert (found.state, found.detail) == (State.REFUTED, "lost")

    @pytest.mark.parametrize(("says", "state"), [("lost", State.VERIFIED), ("connected", State.REFUTED)])
    def test_where_there_is_no_role_it_should_know(self, tmp_path: Path, says: str, state: State) -> None:
        account = FakeAccount()
        account.vendor.reply["state"] = says
        assert of(now(account, tmp_path), "says that it cannot use the role").state is state

    @pytest.mark.parametrize(("says", "word"), [("lost", "cannot use"), ("connected", "can use")])
    def test_where_the_role_is_cut_it_is_told_without_alarm(
        self, account: FakeAccount, tmp_path: Path, says: str, word: str
    ) -> None:
        account.cut()
        account.vendor.reply["state"] = says
        assert of(now(account, tmp_path), f"says that it {word} the role").state is State.VERIFIED

    @pytest.mark.parametrize(("answer", "state"), [(b"ok", State.VERIFIED), (None, State.REFUTED)])
    def test_the_products_health(
        self, account: FakeAccount, tmp_path: Path, answer: bytes | None, state: State
    ) -> None:
        def download(url: str) -> bytes:
            assert url == "https://p.example/h"
            if answer is None:
                raise VendorUnreachable("The product does not answer.")
            return answer

        tools = replace(account.tools(tmp_path), download=download)
        found = status(connected(product=settled().product), tools, Calm().context())
        assert of(found, "The product answers").state is state


def test_nothing_may_be_read(account: FakeAccount, tmp_path: Path) -> None:
    account.cut()
    aws = FakeAws(dict.fromkeys(account.iam.operations(), NOT_ALLOWED))
    aws.answer("cloudformation:DescribeStacks", NOT_ALLOWED)
    found = now(account, tmp_path, connected(ROLE_TEMPLATE), aws)
    assert found.access is Access.UNKNOWN
    assert {evidence.state for evidence in by_aws(found)} == {State.NOT_CHECKED}
    assert {evidence.detail for evidence in by_aws(found)} == {"You may not look."}
    assert len(list(by_aws(found))) == 4
