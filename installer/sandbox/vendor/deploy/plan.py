"""What one install is to make: its names, tags and blocks. The contract for names and tags: docs/vendor-protocol.md."""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv4Network

from installer.sandbox.vendor import offer

INSTALLATION_TAG = "houseguest:installation"
MADE_BY_TAG = "houseguest:made-by"

NAMESPACE = "popsql"
SERVICE_ACCOUNT = "app"

_SHORT_NAME = 32
_ZONES = 3


@dataclass(frozen=True)
class Plan:
    """`role_path` is the path of the vendor's role; the workload roles live one level below it.

    A boundary tells by their names what is this installation's, also beside one that is called `<name>-2`: so the
    cluster and the database have its exact name, secrets begin with `<name>/`, buckets with `<name>--`.
    """

    install_id: str
    installation_name: str
    account_id: str
    region: str
    cidr: str
    role_path: str
    workload_boundary_arn: str
    product_version: str

    def name(self, suffix: str) -> str:
        return f"{self.installation_name}-{suffix}"

    def short_name(self, suffix: str) -> str:
        """At most 32 characters, as load balancers and target groups ask. A long name is cut and told by a digest."""
        name = self.name(suffix)
        if len(name) <= _SHORT_NAME:
            return name
        digest = hashlib.sha256(self.installation_name.encode()).hexdigest()[:6]
        kept = self.installation_name[: _SHORT_NAME - len(suffix) - len(digest) - 2].rstrip("-")
        return f"{kept}-{digest}-{suffix}"

    @property
    def workload_path(self) -> str:
        return f"{self.role_path}{self.installation_name}/"

    def role_arn(self, suffix: str) -> str:
        return f"arn:aws:iam::{self.account_id}:role{self.workload_path}{self.name(suffix)}"

    @property
    def cluster(self) -> str:
        return self.installation_name

    @property
    def database(self) -> str:
        return self.installation_name

    @property
    def secret(self) -> str:
        return f"{self.installation_name}/app"

    def log_group(self, suffix: str) -> str:
        return f"{self.installation_name}--{suffix}"

    @property
    def bucket(self) -> str:
        """Bucket names are shared by all accounts, so the account is part of it."""
        return f"{self.installation_name}--{self.account_id}-{self.region}"

    @property
    def tags(self) -> dict[str, str]:
        return {INSTALLATION_TAG: self.installation_name, MADE_BY_TAG: offer.ISSUER}

    def tag_list(self, name: str) -> list[dict[str, str]]:
        """The tags and the name, as most services take them."""
        return [{"Key": key, "Value": value} for key, value in {**self.tags, "Name": name}.items()]

    def token(self, suffix: str) -> str:
        """A client token: the same for the same resource of the same install, 32 hexadecimal digits."""
        return hashlib.sha256(f"{self.install_id}/{suffix}".encode()).hexdigest()[:32]

    def subnet_blocks(self) -> tuple[tuple[IPv4Network, ...], tuple[IPv4Network, ...]]:
        """The private and the public blocks, one of each per zone: eighths of the whole, from both ends of it."""
        eighths = tuple(IPv4Network(self.cidr).subnets(prefixlen_diff=3))
        return eighths[:_ZONES], eighths[4 : 4 + _ZONES]
