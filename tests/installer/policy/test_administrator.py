"""The policies of whoever runs Houseguest: what they hold, and that they are derived from what is really called.

That each task can be done with exactly its policy: tests/sandbox/administrator/test_administrator_policies.py.
"""

import json
from typing import Any

import pytest
import yaml

import resources
from installer.aws.calls import CALLS
from installer.errors import BoundaryError, UsageError
from installer.names import Names
from installer.policy.administrator import AdministratorPolicy, Place, Task, administrator_policy
from installer.policy.administrator_stacks import HANDLERS, NOT_NEEDED, handled
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document, as_list
from installer.policy.evaluate import Compiled, Outcome, Policies, evaluate
from installer.policy.request import Request
from tests.support.signed_in import ACCOUNT_ID, LONGEST_NAME, names

GRANTS = ("arn:aws:iam::aws:policy/PowerUserAccess",)
TASKS = (Task.INSTALL, Task.CLOSE, Task.REMOVE)
NOT_LIMITED_BY_AWS = {
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeRegions",
    "ec2:DescribeRouteTables",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "iam:ListAccountAliases",
    "iam:ListPolicies",
    "iam:ListRoles",
    "s3:ListAllMyBuckets",
    "secretsmanager:ListSecrets",
    "ssm:DescribeParameters",
}
"""Of the Service Authorization Reference: actions without a resource type."""
BEFORE_THERE_IS_ANYTHING = {"cloudformation:GetTemplateSummary", "ec2:GetManagedPrefixListEntries"}
"""A template that no stack has, and prefix lists of any name."""


def policy(task: Task, given: Names | None = None, **place: Any) -> AdministratorPolicy:
    return administrator_policy(task, Place(given or names(), **{"grants": GRANTS, **place}))


class _Yaml(yaml.SafeLoader):
    """CloudFormation's short forms, whose values do not matter here."""


_Yaml.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def types_in_the_templates() -> set[str]:
    access = resources.read_json("templates/access.json")
    role = yaml.load(resources.read_text("templates/vendor-role.yaml"), _Yaml)
    return {held["Type"] for template in (access, role) for held in template["Resources"].values()}


@pytest.mark.parametrize("task", TASKS)
def test_it_fits_is_canonical_and_says_why(task: Task) -> None:
    made = policy(task, names(LONGEST_NAME))
    document = made.document
    assert document.size < MANAGED_POLICY_CHARACTERS
    assert Document.from_json(document.to_json()) == Document.from_object(document.to_object())
    assert document.to_json() == policy(task, names(LONGEST_NAME)).document.to_json()
    sids = [duty.sid for duty in made.duties]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)
    for sentence in [*(duty.why for duty in made.duties), *made.to_know]:
        assert sentence.endswith(".")
    assert json.loads(json.dumps(made.to_json()))["characters"] == document.size


@pytest.mark.parametrize("task", TASKS)
def test_everything_is_limited_to_the_installation_where_aws_lets_it_be(task: Task) -> None:
    for statement in policy(task).document.statements:
        for arn in as_list(statement["Resource"]):
            if arn == "*":
                assert set(statement["Action"]) <= NOT_LIMITED_BY_AWS | BEFORE_THERE_IS_ANYTHING
            else:
                assert "popsql" in arn
                assert ACCOUNT_ID in arn or arn.startswith("arn:aws:s3:::popsql--")


@pytest.mark.parametrize("task", TASKS)
def test_no_wildcard_in_an_action(task: Task) -> None:
    actions = [action for statement in policy(task).document.statements for action in statement["Action"]]
    assert not [action for action in actions if "*" in action or "?" in action]


OF_NO_TASK = {
    "accessanalyzer:ValidatePolicy": "a second opinion, for whoever may ask for it; nothing waits for it",
    "iam:SimulateCustomPolicy": "the same",
}


def test_every_call_of_the_program_is_somebodys() -> None:
    known = {f"{service}:{operation}" for service, operations in CALLS.items() for operation in operations}
    needed = frozenset().union(*(policy(task).calls for task in TASKS))
    assert needed | OF_NO_TASK.keys() == known
    assert needed.isdisjoint(OF_NO_TASK)


def test_each_type_in_the_templates_has_its_handlers() -> None:
    assert types_in_the_templates() == HANDLERS.keys() == NOT_NEEDED.keys()


@pytest.mark.parametrize("resource_type", HANDLERS)
def test_what_a_handler_may_call_is_granted_or_named_as_not_needed(resource_type: str) -> None:
    called = {action for actions in HANDLERS[resource_type].values() for action in actions}
    granted = set(handled(resource_type, *HANDLERS[resource_type]))
    assert granted | NOT_NEEDED[resource_type].keys() == called
    assert granted.isdisjoint(NOT_NEEDED[resource_type])
    through = [duty for duty in policy(Task.INSTALL).duties if not duty.calls]
    assert granted <= {action for duty in through for action in duty.actions}


@pytest.mark.parametrize("task", [Task.INSTALL, Task.REMOVE])
def test_what_only_cloudformation_does_cannot_be_done_by_hand(task: Task) -> None:
    through = [duty for duty in policy(task).duties if not duty.calls]
    assert through
    for duty in through:
        assert duty.condition["ForAnyValue:StringEquals"] == {"aws:CalledVia": "cloudformation.amazonaws.com"}


@pytest.mark.parametrize(
    ("boundary", "by_hand", "expected"),
    [
        (names().operator_boundary_arn, False, Outcome.ALLOWED),
        (names().operator_boundary_arn, True, Outcome.IMPLICIT_DENY),
        (names().workload_boundary_arn, False, Outcome.IMPLICIT_DENY),
        ("", False, Outcome.IMPLICIT_DENY),
    ],
    ids=["by the stack", "by hand", "under another boundary", "under none"],
)
def test_how_the_role_can_be_made(boundary: str, expected: Outcome, *, by_hand: bool) -> None:
    context: dict[str, str | tuple[str, ...]] = {"iam:PermissionsBoundary": boundary} if boundary else {}
    if not by_hand:
        context["aws:CalledVia"] = ("cloudformation.amazonaws.com",)
    policies = Policies(identity=(Compiled(policy(Task.INSTALL).document.to_object()),))
    for action in ("iam:CreateRole", "iam:PutRolePolicy"):
        assert evaluate(policies, Request(action, names().operator_role_arn, context)).outcome is expected


def test_the_role_is_made_only_under_the_boundary_and_with_the_grants_of_the_invitation() -> None:
    made = {duty.sid: duty for duty in policy(Task.INSTALL).duties}
    capped = {"iam:PermissionsBoundary": names().operator_boundary_arn}
    assert "iam:CreateRole" in made["StackCappedRole"].actions
    assert made["StackCappedRole"].condition["StringEquals"] == capped
    assert made["StackGrants"].condition["StringEquals"] == capped
    assert made["StackGrants"].condition["ArnEquals"] == {"iam:PolicyARN": list(GRANTS)}
    others = [duty for sid, duty in made.items() if sid not in ("StackCappedRole", "StackGrants")]
    assert not [duty.sid for duty in others if {"iam:CreateRole", "iam:AttachRolePolicy"} & set(duty.actions)]


def test_the_stacks_are_those_of_their_region_and_the_cluster_that_of_the_product() -> None:
    made = {duty.sid: duty for duty in policy(Task.REMOVE, stack_region="eu-central-1", region="eu-west-1").duties}
    assert {arn.split(":")[3] for arn in made["Stacks"].resources} == {"eu-central-1"}
    assert {arn.split(":")[3] for arn in made["Cluster"].resources} == {"eu-west-1"}
    assert "Regions" not in made
    assert "Regions" in {duty.sid for duty in policy(Task.REMOVE).duties}


def test_another_partition() -> None:
    made = policy(Task.INSTALL, Names("popsql", ACCOUNT_ID, "/release/", "aws-us-gov"), grants=())
    assert "arn:aws:" not in made.document.to_json()


def test_offboarding_is_not_there_yet_and_nothing_is_invented() -> None:
    with pytest.raises(UsageError, match="cannot offboard yet") as refused:
        policy(Task.OFFBOARD)
    assert refused.value.exit_code == 2


def test_a_policy_that_would_not_fit_is_refused() -> None:
    with pytest.raises(BoundaryError, match="6,144"):
        policy(Task.INSTALL, grants=tuple(f"arn:aws:iam::{ACCOUNT_ID}:policy/{'x' * 100}{n}" for n in range(20)))
