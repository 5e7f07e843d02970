"""Rows of answers under a heading, the first few of them until all are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from installer.steps import Severity
from ui.theme import TextRole, Tone
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Divider
from ui.widgets.chips import Pill
from ui.widgets.rows import AnswerRow, FindingRow, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.invitation import Invitation
    from installer.policy.words import Said

PHASES: Mapping[Literal["install", "steady", "update"], str] = {
    "install": "To install",
    "steady": "To run",
    "update": "To update",
}
LAYERS = {
    "Base": "At most",
    "Protect": "No way out",
    "Region": "Where",
    "Tighten": "Beyond that",
    "Window": "When",
    "Cut": "Cut off",
}
EVERYTHING = "*"


@dataclass(frozen=True)
class Row:
    """`answer` is the word of the pill; a row without one only tells. `only_here` marks what the choice before does
    not say."""

    kind: str
    sentence: str
    actions: tuple[str, ...]
    answer: str = ""
    tone: Tone = Tone.NEUTRAL
    only_here: bool = False


@dataclass(frozen=True)
class Point:
    """Something to look at: how much it weighs, what it is, and what makes it so."""

    severity: Severity
    sentence: str
    why: str


def needs(invitation: Invitation) -> tuple[Row, ...]:
    """What the vendor says it needs, phase by phase, in its own words."""
    return tuple(
        Row(words, need.why, need.actions)
        for phase, words in PHASES.items()
        for need in invitation.permissions.needs.get(phase, ())
    )


def of_limit(said: Said, *, only_here: bool) -> Row:
    """What a statement of the document says."""
    if said.effect == "deny":
        answer, tone = "denied", Tone.GOOD
    else:
        answer, tone = "allowed", Tone.CAUTION if EVERYTHING in said.actions else Tone.NEUTRAL
    return Row(LAYERS.get(said.layer, said.layer), said.sentence, said.actions, answer, tone, only_here)


def no_longer(said: Said) -> Row:
    """A denial of the choice before that this one does not make."""
    return Row(LAYERS.get(said.layer, said.layer), said.sentence, said.actions, "not denied", Tone.CAUTION)


class RowGroup(QWidget):
    """A heading, one quiet sentence, rows; hidden where there are none."""

    def __init__(self, heading: str = "", *, at_first: int | None = None) -> None:
        """`at_first` is how many rows are shown until all are asked for; None: all."""
        super().__init__()
        self._at_first = at_first
        self._all: tuple[Row | Point, ...] = ()
        self._opened = False
        self._heading = Label("", TextRole.ROW)
        self._sentence = Label("", TextRole.SECONDARY, colour="secondary")
        self._list = RowList()
        self._more = Button("", Kind.LINK)
        self._more.clicked.connect(self._toggle)
        foot = QHBoxLayout()
        foot.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addSpacing(2)
        column.addWidget(self._sentence)
        column.addSpacing(8)
        column.addWidget(Divider())
        column.addWidget(self._list)
        column.addLayout(foot)
        self._more.hide()
        self.set_heading(heading)

    def set_heading(self, heading: str, sentence: str = "") -> None:
        self._heading.setText(heading)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._list.setAccessibleName(heading)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def rows(self) -> tuple[Row | Point, ...]:
        """All of them, shown or not."""
        return self._all

    def set_rows(self, rows: Sequence[Row | Point]) -> None:
        self.setVisible(bool(rows))
        if tuple(rows) != self._all:
            self._all = tuple(rows)
            self._show_rows()

    def _show_rows(self) -> None:
        hides = self._at_first is not None and len(self._all) > self._at_first
        shown = self._all if self._opened or not hides else self._all[: self._at_first]
        self._list.set_rows([_widget(row) for row in shown])
        self._more.setVisible(hides)
        self._more.setText("Show fewer" if self._opened else f"Show all {len(self._all)}")
        self._more.setAccessibleName(f"{self._more.text()}: {self._heading.text()}")

    @Slot()
    def _toggle(self) -> None:
        self._opened = not self._opened
        self._show_rows()


def _widget(row: Row | Point) -> QWidget:
    if isinstance(row, Point):
        return FindingRow(row.severity, row.sentence, row.why)
    return AnswerRow(row.kind, row.sentence, ", ".join(row.actions), pill=_pills(row))


def _pills(row: Row) -> QWidget | None:
    if not row.answer:
        return None
    answer = Pill(row.answer, row.tone)
    if not row.only_here:
        return answer
    both = QWidget()
    line = QHBoxLayout(both)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    line.addWidget(Pill("only here", Tone.ACCENT))
    line.addWidget(answer)
    return both
