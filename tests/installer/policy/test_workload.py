"""The workload boundary: a role of the product that was made an administrator works, and leads nowhere."""

import pytest

from installer.policy.document import MANAGED_POLICY_CHARACTERS
from installer.policy.presets import Preset, workloads
from installer.policy.workload import workload_boundary
from tests.support.role_template import managed_policy
from tests.support.signed_in import ACCOUNT_ID, LONGEST_NAME, NAME, names
from tests.support.slow_evaluator import ALLOWED, EXPLICIT_DENY, Request, decide

NAMES = names()
ADMINISTRATOR = [managed_policy("AdministratorAccess")]
BOUNDARY = workload_boundary(NAMES).to_object()
REGION = "eu-west-1"
TAG = "aws:ResourceTag/houseguest:installation"
CLUSTER_TAG = "aws:ResourceTag/kubernetes.io/cluster/popsql"


def iam(resource: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:{resource}"


def regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


APP = iam("role/release/popsql/popsql-app")
ACCESS_STACK = regional("cloudformation", "stack/popsql-access/5f0c")
THEIR_CLUSTER = regional("eks", "cluster/payroll")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        # IAM
        *((f"iam:{verb}", APP) for verb in ("CreateRole", "AttachRolePolicy", "PassRole", "UpdateRole")),
        *((f"iam:{verb}RolePermissionsBoundary", APP) for verb in ("Put", "Delete")),
        ("iam:UpdateAssumeRolePolicy", NAMES.operator_role_arn),
        ("iam:CreatePolicyVersion", NAMES.workload_boundary_arn),
        ("iam:SetDefaultPolicyVersion", NAMES.operator_boundary_arn),
        ("iam:CreateAccessKey", iam("user/alice")),
        ("iam:AddRoleToInstanceProfile", iam("instance-profile/release/popsql/popsql-node")),
        # Another identity
        ("sts:AssumeRole", iam("role/admin")),
        ("sts:AssumeRole", APP),
        ("sts:AssumeRole", "arn:aws:iam::111111111111:role/release-deploy"),
        ("sts:AssumeRoot", "arn:aws:iam::333333333333:root"),
        ("rolesanywhere:CreateProfile", "*"),
        ("sso:CreateAccountAssignment", "*"),
        ("sso-directory:CreateUser", "*"),
        ("identitystore:CreateUser", "*"),
        ("eks:CreateAccessEntry", THEIR_CLUSTER),
        ("eks:AssociateAccessPolicy", regional("eks", "access-entry/payroll/role/1/x/1")),
        ("eks:CreatePodIdentityAssociation", THEIR_CLUSTER),
        ("eks:UpdateClusterConfig", THEIR_CLUSTER),
        *((f"eks:{verb}", THEIR_CLUSTER) for verb in ("CreateNodegroup", "CreateFargateProfile", "CreateAddon")),
        # Stacks
        *((f"cloudformation:{verb}Stack", ACCESS_STACK) for verb in ("Create", "Update", "Delete")),
        ("cloudformation:ExecuteChangeSet", ACCESS_STACK),
        ("cloudformation:RollbackStack", ACCESS_STACK),
        ("cloudformation:SetStackPolicy", ACCESS_STACK),
        ("cloudformation:ContinueUpdateRollback", regional("cloudformation", "stack/payroll/5f0c")),
        # The record
        ("cloudtrail:StopLogging", regional("cloudtrail", "trail/organization")),
        ("cloudtrail:DeleteTrail", regional("cloudtrail", "trail/organization")),
        ("cloudtrail:PutEventSelectors", regional("cloudtrail", "trail/organization")),
        ("cloudtrail:UpdateTrail", regional("cloudtrail", "trail/organization")),
        # What runs with an identity of its own
        ("lambda:UpdateFunctionCode", regional("lambda", "function:payroll")),
        ("batch:SubmitJob", regional("batch", "job-queue/payroll")),
        ("codedeploy:CreateDeployment", regional("codedeploy", "deploymentgroup:payroll/all")),
        ("codebuild:StartBuild", regional("codebuild", "project/payroll")),
        ("codebuild:UpdateProject", regional("codebuild", "project/payroll")),
        ("states:UpdateStateMachine", regional("states", "stateMachine:payroll")),
        ("glue:UpdateJob", regional("glue", "job/payroll")),
        ("ssm:SendCommand", regional("ec2", "instance/i-0bad")),
        ("ssm:StartSession", regional("ecs", "task/payroll/0bad")),
        ("ssm:StartSession", regional("ssm", "managed-instance/mi-0bad")),
        ("ecs:ExecuteCommand", regional("ecs", "task/payroll/0bad")),
        ("ec2-instance-connect:SendSSHPublicKey", regional("ec2", "instance/i-0bad")),
        ("ssm:UpdateAssociation", regional("ssm", "association/5f0c")),
        ("ssm:UpdateMaintenanceWindowTask", regional("ssm", "maintenancewindow/mw-1")),
        # What would make it look like the vendor's
        ("ssm:AddTagsToResource", regional("ssm", "managed-instance/mi-0bad")),
        ("ecs:TagResource", regional("ecs", "task/payroll/0bad")),
        ("ec2:DeleteTags", regional("ec2", "instance/i-0bad")),
        ("ec2:CreateTags", regional("ec2", "volume/vol-0bad")),
        ("ssm:CreateAssociation", regional("ssm", "document/AWS-RunShellScript")),
        ("ssm:UpdateDocument", regional("ssm", "document/payroll-nightly")),
        ("ssm:RegisterTaskWithMaintenanceWindow", regional("ssm", "maintenancewindow/mw-1")),
        ("ec2:ModifyInstanceAttribute", regional("ec2", "instance/i-0bad")),
        ("ec2:CreateTags", regional("ec2", "instance/i-0bad")),
        ("ec2:CreateReplaceRootVolumeTask", regional("ec2", "instance/i-0bad")),
        ("ec2:CreateLaunchTemplateVersion", regional("ec2", "launch-template/lt-0bad")),
    ],
)  # fmt: skip
def test_an_administrator_leads_nowhere(action: str, resource: str) -> None:
    """Denied outright, so that no resource policy can give it back."""
    asked = Request(action, resource)
    assert decide(ADMINISTRATOR, None, asked) == ALLOWED
    assert decide(ADMINISTRATOR, BOUNDARY, asked) == EXPLICIT_DENY


@pytest.mark.parametrize(
    "action", ["iam:CreateAccountAlias", "organizations:LeaveOrganization", "account:CloseAccount"]
)
def test_what_has_no_resource_policy_is_simply_not_allowed(action: str) -> None:
    assert decide(ADMINISTRATOR, BOUNDARY, Request(action)) != ALLOWED


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", "arn:aws:s3:::popsql--data/a"),
        ("s3:GetObject", "arn:aws:s3:::popsql--data/a"),
        ("secretsmanager:GetSecretValue", regional("secretsmanager", "secret:popsql/app-AbCdEf")),
        ("rds:DescribeDBInstances", regional("rds", "db:popsql")),
        ("rds-db:connect", regional("rds-db", "dbuser:db-1/app")),
        ("logs:CreateLogStream", regional("logs", "log-group:popsql-app")),
        ("logs:PutLogEvents", regional("logs", "log-group:popsql-app:log-stream:1")),
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", regional("ecr", "repository/app")),
        ("eks:DescribeCluster", regional("eks", "cluster/popsql")),
        ("eks-auth:AssumeRoleForPodIdentity", regional("eks", "cluster/popsql")),
        ("ec2:CreateNetworkInterface", regional("ec2", "subnet/subnet-0a")),
        ("ec2:CreateTags", regional("ec2", "network-interface/eni-0a")),
        ("elasticloadbalancing:RegisterTargets", regional("elasticloadbalancing", "targetgroup/app/1")),
        ("autoscaling:SetDesiredCapacity", "*"),
        ("kms:Decrypt", regional("kms", "key/1")),
        ("ssm:UpdateInstanceInformation", "*"),
        ("ssm:UpdateInstanceAssociationStatus", "*"),
        ("iam:CreateServiceLinkedRole", iam("role/aws-service-role/elasticloadbalancing.amazonaws.com/x")),
        ("iam:ListAttachedRolePolicies", APP),
        ("sts:GetCallerIdentity", "*"),
    ],
)
def test_a_role_of_the_product_can_work(action: str, resource: str) -> None:
    assert decide(ADMINISTRATOR, BOUNDARY, Request(action, resource)) == ALLOWED


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("ssm:SendCommand", regional("ec2", "instance/i-0a"), {TAG: NAME}),
        ("lambda:UpdateFunctionCode", regional("lambda", "function:popsql--api"), {}),
        ("codebuild:StartBuild", regional("codebuild", "project/popsql--images"), {}),
        ("states:UpdateStateMachine", regional("states", "stateMachine:popsql--nightly"), {}),
        ("ec2:CreateTags", regional("ec2", "volume/vol-0a"), {"ec2:CreateAction": "CreateVolume"}),
    ],
)
def test_its_own_machines_and_code_are_its_own(action: str, resource: str, context: dict[str, str]) -> None:
    assert decide(ADMINISTRATOR, BOUNDARY, Request(action, resource, context)) == ALLOWED


GUARDED = workloads(Preset.GUARDED, NAMES).to_object()


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::acme-payroll/2026.csv"),
        ("s3:GetObject", "arn:aws:s3:::popsql-2--data/a"),
        ("secretsmanager:GetSecretValue", regional("secretsmanager", "secret:billing/db-Ab12Cd")),
        ("ssm:GetParameter", regional("ssm", "parameter/billing/key")),
        ("rds:RestoreDBInstanceFromDBSnapshot", regional("rds", "snapshot:orders")),
        ("dynamodb:GetItem", regional("dynamodb", "table/orders")),
        ("rds:CreateDBInstanceReadReplica", regional("rds", "db:orders")),
        ("ec2:AttachVolume", regional("ec2", "volume/vol-0bad")),
        ("ec2:CreateSnapshot", regional("ec2", "volume/vol-0bad")),
        ("ec2:CreateVolume", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
        ("ec2:RunInstances", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
        ("ec2:ModifySnapshotAttribute", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
    ],
)
def test_guarded_keeps_your_data_from_the_roles_too(action: str, resource: str) -> None:
    """Else the vendor would read through a role that it makes what it may not read itself."""
    assert decide(ADMINISTRATOR, GUARDED, Request(action, resource, {})) == EXPLICIT_DENY
    assert decide(ADMINISTRATOR, BOUNDARY, Request(action, resource, {})) == ALLOWED


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:PutObject", "arn:aws:s3:::popsql--data/a", {}),
        ("secretsmanager:GetSecretValue", regional("secretsmanager", "secret:popsql/settings-Ab12Cd"), {}),
        ("logs:PutLogEvents", regional("logs", "log-group:popsql:log-stream:a"), {}),
        ("ec2:CreateVolume", regional("ec2", "volume/*"), {}),
        ("ec2:AttachVolume", regional("ec2", "volume/vol-0a"), {CLUSTER_TAG: "owned"}),
        ("ec2:AttachVolume", regional("ec2", "volume/vol-0a"), {TAG: NAME}),
        ("ec2:CreateSnapshot", regional("ec2", "volume/vol-0a"), {CLUSTER_TAG: "owned"}),
        ("ec2:CreateSnapshot", "arn:aws:ec2:eu-west-1::snapshot/*", {}),
        ("ec2:CreateVolume", "arn:aws:ec2:eu-west-1::snapshot/snap-0a", {CLUSTER_TAG: "owned"}),
        ("ec2:DeleteSnapshot", "arn:aws:ec2:eu-west-1::snapshot/snap-0a", {CLUSTER_TAG: "owned"}),
    ],
)
def test_guarded_lets_the_product_work(action: str, resource: str, context: dict[str, str]) -> None:
    assert decide(ADMINISTRATOR, GUARDED, Request(action, resource, context)) == ALLOWED


@pytest.mark.parametrize("preset", Preset)
def test_it_has_no_dates_and_fits(preset: Preset) -> None:
    """Closing a window of the vendor must not take the product down."""
    for name in (NAME, LONGEST_NAME):
        boundary = workloads(preset, names(name))
        assert boundary.size <= MANAGED_POLICY_CHARACTERS
        assert "aws:CurrentTime" not in boundary.to_json()
        told = [statement["Sid"] for statement in boundary.statements]
        assert len(set(told)) == len(told)


def test_a_boundary_grants_nothing() -> None:
    assert decide([], BOUNDARY, Request("s3:GetObject", "arn:aws:s3:::popsql--data/a")) != ALLOWED


@pytest.mark.parametrize("kind", ["snapshot/snap-0a", "launch-template/lt-0a", "volume/vol-0a", "instance/i-0a"])
def test_what_a_tag_gives_away_cannot_be_tagged_later(kind: str) -> None:
    """A role of the product tags a customer's snapshot as the product's, and then shares it."""
    later = Request("ec2:CreateTags", regional("ec2", kind), {"aws:RequestTag/houseguest:installation": NAME})
    assert decide(ADMINISTRATOR, BOUNDARY, later) == EXPLICIT_DENY
    with_it = Request("ec2:CreateTags", regional("ec2", kind), {"ec2:CreateAction": "CreateSnapshot"})
    assert decide(ADMINISTRATOR, BOUNDARY, with_it) == ALLOWED


def test_a_key_is_granted_to_nobody() -> None:
    key = regional("kms", "key/payroll")
    assert decide(ADMINISTRATOR, BOUNDARY, Request("kms:CreateGrant", key, {})) == EXPLICIT_DENY
    service = {"kms:GrantIsForAWSResource": "true"}
    assert decide(ADMINISTRATOR, BOUNDARY, Request("kms:CreateGrant", key, service)) == ALLOWED
