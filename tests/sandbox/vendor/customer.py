"""A customer of the sandbox, acting with plain AWS calls: makes the boundaries and the role, narrows, takes away."""

import json
import time
from typing import Any

import resources
from installer.sandbox import SandboxInfo
from tests.sandbox.support.actors import CUSTOMER, DEPLOYER, Actor, allow, document, profile

EVERYTHING = allow("*")
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
LIMIT_SECONDS = 20.0


class Customer:
    """One installation called `name`, set up through the vendor's own template."""

    def __init__(self, sandbox: SandboxInfo, name: str, external_id: str) -> None:
        self.admin: Actor = profile(sandbox, sandbox.admin_profile)
        self.name = name
        self.workload_boundary = self._policy("workload-boundary", EVERYTHING)
        self.operator_boundary = self._policy("operator-boundary", EVERYTHING)
        self.stack_id = ""
        self.make_role(external_id)
        self.role_arn = f"arn:aws:iam::{CUSTOMER}:role/release/{name}-operator"

    def integration(self, invitation_id: str) -> dict[str, Any]:
        """The body that hands the role to the vendor."""
        return {
            "invitation_id": invitation_id,
            "installation_name": self.name,
            "account_id": CUSTOMER,
            "role_arn": self.role_arn,
            "boundary_arn": self.operator_boundary,
            "workload_boundary_arn": self.workload_boundary,
            "stack_id": self.stack_id,
        }

    def restrict(self, *statements: dict[str, Any]) -> None:
        """A new version of the operator boundary; the oldest goes where there are five."""
        iam = self.admin("iam")
        versions = iam.list_policy_versions(PolicyArn=self.operator_boundary)["Versions"]
        for version in sorted(versions, key=lambda item: item["CreateDate"])[:-3]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=self.operator_boundary, VersionId=version["VersionId"])
        iam.create_policy_version(
            PolicyArn=self.operator_boundary, PolicyDocument=document(*statements), SetAsDefault=True
        )

    def delete_role(self) -> None:
        stacks = self.admin("cloudformation")
        stacks.delete_stack(StackName=self.stack_id)
        self._settle("DELETE_COMPLETE")

    def _policy(self, suffix: str, *statements: dict[str, Any]) -> str:
        made = self.admin("iam").create_policy(
            PolicyName=f"{self.name}-{suffix}", Path="/houseguest/", PolicyDocument=document(*statements)
        )
        return str(made["Policy"]["Arn"])

    def make_role(self, external_id: str) -> None:
        """Through the vendor's template, as a stack."""
        values = {
            "InstallationName": self.name,
            "RolePath": "/release/",
            "VendorPrincipalArn": DEPLOYER,
            "ExternalId": external_id,
            "OperatorBoundaryArn": self.operator_boundary,
            "WorkloadBoundaryArn": self.workload_boundary,
        }
        self.stack_id = str(
            self.admin("cloudformation").create_stack(
                StackName=f"{self.name}-role",
                TemplateBody=resources.read_text("templates/vendor-role.yaml"),
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
                Capabilities=CAPABILITIES,
            )["StackId"]
        )
        self._settle("CREATE_COMPLETE")

    def _settle(self, wanted: str) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while (status := self._status()).endswith("_IN_PROGRESS") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert status == wanted

    def _status(self) -> str:
        return str(self.admin("cloudformation").describe_stacks(StackName=self.stack_id)["Stacks"][0]["StackStatus"])


def inventory(admin: Actor, name: str, region: str) -> dict[str, list[dict[str, Any]]]:
    """What of an installation is in the account, by kind, read without the vendor and without filters."""
    ec2, elb = admin("ec2", region), admin("elbv2", region)

    def tagged(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
        wanted = {"Key": "houseguest:installation", "Value": name}
        return [resource for resource in resources if wanted in resource.get("Tags", [])]

    def named(resources: list[dict[str, Any]], member: str, prefix: str) -> list[dict[str, Any]]:
        return [resource for resource in resources if resource[member].startswith(prefix)]

    return {
        "roles": admin("iam").list_roles(PathPrefix=f"/release/{name}/")["Roles"],
        "profiles": admin("iam").list_instance_profiles(PathPrefix=f"/release/{name}/")["InstanceProfiles"],
        "vpcs": tagged(ec2.describe_vpcs()["Vpcs"]),
        "subnets": tagged(ec2.describe_subnets()["Subnets"]),
        "gateways": tagged(ec2.describe_internet_gateways()["InternetGateways"]),
        "addresses": tagged(ec2.describe_addresses()["Addresses"]),
        "nats": tagged(ec2.describe_nat_gateways()["NatGateways"]),
        "tables": tagged(ec2.describe_route_tables()["RouteTables"]),
        "security_groups": tagged(ec2.describe_security_groups()["SecurityGroups"]),
        "databases": named(admin("rds", region).describe_db_instances()["DBInstances"], "DBInstanceIdentifier", name),
        "secrets": named(admin("secretsmanager", region).list_secrets()["SecretList"], "Name", f"{name}/"),
        "buckets": named(admin("s3", region).list_buckets()["Buckets"], "Name", f"{name}--"),
        "balancers": named(elb.describe_load_balancers()["LoadBalancers"], "LoadBalancerName", f"{name}-"),
        "target_groups": named(elb.describe_target_groups()["TargetGroups"], "TargetGroupName", f"{name}-"),
    }


WHOLE = {
    "roles": 3, "profiles": 1, "vpcs": 1, "subnets": 6, "gateways": 1, "addresses": 1, "nats": 1, "tables": 2,
    "security_groups": 3, "databases": 1, "secrets": 1, "buckets": 1, "balancers": 1, "target_groups": 1,
}  # fmt: skip
"""How many of each a whole install has."""


def counts(admin: Actor, name: str, region: str) -> dict[str, int]:
    return {kind: len(found) for kind, found in inventory(admin, name, region).items()}


def trust_of(admin: Actor, role_name: str) -> dict[str, Any]:
    found = admin("iam").get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"]
    return dict(found if isinstance(found, dict) else json.loads(found))
