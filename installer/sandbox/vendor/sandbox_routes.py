"""What is not in the protocol: readiness, the template, the product itself, and the vendor's own side for the demo."""

import secrets
from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import HTMLResponse, JSONResponse

from installer.sandbox.vendor import invitations, models, offer
from installer.sandbox.vendor.problems import Problem, not_found
from installer.sandbox.vendor.services import Services

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{product}</title></head>
<body><h1>{product} {version}</h1><p>Runs in account {account_id}, {region}, on {cidr}.</p></body></html>
"""


def sandbox_routes(services: Services) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    routes.include_router(_public_routes(services))
    routes.include_router(_vendor_routes(services))
    return routes


def _public_routes(services: Services) -> APIRouter:
    routes = APIRouter()

    @routes.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/templates/{name}")
    def template(name: str) -> Response:
        """The exact bytes whose digest is in the invitation."""
        if name != invitations.template_name():
            raise not_found("template")
        return Response(invitations.template_bytes(), media_type="application/yaml")

    @routes.get("/product/{install_id}/")
    def product(install_id: str) -> HTMLResponse:
        plan = services.installs.plan(install_id)
        shown = {"product": offer.PRODUCT["name"], "version": plan.product_version, "account_id": plan.account_id}
        shown |= {"region": plan.region, "cidr": plan.cidr}
        return HTMLResponse(_PAGE.format_map({name: escape(value) for name, value in shown.items()}))

    @routes.get("/product/{install_id}/health")
    def health(install_id: str) -> JSONResponse:
        """200 only if the product, with its own role, does its work at this moment."""
        checks = services.product.check(services.installs.plan(install_id))
        healthy = all(check.passed for check in checks)
        shown = [{"name": check.name, "passed": check.passed, "detail": check.detail} for check in checks]
        return JSONResponse({"status": "ok" if healthy else "down", "checks": shown}, 200 if healthy else 503)

    return routes


def _vendor_routes(services: Services) -> APIRouter:
    def vendor_only(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {services.admin_token}".encode()):
            raise Problem(401, "vendor-only", "This is the vendor's own side.")

    routes = APIRouter(prefix="/vendor", dependencies=[Depends(vendor_only)])

    @routes.post("/integrations/{integration_id}/access-requests", status_code=201)
    def ask(integration_id: str, body: models.AccessRequestDraft) -> models.AccessRequest:
        return models.AccessRequest.model_validate(services.access_requests.ask(integration_id, body))

    @routes.post("/installs/{install_id}/upgrade", status_code=202)
    def upgrade(install_id: str, body: models.UpgradeRequest) -> models.Install:
        version = body.version or offer.NEXT_PRODUCT_VERSION
        return models.Install.model_validate(services.installs.upgrade(install_id, version))

    return routes
