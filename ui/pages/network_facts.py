"""Where nothing is to be chosen: the network that the installation has already, or the one that was settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.theme import TextRole
from ui.widgets.card import Card
from ui.widgets.rows import EvidenceRow, FactLine, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Network


class FactsCard(Card):
    """Region and block as facts, and what is known of them."""

    def __init__(self) -> None:
        super().__init__("The network")
        self._sentence = Label("", TextRole.BODY, colour="secondary")
        self._rows = RowList(name="The network")
        self.body.addWidget(self._sentence)
        self.body.addWidget(self._rows)

    def show_network(self, network: Network, title: str, sentence: str) -> None:
        self.set_title(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._rows.set_rows(
            [
                FactLine("Region", network.region, mono=True, copy=True),
                FactLine("Address block", str(network.cidr), mono=True, copy=True),
                *(EvidenceRow(evidence) for evidence in network.evidence),
            ]
        )
