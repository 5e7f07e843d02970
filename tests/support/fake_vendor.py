"""A vendor that answers as told, for tests of the steps. The real session over a wire is in `test_vendor.py`."""

import json
from collections.abc import Mapping
from typing import Any, cast

from installer.context import Context
from installer.errors import HouseguestError
from installer.vendor import VendorSession
from installer.vendor_replies import Events, Install, Integration, Verification
from tests.support.invitations import NOW
from tests.support.signed_in import ACCOUNT_ID, names


def attempt(*, allowed: bool, error_code: str | None = None) -> dict[str, Any]:
    denied = error_code or (None if allowed else "AccessDenied")
    return {"allowed": allowed, "at": NOW.isoformat(), "request_id": "request-of-the-vendor", "error_code": denied}


INSTALL_ID = "ins_1"
HEALTH_URL = "https://p.example/h"
PROVEN = {"with_external_id": attempt(allowed=True), "without_external_id": attempt(allowed=False)}


class FakeVendor:
    """`reply` is the integration that it tells, `attempts` are those of a verification, `states` those of an install,
    one after the other; `error` is raised instead.
    """

    def __init__(self) -> None:
        self.introduced: list[Mapping[str, str]] = []
        self.reply: dict[str, Any] = {
            "id": "int_1",
            "state": "connected",
            "account_id": ACCOUNT_ID,
            "installation_name": names().installation,
            "role_arn": names().operator_role_arn,
            "proof": PROVEN,
        }
        self.attempts: list[dict[str, Any]] = []
        self.states = ["installing", "installed"]
        self.retried: list[str] = []
        self.install_of: dict[str, str] = {}
        self.endpoints: dict[str, Any] | None = {
            "url": "https://p.example",
            "health_url": HEALTH_URL,
            "load_balancer": "popsql-1.elb.example",
            "egress_ips": ["203.0.113.7"],
        }
        self.error: HouseguestError | None = None

    def session(self) -> VendorSession:
        return cast(VendorSession, self)

    def connect(self, _ctx: Context, *, idempotency_key: str, **role: str) -> Integration:
        assert idempotency_key
        self.introduced.append(role)
        return self._integration()

    def integration(self, _ctx: Context, integration_id: str) -> Integration:
        assert integration_id == self.reply["id"]
        return self._integration()

    def verify(self, _ctx: Context, integration_id: str) -> Verification:
        assert integration_id == self.reply["id"]
        self._fail()
        return Verification.model_validate_json(json.dumps({"state": "lost", "attempts": self.attempts}))

    def start_install(
        self,
        _ctx: Context,
        *,
        idempotency_key: str,
        integration_id: str,
        region: str,
        cidr: str,
        contact_email: str | None,
    ) -> Install:
        assert idempotency_key
        assert integration_id == self.reply["id"]
        self.install_of = {"region": region, "cidr": cidr}
        return self._install()

    def install(self, _ctx: Context, install_id: str) -> Install:
        assert install_id == INSTALL_ID
        return self._install()

    def retry(self, _ctx: Context, install_id: str) -> Install:
        self.retried.append(install_id)
        self.states.pop(0)
        return self._install()

    def events(self, _ctx: Context, install_id: str, *, after: int, wait: int) -> Events:
        """One event for each state; with the last there is no more to come."""
        assert install_id == INSTALL_ID
        more = len(self.states) > 1
        if more:
            self.states.pop(0)
        told = {"seq": after + 1, "at": NOW.isoformat(), "step": "network", "state": "done", "message": "Made."}
        return Events.model_validate_json(json.dumps({"events": [told] if more else [], "state": self.states[0]}))

    def _install(self) -> Install:
        self._fail()
        install = {
            "id": INSTALL_ID,
            "integration_id": self.reply["id"],
            "state": self.states[0],
            "product_version": "2.41.0",
            "endpoints": self.endpoints,
            **self.install_of,
        }
        return Install.model_validate_json(json.dumps(install))

    def _integration(self) -> Integration:
        self._fail()
        return Integration.model_validate_json(json.dumps(self.reply))

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error
