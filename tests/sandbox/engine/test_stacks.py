"""The two stacks of an installation, made, changed, refused and deleted in an AWS that enforces permissions."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from installer.aws import stacks
from installer.aws.clients import Aws
from installer.aws.roles import read_role
from installer.aws.stacks import StackPlan
from installer.context import Context
from installer.errors import NameTaken, PermissionMissing, StackFailed
from installer.journal import Journal
from installer.names import TAG_MADE_BY, Names
from installer.sandbox import SandboxInfo
from tests.sandbox.engine.conftest import EVERYTHING, REGION


def test_a_life(aws: Aws, journal: Journal, ctx: Context, names: Names, access: StackPlan, role: StackPlan) -> None:
    stacks.ensure(aws, journal, ctx, access)
    made = stacks.ensure(aws, journal, ctx, role)
    assert made.outputs["RoleArn"] == names.operator_role_arn
    seen = read_role(aws, ctx, names.operator_role)
    assert seen is not None
    assert seen.boundary_arn == names.operator_boundary_arn
    assert names.tags("inv_1").items() <= seen.tags.items()

    longer = replace(role, parameters={**role.parameters, "MaxSessionSeconds": "7200"})
    assert stacks.ensure(aws, journal, ctx, longer).status == "UPDATE_COMPLETE"
    seen = read_role(aws, ctx, names.operator_role)
    assert seen is not None
    assert seen.max_session_seconds == 7200

    for plan in (role, access):
        stacks.delete(aws, journal, ctx, plan.stack_name, REGION)
        assert stacks.describe(aws, ctx, plan.stack_name, REGION) is None
    assert read_role(aws, ctx, names.operator_role) is None
    assert journal.open_intents() == ()


def test_what_is_as_planned_is_not_touched(aws: Aws, journal: Journal, ctx: Context, access: StackPlan) -> None:
    first = stacks.ensure(aws, journal, ctx, access)
    entries = journal.entries
    assert stacks.ensure(aws, journal, ctx, access).stack_id == first.stack_id
    assert journal.entries == entries


def test_a_dry_run_leaves_nothing(aws: Aws, journal: Journal, ctx: Context, access: StackPlan) -> None:
    proposal = stacks.propose(aws, journal, ctx, access)
    assert {change.logical_id for change in proposal.changes} == {"Operator", "Workload"}
    stacks.abandon(aws, journal, ctx, proposal)
    assert stacks.describe(aws, ctx, access.stack_name, REGION) is None


def test_an_interrupted_run_is_joined(aws: Aws, journal: Journal, ctx: Context, access: StackPlan) -> None:
    """The request left, the program ended; another begins with what is on disk."""
    proposal = stacks.propose(aws, journal, ctx, access)
    aws.call(ctx, "cloudformation:ExecuteChangeSet", ChangeSetName=proposal.change_set_id, ClientRequestToken="hg-1")
    assert stacks.ensure(aws, journal, ctx, access).stack_id == proposal.stack_id


def test_the_cause_of_a_rollback_and_the_next_try(
    aws: Aws, journal: Journal, ctx: Context, names: Names, access: StackPlan, role: StackPlan
) -> None:
    with pytest.raises(StackFailed, match=f"^OperatorRole .* could not be created: .*{names.operator_boundary}"):
        stacks.ensure(aws, journal, ctx, role)
    stacks.ensure(aws, journal, ctx, access)
    assert stacks.ensure(aws, journal, ctx, role).status == "CREATE_COMPLETE"


def test_the_access_stack_outlives_the_role(
    aws: Aws, journal: Journal, ctx: Context, access: StackPlan, role: StackPlan
) -> None:
    stacks.ensure(aws, journal, ctx, access)
    stacks.ensure(aws, journal, ctx, role)
    with pytest.raises(StackFailed, match=r"^Operator .* could not be deleted: .*attached"):
        stacks.delete(aws, journal, ctx, access.stack_name, REGION)


def test_a_policy_from_outside_holds_the_role_back(
    aws: Aws,
    by_hand: Callable[[str], Any],
    journal: Journal,
    ctx: Context,
    names: Names,
    access: StackPlan,
    role: StackPlan,
) -> None:
    stacks.ensure(aws, journal, ctx, access)
    stacks.ensure(aws, journal, ctx, role)
    outside = {"RoleName": names.operator_role, "PolicyName": "from-outside"}
    by_hand("iam").put_role_policy(**outside, PolicyDocument=json.dumps(EVERYTHING))
    with pytest.raises(StackFailed, match="must delete policies first"):
        stacks.delete(aws, journal, ctx, role.stack_name, REGION)
    by_hand("iam").delete_role_policy(**outside)
    stacks.delete(aws, journal, ctx, role.stack_name, REGION)
    assert read_role(aws, ctx, names.operator_role) is None


def test_termination_protection(
    aws: Aws, by_hand: Callable[[str], Any], journal: Journal, ctx: Context, access: StackPlan
) -> None:
    stacks.ensure(aws, journal, ctx, access)
    protection = {"StackName": access.stack_name, "EnableTerminationProtection": True}
    by_hand("cloudformation").update_termination_protection(**protection)
    with pytest.raises(StackFailed, match="Termination protection"):
        stacks.delete(aws, journal, ctx, access.stack_name, REGION)


def test_a_name_that_is_taken(aws: Aws, journal: Journal, ctx: Context, access: StackPlan) -> None:
    theirs = replace(access, tags={**access.tags, TAG_MADE_BY: "somebody"})
    proposal = stacks.propose(aws, journal, ctx, theirs)
    aws.call(ctx, "cloudformation:ExecuteChangeSet", ChangeSetName=proposal.change_set_id)
    with pytest.raises(NameTaken):
        stacks.ensure(aws, journal, ctx, access)


def test_somebody_who_may_only_read(
    sandbox: SandboxInfo, signed_in: Callable[[str], Aws], journal: Journal, ctx: Context, access: StackPlan
) -> None:
    with pytest.raises(PermissionMissing, match="cloudformation:CreateChangeSet"):
        stacks.ensure(signed_in(sandbox.read_only_profile), journal, ctx, access)
    assert journal.open_intents() == ()
