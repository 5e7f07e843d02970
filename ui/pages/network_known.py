"""What is known of the account's addresses: the map, the table, what was not read, and what AWS cannot see at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from installer.cidr import Range
from installer.steps import Severity
from ui.numbers import counted
from ui.pages.network_choice import Judged
from ui.pages.network_words import RangeWords, not_checked
from ui.theme import TextRole, Tone
from ui.widgets.address_map import AddressMap
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.fields import TextBox
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.table import Table
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Answers, Network
    from installer.steps.network import Survey

_PROBLEMS_SHOWN = 3


class MapCard(Card):
    """The map, and when it was read."""

    again = Signal()

    def __init__(self) -> None:
        self._read_at = ""
        self._existing: Network | None = None
        self.read_at = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self.again_link = Button("Check again", Kind.LINK, icon="refresh")
        trailing = QWidget()
        row = QHBoxLayout(trailing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.read_at)
        row.addWidget(self.again_link)
        super().__init__("Address space", trailing)
        self.map = AddressMap()
        self.body.addWidget(self.map)
        self.again_link.clicked.connect(self.again)

    def show_ranges(self, ranges: Sequence[Range], words: RangeWords) -> None:
        self.map.set_marks([words.mark(known) for known in ranges])

    def show_time(self, survey: Survey) -> None:
        """AWS's time, in this computer's zone."""
        self._read_at = f"Read {survey.scanned.at.astimezone():%H:%M:%S}"
        self.read_at.setText(self._read_at)

    def show_reading(self, reading: bool) -> None:
        self.again_link.setEnabled(not reading)
        if not reading:
            self.read_at.setText(self._read_at)

    def show_progress(self, progress: str) -> None:
        """It is read anew: how far that is, in place of the time."""
        self.read_at.setText(progress)

    def show_judged(self, judged: Judged, *, certain: bool) -> None:
        own_size = judged.block.prefixlen if judged.choice.own is not None and judged.block is not None else None
        self.map.set_size(own_size or judged.choice.prefix)
        self._existing = None
        word = "suggested" if judged.suggestion is not None else "chosen"
        self.map.set_chosen(judged.block, word, certain=certain)

    def show_existing(self, existing: Network) -> None:
        """It is in use, by the product itself."""
        if self._existing != existing:
            self._existing = existing
            self.map.set_size(None)
            self.map.set_chosen(None)
            self.map.look_at(existing.cidr)


class UsedCard(Card):
    """Every range that is known, in a table."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(
            ("Used range", "What", "Where"),
            mono_columns=(0,),
            secondary_columns=(2,),
            visible_rows=8,
            name="Used ranges",
        )
        self._none = Label("Nothing is used or routed to as far as was read.", colour="secondary")
        self.body.addWidget(self.table)
        self.body.addWidget(self._none)

    def show_ranges(self, ranges: Sequence[Range], words: RangeWords) -> None:
        self.table.set_rows([words.row(known) for known in ranges])
        self.table.setVisible(bool(ranges))
        self._none.setVisible(not ranges)


class NotChecked(Wrapping):
    """What could not be read: never in green, and never left out."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.told: tuple[str, ...] = ()
        self.hide()

    def show_survey(self, survey: Survey, answers: Answers) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.told = not_checked(survey)
        for sentence in self.told:
            self._column.addWidget(_Caution(one_line(sentence)))
        cautions = [found.fix for found in survey.findings(answers) if found.severity is Severity.CAUTION]
        for fix in dict.fromkeys(cautions):
            self._column.addWidget(Label(fix, TextRole.SECONDARY, colour="secondary"))
        self.setVisible(bool(self.told))


class _Caution(Wrapping):
    def __init__(self, sentence: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Mark(Shape.TRIANGLE, Tone.CAUTION, size=18), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(sentence, TextRole.BODY, tone=Tone.CAUTION, selectable=True), 1)


class KeepFreeCard(Card):
    """What AWS cannot see, and the ranges that the person knows of there."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__("What AWS cannot see")
        self._not_looked_at = Label("", TextRole.SECONDARY, colour="secondary")
        self.ranges = TextBox(
            "Ranges to keep free",
            placeholder="10.20.0.0/16",
            hint="One per line: offices, VPNs, partners, whatever may be connected later.",
            mono=True,
            lines=4,
        )
        self.body.addWidget(self._not_looked_at)
        self.body.addWidget(self.ranges)
        self.ranges.changed.connect(self.changed)

    def show_survey(self, survey: Survey, answers: Answers) -> None:
        told = [found.sentence for found in survey.findings(answers) if found.severity is Severity.INFO]
        self._not_looked_at.setText(" ".join(told))
        self._not_looked_at.setVisible(bool(told))

    def show_judged(self, judged: Judged) -> None:
        if self.ranges.text() != judged.choice.keep_free:
            self.ranges.blockSignals(True)
            self.ranges.set_text(judged.choice.keep_free)
            self.ranges.blockSignals(False)
        problems = judged.kept_free.problems
        shown = list(problems[:_PROBLEMS_SHOWN])
        if len(problems) > len(shown):
            shown.append(f"{counted(len(problems) - len(shown), 'more line')} cannot be read.")
        self.ranges.set_problem(" ".join(shown))
