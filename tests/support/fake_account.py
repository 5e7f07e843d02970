"""A customer's account with a memory, for the engine's own tests: its stacks really hold roles and policies.

It joins `fake_cloudformation.py` and `fake_iam.py`, and tells what the vendor's role could do at a moment. What it
plays is no proof of how AWS behaves: that is what the sandbox's conformance cases are for.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from installer.answers import Answers, Connection, Permissions
from installer.errors import NotFound
from installer.journal import Journal
from installer.names import Names
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.steps import connect
from installer.tools import Tools
from tests.support import signed_in
from tests.support.fake_aws import NOW, Answer, FakeAws
from tests.support.fake_cloudformation import FakeCloudFormation, FakeStack
from tests.support.fake_iam import FakeIam, FakeRole
from tests.support.fake_vendor import FakeVendor
from tests.support.role_template import identity_policies, role_properties
from tests.support.slow_evaluator import ALLOWED, Request, decide

NAMES: Names = signed_in.names()
REGION = "us-east-1"
ELSEWHERE = "eu-west-1"
ROLE = {"OperatorRole": {"Type": "AWS::IAM::Role"}}
# The fake CloudFormation reads JSON. The role is made as the template that ships makes it.
ROLE_TEMPLATE = json.dumps({"Resources": ROLE})
INVITATION_ID = "inv_1"
EXTERNAL_ID = "release:acme:1"
NEW_SESSION = "sts:AssumeRole"
_HERE = {"aws:RequestedRegion": REGION}
PROBES = (
    Request("ec2:DescribeVpcs", "*", _HERE),
    Request("ec2:DescribeVolumes", "*", _HERE),
    Request("eks:CreateCluster", f"arn:aws:eks:{REGION}:{NAMES.account_id}:cluster/popsql", _HERE),
    Request(
        "iam:CreateRole",
        NAMES.workload_role_arns.replace("*", "popsql-node"),
        {"iam:PermissionsBoundary": NAMES.workload_boundary_arn, **_HERE},
    ),
    Request("iam:DeleteRolePermissionsBoundary", NAMES.operator_role_arn, _HERE),
)


def answers(template: str = ROLE_TEMPLATE, **sections: Any) -> Answers:
    """Up to the permissions, with an invitation that was signed for this template."""
    digest = hashlib.sha256(template.encode()).hexdigest()
    same = {"jti": INVITATION_ID, "trust": {"external_id": EXTERNAL_ID}, "template": {"sha256": digest}}
    asked = signed_in.answers(overrides=same, **sections)
    boundary = operator_boundary(Preset.GUARDED, asked.invitation, asked.names, None).document()
    return replace(asked, permissions=Permissions("guarded", boundary, workloads(Preset.GUARDED, asked.names)))


def connected(template: str = ROLE_TEMPLATE, **sections: Any) -> Answers:
    """Up to the connection."""
    stacks = f"arn:aws:cloudformation:{REGION}:{NAMES.account_id}:stack"
    connection = Connection(
        f"{stacks}/{NAMES.access_stack}/1",
        f"{stacks}/{NAMES.role_stack}/2",
        NAMES.operator_role_arn,
        NAMES.operator_boundary_arn,
        NAMES.workload_boundary_arn,
        "int_1",
        proof=(),
    )
    return answers(template, connection=connection, **sections)


@dataclass
class FakeCluster:
    """The product's EKS cluster, in whatever region: its authentication mode, None where an old EKS tells none, and who
    has an access entry."""

    mode: str | None
    entries: list[str] = field(default_factory=lambda: [NAMES.operator_role_arn])


@dataclass
class FakeAccount:
    """`as_made` changes the vendor's role as a template that is not what it seems would. Regions are by name, with
    whether they are enabled."""

    iam: FakeIam = field(default_factory=lambda: FakeIam(signed_in.ACCOUNT_ID))
    cloud: FakeCloudFormation = field(default_factory=FakeCloudFormation)
    vendor: FakeVendor = field(default_factory=FakeVendor)
    cluster: FakeCluster | None = None
    regions: dict[str, bool] = field(default_factory=lambda: {REGION: True, ELSEWHERE: True})
    as_made: Callable[[FakeRole], object] = lambda role: None

    def __post_init__(self) -> None:
        self.cloud.acts = self._act

    def aws(self) -> FakeAws:
        aws = self.cloud.aws()
        others: dict[str, Answer] = {
            "ec2:DescribeRegions": self._describe_regions,
            "eks:DescribeCluster": self._describe_cluster,
            "eks:ListAccessEntries": self._list_access_entries,
            "eks:DeleteAccessEntry": self._delete_access_entry,
        }
        for call, answer in {**self.iam.operations(), **others}.items():
            aws.answer(call, answer)
        return aws

    def tools(self, place: Path, aws: FakeAws | None = None, template: str = ROLE_TEMPLATE) -> Tools:
        """`place` is the folder of the journal: what was begun there goes on there."""
        return Tools(
            aws=aws or self.aws(),
            journal=Journal(place / "journal.jsonl", now=lambda: NOW),
            vendor=self.vendor.session(),
            download=lambda _url: template.encode(),
        )

    def install(self, place: Path) -> None:
        """Both stacks stand, as connecting makes them."""
        for plan in connect.plans(answers(), self.tools(place)):
            stack = self.cloud.add_stack(
                plan.stack_name,
                "CREATE_COMPLETE",
                template=plan.template_body,
                parameters=dict(plan.parameters),
                tags=dict(plan.tags),
            )
            for logical_id in json.loads(plan.template_body)["Resources"]:
                self._act(stack, logical_id, "CREATE_COMPLETE")

    @property
    def role(self) -> FakeRole:
        return self.iam.roles[NAMES.operator_role]

    @property
    def boundary(self) -> Any:
        """The document of the operator boundary."""
        return self.iam.policies[NAMES.operator_boundary_arn].document

    def cut(self) -> None:
        """Nothing is allowed, as an earlier removal that did not come to its end leaves it."""
        cut = {"Sid": "Cut", "Effect": "Deny", "Action": "*", "Resource": "*"}
        statements = [*self.boundary["Statement"], cut]
        self.iam.add_version(NAMES.operator_boundary_arn, {"Version": "2012-10-17", "Statement": statements})

    def is_cut(self) -> bool:
        return bool(self.boundary["Statement"][-1]["Sid"] == "Cut")

    def close(self) -> None:
        """The same of the trust."""
        deny = {"Sid": "HouseguestClosed", "Effect": "Deny", "Principal": {"AWS": "*"}}
        ways = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
        self.role.trust = {**self.role.trust, "Statement": [deny | {"Action": ways}, *self.role.trust["Statement"]]}

    def is_closed(self) -> bool:
        return bool(self.role.trust["Statement"][0]["Effect"] == "Deny")

    def access(self) -> frozenset[str]:
        """What the vendor can do at this moment, by the judge of `slow_evaluator.py`."""
        role = self.iam.roles.get(NAMES.operator_role)
        if role is None:
            return frozenset()
        boundary = self.iam.policies[role.boundary].document if role.boundary else None
        allowed = _allowed(json.dumps(role.grants), json.dumps(boundary))
        return allowed if self.is_closed() else allowed | {NEW_SESSION}

    def _act(self, stack: FakeStack, logical_id: str, status: str) -> None:
        resource = json.loads(stack.template)["Resources"][logical_id]
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            name, path = properties["ManagedPolicyName"], properties["Path"]
            if status == "CREATE_COMPLETE":
                self.iam.add_policy(name, path, properties["PolicyDocument"])
            if status == "DELETE_COMPLETE":
                self.iam.delete_policy(f"arn:aws:iam::{NAMES.account_id}:policy{path}{name}")
        if resource["Type"] == "AWS::IAM::Role":
            if status == "CREATE_COMPLETE":
                self._make_role(stack.parameters)
            if status == "DELETE_COMPLETE":
                self.iam.delete_role(NAMES.operator_role)

    def _make_role(self, parameters: Mapping[str, str]) -> None:
        made = role_properties(parameters, NAMES.account_id)
        role = self.iam.add_role(
            made["RoleName"],
            made["Path"],
            made["AssumeRolePolicyDocument"],
            boundary=made["PermissionsBoundary"],
            attached=list(made["ManagedPolicyArns"]),
            inline=[policy["PolicyName"] for policy in made["Policies"]],
            longest=int(made["MaxSessionDuration"]),
            grants=identity_policies(made),
        )
        self.as_made(role)

    def _describe_regions(self, AllRegions: bool) -> Mapping[str, Any]:
        assert AllRegions
        status = {True: "opt-in-not-required", False: "not-opted-in"}
        return {"Regions": [{"RegionName": name, "OptInStatus": status[on]} for name, on in self.regions.items()]}

    def _describe_cluster(self, name: str) -> Mapping[str, Any] | Exception:
        if self.cluster is None or name != NAMES.installation:
            return _no_cluster(name)
        told = {"accessConfig": {"authenticationMode": self.cluster.mode}} if self.cluster.mode else {}
        return {"cluster": {"name": name, **told}}

    def _list_access_entries(self, clusterName: str) -> Mapping[str, Any] | Exception:
        if self.cluster is None or clusterName != NAMES.installation:
            return _no_cluster(clusterName)
        return {"accessEntries": list(self.cluster.entries)}

    def _delete_access_entry(self, clusterName: str, principalArn: str) -> Mapping[str, Any]:
        assert self.cluster is not None
        self.cluster.entries.remove(principalArn)
        return {}


def _no_cluster(name: str) -> NotFound:
    return NotFound(f"there is no cluster {name}.", aws_code="ResourceNotFoundException")


@lru_cache
def _allowed(grants: str, boundary: str) -> frozenset[str]:
    identity, cap = json.loads(grants), json.loads(boundary)
    return frozenset(probe.action for probe in PROBES if decide(identity, cap, probe) == ALLOWED)
