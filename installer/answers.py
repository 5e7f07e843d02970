"""Everything the person chose, and what came of it, as the journey goes on.

Frozen: a step takes answers and returns new ones. A section that is None has not been settled; `flow.next_step` decides
by that alone. What an installation *is* in AWS lives in `installation.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network

from installer.evidence import Evidence
from installer.invitation import Invitation
from installer.names import Names
from installer.policy.document import Document


@dataclass(frozen=True)
class Wishes:
    """What the person asks for, before anything is settled. None means: suggest it."""

    name: str
    preset: str = "guarded"
    own_boundary: Document | None = None
    stack_region: str = "us-east-1"
    region: str | None = None
    cidr: IPv4Network | None = None
    prefix_length: int | None = None
    avoid: tuple[IPv4Network, ...] = ()
    email: str | None = None


@dataclass(frozen=True)
class Account:
    """The signed-in identity. `organization_id` and `alias` are None where they may not be read."""

    account_id: str
    arn: str
    user_id: str
    partition: str
    alias: str | None
    is_root: bool


@dataclass(frozen=True)
class Permissions:
    """The two boundaries as they will be created."""

    preset: str
    operator_boundary: Document
    workload_boundary: Document


@dataclass(frozen=True)
class Connection:
    """The role exists and the vendor proved that it can use it."""

    access_stack_id: str
    role_stack_id: str
    role_arn: str
    operator_boundary_arn: str
    workload_boundary_arn: str
    integration_id: str
    proof: tuple[Evidence, ...]
    existing_install_id: str | None = None


@dataclass(frozen=True)
class Network:
    """Where the product goes. `evidence` says what was scanned and what was not."""

    region: str
    cidr: IPv4Network
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Review:
    """The person has seen one page with everything, at this time."""

    at: datetime


@dataclass(frozen=True)
class Product:
    """The running product, as the vendor reports it and as it was read back."""

    install_id: str
    version: str
    url: str
    health_url: str
    egress_ips: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Answers:
    invitation: Invitation
    wishes: Wishes
    account: Account | None = None
    permissions: Permissions | None = None
    connection: Connection | None = None
    network: Network | None = None
    review: Review | None = None
    product: Product | None = None

    @property
    def names(self) -> Names:
        """Names of this installation; only after sign-in, because they hold the account id."""
        if self.account is None:
            raise ValueError("names are known only after sign-in")
        return Names(
            self.wishes.name, self.account.account_id, self.invitation.template.role_path, self.account.partition
        )
