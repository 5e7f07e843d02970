"""Where an install is built: runs one step at a time, reports it, keeps the pace, waits for slow resources."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

from botocore.exceptions import ClientError

from installer.sandbox.vendor.deploy.clients import Clients
from installer.sandbox.vendor.deploy.failures import REPORTED, StepFailed, Unsuitable, failure_of
from installer.sandbox.vendor.deploy.gate import Gate
from installer.sandbox.vendor.deploy.plan import INSTALLATION_TAG, MADE_BY_TAG, Plan
from installer.sandbox.vendor.deploy.steps import Step
from installer.sandbox.vendor.pace import Pace
from installer.sandbox.vendor.records import Failure, Resource

_ASK_AGAIN_SECONDS = 15.0
_SHORTEST_WAIT = 0.05
_SHORTEST_DEADLINE = 60.0


class Progress(Protocol):
    """Who is told."""

    def started(self, step: Step, percent: int) -> None: ...

    def succeeded(self, step: Step, percent: int, arn: str | None, found: bool) -> None:
        """`found`: everything was there already."""

    def failed(self, step: Step, percent: int, failure: Failure) -> None: ...

    def made(self, resource: Resource) -> None:
        """Also for what was found: the list is by ARN."""


@dataclass
class Made:
    """What a step has to say for itself: the ARN to show, and whether it made anything that was not there."""

    arn: str | None = None
    anything_new: bool = False


class Site:
    """One run. `steps` are all steps of its phase, for the percentages."""

    def __init__(
        self, plan: Plan, steps: tuple[Step, ...], clients: Clients, gate: Gate, pace: Pace, progress: Progress
    ) -> None:
        self.plan = plan
        self.clients = clients
        self._steps = {step.id: step for step in steps}
        self._usual_seconds_at_end = dict(zip(self._steps, accumulate(step.seconds for step in steps), strict=True))
        self._total = sum(step.seconds for step in steps)
        self._gate = gate
        self._pace = pace
        self._progress = progress
        self._made = Made()

    @contextmanager
    def step(self, step_id: str) -> Iterator[Step]:
        """Reports the step's start and end, and its failure. Raises StepFailed, Interrupted."""
        step = self._steps[step_id]
        self._gate.check()
        self._made = Made()
        self._progress.started(step, self._percent_before(step))
        began = time.monotonic()
        try:
            yield step
            if self._made.anything_new:
                self._gate.wait(max(0.0, self._pace.seconds(step.seconds) - (time.monotonic() - began)))
        except REPORTED as error:
            failure = failure_of(error, self.clients.last_action)
            self._progress.failed(step, self._percent_before(step), failure)
            raise StepFailed(failure) from error
        self._gate.check()
        self._progress.succeeded(step, self._percent_after(step), self._made.arn, found=not self._made.anything_new)

    def made(self, arn: str, type_name: str, name: str, *, new: bool) -> None:
        """Notes a resource. The first one of a step is the one that its event shows."""
        self._progress.made(Resource(arn, type_name, name))
        self._made.arn = self._made.arn or arn
        self._made.anything_new = self._made.anything_new or new

    def worked(self) -> None:
        """The step did something that makes no resource."""
        self._made.anything_new = True

    def wait_until(self, ready: Callable[[], bool], what: str, usual_seconds: float) -> None:
        """Asks again and again. Raises Unsuitable after three times the usual time."""
        deadline = time.monotonic() + max(_SHORTEST_DEADLINE, 3 * self._pace.seconds(usual_seconds))
        while not ready():
            if time.monotonic() > deadline:
                raise Unsuitable("Timeout", None, f"{what} was not ready in time.")
            self._gate.wait(max(_SHORTEST_WAIT, self._pace.seconds(_ASK_AGAIN_SECONDS)))

    def once_role_is_known(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Makes `call`, and again while the service does not see the role that was made a moment ago."""
        deadline = time.monotonic() + self._pace.seconds(_SHORTEST_DEADLINE)
        while True:
            try:
                return call()
            except ClientError as error:
                unknown = error.response["Error"]["Code"] in ("InvalidParameterException", "InvalidParameterValue")
                if not unknown or "role" not in str(error).lower() or time.monotonic() > deadline:
                    raise
            self._gate.wait(max(_SHORTEST_WAIT, self._pace.seconds(_ASK_AGAIN_SECONDS)))

    def refuse_foreign(self, arn: str, tags: Mapping[str, str] | Sequence[Mapping[str, str]]) -> None:
        """Raises Unsuitable for what only happens to have the right name: it is the customer's own."""
        present = dict(tags) if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}
        if not self.plan.tags.items() <= present.items():
            message = f"{arn} is there already and does not belong to this installation."
            raise Unsuitable("AlreadyExists", arn, message)

    def own(self, name: str) -> list[dict[str, Any]]:
        """EC2 filters for what this installation made under `name`."""
        wanted = {"Name": name, INSTALLATION_TAG: self.plan.installation_name}
        wanted[MADE_BY_TAG] = self.plan.tags[MADE_BY_TAG]
        return [{"Name": f"tag:{key}", "Values": [value]} for key, value in wanted.items()]

    def is_own(self, resource: Mapping[str, Any], name: str) -> bool:
        """Whether EC2's description of a resource has the tags that `own` asks for."""
        present = {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}
        return (self.plan.tags | {"Name": name}).items() <= present.items()

    def tagged(self, resource_type: str, name: str) -> list[dict[str, Any]]:
        """TagSpecifications of EC2's Create calls."""
        return [{"ResourceType": resource_type, "Tags": self.plan.tag_list(name)}]

    def ec2_arn(self, kind: str, resource_id: str) -> str:
        return f"arn:aws:ec2:{self.plan.region}:{self.plan.account_id}:{kind}/{resource_id}"

    def _percent_before(self, step: Step) -> int:
        return round(100 * (self._usual_seconds_at_end[step.id] - step.seconds) / self._total)

    def _percent_after(self, step: Step) -> int:
        return round(100 * self._usual_seconds_at_end[step.id] / self._total)
