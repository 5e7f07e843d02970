"""Who is signed in, and that a renewed sign-in cannot be another account's."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from installer.aws.clients import Aws
from installer.aws.identity import IdentityCheck, whoami
from installer.context import Context
from installer.errors import AwsUnreachable, PermissionMissing, SignInNeeded, WrongAccount
from tests.support.fake_aws import Calm, FakeAws

ROLE_ARN = "arn:aws:sts::222222222222:assumed-role/Admin/alice"


def caller(arn: str, account: str = "222222222222") -> dict[str, str]:
    return {"Account": account, "Arn": arn, "UserId": "AIDA1"}


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


@pytest.mark.parametrize(
    ("arn", "partition", "is_root"),
    [
        ("arn:aws:iam::222222222222:user/alice", "aws", False),
        ("arn:aws:iam::222222222222:root", "aws", True),
        (ROLE_ARN, "aws", False),
        ("arn:aws-cn:sts::222222222222:federated-user/root", "aws-cn", False),
    ],
)
def test_identities(arn: str, partition: str, is_root: bool, ctx: Context) -> None:
    aws = FakeAws({"sts:GetCallerIdentity": caller(arn), "iam:ListAccountAliases": {"AccountAliases": ["acme-prod"]}})
    account = whoami(aws, ctx)
    assert (account.account_id, account.arn, account.user_id) == ("222222222222", arn, "AIDA1")
    assert (account.partition, account.is_root, account.alias) == (partition, is_root, "acme-prod")


@pytest.mark.parametrize("answer", [{"AccountAliases": []}, PermissionMissing("You may not.")])
def test_no_alias_or_none_that_may_be_read(answer: Any, ctx: Context) -> None:
    aws = FakeAws({"sts:GetCallerIdentity": caller(ROLE_ARN), "iam:ListAccountAliases": answer})
    assert whoami(aws, ctx).alias is None


def test_an_alias_that_cannot_be_asked_for_is_no_missing_alias(ctx: Context) -> None:
    silent = AwsUnreachable("AWS did not answer.")
    aws = FakeAws({"sts:GetCallerIdentity": caller(ROLE_ARN), "iam:ListAccountAliases": silent})
    with pytest.raises(AwsUnreachable):
        whoami(aws, ctx)


def test_the_check_says_which_account_is_which(ctx: Context) -> None:
    aws = FakeAws({"sts:GetCallerIdentity": caller(ROLE_ARN, "333333333333")})
    with pytest.raises(WrongAccount, match=r"account 333333333333, but the work was begun in 222222222222") as raised:
        IdentityCheck("222222222222")(aws, ctx)
    assert raised.value.details["identity"] == ROLE_ARN
    IdentityCheck("333333333333")(aws, ctx)


class Provider:
    """Credentials of the accounts given, one after the other; moto takes the account from a role session's key."""

    def __init__(self, *keys: str) -> None:
        self._keys = list(keys)
        self.renewals = 0
        self.on_session: Callable[[], None] = lambda: None

    def session(self) -> botocore.session.Session:
        self.on_session()
        session = botocore.session.Session()
        session.set_credentials(self._keys[min(self.renewals, len(self._keys) - 1)], "secret", "token")
        return session

    def renew(self, ctx: Context, ended: SignInNeeded) -> None:
        self.renewals += 1


@pytest.fixture
def accounts() -> Iterator[dict[str, str]]:
    """Access keys of sessions in two accounts."""
    with mock_aws():
        session = botocore.session.Session()
        session.set_credentials("AKIASEED", "secret")
        sts = session.create_client("sts", region_name="us-east-1")
        yield {
            account: sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/Admin", RoleSessionName="alice")[
                "Credentials"
            ]["AccessKeyId"]
            for account in ("222222222222", "333333333333")
        }


def expire_once(aws: Aws, ctx: Context) -> None:
    """The next answer to `iam:ListRoles` is that the sign-in has ended."""
    client = aws._client(ctx, "iam", "us-east-1")

    def ended(parsed: dict[str, Any], **_: Any) -> None:
        raise_for = {"Code": "ExpiredToken", "Message": "It has ended."}
        raise client.exceptions.from_code("ExpiredToken")({"Error": raise_for}, "ListRoles")

    client.meta.events.register("after-call.iam.ListRoles", ended)


def test_goes_on_with_the_same_account(accounts: dict[str, str], ctx: Context) -> None:
    provider = Provider(accounts["222222222222"])
    aws = Aws(provider, same_identity=IdentityCheck("222222222222"))
    expire_once(aws, ctx)
    roles = aws.pages(ctx, "iam:ListRoles", "Roles")
    assert [role["RoleName"] for role in roles] == []
    assert provider.renewals == 1
    assert aws.calls_made["sts:GetCallerIdentity"] == 1


def test_never_goes_on_with_another_account(accounts: dict[str, str], ctx: Context) -> None:
    provider = Provider(accounts["222222222222"], accounts["333333333333"])
    aws = Aws(provider, same_identity=IdentityCheck("222222222222"))
    expire_once(aws, ctx)
    with pytest.raises(WrongAccount):
        aws.pages(ctx, "iam:ListRoles", "Roles")
    with pytest.raises(WrongAccount):
        aws.call(ctx, "iam:CreateUser", UserName="mistake")
    assert "iam:CreateUser" not in aws.calls_made


def test_signing_in_to_the_right_account_after_all(accounts: dict[str, str], ctx: Context) -> None:
    provider = Provider(accounts["222222222222"], accounts["333333333333"], accounts["222222222222"])
    aws = Aws(provider, same_identity=IdentityCheck("222222222222"))
    expire_once(aws, ctx)
    with pytest.raises(WrongAccount):
        aws.pages(ctx, "iam:ListRoles", "Roles")
    provider.renewals += 1
    assert aws.call(ctx, "sts:GetCallerIdentity")["Account"] == "222222222222"


def test_those_who_wait_for_the_new_sign_in_do_not_overtake_its_check(accounts: dict[str, str], ctx: Context) -> None:
    provider = Provider(accounts["222222222222"], accounts["333333333333"])
    outcomes: list[str] = []
    checking, go_on = threading.Event(), threading.Event()

    def slow_check(aws: Aws, ctx: Context) -> None:
        checking.set()
        assert go_on.wait(10)
        IdentityCheck("222222222222")(aws, ctx)

    aws = Aws(provider, same_identity=slow_check)
    expire_once(aws, ctx)

    def attempt(call: str, **parameters: str) -> None:
        try:
            aws.call(ctx, call, **parameters)
            outcomes.append("went out")
        except WrongAccount:
            outcomes.append("held back")

    first = threading.Thread(target=attempt, args=("iam:ListRoles",))
    first.start()
    assert checking.wait(10)
    second = threading.Thread(target=attempt, args=("iam:CreateUser",), kwargs={"UserName": "mistake"})
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)
    assert outcomes == ["held back", "held back"]
    assert "iam:CreateUser" not in aws.calls_made
