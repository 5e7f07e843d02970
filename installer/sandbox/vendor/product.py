"""The installed product, seen from inside: does it work with its own role, whatever became of the vendor's?

Nothing here uses the operator role, so it must stay up after the vendor's access is gone.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from installer.sandbox.vendor.aws import QUICK, client, static_session
from installer.sandbox.vendor.deploy.plan import Plan
from installer.sandbox.vendor.settings import SandboxControl

_RENEW_BEFORE = timedelta(minutes=5)
_TIMEOUT_SECONDS = 5.0
_HEALTH_KEY = "health/last-check.json"


@dataclass(frozen=True)
class Check:
    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class WorkloadCredentials:
    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: datetime


class CredentialsRefused(Exception):
    """The workload gets no credentials; the message says why."""


class WorkloadCredentialSource(Protocol):
    def get(self, role_arn: str) -> WorkloadCredentials:
        """Temporary credentials of a workload role, as its service gives them. Raises CredentialsRefused."""


class ControlEndpoint:
    """The sandbox's stand-in for EKS Pod Identity."""

    def __init__(self, control: SandboxControl, transport: httpx.BaseTransport | None = None) -> None:
        self._control = control
        self._http = httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, transport=transport)

    def get(self, role_arn: str) -> WorkloadCredentials:
        headers = {"Authorization": f"Bearer {self._control.token}"}
        try:
            reply = self._http.post(self._control.url, headers=headers, json={"role_arn": role_arn})
        except httpx.HTTPError as error:
            raise CredentialsRefused(f"no answer: {type(error).__name__}") from error
        if reply.status_code != httpx.codes.OK:
            raise CredentialsRefused(f"refused with status {reply.status_code}")
        issued = reply.json()
        return WorkloadCredentials(
            access_key_id=issued["AccessKeyId"],
            secret_access_key=issued["SecretAccessKey"],
            session_token=issued["Token"],
            expires_at=datetime.fromisoformat(issued["Expiration"]),
        )


class _Workload:
    """The clients of one product, made with credentials that are good for a while."""

    def __init__(self, plan: Plan, credentials: WorkloadCredentials) -> None:
        self.expires_at = credentials.expires_at
        session = static_session(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token, plan.region
        )
        self.s3 = client(session, "s3", QUICK)
        self.secrets_manager = client(session, "secretsmanager", QUICK)
        self.eks = client(session, "eks", QUICK)
        self.elb = client(session, "elbv2", QUICK)


class Product:
    """`source` None: where the vendor runs, no workload's credentials can be had, and nothing can be checked."""

    def __init__(self, source: WorkloadCredentialSource | None, now: Callable[[], datetime]) -> None:
        self._source = source
        self._now = now
        self._lock = threading.Lock()
        self._workloads: dict[str, _Workload] = {}

    @property
    def can_be_checked(self) -> bool:
        return self._source is not None

    def check(self, plan: Plan) -> tuple[Check, ...]:
        """Every check is made anew with each call; only the credentials are kept."""
        try:
            workload = self._workload(plan)
        except CredentialsRefused as error:
            return (Check("credentials", False, f"The product's role gives no credentials: {error}."),)
        return (
            Check("credentials", True, f"The product runs as {plan.role_arn('app')}."),
            _checked("bucket", f"writes and reads {plan.bucket}", lambda: self._use_bucket(plan, workload)),
            _checked("secret", "reads its settings", lambda: _read_secret(plan, workload)),
            _checked("cluster", "sees its cluster active", lambda: _see_cluster(plan, workload)),
            _checked("load-balancer", "sees its address active", lambda: _see_load_balancer(plan, workload)),
        )

    def _workload(self, plan: Plan) -> _Workload:
        if self._source is None:
            raise CredentialsRefused("none can be had here")
        with self._lock:
            workload = self._workloads.get(plan.install_id)
            if workload is None or workload.expires_at - _RENEW_BEFORE <= self._now():
                workload = _Workload(plan, self._source.get(plan.role_arn("app")))
                self._workloads[plan.install_id] = workload
            return workload

    def _use_bucket(self, plan: Plan, workload: _Workload) -> bool:
        written = json.dumps({"at": self._now().isoformat()}).encode()
        place = {"Bucket": plan.bucket, "Key": _HEALTH_KEY, "ExpectedBucketOwner": plan.account_id}
        workload.s3.put_object(**place, Body=written)
        read = workload.s3.get_object(**place)["Body"].read()
        # Another request may have written in between: any whole document is a good read.
        return "at" in json.loads(read)


def _read_secret(plan: Plan, workload: _Workload) -> bool:
    settings = json.loads(workload.secrets_manager.get_secret_value(SecretId=plan.secret)["SecretString"])
    return "encryption_key" in settings


def _see_cluster(plan: Plan, workload: _Workload) -> bool:
    return bool(workload.eks.describe_cluster(name=plan.cluster)["cluster"]["status"] == "ACTIVE")


def _see_load_balancer(plan: Plan, workload: _Workload) -> bool:
    found: list[dict[str, Any]] = workload.elb.describe_load_balancers(Names=[plan.short_name("alb")])["LoadBalancers"]
    return [balancer["State"]["Code"] for balancer in found] == ["active"]


def _checked(name: str, claim: str, ask: Callable[[], bool]) -> Check:
    try:
        passed = ask()
    except ClientError as error:
        return Check(name, False, f"It no longer {claim}: {error.response['Error']['Code']}.")
    except BotoCoreError as error:
        return Check(name, False, f"It no longer {claim}: AWS did not answer ({type(error).__name__}).")
    return Check(name, passed, f"It {claim}." if passed else f"It no longer {claim}.")
