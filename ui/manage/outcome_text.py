"""A removal's outcome as plain text: what a person forwards to whoever must believe it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ui.manage.words import as_sentence, operator_of
from ui.widgets.evidence_row import WORD_OF
from ui.widgets.plain import one_line
from ui.widgets.proof import weightiest_first

if TYPE_CHECKING:
    from installer.evidence import Evidence
    from ui.desk_results import TakenBack


MOST_OF_A_LINE = 2_000
"""Characters of what others wrote, each time."""


@dataclass(frozen=True)
class StepTold:
    """A step of the removal as it ended: `state` in a word."""

    title: str
    state: str
    sentence: str


def outcome_text(
    done: TakenBack, steps: Sequence[StepTold], beyond: Sequence[str], *, proven: bool, at: datetime
) -> str:
    one, removal = done.installation, done.removal
    names, operator = one.answers.names, operator_of(one)
    head = f"Access of {operator} to {one.name}: {'removed, and proven' if proven else 'NOT proven to be removed'}"
    facts = [
        f"AWS account: {names.account_id}",
        f"Role: {names.operator_role_arn}",
        f"Its boundary: {names.operator_boundary_arn}",
        f"Written: {at.isoformat(timespec='seconds')}",
    ]
    if done.problem is not None:
        facts += [f"Why it is not proven: {_line(done.problem.message)}", _line(done.problem.fix)]
    parts = (
        _part("Steps", (_step(step) for step in steps)),
        _part("What was read back", (_evidence(found) for found in weightiest_first(removal.evidence))),
        _part("Still possible", map(as_sentence, removal.still_possible)),
        _part("What stays, and why", (f"{_line(kept.what)}: {_line(kept.why)}" for kept in removal.kept)),
        _part("Neither stopped nor looked for", map(as_sentence, beyond)),
    )
    return "\n\n".join(["\n".join(filter(None, [head, *facts])), *filter(None, parts)]) + "\n"


def _part(title: str, lines: Iterable[str]) -> str:
    rows = [f"- {line}" for line in lines]
    return "\n".join([title, *rows]) if rows else ""


def _line(text: str) -> str:
    return one_line(text, MOST_OF_A_LINE)


def _step(step: StepTold) -> str:
    return f"[{step.state}] {_line(step.title)}" + (f": {_line(step.sentence)}" if step.sentence else "")


def _evidence(found: Evidence) -> str:
    told = [f"{WORD_OF[found.source]} at {found.at.isoformat(timespec='seconds')}", _line(found.call)]
    if found.request_id:
        told.append(f"request {_line(found.request_id)}")
    detail = f". {_line(found.detail)}" if found.detail else ""
    return f"[{found.state.value}] {_line(found.claim)} ({', '.join(filter(None, told))}){detail}"
