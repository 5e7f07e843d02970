"""The vendor as an attacker: it tries every way out that we know, with its own session and real calls.

The vendor's role is an administrator here, so that nothing but the boundary stops it. Each escape is tried three times:

1. under the boundary as installed: denied, by the boundary;
2. under a boundary that allows everything and keeps only the installed denials: denied, by an explicit deny in it;
3. under the same without the statements of `held_by`: it works. So no test passes for another reason.

What the sandbox cannot express is listed in docs/escapes.md and judged in tests/installer/policy/test_escapes.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from installer.sandbox import Sandbox, SandboxInfo, seed
from installer.sandbox.vendor.invitations import read_claims
from tests.sandbox.support import stacks
from tests.sandbox.support.acme import ACCOUNT_ROOT, ADMINISTRATOR, REGION, code, note, role_arn, settle
from tests.sandbox.support.actors import DEPLOYER, VENDOR, Actor, profile, trust
from tests.sandbox.support.command_line import CommandLine
from tests.sandbox.support.escapes import ESCAPES, IDENTITY, Escape, held
from tests.sandbox.support.house import Answer, House, answer_to
from tests.sandbox.support.scene import (
    ELSEWHERE,
    EVERYTHING,
    NAME,
    OWN_TAG,
    Call,
    Scene,
    cfn,
    create_role,
    ec2,
    eks,
    functions,
    iam,
    rds,
    s3,
    secrets,
    ssm,
    trails,
)

EVERY_ESCAPE = [
    pytest.param(escape, id=f"{sentence}: {escape.way}") for sentence, escapes in ESCAPES.items() for escape in escapes
]


# What stays allowed under the boundary as installed, by IAM action: the invitation's list is held against it.
NEEDED: dict[str, Call] = {
    "ec2:DescribeVpcs": lambda v, s: ec2(v).describe_vpcs(),
    "ec2:DescribeRegions": lambda v, s: v("ec2", ELSEWHERE).describe_regions(),
    "eks:DescribeCluster": lambda v, s: eks(v).describe_cluster(name=NAME),
    "eks:TagResource": lambda v, s: eks(v).tag_resource(
        resourceArn=eks(v).describe_cluster(name=NAME)["cluster"]["arn"], tags={"version": "2"}
    ),
    "elasticloadbalancing:DescribeLoadBalancers": lambda v, s: v("elbv2", REGION).describe_load_balancers(),
    "s3:PutObject": lambda v, s: s3(v).put_object(Bucket=s.bucket, Key="releases/2", Body=b"2"),
}

# What the guarded preset denies by allowing only what the vendor's minimal boundary names, or by its own statement too.
UNNAMED: dict[str, Call] = {
    "reads a customer's parameter": lambda v, s: ssm(v).get_parameter(Name="/acme/token", WithDecryption=True),
    "reads a customer's tables": lambda v, s: v("dynamodb", REGION).list_tables(),
    "looks at a customer's function": lambda v, s: functions(v).get_function(FunctionName="acme-payroll"),
}

# What is the vendor's own by path, name or tag, under a boundary with the installed denials only.
OWN: dict[str, Call] = {
    "trusts others with a role that it made": lambda v, s: iam(v).update_assume_role_policy(
        RoleName=f"{NAME}-loose", PolicyDocument=trust(ACCOUNT_ROOT)
    ),
    "gives a role that it made a policy": lambda v, s: iam(v).put_role_policy(
        RoleName=f"{NAME}-loose", PolicyName="more", PolicyDocument=EVERYTHING
    ),
    "makes a stack of its own": lambda v, s: cfn(v).create_stack(
        StackName=f"{NAME}--own", TemplateBody=note("/popsql/own", "x")
    ),
    "changes its own function": lambda v, s: functions(v).update_function_code(
        FunctionName=f"{NAME}--own", ZipFile=code()
    ),
    "tags its own machine": lambda v, s: ec2(v).create_tags(
        Resources=[s.own_instance_id], Tags=[{"Key": "size", "Value": "1"}]
    ),
    "ends its own machine": lambda v, s: ec2(v).terminate_instances(InstanceIds=[s.own_instance_id]),
    "lets its own role into its own cluster": lambda v, s: eks(v).create_access_entry(
        clusterName=NAME, principalArn=role_arn(f"{NAME}-loose", s.house.path)
    ),
    "puts a machine into its own cluster": lambda v, s: eks(v).create_nodegroup(
        clusterName=NAME,
        nodegroupName="more",
        subnets=[s.acme.subnet_id],
        nodeRole=role_arn(f"{NAME}-node", s.house.path),
    ),
    "reads its own secret": lambda v, s: secrets(v).get_secret_value(SecretId=s.secret),
    "changes its own database": lambda v, s: rds(v).modify_db_instance(
        DBInstanceIdentifier=NAME, BackupRetentionPeriod=7
    ),
}

# A stack of its own gets the vendor's permissions, no more: what it would make, and the statements that stop it.
UNBOUNDED = {"AssumeRolePolicyDocument": json.loads(trust(DEPLOYER)), "ManagedPolicyArns": [ADMINISTRATOR]}
STACKED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "a role without a boundary": (
        stacks.resource("AWS::IAM::Role", RoleName=f"{NAME}-st1", Path=f"/release/{NAME}/", **UNBOUNDED),
        held("NewRoles"),
    ),
    "a role outside its path": (
        stacks.resource("AWS::IAM::Role", RoleName=f"{NAME}-st2", **UNBOUNDED),
        held("NewRoles", "Identity"),
    ),
    "a user": (
        stacks.resource("AWS::IAM::User", UserName="mallory-st", ManagedPolicyArns=[ADMINISTRATOR]),
        IDENTITY,
    ),
    "a policy that a customer's role gets": (
        stacks.resource(
            "AWS::IAM::Policy",
            PolicyName="st",
            Roles=["acme-eks"],
            PolicyDocument=json.loads(EVERYTHING),
        ),
        IDENTITY,
    ),
}

# With the session of a role that the vendor made, and made an administrator.
WORKLOAD_TRIES: dict[str, Call] = {
    "makes a role in its path": lambda w, s: create_role(
        w, f"{NAME}-w", s.house.path, PermissionsBoundary=s.house.workload_boundary
    ),
    "attaches a policy to itself": lambda w, s: iam(w).attach_role_policy(
        RoleName=f"{NAME}-agent", PolicyArn=ADMINISTRATOR
    ),
    "takes its boundary off": lambda w, s: iam(w).delete_role_permissions_boundary(RoleName=f"{NAME}-agent"),
    "writes a new version of its boundary": lambda w, s: iam(w).create_policy_version(
        PolicyArn=s.house.workload_boundary, PolicyDocument=EVERYTHING, SetAsDefault=True
    ),
    "opens the trust of the vendor's role": lambda w, s: iam(w).update_assume_role_policy(
        RoleName=s.house.role, PolicyDocument=trust(DEPLOYER)
    ),
    "passes a customer's role": lambda w, s: ec2(w).run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "acme-batch"}
    ),
    "makes an access key": lambda w, s: iam(w).create_access_key(UserName="alice"),
    "assumes a customer's role": lambda w, s: w.assume(role_arn("acme-admin-role")),
    "updates the access stack": lambda w, s: cfn(w).update_stack(
        StackName=f"{NAME}-access", UsePreviousTemplate=True, Capabilities=stacks.CAPABILITIES
    ),
    "deletes the stack of the vendor's role": lambda w, s: cfn(w).delete_stack(StackName=f"{NAME}-role"),
    "makes a stack": lambda w, s: cfn(w).create_stack(StackName=f"{NAME}--w", TemplateBody=note("/popsql/w", "x")),
    "stops a trail": lambda w, s: trails(w).stop_logging(Name="acme-trail"),
    "deletes a trail": lambda w, s: trails(w).delete_trail(Name="acme-trail"),
    "puts code into a customer's function": lambda w, s: functions(w).update_function_code(
        FunctionName="acme-payroll", ZipFile=code()
    ),
    "runs a command on a customer's machine": lambda w, s: ssm(w).send_command(
        InstanceIds=[s.acme.instance_id], DocumentName="AWS-RunShellScript", Parameters={"commands": ["id"]}
    ),
    "lets itself into a customer's cluster": lambda w, s: eks(w).create_access_entry(
        clusterName="acme-apps", principalArn=role_arn(f"{NAME}-agent", s.house.path)
    ),
    "leaves the organisation": lambda w, s: w("organizations").leave_organization(),
    "reads a customer's file": lambda w, s: s3(w).get_object(Bucket=seed.CUSTOMER_BUCKET, Key=seed.CUSTOMER_OBJECT),
    "reads a customer's secret": lambda w, s: secrets(w).get_secret_value(SecretId="acme/orders"),
    "copies a customer's disk": lambda w, s: ec2(w).create_snapshot(VolumeId=s.acme.volume_id),
    "shares a customer's snapshot": lambda w, s: ec2(w).modify_snapshot_attribute(
        SnapshotId=s.acme.snapshot_id,
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=[VENDOR],
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(speed=2000.0) as info:
        yield info


@pytest.fixture(scope="module")
def houseguest(sandbox: SandboxInfo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(sandbox, tmp_path_factory.mktemp("houseguest"))


@pytest.fixture(scope="module")
def scene(sandbox: SandboxInfo, houseguest: CommandLine) -> Scene:
    """Installed under the guarded preset; the customer has things of its own; stacks are protected as AWS advises."""
    place = ("--stack-region", REGION, "--region", REGION)
    house = House.open(sandbox, houseguest, NAME, "--boundary", "guarded", *place)
    acme = settle(house.admin)
    house.role_in_its_path("loose")
    for stack in ("access", "role"):
        cfn(house.admin).update_termination_protection(StackName=f"{NAME}-{stack}", EnableTerminationProtection=True)
    machine = ec2(house.admin).run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [OWN_TAG]}],
    )["Instances"][0]
    functions(house.admin).create_function(
        FunctionName=f"{NAME}--own",
        Runtime="python3.12",
        Handler="index.handler",
        Role=role_arn("acme-lambda"),
        Code={"ZipFile": code()},
    )
    (bucket,) = (b["Name"] for b in s3(house.admin).list_buckets()["Buckets"] if b["Name"].startswith(f"{NAME}--"))
    (secret,) = (
        found["Name"]
        for found in secrets(house.admin).list_secrets()["SecretList"]
        if found["Name"].startswith(f"{NAME}/")
    )
    return Scene(house, acme, bucket, secret, machine["InstanceId"])


@pytest.fixture(scope="module")
def workload(sandbox: SandboxInfo, scene: Scene) -> Actor:
    """The vendor makes a role that trusts the vendor and is an administrator, and assumes it from its own account."""
    house = scene.house
    house.under(house.standing)
    agent = house.role_in_its_path("agent", DEPLOYER)
    iam(house.vendor).attach_role_policy(RoleName=f"{NAME}-agent", PolicyArn=ADMINISTRATOR)
    return profile(sandbox, sandbox.vendor_profile).assume(agent)


@pytest.mark.parametrize("escape", EVERY_ESCAPE)
def test_the_installed_boundary_denies_it(scene: Scene, escape: Escape) -> None:
    scene.house.under(scene.house.standing)
    answer = answer_to(escape.call, scene.vendor, scene)
    assert answer.denied, answer
    assert "permissions boundary" in answer.message


@pytest.mark.parametrize("escape", EVERY_ESCAPE)
def test_its_denials_alone_deny_it(scene: Scene, escape: Escape) -> None:
    scene.house.under(scene.house.wide_open())
    answer = answer_to(escape.call, scene.vendor, scene)
    assert answer.denied, answer
    assert "with an explicit deny in a permissions boundary" in answer.message


def test_every_denial_is_held_by_an_escape(scene: Scene) -> None:
    """No statement of the installed boundary is there that no escape shows to be needed."""
    alone = {escape.held_by[0] for escapes in ESCAPES.values() for escape in escapes if len(escape.held_by) == 1}
    assert alone == set(scene.house.denials)


@pytest.mark.parametrize("call", NEEDED.values(), ids=NEEDED)
def test_what_an_update_needs_stays_allowed(scene: Scene, call: Call) -> None:
    scene.house.under(scene.house.standing)
    assert answer_to(call, scene.vendor, scene) == Answer()


def test_nothing_that_the_invitation_needs_is_left_out(sandbox: SandboxInfo) -> None:
    needs = read_claims(Path(sandbox.invitation).read_text("ascii"))["permissions"]["needs"]
    asked = {action for phase in ("steady", "update") for need in needs[phase] for action in need["actions"]}
    assert asked == NEEDED.keys()


@pytest.mark.parametrize("call", UNNAMED.values(), ids=UNNAMED)
def test_what_the_vendor_did_not_ask_for_is_denied(scene: Scene, call: Call) -> None:
    scene.house.under(scene.house.standing)
    answer = answer_to(call, scene.vendor, scene)
    assert answer.denied, answer
    assert "permissions boundary" in answer.message
    scene.house.under(scene.house.wide_open(without=["TightenData"]))
    assert answer_to(call, scene.vendor, scene) == Answer()


@pytest.mark.parametrize("call", OWN.values(), ids=OWN)
def test_what_is_its_own_stays_its_own(scene: Scene, call: Call) -> None:
    scene.house.under(scene.house.wide_open())
    assert answer_to(call, scene.vendor, scene) == Answer()


@pytest.mark.parametrize(("made", "held_by"), STACKED.values(), ids=STACKED)
def test_a_stack_of_its_own_makes_no_more_than_itself(
    scene: Scene, made: dict[str, Any], held_by: tuple[str, ...]
) -> None:
    def end(name: str) -> tuple[str, str]:
        stack_id, status = stacks.create(cfn(scene.vendor), name, stacks.template(Way=made))
        return status, stacks.reasons(cfn(scene.house.admin), stack_id, "CREATE_FAILED")

    number = list(STACKED.values()).index((made, held_by))
    scene.house.under(scene.house.wide_open())
    status, reason = end(f"{NAME}--denied{number}")
    assert status == "ROLLBACK_COMPLETE"
    assert "with an explicit deny in a permissions boundary" in reason

    scene.house.under(scene.house.wide_open(without=held_by))
    try:
        assert end(f"{NAME}--made{number}")[0] == "CREATE_COMPLETE"
    finally:
        scene.house.put_back()


@pytest.mark.parametrize("call", WORKLOAD_TRIES.values(), ids=WORKLOAD_TRIES)
def test_a_role_that_the_vendor_made_leads_nowhere(scene: Scene, workload: Actor, call: Call) -> None:
    answer = answer_to(call, workload, scene)
    assert answer.denied, answer
    assert "permissions boundary" in answer.message


def test_a_role_that_the_vendor_made_is_not_stopped_by_a_cut(scene: Scene, workload: Actor) -> None:
    """As docs/escapes.md says: the operator boundary caps the vendor's own role. Removal lists such roles."""
    cut = {"Sid": "Cut", "Effect": "Deny", "Action": "*", "Resource": "*"}
    scene.house.under({"Version": "2012-10-17", "Statement": [cut]})
    try:
        assert answer_to(NEEDED["ec2:DescribeVpcs"], scene.vendor, scene).denied
        assert answer_to(NEEDED["ec2:DescribeVpcs"], workload, scene) == Answer()
    finally:
        scene.house.put_back()


# Ways out that every preset closes. Their names are in the calls, so each installation has its own.
def _leave(house: House) -> dict[str, Callable[[], object]]:
    vendor = house.vendor("iam")
    return {
        "its boundary": lambda: vendor.delete_role_permissions_boundary(RoleName=house.role),
        "the boundary's text": lambda: vendor.create_policy_version(
            PolicyArn=house.operator_boundary, PolicyDocument=EVERYTHING, SetAsDefault=True
        ),
        "a role without a boundary": lambda: vendor.create_role(
            RoleName=f"{house.name}-bare", Path=house.path, AssumeRolePolicyDocument=trust(DEPLOYER)
        ),
        "a customer's role": lambda: house.vendor.assume(role_arn("acme-admin-role")),
        "its stack": lambda: cfn(house.vendor).delete_stack(StackName=f"{house.name}-access"),
    }


@pytest.mark.parametrize("preset", ["none", "vendor"])
def test_no_preset_is_without_protection(
    sandbox: SandboxInfo, houseguest: CommandLine, scene: Scene, preset: str
) -> None:
    place = ("--stack-region", REGION, "--region", REGION)
    house = House.open(sandbox, houseguest, f"popsql-{preset}", "--boundary", preset, *place)
    for way, call in _leave(house).items():
        answer = answer_to(call)
        assert answer.denied, (way, answer)
        assert "with an explicit deny in a permissions boundary" in answer.message, way
    reads = answer_to(lambda: s3(house.vendor).get_object(Bucket=seed.CUSTOMER_BUCKET, Key=seed.CUSTOMER_OBJECT))
    assert reads == Answer(), "these presets do not guard data"

    run = partial(house.vendor("glue", REGION).start_job_run, JobName="acme-nightly")
    stopped = answer_to(run)
    assert stopped.denied
    assert "permissions boundary" in stopped.message
    house.under(house.wide_open(without=["TightenServices"]))
    assert answer_to(run) == Answer()


# From here on escapes succeed, and change what is the customer's.


@pytest.mark.parametrize("escape", EVERY_ESCAPE)
def test_without_the_statement_it_works(scene: Scene, escape: Escape) -> None:
    scene.house.under(scene.house.wide_open(without=escape.held_by))
    try:
        answer = answer_to(escape.call, scene.vendor, scene)
    finally:
        scene.house.put_back()
    assert answer.code == escape.then, answer


@pytest.mark.parametrize("call", WORKLOAD_TRIES.values(), ids=WORKLOAD_TRIES)
def test_without_the_workload_boundary_its_role_gets_on(scene: Scene, workload: Actor, call: Call) -> None:
    iam(scene.house.admin).put_role_permissions_boundary(RoleName=f"{NAME}-agent", PermissionsBoundary=ADMINISTRATOR)
    answer = answer_to(call, workload, scene)
    assert not answer.denied, answer
