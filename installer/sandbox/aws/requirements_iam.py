"""What an IAM request needs: ARNs with their paths, and the condition keys of IAM.

ministack leaves the path out of every role ARN (`role/name` for `role/release/popsql/name`) and knows no `iam:` keys.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import iam

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

# Actions whose `iam:PermissionsBoundary` is the boundary that the request asks for.
_BOUNDARY_IN_REQUEST = frozenset(
    {"CreateRole", "CreateUser", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary"}
)
# Actions whose `iam:PermissionsBoundary` is the boundary that the role or user has.
_BOUNDARY_OF_ENTITY = frozenset(
    f"{verb}{entity}{what}"
    for entity in ("Role", "User")
    for verb, what in (
        ("Attach", "Policy"),
        ("Detach", "Policy"),
        ("Put", "Policy"),
        ("Delete", "Policy"),
        ("Delete", "PermissionsBoundary"),
    )
)


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    own = asked.on(resource_arn(request.action, request.param, request.account_id))
    own = own.knowing(_keys(request.action, request.param))
    return (own, *_tagging(request.action, own))


def _tagging(action: str, own: Check) -> tuple[Check, ...]:
    """Tags given on creation need the tagging permission too.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    """
    kind = {
        "CreateRole": "Role",
        "CreateUser": "User",
        "CreatePolicy": "Policy",
        "CreateInstanceProfile": "InstanceProfile",
    }.get(action)
    if kind is None or not any(key.lower() == "aws:tagkeys" for key in own.context):
        return ()
    return (Check(f"iam:Tag{kind}", own.resource, own.context),)


def resource_arn(action: str, param: Callable[[str], str], account_id: str) -> str:
    """The ARN that `action` is authorized on, `*` where the action takes no resource."""
    root = f"arn:aws:iam::{account_id}:"
    path = param("Path") or "/"
    if param("InstanceProfileName"):
        name = param("InstanceProfileName")
        return _known(iam._instance_profiles, name) or f"{root}instance-profile{path}{name}"
    if param("RoleName"):
        name = param("RoleName")
        created = action == "CreateRole"
        return f"{root}role{path}{name}" if created else _known(iam._roles, name) or f"{root}role/{name}"
    if param("UserName"):
        name = param("UserName")
        created = action == "CreateUser"
        return f"{root}user{path}{name}" if created else _known(iam._users, name) or f"{root}user/{name}"
    if param("GroupName"):
        name = param("GroupName")
        return _known(iam._groups, name) or f"{root}group{path}{name}"
    if action == "CreatePolicy":
        return f"{root}policy{path}{param('PolicyName')}"
    if action == "CreateServiceLinkedRole":
        return f"{root}role/aws-service-role/{param('AWSServiceName')}/*"
    if action == "CreateOpenIDConnectProvider":
        return f"{root}oidc-provider/{param('Url').partition('://')[2]}"
    if action == "CreateSAMLProvider":
        return f"{root}saml-provider/{param('Name')}"
    named = ("PolicyArn", "PolicySourceArn", "OpenIDConnectProviderArn", "SAMLProviderArn", "Arn")
    return next((param(name) for name in named if param(name)), "*")


def _known(store: Any, name: str) -> str:
    return str((store.get(name) or {}).get("Arn", ""))


def _keys(action: str, param: Callable[[str], str]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    entity = iam._roles.get(param("RoleName")) or iam._users.get(param("UserName")) or {}
    if action in _BOUNDARY_IN_REQUEST:
        keys["iam:PermissionsBoundary"] = param("PermissionsBoundary")
    elif action in _BOUNDARY_OF_ENTITY:
        keys["iam:PermissionsBoundary"] = entity.get("PermissionsBoundary")
    if action.startswith(("Attach", "Detach")):
        keys["iam:PolicyARN"] = param("PolicyArn")
    if action == "CreateServiceLinkedRole":
        keys["iam:AWSServiceName"] = param("AWSServiceName")
    return {key: value for key, value in keys.items() if value}
