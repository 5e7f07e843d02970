"""Refusals as RFC 9457 problem details, and the handlers that turn every error of the app into one."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:houseguest:problem:"

_log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal. `code` is stable and for programs, `detail` is one sentence for a person."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        pointer: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.pointer = pointer
        self.headers = dict(headers or {})


def not_found(what: str) -> Problem:
    """Also for what exists but belongs to somebody else: a foreign caller must not learn the difference."""
    return Problem(404, "not-found", f"There is no such {what}.")


def install_handlers(app: FastAPI) -> None:
    """Every error reply of `app` becomes application/problem+json."""

    @app.exception_handler(Problem)
    async def refused(request: Request, error: Problem) -> JSONResponse:
        return response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return _invalid(error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "-")
        return response(Problem(error.status_code, code, f"{phrase}.", headers=error.headers))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return response(Problem(500, "internal-error", "The vendor's control plane failed."))


def response(problem: Problem) -> JSONResponse:
    body = _body(problem.status, problem.code, problem.detail)
    if problem.pointer is not None:
        body["errors"] = [{"pointer": problem.pointer, "detail": problem.detail}]
    return JSONResponse(body, problem.status, problem.headers, MEDIA_TYPE)


def _invalid(error: RequestValidationError) -> JSONResponse:
    # The input itself is left out: it may hold the invitation or a key.
    errors = [{"pointer": _pointer(item["loc"]), "detail": item["msg"]} for item in error.errors()]
    detail = "The request does not have the form that the protocol describes."
    return JSONResponse(_body(422, "invalid-request", detail) | {"errors": errors}, 422, media_type=MEDIA_TYPE)


def _pointer(location: Sequence[object]) -> str:
    """RFC 6901 within the body; what is wrong elsewhere (a header, the query) is named plainly."""
    place, *rest = (str(part) for part in location)
    return "/".join(["#" if place == "body" else place, *rest])


def _body(status: int, code: str, detail: str) -> dict[str, object]:
    return {"type": _TYPE_PREFIX + code, "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
