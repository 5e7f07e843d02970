"""The vendor tries to get out: every way that we know, under every preset, is denied by the boundary itself.

The judge is `tests/support/slow_evaluator.py`. Each try is allowed where the boundary's layer Protect is left out, so
that no try passes for a reason of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from installer.policy.boundary import Layer, OperatorBoundary
from installer.policy.document import Document
from installer.policy.presets import Preset, operator_boundary
from tests.support.role_template import identity_policies, managed_policy, role_properties
from tests.support.signed_in import ACCOUNT_ID, invitation, names
from tests.support.slow_evaluator import ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY, Request, decide

REGION = "us-east-1"
NAMES = names()
TAG = "aws:ResourceTag/houseguest:installation"
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OWN = Document(({"Sid": "Mine", **ALLOW_ALL},))
ADMINISTRATOR = [managed_policy("AdministratorAccess")]
GRANTED = identity_policies(
    role_properties(
        {
            "InstallationName": NAMES.installation,
            "RolePath": NAMES.role_path,
            "VendorPrincipalArn": "arn:aws:iam::111111111111:role/release-deploy",
            "ExternalId": "release:acme:1",
            "OperatorBoundaryArn": NAMES.operator_boundary_arn,
            "WorkloadBoundaryArn": NAMES.workload_boundary_arn,
        },
        ACCOUNT_ID,
    )
)
BOUNDARIES = {preset: operator_boundary(preset, invitation(), NAMES, OWN).document().to_object() for preset in Preset}
UNPROTECTED = Document(
    OperatorBoundary.compose(NAMES, base=[ALLOW_ALL]).layers[Layer.BASE]
).to_object()  # fmt: skip


def iam(resource: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:{resource}"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


@dataclass(frozen=True)
class Try:
    """One call of the vendor. The region is an allowed one: what is denied, is denied for itself."""

    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        return Request(self.action, self.resource, {"aws:RequestedRegion": REGION, **self.context})

    def __str__(self) -> str:
        context = ",".join(f"{key.rsplit(':', 1)[-1]}={value}" for key, value in self.context.items())
        return f"{self.action} {self.resource.split(':', 5)[-1]} {context}".strip()


OPERATOR = NAMES.operator_role_arn
WORKLOAD = iam("role/release/popsql/popsql-app")
THEIR_ROLE = iam("role/admin")
USER = iam("user/release/popsql/mallory")
BOUNDARY_POLICIES = (NAMES.operator_boundary_arn, NAMES.workload_boundary_arn)
ACCESS_STACK = arn("cloudformation", "stack/popsql-access/5f0c")
ROLE_STACK = arn("cloudformation", "stack/popsql-role/5f0c")
THEIR_STACK = arn("cloudformation", "stack/payroll/5f0c")
STACK_SET = arn("cloudformation", "stackset/popsql--everywhere:5f0c")
THEIR_INSTANCE = arn("ec2", "instance/i-0bad")
THEIR_MACHINE = arn("ssm", "managed-instance/mi-0bad")
THEIR_TASK = arn("ecs", "task/payroll/0bad")
THEIR_CLUSTER = arn("eks", "cluster/payroll")
THEIR_ENTRY = arn("eks", f"access-entry/payroll/role/{ACCOUNT_ID}/admin/0bad")

TRIES: dict[str, list[Try]] = {
    "take the boundary off, or put another on": [
        Try(f"iam:{verb}{kind}PermissionsBoundary", resource)
        for verb in ("Put", "Delete")
        for kind, resource in (("Role", OPERATOR), ("Role", WORKLOAD), ("Role", THEIR_ROLE), ("User", USER))
    ],
    "rewrite the boundaries": [
        Try(f"iam:{action}", policy, context)
        for action in ("CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy")
        for policy in BOUNDARY_POLICIES
        for context in ({}, {TAG: "popsql"})
    ],
    "change the stacks that made them": [
        Try(f"cloudformation:{action}", stack, context)
        for action in (
            "CreateChangeSet", "ExecuteChangeSet", "UpdateStack", "DeleteStack", "SetStackPolicy", "RollbackStack",
            "UpdateTerminationProtection", "ContinueUpdateRollback", "CancelUpdateStack", "TagResource",
        )
        for stack in (ACCESS_STACK, ROLE_STACK)
        for context in ({}, {TAG: "popsql"})
    ],
    "act through stack sets": [
        Try(f"cloudformation:{action}", resource)
        for action, resource in (
            ("CreateStackSet", STACK_SET), ("UpdateStackSet", STACK_SET), ("CreateStackInstances", STACK_SET),
            ("ImportStacksToStackSet", STACK_SET), ("ActivateOrganizationsAccess", "*"), ("CreateResource", "*"),
        )
    ],
    "act through a stack with somebody else's service role": [
        Try("cloudformation:UpdateStack", THEIR_STACK),
        Try("cloudformation:CreateChangeSet", THEIR_STACK, {"cloudformation:RoleArn": THEIR_ROLE}),
        Try("iam:PassRole", THEIR_ROLE, {"iam:PassedToService": "cloudformation.amazonaws.com"}),
        Try("iam:PassRole", WORKLOAD, {"iam:PassedToService": "cloudformation.amazonaws.com"}),
    ],
    "open a trust": [
        Try("iam:UpdateAssumeRolePolicy", role)
        for role in (OPERATOR, THEIR_ROLE, iam("role/release/popsql"), iam("role/release/popsql-2/popsql-2-app"))
    ],
    "raise its own session length": [
        Try("iam:UpdateRole", OPERATOR, context) for context in ({}, {TAG: "popsql"})
    ] + [Try("iam:UpdateRole", iam("role/release/other"))],
    "grant itself more": [
        Try(f"iam:{action}", OPERATOR)
        for action in ("AttachRolePolicy", "PutRolePolicy", "DetachRolePolicy", "DeleteRolePolicy", "TagRole")
    ],
    "make a role without the workload boundary, or outside its path": [
        Try("iam:CreateRole", WORKLOAD),
        Try("iam:CreateRole", WORKLOAD, {"iam:PermissionsBoundary": NAMES.operator_boundary_arn}),
        Try("iam:CreateRole", WORKLOAD, {"iam:PermissionsBoundary": iam("policy/mine")}),
        Try("iam:CreateRole", iam("role/popsql-app"), {"iam:PermissionsBoundary": NAMES.workload_boundary_arn}),
        Try("iam:CreateRole", iam("role/release/p"), {"iam:PermissionsBoundary": NAMES.workload_boundary_arn}),
    ],
    "pass a role that is not its own, or to another service": [
        Try("iam:PassRole", THEIR_ROLE, {"iam:PassedToService": "ec2.amazonaws.com"}),
        Try("iam:PassRole", OPERATOR, {"iam:PassedToService": "ec2.amazonaws.com"}),
        Try("iam:PassRole", WORKLOAD, {"iam:PassedToService": "lambda.amazonaws.com"}),
        Try("iam:PassRole", WORKLOAD),
    ],
    "go on in another role": [
        Try("sts:AssumeRole", role) for role in (THEIR_ROLE, WORKLOAD, "arn:aws:iam::111111111111:role/release-deploy")
    ] + [Try("sts:AssumeRoot", "arn:aws:iam::333333333333:root"), Try("sts:GetFederationToken", "*")],
    "make an identity that stays": [
        Try("iam:CreateUser", USER),
        Try("iam:CreateAccessKey", USER),
        Try("iam:CreateAccessKey", iam("user/alice")),
        Try("iam:UpdateAccessKey", iam("user/alice")),
        Try("iam:CreateLoginProfile", USER),
        Try("iam:UpdateLoginProfile", iam("user/alice")),
        Try("iam:AddUserToGroup", iam("group/admins")),
        Try("iam:CreateServiceSpecificCredential", USER),
        Try("iam:UploadSSHPublicKey", USER),
        Try("iam:CreateOpenIDConnectProvider", iam("oidc-provider/evil.example")),
        Try("iam:AddClientIDToOpenIDConnectProvider", iam("oidc-provider/there.example")),
        Try("iam:UpdateOpenIDConnectProviderThumbprint", iam("oidc-provider/there.example")),
        Try("iam:CreateSAMLProvider", iam("saml-provider/evil")),
        Try("iam:UpdateSAMLProvider", iam("saml-provider/there")),
        Try("rolesanywhere:CreateTrustAnchor", "*"),
        Try("rolesanywhere:CreateProfile", "*"),
        Try("sso:CreateAccountAssignment", "*"),
        Try("sso-directory:CreateUser", "*"),
        Try("identitystore:CreateUser", "*"),
        Try("iam:EnableMFADevice", iam("user/alice")),
        Try("iam:RemoveUserFromGroup", iam("group/limited")),
    ],
    "put code into what others made": [
        Try("lambda:UpdateFunctionCode", arn("lambda", "function:payroll")),
        Try("lambda:UpdateFunctionConfiguration", arn("lambda", "function:payroll"), {TAG: "popsql"}),
        Try("lambda:UpdateFunctionCode", arn("lambda", "function:popsql-2--api")),
        Try("codebuild:StartBuild", arn("codebuild", "project/payroll")),
        Try("codebuild:StartBuildBatch", arn("codebuild", "project/payroll")),
        Try("codebuild:UpdateProject", arn("codebuild", "project/payroll")),
        Try("states:UpdateStateMachine", arn("states", "stateMachine:payroll")),
        Try("glue:UpdateJob", arn("glue", "job/payroll")),
    ],
    "get onto machines that others made": [
        Try("ssm:SendCommand", THEIR_INSTANCE),
        Try("ssm:SendCommand", THEIR_INSTANCE, {TAG: "popsql-2"}),
        Try("ssm:SendCommand", THEIR_MACHINE),
        Try("ssm:StartSession", THEIR_INSTANCE),
        Try("ssm:StartSession", THEIR_MACHINE),
        Try("ssm:StartSession", THEIR_TASK),
        Try("ecs:ExecuteCommand", THEIR_TASK),
        Try("ssm:CreateAssociation", arn("ssm", "document/AWS-RunShellScript")),
        Try("ssm:UpdateAssociation", arn("ssm", "association/1f0c")),
        Try("ssm:UpdateDocument", arn("ssm", "document/payroll-nightly")),
        Try("ssm:RegisterTaskWithMaintenanceWindow", arn("ssm", "maintenancewindow/mw-1")),
        Try("ec2-instance-connect:SendSSHPublicKey", THEIR_INSTANCE),
        Try("ec2-instance-connect:SendSerialConsoleSSHPublicKey", THEIR_INSTANCE),
        Try("ec2:ModifyInstanceAttribute", THEIR_INSTANCE),
        Try("ec2:CreateReplaceRootVolumeTask", THEIR_INSTANCE),
        Try("ec2:CreateLaunchTemplateVersion", arn("ec2", "launch-template/lt-0bad")),
        Try("ec2:ModifyLaunchTemplate", arn("ec2", "launch-template/lt-0bad")),
    ],
    "declare what others made to be its own": [
        Try("ec2:CreateTags", THEIR_INSTANCE, {"aws:RequestTag/houseguest:installation": "popsql"}),
        Try("ec2:CreateTags", THEIR_INSTANCE, {TAG: "popsql-2"}),
        Try("ec2:DeleteTags", THEIR_INSTANCE),
        Try("ssm:AddTagsToResource", THEIR_MACHINE),
        Try("ecs:TagResource", THEIR_TASK),
    ],
    "let itself into other clusters": [
        Try("eks:CreateAccessEntry", THEIR_CLUSTER),
        Try("eks:CreateAccessEntry", arn("eks", "cluster/popsql-2")),
        Try("eks:UpdateAccessEntry", THEIR_ENTRY),
        Try("eks:AssociateAccessPolicy", THEIR_ENTRY),
        Try("eks:AssociateIdentityProviderConfig", THEIR_CLUSTER),
        Try("eks:CreatePodIdentityAssociation", THEIR_CLUSTER),
        Try("eks:UpdateClusterConfig", THEIR_CLUSTER),
        Try("eks:CreateNodegroup", THEIR_CLUSTER),
        Try("eks:CreateFargateProfile", THEIR_CLUSTER),
        Try("eks:CreateAddon", THEIR_CLUSTER),
    ],
    "blind the record of what was done": [
        Try(f"cloudtrail:{action}", arn("cloudtrail", "trail/organization"))
        for action in ("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "PutInsightSelectors")
    ] + [
        Try(f"cloudtrail:{action}", arn("cloudtrail", "eventdatastore/5f0c"))
        for action in ("StopEventDataStoreIngestion", "DeleteEventDataStore", "UpdateEventDataStore")
    ],
    "leave the organisation": [
        Try("organizations:LeaveOrganization"),
        Try("organizations:RemoveAccountFromOrganization"),
        Try("account:CloseAccount"),
    ],
}  # fmt: skip
SERVICES = [
    Try("airflow:CreateCliToken", arn("airflow", "environment/payroll")),
    Try("airflow:CreateWebLoginToken", arn("airflow", "role/payroll/Admin")),
    Try("apprunner:UpdateService", arn("apprunner", "service/payroll/5f0c")),
    Try("batch:SubmitJob", arn("batch", "job-definition/payroll:1")),
    Try("batch:SubmitJob", arn("batch", "job-queue/payroll")),
    Try("batch:SubmitJob", arn("batch", "job-queue/popsql-2--nightly")),
    Try("codedeploy:CreateDeployment", arn("codedeploy", "deploymentgroup:payroll/all")),
    Try("cognito-idp:AdminCreateUser", arn("cognito-idp", "userpool/us-east-1_a")),
    Try("elasticbeanstalk:UpdateEnvironment", arn("elasticbeanstalk", "environment/payroll/production")),
    Try("elasticmapreduce:AddJobFlowSteps", arn("elasticmapreduce", "cluster/j-1")),
    Try("elasticmapreduce:GetClusterSessionCredentials", arn("elasticmapreduce", "cluster/j-1")),
    Try("glue:StartJobRun", arn("glue", "job/payroll")),
    Try("greengrass:CreateDeployment", "*"),
    Try("iot:AttachPolicy", arn("iot", "cert/5f0c")),
    Try("kinesisanalytics:UpdateApplication", arn("kinesisanalytics", "application/payroll")),
    Try("sagemaker:CreatePresignedNotebookInstanceUrl", arn("sagemaker", "notebook-instance/payroll")),
    Try("sagemaker:UpdateNotebookInstance", arn("sagemaker", "notebook-instance/payroll")),
    Try("servicecatalog:CreateProvisioningArtifact", arn("catalog", "product/prod-1")),
    Try("servicecatalog:AssociatePrincipalWithPortfolio", arn("catalog", "portfolio/port-1")),
]
EVERY_TRY = [(way, tried) for way, tries in TRIES.items() for tried in tries]
IDS = [f"{way}: {tried}" for way, tried in EVERY_TRY]


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize(("way", "tried"), EVERY_TRY, ids=IDS)
def test_no_way_out(way: str, tried: Try, preset: Preset) -> None:
    for identity in (GRANTED, ADMINISTRATOR):
        assert decide(identity, BOUNDARIES[preset], tried.request) == EXPLICIT_DENY, way


@pytest.mark.parametrize("tried", SERVICES, ids=str)
@pytest.mark.parametrize("preset", Preset)
def test_no_way_through_services_that_few_have(tried: Try, preset: Preset) -> None:
    """Presets that allow only what the vendor's minimal boundary names need no denial of their own."""
    wide = preset in (Preset.NONE, Preset.OWN)
    assert decide(ADMINISTRATOR, BOUNDARIES[preset], tried.request) == (EXPLICIT_DENY if wide else IMPLICIT_DENY)
    assert decide(ADMINISTRATOR, UNPROTECTED, tried.request) == ALLOWED


@pytest.mark.parametrize(("way", "tried"), EVERY_TRY, ids=IDS)
def test_without_the_layer_protect_each_way_is_open(way: str, tried: Try) -> None:
    assert decide(ADMINISTRATOR, UNPROTECTED, tried.request) == ALLOWED, way


@pytest.mark.parametrize(
    "tried",
    [
        Try("lambda:UpdateFunctionCode", arn("lambda", "function:popsql--api")),
        Try("codebuild:StartBuild", arn("codebuild", "project/popsql--images")),
        Try("batch:SubmitJob", arn("batch", "job-queue/popsql--nightly")),
        Try("glue:StartJobRun", arn("glue", "job/popsql--nightly")),
        Try("states:UpdateStateMachine", arn("states", "stateMachine:popsql--nightly")),
        Try("cloudformation:CreateStack", arn("cloudformation", "stack/popsql--Vendor-base/5f0c")),
        Try("cloudformation:DescribeStacks", THEIR_STACK),
        Try("iam:AddRoleToInstanceProfile", iam("instance-profile/release/popsql/popsql-node")),
        Try("iam:CreateServiceLinkedRole", iam("role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS")),
        Try("eks:UpdatePodIdentityAssociation", arn("eks", "podidentityassociation/popsql/a-1")),
        Try("ssm:SendCommand", THEIR_INSTANCE, {TAG: "popsql"}),
        Try("ssm:SendCommand", arn("ssm", "document/AWS-RunShellScript")),
        Try("ec2:CreateTags", arn("ec2", "vpc/vpc-0a"), {"ec2:CreateAction": "CreateVpc"}),
        Try("ec2:CreateTags", arn("ec2", "instance/i-0a"), {TAG: "popsql"}),
        Try("ec2:CreateLaunchTemplate", arn("ec2", "launch-template/*")),
        Try("ec2:CreateLaunchTemplateVersion", arn("ec2", "launch-template/lt-0a"), {TAG: "popsql"}),
        Try("eks:CreateAccessEntry", arn("eks", "cluster/popsql")),
        Try("eks:CreateNodegroup", arn("eks", "cluster/popsql")),
        Try("eks:CreateCluster", arn("eks", "cluster/popsql")),
        Try("eks:AssociateAccessPolicy", arn("eks", f"access-entry/popsql/role/{ACCOUNT_ID}/popsql-app/0a")),
        Try("iam:PassRole", WORKLOAD, {"iam:PassedToService": "eks.amazonaws.com"}),
        Try("iam:CreateRole", WORKLOAD, {"iam:PermissionsBoundary": NAMES.workload_boundary_arn}),
        Try("iam:UpdateAssumeRolePolicy", WORKLOAD),
        Try("cloudtrail:LookupEvents"),
    ],
    ids=str,
)
def test_its_own_things_stay_its_own(tried: Try) -> None:
    assert decide(GRANTED, BOUNDARIES[Preset.NONE], tried.request) == ALLOWED
