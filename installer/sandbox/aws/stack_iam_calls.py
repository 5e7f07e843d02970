"""The IAM calls that CloudFormation's resource handlers make for a resource, with what their policies may look at.

Read from the handler permissions in the resource schemas, e.g.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html and its schema
(`aws cloudformation describe-type --type RESOURCE --type-name AWS::IAM::Role`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ministack.services import iam

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.pass_role import pass_role

Properties = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """A resource before and after: `old` is None on creation, `new` on deletion."""

    type: str
    account_id: str
    physical_id: str
    old: Properties | None
    new: Properties | None

    @property
    def properties(self) -> Properties:
        return self.new or self.old or {}

    def changed(self, name: str) -> bool:
        return _comparable((self.old or {}).get(name)) != _comparable((self.new or {}).get(name))


def calls(resource: Resource) -> tuple[Check, ...]:
    listed = _CALLS.get(resource.type)
    return tuple(listed(resource)) if listed else ()


def _comparable(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _tag_keys(properties: Properties) -> dict[str, Any]:
    """Condition keys of the tags of a request; CloudFormation's own `aws:` tags are not part of it."""
    tags = {t["Key"]: t["Value"] for t in properties.get("Tags") or () if not t["Key"].startswith("aws:")}
    return {f"aws:RequestTag/{key}": value for key, value in tags.items()} | ({"aws:TagKeys": [*tags]} if tags else {})


def _entity(resource: Resource, kind: str, arn: str) -> Iterator[Check]:
    """A role or user. What its policies may be is asked against the boundary it has, or gets on creation."""
    new, old = resource.new, resource.old
    boundary = (old or new or {}).get("PermissionsBoundary")
    limited = {"iam:PermissionsBoundary": boundary} if boundary else {}
    if old is None:
        tags = _tag_keys(new or {})
        yield Check(f"iam:Create{kind}", arn, {**limited, **tags})
        if tags:
            yield Check(f"iam:Tag{kind}", arn, tags)
    elif new is None:
        yield Check(f"iam:Delete{kind}", arn, limited)
    else:
        yield from _entity_changes(resource, kind, arn)
    if old is not None and new is not None and resource.changed("PermissionsBoundary"):
        limited = {"iam:PermissionsBoundary": new["PermissionsBoundary"]} if new.get("PermissionsBoundary") else {}
    yield from _policy_changes(resource, kind, arn, limited)


def _entity_changes(resource: Resource, kind: str, arn: str) -> Iterator[Check]:
    new, old = resource.new or {}, resource.old or {}
    if resource.changed("AssumeRolePolicyDocument"):
        yield Check("iam:UpdateAssumeRolePolicy", arn)
    if resource.changed("Description") or resource.changed("MaxSessionDuration"):
        yield Check(f"iam:Update{kind}", arn)
    if resource.changed("Tags"):
        yield Check(f"iam:Tag{kind}", arn, _tag_keys(new))
        yield Check(f"iam:Untag{kind}", arn, {})
    if resource.changed("PermissionsBoundary"):
        if new.get("PermissionsBoundary"):
            asked = {"iam:PermissionsBoundary": new["PermissionsBoundary"]}
            yield Check(f"iam:Put{kind}PermissionsBoundary", arn, asked)
        else:
            had = {"iam:PermissionsBoundary": old["PermissionsBoundary"]}
            yield Check(f"iam:Delete{kind}PermissionsBoundary", arn, had)


def _policy_changes(resource: Resource, kind: str, arn: str, limited: dict[str, Any]) -> Iterator[Check]:
    old_managed = set((resource.old or {}).get("ManagedPolicyArns") or ())
    new_managed = set((resource.new or {}).get("ManagedPolicyArns") or ())
    for policy_arn in sorted(new_managed - old_managed):
        yield Check(f"iam:Attach{kind}Policy", arn, {**limited, "iam:PolicyARN": policy_arn})
    for policy_arn in sorted(old_managed - new_managed):
        yield Check(f"iam:Detach{kind}Policy", arn, {**limited, "iam:PolicyARN": policy_arn})
    old_inline = {p.get("PolicyName"): _comparable(p) for p in (resource.old or {}).get("Policies") or ()}
    new_inline = {p.get("PolicyName"): _comparable(p) for p in (resource.new or {}).get("Policies") or ()}
    if any(old_inline.get(name) != document for name, document in new_inline.items()):
        yield Check(f"iam:Put{kind}Policy", arn, limited)
    if old_inline.keys() - new_inline.keys():
        yield Check(f"iam:Delete{kind}Policy", arn, limited)


def _arn(resource: Resource, store: Any, kind: str, name_property: str) -> str:
    known = (store.get(resource.physical_id) or {}).get("Arn")
    path = resource.properties.get("Path") or "/"
    name = resource.properties.get(name_property) or resource.physical_id or "*"
    return str(known or f"arn:aws:iam::{resource.account_id}:{kind}{path}{name}")


def _role(resource: Resource) -> Iterator[Check]:
    yield from _entity(resource, "Role", _arn(resource, iam._roles, "role", "RoleName"))


def _user(resource: Resource) -> Iterator[Check]:
    yield from _entity(resource, "User", _arn(resource, iam._users, "user", "UserName"))


def _managed_policy(resource: Resource) -> Iterator[Check]:
    arn = resource.physical_id or _arn(resource, iam._policies, "policy", "ManagedPolicyName")
    if resource.old is None:
        yield Check("iam:CreatePolicy", arn)
    elif resource.new is None:
        yield Check("iam:DeletePolicy", arn)
    elif resource.changed("PolicyDocument"):
        yield Check("iam:CreatePolicyVersion", arn)
        yield Check("iam:DeletePolicyVersion", arn)
    for kind, store, named in (("Role", iam._roles, "Roles"), ("User", iam._users, "Users")):
        old = set((resource.old or {}).get(named) or ())
        new = set((resource.new or {}).get(named) or ())
        for verb, names in (("Attach", new - old), ("Detach", old - new)):
            for name in sorted(names):
                entity = store.get(name) or {}
                keys = {"iam:PolicyARN": arn, "iam:PermissionsBoundary": entity.get("PermissionsBoundary")}
                target = entity.get("Arn", f"arn:aws:iam::{resource.account_id}:{kind.lower()}/{name}")
                yield Check(f"iam:{verb}{kind}Policy", target, {k: v for k, v in keys.items() if v})


def _inline_policy(resource: Resource) -> Iterator[Check]:
    verb = "Delete" if resource.new is None else "Put"
    for kind, store, named in (("Role", iam._roles, "Roles"), ("User", iam._users, "Users")):
        for name in resource.properties.get(named) or ():
            entity = store.get(name) or {}
            boundary = entity.get("PermissionsBoundary")
            target = entity.get("Arn", f"arn:aws:iam::{resource.account_id}:{kind.lower()}/{name}")
            yield Check(f"iam:{verb}{kind}Policy", target, {"iam:PermissionsBoundary": boundary} if boundary else {})


def _instance_profile(resource: Resource) -> Iterator[Check]:
    fallback = _arn(resource, iam._instance_profiles, "instance-profile", "InstanceProfileName")
    arn = resource.physical_id or fallback
    if resource.old is None:
        yield Check("iam:CreateInstanceProfile", arn)
    if resource.new is None:
        yield Check("iam:RemoveRoleFromInstanceProfile", arn)
        yield Check("iam:DeleteInstanceProfile", arn)
    elif resource.changed("Roles"):
        yield Check("iam:AddRoleToInstanceProfile", arn)
        for name in resource.new.get("Roles") or ():
            role_arn = (iam._roles.get(name) or {}).get("Arn", f"arn:aws:iam::{resource.account_id}:role/{name}")
            yield pass_role(role_arn, "ec2.amazonaws.com")


_CALLS = {
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Policy": _inline_policy,
    "AWS::IAM::Role": _role,
    "AWS::IAM::User": _user,
}
