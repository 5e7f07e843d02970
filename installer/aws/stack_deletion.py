"""Deleting a stack, and being sure that it is gone. Making and changing one is in `change_sets.py`."""

from dataclasses import replace

from installer.aws.clients import Aws
from installer.aws.stack_events import last_event_id
from installer.aws.stack_status import GONE, Stack, describe, follow, watch
from installer.context import Context
from installer.errors import StackFailed
from installer.journal import Journal, Write


def delete(aws: Aws, journal: Journal, ctx: Context, stack: str, region: str) -> Stack | None:
    """Delete the stack of that name or id and follow it to its end; return its last reading, None if there was none.

    Whose stack it is, the caller has to know. Raises `StackFailed` with the reasons for what could not be deleted, or
    when termination protection is on; nothing has changed then.
    """
    seen = describe(aws, ctx, stack, region)
    if seen is None or seen.status == GONE:
        return seen
    if seen.termination_protection:
        raise StackFailed(
            f"Termination protection is on for the stack {seen.name}; nothing was deleted.",
            call="cloudformation:DeleteStack",
            fix="Switch termination protection off for this stack, then try again.",
            details={"stack_id": seen.stack_id},
        )
    if seen.status.startswith("UPDATE_") and seen.in_progress:
        # CloudFormation refuses to delete in the middle of an update. However that ends, the delete follows.
        watch(aws, ctx, seen)
    mark: str | None = None

    def already() -> Stack | None:
        now = describe(aws, ctx, seen.stack_id, region) or replace(seen, status=GONE)
        return now if now.status in {GONE, "DELETE_IN_PROGRESS"} else None

    def request(token: str) -> Stack:
        nonlocal mark
        mark = last_event_id(aws, ctx, seen.stack_id, region)
        aws.call(ctx, "cloudformation:DeleteStack", region=region, StackName=seen.stack_id, ClientRequestToken=token)
        return seen

    journal.perform(
        Write("cloudformation:DeleteStack", seen.stack_id, already, request, describe=lambda deleted: deleted.stack_id)
    )
    return follow(aws, ctx, seen, after=mark, wanted={GONE})
