"""Managed policies: whose name is taken, and tags beside those of others."""

from pathlib import Path
from typing import Any

import pytest

from installer.aws.policies import managed_policy, policies_named, tag_policy
from installer.context import Context
from installer.errors import NotFound, PermissionMissing
from installer.journal import Journal
from tests.support.fake_account import NAMES
from tests.support.fake_aws import Calm, FakeAws
from tests.support.fake_iam import FakeIam

ACCOUNT = "arn:aws:iam::222222222222:policy"
TAGS = NAMES.tags("inv_1")


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def listing(*paths: str) -> FakeAws:
    def answer(Scope: str) -> Any:
        assert Scope == "Local"
        return {"Policies": [{"Arn": f"{ACCOUNT}{path}", "PolicyName": path.rpartition("/")[2]} for path in paths]}

    return FakeAws({"iam:ListPolicies": answer})


@pytest.mark.parametrize("taken", ["/popsql-a", "/team/popsql-a", "/houseguest/PopSQL-A"])
def test_a_name_is_taken_in_every_path_and_case(ctx: Context, taken: str) -> None:
    aws = listing("/popsql", "/popsql-a/other", taken)
    assert policies_named(aws, ctx, ["popsql-a", "popsql-b"]) == (f"{ACCOUNT}{taken}",)


def test_no_name_is_taken(ctx: Context) -> None:
    assert policies_named(listing("/popsql-aa", "/a"), ctx, ["popsql-a"]) == ()


def test_what_a_policy_says_is_its_version_in_force(ctx: Context) -> None:
    iam = FakeIam("222222222222")
    arn = iam.add_policy("p", "/", {"Statement": []}).arn
    iam.add_version(arn, {"Statement": ["second"]})
    assert managed_policy(FakeAws(iam.operations()), ctx, arn) == ("v2", {"Statement": ["second"]})


class TestTags:
    def policy(self, **tags: str) -> tuple[FakeIam, FakeAws, str]:
        iam = FakeIam("222222222222")
        policy = iam.add_policy(NAMES.operator_boundary, "/houseguest/", {})
        policy.tags.update(tags)
        return iam, FakeAws(iam.operations()), policy.arn

    def test_others_stay(self, journal: Journal, ctx: Context) -> None:
        iam, aws, arn = self.policy(team="payroll")
        tag_policy(aws, journal, ctx, arn, TAGS)
        assert iam.policies[arn].tags == {"team": "payroll", **TAGS}

    def test_twice_is_once(self, journal: Journal, ctx: Context) -> None:
        _, aws, arn = self.policy()
        tag_policy(aws, journal, ctx, arn, TAGS)
        tag_policy(aws, journal, ctx, arn, TAGS)
        assert len(aws.named("iam:TagPolicy")) == 1

    def test_another_value_is_replaced(self, journal: Journal, ctx: Context) -> None:
        iam, aws, arn = self.policy(**NAMES.tags("inv_0"))
        tag_policy(aws, journal, ctx, arn, TAGS)
        assert iam.policies[arn].tags == TAGS

    def test_no_policy(self, journal: Journal, ctx: Context) -> None:
        _, aws, arn = self.policy()
        with pytest.raises(NotFound):
            tag_policy(aws, journal, ctx, f"{arn}-2", TAGS)

    def test_not_allowed(self, journal: Journal, ctx: Context) -> None:
        _, aws, arn = self.policy()
        aws.answer("iam:TagPolicy", PermissionMissing("You may not."))
        with pytest.raises(PermissionMissing):
            tag_policy(aws, journal, ctx, arn, TAGS)
        assert journal.open_intents() == ()
