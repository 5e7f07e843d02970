"""What a limit would do: whether the vendor still gets what it needs, and whether what one may fear is stopped.

Predicted by `installer/policy/what_if.py` before anything exists, within a frame of every change. What stands in the
way comes first, with the decision that makes it so; what is as it should be is one line each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from installer.errors import PolicyError
from installer.steps import Severity
from ui.pages.permissions_rows import LAYERS, PHASES, Point, Row, RowGroup, needs
from ui.theme import TextRole, Tone
from ui.widgets.card import Card
from ui.widgets.plain import one_line
from ui.widgets.states import Loading
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.invitation import Invitation
    from installer.policy.document import Document
    from installer.policy.what_if import Matrix, Workbench
    from installer.policy.what_if import Row as Found

NEED, FEAR = "need", "fear"
ALLOWED, BLOCKED, DENIED, OPEN, DEPENDS = "allowed", "blocked", "denied", "open", "depends"
"""Of `installer.policy.what_if`, which is not imported before the first picture."""
AGAINST_AT_FIRST, NEEDS_AT_FIRST, FEARS_AT_FIRST = 5, 3, 5
_ANSWERS: Mapping[str, tuple[str, Tone]] = {
    ALLOWED: ("allowed", Tone.GOOD),
    DENIED: ("stopped", Tone.GOOD),
    BLOCKED: ("blocked", Tone.BAD),
    OPEN: ("possible", Tone.CAUTION),
    DEPENDS: ("not certain", Tone.CAUTION),
    "not_asked": ("not checked", Tone.CAUTION),
}


class WhatIfCard(Card):
    """Needs and fears under one limit; needs alone, not checked, where nothing could be predicted."""

    def __init__(self) -> None:
        super().__init__("What it would do")
        self._operator = ""
        self._needed: tuple[Row, ...] = ()
        self._bench: Workbench | None = None
        self._shown: tuple[Workbench, Document] | None = None
        self.matrix: Matrix | None = None
        self.loading = Loading("Asking what each limit allows")
        self.headline = Label("", TextRole.ROW)
        self.sentence = Label("", TextRole.SECONDARY, colour="secondary")
        self.notes = Label("", TextRole.SECONDARY, tone=Tone.CAUTION)
        self.against = RowGroup(at_first=AGAINST_AT_FIRST)
        self.needs = RowGroup(at_first=NEEDS_AT_FIRST)
        self.fears = RowGroup("Dangers, and what stops them", at_first=FEARS_AT_FIRST)
        for part in (self.loading, self.headline, self.sentence, self.notes, self.against, self.needs, self.fears):
            self.body.addWidget(part)

    def set_invitation(self, invitation: Invitation) -> None:
        """Whose needs are shown."""
        self._operator = one_line(invitation.vendor.operator)
        self._needed = needs(invitation)
        self._bench = self._shown = self.matrix = None

    def show_reading(self) -> None:
        """What is granted is being read."""
        self._show_unasked("")
        self.loading.show()

    def show_unknown(self, why: str) -> None:
        """What is granted could not be read."""
        self._show_unasked(f"What it would do is not checked. {one_line(why)}")

    def set_bench(self, bench: Workbench) -> None:
        self._bench = bench
        self.notes.setText(" ".join(one_line(note) for note in bench.grant.notes))

    def show_limit(self, document: Document) -> None:
        """This limit; while what is granted is not known, nothing changes."""
        bench = self._bench
        if bench is None or self._shown == (bench, document):
            return
        self._shown = (bench, document)
        try:
            matrix = bench.matrix(document)
        except PolicyError as error:
            self.matrix = None
            self._show_unasked(f"What it would do is not checked. {error.message}")
            return
        self.matrix = matrix
        self.loading.hide()
        self._show_matrix(matrix)

    def _show_unasked(self, headline: str) -> None:
        self.loading.hide()
        self.headline.setText(headline)
        self.headline.setVisible(bool(headline))
        self.sentence.hide()
        self.notes.hide()
        self.against.set_rows(())
        self.fears.set_rows(())
        self.needs.set_heading(f"{self._operator} says it needs", "In its own words; not checked.")
        self.needs.set_rows(self._needed)

    def _show_matrix(self, matrix: Matrix) -> None:
        self.headline.setText(headline(matrix, self._operator))
        self.headline.show()
        self.sentence.setText("Predicted here, from what its role is granted and this limit. Nothing was tried.")
        self.sentence.show()
        self.notes.setVisible(bool(self.notes.text()))
        against = [row for row in matrix.rows if not row.good]
        self.against.set_heading(f"Look at {'this' if len(against) == 1 else f'these {len(against)}'}")
        self.against.set_rows([_point(row, self._operator) for row in sorted(against, key=_is_fear)])
        self.needs.set_heading(f"{self._operator} says it needs", "In its own words.")
        self.needs.set_rows([_need(row) for row in _of(matrix, NEED)])
        self.fears.set_rows([_fear(row) for row in _of(matrix, FEAR) if row.good])


def headline(matrix: Matrix, operator: str) -> str:
    """How many needs and fears are as they should be. There are dangers beside those on the list."""
    needed, feared = _of(matrix, NEED), _of(matrix, FEAR)
    met, stopped = sum(row.good for row in needed), sum(row.good for row in feared)
    first = (
        f"Everything that {operator} says it needs is allowed"
        if met == len(needed)
        else f"{len(needed) - met} of {len(needed)} things that {operator} says it needs would fail or are not certain"
    )
    second = (
        f"all {len(feared)} dangers on our list are stopped"
        if stopped == len(feared)
        else f"{len(feared) - stopped} of the {len(feared)} dangers on our list are possible or not certain"
    )
    return f"{first}, and {second}." if (met == len(needed)) is (stopped == len(feared)) else f"{first}, but {second}."


def _of(matrix: Matrix, kind: str) -> Sequence[Found]:
    return [row for row in matrix.rows if row.question.kind == kind]


def _is_fear(row: Found) -> bool:
    return row.question.kind == FEAR


def _point(row: Found, operator: str) -> Point:
    """What is not as it should be: what, and the decision that makes it so."""
    title = one_line(row.question.title)
    if not _is_fear(row):
        severity = Severity.BLOCKER if row.state == BLOCKED else Severity.CAUTION
        return Point(severity, f"{operator} needs it: {title}.", one_line(row.sentence))
    title = f"{title[:1].lower()}{title[1:]}"
    if row.deciding is None or row.state != OPEN:
        return Point(Severity.CAUTION, f"{operator} may be able to {title}.", f"{row.sentence} {row.question.why}")
    what = f"{row.deciding.request.action} is allowed by {row.deciding.where}."
    return Point(Severity.CAUTION, f"{operator} could {title}.", f"{what} {row.question.why}")


def _need(row: Found) -> Row:
    answer, tone = _ANSWERS[row.state]
    actions = tuple(dict.fromkeys(request.action for request in row.question.requests))
    return Row(PHASES[row.question.phase], row.question.why, actions, answer, tone)  # type: ignore[index]


def _fear(row: Found) -> Row:
    answer, tone = _ANSWERS[row.state]
    where = row.deciding.where if row.deciding is not None else ""
    sid = where.rpartition(": ")[2]
    kind = next((words for layer, words in LAYERS.items() if sid.startswith(layer)), "Not allowed")
    return Row(kind, row.question.title, (where,), answer, tone)
