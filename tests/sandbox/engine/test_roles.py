"""Closing a trust, shown by the vendor's own attempts."""

from collections.abc import Callable

import botocore.session
import pytest

from installer.aws import roles, stacks
from installer.aws.clients import Aws
from installer.aws.identity import whoami
from installer.aws.stacks import StackPlan
from installer.context import Context
from installer.errors import PermissionMissing
from installer.evidence import State
from installer.journal import Journal
from installer.names import Names
from installer.sandbox import SandboxInfo


def assume(vendor: Aws, ctx: Context, names: Names) -> dict[str, str]:
    reply = vendor.call(
        ctx,
        "sts:AssumeRole",
        RoleArn=names.operator_role_arn,
        RoleSessionName="release-engine-install",
        ExternalId=f"acme-{names.installation}",
    )
    credentials: dict[str, str] = reply["Credentials"]
    return credentials


def test_who_is_who(sandbox: SandboxInfo, signed_in: Callable[[str], Aws], ctx: Context) -> None:
    admin = whoami(signed_in(sandbox.admin_profile), ctx)
    assert (admin.account_id, admin.alias, admin.is_root) == (sandbox.account_id, "acme-prod", False)
    vendor = whoami(signed_in(sandbox.vendor_profile), ctx)
    assert vendor.account_id == sandbox.vendor_account_id
    assert ":assumed-role/release-deploy/" in vendor.arn


def test_closed_and_opened_again(
    sandbox: SandboxInfo,
    signed_in: Callable[[str], Aws],
    aws: Aws,
    journal: Journal,
    ctx: Context,
    names: Names,
    access: StackPlan,
    role: StackPlan,
) -> None:
    stacks.ensure(aws, journal, ctx, access)
    stacks.ensure(aws, journal, ctx, role)
    vendor = signed_in(sandbox.vendor_profile)
    live = assume(vendor, ctx, names)

    assert roles.close_trust(aws, journal, ctx, names).state is State.VERIFIED
    with pytest.raises(PermissionMissing):
        assume(vendor, ctx, names)
    # Closing the trust does not end a session that exists: that is what the cut in the boundary is for.
    session = botocore.session.Session()
    session.set_credentials(live["AccessKeyId"], live["SecretAccessKey"], live["SessionToken"])
    ec2 = session.create_client("ec2", region_name="us-east-1", endpoint_url=sandbox.endpoint_url)
    assert "Vpcs" in ec2.describe_vpcs()

    assert roles.open_trust(aws, journal, ctx, names).state is State.VERIFIED
    assert assume(vendor, ctx, names)
    found = roles.read_role(aws, ctx, names.operator_role)
    assert found is not None
    assert roles.foreign_trust(found) == (f"arn:aws:iam::{sandbox.vendor_account_id}:role/release-deploy",)
