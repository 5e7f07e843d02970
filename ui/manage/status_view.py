"""The status of one installation: what the vendor can do now, and the evidence. Part of the Manage page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.errors import HouseguestError
from ui import theme
from ui.pages.sign_in_card import grouped
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.chips import Pill
from ui.widgets.evidence_row import clock
from ui.widgets.fields import Item, Select
from ui.widgets.plain import one_line
from ui.widgets.rows import EvidenceRow, FactLine, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.installation import Installation
    from installer.manage.status import Status

_DEFAULT = "\0default"

# By `installer.manage.status.Access`: pill, tone, and what it means.
_ACCESS = {
    "open": ("access open", Tone.CAUTION, "{operator} can use its role now, within your boundary."),
    "cut": ("access cut", Tone.GOOD, "The role stands, but its boundary denies everything."),
    "none": ("no access", Tone.GOOD, "{operator} has no role in this account."),
    "unknown": ("not checked", Tone.CAUTION, "What {operator} can do could not be read."),
}
_STATES = {
    "planned": "planned",
    "connecting": "being connected",
    "connected": "connected, not installed",
    "installing": "being installed",
    "installed": "installed",
    "removing": "access being removed",
    "removed": "access removed",
}


class StatusView(QWidget):
    profile_chosen = Signal(object)
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.profile_card = Card("Sign in")
        self.profile = Select("AWS profile of this account", placeholder="Choose a profile")
        self.profile_card.body.addWidget(self.profile)
        self._pill = Pill("", Tone.NEUTRAL)
        self.access_card = Card("What the vendor can do now", self._pill)
        self._sentence = Label("", theme.TextRole.BODY)
        self._again = Button("Check again", Kind.LINK, icon="refresh")
        self.access_card.body.addWidget(self._sentence)
        self.access_card.body.addWidget(self._again)
        self.evidence_card = Card("What is known of it")
        self.evidence = RowList(name="Evidence")
        self.evidence_card.body.addWidget(self.evidence)
        self.facts_card = Card("What was installed")
        self.facts = RowList(name="Facts of the installation")
        self.facts_card.body.addWidget(self.facts)
        self._problems = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(self._problems)
        for card in (self.profile_card, self.access_card, self.evidence_card, self.facts_card):
            column.addWidget(card)
        self.profile.changed.connect(self._chosen)
        self._again.clicked.connect(self.again)

    @staticmethod
    def words(one: Installation) -> str:
        """Product, account, place and state, in one line."""
        answers = one.answers
        product, account = answers.invitation.product, grouped(answers.names.account_id)
        place = f" · {answers.network.region}" if answers.network is not None else ""
        return f"{product.name} in account {account}{place} · {_STATES.get(one.state.value, one.state.value)}"

    def show_profiles(self, profiles: Sequence[str]) -> None:
        items = [Item(name, one_line(name)) for name in profiles]
        self.profile.blockSignals(True)
        self.profile.set_items([*items, Item(_DEFAULT, "As your AWS tools choose")])
        self.profile.blockSignals(False)

    def show_problems(self, problems: Sequence[HouseguestError]) -> None:
        """Saved installations that could not be opened: said, and not in the way of the others."""
        while (item := self._problems.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for problem in problems:
            self._problems.addWidget(Banner(Tone.CAUTION, one_line(problem.message), one_line(problem.fix)))

    def show_installation(self, one: Installation, status: Status | None, profile: str | None) -> None:
        """`status` is None until it was read."""
        operator = one.answers.invitation.vendor.operator
        self.profile.blockSignals(True)
        self.profile.set_value(profile)
        self.profile.blockSignals(False)
        self.access_card.setVisible(status is not None)
        self.evidence_card.setVisible(status is not None)
        if status is not None:
            pill, tone, sentence = _ACCESS[status.access.value]
            self._pill.set(pill, tone)
            read = f" Read at {clock(status.evidence[-1].at)}." if status.evidence else ""
            self._sentence.setText(sentence.format(operator=operator) + read)
            self.evidence.set_rows(EvidenceRow(found) for found in status.evidence)
        self._show_facts(one)

    def _show_facts(self, one: Installation) -> None:
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
        self.facts.set_rows(rows)

    @Slot(object)
    def _chosen(self, value: object) -> None:
        if value is not None:
            self.profile_chosen.emit(None if value == _DEFAULT else value)
