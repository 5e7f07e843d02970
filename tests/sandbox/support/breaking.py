"""Ways to break what the demo's checks guard, each put right again at the end of its block.

A break takes the scene that the checks look at and gives the one that they are to look at meanwhile: the same where the
account is changed, another where the program would have told something else.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx

from installer.sandbox import seed
from installer.sandbox.checks.boundary import default_document
from installer.sandbox.checks.check import check
from installer.sandbox.checks.customer import holdings
from installer.sandbox.checks.journey import Scene
from installer.sandbox.checks.vendor import says_it_is_shut_out
from installer.sandbox.checks.witness import INSTALLATION_TAG, INSTALLER, MADE_BY_TAG
from tests.sandbox.support.actors import DEPLOYER, VENDOR, allow, deny, document, trust
from tests.sandbox.support.stacks import settled

Break = Callable[[Scene], AbstractContextManager[Scene]]
ELSEWHERE = "us-west-2"
EVERYTHING = document(allow("*"))


def together(*breaks: Break) -> Break:
    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        with ExitStack() as stack:
            for one in breaks:
                scene = stack.enter_context(one(scene))
            yield scene

    return breaking


# What the program told


def told(**changes: Any) -> Break:
    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        installed = scene.installed
        yield replace(scene, installed=replace(installed, told={**installed.told, **changes}))

    return breaking


@contextmanager
def told_address_of_something_else(scene: Scene) -> Iterator[Scene]:
    with told(endpoint=f"{scene.witness.info.control_plane_url}/healthz")(scene) as changed:
        yield changed


# The trust


def trusting(change: Callable[[list[dict[str, Any]]], None]) -> Break:
    """`change` is given the statements of the trust policy."""

    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        iam, name = scene.witness.admin("iam"), scene.installed.role_name
        standing = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        changed = copy.deepcopy(standing)
        change(changed["Statement"])
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(changed))
        try:
            yield scene
        finally:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(standing))

    return breaking


def principal(named: Any) -> Break:
    return trusting(lambda statements: statements[0].update(Principal=named))


def condition(of_the_external_id: dict[str, Any]) -> Break:
    def change(statements: list[dict[str, Any]]) -> None:
        dates = {key: value for key, value in statements[0]["Condition"].items() if key.startswith("Date")}
        statements[0]["Condition"] = {**dates, **of_the_external_id}

    return trusting(change)


closed_trust = trusting(lambda statements: statements.append({**deny("sts:AssumeRole"), "Principal": {"AWS": "*"}}))


@contextmanager
def vendor_shut_out(scene: Scene) -> Iterator[Scene]:
    """And it has tried, so that it knows; as it knows afterwards that it is not any more."""
    with closed_trust(scene):
        _ask_vendor(scene)
        yield scene
    _ask_vendor(scene)


def _ask_vendor(scene: Scene) -> None:
    check("asked", lambda: says_it_is_shut_out(scene.witness, scene.installed))


# The operator boundary


@contextmanager
def detached(scene: Scene) -> Iterator[Scene]:
    iam, installed = scene.witness.admin("iam"), scene.installed
    iam.delete_role_permissions_boundary(RoleName=installed.role_name)
    try:
        yield scene
    finally:
        _attach(scene, installed.operator_boundary_arn)


@contextmanager
def another_boundary(scene: Scene) -> Iterator[Scene]:
    """A policy that says the same, but is not the one that access can be ended by."""
    iam = scene.witness.admin("iam")
    same = json.dumps(default_document(scene.witness, scene.installed.operator_boundary_arn))
    arn = iam.create_policy(PolicyName="look-alike", Path="/houseguest/", PolicyDocument=same)["Policy"]["Arn"]
    _attach(scene, arn)
    try:
        yield scene
    finally:
        _attach(scene, scene.installed.operator_boundary_arn)
        iam.delete_policy(PolicyArn=arn)


def _attach(scene: Scene, arn: str) -> None:
    scene.witness.admin("iam").put_role_permissions_boundary(
        RoleName=scene.installed.role_name, PermissionsBoundary=arn
    )


def boundary(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Break:
    """`change` makes new statements of the standing ones."""

    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        arn = scene.installed.operator_boundary_arn
        standing = default_document(scene.witness, arn)["Statement"]
        _replace_default_version(scene, arn, change(standing))
        try:
            yield scene
        finally:
            _replace_default_version(scene, arn, standing)

    return breaking


def _replace_default_version(scene: Scene, policy_arn: str, statements: list[dict[str, Any]]) -> None:
    """The one before is deleted: a policy has five at most."""
    iam, policy = scene.witness.admin("iam"), {"PolicyArn": policy_arn}
    before = iam.get_policy(**policy)["Policy"]["DefaultVersionId"]
    iam.create_policy_version(**policy, PolicyDocument=document(*statements), SetAsDefault=True)
    iam.delete_policy_version(**policy, VersionId=before)


def boundary_without(*words: str) -> Break:
    """Without the Deny statements in which one of these occurs; there must be some."""

    def change(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        left = [one for one in statements if one["Effect"] == "Allow" or not any(w in json.dumps(one) for w in words)]
        assert len(left) < len(statements)
        return left

    return boundary(change)


allow_everything = boundary(lambda statements: [allow("*")])
cut = boundary(lambda statements: [*statements, deny("*")])


@contextmanager
def power_over_iam(scene: Scene) -> Iterator[Scene]:
    """The role's own policies allow what else only its boundary would deny."""
    iam, role = scene.witness.admin("iam"), {"RoleName": scene.installed.role_name}
    iam.put_role_policy(**role, PolicyName="power-over-iam", PolicyDocument=document(allow("iam:*")))
    try:
        yield scene
    finally:
        iam.delete_role_policy(**role, PolicyName="power-over-iam")


# Workload roles


@contextmanager
def workload_role_unbounded(scene: Scene) -> Iterator[Scene]:
    iam, role = scene.witness.admin("iam"), {"RoleName": f"{scene.installed.name}-app"}
    iam.delete_role_permissions_boundary(**role)
    try:
        yield scene
    finally:
        iam.put_role_permissions_boundary(**role, PermissionsBoundary=scene.installed.workload_boundary_arn)


def role(name: str, path: str, trusted: dict[str, str], **more: Any) -> Break:
    """One more role."""

    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        iam = scene.witness.admin("iam")
        asked = {"sts:ExternalId": scene.witness.invitation.external_id} if "AWS" in trusted else {}
        document = trust(trusted, Condition={"StringEquals": asked}) if asked else trust(trusted)
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document, **more)
        try:
            yield scene
        finally:
            iam.delete_role(RoleName=name)

    return breaking


COMPUTERS = {"Service": "ec2.amazonaws.com"}
THE_VENDOR = {"AWS": DEPLOYER}
THE_VENDORS_ACCOUNT = {"AWS": f"arn:aws:iam::{VENDOR}:root"}


# Networks


def network(block: str, region: str, *, of: str = "") -> Break:
    """One more VPC, of the customer's or of the installation `of`."""

    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        ec2 = scene.witness.admin("ec2", region)
        tags = tag_list({INSTALLATION_TAG: of, MADE_BY_TAG: "release.example"}) if of else []
        specification = [{"ResourceType": "vpc", "Tags": tags}] if tags else []
        vpc = ec2.create_vpc(CidrBlock=block, TagSpecifications=specification)["Vpc"]["VpcId"]
        try:
            yield scene
        finally:
            ec2.delete_vpc(VpcId=vpc)

    return breaking


@contextmanager
def route_into_the_block(scene: Scene) -> Iterator[Scene]:
    ec2 = scene.witness.admin("ec2")
    tables = ec2.describe_route_tables()["RouteTables"]
    table, gateway = next(
        (table["RouteTableId"], route["GatewayId"])
        for table in tables
        for route in table["Routes"]
        if route.get("GatewayId", "").startswith("vgw-")
    )
    where = {"RouteTableId": table, "DestinationCidrBlock": scene.installed.cidr}
    ec2.create_route(**where, GatewayId=gateway)
    try:
        yield scene
    finally:
        ec2.delete_route(**where)


# The product


@contextmanager
def nodes_gone(scene: Scene) -> Iterator[Scene]:
    eks, name = scene.witness.admin("eks", scene.installed.region), scene.installed.name
    where = {"clusterName": name, "nodegroupName": f"{name}-nodes"}
    was = eks.describe_nodegroup(**where)["nodegroup"]
    eks.delete_nodegroup(**where)
    try:
        yield scene
    finally:
        eks.create_nodegroup(
            **where,
            **{key: was[key] for key in ("nodeRole", "subnets", "scalingConfig", "instanceTypes", "tags")},
        )


@contextmanager
def database_stopped(scene: Scene) -> Iterator[Scene]:
    rds = scene.witness.admin("rds", scene.installed.region)
    rds.stop_db_instance(DBInstanceIdentifier=scene.installed.name)
    try:
        yield scene
    finally:
        rds.start_db_instance(DBInstanceIdentifier=scene.installed.name)


@contextmanager
def bucket_gone(scene: Scene) -> Iterator[Scene]:
    installed = scene.installed
    s3 = scene.witness.admin("s3", installed.region)
    bucket = {"Bucket": f"{installed.name}--{installed.account_id}-{installed.region}"}
    tags = s3.get_bucket_tagging(**bucket)["TagSet"]
    for found in s3.list_objects_v2(**bucket).get("Contents", []):
        s3.delete_object(**bucket, Key=found["Key"])
    s3.delete_bucket(**bucket)
    try:
        yield scene
    finally:
        s3.create_bucket(**bucket, CreateBucketConfiguration={"LocationConstraint": installed.region})
        s3.put_bucket_tagging(**bucket, Tagging={"TagSet": tags})
        httpx.get(str(installed.told["health_url"]), trust_env=False).raise_for_status()


@contextmanager
def database_disowned(scene: Scene) -> Iterator[Scene]:
    """Nobody would find it by its tags."""
    rds, name = scene.witness.admin("rds", scene.installed.region), scene.installed.name
    database = {"ResourceName": rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceArn"]}
    rds.remove_tags_from_resource(**database, TagKeys=[INSTALLATION_TAG])
    try:
        yield scene
    finally:
        rds.add_tags_to_resource(**database, Tags=tag_list({INSTALLATION_TAG: name}))


# Stacks


def stack(name: str, region: str = "us-east-1", **tags: str) -> Break:
    """One more, with nothing that matters in it."""
    body = {"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"{name}-left"}}}}

    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        cloudformation = scene.witness.admin("cloudformation", region)
        made = cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body), Tags=tag_list(tags))
        settled(cloudformation, made["StackId"])
        try:
            yield scene
        finally:
            cloudformation.delete_stack(StackName=made["StackId"])
            settled(cloudformation, made["StackId"])

    return breaking


@contextmanager
def stack_untagged(scene: Scene) -> Iterator[Scene]:
    name = scene.installed.access_stack
    cloudformation = scene.witness.admin("cloudformation")
    tags = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Tags"]
    _update_tags(cloudformation, name, [tag for tag in tags if tag["Key"] != "houseguest:invitation"])
    try:
        yield scene
    finally:
        _update_tags(cloudformation, name, tags)


def _update_tags(cloudformation: Any, name: str, tags: list[dict[str, str]]) -> None:
    cloudformation.update_stack(
        StackName=name, UsePreviousTemplate=True, Tags=tags, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    settled(cloudformation, name)


# The workstation


def written(text: str) -> Break:
    """A file in the program's home. `{…}` stand for secrets that the program was given."""

    @contextmanager
    def breaking(scene: Scene) -> Iterator[Scene]:
        witness, file = scene.witness, scene.home / "debug.log"
        secrets = {
            "invitation": witness.invitation_token,
            "admin_secret": witness.admin.keys.secret_access_key,
            "admin_key_id": witness.admin.keys.access_key_id,
            "vendor_token": witness.vendor.keys.session_token,
        }
        file.write_text(text.format_map(secrets))
        try:
            yield scene
        finally:
            file.unlink()

    return breaking


@contextmanager
def wrong_home(scene: Scene) -> Iterator[Scene]:
    empty = scene.home / "empty"
    empty.mkdir()
    try:
        yield replace(scene, home=empty)
    finally:
        empty.rmdir()


# The customer


@contextmanager
def file_changed(scene: Scene) -> Iterator[Scene]:
    s3 = scene.witness.admin("s3", scene.installed.region)
    place = {"Bucket": seed.CUSTOMER_BUCKET, "Key": seed.CUSTOMER_OBJECT}
    was = s3.get_object(**place)["Body"].read()
    s3.put_object(**place, Body=was + b"2,0.00\n")
    try:
        yield scene
    finally:
        s3.put_object(**place, Body=was)


@contextmanager
def user_empowered(scene: Scene) -> Iterator[Scene]:
    iam = scene.witness.admin("iam")
    given = {"UserName": "bob", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    iam.attach_user_policy(**given)
    try:
        yield scene
    finally:
        iam.detach_user_policy(**given)


@contextmanager
def database_resized(scene: Scene) -> Iterator[Scene]:
    rds = scene.witness.admin("rds")
    rds.modify_db_instance(
        DBInstanceIdentifier="acme-orders", DBInstanceClass="db.t4g.large", ApplyImmediately=True
    )  # fmt: skip
    try:
        yield scene
    finally:
        rds.modify_db_instance(
            DBInstanceIdentifier="acme-orders", DBInstanceClass="db.t4g.medium", ApplyImmediately=True
        )


@contextmanager
def network_deleted(scene: Scene) -> Iterator[Scene]:
    """It was there when the snapshot was taken."""
    ec2 = scene.witness.admin("ec2", ELSEWHERE)
    vpc = ec2.create_vpc(CidrBlock="10.66.0.0/16")["Vpc"]["VpcId"]
    before = holdings(scene.witness)
    ec2.delete_vpc(VpcId=vpc)
    yield replace(scene, before=before)


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


OURS = {MADE_BY_TAG: INSTALLER}
