"""The cards in which work of the engine is watched: rows, what is waited for, evidence, and the log of all of it.

The same for Connect, Install and a removal, which put them on their pages. What an event says is in `event_rows.py`.
"""

from __future__ import annotations

from installer.events import Checked, Event, Waiting
from ui.event_clock import EventClock
from ui.event_rows import EventRow, log_line
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.last_heard import LastHeard
from ui.widgets.live_rows import LiveRows
from ui.widgets.log_view import LogView
from ui.widgets.proof import Proof
from ui.widgets.step_row import RowState


class EventCards:
    """The three cards, and what an event changes in them. A card with nothing in it is not shown."""

    def __init__(self, *, rows: str, proof: str, with_detail: bool = False) -> None:
        """`rows` and `proof` are the titles of their cards."""
        self.clock = EventClock()
        self.rows = LiveRows(name=rows, now=self.clock.now)
        self.waiting = LastHeard(now=self.clock.now)
        self.rows_card = Card(rows)
        self.rows_card.body.addWidget(self.rows)
        self.rows_card.body.addWidget(self.waiting)
        self.proof = Proof(proof, with_detail=with_detail)
        self.proof_card = Card(proof)
        self.proof_card.body.addWidget(self.proof)
        self.log = LogView(visible_lines=8)
        self.log_card = Card("Log", CopyButton("the log", self.log.text))
        self.log_card.body.addWidget(self.log)
        for card in (self.rows_card, self.proof_card, self.log_card):
            card.hide()

    @property
    def is_drawn(self) -> bool:
        """Nothing waits for the next batch."""
        return self.rows.is_drawn and self.proof.is_drawn

    def clear(self) -> None:
        self.rows.clear()
        self.proof.clear()
        self.log.clear()
        self.waiting.stop()
        self.refresh()

    def show_event(self, event: Event) -> None:
        """In the clock, in what is waited for, in the evidence and in the log; whether it is a row, the page knows."""
        self.clock.hear(event)
        if isinstance(event, Waiting):
            self.waiting.heard(f"Waiting: {event.what}. Last checked", event.last_checked)
        else:
            self.log.append(log_line(event))
        if isinstance(event, Checked):
            self.proof.add(event.evidence)
        self.refresh()

    def show_row(self, row: EventRow) -> None:
        self.rows.show_row(row.key, row.state, row.title, row.sentence, at=row.at)
        self.refresh()

    def settle(self, state: RowState, sentence: str = "") -> None:
        """Nothing is watched any more; what was running is in this state."""
        self.rows.settle(state, sentence)
        self.waiting.stop()
        self.refresh()

    def refresh(self) -> None:
        for card, filled in (
            (self.rows_card, not self.rows.is_empty or not self.waiting.isHidden()),
            (self.proof_card, not self.proof.is_empty),
            (self.log_card, self.log.line_count() > 0),
        ):
            if card.isHidden() is filled:  # asked with every event, of which there may be thousands
                card.setVisible(filled)
