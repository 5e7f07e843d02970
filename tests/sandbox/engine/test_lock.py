"""The lease on a real policy's tags, between two clients of AWS that know nothing of each other."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from installer.aws.clients import Aws
from installer.context import Context
from installer.errors import ChangedMeanwhile
from installer.lock import AccountLease, InstallationLock
from installer.names import TAG_LOCK, Names
from installer.sandbox import SandboxInfo

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def policy(by_hand: Callable[[str], Any], names: Names) -> Iterator[str]:
    """An operator boundary, as the access stack makes it, with more tags than the lease."""
    iam = by_hand("iam")
    iam.create_policy(
        PolicyName=names.operator_boundary,
        Path="/houseguest/",
        PolicyDocument=json.dumps(EVERYTHING),
        Tags=[{"Key": key, "Value": value} for key, value in names.tags("inv_1").items()],
    )
    yield names.operator_boundary_arn
    iam.delete_policy(PolicyArn=names.operator_boundary_arn)


def tags(aws: Aws, ctx: Context, policy: str) -> set[str]:
    return {tag["Key"] for tag in aws.call(ctx, "iam:ListPolicyTags", PolicyArn=policy)["Tags"]}


def test_one_computer_at_a_time(
    aws: Aws, ctx: Context, policy: str, tmp_path: Path, sandbox: SandboxInfo, signed_in: Callable[[str], Aws]
) -> None:
    before = tags(aws, ctx, policy)
    elsewhere = signed_in(sandbox.admin_profile)
    with InstallationLock(tmp_path / "one", AccountLease(aws, policy, owner="jane@one")).hold(ctx) as held:
        assert tags(aws, ctx, policy) == before | {TAG_LOCK}
        held.renew(ctx)
        with pytest.raises(ChangedMeanwhile, match="jane@one"):
            AccountLease(elsewhere, policy).acquire(ctx)
    assert tags(aws, ctx, policy) == before
    assert AccountLease(elsewhere, policy).acquire(ctx)


def test_without_a_boundary_there_is_nothing_to_hold(aws: Aws, ctx: Context, names: Names) -> None:
    lease = AccountLease(aws, names.operator_boundary_arn)
    assert not lease.acquire(ctx)
    lease.release(ctx)
