"""The AWS clients of one run. Before each call the run may be stopped, and the IAM action of the call is noted."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from boto3.session import Session

from installer.sandbox.vendor.aws import client
from installer.sandbox.vendor.deploy.gate import Gate

# Where the name of the call is not the name of the action that it needs.
_ACTION_OF_CALL = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}


class Clients:
    """The role is assumed by the first call, so that a refusal belongs to the step that needed it."""

    def __init__(self, open_session: Callable[[], Session], gate: Gate) -> None:
        self._open_session = open_session
        self._gate = gate
        self.actions: set[str] = set()
        self.last_action = "sts:AssumeRole"

    @cached_property
    def ec2(self) -> Any:
        return self._client("ec2")

    @cached_property
    def eks(self) -> Any:
        return self._client("eks")

    @cached_property
    def elb(self) -> Any:
        return self._client("elbv2")

    @cached_property
    def iam(self) -> Any:
        return self._client("iam")

    @cached_property
    def logs(self) -> Any:
        return self._client("logs")

    @cached_property
    def rds(self) -> Any:
        return self._client("rds")

    @cached_property
    def s3(self) -> Any:
        return self._client("s3")

    @cached_property
    def secrets_manager(self) -> Any:
        return self._client("secretsmanager")

    @cached_property
    def _session(self) -> Session:
        return self._open_session()

    def _client(self, service: str) -> Any:
        made = client(self._session, service)
        made.meta.events.register("before-call", self._before_call)
        return made

    def _before_call(self, model: Any, **_: Any) -> None:
        self._gate.check()
        call = f"{model.service_model.signing_name}:{model.name}"
        self.last_action = _ACTION_OF_CALL.get(call, call)
        self.actions.add(self.last_action)
