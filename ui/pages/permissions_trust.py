"""Whom the vendor's role would trust, and what AWS gives it: in the invitation's words, as nothing is made yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from installer.steps import Finding
from ui.numbers import grouped
from ui.pages.permissions_notes import Notes, as_notes
from ui.theme import TextRole
from ui.widgets.card import Card
from ui.widgets.plain import one_line
from ui.widgets.rows import FactLine, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Answers


class TrustCard(Card):
    """The facts in the order in which AWS asks for them; findings above."""

    def __init__(self) -> None:
        super().__init__("Who could use the role")
        self._sentence = Label("", TextRole.SECONDARY, colour="secondary")
        self._notes = Notes()
        self._facts = RowList(name="Who could use the role")
        self.body.addWidget(self._sentence)
        self.body.addWidget(self._notes)
        self.body.addWidget(self._facts)

    def show_answers(self, answers: Answers, findings: Iterable[Finding]) -> None:
        operator, trust = one_line(answers.invitation.vendor.operator), answers.invitation.trust
        self._sentence.setText(
            f"{operator} may do only what both these AWS policies and the limit above allow. "
            f"The external id makes sure that {operator} uses your role for you, not for another customer."
        )
        self._notes.show_notes(as_notes(findings))
        account = grouped(trust.principal_account_id)
        policies = ", ".join(arn.rpartition("/")[2] for arn in answers.invitation.permissions.default_grant)
        who = "Everybody who may assume roles" if trust.is_whole_account else "One role"
        self._facts.set_rows(
            (
                FactLine("Trusted", f"{who} in AWS account {account}"),
                FactLine("Its ARN", trust.principal_arn, mono=True, copy=True),
                FactLine("External ID", trust.external_id, mono=True, copy=True),
                FactLine("AWS policies", policies, mono=True),
                FactLine("Longest session", duration(answers.invitation.permissions.max_session_seconds)),
            )
        )


def duration(seconds: int) -> str:
    """`1 hour`, `90 minutes`."""
    amount, unit = (seconds // 3600, "hour") if seconds % 3600 == 0 else (round(seconds / 60), "minute")
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"
