"""Executing a change set, once, and following the stack to its end. Proposing one is in `change_sets.py`."""

from installer.aws.change_sets import Proposal
from installer.aws.clients import Aws
from installer.aws.stack_events import last_event_id
from installer.aws.stack_plans import StackPlan
from installer.aws.stack_status import Stack, describe, follow
from installer.context import Context
from installer.errors import AwsError, ChangedMeanwhile, NotFound
from installer.journal import Journal, Write

_EXECUTE = "cloudformation:ExecuteChangeSet"


def execute(aws: Aws, journal: Journal, ctx: Context, proposal: Proposal) -> Stack:
    """Execute the change set, once, and follow the stack to its end. Raises `StackFailed` with all root causes."""
    plan = proposal.plan
    stack = describe(aws, ctx, proposal.stack_id, plan.region)
    if stack is None or (proposal.empty and not stack.exists):
        raise ChangedMeanwhile(
            f"The stack {plan.stack_name} was deleted meanwhile.",
            fix="Look at what would be made again.",
            details={"stack_id": proposal.stack_id},
        )
    if proposal.empty:
        return stack
    return follow(aws, ctx, stack, after=_start(aws, journal, ctx, proposal))


def reconcile(aws: Aws, journal: Journal, ctx: Context, plan: StackPlan) -> None:
    """Close what the journal has open for this stack: executions whose reply was lost, but which took effect."""
    prefix = plan.journal_prefix
    for intent in journal.open_intents():
        if intent.action != _EXECUTE or not intent.target.startswith(prefix):
            continue
        change_set_id = intent.target.removeprefix(prefix)
        if _was_executed(aws, ctx, plan, change_set_id):
            journal.perform(_taken_effect(intent.target, change_set_id))


def _start(aws: Aws, journal: Journal, ctx: Context, proposal: Proposal) -> str | None:
    """Execute once; the id of the last event before it, or None if it was executed before and its reply was lost."""
    region = proposal.plan.region
    mark: str | None = None

    def find() -> str | None:
        done = _was_executed(aws, ctx, proposal.plan, proposal.change_set_id)
        return proposal.change_set_id if done else None

    def request(token: str) -> str:
        nonlocal mark
        mark = last_event_id(aws, ctx, proposal.stack_id, region)
        try:
            aws.call(
                ctx,
                _EXECUTE,
                region=region,
                ChangeSetName=proposal.change_set_id,
                ClientRequestToken=token,
            )
        except AwsError as error:
            if error.aws_code not in {"InvalidChangeSetStatus", "ChangeSetNotFound"}:
                raise
            # Either a repeated request whose first reply was lost, or somebody else's change came first.
            if find() is None:
                raise ChangedMeanwhile(
                    f"The stack {proposal.plan.stack_name} changed after its changes were shown.",
                    fix="Look at what would be made again.",
                    details=error.details,
                ) from error
        return proposal.change_set_id

    target = f"{proposal.plan.journal_prefix}{proposal.change_set_id}"
    journal.perform(Write(_EXECUTE, target, find, request))
    return mark


def _taken_effect(target: str, change_set_id: str) -> Write[str]:
    def never(_token: str) -> str:
        raise AssertionError("it has taken effect already")

    return Write(_EXECUTE, target, lambda: change_set_id, never)


def _was_executed(aws: Aws, ctx: Context, plan: StackPlan, change_set_id: str) -> bool:
    try:
        described = aws.call(ctx, "cloudformation:DescribeChangeSet", region=plan.region, ChangeSetName=change_set_id)
    except NotFound:
        # Change sets are cleared away by the execution of one: the stack tells which.
        stack = describe(aws, ctx, plan.stack_name, plan.region)
        return stack is not None and stack.exists and stack.change_set_id == change_set_id
    return str(described.get("ExecutionStatus", "")).startswith("EXECUTE_")
