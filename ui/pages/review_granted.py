"""What the chosen limit allows and denies, from its documents. Part of the Review page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from ui.numbers import counted
from ui.pages.permissions_rows import RowGroup, of_limit
from ui.theme import TextRole
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.plain import one_line
from ui.widgets.states import Loading
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.policy.words import Said
    from ui.desk_results import Choice

ALLOWED_AT_FIRST, DENIED_AT_FIRST = 2, 5
PROTECT, REGION = "Protect", "Region"
"""Of `installer.policy.boundary.Layer`, which is not imported before the first picture."""


class GrantedCard(Card):
    """The limit in a few rows. All of it is on the Permissions page, which `open_wanted` asks for."""

    open_wanted = Signal()

    def __init__(self) -> None:
        self.open_link = Button("Open Permissions", Kind.LINK)
        super().__init__("What was granted", self.open_link)
        self.loading = Loading("Putting the limit into words")
        self.unknown = Label("", TextRole.BODY)
        self.title_label = Label("", TextRole.HEADING)
        self.sentence = Label("", TextRole.BODY, colour="secondary")
        self.narrowed = Label("", TextRole.BODY, colour="secondary")
        self.allowed = RowGroup(at_first=ALLOWED_AT_FIRST)
        self.denied = RowGroup(at_first=DENIED_AT_FIRST)
        self._words = (self.title_label, self.sentence, self.narrowed, self.allowed, self.denied)
        for part in (self.loading, self.unknown, *self._words):
            self.body.addWidget(part)
        self.open_link.clicked.connect(self.open_wanted)
        self.show_reading()

    def show_reading(self) -> None:
        self._show(loading=True)

    def show_unknown(self, why: str) -> None:
        self.unknown.setText(f"What the limit says could not be put into words. {one_line(why)}")
        self._show(unknown=True)

    def show_choice(self, choice: Choice, answers: Answers) -> None:
        operator = one_line(answers.invitation.vendor.operator)
        allows, denies = _parted(choice.said)
        of_made = counted(len(_parted(choice.said_of_workloads)[1]), "thing")
        self._show(words=True)
        self.title_label.setText(one_line(choice.title))
        self.sentence.setText(one_line(choice.sentence))
        self.allowed.set_heading(f"{operator} may do at most")
        self.allowed.set_rows([of_limit(one, only_here=False) for one in allows])
        self.denied.set_heading(
            f"{operator} is denied {counted(len(denies), 'thing')}",
            f"The roles that {operator} makes have a limit of their own. It denies {of_made}.",
        )
        self.denied.set_rows([of_limit(one, only_here=False) for one in _telling_first(denies)])
        self._show_narrowed(denies, answers)

    def _show_narrowed(self, denies: Sequence[Said], answers: Answers) -> None:
        """Install narrows a limit that is locked to regions; one that is not stays as it is."""
        network = answers.network
        narrows = network is not None and answers.product is None and any(one.layer == REGION for one in denies)
        if network is not None and narrows:
            self.narrowed.setText(f"Before anything is built, its regions are narrowed to {one_line(network.region)}.")
        self.narrowed.setVisible(narrows)

    def _show(self, *, loading: bool = False, unknown: bool = False, words: bool = False) -> None:
        self.loading.setVisible(loading)
        self.unknown.setVisible(unknown)
        for part in self._words:
            part.setVisible(words)


def _parted(said: Sequence[Said]) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """What is allowed, and what is denied."""
    allows = tuple(one for one in said if one.effect == "allow")
    return allows, tuple(one for one in said if one.effect == "deny")


def _telling_first(denies: Sequence[Said]) -> list[Said]:
    """First that the limit cannot be left, then what this choice denies beyond that, then all other ways out.

    The document itself begins with the ways out: they are many, and every choice closes them.
    """
    ways_out = [one for one in denies if one.layer == PROTECT]
    return [*ways_out[:1], *(one for one in denies if one.layer != PROTECT), *ways_out[1:]]
