"""Integrations: a customer's role, and the proof that it opens with the external id and only with it."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from installer.sandbox.vendor.aws import Aws, AwsUnreachable, RoleSession, session_name
from installer.sandbox.vendor.live_sessions import LiveSessions
from installer.sandbox.vendor.models import IntegrationRequest
from installer.sandbox.vendor.pace import Background, Pace
from installer.sandbox.vendor.problems import Problem, not_found
from installer.sandbox.vendor.records import Answer, Attempt, AttemptKind, Integration, IntegrationState, Proof
from installer.sandbox.vendor.store import Store, new_id
from installer.sandbox.vendor.tokens import Caller

ASSUME_ROLE = "sts:AssumeRole"
PROBE_CALL = "ec2:DescribeVpcs"

# IAM is eventually consistent: a role made a moment ago may be refused for up to a minute.
_RETRY_AFTER_SECONDS = (4, 8, 16, 32)


@dataclass(frozen=True)
class _Trial:
    """One round of attempts on a role."""

    with_external_id: Answer
    without_external_id: Answer
    with_wrong_external_id: Answer

    @property
    def fault(self) -> str | None:
        if not self.with_external_id.allowed:
            code = self.with_external_id.error_code
            return f"The role cannot be assumed with the external id of the invitation ({code})."
        if self.without_external_id.allowed:
            return "The role can be assumed without an external id: its trust policy does not ask for sts:ExternalId."
        if self.with_wrong_external_id.allowed:
            return "The role can be assumed with any external id: its trust policy does not compare sts:ExternalId."
        return None

    @property
    def proof(self) -> Proof:
        return Proof(self.with_external_id, self.without_external_id)


class RoleRefused(Exception):
    """The role could not be assumed. `answer` is what AWS said."""

    def __init__(self, role_arn: str, answer: Answer) -> None:
        super().__init__(answer.message or answer.error_code)
        self.role_arn = role_arn
        self.answer = answer


class Integrations:
    def __init__(
        self,
        store: Store,
        aws: Aws,
        sessions: LiveSessions,
        background: Background,
        pace: Pace,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._aws = aws
        self._sessions = sessions
        self._background = background
        self._pace = pace
        self._now = now
        self._closing = threading.Event()

    def connect(self, caller: Caller, request: IntegrationRequest) -> tuple[Integration, int]:
        """The integration of this account and installation name, new or the one from before, being verified."""
        self._refuse_foreign(caller, request)
        with self._store.changing():
            integration = Integration(
                id=new_id("int"),
                tenant=caller.tenant,
                account_id=request.account_id,
                installation_name=request.installation_name,
                role_arn=request.role_arn,
                boundary_arn=request.boundary_arn,
                workload_boundary_arn=request.workload_boundary_arn,
                stack_id=request.stack_id,
            )
            known = self._find(integration)
            if known is not None:
                integration = replace(
                    integration, id=known.id, verified_at=known.verified_at, install_id=known.install_id
                )
            self._store.integrations[integration.id] = integration
        self._background(f"verify-{integration.id}", lambda: self._verify(integration))
        return integration, 202

    def get(self, caller: Caller, integration_id: str) -> Integration:
        with self._store.reading():
            integration = self._store.integrations.get(integration_id)
        if integration is None or integration.tenant != caller.tenant or not caller.may_use(integration.account_id):
            raise not_found("integration")
        return integration

    def verify_now(self, caller: Caller, integration_id: str) -> tuple[IntegrationState, tuple[Attempt, ...]]:
        """Everything the vendor can still try, tried once: the role in each way, and each session that it holds."""
        integration = self.get(caller, integration_id)
        try:
            trial = self._try(integration)
            attempts = [
                _attempt(AttemptKind.WITH_EXTERNAL_ID, ASSUME_ROLE, trial.with_external_id),
                _attempt(AttemptKind.WITHOUT_EXTERNAL_ID, ASSUME_ROLE, trial.without_external_id),
            ]
            region = self.region_of(caller, integration)
            for session in self._sessions.of(integration.id):
                attempts.append(_attempt(AttemptKind.LIVE_SESSION, PROBE_CALL, self._aws.probe(session, region)))
        except AwsUnreachable as error:
            raise Problem(502, "aws-unreachable", str(error)) from error
        return self._settle(integration, trial).state, tuple(attempts)

    def leave(self, caller: Caller, integration_id: str) -> None:
        """The customer has left. The record stays: the same name may come back and finds its product."""
        integration = self.get(caller, integration_id)
        self._store.update_integration(
            integration.id, state=IntegrationState.LOST, reason="The customer has ended the integration.", has_left=True
        )

    def open_session(self, integration: Integration, phase: str) -> RoleSession:
        """A fresh session of the customer's role for `phase`. Raises RoleRefused, AwsUnreachable."""
        name = session_name(integration.installation_name, phase)
        answer, session = self._aws.assume(integration.role_arn, name, integration.tenant)
        if session is None:
            raise RoleRefused(integration.role_arn, answer)
        self._sessions.hold(integration.id, session)
        return session

    def region_of(self, caller: Caller, integration: Integration) -> str:
        """The install's region, because a boundary may allow no other; before there is one, the first allowed."""
        with self._store.reading():
            install = self._store.installs.get(integration.install_id or "")
        return install.region if install else caller.invitation.allowed_regions[0]

    def close(self) -> None:
        self._closing.set()

    def _verify(self, integration: Integration) -> None:
        for usual_seconds in (*_RETRY_AFTER_SECONDS, None):
            try:
                trial = self._try(integration)
            except AwsUnreachable as error:
                self._store.update_integration(integration.id, state=IntegrationState.REJECTED, reason=str(error))
                return
            if trial.fault is None or usual_seconds is None:
                self._settle(integration, trial)
                return
            if self._closing.wait(self._pace.seconds(usual_seconds)):
                return

    def _try(self, integration: Integration) -> _Trial:
        name = session_name(integration.installation_name, "verify")
        role, external_id = integration.role_arn, integration.tenant
        with_it, session = self._aws.assume(role, name, external_id)
        without_it, _ = self._aws.assume(role, name, None)
        wrong, _ = self._aws.assume(role, name, f"{external_id}:{secrets.token_hex(4)}")
        if session is not None:
            self._sessions.hold(integration.id, session)
        return _Trial(with_it, without_it, wrong)

    def _settle(self, integration: Integration, trial: _Trial) -> Integration:
        with self._store.changing():
            was = self._store.integrations[integration.id]
            if was.role_arn != integration.role_arn:
                return was
            if was.has_left:
                return self._store.update_integration(was.id, proof=trial.proof)
            if trial.fault is None:
                return self._store.update_integration(
                    was.id, state=IntegrationState.CONNECTED, reason=None, verified_at=self._now(), proof=trial.proof
                )
            had_it = was.state in (IntegrationState.CONNECTED, IntegrationState.LOST)
            lost = had_it and not trial.with_external_id.allowed
            state = IntegrationState.LOST if lost else IntegrationState.REJECTED
            return self._store.update_integration(was.id, state=state, reason=trial.fault, proof=trial.proof)

    def _find(self, wanted: Integration) -> Integration | None:
        for known in self._store.integrations.values():
            same_customer = (known.tenant, known.account_id) == (wanted.tenant, wanted.account_id)
            if same_customer and known.installation_name == wanted.installation_name:
                return known
        return None

    def _refuse_foreign(self, caller: Caller, request: IntegrationRequest) -> None:
        if request.invitation_id != caller.invitation.id:
            raise not_found("invitation")
        account_id = request.account_id
        if not caller.may_use(account_id):
            raise Problem(403, "wrong-account", "The invitation is for another AWS account.", pointer="#/account_id")
        role_arn = f":iam::{account_id}:role{caller.invitation.role_path}{request.installation_name}-operator"
        if not request.role_arn.endswith(role_arn):
            raise Problem(422, "role-does-not-match", f"The role must be arn:aws{role_arn}.", pointer="#/role_arn")
        boundaries = {
            "boundary_arn": request.boundary_arn,
            "workload_boundary_arn": request.workload_boundary_arn,
        }
        for member, arn in boundaries.items():
            if arn is not None and arn.split(":")[4] != account_id:
                detail = f"The boundary must be a policy of account {account_id}."
                raise Problem(422, "boundary-does-not-match", detail, pointer=f"#/{member}")


def _attempt(kind: AttemptKind, call: str, answer: Answer) -> Attempt:
    return Attempt(kind, call, answer.allowed, answer.at, answer.request_id, answer.error_code)
