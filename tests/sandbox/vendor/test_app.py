"""The HTTP surface as a whole: problems, limits, the template, the published description."""

from pathlib import Path

import pytest
import yaml

from installer.sandbox.vendor import invitations, openapi
from tests.sandbox.vendor.support import Installer, Vendor, assert_problem

PUBLISHED = Path(__file__).parents[3] / "docs" / "vendor-api.yaml"


def test_ready(vendor: Vendor) -> None:
    assert vendor.http.get("/healthz").json() == {"status": "ok"}


def test_the_template_is_served_byte_for_byte(vendor: Vendor, installer: Installer) -> None:
    path = installer.claims["template"]["url"].removeprefix("http://127.0.0.1:9")
    assert vendor.http.get(path).content == invitations.template_bytes()
    assert_problem(vendor.http.get("/templates/vendor-role-000000000000.yaml"), 404, "not-found")


def test_every_refusal_is_a_problem(vendor: Vendor, installer: Installer) -> None:
    assert_problem(vendor.http.get("/nowhere"), 404, "not-found")
    assert_problem(vendor.http.get("/v1/sessions"), 405, "method-not-allowed")
    assert_problem(vendor.http.post("/v1/sessions", content=b"{"), 422, "invalid-request")
    assert_problem(vendor.http.get("/product/ins_00000000/health"), 404, "not-found")


def test_a_fault_is_a_problem_that_tells_nothing(vendor: Vendor, installer: Installer) -> None:
    vendor.services.store.clients.clear()
    assert_problem(installer.get("/v1/installs/ins_00000000"), 500, "internal-error")


def test_a_body_that_is_too_large_is_not_read(vendor: Vendor) -> None:
    assert_problem(vendor.http.post("/v1/sessions", content=b"x" * (300 * 1024 + 1)), 413, "too-large")


def test_a_body_of_unknown_length_is_not_read(vendor: Vendor) -> None:
    async def endless() -> object:
        yield b"{}"

    assert_problem(vendor.http.post("/v1/sessions", content=endless()), 411, "length-required")


def test_a_vendor_that_is_down_says_so_and_its_product_stays_up() -> None:
    vendor = Vendor.start("vendor-down")
    reply = vendor.http.post("/v1/sessions", json={})
    assert_problem(reply, 503, "unavailable")
    assert reply.headers["retry-after"] == "60"
    assert vendor.http.get("/healthz").status_code == 200


def test_a_product_that_cannot_be_checked_is_not_called_healthy(vendor: Vendor, installer: Installer) -> None:
    install_id = installer.install(installer.connected()).json()["id"]
    reply = vendor.http.get(f"/product/{install_id}/health")
    assert (reply.status_code, reply.json()["status"]) == (503, "down")
    assert "popsql" in vendor.http.get(f"/product/{install_id}/").text.lower()


@pytest.fixture
def published() -> object:
    return yaml.safe_load(PUBLISHED.read_text("utf-8"))


def test_the_published_description_is_the_app(vendor: Vendor, published: object) -> None:
    """After a change: python -m installer.sandbox.vendor.openapi > docs/vendor-api.yaml"""
    assert published == openapi.document(vendor.services)


def test_only_the_protocol_is_published(vendor: Vendor) -> None:
    described = openapi.document(vendor.services)
    assert described["openapi"].startswith("3.1")
    assert all(path.startswith("/v1/") for path in described["paths"])
    open_calls = {
        path
        for path, operations in described["paths"].items()
        for operation in operations.values()
        if "security" not in operation
    }
    assert open_calls == {"/v1/sessions", "/v1/token"}


def test_every_call_of_the_prose_page_is_published(published: dict[str, dict[str, object]]) -> None:
    page = PUBLISHED.with_name("vendor-protocol.md").read_text("utf-8")
    for path in published["paths"]:
        last = path.rsplit("/", 1)[-1] if not path.endswith("}") else path.split("/")[2]
        assert f"/{last}" in page, path
