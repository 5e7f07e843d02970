"""A house with a guest: one installation, the administrator who owns it, and the vendor with a live session.

The administrator can put another document into the operator boundary and put everything back: so a test can show that
an escape works where the statement that stops it is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from installer.sandbox import SandboxInfo
from installer.sandbox.vendor.invitations import read_claims
from tests.sandbox.support.acme import ACCOUNT_ROOT, ADMINISTRATOR, role_arn
from tests.sandbox.support.actors import CUSTOMER, Actor, profile, trust
from tests.sandbox.support.command_line import CommandLine

DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
ROLE_PATH = "/release/"
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What AWS answered to a call: no code where the call did what it should."""

    code: str = ""
    message: str = ""

    @property
    def denied(self) -> bool:
        return self.code in DENIALS


def answer_to(call: Any, *arguments: Any) -> Answer:
    try:
        call(*arguments)
    except ClientError as error:
        return Answer(error.response["Error"]["Code"], error.response["Error"]["Message"])
    return Answer()


@dataclass
class House:
    """`standing` and `workloads` are the two boundaries as installed; `document` is the operator boundary in force."""

    admin: Actor
    vendor: Actor
    name: str
    standing: Document
    workloads: Document
    document: Document
    _role: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, sandbox: SandboxInfo, houseguest: CommandLine, name: str, *arguments: str) -> House:
        """Install, and give the vendor's role all that a role can have: only the boundary is left to stop it."""
        houseguest.install(name, *arguments)
        admin = profile(sandbox, sandbox.admin_profile)
        admin("iam").attach_role_policy(RoleName=f"{name}-operator", PolicyArn=ADMINISTRATOR)
        external_id = read_claims(Path(sandbox.invitation).read_text("ascii"))["trust"]["external_id"]
        vendor = profile(sandbox, sandbox.vendor_profile).assume(
            role_arn(f"{name}-operator", ROLE_PATH), ExternalId=external_id
        )
        standing = _default_document(admin, _boundary_arn(name, "operator"))
        workloads = _default_document(admin, _boundary_arn(name, "workload"))
        house = cls(admin, vendor, name, standing, workloads, standing)
        house._role = house._read_role()
        return house

    @property
    def role(self) -> str:
        return f"{self.name}-operator"

    @property
    def path(self) -> str:
        """Where the vendor may make roles."""
        return f"{ROLE_PATH}{self.name}/"

    @property
    def account(self) -> str:
        return CUSTOMER

    @property
    def operator_boundary(self) -> str:
        return _boundary_arn(self.name, "operator")

    @property
    def workload_boundary(self) -> str:
        return _boundary_arn(self.name, "workload")

    @property
    def denials(self) -> tuple[str, ...]:
        """Sids of everything that the installed boundary denies."""
        return tuple(s["Sid"] for s in self.standing["Statement"] if s["Effect"] == "Deny")

    def wide_open(self, without: Iterable[str] = ()) -> Document:
        """Everything is allowed, and denied only what the installed boundary denies, less these statements."""
        left = [s for s in self.standing["Statement"] if s["Effect"] == "Deny" and s["Sid"] not in without]
        everything = {"Sid": "BaseEverything", "Effect": "Allow", "Action": "*", "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [everything, *left]}

    def under(self, document: Document) -> None:
        """Put another document in force."""
        if document != self.document:
            self._write(self.operator_boundary, document)
            self.document = document

    def put_back(self) -> None:
        """Everything that a vendor who got out may have changed about its role and its boundaries."""
        self._write(self.operator_boundary, self.standing)
        self.document = self.standing
        if _default_document(self.admin, self.workload_boundary) != self.workloads:
            self._write(self.workload_boundary, self.workloads)
        iam, was = self.admin("iam"), self._role
        if self._read_role() == was:
            return
        iam.put_role_permissions_boundary(RoleName=self.role, PermissionsBoundary=self.operator_boundary)
        iam.update_assume_role_policy(RoleName=self.role, PolicyDocument=json.dumps(was["trust"]))
        iam.update_role(RoleName=self.role, MaxSessionDuration=was["max_session"])
        for policy in set(self._read_role()["inline"]) - set(was["inline"]):
            iam.delete_role_policy(RoleName=self.role, PolicyName=policy)
        assert self._read_role() == was

    def role_in_its_path(self, suffix: str, principal: dict[str, str] | str = ACCOUNT_ROOT) -> str:
        """A role that the vendor makes as it may."""
        name = f"{self.name}-{suffix}"
        made = self.vendor("iam").create_role(
            RoleName=name,
            Path=self.path,
            AssumeRolePolicyDocument=trust(principal),
            PermissionsBoundary=self.workload_boundary,
        )
        return str(made["Role"]["Arn"])

    def _write(self, arn: str, document: Document) -> None:
        """As the newest and only version."""
        iam = self.admin("iam")
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])

    def _read_role(self) -> dict[str, Any]:
        iam = self.admin("iam")
        role = iam.get_role(RoleName=self.role)["Role"]
        attached = iam.list_attached_role_policies(RoleName=self.role)["AttachedPolicies"]
        return {
            "trust": role["AssumeRolePolicyDocument"],
            "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "max_session": role["MaxSessionDuration"],
            "attached": sorted(policy["PolicyArn"] for policy in attached),
            "inline": sorted(iam.list_role_policies(RoleName=self.role)["PolicyNames"]),
        }


def _boundary_arn(name: str, whose: str) -> str:
    return f"arn:aws:iam::{CUSTOMER}:policy/houseguest/{name}-{whose}-boundary"


def _default_document(admin: Actor, arn: str) -> Document:
    version = admin("iam").get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = admin("iam").get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert isinstance(document, dict)
    return document
