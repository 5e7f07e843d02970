"""People who act in the sandbox, the policies they have, and the roles they make."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config

from installer.sandbox import SandboxInfo

CUSTOMER = "222222222222"
VENDOR = "111111111111"
DEPLOYER = f"arn:aws:iam::{VENDOR}:role/release-deploy"

# Loading service models is most of what a client costs; one session keeps them.
_session = botocore.session.Session()


@dataclass(frozen=True)
class Actor:
    """Somebody with keys: `actor("iam")` is a client that acts as them."""

    endpoint_url: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __call__(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        return _session.create_client(
            service,
            region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            config=Config(proxies={}, retries={"total_max_attempts": 1}, **config),
        )

    def assume(self, role_arn: str, **more: Any) -> Actor:
        """Whoever gets the role's session. AWS, not botocore, decides what is valid."""
        arguments = {"RoleArn": role_arn, "RoleSessionName": "case", **more}
        keys = self("sts", parameter_validation=False).assume_role(**arguments)["Credentials"]
        return Actor(self.endpoint_url, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def profile(info: SandboxInfo, name: str) -> Actor:
    session = botocore.session.Session()
    session.set_config_variable("config_file", info.aws_config_file)
    session.set_config_variable("credentials_file", info.aws_shared_credentials_file)
    session.set_config_variable("profile", name)
    keys = session.get_credentials().get_frozen_credentials()
    return Actor(info.endpoint_url, keys.access_key, keys.secret_key, keys.token)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}


def trust(principal: dict[str, str] | str, **more: Any) -> str:
    given = {"AWS": principal} if isinstance(principal, str) else principal
    return document({"Effect": "Allow", "Principal": given, "Action": "sts:AssumeRole", **more})


@dataclass(frozen=True)
class Roles:
    """Makes roles that the vendor may assume, and policies."""

    admin: Actor
    name: str

    def policy(self, suffix: str, *statements: dict[str, Any], path: str = "/") -> str:
        made = self.admin("iam").create_policy(
            PolicyName=f"{self.name}-{suffix}", Path=path, PolicyDocument=document(*statements)
        )
        return str(made["Policy"]["Arn"])

    def role(self, suffix: str, *statements: dict[str, Any], boundary: str = "", path: str = "/", **more: Any) -> str:
        """A role of the vendor's deployer with these statements as its inline policy."""
        limit = {"PermissionsBoundary": boundary} if boundary else {}
        given = {"AssumeRolePolicyDocument": trust(DEPLOYER), **limit, **more}
        made = self.admin("iam", parameter_validation=False).create_role(
            RoleName=f"{self.name}-{suffix}", Path=path, **given
        )
        if statements:
            self.admin("iam").put_role_policy(
                RoleName=f"{self.name}-{suffix}", PolicyName="own", PolicyDocument=document(*statements)
            )
        return str(made["Role"]["Arn"])
