"""Every way out that we know, as the call that the vendor would make.

The sentences are those of the design: what the layer Protect denies, and what the guarded preset adds.
"""

from __future__ import annotations

from dataclasses import dataclass

from installer.sandbox import seed
from tests.sandbox.support import stacks
from tests.sandbox.support.acme import ADMINISTRATOR, REGION, code, note, role_arn, saml_metadata, states
from tests.sandbox.support.actors import DEPLOYER, VENDOR, allow, document, trust
from tests.sandbox.support.scene import (
    ELSEWHERE,
    EVERYTHING,
    NAME,
    OWN_TAG,
    Call,
    Scene,
    builds,
    cfn,
    create_role,
    ec2,
    eks,
    functions,
    iam,
    kms,
    logs,
    machines,
    rds,
    s3,
    secrets,
    ssm,
    trails,
)

TWELVE_HOURS = 43200
# ministack's answer to an action that it lacks. AWS, and the sandbox, look at permissions before that.
UNKNOWN = "InvalidAction"


@dataclass(frozen=True)
class Escape:
    """`held_by` are all statements that deny it. `then` is the error that follows where nothing denies it any more."""

    way: str
    call: Call
    held_by: tuple[str, ...]
    then: str = ""


def held(*sids: str) -> tuple[str, ...]:
    return tuple(f"Protect{sid}" for sid in sids)


def guarded(*sids: str) -> tuple[str, ...]:
    return tuple(f"Tighten{sid}" for sid in sids)


IDENTITY, NEVER = held("Identity"), held("Always")


def standing_version(scene: Scene) -> str:
    """The id of a version of the operator boundary that is not in force."""
    house = scene.house
    versions = house.admin("iam").list_policy_versions(PolicyArn=house.operator_boundary)["Versions"]
    idle = [version["VersionId"] for version in versions if not version["IsDefaultVersion"]]
    if idle:
        return str(idle[0])
    made = house.admin("iam").create_policy_version(PolicyArn=house.operator_boundary, PolicyDocument=EVERYTHING)
    return str(made["PolicyVersion"]["VersionId"])


ESCAPES: dict[str, list[Escape]] = {
    "the boundary of its own role, of other roles and of users stays": [
        Escape(
            "takes the boundary off its own role",
            lambda v, s: iam(v).delete_role_permissions_boundary(RoleName=s.house.role),
            held("Identity", "Always"),
        ),
        Escape(
            "puts another boundary on its own role",
            lambda v, s: iam(v).put_role_permissions_boundary(RoleName=s.house.role, PermissionsBoundary=ADMINISTRATOR),
            held("Identity", "Always"),
        ),
        Escape(
            "takes the boundary off a role that it made",
            lambda v, s: iam(v).delete_role_permissions_boundary(RoleName=f"{NAME}-node"),
            NEVER,
        ),
        Escape(
            "swaps the boundary of a role that it made",
            lambda v, s: iam(v).put_role_permissions_boundary(
                RoleName=f"{NAME}-node", PermissionsBoundary=ADMINISTRATOR
            ),
            NEVER,
        ),
        Escape(
            "puts a boundary on a customer's role",
            lambda v, s: iam(v).put_role_permissions_boundary(
                RoleName="acme-lambda", PermissionsBoundary=ADMINISTRATOR
            ),
            held("Identity", "Always"),
        ),
        Escape(
            "puts a boundary on a user",
            lambda v, s: iam(v).put_user_permissions_boundary(UserName="alice", PermissionsBoundary=ADMINISTRATOR),
            held("Identity", "Always"),
        ),
        Escape(
            "takes the boundary off a user",
            lambda v, s: iam(v).delete_user_permissions_boundary(UserName="alice"),
            held("Identity", "Always"),
        ),
    ],
    "the boundaries say what they say": [
        Escape(
            "writes a new version of the operator boundary",
            lambda v, s: iam(v).create_policy_version(
                PolicyArn=s.house.operator_boundary, PolicyDocument=EVERYTHING, SetAsDefault=True
            ),
            IDENTITY,
        ),
        Escape(
            "writes a new version of the workload boundary",
            lambda v, s: iam(v).create_policy_version(
                PolicyArn=s.house.workload_boundary, PolicyDocument=EVERYTHING, SetAsDefault=True
            ),
            IDENTITY,
        ),
        Escape(
            "sets an older version of the operator boundary",
            lambda v, s: iam(v).set_default_policy_version(
                PolicyArn=s.house.operator_boundary, VersionId=standing_version(s)
            ),
            IDENTITY,
            then=UNKNOWN,
        ),
        Escape(
            "deletes a version of the operator boundary",
            lambda v, s: iam(v).delete_policy_version(
                PolicyArn=s.house.operator_boundary, VersionId=standing_version(s)
            ),
            IDENTITY,
        ),
        Escape(
            "deletes the operator boundary",
            lambda v, s: iam(v).delete_policy(PolicyArn=s.house.operator_boundary),
            IDENTITY,
            then="DeleteConflict",
        ),
        Escape(
            "deletes the workload boundary",
            lambda v, s: iam(v).delete_policy(PolicyArn=s.house.workload_boundary),
            IDENTITY,
            then="DeleteConflict",
        ),
    ],
    "its own role stays as it is": [
        Escape(
            "opens the trust of its own role",
            lambda v, s: iam(v).update_assume_role_policy(RoleName=s.house.role, PolicyDocument=trust(DEPLOYER)),
            IDENTITY,
        ),
        Escape(
            "raises its own session to 12 hours",
            lambda v, s: iam(v).update_role(RoleName=s.house.role, MaxSessionDuration=TWELVE_HOURS),
            IDENTITY,
        ),
        Escape(
            "attaches a policy to itself",
            lambda v, s: iam(v).attach_role_policy(RoleName=s.house.role, PolicyArn=ADMINISTRATOR),
            IDENTITY,
        ),
        Escape(
            "writes a policy into itself",
            lambda v, s: iam(v).put_role_policy(RoleName=s.house.role, PolicyName="more", PolicyDocument=EVERYTHING),
            IDENTITY,
        ),
    ],
    "the trust of every role outside its path stays": [
        Escape(
            "lets itself into a customer's role",
            lambda v, s: iam(v).update_assume_role_policy(RoleName="acme-lambda", PolicyDocument=trust(DEPLOYER)),
            IDENTITY,
        ),
        Escape(
            "writes a policy into a customer's role",
            lambda v, s: iam(v).put_role_policy(RoleName="acme-eks", PolicyName="more", PolicyDocument=EVERYTHING),
            IDENTITY,
        ),
    ],
    "a role is made only under the workload boundary, and only in its path": [
        Escape(
            "makes a role without a boundary",
            lambda v, s: create_role(v, f"{NAME}-bare", s.house.path),
            held("NewRoles"),
        ),
        Escape(
            "makes a role under its own boundary",
            lambda v, s: create_role(v, f"{NAME}-twin", s.house.path, PermissionsBoundary=s.house.operator_boundary),
            held("NewRoles"),
        ),
        Escape(
            "makes a role under a boundary that allows everything",
            lambda v, s: create_role(v, f"{NAME}-free", s.house.path, PermissionsBoundary=ADMINISTRATOR),
            held("NewRoles"),
        ),
        Escape(
            "makes a role outside its path",
            lambda v, s: create_role(v, f"{NAME}-out", "/", PermissionsBoundary=s.house.workload_boundary),
            IDENTITY,
        ),
        Escape(
            "makes a role next to its own",
            lambda v, s: create_role(v, f"{NAME}-next", "/release/", PermissionsBoundary=s.house.workload_boundary),
            IDENTITY,
        ),
        Escape(
            "makes a role in the path of another installation",
            lambda v, s: create_role(
                v, f"{NAME}-2-out", f"/release/{NAME}-2/", PermissionsBoundary=s.house.workload_boundary
            ),
            IDENTITY,
        ),
    ],
    "roles are passed only from its path, and only to named services": [
        Escape(
            "starts a machine with a customer's role",
            lambda v, s: ec2(v).run_instances(
                ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "acme-batch"}
            ),
            IDENTITY,
        ),
        Escape(
            "starts a cluster with a customer's role",
            lambda v, s: eks(v).create_cluster(
                name=f"{NAME}-2", roleArn=role_arn("acme-eks"), resourcesVpcConfig={"subnetIds": ["subnet-1"]}
            ),
            IDENTITY,
        ),
        Escape(
            "makes a function with a customer's role",
            lambda v, s: functions(v).create_function(
                FunctionName=f"{NAME}--f",
                Runtime="python3.12",
                Handler="index.handler",
                Role=role_arn("acme-lambda"),
                Code={"ZipFile": code()},
            ),
            held("Identity", "PassRole"),
        ),
        Escape(
            "makes a function with a role that it made",
            lambda v, s: functions(v).create_function(
                FunctionName=f"{NAME}--g",
                Runtime="python3.12",
                Handler="index.handler",
                Role=role_arn(f"{NAME}-app", s.house.path),
                Code={"ZipFile": code()},
            ),
            held("PassRole"),
        ),
        Escape(
            "makes a stack with a customer's role",
            lambda v, s: cfn(v).create_stack(
                StackName=f"{NAME}--a",
                TemplateBody=note("/popsql/a", "a"),
                RoleARN=role_arn("acme-cloudformation"),
            ),
            held("Identity", "PassRole"),
        ),
        Escape(
            "makes a build with a customer's role",
            lambda v, s: builds(v).create_project(
                name=f"{NAME}--b",
                source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
                artifacts={"type": "NO_ARTIFACTS"},
                environment={"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"},
                serviceRole=role_arn("acme-build"),
            ),
            held("Identity", "PassRole"),
        ),
    ],
    "no other role is assumed": [
        Escape(
            "assumes a customer's role that trusts the account",
            lambda v, s: v.assume(role_arn("acme-admin-role")),
            NEVER,
        ),
        Escape(
            "assumes a role that it made",
            lambda v, s: v.assume(role_arn(f"{NAME}-loose", s.house.path)),
            NEVER,
        ),
    ],
    "no identity is made that stays": [
        Escape("makes a user", lambda v, s: iam(v).create_user(UserName="mallory"), IDENTITY),
        Escape(
            "makes a user in its path", lambda v, s: iam(v).create_user(UserName="eve", Path=s.house.path), IDENTITY
        ),
        Escape("makes an access key", lambda v, s: iam(v).create_access_key(UserName="bob"), IDENTITY),
        Escape(
            "makes a console password",
            lambda v, s: iam(v).create_login_profile(UserName="bob", Password="Correct-horse-1"),
            IDENTITY,
        ),
        Escape(
            "puts a user among the administrators",
            lambda v, s: iam(v).add_user_to_group(UserName="bob", GroupName="acme-admins"),
            IDENTITY,
        ),
        Escape(
            "attaches a policy to a user",
            lambda v, s: iam(v).attach_user_policy(UserName="bob", PolicyArn=ADMINISTRATOR),
            IDENTITY,
        ),
        Escape(
            "makes an OIDC provider",
            lambda v, s: iam(v).create_open_id_connect_provider(Url="https://evil.example/oidc", ClientIDList=["x"]),
            IDENTITY,
        ),
        Escape(
            "adds itself to a customer's OIDC provider",
            lambda v, s: iam(v).add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=f"arn:aws:iam::{s.house.account}:oidc-provider/acme.example/oidc",
                ClientID="evil",
            ),
            IDENTITY,
            then=UNKNOWN,
        ),
        Escape(
            "makes a SAML provider",
            lambda v, s: iam(v).create_saml_provider(Name="evil", SAMLMetadataDocument=saml_metadata("evil")),
            IDENTITY,
        ),
        Escape(
            "takes over a customer's SAML provider",
            lambda v, s: iam(v).update_saml_provider(
                SAMLProviderArn=f"arn:aws:iam::{s.house.account}:saml-provider/acme-people",
                SAMLMetadataDocument=saml_metadata("evil"),
            ),
            IDENTITY,
        ),
    ],
    "stacks that are not its own stay as they are": [
        Escape(
            "updates the access stack",
            lambda v, s: cfn(v).update_stack(
                StackName=f"{NAME}-access", UsePreviousTemplate=True, Capabilities=stacks.CAPABILITIES
            ),
            held("Stacks"),
            then="ValidationError",
        ),
        Escape(
            "deletes the access stack",
            lambda v, s: cfn(v).delete_stack(StackName=f"{NAME}-access"),
            held("Stacks"),
            then="ValidationError",
        ),
        Escape(
            "updates the stack of its role",
            lambda v, s: cfn(v).update_stack(
                StackName=f"{NAME}-role", UsePreviousTemplate=True, Capabilities=stacks.CAPABILITIES
            ),
            held("Stacks"),
            then="ValidationError",
        ),
        Escape(
            "deletes the stack of its role",
            lambda v, s: cfn(v).delete_stack(StackName=f"{NAME}-role"),
            held("Stacks"),
            then="ValidationError",
        ),
        Escape(
            "lifts the termination protection of the access stack",
            lambda v, s: cfn(v).update_termination_protection(
                StackName=f"{NAME}-access", EnableTerminationProtection=False
            ),
            held("Stacks"),
        ),
        Escape(
            "acts through a customer's stack with a service role",
            lambda v, s: cfn(v).update_stack(StackName="acme-network", TemplateBody=note("/acme/note", "two")),
            held("Stacks"),
        ),
        Escape(
            "acts through a change set of a customer's stack",
            lambda v, s: cfn(v).create_change_set(
                StackName="acme-network", ChangeSetName="evil", TemplateBody=note("/acme/note", "three")
            ),
            held("Stacks"),
        ),
        Escape(
            "makes a stack that is named as if it were the customer's",
            lambda v, s: cfn(v).create_stack(StackName="acme-new", TemplateBody=note("/acme/new", "x")),
            held("Stacks"),
        ),
        Escape(
            "makes a stack set",
            lambda v, s: cfn(v).create_stack_set(StackSetName=f"{NAME}--set", TemplateBody=note("/popsql/s", "s")),
            held("Stacks"),
            then=UNKNOWN,
        ),
    ],
    "no code into what it did not make": [
        Escape(
            "puts code into a customer's function",
            lambda v, s: functions(v).update_function_code(FunctionName="acme-payroll", ZipFile=code()),
            held("Code"),
        ),
        Escape(
            "changes the handler of a customer's function",
            lambda v, s: functions(v).update_function_configuration(FunctionName="acme-payroll", Handler="evil.run"),
            held("Code"),
        ),
        Escape(
            "starts a customer's build with commands of its own",
            lambda v, s: builds(v).start_build(projectName="acme-build", buildspecOverride="version: 0.2"),
            held("Code"),
        ),
        Escape(
            "changes a customer's build",
            lambda v, s: builds(v).update_project(
                name="acme-build", source={"type": "NO_SOURCE", "buildspec": "version: 0.2"}
            ),
            held("Code"),
        ),
        Escape(
            "changes a customer's state machine",
            lambda v, s: machines(v).update_state_machine(
                stateMachineArn=f"arn:aws:states:{REGION}:{s.house.account}:stateMachine:acme-nightly",
                definition=states("Evil"),
            ),
            held("Code"),
        ),
        Escape(
            "runs a command on a customer's machine",
            lambda v, s: ssm(v).send_command(
                InstanceIds=[s.acme.instance_id],
                DocumentName="AWS-RunShellScript",
                Parameters={"commands": ["id"]},
            ),
            held("Instances"),
            then="InvalidInstanceId",
        ),
        Escape(
            "opens a session on a customer's machine",
            lambda v, s: ssm(v).start_session(Target=s.acme.instance_id),
            held("Instances"),
            then=UNKNOWN,
        ),
        Escape(
            "changes what a customer's machine runs at its start",
            lambda v, s: ec2(v).modify_instance_attribute(
                InstanceId=s.acme.instance_id, UserData={"Value": b"#!/bin/sh\nid"}
            ),
            held("Instances"),
            then=UNKNOWN,
        ),
        Escape(
            "replaces the disk that a customer's machine starts from",
            lambda v, s: ec2(v).create_replace_root_volume_task(InstanceId=s.acme.instance_id, ImageId="ami-12345678"),
            held("Instances"),
            then=UNKNOWN,
        ),
        Escape(
            "changes what the next machine of a customer's group runs",
            lambda v, s: ec2(v).create_launch_template_version(
                LaunchTemplateId=s.acme.launch_template_id,
                SourceVersion="1",
                LaunchTemplateData={"UserData": "IyEvYmluL3NoCmlkCg=="},
            ),
            held("Instances"),
        ),
        Escape(
            "sets the version that a customer's group starts from",
            lambda v, s: ec2(v).modify_launch_template(LaunchTemplateId=s.acme.launch_template_id, DefaultVersion="1"),
            held("Instances"),
        ),
        Escape(
            "declares a customer's machine to be its own",
            lambda v, s: ec2(v).create_tags(Resources=[s.acme.instance_id], Tags=[OWN_TAG]),
            held("Tags"),
        ),
        Escape(
            "takes the tags off a customer's machine",
            lambda v, s: ec2(v).delete_tags(Resources=[s.acme.instance_id], Tags=[{"Key": "Name"}]),
            held("Tags"),
        ),
    ],
    "clusters of others stay closed": [
        Escape(
            "lets itself into a customer's cluster",
            lambda v, s: eks(v).create_access_entry(
                clusterName="acme-apps", principalArn=role_arn(s.house.role, "/release/")
            ),
            held("Clusters"),
        ),
        Escape(
            "makes itself an administrator of a customer's cluster",
            lambda v, s: eks(v).associate_access_policy(
                clusterName="acme-apps",
                principalArn=role_arn("acme-admin-role"),
                policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                accessScope={"type": "cluster"},
            ),
            held("Clusters"),
        ),
        Escape(
            "gives a role to the pods of a customer's cluster",
            lambda v, s: eks(v).create_pod_identity_association(
                clusterName="acme-apps",
                namespace="x",
                serviceAccount="x",
                roleArn=role_arn(f"{NAME}-app", s.house.path),
            ),
            held("Clusters"),
        ),
        Escape(
            "puts a machine of its own into a customer's cluster",
            lambda v, s: eks(v).create_nodegroup(
                clusterName="acme-apps",
                nodegroupName="evil",
                subnets=[s.acme.subnet_id],
                nodeRole=role_arn(f"{NAME}-node", s.house.path),
            ),
            held("Clusters"),
        ),
        Escape(
            "puts an add-on into a customer's cluster",
            lambda v, s: eks(v).create_addon(clusterName="acme-apps", addonName="adot"),
            held("Clusters"),
        ),
        Escape(
            "changes how a customer's cluster is reached",
            lambda v, s: eks(v).update_cluster_config(
                name="acme-apps", resourcesVpcConfig={"endpointPublicAccess": True}
            ),
            held("Clusters"),
            then="InvalidRequestException",
        ),
    ],
    "the record of what was done goes on": [
        Escape("stops a trail", lambda v, s: trails(v).stop_logging(Name="acme-trail"), NEVER),
        Escape(
            "narrows a trail",
            lambda v, s: trails(v).put_event_selectors(
                TrailName="acme-trail", EventSelectors=[{"ReadWriteType": "ReadOnly"}]
            ),
            NEVER,
        ),
        Escape(
            "leads a trail elsewhere",
            lambda v, s: trails(v).update_trail(Name="acme-trail", IsMultiRegionTrail=False),
            NEVER,
        ),
        Escape("deletes a trail", lambda v, s: trails(v).delete_trail(Name="acme-trail"), NEVER),
    ],
    "no grant of a key outlives the role": [
        Escape(
            "lets its own account use a customer's key",
            lambda v, s: kms(v).create_grant(
                KeyId=s.acme.key_id, GranteePrincipal=DEPLOYER, Operations=["Decrypt", "CreateGrant"]
            ),
            held("Grants"),
        ),
    ],
    "the account stays in its organisation": [
        Escape(
            "leaves the organisation",
            lambda v, s: v("organizations").leave_organization(),
            (*NEVER, "Region0"),
            then=UNKNOWN,
        ),
        Escape(
            "makes an organisation",
            lambda v, s: v("organizations").create_organization(),
            (*NEVER, "Region0"),
            then=UNKNOWN,
        ),
    ],
    "guarded: data that it did not make is out of reach": [
        Escape(
            "reads a customer's file",
            lambda v, s: s3(v).get_object(Bucket=seed.CUSTOMER_BUCKET, Key=seed.CUSTOMER_OBJECT),
            guarded("Data"),
        ),
        Escape(
            "opens a customer's bucket to itself",
            lambda v, s: s3(v).put_bucket_policy(
                Bucket=seed.CUSTOMER_BUCKET,
                Policy=document(
                    allow("s3:*", resource=f"arn:aws:s3:::{seed.CUSTOMER_BUCKET}/*", Principal={"AWS": DEPLOYER})
                ),
            ),
            guarded("Data"),
        ),
        Escape(
            "reads a customer's secret",
            lambda v, s: secrets(v).get_secret_value(SecretId="acme/orders"),
            guarded("Data"),
        ),
        Escape(
            "copies a customer's database",
            lambda v, s: rds(v).create_db_snapshot(
                DBInstanceIdentifier="acme-invoices", DBSnapshotIdentifier=f"{NAME}-copy"
            ),
            guarded("Data"),
        ),
        Escape(
            "makes a customer's database its own by a replica",
            lambda v, s: rds(v).create_db_instance_read_replica(
                DBInstanceIdentifier=f"{NAME}-replica", SourceDBInstanceIdentifier="acme-invoices"
            ),
            guarded("Data"),
        ),
        Escape(
            "changes the password of a customer's database",
            lambda v, s: rds(v).modify_db_instance(
                DBInstanceIdentifier="acme-invoices", MasterUserPassword="Correct-horse-1"
            ),
            guarded("Data"),
        ),
        Escape(
            "deletes a customer's database",
            lambda v, s: rds(v).delete_db_instance(DBInstanceIdentifier="acme-invoices", SkipFinalSnapshot=True),
            guarded("Data"),
        ),
        Escape(
            "copies a customer's disk",
            lambda v, s: ec2(v).create_snapshot(VolumeId=s.acme.volume_id),
            guarded("Machines"),
        ),
        Escape(
            "shares a customer's snapshot with its own account",
            lambda v, s: ec2(v).modify_snapshot_attribute(
                SnapshotId=s.acme.snapshot_id,
                Attribute="createVolumePermission",
                OperationType="add",
                UserIds=[VENDOR],
            ),
            guarded("Disks"),
        ),
        Escape(
            "makes a disk from a customer's snapshot",
            lambda v, s: ec2(v).create_volume(
                SnapshotId=s.acme.snapshot_id, AvailabilityZone=f"{REGION}a", VolumeType="gp3"
            ),
            guarded("Disks"),
        ),
        Escape(
            "starts a machine with a customer's snapshot as a disk",
            lambda v, s: ec2(v).run_instances(
                ImageId="ami-12345678",
                MinCount=1,
                MaxCount=1,
                BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": s.acme.snapshot_id}}],
            ),
            guarded("Disks"),
        ),
        Escape(
            "ends a customer's machine",
            lambda v, s: ec2(v).terminate_instances(InstanceIds=[s.acme.instance_id]),
            guarded("Machines"),
        ),
        Escape(
            "reads a customer's logs",
            lambda v, s: logs(v).filter_log_events(logGroupName="/acme/app"),
            guarded("Data"),
        ),
        Escape(
            "deletes a customer's logs",
            lambda v, s: logs(v).delete_log_group(logGroupName="/acme/app"),
            guarded("Data"),
        ),
    ],
    "guarded: other regions are closed": [
        Escape("looks around elsewhere", lambda v, s: v("ec2", ELSEWHERE).describe_vpcs(), ("Region0",)),
        Escape("builds elsewhere", lambda v, s: v("ec2", ELSEWHERE).create_vpc(CidrBlock="10.9.0.0/16"), ("Region0",)),
    ],
}
