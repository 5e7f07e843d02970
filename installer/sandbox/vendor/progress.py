"""Where a run's reports go: into the store, where watchers find them. Who reports: deploy/site.py."""

from collections.abc import Callable
from datetime import datetime

from installer.sandbox.vendor.deploy.gate import Gate
from installer.sandbox.vendor.deploy.steps import Step
from installer.sandbox.vendor.records import Event, EventState, Failure, Resource
from installer.sandbox.vendor.store import Store


class StoredProgress:
    """A run that was stopped is heard no more, except for what it made."""

    def __init__(self, store: Store, install_id: str, gate: Gate, now: Callable[[], datetime]) -> None:
        self._store = store
        self._install_id = install_id
        self._gate = gate
        self._now = now

    def started(self, step: Step, percent: int) -> None:
        self._append(step, EventState.STARTED, step.doing, percent)

    def succeeded(self, step: Step, percent: int, arn: str | None, found: bool) -> None:
        self._append(step, EventState.SUCCEEDED, "Was there already" if found else "Done", percent, arn)

    def failed(self, step: Step, percent: int, failure: Failure) -> None:
        self._append(step, EventState.FAILED, failure.message, percent, error=failure)

    def made(self, resource: Resource) -> None:
        with self._store.changing():
            known = self._store.installs[self._install_id].resources
            if resource.arn not in [other.arn for other in known]:
                self._store.update_install(self._install_id, resources=(*known, resource))

    def _append(
        self,
        step: Step,
        state: EventState,
        message: str,
        percent: int,
        arn: str | None = None,
        error: Failure | None = None,
    ) -> None:
        at = self._now()
        with self._store.changing():
            self._gate.check()
            self._store.append_event(
                self._install_id, lambda seq: Event(seq, at, step.id, state, message, percent, arn, error)
            )
