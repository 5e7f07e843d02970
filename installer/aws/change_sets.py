"""Change sets: what would be made is seen, and compared with what was shown, before anything is made.

Executing one is in `change_set_execution.py`; whether one is needed at all is decided in `stacks.py`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from installer.aws.clients import Aws, Reply
from installer.aws.stack_deletion import delete
from installer.aws.stack_plans import Change, StackPlan, refuse_unusable, unapproved_code, unexpected, unlike_shown
from installer.aws.stack_status import (
    WHOLE,
    Stack,
    describe,
    failure,
    name_taken,
    pauses,
    refuse_foreign,
    watch,
)
from installer.context import Context
from installer.errors import AlreadyExists, ChangedMeanwhile, NotFound, StackFailed, UsageError
from installer.events import Waiting
from installer.journal import Journal, Write

_NAME_PREFIX = "houseguest-"
# Readings that may not know a new change set yet.
_UNSEEN = 3
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Proposal:
    """A change set that was read back and holds what was shown. `empty`: the stack is as planned already."""

    plan: StackPlan
    stack_id: str
    change_set_id: str
    creates: bool
    changes: tuple[Change, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.change_set_id


def propose(aws: Aws, journal: Journal, ctx: Context, plan: StackPlan) -> Proposal:
    """Make the change set of `plan`, or find it again; execute nothing.

    Raises `NameTaken` for somebody else's stack, `UsageError` for a template that cannot be used, `StackFailed` where
    CloudFormation refuses or holds another template than the one shown. What it made is cleared away then.
    """
    refuse_unusable(aws, ctx, plan)
    stack = describe(aws, ctx, plan.stack_name, plan.region)
    if stack is not None and stack.in_progress:
        stack, _ = watch(aws, ctx, stack)
    if stack is not None and stack.in_review:
        _refuse_foreign_review(aws, ctx, stack)
    existing = stack if stack is not None and stack.exists else None
    if existing is not None:
        refuse_foreign(existing, plan.installation)
        if existing.status not in WHOLE:
            raise failure(aws, ctx, existing)
    made = _create(aws, journal, ctx, plan, existing)
    described = _created(aws, ctx, plan, made.change_set_id)
    proposal = Proposal(
        plan=plan,
        stack_id=made.stack_id,
        change_set_id=made.change_set_id,
        creates=existing is None,
        changes=_changes(aws, ctx, plan, made.change_set_id),
    )
    problem = _problem(aws, ctx, proposal, described)
    if problem is None:
        return proposal
    abandon(aws, journal, ctx, proposal)
    if existing is not None and _says_no_changes(described):
        return Proposal(plan, existing.stack_id, change_set_id="", creates=False)
    raise problem


def abandon(aws: Aws, journal: Journal, ctx: Context, proposal: Proposal) -> None:
    """Delete a change set that will not be executed, and the stack in review that it left, if nothing else uses it."""
    plan = proposal.plan
    if not proposal.empty:
        _delete_change_set(aws, journal, ctx, plan.region, proposal.change_set_id)
    stack = describe(aws, ctx, proposal.stack_id, plan.region)
    if stack is None or not stack.in_review or _other_change_sets(aws, ctx, stack, proposal.change_set_id):
        return
    if _holds_nothing(aws, ctx, stack):
        delete(aws, journal, ctx, proposal.stack_id, plan.region)


@dataclass(frozen=True)
class _Made:
    change_set_id: str
    stack_id: str


def _create(aws: Aws, journal: Journal, ctx: Context, plan: StackPlan, existing: Stack | None) -> _Made:
    # An update replaces all tags of the stack: those that others put on it stay.
    theirs = {key: value for key, value in existing.tags.items() if not key.startswith("aws:")} if existing else {}
    name = _name(plan, existing)
    left = _read(aws, ctx, plan, name)
    if left is not None and not _is_usable(left):
        _delete_change_set(aws, journal, ctx, plan.region, left["ChangeSetId"])

    def find() -> _Made | None:
        found = _read(aws, ctx, plan, name)
        return _Made(found["ChangeSetId"], found["StackId"]) if found is not None and _is_usable(found) else None

    def request(token: str) -> _Made:
        try:
            reply = aws.call(
                ctx,
                "cloudformation:CreateChangeSet",
                region=plan.region,
                StackName=plan.stack_name,
                ChangeSetName=name,
                ChangeSetType="UPDATE" if existing else "CREATE",
                ClientToken=token,
                TemplateBody=plan.template_body,
                Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in sorted(plan.parameters.items())],
                Tags=[{"Key": k, "Value": v} for k, v in sorted({**theirs, **plan.tags}.items())],
                Capabilities=list(plan.capabilities),
            )
        except AlreadyExists as error:
            # A repeated request whose first reply was lost: the name is made of the content, so it is ours.
            made = find()
            if made is None:
                raise ChangedMeanwhile(
                    f"Another window or computer is working on the stack {plan.stack_name} at this moment.",
                    fix="Let it finish, then try again.",
                    details=error.details,
                ) from error
            return made
        return _Made(reply["Id"], reply["StackId"])

    target = f"{plan.journal_prefix}{name}"
    return journal.perform(
        Write("cloudformation:CreateChangeSet", target, find, request, describe=lambda made: made.change_set_id)
    )


def _name(plan: StackPlan, existing: Stack | None) -> str:
    """The same for the same plan on the same state of the stack, so that a program that starts again finds it."""
    state = [existing.stack_id, existing.changed.isoformat()] if existing else []
    content = [
        state,
        plan.template_body,
        sorted(plan.parameters.items()),
        sorted(plan.tags.items()),
        sorted(plan.capabilities),
    ]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return f"{_NAME_PREFIX}{digest[:24]}"


def _read(aws: Aws, ctx: Context, plan: StackPlan, name: str) -> Reply | None:
    try:
        return aws.call(
            ctx,
            "cloudformation:DescribeChangeSet",
            region=plan.region,
            StackName=plan.stack_name,
            ChangeSetName=name,
        )
    except NotFound:
        return None


def _is_usable(described: Reply) -> bool:
    if described["Status"] == "CREATE_COMPLETE":
        return bool(described["ExecutionStatus"] == "AVAILABLE")
    return described["Status"] in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}


def _created(aws: Aws, ctx: Context, plan: StackPlan, change_set_id: str) -> Reply:
    """The change set when CloudFormation has made up its mind about it: CREATE_COMPLETE or FAILED."""
    wait = pauses()
    unseen = 0
    while True:
        status = "CREATE_PENDING"
        try:
            described = aws.call(
                ctx, "cloudformation:DescribeChangeSet", region=plan.region, ChangeSetName=change_set_id
            )
            status = described["Status"]
            if status in {"CREATE_COMPLETE", "FAILED"}:
                return described
        except NotFound:
            unseen += 1
        if unseen > _UNSEEN or status not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
            raise ChangedMeanwhile(
                f"The change set of the stack {plan.stack_name} was deleted meanwhile.",
                fix="Try again.",
                details={"change_set_id": change_set_id},
            )
        ctx.report(Waiting(f"the change set of the stack {plan.stack_name}", aws.clock.now()))
        ctx.sleep(next(wait))


def _changes(aws: Aws, ctx: Context, plan: StackPlan, change_set_id: str) -> tuple[Change, ...]:
    rows: list[Mapping[str, Any]] = aws.pages(
        ctx, "cloudformation:DescribeChangeSet", "Changes", region=plan.region, ChangeSetName=change_set_id
    )
    changes = [row["ResourceChange"] for row in rows if "ResourceChange" in row]
    return tuple(
        Change(
            action=change["Action"],
            logical_id=change["LogicalResourceId"],
            resource_type=change["ResourceType"],
            physical_id=change.get("PhysicalResourceId", ""),
            replacement=change.get("Replacement", ""),
        )
        for change in changes
    )


def _problem(aws: Aws, ctx: Context, proposal: Proposal, described: Reply) -> StackFailed | UsageError | None:
    """Why this change set must not be executed."""
    plan = proposal.plan
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason", "AWS gives no reason").strip().rstrip(".")
        return StackFailed(
            f"CloudFormation cannot make the stack {plan.stack_name} as planned: {reason}.",
            call="cloudformation:DescribeChangeSet",
            details={"change_set_id": proposal.change_set_id},
        )
    held = aws.call(
        ctx,
        "cloudformation:GetTemplate",
        region=plan.region,
        ChangeSetName=proposal.change_set_id,
        TemplateStage="Original",
    )
    return (
        unlike_shown(plan, held["TemplateBody"])
        or unapproved_code(plan, proposal.changes)
        or unexpected(plan, proposal.changes, creates=proposal.creates)
    )


def _refuse_foreign_review(aws: Aws, ctx: Context, stack: Stack) -> None:
    """A stack in review has no tags that could tell whose it is; the names of its change sets do."""
    if any(not row["ChangeSetName"].startswith(_NAME_PREFIX) for row in _change_sets(aws, ctx, stack)):
        raise name_taken(stack.name, stack.region, stack.stack_id)


def _change_sets(aws: Aws, ctx: Context, stack: Stack) -> list[Mapping[str, Any]]:
    return aws.pages(ctx, "cloudformation:ListChangeSets", "Summaries", region=stack.region, StackName=stack.stack_id)


def _other_change_sets(aws: Aws, ctx: Context, stack: Stack, but: str) -> bool:
    return any(row["ChangeSetId"] != but for row in _change_sets(aws, ctx, stack))


def _holds_nothing(aws: Aws, ctx: Context, stack: Stack) -> bool:
    """Asked before a stack in review is deleted: an import may have put resources into it."""
    try:
        held = aws.call(ctx, "cloudformation:DescribeStackResources", region=stack.region, StackName=stack.stack_id)
    except NotFound:
        return True
    return not held["StackResources"]


def _delete_change_set(aws: Aws, journal: Journal, ctx: Context, region: str, change_set_id: str) -> None:
    def gone() -> str | None:
        try:
            described = aws.call(ctx, "cloudformation:DescribeChangeSet", region=region, ChangeSetName=change_set_id)
        except NotFound:
            return change_set_id
        return change_set_id if described["Status"].startswith("DELETE_") else None

    def request(_token: str) -> str:
        aws.call(ctx, "cloudformation:DeleteChangeSet", region=region, ChangeSetName=change_set_id)
        return change_set_id

    journal.perform(Write("cloudformation:DeleteChangeSet", change_set_id, gone, request))


def _says_no_changes(described: Reply) -> bool:
    return described["Status"] == "FAILED" and any(text in described.get("StatusReason", "") for text in _NO_CHANGES)
