"""Walks the journey: runs the step that `flow.next_step` names until none is left, and saves after each.

The window walks it a page at a time with the same steps; the command line walks it here in one go.
"""

from collections.abc import Callable, Iterator
from types import ModuleType

from installer.answers import Answers
from installer.context import Context
from installer.errors import HouseguestError
from installer.events import StepChanged, StepState
from installer.flow import Step, next_step
from installer.steps import Finding, connect, install, invitation, network, permissions, review, sign_in
from installer.tools import Tools

MODULES: dict[Step, ModuleType] = {
    Step.INVITATION: invitation,
    Step.SIGN_IN: sign_in,
    Step.PERMISSIONS: permissions,
    Step.CONNECT: connect,
    Step.NETWORK: network,
    Step.REVIEW: review,
    Step.INSTALL: install,
}
_ORDER = tuple(Step)


def walk(
    answers: Answers,
    tools: Tools,
    ctx: Context,
    *,
    save: Callable[[Answers], None],
    until: Step | None = None,
) -> Answers:
    """Run every step that is not settled, in order, up to and without `until`; save what each settled.

    Where `until` and more is settled already, nothing runs. Raises what the step raised, after reporting that it
    failed. Running it again goes on where it stopped.
    """
    end = len(_ORDER) if until is None else _ORDER.index(until)
    while (step := next_step(answers)) is not None and _ORDER.index(step) < end:
        ctx.check()
        ctx.report(StepChanged(step, StepState.STARTED))
        try:
            answers = MODULES[step].run(answers, tools, ctx)
        except HouseguestError as error:
            ctx.report(StepChanged(step, StepState.FAILED, error.message))
            raise
        save(answers)
        ctx.report(StepChanged(step, StepState.DONE))
    if step is None:
        tools.journal.settle()
    return answers


def findings(answers: Answers, tools: Tools, ctx: Context) -> Iterator[Finding]:
    """What the person must know before a commit, from every step that can be checked by now."""
    for step, module in MODULES.items():
        if answers.account is None and step not in (Step.INVITATION, Step.SIGN_IN):
            return
        yield from module.check(answers, tools, ctx)
