"""Names, paths and tags by which everything of an installation is found from the account alone.

They are part of the promise: a person with the AWS console and no Houseguest finds by them all that there is to take
back.
"""

import re
from dataclasses import dataclass

from installer.errors import UsageError

# No two hyphens in a row: `<name>--` then begins only this installation's names, also where another is called
# `<name>-2`.
NAME_PATTERN = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,18}[a-z0-9]")

# Prefixes that AWS keeps for itself where the vendor's things are named after the installation: S3 buckets, load
# balancers, parameters.
RESERVED = frozenset({"amzn-s3-demo", "aws", "internal", "sthree", "ssm", "xn"})

POLICY_PATH = "/houseguest/"
TAG_INSTALLATION = "houseguest:installation"
TAG_MADE_BY = "houseguest:made-by"
TAG_INVITATION = "houseguest:invitation"
TAG_LOCK = "houseguest:lock"
MADE_BY_US = "houseguest"


@dataclass(frozen=True)
class Names:
    """All names of one installation. `role_path` is the IAM path of the vendor's roles, from the invitation:
    `/release/`."""

    installation: str
    account_id: str
    role_path: str
    partition: str = "aws"

    def __post_init__(self) -> None:
        check_name(self.installation)

    def _iam(self, resource: str) -> str:
        return f"arn:{self.partition}:iam::{self.account_id}:{resource}"

    @property
    def access_stack(self) -> str:
        return f"{self.installation}-access"

    @property
    def role_stack(self) -> str:
        return f"{self.installation}-role"

    @property
    def operator_boundary(self) -> str:
        return f"{self.installation}-operator-boundary"

    @property
    def workload_boundary(self) -> str:
        return f"{self.installation}-workload-boundary"

    @property
    def operator_boundary_arn(self) -> str:
        return self._iam(f"policy{POLICY_PATH}{self.operator_boundary}")

    @property
    def workload_boundary_arn(self) -> str:
        return self._iam(f"policy{POLICY_PATH}{self.workload_boundary}")

    @property
    def operator_role(self) -> str:
        return f"{self.installation}-operator"

    @property
    def operator_role_arn(self) -> str:
        return self._iam(f"role{self.role_path}{self.operator_role}")

    @property
    def workload_path(self) -> str:
        """IAM path of the roles that the vendor makes. The vendor's own role is outside it on purpose."""
        return f"{self.role_path}{self.installation}/"

    @property
    def workload_role_arns(self) -> str:
        return self._iam(f"role{self.workload_path}*")

    def tags(self, invitation_id: str) -> dict[str, str]:
        """Tags of everything that the program makes."""
        return {TAG_INSTALLATION: self.installation, TAG_MADE_BY: MADE_BY_US, TAG_INVITATION: invitation_id}


def check_name(name: str) -> str:
    """The name, or a `UsageError` that says what a name may look like."""
    if not NAME_PATTERN.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of an installation.",
            fix="Use 2 to 20 small letters, digits and single hyphens; begin with a letter, do not end with a hyphen.",
        )
    if name in RESERVED:
        raise UsageError(f"AWS keeps names that begin with {name!r} for itself.", fix="Choose another name.")
    return name
