"""What an invitation says, as cards of the Invitation page. All of it is the vendor's word, shown as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.fields import Tick
from ui.widgets.plain import one_line
from ui.widgets.rows import FactLine, RowList
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.invitation import Invitation


class WhoCard(Card):
    """Who gets access, for what, and in whose words."""

    another = Signal()

    def __init__(self) -> None:
        self._another = Button("Open another one", Kind.LINK)
        super().__init__("Who gets access", self._another)
        self._another.clicked.connect(self.another)
        self._words = Label("", theme.TextRole.BODY, selectable=True)
        self._facts = RowList(name="Facts of the invitation")
        self.body.addWidget(Label("In the vendor's words", theme.TextRole.SECONDARY, colour="secondary"))
        self.body.addWidget(self._words)
        self.body.addSpacing(8)
        self.body.addWidget(self._facts)

    def set_read_only(self, read_only: bool) -> None:
        self._another.setVisible(not read_only)

    def show_invitation(self, invitation: Invitation, key: str) -> None:
        """`key` says why the signature counts."""
        vendor, product, trust = invitation.vendor, invitation.product, invitation.trust
        self._words.setText(f"“{one_line(vendor.access_statement)}”")
        account = invitation.customer.aws_account_id
        minutes = round(invitation.expects.install_seconds / 60)
        facts = [
            FactLine("Product", f"{product.name} {product.version}. {one_line(product.summary)}"),
            FactLine("Operated by", f"{vendor.operator}, for {vendor.name} ({invitation.iss})"),
            FactLine("Invitation", f"{key}; valid until {invitation.expires_at:%Y-%m-%d %H:%M} UTC"),
            FactLine("For", f"{invitation.customer.name}, " + (f"AWS account {account}" if account else "any account")),
            FactLine("Who assumes the role", trust.principal_arn, mono=True, copy=True),
            FactLine("External id", trust.external_id, mono=True, copy=True),
            FactLine("Takes about", f"{minutes} minutes, as the vendor says"),
        ]
        if trust.is_whole_account:
            facts.insert(
                5, FactLine("Careful", "Everybody in that account who may assume roles gets in, not one role.")
            )
        self._facts.set_rows(facts)


class AgreementsCard(Card):
    """What the vendor asks you to have agreed to. The links open in the browser."""

    def __init__(self) -> None:
        super().__init__("Agreements")
        self._links = QWidget()
        self._column = QVBoxLayout(self._links)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.body.addWidget(self._links)

    def show_agreements(self, invitation: Invitation) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for agreement in invitation.vendor.agreements:
            link = _Link(one_line(agreement.title), str(agreement.url))
            self._column.addWidget(link)


class _Link(Button):
    """Opens an address in the browser; the address is in the tool tip."""

    def __init__(self, title: str, address: str) -> None:
        super().__init__(title, Kind.LINK, icon="external")
        self._address = address
        self.setToolTip(address)
        self.setAccessibleDescription(f"Opens {address} in the browser")
        self.clicked.connect(self._open)

    @Slot()
    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._address))


class FingerprintCard(Card):
    """The key of a vendor that this computer does not know, to be compared once."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Compare the fingerprint")
        self._fingerprint = Label("", theme.TextRole.MONO, selectable=True)
        self._sentence = Label("", theme.TextRole.BODY)
        self._tick = Tick("The fingerprints are the same")
        self._copy = CopyButton("the fingerprint", self._fingerprint.text)
        self.body.addWidget(self._sentence)
        self.body.addWidget(self._fingerprint)
        self.body.addWidget(self._copy)
        self.body.addWidget(self._tick)
        self._tick.changed.connect(self.changed)
        self.setFocusProxy(self._tick)

    @property
    def is_compared(self) -> bool:
        return self._tick.value()

    def show_key(self, vendor: str, fingerprint: str) -> None:
        self._sentence.setText(
            f"Ask {one_line(vendor)} for the fingerprint of its key by a way you already trust, such as a phone number "
            "that you know. It must be this, letter by letter:"
        )
        if self._fingerprint.text() != fingerprint:
            self._fingerprint.setText(fingerprint)
            self._tick.set_value(False)
