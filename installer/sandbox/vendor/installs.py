"""Installs: starting, watching, pausing, cancelling, retrying, upgrading. The AWS calls themselves: deploy/."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network
from typing import Protocol

from installer.sandbox.vendor import offer
from installer.sandbox.vendor.aws import RoleSession
from installer.sandbox.vendor.deploy.deployer import Built
from installer.sandbox.vendor.deploy.failures import StepFailed
from installer.sandbox.vendor.deploy.gate import Gate, Interrupted
from installer.sandbox.vendor.deploy.plan import Plan
from installer.sandbox.vendor.deploy.site import Progress
from installer.sandbox.vendor.integrations import Integrations
from installer.sandbox.vendor.invitations import Invitation
from installer.sandbox.vendor.models import InstallRequest
from installer.sandbox.vendor.pace import Background
from installer.sandbox.vendor.problems import Problem, not_found
from installer.sandbox.vendor.progress import StoredProgress
from installer.sandbox.vendor.records import (
    Endpoints,
    Event,
    EventState,
    Failure,
    Install,
    InstallState,
    Integration,
    IntegrationState,
)
from installer.sandbox.vendor.store import Store, new_id
from installer.sandbox.vendor.tokens import Caller

LONGEST_WAIT_SECONDS = 30
WHOLE_INSTALL = "install"
"""The step name of events that are about the install itself: done, paused, cancelled."""

_STOPPED = (InstallState.FAILED, InstallState.PAUSED, InstallState.CANCELLED)

_log = logging.getLogger(__name__)


class Deployer(Protocol):
    def install(self, plan: Plan, assume: Callable[[], RoleSession], gate: Gate, progress: Progress) -> Built: ...

    def upgrade(
        self, plan: Plan, version: str, assume: Callable[[], RoleSession], gate: Gate, progress: Progress
    ) -> None: ...


@dataclass(frozen=True)
class _Run:
    gate: Gate = field(default_factory=Gate)
    ended: threading.Event = field(default_factory=threading.Event)


class Installs:
    def __init__(
        self,
        store: Store,
        integrations: Integrations,
        deployer: Deployer,
        background: Background,
        control_plane_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._integrations = integrations
        self._deployer = deployer
        self._background = background
        self._url = control_plane_url
        self._now = now
        self._runs: dict[str, _Run] = {}

    def start(self, caller: Caller, request: InstallRequest) -> tuple[Install, int]:
        """A new install (202), or the one that this integration has already (200)."""
        with self._store.changing():
            integration = self._integrations.get(caller, request.integration_id)
            existing = self._store.installs.get(integration.install_id or "")
            if existing is not None and not _may_be_replaced(existing):
                if (existing.region, existing.cidr) != (request.region, request.cidr):
                    where = f"{existing.region} on {existing.cidr}"
                    raise Problem(409, "install-exists", f"This installation is in {where} already.")
                return existing, 200
            if integration.state is not IntegrationState.CONNECTED:
                raise Problem(409, "not-connected", f"The integration is {integration.state}, not connected.")
            _refuse_place(caller.invitation, request)
            install = Install(
                id=new_id("ins"),
                integration_id=integration.id,
                region=request.region,
                cidr=request.cidr,
                product_version=offer.PRODUCT_VERSION,
                contact_email=request.contact_email,
            )
            self._store.installs[install.id] = install
            self._store.update_integration(integration.id, install_id=install.id)
            self._begin(install.id, self._install)
        return install, 202

    def get(self, caller: Caller, install_id: str) -> Install:
        with self._store.reading():
            install = self._store.installs.get(install_id)
        if install is None:
            raise not_found("install")
        try:
            self._integrations.get(caller, install.integration_id)
        except Problem as error:
            raise not_found("install") from error
        return install

    def events(
        self, caller: Caller, install_id: str, after: int, wait_seconds: float
    ) -> tuple[tuple[Event, ...], InstallState]:
        """Those after sequence number `after`; where there are none yet, waits for one or for the state to change."""
        state = self.get(caller, install_id).state

        def anything() -> bool:
            return (
                len(self._store.events.get(install_id, ())) > after or self._store.installs[install_id].state != state
            )

        self._store.wait_for(anything, min(wait_seconds, LONGEST_WAIT_SECONDS))
        with self._store.reading():
            return tuple(self._store.events.get(install_id, [])[after:]), self._store.installs[install_id].state

    def retry(self, caller: Caller, install_id: str) -> Install:
        """Goes on after a failure, a pause or a cancellation; where it is going on already, nothing changes."""
        with self._store.changing():
            install = self.get(caller, install_id)
            if install.state is InstallState.INSTALLING:
                return install
            if install.state not in _STOPPED:
                raise Problem(409, "nothing-to-retry", f"The install is {install.state}.")
            install = self._store.update_install(install_id, state=InstallState.INSTALLING, error=None)
            self._begin(install_id, self._install)
            return install

    def pause(self, caller: Caller, install_id: str) -> Install:
        return self._stop(caller, install_id, InstallState.PAUSED, EventState.PAUSED, "Paused. What was made stays.")

    def cancel(self, caller: Caller, install_id: str) -> Install:
        return self._stop(
            caller, install_id, InstallState.CANCELLED, EventState.CANCELLED, "Cancelled. What was made stays."
        )

    def upgrade(self, install_id: str, version: str) -> Install:
        """The vendor's own decision; AWS decides whether it may."""
        with self._store.changing():
            install = self._store.installs.get(install_id)
            if install is None:
                raise not_found("install")
            if install.state is InstallState.UPGRADING:
                return install
            if install.state is not InstallState.INSTALLED:
                raise Problem(409, "not-installed", f"The install is {install.state}, not installed.")
            install = self._store.update_install(install_id, state=InstallState.UPGRADING, error=None)
            self._begin(install_id, lambda run, ran: self._upgrade(run, ran, version))
            return install

    def end(self, integration: Integration) -> None:
        """The customer has left: what still runs stops. What was made stays the customer's."""
        with self._store.changing():
            install = self._store.installs.get(integration.install_id or "")
            if install is None:
                return
            if install.state is InstallState.INSTALLING:
                message = "Cancelled: the customer has left."
                self._halt(install.id, InstallState.CANCELLED, EventState.CANCELLED, message)
            elif install.state is InstallState.UPGRADING:
                message = "The upgrade was cancelled: the customer has left."
                self._halt(install.id, InstallState.INSTALLED, EventState.CANCELLED, message)

    def plan(self, install_id: str) -> Plan:
        """Raises Problem 404."""
        with self._store.reading():
            install = self._store.installs.get(install_id)
            if install is None:
                raise not_found("install")
            return self._plan(install, self._store.integrations[install.integration_id])

    def close(self) -> None:
        """Every run stops at its next AWS call."""
        for run in tuple(self._runs.values()):
            run.gate.stop()

    def _begin(self, install_id: str, work: Callable[[Install, _Run], None]) -> None:
        before, run = self._runs.get(install_id), _Run()
        self._runs[install_id] = run
        self._background(f"run-{install_id}", lambda: self._run(install_id, before, run, work))

    def _run(self, install_id: str, before: _Run | None, run: _Run, work: Callable[[Install, _Run], None]) -> None:
        if before is not None:
            # It was stopped, but its last AWS call may still be under way.
            before.ended.wait()
        with self._store.reading():
            install = self._store.installs[install_id]
        try:
            work(install, run)
        except Interrupted:
            _log.info("%s was stopped", install_id)
        except Exception as error:  # noqa: BLE001
            # The last line of defence of a thread: without it the install would look alive for ever.
            _log.exception("%s failed", install_id)
            failure = Failure(
                "InternalError", WHOLE_INSTALL, None, f"The vendor's program failed ({type(error).__name__})."
            )
            self._fail(install, run, failure)
        finally:
            run.ended.set()

    def _install(self, install: Install, run: _Run) -> None:
        plan, assume, progress = self._prepare(install, run, "install")
        try:
            built = self._deployer.install(plan, assume, run.gate, progress)
        except StepFailed as error:
            self._fail(install, run, error.failure)
            return
        endpoints = Endpoints(
            url=f"{self._url}/product/{install.id}/",
            health_url=f"{self._url}/product/{install.id}/health",
            load_balancer=built.load_balancer,
            egress_ips=built.egress_ips,
        )
        self._finish(install, run, f"{offer.PRODUCT['name']} is installed.", endpoints=endpoints)

    def _upgrade(self, install: Install, run: _Run, version: str) -> None:
        plan, assume, progress = self._prepare(install, run, "update")
        try:
            self._deployer.upgrade(plan, version, assume, run.gate, progress)
        except StepFailed as error:
            # What ran before goes on running.
            self._store.update_install(install.id, state=InstallState.INSTALLED, error=error.failure)
            return
        self._finish(install, run, f"{offer.PRODUCT['name']} {version} is running.", product_version=version)

    def _prepare(
        self, install: Install, run: _Run, phase: str
    ) -> tuple[Plan, Callable[[], RoleSession], StoredProgress]:
        with self._store.reading():
            integration = self._store.integrations[install.integration_id]
        progress = StoredProgress(self._store, install.id, run.gate, self._now)
        return (
            self._plan(install, integration),
            lambda: self._integrations.open_session(integration, phase),
            progress,
        )

    def _finish(self, install: Install, run: _Run, message: str, **changes: object) -> None:
        with self._store.changing():
            if not run.gate.stopped:
                self._store.update_install(install.id, state=InstallState.INSTALLED, error=None, **changes)
                self._tell(install.id, EventState.SUCCEEDED, message, percent=100)

    def _fail(self, install: Install, run: _Run, failure: Failure) -> None:
        with self._store.changing():
            if not run.gate.stopped:
                self._store.update_install(install.id, state=InstallState.FAILED, error=failure)
                self._tell(install.id, EventState.FAILED, failure.message, error=failure)

    def _stop(
        self, caller: Caller, install_id: str, state: InstallState, event_state: EventState, message: str
    ) -> Install:
        with self._store.changing():
            install = self.get(caller, install_id)
            if install.state is state:
                return install
            may_cancel = state is InstallState.CANCELLED and install.state in _STOPPED
            if install.state is not InstallState.INSTALLING and not may_cancel:
                raise Problem(409, "not-installing", f"The install is {install.state}.")
            return self._halt(install_id, state, event_state, message)

    def _halt(self, install_id: str, state: InstallState, event_state: EventState, message: str) -> Install:
        self._runs[install_id].gate.stop()
        self._tell(install_id, event_state, message)
        return self._store.update_install(install_id, state=state)

    def _tell(
        self,
        install_id: str,
        state: EventState,
        message: str,
        percent: int | None = None,
        error: Failure | None = None,
    ) -> None:
        at = self._now()
        self._store.append_event(
            install_id, lambda seq: Event(seq, at, WHOLE_INSTALL, state, message, percent, error=error)
        )

    def _plan(self, install: Install, integration: Integration) -> Plan:
        path, _, _ = integration.role_arn.partition(":role")[2].rpartition("/")
        return Plan(
            install_id=install.id,
            installation_name=integration.installation_name,
            account_id=integration.account_id,
            region=install.region,
            cidr=install.cidr,
            role_path=f"{path}/",
            workload_boundary_arn=integration.workload_boundary_arn,
            product_version=install.product_version,
        )


def _may_be_replaced(install: Install) -> bool:
    """Cancelled before anything was made: nothing would be left behind elsewhere."""
    return install.state is InstallState.CANCELLED and not install.resources


def _refuse_place(invitation: Invitation, request: InstallRequest) -> None:
    if request.region not in invitation.allowed_regions:
        raise Problem(422, "region-not-allowed", f"The invitation does not allow {request.region}.", pointer="#/region")
    try:
        block = IPv4Network(request.cidr)
    except ValueError as error:
        raise Problem(422, "not-a-block", f"{request.cidr} is not a network block.", pointer="#/cidr") from error
    if not invitation.min_prefix <= block.prefixlen <= invitation.max_prefix:
        sizes = f"/{invitation.min_prefix} to /{invitation.max_prefix}"
        raise Problem(422, "wrong-size", f"The block must be {sizes}, not /{block.prefixlen}.", pointer="#/cidr")
    for avoided in invitation.avoid:
        if block.overlaps(IPv4Network(avoided)):
            raise Problem(422, "block-to-avoid", f"{block} overlaps {avoided}, which is in use.", pointer="#/cidr")
