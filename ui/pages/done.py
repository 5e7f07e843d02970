"""Done: where the product is, what is known of it, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from ui.page import Action, Page
from ui.places import Place
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.card import Card
from ui.widgets.plain import one_line
from ui.widgets.rows import EvidenceRow, FactLine, RowList

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.tasks import TaskRunner


class DonePage(Page):
    step = None

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self.facts_card = Card("Where it is")
        self.facts = RowList(name="Facts of the installation")
        self.facts_card.body.addWidget(self.facts)
        self.next = Banner(Tone.ACCENT, "What you can do now", "")
        self.proof_card = Card("What is known of it")
        self.proof = RowList(name="Evidence")
        self.proof_card.body.addWidget(self.proof)
        for part in (self.facts_card, self.next, self.proof_card):
            self.body.addWidget(part)

    @property
    def primary(self) -> str:
        product = self.visit.answers.invitation.product.name if self.visit.answers else ""
        return f"Open {one_line(product)}" if product else ""

    @property
    def extra(self) -> Action | None:
        return Action("Manage the access", self._manage)

    @property
    def fact(self) -> str:
        return "Saved on this computer, without secrets."

    def show_visit(self) -> None:
        answers = self.visit.settled
        product, network = answers.product, answers.network
        if product is None or network is None:
            return
        name, operator = answers.invitation.product.name, answers.invitation.vendor.operator
        self.set_heading(
            f"{name} {product.version} runs in your account", f"As {answers.wishes.name}, at the address below."
        )
        self.facts.set_rows(
            (
                FactLine("Address", product.url, mono=True, copy=True),
                FactLine("Region and block", f"{network.region}, {network.cidr}", mono=True, copy=True),
                FactLine("Connects out from", ", ".join(product.egress_ips) or "not told", mono=True, copy=True),
                FactLine("Role", answers.names.operator_role_arn, mono=True, copy=True),
                FactLine("Its boundary", answers.names.operator_boundary_arn, mono=True, copy=True),
            )
        )
        self.next.set(
            Tone.ACCENT,
            "What you can do now",
            f"{operator} keeps its access, under your boundary, until you take it away. Manage shows what it can do, "
            "and removes its access at any time; the product runs on.",
        )
        self.proof_card.setVisible(bool(product.evidence))
        self.proof.set_rows(EvidenceRow(found, with_detail=False) for found in product.evidence)

    def proceed(self) -> None:
        product = self.visit.settled.product
        if product is not None and QUrl(product.url).scheme() in ("http", "https"):
            QDesktopServices.openUrl(QUrl(product.url))

    @Slot()
    def _manage(self) -> None:
        self.wanted.emit(Place.INSTALLATIONS if self.visit.installation is None else self.visit.installation)
