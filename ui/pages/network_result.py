"""What a survey brought: where the product can live, what is in the way, and everything that is known.

Its parts are in `network_place.py`, `network_conflict.py` and `network_known.py`; what is chosen, `network.py` keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from ui.pages.network_conflict import ConflictPanel
from ui.pages.network_facts import FactsCard
from ui.pages.network_known import KeepFreeCard, MapCard, NotChecked, UsedCard
from ui.pages.network_place import PlaceCards
from ui.pages.network_words import RangeWords
from ui.widgets.layouts import Wrapping
from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from installer.answers import Answers, Network
    from installer.steps.network import Survey
    from ui.pages.network_choice import Judged


@dataclass(frozen=True)
class Found:
    """A survey, and what it says before anything is chosen.

    existing  the network that the installation has already: there is nothing to choose then
    """

    survey: Survey
    seconds: float
    existing: Network | None = None

    @property
    def certain(self) -> bool:
        """Everything that was asked was answered."""
        return not self.survey.unread


class ResultView(Wrapping):
    """Shows what is `Found` and how a choice is `Judged`; its parts ask for other choices."""

    use_wanted = Signal(object)
    """A block (an `IPv4Network`) that was offered, or picked on the map."""

    def __init__(self) -> None:
        super().__init__()
        self._shown_survey: Survey | None = None
        self._shown_kept_free: tuple[IPv4Network, ...] = ()
        self.facts = FactsCard()
        self.place = PlaceCards()
        self.conflict = ConflictPanel()
        self.not_checked = NotChecked()
        self.map = MapCard()
        self.used = UsedCard()
        self.keep_free = KeepFreeCard()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self.facts, self.place, self.conflict, self.not_checked, self.map, self.used, self.keep_free):
            column.addWidget(part)
        self.place.block.instead_wanted.connect(self.use_wanted)
        self.conflict.instead_wanted.connect(self.use_wanted)
        self.map.map.picked.connect(self.use_wanted)

    def show_found(self, found: Found, answers: Answers, judged: Judged | None) -> None:
        """`judged` is None where nothing can be chosen."""
        words = RangeWords(answers)
        self.facts.setVisible(found.existing is not None)
        for part in (self.place, self.keep_free):
            part.setVisible(judged is not None)
        self._show_known(found, answers, judged, words)
        if found.existing is not None:
            self._show_existing(found.existing, answers)
        if judged is None:
            self.conflict.hide()
            return
        self.place.show_judged(judged, certain=found.certain)
        self.conflict.show_judged(judged, words)
        self.map.show_judged(judged, certain=found.certain)
        self.keep_free.show_judged(judged)

    def focus_first(self) -> None:
        self.place.region.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_known(self, found: Found, answers: Answers, judged: Judged | None, words: RangeWords) -> None:
        """What no choice of region or block changes: shown only when new, for there may be thousands of ranges."""
        survey = found.survey
        kept_free = judged.kept_free.blocks if judged is not None else answers.wishes.avoid
        if survey is self._shown_survey and kept_free == self._shown_kept_free:
            return
        ranges = survey.used(replace(answers, wishes=replace(answers.wishes, avoid=kept_free)))
        self.used.show_ranges(ranges, words)
        self.map.show_ranges(ranges, words)
        if survey is not self._shown_survey:
            network = answers.invitation.network
            self.place.offer(survey.offered(answers), network.prefix_length, answers.invitation.product.name)
            self.map.show_time(survey)
            self.not_checked.show_survey(survey, answers)
            self.keep_free.show_survey(survey, answers)
        self._shown_survey, self._shown_kept_free = survey, kept_free

    def _show_existing(self, existing: Network, answers: Answers) -> None:
        name, product = one_line(answers.wishes.name), one_line(answers.invitation.product.name)
        sentence = f"{name} is connected again where it is. There is nothing to choose."
        self.facts.show_network(existing, f"{product} already has its network", sentence)
        self.map.show_existing(existing)
