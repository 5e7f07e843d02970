"""Sign in: the right account, and what to know of who is signed in and of the clock."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from installer.answers import Answers
from installer.aws.clock import AwsClock
from installer.errors import PermissionMissing, SignInNeeded, WrongAccount
from installer.steps import Severity, sign_in
from installer.tools import Tools
from tests.support.answers import settled
from tests.support.fake_aws import NOW, Calm
from tests.support.signed_in import ACCOUNT_ID, account, answers
from tests.support.steps import tools

CTX = Calm().context()
ANY_ACCOUNT: dict[str, Any] = {"customer": {"aws_account_id": None}}


def as_caller(place: Path, account_id: str = ACCOUNT_ID, who: str = "user/alice", **others: Any) -> Tools:
    caller = {"Account": account_id, "Arn": f"arn:aws:iam::{account_id}:{who}", "UserId": "AIDAEXAMPLE"}
    aliases = {"AccountAliases": ["acme-prod"]}
    return tools(place, {"sts:GetCallerIdentity": caller, "iam:ListAccountAliases": aliases, **others})


def nobody() -> Answers:
    return answers(account=None)


def test_the_account_is_settled(tmp_path: Path) -> None:
    assert sign_in.run(nobody(), as_caller(tmp_path), CTX).account == account()


def test_another_account_is_refused_with_both_numbers(tmp_path: Path) -> None:
    with pytest.raises(WrongAccount) as refused:
        sign_in.run(nobody(), as_caller(tmp_path, "333333333333"), CTX)
    assert refused.value.message == "You are signed in to account 333333333333; the invitation is for 222222222222."
    assert refused.value.details["identity"] == "arn:aws:iam::333333333333:user/alice"
    assert "222222222222" in refused.value.fix


def test_an_invitation_for_any_account(tmp_path: Path) -> None:
    open_to_all = answers(account=None, overrides=ANY_ACCOUNT)
    told = sign_in.run(open_to_all, as_caller(tmp_path, "333333333333"), CTX).account
    assert told is not None
    assert told.account_id == "333333333333"


def test_who_may_not_read_the_alias_is_signed_in_all_the_same(tmp_path: Path) -> None:
    refused = PermissionMissing("You may not call iam:ListAccountAliases.")
    told = sign_in.run(nobody(), as_caller(tmp_path, **{"iam:ListAccountAliases": refused}), CTX).account
    assert told == replace(account(), alias=None)


def test_without_a_sign_in_there_is_no_account(tmp_path: Path) -> None:
    ended = SignInNeeded("Your sign-in to AWS has ended.")
    with pytest.raises(SignInNeeded):
        sign_in.run(nobody(), as_caller(tmp_path, **{"sts:GetCallerIdentity": ended}), CTX)


def test_what_was_settled_for_another_account_is_settled_anew(tmp_path: Path) -> None:
    before = replace(settled(account_id="333333333333"), connection=None, product=None)
    before = replace(before, invitation=answers(overrides=ANY_ACCOUNT).invitation)
    now = sign_in.run(before, as_caller(tmp_path), CTX)
    assert (now.permissions, now.network, now.review) == (None, None, None)
    assert now.names.operator_boundary_arn.startswith("arn:aws:iam::222222222222:")


def test_the_same_account_loses_nothing(tmp_path: Path) -> None:
    before = settled()
    now = sign_in.run(before, as_caller(tmp_path, who="user/bob"), CTX)
    assert now.account is not None
    assert now.account.arn.endswith("user/bob")
    assert replace(now, account=before.account) == before


def test_an_installation_does_not_move_to_another_account(tmp_path: Path) -> None:
    before = replace(settled(account_id="333333333333"), invitation=answers(overrides=ANY_ACCOUNT).invitation)
    with pytest.raises(WrongAccount, match="popsql is in 333333333333") as refused:
        sign_in.run(before, as_caller(tmp_path), CTX)
    assert refused.value.fix.startswith("Sign in to 333333333333")


def test_an_ordinary_identity_is_nothing_to_say(tmp_path: Path) -> None:
    assert sign_in.check(answers(), tools(tmp_path), CTX) == ()
    assert sign_in.check(nobody(), tools(tmp_path), CTX) == ()


def test_root_is_warned(tmp_path: Path) -> None:
    signed_in = sign_in.run(nobody(), as_caller(tmp_path, who="root"), CTX)
    (finding,) = sign_in.check(signed_in, tools(tmp_path), CTX)
    assert finding.severity is Severity.CAUTION
    assert "root user" in finding.sentence
    assert finding.fix


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [
        (timedelta(minutes=5), None),
        (timedelta(minutes=-5), None),
        (timedelta(minutes=6), "The clock of this computer is 6 minutes ahead of AWS's."),
        (timedelta(days=-1), "The clock of this computer is 1440 minutes behind AWS's."),
    ],
)
def test_a_wrong_clock_is_warned(tmp_path: Path, ahead: timedelta, sentence: str | None) -> None:
    given = tools(tmp_path)
    given.aws.clock = AwsClock(workstation=lambda: NOW + ahead, monotonic=lambda: 0.0)
    given.aws.clock.observe("Sun, 01 Mar 2026 12:00:00 GMT")
    findings = sign_in.check(answers(), given, CTX)
    assert [finding.sentence for finding in findings] == ([sentence] if sentence else [])
    assert all(finding.severity is Severity.CAUTION and finding.step == "sign_in" for finding in findings)


def test_a_clock_that_aws_has_not_told_is_not_judged(tmp_path: Path) -> None:
    given = tools(tmp_path)
    given.aws.clock = AwsClock(workstation=lambda: NOW + timedelta(days=9), monotonic=lambda: 0.0)
    assert sign_in.check(answers(), given, CTX) == ()
