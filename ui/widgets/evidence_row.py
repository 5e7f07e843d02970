"""One piece of evidence: what is claimed, what is known of it, whose word it is, and which call answered when."""

from datetime import datetime, timedelta, tzinfo

from PySide6.QtWidgets import QVBoxLayout

from installer.evidence import Evidence, Source, State
from ui.theme import TextRole
from ui.widgets.chips import EvidenceChip
from ui.widgets.flow import Flow
from ui.widgets.layouts import Beside, Wrapping
from ui.widgets.plain import one_line, tool_tip
from ui.widgets.text import ElidedLabel, Label

WORD_OF = {
    Source.AWS: "AWS answered",
    Source.VENDOR: "the vendor's word",
    Source.OURSELVES: "our own reasoning",
}
_ALWAYS_EXPLAINED = {State.REFUTED, State.NOT_CHECKED}


class EvidenceRow(Wrapping):
    """The chip of the state, beside it the claim; below the claim whose word it is, when, the call, and what was read.

    What was refuted or not checked always says why; elsewhere `with_detail` decides.
    """

    def __init__(self, evidence: Evidence, *, with_detail: bool = True) -> None:
        super().__init__()
        self.evidence = evidence
        explained = with_detail or evidence.state in _ALWAYS_EXPLAINED
        claim, detail = one_line(evidence.claim), one_line(evidence.detail)
        told = f"{WORD_OF[evidence.source]}, {clock(evidence.at)}"
        self.setAccessibleName(claim)
        self.setAccessibleDescription(". ".join(filter(None, (evidence.state.value, told, detail))))
        request = one_line(evidence.request_id)
        self.setToolTip(tool_tip(evidence.at.isoformat() + (f"\nrequest {request}" if request else "")))
        text = Wrapping()
        column = QVBoxLayout(text)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(Label(claim, TextRole.BODY))
        column.addLayout(self._source_line(told))
        if detail and explained:
            # Why something is not known weighs as much as what is; what was read beside a claim that holds stands back.
            weighs = evidence.state in _ALWAYS_EXPLAINED
            column.addWidget(Label(detail, TextRole.SECONDARY, colour="text" if weighs else "secondary"))
        layout = Beside(self, side=112, narrow=420, role=TextRole.BODY, padding=10)
        layout.addWidget(EvidenceChip(evidence.state))
        layout.addWidget(text)

    def _source_line(self, told: str) -> Flow:
        source = ElidedLabel(told, TextRole.SECONDARY, colour="secondary")
        line = Flow(gap=12, row_gap=2)
        line.addWidget(source)
        if self.evidence.call:
            line.addWidget(ElidedLabel(one_line(self.evidence.call), TextRole.MONO_SMALL, colour="secondary"))
        return line


def clock(at: datetime, zone: tzinfo | None = None) -> str:
    """The time of day here, or in `zone`, with its distance from UTC: "14:03:22 UTC+2"."""
    here = at.astimezone(zone)
    offset = here.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return f"{here:%H:%M:%S} UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"{here:%H:%M:%S} UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
