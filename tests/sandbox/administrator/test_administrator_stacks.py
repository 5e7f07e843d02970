"""What CloudFormation does in the name of whoever asks for a stack: each action taken out by itself, it fails there.
What the local CloudFormation cannot show is a skip with the reason.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from installer.answers import Answers
from installer.aws import stacks
from installer.errors import HouseguestError
from installer.journal import Journal
from installer.names import Names
from installer.policy.administrator import Place, Task, administrator_policy
from installer.policy.administrator_stacks import HANDLERS, handled
from installer.steps import connect, permissions
from installer.tools import Tools
from tests.sandbox.support.actors import CUSTOMER
from tests.sandbox.support.limited import Hall, Signed
from tests.sandbox.support.tasks import (
    GRANTS,
    ROLE_PATH,
    begun,
    lacking,
)

NOT_READ_BACK = "the local CloudFormation does not read back what it has made"
CANNOT_BE_SHOWN = {
    "iam:DeletePolicyVersion": "the local CloudFormation deletes a policy with all its versions",
    "iam:GetPolicy": NOT_READ_BACK,
    "iam:GetPolicyVersion": NOT_READ_BACK,
    "iam:GetRole": NOT_READ_BACK,
    "iam:GetRolePolicy": NOT_READ_BACK,
    "iam:ListAttachedRolePolicies": NOT_READ_BACK,
    "iam:ListEntitiesForPolicy": NOT_READ_BACK,
    "iam:ListPolicyVersions": NOT_READ_BACK,
    "iam:ListRolePolicies": NOT_READ_BACK,
    "iam:PutRolePermissionsBoundary": "no plan gives the role another boundary than it has",
    "iam:UpdateRoleDescription": "the local CloudFormation changes a description by iam:UpdateRole",
}
"""They are in the handlers of the types' schemas."""

BY_CLOUDFORMATION = sorted({action for kind in HANDLERS for action in handled(kind, *HANDLERS[kind])})


def life(station: Signed, standing: Answers, tools: Tools) -> None:
    """Make the two stacks, change the role in all that a plan can change, and delete them."""
    access, role = connect.plans(standing, tools)
    for plan in (access, role, changed(role)):
        stacks.ensure(station.aws, tools.journal, station.ctx, plan)
    for plan in (role, access):
        stacks.delete(station.aws, tools.journal, station.ctx, plan.stack_name, plan.region)


def changed(role: stacks.StackPlan) -> stacks.StackPlan:
    parameters = {**role.parameters, "MaxSessionSeconds": "7200", "ExternalId": "another"}
    template = role.template_body.replace("PowerUserAccess", "ReadOnlyAccess").replace("workload-roles", "others")
    return replace(role, parameters=parameters, tags={**role.tags, "team": "data"}, template_body=template)


def lived(hall: Hall, folder: Path, name: str, *lacked: str) -> None:
    """A life by somebody whose policy lacks these actions, wherever they stand."""
    both = (*GRANTS, "arn:aws:iam::aws:policy/ReadOnlyAccess")
    given = administrator_policy(Task.INSTALL, Place(Names(name, CUSTOMER, ROLE_PATH), both)).document
    station = hall.with_only(name, lacking(given, *lacked))
    installation, _ = begun(station, hall.info, name)
    tools = station.looking(installation.answers, Journal(folder / f"{name}.jsonl"))
    life(station, permissions.run(installation.answers, tools, station.ctx), tools)


def test_with_all_of_them_it_works(hall: Hall, folder: Path) -> None:
    lived(hall, folder, "all")


@pytest.mark.parametrize("action", sorted(set(BY_CLOUDFORMATION) - CANNOT_BE_SHOWN.keys()))
def test_without_one_of_its_actions_cloudformation_fails(hall: Hall, folder: Path, action: str) -> None:
    with pytest.raises(HouseguestError) as refused:
        lived(hall, folder, f"no-{action.removeprefix('iam:').lower()}"[:20], action)
    assert f"perform: {action} " in f"{refused.value.message} {refused.value.details}"


@pytest.fixture(scope="module")
def unnoticed(hall: Hall, folder: Path) -> None:
    """Lives without all of them."""
    lived(hall, folder, "without-many", *CANNOT_BE_SHOWN)


@pytest.mark.parametrize("action", CANNOT_BE_SHOWN)
@pytest.mark.usefixtures("unnoticed")
def test_what_the_local_cloudformation_cannot_show(action: str) -> None:
    assert action in BY_CLOUDFORMATION
    pytest.skip(CANNOT_BE_SHOWN[action])
