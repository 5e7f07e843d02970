"""How the vendor is put together: the one place that knows every part."""

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from installer.sandbox.vendor import invitations, settings
from installer.sandbox.vendor.access_requests import AccessRequests
from installer.sandbox.vendor.aws import Aws, BotoAws
from installer.sandbox.vendor.deploy.deployer import AwsDeployer
from installer.sandbox.vendor.idempotency import Idempotency
from installer.sandbox.vendor.installs import Deployer, Installs
from installer.sandbox.vendor.integrations import Integrations
from installer.sandbox.vendor.live_sessions import LiveSessions
from installer.sandbox.vendor.pace import Background, Pace
from installer.sandbox.vendor.product import ControlEndpoint, Product
from installer.sandbox.vendor.settings import Settings
from installer.sandbox.vendor.store import Store
from installer.sandbox.vendor.survey import Survey
from installer.sandbox.vendor.tokens import Tokens

ADMIN_FILE_NAME = "vendor-admin.json"
_DENIED_ACTIONS = frozenset({"rds:*"})


@dataclass(frozen=True)
class Services:
    settings: Settings
    store: Store
    tokens: Tokens
    idempotency: Idempotency
    integrations: Integrations
    survey: Survey
    installs: Installs
    access_requests: AccessRequests
    product: Product
    admin_token: str

    def close(self) -> None:
        """Long polls return, runs stop at their next call."""
        self.integrations.close()
        self.installs.close()
        self.store.close()


def build(given: Settings) -> Services:
    """The vendor, with AWS behind it."""
    now = _utc_now
    product = Product(ControlEndpoint(given.control) if given.control else None, now)
    pace = Pace.at_speed(given.speed)
    return assemble(given, BotoAws(now), AwsDeployer(product, pace), product, pace, now, start_thread)


def assemble(
    given: Settings,
    aws: Aws,
    deployer: Deployer,
    product: Product,
    pace: Pace,
    now: Callable[[], datetime],
    background: Background,
) -> Services:
    """The vendor over any AWS, any deployer, any clock: what tests call."""
    store = Store()
    integrations = Integrations(store, aws, LiveSessions(now), background, pace, now)
    return Services(
        settings=given,
        store=store,
        tokens=Tokens(store, given.control_plane_url, now),
        idempotency=Idempotency(store),
        integrations=integrations,
        survey=Survey(aws, integrations),
        installs=Installs(store, integrations, deployer, background, given.control_plane_url, now),
        access_requests=AccessRequests(store, integrations, now),
        product=product,
        admin_token=secrets.token_urlsafe(32),
    )


def write_files(services: Services) -> None:
    """The invitation, and the token of the vendor's own side, into the state directory."""
    given = services.settings
    given.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = _utc_now()
    without = _DENIED_ACTIONS if given.scenario == settings.DENIED_SCENARIO else frozenset()
    fresh = invitations.claims(given.control_plane_url, now, boundary_without=without)
    invitations.write_invitation(given.state, fresh, now)
    admin = given.state / ADMIN_FILE_NAME
    admin.touch(mode=0o600)
    admin.write_text(json.dumps({"url": given.control_plane_url, "token": services.admin_token}), "utf-8")


def start_thread(name: str, work: Callable[[], None]) -> None:
    threading.Thread(target=work, name=name, daemon=True).start()


def _utc_now() -> datetime:
    return datetime.now(UTC)
