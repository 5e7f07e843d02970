"""Where the vendor attacks: the house, what else is in the account, and AWS's services as one actor sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox.support.acme import ACCOUNT_ROOT, REGION, Acme
from tests.sandbox.support.actors import Actor, allow, document, trust
from tests.sandbox.support.house import House

NAME = "popsql"
ELSEWHERE = "us-west-2"
EVERYTHING = document(allow("*"))
OWN_TAG = {"Key": "houseguest:installation", "Value": NAME}


@dataclass(frozen=True)
class Scene:
    """`bucket`, `secret` and `own_instance_id` are the vendor's own."""

    house: House
    acme: Acme
    bucket: str
    secret: str
    own_instance_id: str

    @property
    def vendor(self) -> Actor:
        return self.house.vendor


Call = Callable[[Actor, Scene], object]


def in_region(service: str) -> Callable[[Actor], Any]:
    return lambda actor: actor(service, REGION)


iam, ec2, cfn, eks = in_region("iam"), in_region("ec2"), in_region("cloudformation"), in_region("eks")
functions, builds, machines = in_region("lambda"), in_region("codebuild"), in_region("stepfunctions")
trails, secrets, ssm, rds = in_region("cloudtrail"), in_region("secretsmanager"), in_region("ssm"), in_region("rds")
kms, logs = in_region("kms"), in_region("logs")


def s3(actor: Actor) -> Any:
    return actor("s3", REGION, s3={"addressing_style": "path"})


def create_role(actor: Actor, name: str, path: str, **more: Any) -> None:
    iam(actor).create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust(ACCOUNT_ROOT), **more)
