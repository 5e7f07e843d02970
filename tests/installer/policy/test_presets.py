"""The presets: what the invitation needs is allowed under each, what a guarded account keeps to itself is not."""

from typing import Any

import pytest

from installer.errors import BoundaryError
from installer.policy.boundary import BUDGET, OperatorBoundary
from installer.policy.document import Document
from installer.policy.presets import Preset, guard, minimal, operator_boundary
from installer.sandbox.vendor import offer
from installer.sandbox.vendor.deploy.plan import Plan
from tests.support.role_template import identity_policies, managed_policy, role_properties
from tests.support.signed_in import ACCOUNT_ID, LONGEST_NAME, NAME, invitation, names
from tests.support.slow_evaluator import ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY, Request, decide, like

INVITATION = invitation()
NAMES = names()
ADMINISTRATOR = [managed_policy("AdministratorAccess")]
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OWN = Document(({"Sid": "Mine", **ALLOW_ALL},))
PARAMETERS = {
    "InstallationName": NAME,
    "RolePath": NAMES.role_path,
    "VendorPrincipalArn": offer.PRINCIPAL_ARN,
    "ExternalId": "release:acme:1",
    "OperatorBoundaryArn": NAMES.operator_boundary_arn,
    "WorkloadBoundaryArn": NAMES.workload_boundary_arn,
}
GRANTED = identity_policies(role_properties(PARAMETERS, ACCOUNT_ID))
EVERYTHING = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
GUARDED = operator_boundary(Preset.GUARDED, INVITATION, NAMES).document().to_object()
REGION = "eu-west-1"
TAG = "aws:ResourceTag/houseguest:installation"
PLAN = Plan("i-1", NAME, ACCOUNT_ID, REGION, "10.5.0.0/16", "/release/", NAMES.workload_boundary_arn, "2.41.0")


def regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


def iam(resource: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:{resource}"


# What the vendor makes, named as it names it. A need for "*" is asked for these.
MADE = {
    "ec2": [regional("ec2", "vpc/vpc-0a"), regional("ec2", "subnet/subnet-0a"), regional("ec2", "instance/i-0a")],
    "eks": [
        regional("eks", f"cluster/{PLAN.cluster}"),
        regional("eks", f"nodegroup/{PLAN.cluster}/{PLAN.name('nodes')}/5f0c"),
        regional("eks", f"addon/{PLAN.cluster}/eks-pod-identity-agent/5f0c"),
    ],
    "elasticloadbalancing": [regional("elasticloadbalancing", f"loadbalancer/app/{PLAN.short_name('alb')}/5f0c")],
    "iam": [
        PLAN.role_arn("app"),
        iam(f"instance-profile{PLAN.workload_path}{PLAN.name('node')}"),
        iam("role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"),
    ],
    "kms": [regional("kms", "key/5f0c")],
    "logs": [regional("logs", f"log-group:{PLAN.name('app')}")],
    "rds": [regional("rds", f"db:{PLAN.database}"), regional("rds", f"subgrp:{PLAN.name('database')}")],
    "s3": [f"arn:aws:s3:::{PLAN.bucket}"],
    "secretsmanager": [
        regional("secretsmanager", f"secret:{PLAN.secret}-AbCdEf"),
        regional("secretsmanager", "secret:rds!db-5f0c-AbCdEf"),
    ],
}
CONTEXT: dict[str, list[dict[str, str]]] = {
    # RDS asks for the grant itself.
    "kms:CreateGrant": [{"kms:GrantIsForAWSResource": "true"}],
    "iam:CreateRole": [{"iam:PermissionsBoundary": NAMES.workload_boundary_arn}],
    "iam:PassRole": [
        {"iam:PassedToService": service}
        for service in ("ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com")
    ],
    # Tags are given while the thing is made, or put on what is its own already.
    "ec2:CreateTags": [{"ec2:CreateAction": "CreateVpc"}, {TAG: NAME}],
}


def needed(phase: str) -> list[Request]:
    found = []
    for need in INVITATION.permissions.needs[phase]:  # type: ignore[index]
        patterns = [said.replace("<account_id>", ACCOUNT_ID).replace("<name>", NAME) for said in need.resources]
        for action in need.actions:
            service = action.split(":")[0]
            resources = [arn for arn in MADE[service] if any(like(pattern, arn) for pattern in patterns)]
            assert resources, f"nothing that the vendor makes is meant by {need.resources}"
            region = "us-east-1" if service == "iam" else REGION
            for context in CONTEXT.get(action, [{}]):
                found += [Request(action, arn, {"aws:RequestedRegion": region, **context}) for arn in resources]
    return found


@pytest.mark.parametrize("phase", ["install", "steady", "update"])
@pytest.mark.parametrize("preset", Preset)
def test_what_the_invitation_needs_is_allowed(preset: Preset, phase: str) -> None:
    boundary = operator_boundary(preset, INVITATION, NAMES, OWN)
    asked = needed(phase)
    assert len(asked) >= len(offer.NEEDS[phase])
    for composed in (boundary, boundary.in_regions([REGION])):
        document = composed.document().to_object()
        assert [tried for tried in asked if decide(GRANTED, document, tried) != ALLOWED] == []


def test_a_placeholder_is_left_nowhere() -> None:
    for preset in Preset:
        assert "<" not in operator_boundary(preset, INVITATION, NAMES, OWN).document().to_json()
    update_role = minimal(INVITATION, NAMES).statements[0]
    assert update_role["Resource"] == iam("role/release/*")


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("name", [NAME, LONGEST_NAME])
def test_each_preset_fits(preset: Preset, name: str) -> None:
    assert len(LONGEST_NAME) == 20
    boundary = operator_boundary(preset, INVITATION, names(name), OWN)
    assert boundary.document().size <= BUDGET
    assert boundary.cut().document().size <= 6_144


def test_none_takes_nothing_but_the_ways_out() -> None:
    boundary = operator_boundary(Preset.NONE, INVITATION, NAMES).document().to_object()
    for action in ("s3:GetObject", "dynamodb:DeleteTable", "rds:DeleteDBInstance", "iam:GetRole"):
        assert decide(ADMINISTRATOR, boundary, Request(action, "arn:aws:any:::x")) == ALLOWED


def test_vendor_allows_what_its_minimal_boundary_names_anywhere() -> None:
    boundary = operator_boundary(Preset.VENDOR, INVITATION, NAMES).document().to_object()
    somewhere = {"aws:RequestedRegion": "ap-south-1"}
    assert decide(ADMINISTRATOR, boundary, Request("rds:DeleteDBInstance", "*", somewhere)) == ALLOWED
    assert decide(ADMINISTRATOR, boundary, Request("dynamodb:GetItem", "*", somewhere)) == IMPLICIT_DENY


THEIRS: list[tuple[str, str]] = [
    ("s3:GetObject", "arn:aws:s3:::payroll/a.csv"),
    ("s3:PutObject", "arn:aws:s3:::popsql-2--data/a.csv"),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::payroll/a.csv"),
    ("s3:PutBucketPolicy", "arn:aws:s3:::payroll"),
    ("s3:DeleteBucket", "arn:aws:s3:::popsql-data"),
    ("secretsmanager:GetSecretValue", regional("secretsmanager", "secret:payroll-AbCdEf")),
    ("secretsmanager:GetSecretValue", regional("secretsmanager", "secret:popsql-2/app-AbCdEf")),
    ("secretsmanager:BatchGetSecretValue", "*"),
    ("secretsmanager:DeleteSecret", regional("secretsmanager", "secret:payroll-AbCdEf")),
    ("secretsmanager:UpdateSecretVersionStage", regional("secretsmanager", "secret:payroll-AbCdEf")),
    ("secretsmanager:PutResourcePolicy", regional("secretsmanager", "secret:payroll-AbCdEf")),
    ("ssm:GetParametersByPath", regional("ssm", "parameter/payroll/")),
    ("ssm:PutParameter", regional("ssm", "parameter/popsql-2/app")),
    ("rds:DeleteDBInstance", regional("rds", "db:payroll")),
    ("rds:ModifyDBInstance", regional("rds", "db:popsql-2")),
    ("rds:CreateDBSnapshot", regional("rds", "db:payroll")),
    ("rds:RestoreDBInstanceFromDBSnapshot", regional("rds", "snapshot:payroll")),
    ("rds:CopyDBSnapshot", regional("rds", "snapshot:payroll")),
    ("rds:StartExportTask", regional("rds", "db:payroll")),
    ("rds:StopDBInstance", regional("rds", "db:payroll")),
    ("logs:GetLogEvents", regional("logs", "log-group:audit:log-stream:a")),
    ("logs:DeleteLogGroup", regional("logs", "log-group:popsql-2--app")),
    ("kms:CreateGrant", regional("kms", "key/payroll")),
    ("ec2:TerminateInstances", regional("ec2", "instance/i-0bad")),
    ("ec2:StopInstances", regional("ec2", "instance/i-0bad")),
    ("ec2:AttachVolume", regional("ec2", "volume/vol-0bad")),
    ("ec2:DeleteVolume", regional("ec2", "volume/vol-0bad")),
    ("ec2:CreateSnapshot", regional("ec2", "volume/vol-0bad")),
    ("ec2:CreateImage", regional("ec2", "instance/i-0bad")),
    ("rds:CreateDBInstanceReadReplica", regional("rds", "db:payroll")),
    ("ec2:CreateVolume", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
    ("ec2:RunInstances", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
    ("ec2:CopySnapshot", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
    ("ec2:ModifySnapshotAttribute", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
    ("dynamodb:GetItem", regional("dynamodb", "table/payroll")),
    ("ebs:GetSnapshotBlock", "arn:aws:ec2:eu-west-1::snapshot/snap-0bad"),
    ("rds-data:ExecuteStatement", regional("rds", "cluster:payroll")),
    ("redshift:GetClusterCredentials", "*"),
    ("redshift-data:ExecuteStatement", "*"),
    ("config:StopConfigurationRecorder", "*"),
    ("guardduty:DeleteDetector", "*"),
]


@pytest.mark.parametrize(("action", "resource"), THEIRS)
def test_guarded_keeps_what_the_vendor_did_not_make(action: str, resource: str) -> None:
    asked = Request(action, resource, {"aws:RequestedRegion": REGION})
    assert decide(ADMINISTRATOR, GUARDED, asked) != ALLOWED
    # Where the base allows it, by the guard's own statement.
    wide = OperatorBoundary.compose(NAMES, base=EVERYTHING, tighten=guard(NAMES, EVERYTHING)).document().to_object()
    assert decide(ADMINISTRATOR, wide, asked) == EXPLICIT_DENY


def test_the_guard_leaves_out_what_the_base_does_not_allow() -> None:
    base = ({"Effect": "Allow", "Action": ["s3:*", "RDS:Describe*"], "Resource": "*"},)
    said = Document(guard(NAMES, base)).to_json()
    assert "s3:*Object*" in said
    assert "rds:Delete*" in said
    assert "dynamodb" not in said
    assert "secretsmanager" not in said
    for everything in ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, EVERYTHING[0]):
        assert "dynamodb:*" in Document(guard(NAMES, (everything,))).to_json()


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:PutObject", f"arn:aws:s3:::{PLAN.bucket}/releases/1", {}),
        ("s3:DeleteBucket", f"arn:aws:s3:::{PLAN.bucket}", {}),
        ("secretsmanager:GetSecretValue", regional("secretsmanager", f"secret:{PLAN.secret}-AbCdEf"), {}),
        ("rds:ModifyDBInstance", regional("rds", f"db:{PLAN.database}"), {}),
        ("ec2:TerminateInstances", regional("ec2", "instance/i-0a"), {TAG: NAME}),
        ("ec2:AttachVolume", regional("ec2", "volume/vol-0a"), {TAG: NAME}),
        ("ec2:CreateVolume", regional("ec2", "volume/*"), {}),
        ("ec2:CreateSnapshot", "arn:aws:ec2:eu-west-1::snapshot/*", {}),
    ],
)
def test_guarded_leaves_the_vendor_its_own(action: str, resource: str, context: dict[str, str]) -> None:
    asked = Request(action, resource, {"aws:RequestedRegion": REGION, **context})
    assert decide(GRANTED, GUARDED, asked) == ALLOWED


def test_guarded_stays_in_the_regions_of_the_invitation() -> None:
    for region in INVITATION.network.allowed_regions:
        assert decide(GRANTED, GUARDED, Request("ec2:CreateVpc", "*", {"aws:RequestedRegion": region})) == ALLOWED
    elsewhere = Request("ec2:CreateVpc", "*", {"aws:RequestedRegion": "ap-south-1"})
    assert decide(GRANTED, GUARDED, elsewhere) == EXPLICIT_DENY


def test_the_guard_only_takes() -> None:
    assert {statement["Effect"] for statement in guard(NAMES, EVERYTHING)} == {"Deny"}


def test_own_is_what_the_person_wrote() -> None:
    own = Document(({"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"},))
    boundary = operator_boundary(Preset.OWN, INVITATION, NAMES, own).document().to_object()
    assert decide(ADMINISTRATOR, boundary, Request("s3:GetObject", "arn:aws:s3:::reports/a")) == ALLOWED
    assert decide(ADMINISTRATOR, boundary, Request("s3:GetObject", "arn:aws:s3:::other/a")) == IMPLICIT_DENY


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (None, "There is no boundary of your own."),
        (Document(({**ALLOW_ALL, "Effect": "Deny"},)), "The boundary allows nothing: it has only Deny statements."),
    ],
)
def test_own_has_to_allow_something(own: Document | None, sentence: str) -> None:
    with pytest.raises(BoundaryError) as refused:
        operator_boundary(Preset.OWN, INVITATION, NAMES, own)
    assert refused.value.message == sentence
    assert refused.value.fix


def test_a_boundary_of_ones_own_that_would_not_fit_is_refused_with_the_number() -> None:
    own = Document(({**ALLOW_ALL, "Resource": "arn:" + "x" * 5_000},))
    too_long = OperatorBoundary.compose(NAMES, base=own.statements)
    with pytest.raises(BoundaryError, match=r"has [0-9],[0-9]{3} characters; 5,144 fit") as refused:
        operator_boundary(Preset.OWN, INVITATION, NAMES, own)
    assert int(refused.value.details["characters"]) - BUDGET > 0
    with pytest.raises(BoundaryError):
        too_long.document()


def test_a_minimal_boundary_that_is_none_is_refused() -> None:
    broken: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]}
    bad = invitation({"permissions": {"minimal_boundary": broken}})
    with pytest.raises(BoundaryError, match="Statement 1 needs either Resource or NotResource"):
        operator_boundary(Preset.VENDOR, bad, NAMES)
