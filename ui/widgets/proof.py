"""What is known of something, piece by piece: evidence as it comes, or all of it, the weightiest first.

One piece is `evidence_row.py`. Whoever checks may be quick, so pieces are drawn in batches, and only so many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout

from installer.evidence import Evidence, State
from ui import theme
from ui.theme import TextRole
from ui.widgets.layouts import Wrapping
from ui.widgets.plain import one_line
from ui.widgets.rows import EvidenceRow, RowList
from ui.widgets.text import Label

MOST_EVIDENCE = 30
"""Of more than so many pieces the rest is counted only."""
MOST_OF_A_TEXT = 300
"""Characters of a claim, and of what was read."""
BATCH = 5
"""Pieces that are drawn at once."""
PAUSE_MS = 30
"""Between two batches."""
_WEIGHT = {State.REFUTED: 0, State.NOT_CHECKED: 1}


def weightiest_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """What was refuted, what was not checked, then everything else, each in its order."""
    return tuple(sorted(evidence, key=lambda found: _WEIGHT.get(found.state, 2)))


def counted(evidence: Iterable[Evidence]) -> str:
    """`1 refuted, 2 not checked, 6 verified`."""
    states = [found.state for found in weightiest_first(evidence)]
    return ", ".join(f"{states.count(state)} {state.value}" for state in dict.fromkeys(states))


class Proof(Wrapping):
    """Evidence, one below the other: as it comes, drawn in batches, or all at once, the weightiest first."""

    def __init__(self, name: str, *, with_detail: bool = False) -> None:
        super().__init__()
        self._with_detail = with_detail
        self._rows = RowList(name=name)
        self._left_out = Label("", TextRole.SECONDARY, colour="secondary")
        self._left_out.hide()
        self._evidence: list[Evidence] = []
        self._due: deque[Evidence] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._draw_batch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(self._rows)
        column.addWidget(self._left_out)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(self._evidence)

    @property
    def is_empty(self) -> bool:
        return not self._evidence

    @property
    def is_drawn(self) -> bool:
        """Nothing waits for the next batch."""
        return not self._due

    def rows(self) -> tuple[EvidenceRow, ...]:
        return tuple(row for row in self._rows.rows() if isinstance(row, EvidenceRow))

    def add(self, found: Evidence) -> None:
        """One more, at the end."""
        self._evidence.append(found)
        left_out = len(self._evidence) - MOST_EVIDENCE
        if left_out > 0:
            self._left_out.setText(f"{left_out:,} more in the log.")
            self._left_out.show()
            return
        self._due.append(found)
        if not self._timer.isActive():
            self._timer.start()

    def set_evidence(self, evidence: Iterable[Evidence]) -> None:
        """All that is known, instead of what was there."""
        evidence = weightiest_first(evidence)
        if evidence == self.evidence:
            return
        self.clear()
        for found in evidence:
            self.add(found)
        self._draw(BATCH)  # what is in sight is there at once

    def clear(self) -> None:
        self._evidence.clear()
        self._due.clear()
        self._timer.stop()
        self._rows.set_rows(())
        self._left_out.hide()

    @Slot()
    def _draw_batch(self) -> None:
        self._draw(BATCH)
        if self._due:
            self._timer.start()

    def _draw(self, most: int) -> None:
        for _ in range(min(most, len(self._due))):
            self._rows.add(EvidenceRow(_as_shown(self._due.popleft()), with_detail=self._with_detail))


def _as_shown(found: Evidence) -> Evidence:
    """With no more of what others wrote than there is room for."""
    claim, detail = one_line(found.claim, MOST_OF_A_TEXT), one_line(found.detail, MOST_OF_A_TEXT)
    return replace(found, claim=claim, detail=detail, call=one_line(found.call, MOST_OF_A_TEXT))
