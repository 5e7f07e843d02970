"""Idempotency-Key: a lost reply may be asked for again, and nothing happens twice."""

from tests.sandbox.vendor.support import Installer, Vendor, assert_problem


def test_the_same_call_again_is_answered_by_the_same_record(vendor: Vendor, installer: Installer) -> None:
    vendor.trust_exactly(installer)
    first = installer.connect(key="k1")
    vendor.later.run()
    again = installer.connect(key="k1")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert again.json()["state"] == "connected"
    assert vendor.later.waiting == []


def test_the_same_install_again_starts_nothing(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connected()
    first, again = installer.install(integration_id, key="k"), installer.install(integration_id, key="k")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert len(vendor.later.waiting) == 1


def test_the_same_key_with_another_body_is_refused(vendor: Vendor, installer: Installer) -> None:
    installer.connect("popsql", key="k1")
    assert_problem(installer.connect("other", key="k1"), 422, "idempotency-key-reused")


def test_keys_of_different_calls_and_customers_are_apart(vendor: Vendor, installer: Installer) -> None:
    vendor.trust_exactly(installer)
    integration_id = installer.connect(key="k1").json()["id"]
    vendor.later.run()
    assert installer.install(integration_id, key="k1").status_code == 202
    assert vendor.installer().connect("other", key="k1").status_code == 202


def test_a_refused_call_may_be_tried_again_with_its_key(vendor: Vendor, installer: Installer) -> None:
    vendor.trust_exactly(installer)
    integration_id = installer.connect().json()["id"]
    assert_problem(installer.install(integration_id, key="k1"), 409, "not-connected")
    vendor.later.run()
    assert installer.install(integration_id, key="k1").status_code == 202


def test_a_call_that_makes_something_needs_a_key(vendor: Vendor, installer: Installer) -> None:
    headers = {"Authorization": f"Bearer {installer.token}"}
    reply = vendor.http.post("/v1/integrations", json=installer.integration_body(), headers=headers)
    assert_problem(reply, 422, "invalid-request")
    for key in ("", "x" * 129, "with space"):
        assert_problem(installer.connect(key=key or " "), 422, "invalid-request")
