"""The vendor asks for a window of access; the customer answers. What opens it is the customer's own AWS."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from installer.sandbox.vendor.integrations import Integrations
from installer.sandbox.vendor.models import AccessRequestDraft
from installer.sandbox.vendor.problems import Problem, not_found
from installer.sandbox.vendor.records import AccessRequest, AccessRequestState
from installer.sandbox.vendor.store import Store, new_id
from installer.sandbox.vendor.tokens import Caller


class AccessRequests:
    def __init__(self, store: Store, integrations: Integrations, now: Callable[[], datetime]) -> None:
        self._store = store
        self._integrations = integrations
        self._now = now

    def ask(self, integration_id: str, draft: AccessRequestDraft) -> AccessRequest:
        """The vendor's own side."""
        if draft.not_before >= draft.not_after:
            raise Problem(422, "empty-window", "The window must end after it begins.", pointer="#/until")
        with self._store.changing():
            if integration_id not in self._store.integrations:
                raise not_found("integration")
            request = AccessRequest(
                new_id("req"), integration_id, draft.phase, draft.not_before, draft.not_after, draft.reason
            )
            self._store.access_requests[request.id] = request
        return request

    def of(self, caller: Caller, integration_id: str) -> tuple[AccessRequest, ...]:
        integration = self._integrations.get(caller, integration_id)
        with self._store.reading():
            everything = tuple(self._store.access_requests.values())
        return tuple(request for request in everything if request.integration_id == integration.id)

    def decide(self, caller: Caller, integration_id: str, request_id: str, *, approve: bool) -> AccessRequest:
        """The same answer again changes nothing; another one is refused, because the vendor may have acted on it."""
        wanted = AccessRequestState.APPROVED if approve else AccessRequestState.DECLINED
        with self._store.changing():
            asked = {request.id: request for request in self.of(caller, integration_id)}
            request = asked.get(request_id)
            if request is None:
                raise not_found("access request")
            if request.state is wanted:
                return request
            if request.state is not AccessRequestState.PENDING:
                raise Problem(409, "already-decided", f"The request was {request.state} before.")
            decided = replace(request, state=wanted, decided_at=self._now())
            self._store.access_requests[request_id] = decided
            return decided
