"""What an invitation says, as cards of the Invitation page. All of it is the vendor's word, shown as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.steps import Severity
from ui import theme
from ui.numbers import grouped
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.fields import Tick
from ui.widgets.flow import Flow
from ui.widgets.plain import one_line, tool_tip
from ui.widgets.rows import FactLine, FindingRow, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.invitation import Invitation

_LONGEST_TITLE, _LONGEST_HOST = 36, 32


class WhoCard(Card):
    """Who gets access, how it gets in, and what it says about that."""

    another = Signal()

    def __init__(self) -> None:
        self._another = Button("Open another one", Kind.LINK)
        super().__init__("Who gets access", self._another)
        self._another.clicked.connect(self.another)
        self._whose = Label("", theme.TextRole.SECONDARY, colour="secondary")
        self._words = Label("", theme.TextRole.BODY, selectable=True)
        self._facts = RowList(name="Who gets access")
        self.body.addWidget(self._facts)
        self.body.addSpacing(8)
        self.body.addWidget(self._whose)
        self.body.addWidget(self._words)

    def set_read_only(self, read_only: bool) -> None:
        self._another.setVisible(not read_only)

    def show_invitation(self, invitation: Invitation) -> None:
        vendor, trust = invitation.vendor, invitation.trust
        whole = trust.is_whole_account
        rows: list[QWidget] = [
            FactLine("Operator", _operator(invitation)),
            FactLine("Trusted AWS account" if whole else "Trusted AWS role", trust.principal_arn, mono=True, copy=True),
            FactLine("External ID", trust.external_id, mono=True, copy=True),
        ]
        if whole:
            sentence = "Everybody in that AWS account who may assume roles gets in, not one role."
            fix = f"Ask {vendor.name} for an invitation that names one role."
            rows.append(FindingRow(Severity.CAUTION, sentence, fix))
        self._facts.set_rows(rows)
        self._whose.setText(f"What access means, in the words of {one_line(vendor.name)}")
        self._words.setText(f"“{one_line(vendor.access_statement)}”")


class OfferCard(Card):
    """What the access is for, in which account, and why the invitation counts."""

    def __init__(self) -> None:
        super().__init__("What it is for")
        self._facts = RowList(name="What it is for")
        self.body.addWidget(self._facts)

    def show_invitation(self, invitation: Invitation, signature: str) -> None:
        """`signature` says why it counts."""
        vendor, product, customer = invitation.vendor, invitation.product, invitation.customer
        account = customer.aws_account_id
        where = f"only in AWS account {grouped(account)}" if account else "in an AWS account of your choice"
        minutes = round(invitation.expects.install_seconds / 60)
        facts = [
            FactLine("Product", f"{product.name} {product.version}. {one_line(product.summary)}"),
            FactLine("For", f"{one_line(customer.name)}, {where}"),
            FactLine("Takes about", f"{max(minutes, 1)} minutes to install, as {one_line(vendor.name)} says"),
            FactLine("Signature", signature),
            FactLine("Valid until", f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC"),
        ]
        self._facts.set_rows(facts)


class AgreementsCard(Card):
    """What the vendor asks you to have agreed to. The links open in the browser."""

    def __init__(self) -> None:
        super().__init__("Agreements that come with it")
        self._rows = RowList(name="Agreements")
        self.body.addWidget(self._rows)

    def show_agreements(self, invitation: Invitation) -> None:
        self._rows.set_rows(
            _Agreement(one_line(agreement.title), str(agreement.url)) for agreement in invitation.vendor.agreements
        )


class _Agreement(QWidget):
    """A title that opens an address in the browser, and where that leads. The tool tip has the whole address."""

    def __init__(self, title: str, address: str) -> None:
        super().__init__()
        self._address = address
        host = urlsplit(address).hostname or address
        link = Button(one_line(title, _LONGEST_TITLE), Kind.LINK, icon="external")
        link.setToolTip(tool_tip(f"{title}\n{address}"))
        link.setAccessibleName(title)
        link.setAccessibleDescription(f"Opens {address} in the browser")
        link.clicked.connect(self._open)
        where = Label(one_line(host, _LONGEST_HOST), theme.TextRole.SECONDARY, colour="secondary", wrap=False)
        row = Flow(gap=12)
        for part in (link, where):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.addLayout(row)

    @Slot()
    def _open(self) -> None:
        if self._address.startswith("https://"):
            QDesktopServices.openUrl(QUrl(self._address))


class FingerprintCard(Card):
    """The key of a vendor that this computer does not know, to be compared once."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Compare the fingerprint")
        self._sentence = Label("", theme.TextRole.BODY)
        self._fingerprint = Label("", theme.TextRole.MONO, selectable=True)
        self._tick = Tick("The fingerprints are the same")
        self.body.addWidget(self._sentence)
        self.body.addWidget(self._fingerprint)
        self.body.addWidget(CopyButton("the fingerprint", self._fingerprint.text))
        self.body.addWidget(self._tick)
        self._tick.changed.connect(self.changed)
        self.setFocusProxy(self._tick)

    @property
    def is_compared(self) -> bool:
        return self._tick.value()

    def show_key(self, vendor: str, fingerprint: str) -> None:
        self._sentence.setText(
            f"Ask {one_line(vendor)} for the fingerprint of its key by a way that you trust already, such as a phone "
            "number you know. It must be this, letter by letter:"
        )
        if self._fingerprint.text() != fingerprint:
            self._fingerprint.setText(fingerprint)
            self._tick.set_value(False)


def _operator(invitation: Invitation) -> str:
    """Who it is that gets in, and for whom it works."""
    vendor = invitation.vendor
    if vendor.operator == vendor.name:
        return f"{vendor.operator} ({invitation.iss})"
    return f"{vendor.operator}, on behalf of {vendor.name} ({invitation.iss})"
