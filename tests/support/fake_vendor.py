"""A vendor that answers as told, for tests of the steps. The real session over a wire is in `test_vendor.py`."""

import json
from collections.abc import Mapping
from typing import Any, cast

from installer.context import Context
from installer.errors import HouseguestError
from installer.vendor import VendorSession
from installer.vendor_replies import Integration, Verification
from tests.support.invitations import NOW
from tests.support.signed_in import ACCOUNT_ID, names


def attempt(*, allowed: bool, error_code: str | None = None) -> dict[str, Any]:
    denied = error_code or (None if allowed else "AccessDenied")
    return {"allowed": allowed, "at": NOW.isoformat(), "request_id": "request-of-the-vendor", "error_code": denied}


PROVEN = {"with_external_id": attempt(allowed=True), "without_external_id": attempt(allowed=False)}


class FakeVendor:
    """`reply` is the integration that it tells, `attempts` are those of a verification; `error` is raised instead."""

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

    def _integration(self) -> Integration:
        self._fail()
        return Integration.model_validate_json(json.dumps(self.reply))

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error
