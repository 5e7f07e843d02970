"""What the matrix predicts, held against real calls: under every preset the vendor's own session tries each fear, and
its install is the trial of each need.

Each fear is tried twice: with the role as the template grants it, and with the role made an administrator, so that
nothing but the boundary is left to stop it. What the sandbox cannot be asked is a skip that says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from installer.claims import Invitation
from installer.names import Names
from installer.policy.changes import Change, smallest_change
from installer.policy.document import Document
from installer.policy.evaluate import Outcome
from installer.policy.fears import shipped_fears
from installer.policy.grant import Grant, grant_of, shipped
from installer.policy.needs import Kind
from installer.policy.what_if import Matrix, State, Workbench, workbench
from installer.sandbox import Sandbox, SandboxInfo
from installer.sandbox.vendor.invitations import read_claims
from tests.sandbox.support.acme import ADMINISTRATOR, REGION, role_arn, settle
from tests.sandbox.support.actors import CUSTOMER
from tests.sandbox.support.command_line import CommandLine
from tests.sandbox.support.fears import CALLS, OUTSIDE, Untried
from tests.sandbox.support.house import ROLE_PATH, Answer, House, answer_to
from tests.sandbox.support.scene import NAME, Call, Scene, cfn, ec2, eks, iam, s3
from tests.support.what_if import template

PRESETS = ("none", "vendor", "guarded")
FEARS = {fear.id: fear for fear in shipped_fears()}
EVERY_TRY = [
    pytest.param(fear.id, number, id=f"{fear.id}-{number + 1}-{one.action}")
    for fear in FEARS.values()
    for number, one in enumerate(fear.tries)
]
NAMES = Names(NAME, CUSTOMER, ROLE_PATH)

# What AWS asks for along with another call, and is no call of its own; what the sandbox never asks; and what a first
# install has no reason to call, or the trail of management events does not tell: that is called here.
BEHIND = {
    "ec2:CreateTags": "ec2:CreateVpc",
    "eks:TagResource": "eks:CreateCluster",
    "elasticloadbalancing:AddTags": "elasticloadbalancing:CreateLoadBalancer",
    "iam:ListAttachedRolePolicies": "eks:CreateNodegroup",
    "iam:PassRole": "eks:CreateCluster",
    "iam:TagInstanceProfile": "iam:CreateInstanceProfile",
    "iam:TagRole": "iam:CreateRole",
    "logs:TagResource": "logs:CreateLogGroup",
    "rds:AddTagsToResource": "rds:CreateDBInstance",
    "secretsmanager:TagResource": "secretsmanager:CreateSecret",
}
NO_CALL = {
    "iam:CreateServiceLinkedRole": "services make their roles only where there are none, and here they make none",
    "kms:CreateGrant": "the sandbox's RDS encrypts nothing",
    "kms:DescribeKey": "the sandbox's RDS encrypts nothing",
}
LATER: dict[str, Call] = {
    "iam:GetRole": lambda v, s: iam(v).get_role(RoleName=f"{NAME}-app"),
    "iam:GetInstanceProfile": lambda v, s: iam(v).get_instance_profile(InstanceProfileName=f"{NAME}-node"),
    "elasticloadbalancing:DescribeTags": lambda v, s: v("elbv2", REGION).describe_tags(
        ResourceArns=[v("elbv2", REGION).describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]]
    ),
    "ec2:DescribeVpcs": lambda v, s: ec2(v).describe_vpcs(),
    "ec2:DescribeRegions": lambda v, s: ec2(v).describe_regions(),
    "eks:DescribeCluster": lambda v, s: eks(v).describe_cluster(name=NAME),
    "eks:TagResource": lambda v, s: eks(v).tag_resource(
        resourceArn=eks(v).describe_cluster(name=NAME)["cluster"]["arn"], tags={"version": "2"}
    ),
    "elasticloadbalancing:DescribeLoadBalancers": lambda v, s: v("elbv2", REGION).describe_load_balancers(),
    "s3:PutObject": lambda v, s: s3(v).put_object(Bucket=s.bucket, Key="releases/2", Body=b"2"),
}
OPEN = 7  # the exit code
ACCOUNT_FROM = {"signed in": "sign_in", "signed out": "invitation"}
# Without a resource in the sandbox, so that an exception by resource does not reach it.
ON_NO_RESOURCE = {"eks:TagResource"}


@pytest.fixture(scope="module", params=PRESETS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[str, SandboxInfo]]:
    with Sandbox.start(speed=2000.0) as info:
        yield request.param, info


@pytest.fixture(scope="module")
def scene(sandbox: tuple[str, SandboxInfo], tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Installed under the preset, beside what the customer has of its own."""
    preset, info = sandbox
    houseguest = CommandLine(info, tmp_path_factory.mktemp("houseguest"))
    house = House.open(info, houseguest, NAME, "--boundary", preset, "--stack-region", REGION, "--region", REGION)
    acme = settle(house.admin)
    house.role_in_its_path("loose")
    for stack in ("access", "role"):
        cfn(house.admin).update_termination_protection(StackName=f"{NAME}-{stack}", EnableTerminationProtection=True)
    (bucket,) = (b["Name"] for b in s3(house.admin).list_buckets()["Buckets"] if b["Name"].startswith(f"{NAME}--"))
    return Scene(house, acme, bucket, "", "")


@pytest.fixture(scope="module", params=["as granted", "administrator"])
def bench(request: pytest.FixtureRequest, sandbox: tuple[str, SandboxInfo], scene: Scene) -> Iterator[Workbench]:
    """The questions, for the role as it is in the sandbox at that time."""
    invitation = invited(sandbox[1])
    grant = grant_of(invitation, NAMES, template())
    role = {"RoleName": scene.house.role, "PolicyArn": ADMINISTRATOR}
    if request.param == "administrator":
        more = shipped(ADMINISTRATOR)
        assert more is not None
        yield workbench(invitation, NAMES, Grant((*grant.policies, more)), region=REGION)
        return
    iam(scene.house.admin).detach_role_policy(**role)
    yield workbench(invitation, NAMES, grant, region=REGION)
    iam(scene.house.admin).attach_role_policy(**role)


@cache
def invited(info: SandboxInfo) -> Invitation:
    return Invitation.model_validate_json(json.dumps(read_claims(Path(info.invitation).read_text("ascii"))))


def predicted(bench: Workbench, scene: Scene) -> Matrix:
    return bench.matrix(Document.from_object(scene.house.document))


def test_every_try_is_a_call_or_says_why_not() -> None:
    assert CALLS.keys() == FEARS.keys()
    assert {fear: len(calls) for fear, calls in CALLS.items()} == {f.id: len(f.tries) for f in FEARS.values()}
    tried = [fear for fear, calls in CALLS.items() if not all(isinstance(call, Untried) for call in calls)]
    assert len(tried) >= 40


@pytest.mark.parametrize(("fear", "number"), EVERY_TRY)
def test_a_fear_comes_out_as_predicted(bench: Workbench, scene: Scene, fear: str, number: int) -> None:
    call = CALLS[fear][number]
    if isinstance(call, Untried):
        pytest.skip(call.why)
    assert bench.place.elsewhere == OUTSIDE or fear != "leave-region"
    wanted = predicted(bench, scene).row(fear).answers[number].decision
    assert wanted.outcome is not Outcome.DEPENDS
    answer = answer_to(call, scene.vendor, scene)
    # Which statement denied it is not compared: one call has several checks, and AWS tells of the first.
    assert answer.denied is (wanted.outcome is not Outcome.ALLOWED), (wanted.why, answer)


def test_every_need_was_met_by_the_install(bench: Workbench, scene: Scene) -> None:
    """The vendor installed with this boundary in force: the trail tells its calls, and that none was denied."""
    matrix = predicted(bench, scene)
    assert {row.state for row in matrix.of(Kind.NEED)} == {State.ALLOWED}
    made = installed(scene)
    asked = {answer.request.action for row in matrix.of(Kind.NEED) for answer in row.answers} - LATER.keys()
    assert {action for action in asked if BEHIND.get(action, action) not in made} == NO_CALL.keys()


def installed(scene: Scene) -> set[str]:
    """Actions that the vendor's role has called, and was not denied, as the customer's trail tells."""
    role, found = role_arn(scene.house.role, ROLE_PATH), set[str]()
    for region in (REGION, "us-east-1"):
        pages = scene.house.admin("cloudtrail", region).get_paginator("lookup_events").paginate()
        for event in (event for page in pages for event in page["Events"]):
            told = json.loads(event["CloudTrailEvent"])
            issuer = told["userIdentity"].get("sessionContext", {}).get("sessionIssuer", {})
            if issuer.get("arn") == role and told.get("errorCode") not in (
                "AccessDenied",
                "Client.UnauthorizedOperation",
            ):
                found.add(f"{told['eventSource'].partition('.')[0]}:{told['eventName']}")
    return found


@pytest.mark.parametrize("action", LATER)
def test_a_later_need_comes_out_as_predicted(bench: Workbench, scene: Scene, action: str) -> None:
    """Allowed under the preset, blocked where the boundary denies it, and allowed again with the smallest change."""
    call = LATER[action]
    assert answer_to(call, scene.vendor, scene) == Answer()

    denied = {"Sid": "Taken", "Effect": "Deny", "Action": [action, "ssm:DescribeActivations"], "Resource": "*"}
    standing = Document.from_object(scene.house.standing)
    document = Document((*standing.statements, denied))
    blocked = [row for row in bench.matrix(document).blocked if action in {one.request.action for one in row.against}]
    change = smallest_change(bench, document, blocked[0])
    assert isinstance(change, Change)
    try:
        scene.house.under(document.to_object())
        assert answer_to(call, scene.vendor, scene).denied
        if action in ON_NO_RESOURCE:
            pytest.skip(
                "denied as predicted; that the smallest change allows it, the sandbox cannot tell by the resource"
            )
        scene.house.under(change.document.to_object())
        assert answer_to(call, scene.vendor, scene) == Answer()
    finally:
        scene.house.under(scene.house.standing)


@pytest.mark.parametrize("who", ACCOUNT_FROM)
def test_the_command_tells_it_before_anything_is_made(
    sandbox: tuple[str, SandboxInfo], tmp_path: Path, who: str
) -> None:
    preset, info = sandbox
    houseguest = CommandLine(info, tmp_path, "" if who == "signed in" else "nobody")
    asking = ("permissions", "check", "--invitation", info.invitation, "--boundary", preset)
    ended = houseguest(*asking, "--name", NAME, "--region", REGION)
    assert ended.code == {"none": OPEN, "vendor": OPEN, "guarded": 0}[preset], ended.stdout
    assert (ended.json["account_id"], ended.json["account_from"]) == (CUSTOMER, ACCOUNT_FROM[who])
    assert ended.json["summary"]["blocked"] == 0
    assert ended.json["notes"] == []
    document = Document.from_object(ended.json["boundary"]["document"])
    told = workbench(invited(info), NAMES, grant_of(invited(info), NAMES, template()), region=REGION).matrix(document)
    assert ended.json["rows"] == json.loads(json.dumps(told.to_json()))
