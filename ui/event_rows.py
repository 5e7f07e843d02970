"""The engine's events as rows and as lines of a log: the same for Connect, Install and a removal.

What AWS and the vendor wrote is cut to what a row has room for; the log has more of it. The cards that show them are in
`event_cards.py`.
"""

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

MOST_OF_A_TITLE = 100
MOST_OF_A_SENTENCE = 160
MOST_OF_A_LINE = 600
_STEP_STATES = {
    StepState.STARTED: RowState.RUNNING,
    StepState.DONE: RowState.DONE,
    StepState.FAILED: RowState.FAILED,
    StepState.SKIPPED: RowState.SKIPPED,
}
# The vendor's own words (`docs/vendor-protocol.md`). One that is not known is shown as it is, beside a clock.
_VENDOR_STATES = {
    "started": RowState.RUNNING,
    "succeeded": RowState.DONE,
    "failed": RowState.FAILED,
    "paused": RowState.WAITING,
    "cancelled": RowState.SKIPPED,
}
_VENDOR_SAYS_NOTHING = frozenset({"", "Done"})
_KINDS = {
    "AWS::CloudFormation::Stack": "CloudFormation stack",
    "AWS::IAM::ManagedPolicy": "IAM managed policy",
    "AWS::IAM::Role": "IAM role",
}


@dataclass(frozen=True)
class EventRow:
    """What a row of `LiveRows` shall show since `at`. An empty title keeps the one that the row has."""

    key: Hashable
    state: RowState
    title: str
    sentence: str = ""
    at: datetime | None = None


def row_of(event: Event) -> EventRow | None:
    """The row that an event changes; None where it is no row's."""
    match event:
        case ResourceChanged():
            return _of_resource(event)
        case VendorProgress():
            return _of_vendor(event)
        case StepChanged(step, state, sentence):
            return EventRow(step, _STEP_STATES[state], "", _sentence(sentence))
        case Notice(sentence):
            return EventRow(sentence, RowState.WAITING, _sentence(sentence))
        case _:
            return None


def _of_resource(event: ResourceChanged) -> EventRow:
    kind = _KINDS.get(event.resource_type, event.resource_type)
    # IAM's policies have an ARN for their physical id, stacks too; its last part but one is the stack's name.
    name = event.stack_name if kind == _KINDS["AWS::CloudFormation::Stack"] else _name(event)
    words = event.status.replace("_", " ").lower()
    reason = f": {event.reason}" if event.reason else ""
    return EventRow(
        ("resource", event.stack_name, event.logical_id),
        _state_of_status(event.status),
        one_line(f"{kind} {name}", MOST_OF_A_TITLE),
        _sentence(f"AWS reports: {words}{reason}"),
        event.at,
    )


def _name(event: ResourceChanged) -> str:
    """AWS's name where there is one by now, else the template's."""
    return event.physical_id.rpartition("/")[2] or event.logical_id


def _of_vendor(event: VendorProgress) -> EventRow:
    state = _VENDOR_STATES.get(event.state, RowState.WAITING)
    key, message = ("vendor", event.step), one_line(event.message)
    if event.state == "started":
        return EventRow(key, state, one_line(message or event.step, MOST_OF_A_TITLE), "", event.at)
    if event.state not in _VENDOR_STATES:
        message = f"{event.state}: {message}"
    return EventRow(key, state, "", "" if message in _VENDOR_SAYS_NOTHING else _sentence(message), event.at)


def _state_of_status(status: str) -> RowState:
    if status.endswith("FAILED") or "ROLLBACK" in status:
        return RowState.FAILED
    return RowState.DONE if status.endswith("COMPLETE") else RowState.RUNNING


def _sentence(text: str) -> str:
    return one_line(text, MOST_OF_A_SENTENCE)


def log_line(event: Event, now: datetime | None = None) -> str:
    """One plain line with its time: AWS's or the vendor's where the event has one."""
    at, text = _told(event)
    at = at or now or datetime.now(UTC)
    return f"{at.astimezone():%H:%M:%S}  {one_line(text, MOST_OF_A_LINE)}"


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
