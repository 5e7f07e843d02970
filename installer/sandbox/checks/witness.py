"""Who looks, and at what: the customer's administrator, the vendor's own credentials, and the facts of an installation.

Names and tags are composed here from the contract (docs/vendor-protocol.md), not taken from what the program told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from installer.sandbox.checks.check import Wrong
from installer.sandbox.checks.clients import Clients
from installer.sandbox.info import SandboxInfo
from installer.sandbox.vendor import invitations, offer

INSTALLATION_TAG = "houseguest:installation"
MADE_BY_TAG = "houseguest:made-by"
INVITATION_TAG = "houseguest:invitation"
INSTALLER = "houseguest"

_SESSION_SECONDS = 900

Told = Mapping[str, Any]
"""The JSON that a command printed."""


@dataclass(frozen=True)
class Installed:
    """One installation as it must be. Where it is and its identifiers are what the command told; the rest follows."""

    name: str
    account_id: str
    role_path: str
    told: Told

    @property
    def region(self) -> str:
        return str(self.told["region"])

    @property
    def cidr(self) -> str:
        return str(self.told["cidr"])

    @property
    def role_name(self) -> str:
        return f"{self.name}-operator"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:role{self.role_path}{self.role_name}"

    @property
    def workload_path(self) -> str:
        return f"{self.role_path}{self.name}/"

    @property
    def policy_names(self) -> tuple[str, str]:
        """Of the operator boundary and of the workload boundary."""
        return f"{self.name}-operator-boundary", f"{self.name}-workload-boundary"

    @property
    def operator_boundary_arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:policy/houseguest/{self.policy_names[0]}"

    @property
    def workload_boundary_arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:policy/houseguest/{self.policy_names[1]}"

    @property
    def access_stack(self) -> str:
        return f"{self.name}-access"

    @property
    def role_stack(self) -> str:
        return f"{self.name}-role"

    def owns(self, tags: list[dict[str, str]] | Mapping[str, str]) -> bool:
        """Whether the vendor made the thing with these tags for this installation."""
        found = tags if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}
        return found.get(INSTALLATION_TAG) == self.name and found.get(MADE_BY_TAG) == offer.ISSUER


class Witness:
    """Looks at the customer's account, and tries what the vendor can do in it."""

    def __init__(self, info: SandboxInfo) -> None:
        self.info = info
        self.admin = Clients.of_profile(info, info.admin_profile)
        self.vendor = Clients.of_profile(info, info.vendor_profile)
        self.invitation_token = Path(info.invitation).read_text("ascii").strip()
        self.invitation = invitations.read_invitation(self.invitation_token)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Those that are enabled in the customer's account."""
        return tuple(region["RegionName"] for region in self.admin("ec2").describe_regions()["Regions"])

    def installed(self, told: Told) -> Installed:
        """What must be there if `houseguest install` printed this."""
        return Installed(str(told["name"]), self.info.account_id, self.invitation.role_path, told)

    def assume(self, installed: Installed, **external_id: str) -> Clients:
        """A new session with the vendor's credentials; `ExternalId` if given. Raises ClientError."""
        reply = self.vendor("sts").assume_role(
            RoleArn=installed.role_arn,
            RoleSessionName=f"{offer.VENDOR_SLUG}-{installed.name}-check",
            DurationSeconds=_SESSION_SECONDS,
            **external_id,
        )
        return Clients.of_credentials(self.info, reply["Credentials"])

    def hold_session(self, installed: Installed) -> Clients:
        """A session that stays live while access is removed. Raises Wrong."""
        try:
            return self.assume(installed, ExternalId=self.invitation.external_id)
        except ClientError as error:
            raise Wrong(f"The vendor gets no session of {installed.role_arn}: {error}") from error
