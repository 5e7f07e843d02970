"""The card that says what a choice means: what each of the two limits says, the documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from ui.pages.permissions_compare import Comparison, compared, content, in_all
from ui.pages.permissions_rows import RowGroup, no_longer, of_limit
from ui.pages.permissions_tabs import Tabs
from ui.theme import TextRole
from ui.widgets.announce import announce
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card, Divider
from ui.widgets.code_view import CodeView
from ui.widgets.copy_button import CopyButton
from ui.widgets.flow import Flow
from ui.widgets.plain import one_line
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.invitation import Invitation
    from installer.policy.document import Document
    from installer.policy.words import Said
    from ui.desk_results import Choice

OPERATOR, WORKLOADS = 0, 1
"""The sides of a choice, in the order of the tabs."""
COMMON_AT_FIRST = 3


@dataclass(frozen=True)
class Limit:
    """One of the two documents of a choice, and what it says."""

    title: str
    document: Document
    said: tuple[Said, ...]


def limits_of(choice: Choice) -> tuple[Limit, Limit] | None:
    """The one for the vendor's own role, and the one for the roles that it makes; nothing where the choice cannot be
    made."""
    made = choice.permissions
    if made is None:
        return None
    return (
        Limit(choice.title, made.operator_boundary, choice.said),
        Limit(choice.title, made.workload_boundary, choice.said_of_workloads),
    )


def common_to(choices: Iterable[Choice]) -> tuple[frozenset[str], ...]:
    """What the documents of all these choices say, for each of the two limits."""
    made = [limits for limits in map(limits_of, choices) if limits is not None]
    return tuple(in_all(limit.document for limit in side) for side in zip(*made, strict=True))


class MeaningCard(Card):
    """Shows a choice, compared with the one before. Which of the two limits is shown, the person decides."""

    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("What this means")
        self._choice: Choice | None = None
        self._earlier: Choice | None = None
        self._common: tuple[frozenset[str], ...] = ()
        self._operator = ""
        self._text = ""
        self._tabs = Tabs(("Its own role", "Roles that it makes"), name="Whose limit is shown")
        self._whose = Label("", TextRole.SECONDARY, colour="secondary")
        self._says = RowGroup("The limit says")
        self._always = RowGroup("Denied in every choice", at_first=COMMON_AT_FIRST)
        self._show = Button("Show the document", Kind.LINK)
        self._document = CodeView(name="The limit as a policy document")
        self._document.hide()
        self._copy = CopyButton("the document", self.document_text)
        self._said = Label("", TextRole.SECONDARY, colour="secondary", selectable=True)
        self._said.hide()
        self._lay_out()
        self.setFocusProxy(self._tabs)
        self._tabs.currentChanged.connect(self._refresh)
        self._show.clicked.connect(self._toggle_document)

    def _lay_out(self) -> None:
        export = Button("Export for the security team …", Kind.LINK)
        export.clicked.connect(self.export_wanted)
        links = QWidget()
        flow = Flow(links, gap=24)
        for link in (self._show, self._copy, export):
            flow.addWidget(link)
        parts: tuple[QWidget, ...] = (self._tabs, self._whose, self._says, self._always)
        for part in (*parts, Divider(), links, self._said, self._document):
            self.body.addWidget(part)

    def set_invitation(self, invitation: Invitation) -> None:
        """Whose role is limited."""
        self._operator = one_line(invitation.vendor.operator)

    def show_choice(self, choice: Choice, earlier: Choice | None, common: tuple[frozenset[str], ...]) -> None:
        """`common` is what all choices say, as `common_to` tells it."""
        self._choice, self._earlier, self._common = choice, earlier, common
        self._refresh()

    @property
    def side(self) -> int:
        return self._tabs.currentIndex()

    def document_text(self) -> str:
        """The document of the side that is shown, as it is read and copied."""
        return self._text

    def say(self, sentence: str) -> None:
        """What came of the export; empty: nothing."""
        self._said.setText(one_line(sentence))
        self._said.setVisible(bool(sentence))
        if sentence:
            announce(self._said, sentence)

    @Slot()
    def _refresh(self) -> None:
        limits = limits_of(self._choice) if self._choice is not None else None
        if limits is None:
            return
        earlier = limits_of(self._earlier) if self._earlier is not None else None
        limit, before = limits[self.side], earlier[self.side] if earlier is not None else None
        change = compared(limit.title, limit.document, before.title, before.document) if before is not None else None
        own = self.side == OPERATOR
        self._whose.setText(
            f"{self._operator} makes roles for the servers and services that it sets up. Each gets this limit."
        )
        self._whose.setVisible(not own)
        self._show_limit(limit, before, change)
        self._text = limit.document.pretty()
        self._show_document()

    def _show_limit(self, limit: Limit, before: Limit | None, change: Comparison | None) -> None:
        statements = {str(one.get("Sid", "")): content(one) for one in limit.document.statements}
        common = self._common[self.side]
        always = [one for one in limit.said if one.effect == "deny" and statements.get(one.sid) in common]
        own = [one for one in limit.said if one not in always]
        added = change.added if change is not None else frozenset()
        ended = [one for one in before.said if change is not None and one.sid in change.ended] if before else []
        self._says.set_heading("The limit says", change.sentence if change is not None else "")
        self._says.set_rows([*(of_limit(one, only_here=one.sid in added) for one in own), *map(no_longer, ended)])
        self._always.set_rows([of_limit(one, only_here=False) for one in always])

    @Slot()
    def _toggle_document(self) -> None:
        shown = self._document.isHidden()
        self._document.setVisible(shown)
        self._show_document()
        self._copy.setVisible(not shown)  # it has one of its own
        self._show.setText("Hide the document" if shown else "Show the document")

    def _show_document(self) -> None:
        """Only while it is seen: laying out hundreds of lines takes longer than all rows."""
        if not self._document.isHidden() and self._document.text() != self._text:
            self._document.set_text(self._text)
