"""Windows that the vendor asks for, and the customer's answer; with them the vendor's own side."""

from typing import Any

import pytest
from httpx import Response

from tests.sandbox.vendor.support import Installer, Vendor, assert_problem

DRAFT = {"phase": "update", "from": "2030-01-01T00:00:00Z", "until": "2030-01-01T02:00:00Z", "reason": "Version 2.42"}


def ask(vendor: Vendor, integration_id: str, token: str | None = None, **changes: Any) -> Response:
    headers = {"Authorization": f"Bearer {token or vendor.services.admin_token}"}
    path = f"/vendor/integrations/{integration_id}/access-requests"
    return vendor.http.post(path, json=DRAFT | changes, headers=headers)


def test_a_request_is_seen_and_answered_once(vendor: Vendor, installer: Installer) -> None:
    path = f"/v1/integrations/{installer.connected()}/access-requests"
    request = ask(vendor, path.split("/")[3]).json()
    assert installer.get(path).json() == {"access_requests": [request]}
    assert request | {"id": ""} == DRAFT | {"id": "", "state": "pending", "decided_at": None}
    decision = f"{path}/{request['id']}/decision"
    for _ in range(2):
        decided = installer.post(decision, {"decision": "approve"}).json()
        assert decided["state"] == "approved"
        assert decided["decided_at"].endswith("Z")
    assert_problem(installer.post(decision, {"decision": "decline"}), 409, "already-decided")


def test_declining(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    request = ask(vendor, integration_id).json()
    path = f"/v1/integrations/{integration_id}/access-requests/{request['id']}/decision"
    assert_problem(installer.post(path, {"decision": "perhaps"}), 422, "invalid-request")
    assert installer.post(path, {"decision": "decline"}).json()["state"] == "declined"


def test_a_request_belongs_to_its_integration(vendor: Vendor, installer: Installer) -> None:
    first, second = installer.connected("one"), installer.connected("two")
    request = ask(vendor, first).json()
    assert installer.get(f"/v1/integrations/{second}/access-requests").json() == {"access_requests": []}
    path = f"/v1/integrations/{second}/access-requests/{request['id']}/decision"
    assert_problem(installer.post(path, {"decision": "approve"}), 404, "not-found")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until": "2029-01-01T00:00:00Z"}, "empty-window"),
        ({"from": "soon"}, "invalid-request"),
        ({"from": "2030-01-01T00:00:00"}, "invalid-request"),
        ({"phase": "anything"}, "invalid-request"),
        ({"reason": ""}, "invalid-request"),
    ],
)
def test_a_window_must_be_one(vendor: Vendor, installer: Installer, changes: dict[str, str], code: str) -> None:
    assert_problem(ask(vendor, installer.connected(), **changes), 422, code)


def test_the_vendors_own_side_is_closed_to_installers(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    assert_problem(ask(vendor, integration_id, token=installer.token), 401, "vendor-only")
    assert_problem(vendor.http.post("/vendor/installs/ins_00000000/upgrade", json={}), 401, "vendor-only")
    assert_problem(ask(vendor, "int_00000000"), 404, "not-found")


def test_the_vendor_may_start_an_upgrade(vendor: Vendor, installer: Installer) -> None:
    install_id = installer.install(installer.connected()).json()["id"]
    vendor.later.run()
    headers = {"Authorization": f"Bearer {vendor.services.admin_token}"}
    reply = vendor.http.post(f"/vendor/installs/{install_id}/upgrade", json={}, headers=headers)
    assert (reply.status_code, reply.json()["state"]) == (202, "upgrading")
    vendor.later.run()
    assert installer.get(f"/v1/installs/{install_id}").json()["product_version"] == "2.42.0"
