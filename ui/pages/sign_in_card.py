"""The account card of the Sign in page: where you are, who you are, and what there is to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout

from ui import theme
from ui.numbers import grouped
from ui.theme import TextRole, Tone
from ui.widgets.card import Card
from ui.widgets.chips import Pill
from ui.widgets.copy_button import CopyButton
from ui.widgets.rows import FactLine, FindingRow, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from installer.answers import Account
    from installer.steps import Finding

_KINDS = {"user": "An IAM user", "assumed-role": "A session of a role", "federated-user": "A federated user"}


class AccountNumber(Label):
    """In which account everything will happen: the largest text of the card."""

    def __init__(self) -> None:
        super().__init__("", TextRole.MONO, selectable=True)
        self._enlarge()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._enlarge()

    def _enlarge(self) -> None:
        font = theme.font(TextRole.MONO)
        font.setPixelSize(theme.font(TextRole.TITLE).pixelSize())
        self.setFont(font)


class AccountFacts(Card):
    """`account_id` is what it shows; empty while it shows nobody."""

    def __init__(self) -> None:
        self._pill = Pill("", Tone.GOOD)
        super().__init__("AWS account", self._pill)
        self.account_id = ""
        self._number = AccountNumber()
        self._rows = RowList(name="Who you are")
        head = QHBoxLayout()
        head.addWidget(self._number, 1)
        head.addWidget(CopyButton("the account id", lambda: self.account_id))
        self.body.addLayout(head)
        self.body.addWidget(self._rows)
        self.hide()

    def clear(self) -> None:
        self.account_id = ""
        self.hide()

    def show_account(self, account: Account, findings: Sequence[Finding], wanted: str | None) -> None:
        """`wanted` is the only account that will do; None where any does."""
        self.account_id = account.account_id
        self._number.setText(grouped(account.account_id))
        rows: list[QWidget] = [
            FactLine("Alias", account.alias or "none that may be read"),
            FactLine("You are", _kind(account)),
            FactLine("Identity", account.arn, mono=True, copy=True),
            *(FindingRow(found.severity, found.sentence, found.fix) for found in findings),
        ]
        self._rows.set_rows(rows)
        if wanted is None:
            self._pill.set("any account will do", Tone.NEUTRAL)
        else:
            self._pill.set("the right account", Tone.GOOD)
        self.show()


def _kind(account: Account) -> str:
    if account.is_root:
        return "The root user"
    resource = account.arn.rpartition(":")[2]
    return _KINDS.get(resource.partition("/")[0], resource)
