"""Roles: reading them in full, who they trust, and closing a trust so that it can be opened again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from installer.aws import roles
from installer.aws.clients import Aws
from installer.aws.roles import Role, foreign_trust
from installer.aws.sign_in.profile import ProfileCredentials
from installer.context import Context
from installer.errors import AwsError, NotFound, PermissionMissing
from installer.evidence import State
from installer.journal import Journal
from installer.names import Names
from tests.support.fake_aws import NOW, Calm, FakeAws

NAMES = Names("popsql", "123456789012", "/release/")
VENDOR = "arn:aws:iam::111111111111:role/release-deploy"
ALLOW = {
    "Sid": "VendorWithExternalId",
    "Effect": "Allow",
    "Principal": {"AWS": VENDOR},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"sts:ExternalId": "acme-1"}},
}
TRUST = {"Version": "2012-10-17", "Statement": [ALLOW]}
ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
CLOSING = {
    "Sid": "HouseguestClosed",
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
}


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def iam(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with mock_aws():
        yield botocore.session.Session().create_client("iam", region_name="us-east-1")


@pytest.fixture
def aws() -> Aws:
    return Aws(ProfileCredentials())


def make_role(iam: Any, name: str = NAMES.operator_role, **given: Any) -> None:
    trust = given.pop("trust", TRUST)
    iam.create_role(**{"RoleName": name, "Path": "/release/", "AssumeRolePolicyDocument": json.dumps(trust), **given})


def held_trust(iam: Any) -> dict[str, Any]:
    document: dict[str, Any] = iam.get_role(RoleName=NAMES.operator_role)["Role"]["AssumeRolePolicyDocument"]
    return document


class TestReading:
    def test_in_full(self, iam: Any, aws: Aws, ctx: Context) -> None:
        boundary = iam.create_policy(
            PolicyName="popsql-operator-boundary",
            Path="/houseguest/",
            PolicyDocument=ANYTHING,
        )["Policy"]["Arn"]
        make_role(
            iam, PermissionsBoundary=boundary, MaxSessionDuration=7200, Tags=[{"Key": "cost-center", "Value": "7"}]
        )
        role = roles.read_role(aws, ctx, NAMES.operator_role)
        assert role is not None
        assert role.arn == NAMES.operator_role_arn
        assert role.path == "/release/"
        assert role.trust == TRUST
        assert role.boundary_arn == boundary
        assert role.max_session_seconds == 7200
        assert role.tags == {"cost-center": "7"}
        assert role.last_used is None

    def test_absent(self, iam: Any, aws: Aws, ctx: Context) -> None:
        assert roles.read_role(aws, ctx, "absent") is None

    def test_not_readable_is_not_absent(self, ctx: Context) -> None:
        with pytest.raises(PermissionMissing):
            roles.read_role(FakeAws({"iam:GetRole": PermissionMissing("You may not.")}), ctx, "any")

    def test_policies(self, iam: Any, aws: Aws, ctx: Context) -> None:
        make_role(iam)
        for name in ("b", "a"):
            iam.put_role_policy(RoleName=NAMES.operator_role, PolicyName=name, PolicyDocument=ANYTHING)
        attached = iam.create_policy(PolicyName="any", PolicyDocument=ANYTHING)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=NAMES.operator_role, PolicyArn=attached)
        policies = roles.role_policies(aws, ctx, NAMES.operator_role)
        assert policies.attached == (attached,)
        assert policies.inline == ("a", "b")
        with pytest.raises(NotFound):
            roles.role_policies(aws, ctx, "absent")

    def test_under_a_path_with_what_the_list_leaves_out(self, iam: Any, aws: Aws, ctx: Context) -> None:
        for number in range(3):
            make_role(iam, f"popsql-{number}", Path="/release/popsql/", Tags=[{"Key": "n", "Value": str(number)}])
        make_role(iam)
        found = roles.roles_under_path(aws, ctx, NAMES.workload_path)
        assert [(role.name, role.tags) for role in found] == [(f"popsql-{n}", {"n": str(n)}) for n in range(3)]

    def test_a_role_that_goes_meanwhile_is_left_out(self, ctx: Context) -> None:
        aws = FakeAws(
            {
                "iam:ListRoles": {"Roles": [{"RoleName": "going"}, {"RoleName": "staying"}]},
                "iam:GetRole": lambda RoleName: NotFound("gone") if RoleName == "going" else row(RoleName),
            }
        )
        assert [role.name for role in roles.roles_under_path(aws, ctx, "/release/popsql/")] == ["staying"]


def row(name: str = NAMES.operator_role, trust: Any = TRUST) -> dict[str, Any]:
    arn = f"arn:aws:iam::123456789012:role/release/{name}"
    return {"Role": {"RoleName": name, "Arn": arn, "Path": "/release/", "AssumeRolePolicyDocument": trust}}


OIDC = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/1"


@pytest.mark.parametrize(
    ("statement", "foreign"),
    [
        ({"Effect": "Allow", "Principal": {"Service": ["eks.amazonaws.com", "ec2.amazonaws.com"]}}, ()),
        ({"Effect": "Allow", "Principal": {"Federated": OIDC}}, ()),
        ({"Effect": "Allow", "Principal": {"Federated": OIDC + "2"}}, (OIDC + "2",)),
        ({"Effect": "Allow", "Principal": {"AWS": VENDOR}}, (VENDOR,)),
        ({"Effect": "Allow", "Principal": {"AWS": [VENDOR, VENDOR], "Service": "x.amazonaws.com"}}, (VENDOR,)),
        ({"Effect": "Allow", "Principal": "*"}, ("*",)),
        ({"Effect": "Allow", "Principal": {"CanonicalUser": "79a5"}}, ("79a5",)),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": VENDOR}}, (f"everybody but {VENDOR}",)),
        ({"Effect": "Deny", "Principal": {"AWS": VENDOR}}, ()),
    ],
)
@pytest.mark.parametrize("as_a_list", [True, False])
def test_foreign_trust(statement: dict[str, Any], foreign: tuple[str, ...], as_a_list: bool) -> None:
    trust = {"Version": "2012-10-17", "Statement": [statement] if as_a_list else statement}
    role = Role("r", "arn", "/", trust, None, 3600, {}, None, NOW, "")
    assert foreign_trust(role, oidc_providers={OIDC}) == foreign


def test_no_provider_is_trusted_by_itself() -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Federated": OIDC}}]}
    assert foreign_trust(Role("r", "arn", "/", trust, None, 3600, {}, None, NOW, "")) == (OIDC,)


class TestClosing:
    def test_closes_beside_what_was_there(self, iam: Any, aws: Aws, journal: Journal, ctx: Context) -> None:
        make_role(iam)
        evidence = roles.close_trust(aws, journal, ctx, NAMES)
        assert evidence.state is State.VERIFIED
        assert evidence.call == "iam:GetRole"
        assert evidence.request_id
        assert held_trust(iam) == {"Version": "2012-10-17", "Statement": [CLOSING, ALLOW]}

    def test_twice_is_once(self, iam: Any, aws: Aws, journal: Journal, ctx: Context) -> None:
        make_role(iam)
        roles.close_trust(aws, journal, ctx, NAMES)
        assert roles.close_trust(aws, journal, ctx, NAMES).state is State.VERIFIED
        assert aws.calls_made["iam:UpdateAssumeRolePolicy"] == 1
        assert len(journal.entries) == 2

    def test_opens_to_what_it_was(self, iam: Any, aws: Aws, journal: Journal, ctx: Context) -> None:
        make_role(iam)
        for _ in range(2):
            roles.close_trust(aws, journal, ctx, NAMES)
            evidence = roles.open_trust(aws, journal, ctx, NAMES)
            assert evidence.state is State.VERIFIED
            assert held_trust(iam) == TRUST

    def test_what_was_never_closed_is_left_alone(self, iam: Any, aws: Aws, journal: Journal, ctx: Context) -> None:
        make_role(iam)
        assert roles.open_trust(aws, journal, ctx, NAMES).state is State.VERIFIED
        assert journal.entries == ()

    def test_a_weakened_closing_is_made_whole(self, iam: Any, aws: Aws, journal: Journal, ctx: Context) -> None:
        weak = {**CLOSING, "Condition": {"StringEquals": {"sts:ExternalId": "other"}}}
        make_role(iam, trust={"Version": "2012-10-17", "Statement": [weak, ALLOW]})
        assert roles.close_trust(aws, journal, ctx, NAMES).state is State.VERIFIED
        assert held_trust(iam)["Statement"] == [CLOSING, ALLOW]

    def test_where_there_is_no_room_the_deny_stands_alone(
        self, iam: Any, aws: Aws, journal: Journal, ctx: Context
    ) -> None:
        long = {**ALLOW, "Condition": {"StringEquals": {"sts:ExternalId": "x" * 1_830}}}
        make_role(iam, trust={"Version": "2012-10-17", "Statement": [long]})
        assert roles.close_trust(aws, journal, ctx, NAMES).state is State.VERIFIED
        assert held_trust(iam)["Statement"] == [CLOSING]
        with pytest.raises(AwsError, match="had no room") as raised:
            roles.open_trust(aws, journal, ctx, NAMES)
        assert "install again" in raised.value.fix

    def test_where_the_principal_is_gone_the_deny_stands_alone(self, journal: Journal, ctx: Context) -> None:
        """IAM shows the id of a deleted principal, and refuses to take it back."""
        gone = {**ALLOW, "Principal": {"AWS": "AROAGONE"}}
        trust: dict[str, Any] = {"Version": "2012-10-17", "Statement": [gone]}

        def update(PolicyDocument: str, **_: Any) -> Any:
            if "AROAGONE" in PolicyDocument:
                return AwsError("Invalid principal", aws_code="MalformedPolicyDocument")
            trust.update(json.loads(PolicyDocument))
            return {}

        aws = FakeAws({"iam:GetRole": lambda **_: row(trust=dict(trust)), "iam:UpdateAssumeRolePolicy": update})
        assert roles.close_trust(aws, journal, ctx, NAMES).state is State.VERIFIED
        assert trust["Statement"] == [CLOSING]

    def test_another_refusal_is_raised(self, journal: Journal, ctx: Context) -> None:
        denied = PermissionMissing("You may not.", aws_code="AccessDenied")
        aws = FakeAws({"iam:GetRole": row(), "iam:UpdateAssumeRolePolicy": denied})
        with pytest.raises(PermissionMissing):
            roles.close_trust(aws, journal, ctx, NAMES)

    def test_one_reading_proves_nothing(self, journal: Journal, ctx: Context) -> None:
        closed = {"Version": "2012-10-17", "Statement": [CLOSING, ALLOW]}
        readings = [row(), row(), row(), row(trust=closed), row(), row(trust=closed), row(trust=closed)]
        aws = FakeAws({"iam:GetRole": readings, "iam:UpdateAssumeRolePolicy": {}})
        assert roles.close_trust(aws, journal, ctx, NAMES).state is State.VERIFIED
        assert len(aws.named("iam:GetRole")) == len(readings)

    def test_a_trust_that_stays_open_is_told(self, journal: Journal, ctx: Context) -> None:
        aws = FakeAws({"iam:GetRole": row(), "iam:UpdateAssumeRolePolicy": {}})
        evidence = roles.close_trust(aws, journal, ctx, NAMES)
        assert evidence.state is State.REFUTED
        assert "acme-1" in evidence.detail

    def test_a_role_that_is_not_there_is_closed(self, iam: Any, aws: Aws, journal: Journal, ctx: Context) -> None:
        evidence = roles.close_trust(aws, journal, ctx, NAMES)
        assert evidence.state is State.VERIFIED
        assert evidence.detail == "The role does not exist."
        assert journal.entries == ()
        with pytest.raises(NotFound):
            roles.open_trust(aws, journal, ctx, NAMES)
