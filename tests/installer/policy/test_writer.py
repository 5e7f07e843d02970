"""The one writer of a boundary: writes once, keeps room, believes only what it reads, survives being killed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from installer.aws import consistency
from installer.errors import AwsError, AwsUnreachable, Cancelled, NotFound, PermissionMissing
from installer.evidence import Source, State
from installer.journal import Journal, Kind
from installer.policy.boundary import CUT, OperatorBoundary
from installer.policy.document import Document
from installer.policy.writer import confirm_boundary, read_boundary, write_boundary, write_cut
from tests.support.aws import wired
from tests.support.fake_aws import NOW, Calm, FakeAws
from tests.support.signed_in import names

ARN = names().operator_boundary_arn
OPEN = OperatorBoundary.compose(names(), base=[{"Effect": "Allow", "Action": "*", "Resource": "*"}]).document()
OTHER = Document(({"Sid": "Base0", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},))
WANTED = OperatorBoundary.from_document(OPEN).cut().document()


class Policy:
    """One managed policy with a memory: at most five versions, as IAM keeps them. Readings can lag behind."""

    def __init__(self, *documents: Any, default: int | None = None) -> None:
        self.versions = {f"v{n}": document for n, document in enumerate(documents or [OPEN.to_object()], 1)}
        self.default = f"v{default or len(self.versions)}"
        self.made = len(self.versions)
        self.stale: list[str] = []
        """Answers of GetPolicy that come before the true one."""

    def aws(self, **others: Any) -> FakeAws:
        return FakeAws(
            {
                "iam:GetPolicy": lambda PolicyArn: {"Policy": {"DefaultVersionId": self._told()}},
                "iam:GetPolicyVersion": self._version,
                "iam:ListPolicyVersions": lambda PolicyArn: {"Versions": self._listed()},
                "iam:CreatePolicyVersion": self.create,
                "iam:DeletePolicyVersion": self._delete,
                **{f"iam:{name}": answer for name, answer in others.items()},
            }
        )

    def _told(self) -> str:
        return self.stale.pop(0) if self.stale else self.default

    def _version(self, PolicyArn: str, VersionId: str) -> dict[str, Any]:
        assert PolicyArn == ARN
        return {"PolicyVersion": {"Document": self.versions[VersionId]}}

    def _listed(self) -> list[dict[str, Any]]:
        return [{"VersionId": name, "IsDefaultVersion": name == self.default} for name in reversed(self.versions)]

    def create(self, PolicyArn: str, PolicyDocument: str, SetAsDefault: bool) -> dict[str, Any] | Exception:
        assert PolicyArn == ARN
        assert SetAsDefault
        if len(self.versions) >= 5:
            return AwsError("A managed policy can have up to 5 versions.", aws_code="LimitExceeded")
        self.made += 1
        self.default = f"v{self.made}"
        self.versions[self.default] = json.loads(PolicyDocument)
        return {"PolicyVersion": {"VersionId": self.default}}

    def _delete(self, PolicyArn: str, VersionId: str) -> dict[str, Any]:
        assert VersionId != self.default
        del self.versions[VersionId]
        return {}

    @property
    def stands(self) -> Any:
        return self.versions[self.default]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl", now=lambda: NOW)


def kinds(journal: Journal) -> list[tuple[str, Kind]]:
    return [(entry.action.removeprefix("iam:"), entry.kind) for entry in journal.entries]


def reopened(journal: Journal) -> Journal:
    return Journal(journal._path, now=lambda: NOW)


def test_a_document_is_written_and_read_back(journal: Journal) -> None:
    policy = Policy()
    aws = policy.aws()
    evidence = write_boundary(aws, journal, Calm().context(), ARN, WANTED)

    assert policy.stands == WANTED.to_object()
    assert len(policy.versions) == 2
    assert (evidence.state, evidence.source, evidence.at) == (State.VERIFIED, Source.AWS, NOW)
    assert evidence.call == "iam:GetPolicyVersion"
    assert "popsql-operator-boundary" in evidence.claim
    assert f"{WANTED.size:,} characters" in evidence.detail
    assert kinds(journal) == [("CreatePolicyVersion", Kind.INTENT), ("CreatePolicyVersion", Kind.DONE)]
    after = [call.name for call in aws.calls[-2 * consistency.IN_A_ROW :]]
    assert after == ["iam:GetPolicy", "iam:GetPolicyVersion"] * consistency.IN_A_ROW


def test_the_same_document_is_not_written_again(journal: Journal) -> None:
    policy = Policy(WANTED.to_object())
    aws = policy.aws()
    evidence = write_boundary(aws, journal, Calm().context(), ARN, WANTED)
    assert evidence.state is State.VERIFIED
    assert aws.named("iam:CreatePolicyVersion") == []
    assert journal.entries == ()


def test_there_and_back_are_two_writes(journal: Journal) -> None:
    policy = Policy()
    aws = policy.aws()
    for document in (WANTED, OPEN, WANTED):
        assert write_boundary(aws, journal, Calm().context(), ARN, document).state is State.VERIFIED
    assert policy.stands == WANTED.to_object()
    assert len(aws.named("iam:CreatePolicyVersion")) == 3
    assert journal.open_intents() == ()


@pytest.mark.parametrize(("versions", "default", "gone"), [(5, 5, ["v1"]), (5, 1, ["v2"]), (5, 3, ["v1"]), (4, 4, [])])
def test_room_is_made_by_the_oldest_that_is_not_the_default(
    journal: Journal, versions: int, default: int, gone: list[str]
) -> None:
    policy = Policy(*[OTHER.to_object()] * versions, default=default)
    aws = policy.aws()
    write_boundary(aws, journal, Calm().context(), ARN, WANTED)
    assert [call.parameters["VersionId"] for call in aws.named("iam:DeletePolicyVersion")] == gone
    assert policy.stands == WANTED.to_object()
    assert len(policy.versions) == 5
    deleted = [entry for entry in journal.entries if entry.action == "iam:DeletePolicyVersion"]
    assert [(entry.kind, entry.target) for entry in deleted] == [
        (kind, f"{ARN}#{name}") for name in gone for kind in (Kind.INTENT, Kind.DONE)
    ]


def test_versions_are_old_by_number_not_by_letter(journal: Journal) -> None:
    policy = Policy()
    policy.versions = {name: OTHER.to_object() for name in ("v9", "v10", "v11", "v12", "v13")}
    policy.default, policy.made = "v13", 13
    write_boundary(policy.aws(), journal, Calm().context(), ARN, WANTED)
    assert list(policy.versions) == ["v10", "v11", "v12", "v13", "v14"]


def test_a_version_that_somebody_else_deleted_is_no_failure(journal: Journal) -> None:
    policy = Policy(*[OTHER.to_object()] * 5)

    def gone_already(PolicyArn: str, VersionId: str) -> Exception:
        del policy.versions[VersionId]
        return NotFound("gone", call="iam:DeletePolicyVersion")

    evidence = write_boundary(policy.aws(DeletePolicyVersion=gone_already), journal, Calm().context(), ARN, WANTED)
    assert evidence.state is State.VERIFIED


def test_a_refused_deletion_stops_the_write(journal: Journal) -> None:
    policy = Policy(*[OTHER.to_object()] * 5)
    refused = PermissionMissing("You may not call iam:DeletePolicyVersion.", call="iam:DeletePolicyVersion")
    with pytest.raises(PermissionMissing):
        write_boundary(policy.aws(DeletePolicyVersion=refused), journal, Calm().context(), ARN, WANTED)
    assert policy.made == 5
    assert journal.open_intents() == ()


def test_it_waits_until_aws_answers_steadily(journal: Journal) -> None:
    policy, calm = Policy(), Calm()

    def create(**parameters: Any) -> Any:
        reply = policy.create(**parameters)
        # Old, new, old again: servers disagree for a while.
        policy.stale = ["v1", "v2", "v1", "v1"]
        return reply

    evidence = write_boundary(policy.aws(CreatePolicyVersion=create), journal, calm.context(), ARN, WANTED)
    assert evidence.state is State.VERIFIED
    assert len(calm.waits) == 5
    assert policy.made == 2


def test_an_aws_that_goes_on_answering_the_old_refutes(journal: Journal) -> None:
    policy, calm = Policy(), Calm()
    aws = policy.aws(CreatePolicyVersion={"PolicyVersion": {"VersionId": "v2"}})
    evidence = write_boundary(aws, journal, calm.context(), ARN, WANTED)
    assert evidence.state is State.REFUTED
    assert "another document" in evidence.detail
    assert len(calm.waits) == consistency.ATTEMPTS - 1
    assert sum(calm.waits) > 30


def test_one_that_wrote_something_else_meanwhile_refutes(journal: Journal) -> None:
    policy = Policy()

    def overtaken(**parameters: Any) -> Any:
        reply = policy.create(**parameters)
        policy.versions["v2"] = OTHER.to_object()
        return reply

    aws = policy.aws(CreatePolicyVersion=overtaken)
    assert write_boundary(aws, journal, Calm().context(), ARN, WANTED).state is State.REFUTED


def lost_reply(policy: Policy) -> Callable[..., Exception]:
    def create(**parameters: Any) -> Exception:
        policy.create(**parameters)
        return AwsUnreachable("AWS did not answer.", call="iam:CreatePolicyVersion")

    return create


def test_killed_between_the_request_and_its_reply(journal: Journal) -> None:
    """The request took effect; the program that comes after finds it and writes no second version."""
    policy = Policy()
    with pytest.raises(AwsUnreachable):
        write_boundary(policy.aws(CreatePolicyVersion=lost_reply(policy)), journal, Calm().context(), ARN, WANTED)
    assert kinds(journal) == [("CreatePolicyVersion", Kind.INTENT)]

    later = reopened(journal)
    assert len(later.open_intents()) == 1
    evidence = write_boundary(policy.aws(), later, Calm().context(), ARN, WANTED)
    assert evidence.state is State.VERIFIED
    assert policy.made == 2
    assert kinds(later) == [("CreatePolicyVersion", Kind.INTENT), ("CreatePolicyVersion", Kind.FOUND)]
    assert later.open_intents() == ()


def test_killed_before_the_request(journal: Journal) -> None:
    policy = Policy()
    with pytest.raises(Cancelled):
        write_boundary(policy.aws(CreatePolicyVersion=Cancelled()), journal, Calm().context(), ARN, WANTED)
    later = reopened(journal)
    write_boundary(policy.aws(), later, Calm().context(), ARN, WANTED)
    assert policy.made == 2
    assert policy.stands == WANTED.to_object()
    first, second, done = later.entries
    assert (first.token, done.kind) == (second.token, Kind.DONE)


def test_killed_while_room_was_made(journal: Journal) -> None:
    policy = Policy(*[OTHER.to_object()] * 5)

    def lost(PolicyArn: str, VersionId: str) -> Exception:
        del policy.versions[VersionId]
        return AwsUnreachable("AWS did not answer.", call="iam:DeletePolicyVersion")

    with pytest.raises(AwsUnreachable):
        write_boundary(policy.aws(DeletePolicyVersion=lost), journal, Calm().context(), ARN, WANTED)
    later = reopened(journal)
    assert write_boundary(policy.aws(), later, Calm().context(), ARN, WANTED).state is State.VERIFIED
    assert list(policy.versions) == ["v2", "v3", "v4", "v5", "v6"]


def test_where_there_is_no_policy_nothing_is_intended(journal: Journal) -> None:
    aws = Policy().aws(GetPolicy=NotFound("iam:GetPolicy: it does not exist.", call="iam:GetPolicy"))
    for work in (
        lambda: write_boundary(aws, journal, Calm().context(), ARN, WANTED),
        lambda: write_cut(aws, journal, Calm().context(), ARN),
        lambda: read_boundary(aws, Calm().context(), ARN),
        lambda: confirm_boundary(aws, Calm().context(), ARN, WANTED),
    ):
        with pytest.raises(NotFound):
            work()
    assert journal.entries == ()


def test_a_cut_keeps_what_can_be_composed(journal: Journal) -> None:
    policy = Policy()
    assert write_cut(policy.aws(), journal, Calm().context(), ARN).state is State.VERIFIED
    assert policy.stands == WANTED.to_object()


@pytest.mark.parametrize(
    "standing",
    [
        OTHER.to_object() | {"Statement": [{**OTHER.statements[0], "Sid": "Mine"}]},
        {"Version": "2008-10-17", "Statement": []},
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*"}},
        {},
        "not even an object",
    ],
    ids=["of another hand", "old version", "broken", "empty", "text"],
)
def test_a_cut_is_written_whatever_stands_there(journal: Journal, standing: Any) -> None:
    policy = Policy(standing)
    assert write_cut(policy.aws(), journal, Calm().context(), ARN).state is State.VERIFIED
    assert policy.stands == Document((CUT,)).to_object()


@mock_aws
def test_through_real_clients(journal: Journal) -> None:
    """Documents travel encoded and come back decoded; ten changes never meet the limit of five versions."""
    aws, _ = wired()
    ctx = Calm().context()
    policy_arn = aws.call(
        ctx,
        "iam:CreatePolicy",
        PolicyName="popsql-operator-boundary",
        Path="/houseguest/",
        PolicyDocument=OPEN.to_json(),
    )["Policy"]["Arn"]
    for number in range(10):
        document = OPEN if number % 2 else WANTED
        assert write_boundary(aws, journal, ctx, policy_arn, document).state is State.VERIFIED
        assert read_boundary(aws, ctx, policy_arn).same_as(document)
    assert len(aws.pages(ctx, "iam:ListPolicyVersions", "Versions", PolicyArn=policy_arn)) == 5
    with pytest.raises(NotFound):
        read_boundary(aws, ctx, f"{policy_arn}-2")
