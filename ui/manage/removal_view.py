"""A removal: what it will do, what it does, and what came of it. Part of the Manage page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.events import Checked, Event, Notice, StepChanged
from ui import theme
from ui.event_rows import log_line, row_of
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.live_rows import LiveRows
from ui.widgets.log_view import LogView
from ui.widgets.rows import EvidenceRow, FactLine, RowList
from ui.widgets.step_row import RowState
from ui.widgets.text import Label

if TYPE_CHECKING:
    from ui.desk import TakenBack

TITLES = {
    "cut": "Cut live sessions",
    "close_trust": "Let nobody in",
    "cluster": "Close the cluster",
    "role_stack": "Delete the role",
    "verify": "Verify",
    "access_stack": "Delete the boundaries, unless the product needs them",
}


class RemovalView(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[tuple[str, str], ...] = ()
        self._proven = False
        self.steps_card = Card("In this order")
        self.steps = LiveRows(name="Steps of the removal")
        self.steps_card.body.addWidget(self.steps)
        self.proof_card = Card("What was read back")
        self.proof = RowList(name="Evidence")
        self.proof_card.body.addWidget(self.proof)
        self.kept_card = Card("What stays, and why")
        self.kept = RowList(name="What stays")
        self.kept_card.body.addWidget(self.kept)
        self.open_card = Card("Still possible")
        self.open = RowList(name="Still possible")
        self.open_card.body.addWidget(self.open)
        self.beyond_card = Card("Neither stopped nor looked for")
        self.beyond = RowList(name="Neither stopped nor looked for")
        self.beyond_card.body.addWidget(self.beyond)
        self.log = LogView(visible_lines=6)
        self.log_card = Card("Log", CopyButton("the log", self.log.text))
        self.log_card.body.addWidget(self.log)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for card in (
            self.open_card,
            self.steps_card,
            self.proof_card,
            self.kept_card,
            self.beyond_card,
            self.log_card,
        ):
            column.addWidget(card)

    @property
    def is_proven(self) -> bool:
        """Whether the removal that is shown was proven by what was read back."""
        return self._proven

    def show_preview(self, steps: Sequence[tuple[str, str]], beyond: Sequence[str]) -> None:
        """Nothing is done yet."""
        self._steps, self._proven = tuple(steps), False
        self._show_steps()
        self.beyond.set_rows(Label(_sentence(way), theme.TextRole.BODY) for way in beyond)
        self.proof.set_rows(())
        self.log.clear()
        self._show_cards(kept=False, still_open=False)

    def begin(self) -> None:
        """The removal starts, or goes on: what is done is found done."""
        self._proven = False
        self._show_steps()
        self.proof.set_rows(())
        self._show_cards(kept=False, still_open=False)

    def _show_steps(self) -> None:
        self.steps.clear()
        for step, sentence in self._steps:
            self.steps.show_row(step, RowState.TO_COME, TITLES.get(step, step), sentence)

    def show_event(self, event: Event) -> None:
        self.log.append(log_line(event))
        row = row_of(event)
        if isinstance(event, StepChanged) and row is not None:
            does = dict(self._steps).get(event.step, "")
            title = TITLES.get(event.step, event.step)
            self.steps.show_row(row.key, row.state, title, row.sentence or does)
        elif isinstance(event, Checked):
            self.proof.add(EvidenceRow(event.evidence))
        elif isinstance(event, Notice):
            self.steps.show_row(event.sentence, RowState.WAITING, event.sentence)
        self._show_cards(kept=False, still_open=False)

    def interrupted(self) -> None:
        self.steps.settle(RowState.WAITING, "not known: the removal was stopped here")

    def show_outcome(self, done: TakenBack) -> None:
        removal = done.removal
        self._proven = done.problem is None and removal.removed
        self.steps.settle(RowState.DONE)
        self.proof.set_rows(EvidenceRow(found) for found in removal.evidence)
        self.kept.set_rows(FactLine(kept.what, _sentence(kept.why)) for kept in removal.kept)
        self.open.set_rows(Label(_sentence(way), theme.TextRole.BODY) for way in removal.still_possible)
        self._show_cards(kept=bool(removal.kept), still_open=bool(removal.still_possible))

    def _show_cards(self, *, kept: bool, still_open: bool) -> None:
        self.proof_card.setVisible(bool(self.proof.rows()))
        self.kept_card.setVisible(kept)
        self.open_card.setVisible(still_open)
        self.log_card.setVisible(self.log.line_count() > 0)


def _sentence(text: str) -> str:
    """As a sentence: the engine's lists begin small and end without a stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?")) else f"{text}."
