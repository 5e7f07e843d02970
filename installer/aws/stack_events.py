"""What happened to a stack: CloudFormation's own events, cut to one operation, and the failures that caused all others.

All but `EventLog` is pure. Following a stack to its end is in `stack_status.py`; what a failure means to a person is
decided where failures are explained, not here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from installer.aws.clients import Aws
from installer.context import Context
from installer.events import ResourceChanged

STACK_TYPE = "AWS::CloudFormation::Stack"

_STARTS = frozenset(f"{verb}_IN_PROGRESS" for verb in ("REVIEW", "CREATE", "UPDATE", "DELETE", "IMPORT"))

# Reasons that only follow from another resource's failure, or from somebody's wish.
_CONSEQUENCE = re.compile(
    r"^Resource (creation|update|deletion|import) cancelled"
    r"|The following resource\(s\) failed to"
    r"|Rollback requested by user",
    re.IGNORECASE,
)
_HANDLER = re.compile(r'^Resource handler returned message: "(?P<inner>.*)" \(RequestToken: [^)]*\)$', re.DOTALL)
_REQUEST = re.compile(r"\s*\((?:Service|RequestToken): [^()]*\)\s*$")


@dataclass(frozen=True)
class StackEvent:
    """One row of `DescribeStackEvents`. `of_stack`: it tells of the stack itself, not of a resource in it."""

    event_id: str
    stack_id: str
    stack_name: str
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str
    at: datetime

    @property
    def of_stack(self) -> bool:
        return self.resource_type == STACK_TYPE and self.physical_id == self.stack_id

    def to_progress(self) -> ResourceChanged:
        return ResourceChanged(
            stack_name=self.stack_name,
            logical_id=self.logical_id,
            resource_type=self.resource_type,
            status=self.status,
            reason=self.reason,
            physical_id=self.physical_id,
            at=self.at,
        )


def current_operation(events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """The last operation in `events` (oldest first): from its start, or from what followed the end of the last."""
    for index in reversed(range(len(events))):
        event = events[index]
        if not event.of_stack:
            continue
        if event.status in _STARTS:
            return tuple(events[index:])
        if _is_end(event) and index < len(events) - 1:
            return tuple(events[index + 1 :])
    return tuple(events)


def root_causes(events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """All genuine failures of the last operation in `events` (oldest first), each once, in the order they happened.

    Several resources may fail by themselves: to tell only one makes a person run once for each. Where the last
    operation only cleans up (a delete or a rollback without a failure of its own), the one before tells the cause.
    """
    operation = current_operation(events)
    causes = _genuine(operation)
    before = events[: len(events) - len(operation)]
    if not causes and before and _cleans_up(operation):
        return _genuine(current_operation(before))
    return causes


def plain_reason(reason: str) -> str:
    """AWS's reason in one line, without the wrapping of resource handlers and without request ids."""
    text = reason.strip()
    if wrapped := _HANDLER.match(text):
        text = wrapped["inner"]
    return " ".join(_REQUEST.sub("", text).split())


def _genuine(operation: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    told = [event for event in operation if not _CONSEQUENCE.search(event.reason)]
    failed = [event for event in told if event.status.endswith("_FAILED") and not event.of_stack]
    if not failed:
        # Nothing in the stack failed: transforms, hooks and lost permissions speak through the stack itself.
        failed = [event for event in told if event.of_stack and event.reason and _went_wrong(event)]
    return tuple({(event.logical_id, event.reason): event for event in failed}.values())


def _cleans_up(operation: Sequence[StackEvent]) -> bool:
    first = next((event for event in operation if event.of_stack), None)
    return first is not None and (first.status == "DELETE_IN_PROGRESS" or "ROLLBACK" in first.status)


def _went_wrong(event: StackEvent) -> bool:
    return event.status.endswith(("_FAILED", "ROLLBACK_IN_PROGRESS"))


def _is_end(event: StackEvent) -> bool:
    return event.status.endswith(("_COMPLETE", "_FAILED"))


class EventLog:
    """The events of one operation on a stack, read as they come.

    `after` is the id of the last event before the operation; without it the last operation in the list is meant.
    """

    def __init__(self, aws: Aws, ctx: Context, stack_id: str, region: str, *, after: str | None = None) -> None:
        self._aws = aws
        self._ctx = ctx
        self._stack_id = stack_id
        self._region = region
        self._last = after
        self._events: tuple[StackEvent, ...] = ()

    @property
    def events(self) -> tuple[StackEvent, ...]:
        """All events read so far, oldest first."""
        return self._events

    def read(self) -> tuple[StackEvent, ...]:
        """Events that are new since the last reading, oldest first."""
        rows = self._rows()
        fresh = tuple(_event(row) for row in reversed(rows))
        if self._last is None:
            fresh = current_operation(fresh)
        if fresh:
            self._last = fresh[-1].event_id
            self._events += fresh
        return fresh

    def ended_as(self, status: str) -> bool:
        """The operation's own last word is there, and it is `status`. Events may come later than the stack's status."""
        own = [event.status for event in self._events if event.of_stack]
        return bool(own) and own[-1] == status

    def _rows(self) -> list[Mapping[str, Any]]:
        """Newest first, as AWS answers, up to the last event that is known; further pages are not asked for."""
        rows: list[Mapping[str, Any]] = []
        page: dict[str, str] = {}
        while True:
            reply = self._aws.call(
                self._ctx, "cloudformation:DescribeStackEvents", region=self._region, StackName=self._stack_id, **page
            )
            for row in reply["StackEvents"]:
                if row["EventId"] == self._last:
                    return rows
                rows.append(row)
            if not reply.get("NextToken"):
                return rows
            page = {"NextToken": reply["NextToken"]}


def last_event_id(aws: Aws, ctx: Context, stack_id: str, region: str) -> str | None:
    """The mark before an operation is started: only what comes after it belongs to the operation."""
    rows = aws.call(ctx, "cloudformation:DescribeStackEvents", region=region, StackName=stack_id)["StackEvents"]
    return str(rows[0]["EventId"]) if rows else None


def _event(row: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        event_id=row["EventId"],
        stack_id=row["StackId"],
        stack_name=row["StackName"],
        logical_id=row.get("LogicalResourceId", ""),
        physical_id=row.get("PhysicalResourceId", ""),
        resource_type=row.get("ResourceType", ""),
        status=row.get("ResourceStatus", ""),
        reason=row.get("ResourceStatusReason", ""),
        at=row["Timestamp"],
    )
