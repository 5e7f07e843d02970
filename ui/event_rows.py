"""The engine's events as rows and as lines of a log: the same for Connect, Install and a removal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from installer.events import (
    Checked,
    Event,
    Notice,
    ResourceChanged,
    Scanned,
    StepChanged,
    StepState,
    VendorProgress,
    Waiting,
)
from installer.evidence import State
from ui.widgets.plain import one_line
from ui.widgets.step_row import RowState

if TYPE_CHECKING:
    from collections.abc import Hashable

_STEP_STATES = {
    StepState.STARTED: RowState.RUNNING,
    StepState.DONE: RowState.DONE,
    StepState.FAILED: RowState.FAILED,
    StepState.SKIPPED: RowState.SKIPPED,
}
_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class EventRow:
    """What a row of `LiveRows` shall show. An empty title keeps the one that the row has."""

    key: Hashable
    state: RowState
    title: str
    sentence: str = ""


def row_of(event: Event) -> EventRow | None:
    """The row that an event changes; None where it is no row's."""
    match event:
        case ResourceChanged(stack_name, logical_id, resource_type, status, reason):
            is_stack = resource_type == _STACK
            title = f"Stack {stack_name}" if is_stack else f"{logical_id}"
            words = status.replace("_", " ").lower()
            sentence = f"{resource_type}, {words}" if not is_stack else words
            return EventRow(
                (stack_name, logical_id),
                _state_of_status(status),
                title,
                f"{sentence}. {reason}" if reason else sentence,
            )
        case VendorProgress(_, step, state, message):
            if state == "started":
                return EventRow(step, RowState.RUNNING, message)
            ended = RowState.FAILED if state == "failed" else RowState.DONE
            return EventRow(step, ended, "", "" if message == "Done" else message)
        case StepChanged(step, state, sentence):
            return EventRow(step, _STEP_STATES[state], "", sentence)
        case _:
            return None


def _state_of_status(status: str) -> RowState:
    if status.endswith("FAILED") or "ROLLBACK" in status:
        return RowState.FAILED
    return RowState.DONE if status.endswith("COMPLETE") else RowState.RUNNING


def log_line(event: Event, now: datetime | None = None) -> str:
    """One plain line with its time: AWS's or the vendor's where the event has one."""
    at, text = _told(event)
    at = at or now or datetime.now(UTC)
    return f"{at.astimezone():%H:%M:%S}  {one_line(text)}"


def _told(event: Event) -> tuple[datetime | None, str]:
    match event:
        case ResourceChanged(stack_name, logical_id, resource_type, status, reason, _, at):
            return at, f"{stack_name}/{logical_id} {resource_type} {status} {reason}"
        case VendorProgress(_, step, state, message, at, percent):
            share = f" ({percent:.0f} %)" if percent is not None else ""
            return at, f"vendor: {step} {state}{share}: {message}"
        case StepChanged(step, state, sentence):
            return None, f"{step} {state.value} {sentence}"
        case Waiting(what, last_checked):
            return last_checked, f"waiting: {what}"
        case Scanned(region, ranges, problem):
            return None, f"{region}: {problem or f'{ranges} ranges'}"
        case Checked(evidence):
            detail = f" {evidence.detail}" if evidence.state is not State.VERIFIED else ""
            return evidence.at, f"{evidence.state.value}: {evidence.claim} ({evidence.call}){detail}"
        case Notice(sentence):
            return None, sentence
