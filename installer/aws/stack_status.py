"""A stack as it is now, and following it until CloudFormation has finished with it.

What happened to it is read in `stack_events.py`; change sets are in `change_sets.py`; others import `stacks.py`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from installer.aws.clients import Aws
from installer.aws.stack_events import EventLog, StackEvent, plain_reason, root_causes
from installer.context import Context
from installer.errors import AwsUnreachable, NameTaken, NotFound, StackFailed, Throttled
from installer.events import Waiting
from installer.names import MADE_BY_US, TAG_INSTALLATION, TAG_MADE_BY

GONE = "DELETE_COMPLETE"
IN_REVIEW = "REVIEW_IN_PROGRESS"
SUCCEEDED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
# From these a stack can be updated: it is whole, though perhaps in the state before the last update.
WHOLE = SUCCEEDED | {"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}

# The status of a stack is seen before its events: how many polls the operation's own events may lag behind.
_LATE_EVENTS = 8
# A stack goes on when nobody looks: so many polls may go unanswered before looking is given up. Each is repeated by
# botocore for some seconds already, so this is a minute or two, and the person sees that AWS does not answer.
_UNANSWERED = 8

_FIXES = {
    "ROLLBACK_COMPLETE": "Remove the cause, then try again: what was rolled back is cleared away first.",
    "UPDATE_ROLLBACK_COMPLETE": "Nothing changed, the stack is as it was before. Remove the cause, then try again.",
    "UPDATE_ROLLBACK_FAILED": "Continue the update rollback of this stack in the AWS console, then try again.",
    "UPDATE_FAILED": "Roll the update of this stack back in the AWS console, then try again.",
    "ROLLBACK_FAILED": "Delete this stack in the AWS console, then try again.",
    "CREATE_FAILED": "Delete this stack in the AWS console, then try again.",
    "DELETE_FAILED": "Remove what holds it back, then delete the stack again.",
}
_VERBS = {
    "CREATE_FAILED": "created",
    "UPDATE_FAILED": "updated",
    "DELETE_FAILED": "deleted",
    "IMPORT_FAILED": "imported",
}


@dataclass(frozen=True)
class Stack:
    """One reading of a stack. `read_at` is AWS's time, `changed` when CloudFormation last made or updated it."""

    stack_id: str
    name: str
    region: str
    status: str
    reason: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    termination_protection: bool
    change_set_id: str
    changed: datetime
    read_at: datetime
    request_id: str

    @property
    def in_review(self) -> bool:
        """Left by a change set that was never executed: it holds nothing and counts as not existing."""
        return self.status == IN_REVIEW

    @property
    def exists(self) -> bool:
        return not self.in_review and self.status != GONE

    @property
    def holds_nothing(self) -> bool:
        """No resource is in it: never made, rolled back, or deleted."""
        return not self.exists or self.status == "ROLLBACK_COMPLETE"

    @property
    def is_whole(self) -> bool:
        """Nothing is under way and nothing is half done."""
        return self.status in WHOLE

    @property
    def in_progress(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and not self.in_review

    def made_for(self, installation: str) -> bool:
        """The tags say that this program made it, for this installation."""
        return self.tags.get(TAG_MADE_BY) == MADE_BY_US and self.tags.get(TAG_INSTALLATION) == installation


def describe(aws: Aws, ctx: Context, stack: str, region: str) -> Stack | None:
    """The stack of that name or id; None if there is none. By id a deleted stack is still told, as `DELETE_COMPLETE`.

    A stack that is only in review is returned too; ask `exists`.
    """
    try:
        reply = aws.call(ctx, "cloudformation:DescribeStacks", region=region, StackName=stack)
    except NotFound:
        return None
    row: Mapping[str, Any] = reply["Stacks"][0]
    return Stack(
        stack_id=row["StackId"],
        name=row["StackName"],
        region=region,
        status=row["StackStatus"],
        reason=row.get("StackStatusReason", ""),
        outputs=_pairs(row.get("Outputs", ()), "OutputKey", "OutputValue"),
        parameters=_pairs(row.get("Parameters", ()), "ParameterKey", "ParameterValue"),
        tags=_pairs(row.get("Tags", ()), "Key", "Value"),
        termination_protection=bool(row.get("EnableTerminationProtection", False)),
        change_set_id=row.get("ChangeSetId", ""),
        changed=row.get("LastUpdatedTime") or row["CreationTime"],
        read_at=reply.at,
        request_id=reply.request_id,
    )


def refuse_foreign(stack: Stack, installation: str) -> None:
    """Raise `NameTaken` for a stack that was not made for this installation: it is never touched."""
    if not stack.made_for(installation):
        raise name_taken(stack.name, stack.region, stack.stack_id)


def name_taken(stack_name: str, region: str, stack_id: str) -> NameTaken:
    return NameTaken(
        f"{region} has a CloudFormation stack named {stack_name} that was not made for this installation.",
        fix="Choose another name for the installation, or delete that stack yourself.",
        details={"stack_id": stack_id},
    )


def pauses(first: float = 1.0, longest: float = 3.0) -> Iterator[float]:
    """Seconds to wait between polls: short while much happens, then longer."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 1.25, longest)


def follow(
    aws: Aws, ctx: Context, stack: Stack, *, after: str | None = None, wanted: Collection[str] = SUCCEEDED
) -> Stack:
    """Watch the operation on `stack` to its end; return the stack if it ended as `wanted`.

    Raises `StackFailed` with all root causes. For `after` see `watch`.
    """
    ended, events = watch(aws, ctx, stack, after=after)
    if ended.status in wanted:
        return ended
    raise stack_failed(ended, events)


def watch(aws: Aws, ctx: Context, stack: Stack, *, after: str | None = None) -> tuple[Stack, tuple[StackEvent, ...]]:
    """The stack when the operation on it has ended, however it ended, and the operation's events; each is reported.

    `after` is the last event before the operation (`stack_events.last_event_id`): with it, a status from before the
    operation is never taken for its end. Cancelling only stops watching.
    """
    log = EventLog(aws, ctx, stack.stack_id, stack.region, after=after)
    wait = pauses()
    unanswered = late = 0
    answered_at = stack.read_at
    while True:
        try:
            # The status first: events that are read after it hold all that led to it.
            seen = describe(aws, ctx, stack.stack_id, stack.region)
            if seen is None:  # deleted so long ago that not even its id is known
                return replace(stack, status=GONE), log.events
            fresh = log.read()
        except (Throttled, AwsUnreachable, NotFound):
            unanswered += 1
            if unanswered > _UNANSWERED:
                raise
            ctx.report(Waiting(f"an answer of AWS about the stack {stack.name}", answered_at))
            ctx.sleep(next(wait))
            continue
        unanswered, answered_at = 0, seen.read_at
        for event in fresh:
            ctx.report(event.to_progress())
        if not seen.in_progress:
            late = 0 if fresh else late + 1
            ended = log.ended_as(seen.status) and not seen.in_review
            if ended or late > _LATE_EVENTS:
                return seen, log.events
        elif not fresh:
            ctx.report(Waiting(f"the stack {stack.name}", seen.read_at))
        ctx.sleep(next(wait))


def failure(aws: Aws, ctx: Context, stack: Stack) -> StackFailed:
    """Why `stack` is in the state it is in, from the events of its last operation."""
    log = EventLog(aws, ctx, stack.stack_id, stack.region)
    log.read()
    return stack_failed(stack, log.events)


def stack_failed(stack: Stack, events: Sequence[StackEvent]) -> StackFailed:
    """The error whose first sentence is the cause, and whose details hold AWS's own words for every cause."""
    causes = root_causes(events)
    details = {"stack_id": stack.stack_id, "stack_status": stack.status}
    for number, cause in enumerate(causes, start=1):
        details[f"cause_{number}"] = f"{cause.logical_id} {cause.resource_type} {cause.status}: {cause.reason}"
    sentences = [_sentence(cause) for cause in causes] or [_own_sentence(stack)]
    return StackFailed(
        " ".join(sentences),
        call="cloudformation:DescribeStackEvents",
        fix=_FIXES.get(stack.status, "Look at the stack in the AWS console, then try again."),
        details=details,
    )


def _sentence(cause: StackEvent) -> str:
    reason = plain_reason(cause.reason) or "AWS gives no reason"
    verb = _VERBS.get(cause.status)
    if verb is None:
        return f"{cause.logical_id}: {reason.rstrip('.')}."
    return f"{cause.logical_id} ({cause.resource_type}) could not be {verb}: {reason.rstrip('.')}."


def _own_sentence(stack: Stack) -> str:
    reason = plain_reason(stack.reason).rstrip(".")
    return f"The stack {stack.name} is in the state {stack.status}{': ' if reason else ''}{reason}."


def _pairs(rows: Sequence[Mapping[str, str]], key: str, value: str) -> dict[str, str]:
    return {row[key]: row.get(value, "") for row in rows}
