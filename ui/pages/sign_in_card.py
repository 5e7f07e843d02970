"""The account card of the Sign in page: where you are, who you are, and what there is to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.theme import Tone
from ui.widgets.card import Card
from ui.widgets.chips import Pill
from ui.widgets.rows import FactLine, FindingRow, RowList

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from installer.answers import Account
    from installer.steps import Finding


def grouped(account_id: str) -> str:
    """The account id in groups of four, as people read it."""
    return " ".join(account_id[at : at + 4] for at in range(0, len(account_id), 4))


class AccountFacts(Card):
    def __init__(self) -> None:
        self._pill = Pill("", Tone.GOOD)
        super().__init__("You are", self._pill)
        self._rows = RowList(name="The account")
        self.body.addWidget(self._rows)
        self.hide()

    def clear(self) -> None:
        self.hide()

    def show_account(self, account: Account, findings: Sequence[Finding], wanted: str | None) -> None:
        """`wanted` is the account that the invitation is for; None where it is for any."""
        rows: list[QWidget] = [
            FactLine("Account", grouped(account.account_id), mono=True, copy=True),
            FactLine("Alias", account.alias or "not checked, or there is none"),
            FactLine("Identity", account.arn, mono=True, copy=True),
            FactLine("Kind", _kind(account)),
            *(FindingRow(found.severity, found.sentence, found.fix) for found in findings),
        ]
        self._rows.set_rows(rows)
        if wanted is None:
            self._pill.set("the invitation is for any account", Tone.NEUTRAL)
        else:
            self._pill.set("the invited account", Tone.GOOD)
        self.show()


def _kind(account: Account) -> str:
    if account.is_root:
        return "The root user"
    resource = account.arn.rpartition(":")[2]
    kinds = {"user": "A user of IAM", "assumed-role": "A session of a role", "federated-user": "A federated user"}
    return kinds.get(resource.partition("/")[0], resource)
