"""The product's cluster: the vendor's entry goes, and nothing is called closed that was not read."""

from pathlib import Path

import pytest

from installer.aws.clusters import close_cluster
from installer.context import Context
from installer.errors import AwsUnreachable, PermissionMissing
from installer.evidence import Evidence, State
from installer.journal import Journal
from tests.support.fake_account import ELSEWHERE, NAMES, FakeAccount, FakeCluster
from tests.support.fake_aws import Calm, FakeAws

CUSTOMERS = "arn:aws:iam::222222222222:role/platform-team"


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def close(cluster: FakeCluster | None, journal: Journal, ctx: Context) -> tuple[Evidence, FakeAws]:
    aws = FakeAccount(cluster=cluster).aws()
    return close_cluster(aws, journal, ctx, NAMES, ELSEWHERE), aws


def test_no_cluster(journal: Journal, ctx: Context) -> None:
    evidence, aws = close(None, journal, ctx)
    assert (evidence.state, evidence.detail) == (State.VERIFIED, "no such cluster")
    assert [(call.name, call.region) for call in aws.calls] == [("eks:DescribeCluster", ELSEWHERE)]
    assert journal.entries == ()


def test_the_vendors_entry_goes_and_others_stay(journal: Journal, ctx: Context) -> None:
    cluster = FakeCluster("API", [CUSTOMERS, NAMES.operator_role_arn])
    evidence, aws = close(cluster, journal, ctx)
    assert evidence.state is State.VERIFIED
    assert evidence.claim == "The cluster popsql in eu-west-1 does not let the role in"
    assert cluster.entries == [CUSTOMERS]
    assert {call.region for call in aws.calls} == {ELSEWHERE}


def test_twice_is_once(journal: Journal, ctx: Context) -> None:
    cluster = FakeCluster("API")
    close(cluster, journal, ctx)
    evidence, aws = close(cluster, journal, ctx)
    assert evidence.state is State.VERIFIED
    assert aws.named("eks:DeleteAccessEntry") == []


@pytest.mark.parametrize("mode", ["CONFIG_MAP", None])
def test_a_cluster_with_a_map_only_has_no_entries(journal: Journal, ctx: Context, mode: str | None) -> None:
    evidence, aws = close(FakeCluster(mode), journal, ctx)
    assert evidence.state is State.NOT_CHECKED
    assert "authentication mode CONFIG_MAP" in evidence.detail
    assert aws.named("eks:ListAccessEntries") == []


def test_of_both_ways_in_one_is_closed_and_the_other_not_checked(journal: Journal, ctx: Context) -> None:
    cluster = FakeCluster("API_AND_CONFIG_MAP")
    evidence, _ = close(cluster, journal, ctx)
    assert evidence.state is State.NOT_CHECKED
    assert "aws-auth" in evidence.detail
    assert cluster.entries == []


@pytest.mark.parametrize("mode", ["API", "API_AND_CONFIG_MAP"])
def test_an_entry_that_stays_is_told(journal: Journal, ctx: Context, mode: str) -> None:
    aws = FakeAccount(cluster=FakeCluster(mode)).aws()
    aws.answer("eks:DeleteAccessEntry", {})
    assert close_cluster(aws, journal, ctx, NAMES, ELSEWHERE).state is State.REFUTED


def test_one_reading_proves_nothing(journal: Journal, ctx: Context) -> None:
    aws = FakeAccount(cluster=FakeCluster("API")).aws()
    there, gone = {"accessEntries": [NAMES.operator_role_arn]}, {"accessEntries": [CUSTOMERS]}
    aws.answer("eks:ListAccessEntries", there, gone, there, gone, gone)
    aws.answer("eks:DeleteAccessEntry", {})
    assert close_cluster(aws, journal, ctx, NAMES, ELSEWHERE).state is State.VERIFIED
    assert len(aws.named("eks:ListAccessEntries")) == 5


def test_a_cluster_that_goes_meanwhile_is_closed(journal: Journal, ctx: Context) -> None:
    account = FakeAccount(cluster=FakeCluster("API"))
    aws = account.aws()
    described = aws.call(ctx, "eks:DescribeCluster", name="popsql").data
    account.cluster = None
    aws.answer("eks:DescribeCluster", described)
    assert close_cluster(aws, journal, ctx, NAMES, ELSEWHERE).state is State.VERIFIED


@pytest.mark.parametrize("refused", ["eks:DescribeCluster", "eks:ListAccessEntries", "eks:DeleteAccessEntry"])
@pytest.mark.parametrize("error", [PermissionMissing("You may not."), AwsUnreachable("AWS did not answer.")])
def test_what_cannot_be_done_is_raised(journal: Journal, ctx: Context, refused: str, error: Exception) -> None:
    aws = FakeAccount(cluster=FakeCluster("API")).aws()
    aws.answer(refused, error)
    with pytest.raises(type(error)):
        close_cluster(aws, journal, ctx, NAMES, ELSEWHERE)
