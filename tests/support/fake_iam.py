"""An IAM with a memory, for the engine's own tests: roles, managed policies with their versions, and who is under which
boundary. moto does not know the last, and deletes a policy that is in use.

Refuses what AWS refuses: a sixth version, a policy or a role that something still holds. Give its `operations` to a
`FakeAws`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from installer.errors import AwsError, NotFound
from tests.support.fake_aws import Answer

VERSIONS_AT_MOST = 5
Reply = Mapping[str, Any]


@dataclass
class FakePolicy:
    arn: str
    versions: dict[str, Any]
    default: str = "v1"
    tags: dict[str, str] = field(default_factory=dict)
    made: int = 1

    @property
    def document(self) -> Any:
        return self.versions[self.default]


@dataclass
class FakeRole:
    """`grants` are the documents of what is attached to it and in it."""

    name: str
    arn: str
    trust: dict[str, Any]
    boundary: str | None = None
    attached: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    longest: int = 3_600
    grants: list[Any] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.arn.partition(":role")[2].removesuffix(self.name)


@dataclass
class FakeIam:
    """`still_lists`: readings of who is under a policy that go on naming a role of that name."""

    account_id: str
    roles: dict[str, FakeRole] = field(default_factory=dict)
    policies: dict[str, FakePolicy] = field(default_factory=dict)
    still_lists: dict[str, int] = field(default_factory=dict)

    def add_role(self, name: str, path: str, trust: dict[str, Any], **given: Any) -> FakeRole:
        assert name not in self.roles, f"{name} exists already"
        role = FakeRole(name, f"arn:aws:iam::{self.account_id}:role{path}{name}", trust, **given)
        self.roles[name] = role
        return role

    def add_policy(self, name: str, path: str, document: Any) -> FakePolicy:
        arn = f"arn:aws:iam::{self.account_id}:policy{path}{name}"
        assert arn not in self.policies, f"{arn} exists already"
        self.policies[arn] = FakePolicy(arn, {"v1": document})
        return self.policies[arn]

    def add_version(self, arn: str, document: Any) -> None:
        policy = self.policies[arn]
        assert len(policy.versions) < VERSIONS_AT_MOST, "LimitExceeded"
        policy.made += 1
        policy.default = f"v{policy.made}"
        policy.versions[policy.default] = document

    def delete_policy(self, arn: str) -> None:
        assert len(self.policies[arn].versions) == 1, f"DeleteConflict: {arn} has versions"
        assert self.under(arn) == [], f"DeleteConflict: {arn} is in use"
        del self.policies[arn]

    def delete_role(self, name: str) -> None:
        del self.roles[name]

    def under(self, arn: str) -> list[str]:
        """Names of the roles whose boundary the policy is."""
        return [role.name for role in self.roles.values() if role.boundary == arn]

    def operations(self) -> dict[str, Answer]:
        known: dict[str, Callable[..., Reply]] = {
            "GetRole": self._get_role,
            "ListRoles": self._list_roles,
            "ListAttachedRolePolicies": self._list_attached_role_policies,
            "ListRolePolicies": self._list_role_policies,
            "UpdateAssumeRolePolicy": self._update_assume_role_policy,
            "PutRolePermissionsBoundary": self._put_role_permissions_boundary,
            "GetPolicy": self._get_policy,
            "GetPolicyVersion": self._get_policy_version,
            "ListPolicyVersions": self._list_policy_versions,
            "CreatePolicyVersion": self._create_policy_version,
            "DeletePolicyVersion": self._delete_policy_version,
            "ListEntitiesForPolicy": self._list_entities_for_policy,
            "ListPolicyTags": self._list_policy_tags,
            "TagPolicy": self._tag_policy,
            "UntagPolicy": self._untag_policy,
        }
        return {f"iam:{name}": _refusing(operation) for name, operation in known.items()}

    def _get_role(self, RoleName: str) -> Reply:
        role = self._role(RoleName)
        row = {
            "RoleName": role.name,
            "Arn": role.arn,
            "Path": role.path,
            "AssumeRolePolicyDocument": role.trust,
            "MaxSessionDuration": role.longest,
        }
        return {"Role": row | ({"PermissionsBoundary": _boundary(role.boundary)} if role.boundary else {})}

    def _list_roles(self, PathPrefix: str) -> Reply:
        return {"Roles": [{"RoleName": name} for name, role in self.roles.items() if role.path.startswith(PathPrefix)]}

    def _list_attached_role_policies(self, RoleName: str) -> Reply:
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in self._role(RoleName).attached]}

    def _list_role_policies(self, RoleName: str) -> Reply:
        return {"PolicyNames": list(self._role(RoleName).inline)}

    def _update_assume_role_policy(self, RoleName: str, PolicyDocument: str) -> Reply:
        self._role(RoleName).trust = json.loads(PolicyDocument)
        return {}

    def _put_role_permissions_boundary(self, RoleName: str, PermissionsBoundary: str) -> Reply:
        self._policy(PermissionsBoundary)
        self._role(RoleName).boundary = PermissionsBoundary
        return {}

    def _get_policy(self, PolicyArn: str) -> Reply:
        return {"Policy": {"Arn": PolicyArn, "DefaultVersionId": self._policy(PolicyArn).default}}

    def _get_policy_version(self, PolicyArn: str, VersionId: str) -> Reply:
        return {"PolicyVersion": {"VersionId": VersionId, "Document": self._policy(PolicyArn).versions[VersionId]}}

    def _list_policy_versions(self, PolicyArn: str) -> Reply:
        policy = self._policy(PolicyArn)
        rows = [{"VersionId": version, "IsDefaultVersion": version == policy.default} for version in policy.versions]
        return {"Versions": rows}

    def _create_policy_version(self, PolicyArn: str, PolicyDocument: str, SetAsDefault: bool) -> Reply:
        assert SetAsDefault
        self._policy(PolicyArn)
        self.add_version(PolicyArn, json.loads(PolicyDocument))
        return {}

    def _delete_policy_version(self, PolicyArn: str, VersionId: str) -> Reply:
        policy = self._policy(PolicyArn)
        assert policy.default != VersionId, "DeleteConflict: the default version"
        del policy.versions[VersionId]
        return {}

    def _list_entities_for_policy(self, PolicyArn: str, PolicyUsageFilter: str) -> Reply:
        assert PolicyUsageFilter == "PermissionsBoundary"
        self._policy(PolicyArn)
        late = [name for name, readings in self.still_lists.items() if readings and name not in self.roles]
        for name in late:
            self.still_lists[name] -= 1
        return {"PolicyRoles": [{"RoleName": name} for name in (*self.under(PolicyArn), *late)], "PolicyUsers": []}

    def _list_policy_tags(self, PolicyArn: str) -> Reply:
        return {"Tags": [{"Key": key, "Value": value} for key, value in self._policy(PolicyArn).tags.items()]}

    def _tag_policy(self, PolicyArn: str, Tags: list[dict[str, str]]) -> Reply:
        self._policy(PolicyArn).tags.update({tag["Key"]: tag["Value"] for tag in Tags})
        return {}

    def _untag_policy(self, PolicyArn: str, TagKeys: list[str]) -> Reply:
        for key in TagKeys:
            self._policy(PolicyArn).tags.pop(key, None)
        return {}

    def _role(self, name: str) -> FakeRole:
        if name not in self.roles:
            raise NotFound(f"iam: there is no role {name}.", aws_code="NoSuchEntity")
        return self.roles[name]

    def _policy(self, arn: str) -> FakePolicy:
        if arn not in self.policies:
            raise NotFound(f"iam: there is no policy {arn}.", aws_code="NoSuchEntity")
        return self.policies[arn]


def _boundary(arn: str) -> dict[str, str]:
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def _refusing(operation: Callable[..., Reply]) -> Answer:
    """What the operation raises as `FakeAws` wants it: as an answer."""

    def answer(**parameters: Any) -> Reply | Exception:
        try:
            return operation(**parameters)
        except AwsError as error:
            return error

    return answer
