"""The CloudFormation stacks of an installation: made, found, changed and deleted so that every step can be done again.

This is what the rest of the engine imports. Its parts: `stack_plans.py` (what a stack shall be, and what is refused),
`change_sets.py` (propose, abandon), `change_set_execution.py`, `stack_status.py` (a stack as it is, following it),
`stack_events.py` (what happened, root causes), `stack_deletion.py`.
"""

from installer.aws.change_set_execution import execute, reconcile
from installer.aws.change_sets import Proposal, abandon, propose
from installer.aws.clients import Aws
from installer.aws.stack_deletion import delete
from installer.aws.stack_plans import Change, StackPlan, same_text, template_summary
from installer.aws.stack_status import WHOLE, Stack, describe, failure, follow, refuse_foreign
from installer.context import Context
from installer.errors import ChangedMeanwhile
from installer.journal import Journal

__all__ = [
    "Change",
    "Proposal",
    "Stack",
    "StackPlan",
    "abandon",
    "delete",
    "describe",
    "ensure",
    "execute",
    "follow",
    "propose",
]

# Each round settles one state: an operation that runs, a leftover, the plan. More means that somebody else acts too.
_ROUNDS = 4


def ensure(aws: Aws, journal: Journal, ctx: Context, plan: StackPlan) -> Stack:
    """Bring about that the stack exists as planned, from whatever state it is in; return it.

    An operation that runs is joined, not repeated. A stack as planned is left alone, another one is updated by a change
    set, one whose creation was rolled back is deleted and made anew. Raises `NameTaken` for a stack that is not this
    installation's, `StackFailed` with the cause where a person has to act.
    """
    for _ in range(_ROUNDS):
        stack = describe(aws, ctx, plan.stack_name, plan.region)
        if stack is None or not stack.exists:
            return execute(aws, journal, ctx, propose(aws, journal, ctx, plan))
        refuse_foreign(stack, plan.installation)
        reconcile(aws, journal, ctx, plan)
        if stack.in_progress and stack.status != "DELETE_IN_PROGRESS":
            follow(aws, ctx, stack)
        elif stack.status in {"DELETE_IN_PROGRESS", "ROLLBACK_COMPLETE"}:
            delete(aws, journal, ctx, stack.stack_id, plan.region)
        elif stack.status not in WHOLE:
            raise failure(aws, ctx, stack)
        elif _is_as_planned(aws, ctx, stack, plan):
            return stack
        else:
            return execute(aws, journal, ctx, propose(aws, journal, ctx, plan))
    raise ChangedMeanwhile(
        f"The stack {plan.stack_name} does not come to rest: something else works on it too.",
        fix="Find out what else changes this stack, then try again.",
    )


def _is_as_planned(aws: Aws, ctx: Context, stack: Stack, plan: StackPlan) -> bool:
    if not plan.tags.items() <= stack.tags.items():
        return False
    declared = template_summary(aws, ctx, plan).get("Parameters", ())
    planned = {row["ParameterKey"]: row.get("DefaultValue", "") for row in declared} | dict(plan.parameters)
    if planned != dict(stack.parameters):
        return False
    held = aws.call(
        ctx, "cloudformation:GetTemplate", region=plan.region, StackName=stack.stack_id, TemplateStage="Original"
    )
    return same_text(held["TemplateBody"], plan.template_body)
