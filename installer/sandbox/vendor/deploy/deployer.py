"""Both phases: every step in its order, with sessions of the customer's role that renew themselves.

The steps of an install are in the files named after what they make; those of an upgrade in upgrade.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

from installer.sandbox.vendor.aws import RoleSession, renewing_session
from installer.sandbox.vendor.deploy.clients import Clients
from installer.sandbox.vendor.deploy.cluster import make_cluster
from installer.sandbox.vendor.deploy.database import make_database
from installer.sandbox.vendor.deploy.failures import Unsuitable
from installer.sandbox.vendor.deploy.gate import Gate
from installer.sandbox.vendor.deploy.load_balancer import make_load_balancer
from installer.sandbox.vendor.deploy.network import make_network
from installer.sandbox.vendor.deploy.plan import Plan
from installer.sandbox.vendor.deploy.roles import make_roles
from installer.sandbox.vendor.deploy.site import Progress, Site
from installer.sandbox.vendor.deploy.steps import INSTALL_STEPS, UPGRADE_STEPS
from installer.sandbox.vendor.deploy.storage import make_storage
from installer.sandbox.vendor.deploy.upgrade import roll_out
from installer.sandbox.vendor.pace import Pace
from installer.sandbox.vendor.product import Product


@dataclass(frozen=True)
class Built:
    """Where the product is reached and where it comes from."""

    load_balancer: str
    egress_ips: tuple[str, ...]


class AwsDeployer:
    """`actions` collects the IAM actions of every call it made, for comparing them with what the invitation says."""

    def __init__(self, product: Product, pace: Pace) -> None:
        self._product = product
        self._pace = pace
        self.actions: set[str] = set()

    def install(self, plan: Plan, assume: Callable[[], RoleSession], gate: Gate, progress: Progress) -> Built:
        """Makes what is not there yet. Raises StepFailed, Interrupted."""
        clients = Clients(lambda: renewing_session(assume, plan.region), gate)
        site = Site(plan, INSTALL_STEPS, clients, gate, self._pace, progress)
        try:
            roles = make_roles(site)
            network = make_network(site)
            make_cluster(site, network, roles)
            database = make_database(site, network)
            make_storage(site, database)
            load_balancer = make_load_balancer(site, network)
            self._start_product(site)
        finally:
            self.actions |= clients.actions
        return Built(load_balancer, (network.egress_ip,))

    def upgrade(
        self, plan: Plan, version: str, assume: Callable[[], RoleSession], gate: Gate, progress: Progress
    ) -> None:
        """Raises StepFailed, Interrupted; the version that ran before goes on running."""
        clients = Clients(lambda: renewing_session(assume, plan.region), gate)
        site = Site(plan, UPGRADE_STEPS, clients, gate, self._pace, progress)
        try:
            roll_out(site, version)
        finally:
            self.actions |= clients.actions

    def _start_product(self, site: Site) -> None:
        """Waits until the product itself, with its own role, can do its work."""
        with site.step("product") as step:
            site.worked()
            if not self._product.can_be_checked:
                return
            wanting: list[str] = []

            def healthy() -> bool:
                wanting[:] = [check.detail for check in self._product.check(site.plan) if not check.passed]
                return not wanting

            try:
                site.wait_until(healthy, "The product", step.seconds)
            except Unsuitable as error:
                raise Unsuitable("ProductNotHealthy", site.plan.role_arn("app"), "; ".join(wanting)) from error
