"""One piece of evidence: what is claimed, what is known of it, whose word it is, and which call answered when."""

from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from installer.evidence import Evidence, Source, State
from ui import theme
from ui.theme import TextRole
from ui.widgets.chips import EvidenceChip
from ui.widgets.plain import one_line, tool_tip
from ui.widgets.text import ElidedLabel, Label

WORD_OF = {
    Source.AWS: "AWS answered",
    Source.VENDOR: "the vendor's word",
    Source.OURSELVES: "our own reasoning",
}
CHIP = 112
_ALWAYS_EXPLAINED = {State.REFUTED, State.NOT_CHECKED}


class EvidenceRow(QWidget):
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
        self._chip = EvidenceChip(evidence.state)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 10, 0, 10)
        self._row.setSpacing(16)
        self._row.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(Label(claim, TextRole.BODY))
        column.addLayout(self._source_line(told))
        if detail and explained:
            column.addWidget(Label(detail, TextRole.SECONDARY))
        self._row.addLayout(column, 1)
        self._apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _source_line(self, told: str) -> QBoxLayout:
        source = Label(told, TextRole.SECONDARY, colour="secondary", wrap=False)
        request = one_line(self.evidence.request_id)
        source.setToolTip(tool_tip(self.evidence.at.isoformat() + (f"\nrequest {request}" if request else "")))
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(source)
        if self.evidence.call:
            line.addWidget(ElidedLabel(one_line(self.evidence.call), TextRole.MONO_SMALL, colour="secondary"), 1)
        else:
            line.addStretch(1)
        return line

    def _apply_theme(self) -> None:
        # The claims of all rows begin below one another, whatever the chips say.
        beside = max(0, theme.px(CHIP) - self._chip.sizeHint().width())
        self._row.setSpacing(16 + beside)


def clock(at: datetime) -> str:
    """The time of day here, with its distance from UTC: "14:03:22 UTC+2"."""
    here = at.astimezone()
    offset = here.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return f"{here:%H:%M:%S} UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"{here:%H:%M:%S} UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
