"""The HTTP surface: the control-plane API of docs/vendor-api.yaml. What only this vendor has: sandbox_routes.py.

Handlers are plain functions, which FastAPI runs in its thread pool: AWS calls and long polls block there, not the loop.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, FastAPI, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from installer.sandbox.vendor import models, offer, problems
from installer.sandbox.vendor.idempotency import KEY_PATTERN
from installer.sandbox.vendor.installs import LONGEST_WAIT_SECONDS
from installer.sandbox.vendor.problems import Problem
from installer.sandbox.vendor.sandbox_routes import sandbox_routes
from installer.sandbox.vendor.services import Services
from installer.sandbox.vendor.settings import VENDOR_DOWN_SCENARIO
from installer.sandbox.vendor.tokens import Caller

PROTOCOL_VERSION = "1.0.0"
LARGEST_BODY = 300 * 1024

IntegrationId = Annotated[str, Path(max_length=64)]
InstallId = Annotated[str, Path(max_length=64)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=KEY_PATTERN)]

_PROBLEM = {"model": models.ProblemDetails}
_REFUSALS: dict[int | str, dict[str, object]] = {
    "4XX": {**_PROBLEM, "description": "Refused; nothing has changed"},
    "5XX": {**_PROBLEM, "description": "The vendor or AWS failed"},
}


_EXISTING_INSTALL: dict[int | str, dict[str, Any]] = {
    200: {"model": models.Install, "description": "There is one already, in this region and on this block"}
}
_SECURED: dict[str, Any] = {"security": [{"bearer": []}]}


def create_app(services: Services) -> FastAPI:
    app = FastAPI(
        title="Houseguest vendor control plane",
        version=PROTOCOL_VERSION,
        summary="What the installer asks of a vendor that deploys into its customer's own AWS account.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    problems.install_handlers(app)
    app.include_router(_session_routes(services))
    app.include_router(_integration_routes(services))
    app.include_router(_install_routes(services))
    app.include_router(sandbox_routes(services))

    @app.middleware("http")
    async def limit(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        refusal = _refusal(request, services.settings.scenario)
        return problems.response(refusal) if refusal else await proceed(request)

    return app


def _refusal(request: Request, scenario: str) -> Problem | None:
    """What is refused before it is read."""
    if scenario == VENDOR_DOWN_SCENARIO and request.url.path.startswith("/v1/"):
        return Problem(503, "unavailable", "The vendor's control plane is down.", headers={"Retry-After": "60"})
    if request.method in ("GET", "DELETE", "HEAD"):
        return None
    length = request.headers.get("content-length", "0" if "transfer-encoding" not in request.headers else "")
    if not length.isascii() or not length.isdigit():
        return Problem(411, "length-required", "The length of the request must be given.")
    if int(length) > LARGEST_BODY:
        return Problem(413, "too-large", f"A request may have at most {LARGEST_BODY} bytes.")
    return None


def _caller_of(services: Services) -> Callable[..., Caller]:
    def caller(authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> Caller:
        return services.tokens.caller(authorization)

    return caller


def _session_routes(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["sessions"], responses=_REFUSALS)

    @routes.post("/sessions", operation_id="openSession")
    def open_session(body: models.SessionRequest) -> models.Token:
        """Introduces a key with an invitation, and gives its first token."""
        return services.tokens.open_session(body.invitation, body.public_key)

    @routes.post("/token", operation_id="exchangeAssertion", openapi_extra=_TOKEN_FORM)
    async def token(request: Request) -> models.Token:
        """A token for a signed assertion (RFC 7523): EdDSA, iss = sub = client_id, aud = this address, used once."""
        form = parse_qs((await request.body()).decode("utf-8", "replace"), strict_parsing=False)
        grant_type, assertion = (form.get(name, [""])[0] for name in ("grant_type", "assertion"))
        return await run_in_threadpool(services.tokens.exchange, grant_type, assertion)

    return routes


def _integration_routes(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/v1/integrations", tags=["integrations"], responses=_REFUSALS)
    caller = Depends(_caller_of(services))
    integrations = services.integrations

    @routes.post("", status_code=202, operation_id="connect", openapi_extra=_SECURED)
    def connect(
        body: models.IntegrationRequest, key: IdempotencyKey, response: Response, who: Caller = caller
    ) -> models.Integration:
        """Hands the role to the vendor, who tries it with the external id (must work) and without (must not)."""
        record, response.status_code = services.idempotency.once(
            who,
            "connect",
            key,
            body,
            lambda: integrations.connect(who, body),
            lambda found: integrations.get(who, found),
        )
        return models.Integration.model_validate(record)

    @routes.get("/{integration_id}", operation_id="readIntegration", openapi_extra=_SECURED)
    def read(integration_id: IntegrationId, who: Caller = caller) -> models.Integration:
        return models.Integration.model_validate(integrations.get(who, integration_id))

    @routes.delete("/{integration_id}", status_code=204, operation_id="leave", openapi_extra=_SECURED)
    def leave(integration_id: IntegrationId, who: Caller = caller) -> None:
        """The customer tells the vendor that it has left. Nothing waits for the vendor here."""
        services.installs.end(integrations.get(who, integration_id))
        integrations.leave(who, integration_id)

    @routes.post("/{integration_id}/verify", operation_id="verify", openapi_extra=_SECURED)
    def verify(integration_id: IntegrationId, who: Caller = caller) -> models.Verification:
        """The vendor tries again, now: with the external id, without it, and with each session that it still holds."""
        state, attempts = integrations.verify_now(who, integration_id)
        return models.Verification(
            state=state, attempts=[models.Attempt.model_validate(attempt) for attempt in attempts]
        )

    @routes.get("/{integration_id}/regions", operation_id="regions", openapi_extra=_SECURED)
    def regions(integration_id: IntegrationId, who: Caller = caller) -> models.Regions:
        """Regions that the invitation allows, as the account sees them."""
        found = services.survey.regions(who, integration_id)
        return models.Regions(regions=[models.RegionView.model_validate(region) for region in found])

    @routes.get("/{integration_id}/networks", operation_id="networks", openapi_extra=_SECURED)
    def networks(
        integration_id: IntegrationId, region: Annotated[str, Query(max_length=32)], who: Caller = caller
    ) -> models.Networks:
        """Blocks in use and some free ones, seen through the role: what the role cannot see is not in it."""
        used, free = services.survey.networks(who, integration_id, region)
        return models.Networks(
            region=region, used=[models.UsedBlock.model_validate(block) for block in used], free=list(free)
        )

    @routes.get("/{integration_id}/access-requests", operation_id="accessRequests", openapi_extra=_SECURED)
    def access_requests(integration_id: IntegrationId, who: Caller = caller) -> models.AccessRequests:
        """Windows that the vendor asks for."""
        found = services.access_requests.of(who, integration_id)
        return models.AccessRequests(
            access_requests=[models.AccessRequest.model_validate(request) for request in found]
        )

    @routes.post(
        "/{integration_id}/access-requests/{request_id}/decision", operation_id="decide", openapi_extra=_SECURED
    )
    def decide(
        integration_id: IntegrationId,
        request_id: Annotated[str, Path(max_length=64)],
        body: models.Decision,
        who: Caller = caller,
    ) -> models.AccessRequest:
        """The customer's answer. It opens nothing by itself."""
        decided = services.access_requests.decide(who, integration_id, request_id, approve=body.decision == "approve")
        return models.AccessRequest.model_validate(decided)

    return routes


def _install_routes(services: Services) -> APIRouter:
    routes = APIRouter(prefix="/v1/installs", tags=["installs"], responses=_REFUSALS)
    caller = Depends(_caller_of(services))
    installs = services.installs

    @routes.post("", status_code=202, operation_id="install", openapi_extra=_SECURED, responses=_EXISTING_INSTALL)
    def install(
        body: models.InstallRequest, key: IdempotencyKey, response: Response, who: Caller = caller
    ) -> models.Install:
        """Starts the install (202); one that is there already in this region and on this block is returned (200)."""
        record, response.status_code = services.idempotency.once(
            who, "install", key, body, lambda: installs.start(who, body), lambda found: installs.get(who, found)
        )
        return models.Install.model_validate(record)

    @routes.get("/{install_id}", operation_id="readInstall", openapi_extra=_SECURED)
    def read(install_id: InstallId, who: Caller = caller) -> models.Install:
        return models.Install.model_validate(installs.get(who, install_id))

    @routes.get("/{install_id}/events", operation_id="events", openapi_extra=_SECURED)
    def events(
        install_id: InstallId,
        after: Annotated[int, Query(ge=0)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="seconds to wait for news")] = 0,
        who: Caller = caller,
    ) -> models.Events:
        """Everything after a sequence number, in order; returns at once where there is something."""
        found, state = installs.events(who, install_id, after, wait)
        return models.Events(events=[models.Event.model_validate(event) for event in found], state=state)

    @routes.post("/{install_id}/retry", status_code=202, operation_id="retry", openapi_extra=_SECURED)
    def retry(install_id: InstallId, who: Caller = caller) -> models.Install:
        """Goes on after a failure, a pause or a cancellation. What was made is found, not made again."""
        return models.Install.model_validate(installs.retry(who, install_id))

    @routes.post("/{install_id}/pause", status_code=202, operation_id="pause", openapi_extra=_SECURED)
    def pause(install_id: InstallId, who: Caller = caller) -> models.Install:
        """Stops before the next AWS call; `retry` goes on."""
        return models.Install.model_validate(installs.pause(who, install_id))

    @routes.post("/{install_id}/cancel", status_code=202, operation_id="cancel", openapi_extra=_SECURED)
    def cancel(install_id: InstallId, who: Caller = caller) -> models.Install:
        """Stops before the next AWS call. What was made stays and is listed."""
        return models.Install.model_validate(installs.cancel(who, install_id))

    @routes.post("/{install_id}/upgrade", status_code=202, operation_id="upgrade", openapi_extra=_SECURED)
    def upgrade(install_id: InstallId, body: models.UpgradeRequest, who: Caller = caller) -> models.Install:
        """Asks for the upgrade now. It succeeds only while the vendor's role has access."""
        version = body.version or offer.NEXT_PRODUCT_VERSION
        return models.Install.model_validate(installs.upgrade(installs.get(who, install_id).id, version))

    return routes


_TOKEN_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "assertion"],
                    "properties": {"grant_type": {"type": "string"}, "assertion": {"type": "string"}},
                }
            }
        },
    }
}
