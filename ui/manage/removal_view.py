"""A removal: what it will do, what it does, and what came of it. Part of the Manage page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.events import Checked, Event, Notice, StepChanged
from installer.evidence import Evidence, State
from ui.event_cards import EventCards
from ui.event_clock import utc_now
from ui.event_rows import EventRow, row_of
from ui.manage.outcome_text import StepTold, outcome_text
from ui.manage.words import MOST_OF_A_TEXT, as_sentence
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.layouts import Wrapping
from ui.widgets.plain import one_line
from ui.widgets.proof import counted
from ui.widgets.rows import FactLine, RowList
from ui.widgets.step_row import RowState
from ui.widgets.text import Label

if TYPE_CHECKING:
    from ui.desk_results import TakenBack

TITLES = {
    "cut": "Cut live sessions",
    "close_trust": "Let nobody in",
    "cluster": "Close the cluster",
    "role_stack": "Delete the role",
    "verify": "Verify",
    "access_stack": "Delete the boundaries, unless the product needs them",
}
"""By the names of `installer.manage.removal`."""

_BEFORE, _DURING, _AFTER = "In this order", "What happens now", "What was done"


class RemovalView(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[tuple[str, str], ...] = ()
        self._beyond: tuple[str, ...] = ()
        self._told: dict[str, tuple[RowState, str]] = {}
        self._found: list[Evidence] = []
        self._outcome: Callable[[], str] = str
        self.outcome = Banner(
            Tone.GOOD, "", actions=[CopyButton("the outcome for your security team", self.text, label="Copy as text")]
        )
        self.cards = EventCards(rows=_BEFORE, proof="What was read back", with_detail=True)
        self._open_card, self._open = _list_card("Still possible")
        self._kept_card, self._kept = _list_card("What stays, and why")
        self._beyond_card, self._beyond_rows = _list_card("Neither stopped nor looked for")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (
            self.outcome,
            self._open_card,
            self.cards.rows_card,
            self.cards.proof_card,
            self._kept_card,
            self._beyond_card,
            self.cards.log_card,
        ):
            column.addWidget(part)

    def text(self) -> str:
        """The whole outcome as plain text; empty until there is one."""
        return self._outcome()

    def show_preview(self, steps: Sequence[tuple[str, str]], beyond: Sequence[str]) -> None:
        """Nothing is done yet."""
        self._begin(_BEFORE, steps, beyond)

    def begin(self, steps: Sequence[tuple[str, str]], beyond: Sequence[str]) -> None:
        """The removal starts, or goes on."""
        self._begin(_DURING, steps, beyond)

    def _begin(self, title: str, steps: Sequence[tuple[str, str]], beyond: Sequence[str]) -> None:
        self._steps, self._beyond = tuple(steps), tuple(beyond)
        self._told, self._outcome = {}, str
        self.cards.clear()
        self.cards.rows_card.set_title(title)
        for step, sentence in self._steps:
            self._tell(step, RowState.TO_COME, sentence)
        self.cards.rows.draw()
        self._beyond_rows.set_rows(map(_Way, self._beyond))
        for part in (self.outcome, self._open_card, self._kept_card):
            part.hide()

    def show_event(self, event: Event) -> None:
        self.cards.show_event(event)
        if isinstance(event, StepChanged):
            self._show_step(event)
        elif isinstance(event, Checked):
            self._found.append(event.evidence)
        elif isinstance(event, Notice):
            row = row_of(event)
            if row is not None:
                self.cards.show_row(row)

    def _show_step(self, event: StepChanged) -> None:
        """A step that ended is done only if nothing that was read back meanwhile speaks against it."""
        row = row_of(event)
        if row is None:
            return
        if row.state is RowState.RUNNING:
            self._found = []
        state, sentence = row.state, row.sentence
        if state is RowState.DONE and (against := _first(self._found, State.REFUTED)):
            state, sentence = RowState.FAILED, f"AWS answers otherwise. Refuted: {against}"
        elif state is RowState.DONE and (unread := _first(self._found, State.NOT_CHECKED)):
            state, sentence = RowState.WAITING, f"Done as far as it could be checked. Not checked: {unread}"
        self._tell(event.step, state, sentence or dict(self._steps).get(event.step, ""))

    def _tell(self, step: str, state: RowState, sentence: str) -> None:
        self._told[step] = (state, sentence)
        self.cards.show_row(EventRow(step, state, _title(step), sentence))

    def stop_watching(self, what_runs: str) -> None:
        """It was stopped, or failed, before its end was known."""
        self.cards.rows_card.set_title(_AFTER)
        self.cards.settle(RowState.WAITING, what_runs)

    def show_outcome(self, done: TakenBack, *, proven: bool) -> None:
        removal = done.removal
        self.cards.rows_card.set_title(_AFTER)
        self.cards.settle(RowState.WAITING, "It was not told how this ended.")
        self.cards.proof.set_evidence(removal.evidence)
        self.cards.refresh()
        self._kept.set_rows(
            FactLine(one_line(kept.what, MOST_OF_A_TEXT), as_sentence(kept.why)) for kept in removal.kept
        )
        self._kept_card.setVisible(bool(removal.kept))
        self._open.set_rows(map(_Way, removal.still_possible))
        self._open_card.setVisible(bool(removal.still_possible))
        self.outcome.set(
            Tone.GOOD if proven else Tone.NEUTRAL,
            "Removed, and proven" if proven else "What is known so far",
            f"Read back: {counted(removal.evidence) or 'nothing'}. Copy it for whoever needs to know.",
        )
        self.outcome.show()
        steps = [StepTold(_title(step), state.value, sentence) for step, (state, sentence) in self._told.items()]
        self._outcome = partial(outcome_text, done, steps, self._beyond, proven=proven, at=utc_now())


def _title(step: str) -> str:
    return TITLES.get(step, one_line(step, 80))


def _first(evidence: Sequence[Evidence], state: State) -> str:
    return next((found.claim for found in evidence if found.state is state), "")


class _Way(Wrapping):
    """A way that remains, in a row of its own."""

    def __init__(self, way: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.addWidget(Label(as_sentence(way)))


def _list_card(title: str) -> tuple[Card, RowList]:
    card, rows = Card(title), RowList(name=title)
    card.body.addWidget(rows)
    return card, rows
