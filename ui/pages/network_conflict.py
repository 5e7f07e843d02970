"""What stands in the way of a block, everything of it with its place, and the block that could be used instead."""

from __future__ import annotations

from ipaddress import IPv4Network

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from ui.numbers import counted
from ui.pages.network_choice import Judged, Problem
from ui.pages.network_words import RangeWords
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.layouts import Wrapping
from ui.widgets.table import Table


class ConflictPanel(Wrapping):
    """Hidden while nothing stands in the way."""

    instead_wanted = Signal(object)
    """The block (an `IPv4Network`) that is offered."""

    def __init__(self) -> None:
        super().__init__()
        self._block: IPv4Network | None = None
        self.instead = Button("", Kind.SECONDARY)
        self.banner = Banner(Tone.BAD, "", "", [self.instead])
        self.table = Table(
            ("Range", "What", "Where"), mono_columns=(0,), secondary_columns=(2,), visible_rows=5, name="In the way"
        )
        self._card = Card("In the way")
        self._card.body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.banner)
        column.addWidget(self._card)
        self.instead.clicked.connect(self._take)
        self.hide()

    def show_judged(self, judged: Judged, words: RangeWords) -> None:
        """A problem with what was typed stands at its field; everything else here."""
        problem = judged.problem
        if problem is None or (judged.choice.own is not None and not problem.conflicts):
            self.hide()
            return
        conflicts = problem.conflicts
        self._block = problem.instead
        if problem.instead is not None:
            self.instead.setText(f"Use {problem.instead} instead")
        self.instead.setVisible(problem.instead is not None)
        self.banner.set(Tone.BAD, problem.sentence.removesuffix("."), _explained(problem))
        self.table.set_rows(words.row(known) for known in conflicts)
        self._card.setVisible(bool(conflicts))
        self.show()

    def _take(self) -> None:
        self.instead_wanted.emit(self._block)


def _explained(problem: Problem) -> str:
    """How much is in the way, and what helps."""
    number = len(problem.conflicts)
    in_the_way = f"{counted(number, 'range')} {'is' if number == 1 else 'are'} in the way." if number else ""
    fix = problem.fix
    if problem.instead is not None and number:
        fix = f"{problem.instead} is free: {fix[:1].lower()}{fix[1:]}"
    return f"{in_the_way} {fix}".strip()
