"""The engine against the sandbox's AWS: one sandbox for all, a new installation name for each test."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import resources
from installer.aws.clients import Aws
from installer.aws.sign_in.profile import ProfileCredentials
from installer.aws.stacks import StackPlan
from installer.context import Context
from installer.journal import Journal
from installer.names import Names
from installer.sandbox import Sandbox, SandboxInfo

REGION = "us-east-1"
VENDOR_ROLE = "arn:aws:iam::111111111111:role/release-deploy"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(vendor=False, speed=20.0) as info:
        yield info


@pytest.fixture
def signed_in(sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Aws]:
    """`signed_in(profile)`: as a person signs in, by the AWS configuration."""
    monkeypatch.setenv("AWS_CONFIG_FILE", sandbox.aws_config_file)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", sandbox.aws_shared_credentials_file)
    return lambda profile: Aws(ProfileCredentials(profile))


@pytest.fixture
def aws(sandbox: SandboxInfo, signed_in: Callable[[str], Aws]) -> Aws:
    """The customer's administrator."""
    return signed_in(sandbox.admin_profile)


@pytest.fixture
def by_hand(sandbox: SandboxInfo, aws: Aws) -> Callable[[str], Any]:
    """`by_hand(service)`: the same administrator with another tool, for calls that the program does not make."""
    return lambda service: boto3.Session(profile_name=sandbox.admin_profile).client(service, region_name=REGION)


@pytest.fixture
def ctx() -> Context:
    return Context(pace=0.05)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def names(sandbox: SandboxInfo) -> Names:
    return Names(f"engine{next(_numbers)}", sandbox.account_id, "/release/")


@pytest.fixture
def access(names: Names) -> StackPlan:
    """Both boundaries, which allow everything: what they should say is tested elsewhere."""
    resource = {
        name: {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"ManagedPolicyName": policy, "Path": "/houseguest/", "PolicyDocument": EVERYTHING},
        }
        for name, policy in (("Operator", names.operator_boundary), ("Workload", names.workload_boundary))
    }
    return StackPlan(names.access_stack, REGION, json.dumps({"Resources": resource}), {}, names.tags("inv_1"))


@pytest.fixture
def role(names: Names) -> StackPlan:
    """The vendor's role, from the template that ships."""
    parameters = {
        "InstallationName": names.installation,
        "RolePath": names.role_path,
        "VendorPrincipalArn": VENDOR_ROLE,
        "ExternalId": f"acme-{names.installation}",
        "OperatorBoundaryArn": names.operator_boundary_arn,
        "WorkloadBoundaryArn": names.workload_boundary_arn,
    }
    template = resources.read_text("templates/vendor-role.yaml")
    return StackPlan(names.role_stack, REGION, template, parameters, names.tags("inv_1"))
