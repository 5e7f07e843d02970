"""The status of one installation: what the vendor can do now, and the evidence. Part of the Manage page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from installer.evidence import State
from ui import theme
from ui.manage.words import access_words, operator_of
from ui.pages.sign_in_profiles import CHOICE_OF_THE_TOOLS
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.chips import Pill
from ui.widgets.evidence_row import clock
from ui.widgets.fields import Item, Select
from ui.widgets.plain import one_line
from ui.widgets.proof import Proof, counted
from ui.widgets.rows import FactLine, RowList
from ui.widgets.states import Loading
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.installation import Installation
    from installer.manage.status import Status

CHECK_AGAIN = "Check again"
_DEFAULT = "\0default"


@dataclass(frozen=True)
class Read:
    """A status, and when it was read by this computer's clock."""

    status: Status
    at: datetime


class StatusView(QWidget):
    profile_chosen = Signal(object)
    """The name of an AWS profile; None for what the person's AWS tools choose."""
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._refuted = Banner(Tone.BAD, "")
        self._access = _AccessCard()
        self._access.again.clicked.connect(self.again)
        self.loading = Loading("Asking AWS and the vendor what holds now")
        self.evidence = Proof("What is known of it", with_detail=True)
        self._evidence_card = Card("What is known of it")
        self._evidence_card.body.addWidget(self.evidence)
        self.profile = Select("AWS profile of this account", placeholder="Choose a profile")
        self._profile_card = Card("Sign in")
        self._profile_card.body.addWidget(self.profile)
        self._facts = RowList(name="Facts of the installation")
        facts_card = Card("What was installed")
        facts_card.body.addWidget(self._facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (
            self._refuted,
            self._access,
            self.loading,
            self._profile_card,
            self._evidence_card,
            facts_card,
        ):
            column.addWidget(part)
        self.profile.changed.connect(self._chosen)

    @property
    def again_button(self) -> Button:
        return self._access.again

    def show_profiles(self, profiles: Sequence[str]) -> None:
        items = [Item(name, one_line(name)) for name in profiles]
        self.profile.blockSignals(True)
        self.profile.set_items([*items, Item(_DEFAULT, *CHOICE_OF_THE_TOOLS)])
        self.profile.blockSignals(False)

    def show_installation(
        self,
        one: Installation,
        read: Read | None,
        *,
        has_profile: bool,
        profile: str | None,
        reading: bool,
        can_read_below: bool,
    ) -> None:
        """`read` is None until the status was read. `can_read_below`: the footer's button does so, too."""
        self.profile.blockSignals(True)
        self.profile.set_value((_DEFAULT if profile is None else profile) if has_profile else None)
        self.profile.blockSignals(False)
        self.loading.setVisible(reading and read is None)
        self.again_button.setVisible(not can_read_below)
        for card in (self._access, self._evidence_card):
            card.setVisible(read is not None)
        self._refuted.hide()
        if read is not None:
            self._access.show_status(one, read)
            self.evidence.set_evidence(read.status.evidence)
            self._show_refuted(one, read.status)
        self._facts.set_rows(_facts(one))

    def _show_refuted(self, one: Installation, status: Status) -> None:
        count = sum(found.state is State.REFUTED for found in status.evidence)
        if count:
            things = "One thing is" if count == 1 else f"{count} things are"
            self._refuted.set(
                Tone.BAD,
                f"{things} not as Houseguest made it" if count == 1 else f"{things} not as Houseguest made them",
                f"Read what is refuted below before you rely on the limit of {operator_of(one)}.",
            )
            self._refuted.show()

    @Slot(object)
    def _chosen(self, value: object) -> None:
        if value is not None:
            self.profile_chosen.emit(None if value == _DEFAULT else value)


class _AccessCard(Card):
    """What the vendor can do now, in words, when that was read, and a way to read it again."""

    def __init__(self) -> None:
        self._pill = Pill("")
        super().__init__("What the vendor can do now", self._pill)
        self._fact = Label("", theme.TextRole.HEADING)
        self._sentence = Label("")
        self._read = Label("", theme.TextRole.SECONDARY, colour="secondary")
        self.again = Button(CHECK_AGAIN, Kind.LINK, icon="refresh")
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self._read, 1)
        line.addWidget(self.again)
        for label in (self._fact, self._sentence):
            self.body.addWidget(label)
        self.body.addLayout(line)

    def show_status(self, one: Installation, read: Read) -> None:
        words = access_words(one, read.status)
        self._pill.set(words.pill, words.tone)
        self._fact.setText(words.title)
        self._sentence.setText(words.sentence)
        self._read.setText(f"Read at {clock(read.at)}: {counted(read.status.evidence)}.")


def _facts(one: Installation) -> list[FactLine]:
    answers, names = one.answers, one.answers.names
    rows = [
        FactLine("Role", names.operator_role_arn, mono=True, copy=True),
        FactLine("Its boundary", names.operator_boundary_arn, mono=True, copy=True),
        FactLine("Stacks", f"{names.access_stack}, {names.role_stack} in {answers.wishes.stack_region}"),
    ]
    if answers.network is not None:
        rows.append(FactLine("Region and block", f"{answers.network.region}, {answers.network.cidr}", mono=True))
    if answers.product is not None:
        rows.append(FactLine("Address", answers.product.url, mono=True, copy=True))
    return rows
