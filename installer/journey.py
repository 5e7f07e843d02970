"""Walks the journey: runs the step that `flow.next_step` names until none is left, and saves after each.

The window walks it a page at a time with the same steps; the command line walks it here in one go.

Where a name is installed again, its saved answers hold more than this journey has settled: the connection, the network
and the product of the one before stay until this one has its own, because what stands in AWS stands until then, and a
removal or a status must find it. How far this journey is, the installation's state alone says: `outset` and `keeping`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

from installer.answers import Answers
from installer.context import Context
from installer.errors import HouseguestError
from installer.events import StepChanged, StepState
from installer.flow import Step, next_step
from installer.installation import Installation, InstallationState
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

# The sections that a journey in this state has not settled for good: before Review, the network may still change.
_AHEAD: dict[InstallationState, tuple[str, ...]] = {
    InstallationState.PLANNED: ("permissions", "connection", "network", "review", "product"),
    InstallationState.CONNECTING: ("connection", "network", "review", "product"),
    InstallationState.CONNECTED: ("network", "review", "product"),
    InstallationState.INSTALLING: ("product",),
}


def outset(installation: Installation) -> Answers:
    """The answers to walk on from: those of this journey, without what an earlier one left."""
    ahead: dict[str, Any] = dict.fromkeys(_AHEAD.get(installation.state, ()))
    return replace(installation.answers, **ahead)


def keeping(answers: Answers, known: Answers) -> Answers:
    """The answers to save: where a section is not settled, that of `known` stays."""
    unsettled = [section for section in _AHEAD[InstallationState.PLANNED] if getattr(answers, section) is None]
    return replace(answers, **{section: getattr(known, section) for section in unsettled})


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
