"""What the Review page repeats of what was settled: who, what stands in AWS, where it goes, what will be made.

What the limit says is in `review_granted.py`. All of it is read from the answers, and nothing in AWS is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from ui.numbers import counted
from ui.pages.permissions_trust import duration
from ui.theme import TextRole
from ui.widgets.card import Card, Divider, Section
from ui.widgets.layouts import Beside, Wrapping
from ui.widgets.plain import one_line
from ui.widgets.rows import EvidenceRow, FactLine, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.evidence import Evidence
    from installer.invitation import Invitation
    from installer.steps.connect import Created

_MINUTE = 60


class AccessCard(Card):
    """Who gets access: the vendor's own words, and whom the role trusts."""

    def __init__(self) -> None:
        super().__init__("Who gets access")
        self._by = Label("", TextRole.SECONDARY, colour="secondary")
        self._words = Label("", TextRole.BODY, selectable=True)
        self._facts = RowList(name="Who gets access")
        self.body.addWidget(self._by)
        self.body.addWidget(self._words)
        self.body.addWidget(self._facts)

    def show_invitation(self, invitation: Invitation) -> None:
        vendor, trust = invitation.vendor, invitation.trust
        self._by.setText(f"In the words of {one_line(vendor.name)}")
        self._words.setText(f"“{one_line(vendor.access_statement)}”")
        who = "Everybody in its account who may assume roles" if trust.is_whole_account else "One role, and no other"
        self._facts.set_rows(
            (
                FactLine("Operator", f"{vendor.operator}, for {vendor.name}"),
                FactLine("Trusted", who),
                FactLine("Its ARN", trust.principal_arn, mono=True, copy=True),
                FactLine("External ID", trust.external_id, mono=True, copy=True),
            )
        )


class StandingCard(Card):
    """What Connect made, and what is known of it."""

    def __init__(self) -> None:
        super().__init__("What stands in AWS")
        self.rows = RowList(name="What stands in AWS")
        self.proof = _Known()
        self.body.addWidget(self.rows)
        self.body.addWidget(self.proof)

    def show_created(self, created: Sequence[Created], proof: Sequence[Evidence]) -> None:
        self.rows.set_rows(_Standing(one) for one in created)
        self.proof.show_evidence(proof)


class _Standing(Wrapping):
    """What it is, its name, and who can change it. Why it is there, Connect has told."""

    def __init__(self, created: Created) -> None:
        super().__init__()
        name, who = one_line(created.name), one_line(created.who_can_change)
        self.setAccessibleName(f"{created.kind} {name}")
        self.setAccessibleDescription(f"Who can change it: {who}")
        text = Wrapping()
        column = QVBoxLayout(text)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(name, TextRole.MONO, selectable=True))
        column.addWidget(Label(f"Who can change it: {who}", TextRole.SECONDARY, colour="secondary"))
        layout = Beside(self, side=168, narrow=420, role=TextRole.MONO)
        layout.addWidget(Label(created.kind, TextRole.SECONDARY, colour="secondary"))
        layout.addWidget(text)


class PlaceCard(Card):
    """Region and block, and what is known of them."""

    def __init__(self) -> None:
        super().__init__("Where it goes")
        self.rows = RowList(name="Where it goes")
        self.proof = _Known()
        self.body.addWidget(self.rows)
        self.body.addWidget(self.proof)

    def show_answers(self, answers: Answers) -> None:
        network = answers.network
        if network is None:
            raise AssertionError("the network comes before the review")
        self.rows.set_rows(
            (
                FactLine("Region", network.region, mono=True, copy=True),
                FactLine("Address block", str(network.cidr), mono=True, copy=True),
                FactLine("Addresses", f"{network.cidr.num_addresses:,}"),
            )
        )
        self.proof.show_evidence(network.evidence)


class BuildsCard(Card):
    """What the vendor will make: by its word, and for as long as it says."""

    def __init__(self) -> None:
        super().__init__("What the vendor will make")
        self._word = Label("", TextRole.BODY, colour="secondary")
        self.rows = RowList(name="What will be made")
        self.body.addWidget(self._word)
        self.body.addWidget(self.rows)

    def show_invitation(self, invitation: Invitation) -> None:
        operator, count = one_line(invitation.vendor.operator), sum(made.count for made in invitation.resources)
        takes = duration(max(_MINUTE, invitation.expects.install_seconds))
        self.set_title(f"What {operator} will make")
        made = f"{counted(count, 'thing')}, in about {takes}" if count else f"it does not say what, in about {takes}"
        self._word.setText(f"By the vendor's word: {made}. What it costs is not checked.")
        by_service: dict[str, list[str]] = {}
        for resource in invitation.resources:
            service, _, kind = resource.type.removeprefix("AWS::").rpartition("::")
            by_service.setdefault(service, []).append(f"{resource.count:,} × {kind}")
        self.rows.set_rows(FactLine(service, ", ".join(kinds)) for service, kinds in by_service.items())


class _Known(Section):
    """Evidence under a heading; hidden where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowList(name="What is known of it")
        self.body.addWidget(Divider())
        self.body.addWidget(Label("What is known of it", TextRole.SECONDARY, colour="secondary"))
        self.body.addWidget(self.rows)

    def show_evidence(self, evidence: Sequence[Evidence]) -> None:
        self.rows.set_rows(EvidenceRow(found, with_detail=False) for found in evidence)
        self.setVisible(bool(evidence))
