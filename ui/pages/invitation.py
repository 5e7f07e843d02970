"""Invitation: open what the vendor sent, and see who asks for what before anything else happens.

The card of an open invitation is `invitation_card.py`. What an invitation must be is in `installer/invitation.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from installer.errors import HouseguestError
from installer.flow import Step
from ui.page import Page
from ui.pages.invitation_card import AgreementsCard, FingerprintCard, WhoCard
from ui.pages.invitation_source import SourceCard

if TYPE_CHECKING:
    from installer.context import Context
    from installer.invitation import UnknownVendorKey, VerifiedInvitation
    from ui.desk import Desk
    from ui.tasks import TaskRunner
    from ui.visit import Visit

UNKNOWN_KEY = "unknown_vendor_key"


class InvitationPage(Page):
    step = Step.INVITATION

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._source = ""
        self._unknown: UnknownVendorKey | None = None
        self._opened: Visit | None = None
        self._asks_again = False
        self.source_card = SourceCard()
        self.fingerprint_card = FingerprintCard()
        self.who_card = WhoCard()
        self.agreements_card = AgreementsCard()
        for card in (self.source_card, self.fingerprint_card, self.who_card, self.agreements_card):
            self.body.addWidget(card)
        self.source_card.submitted.connect(self.open)
        self.source_card.changed.connect(self.changed)
        self.source_card.choose.connect(self._choose_file)
        self.fingerprint_card.changed.connect(self.changed)
        self.who_card.another.connect(self._ask_for_another)
        self.setAcceptDrops(True)
        self._show()

    # What the window asks

    @property
    def valid(self) -> bool:
        if self._unknown is not None:
            return self.fingerprint_card.is_compared
        return self._opened is not None or self._is_reopened or bool(self.source_card.text)

    @property
    def primary(self) -> str:
        if self._unknown is not None:
            return "Trust this key and open"
        return "Continue" if self._opened is not None or self._is_reopened else "Open the invitation"

    @property
    def fact(self) -> str:
        return "" if self._opened is not None else "Opening an invitation gives nothing away."

    @property
    def _is_reopened(self) -> bool:
        """A saved installation goes on without its invitation."""
        return self.visit.answers is not None and self.visit.verified is None and not self._asks_again

    def show_visit(self) -> None:
        if self.visit.answers is None:
            self._opened = None
        elif self.visit.verified is not None:
            self._opened = self.visit
        self._asks_again = False
        self._show()

    def ask_again(self) -> None:
        """The vendor's half needs the invitation of an installation that goes on without it."""
        self._ask_for_another()

    def take_focus(self) -> None:
        if self._opened is None and self._unknown is None and not self._is_reopened:
            self.source_card.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().take_focus()

    def proceed(self) -> None:
        if self._unknown is not None:
            self._read(accept_key=self._unknown.fingerprint)
        elif self._opened is not None:
            self.settled.emit(self._opened)
        elif self._is_reopened:
            self.settled.emit(self.visit)
        else:
            self.open(self.source_card.text)

    # Opening

    @Slot(str)
    def open(self, source: str) -> None:
        """`source`: an https link, a `houseguest://` link, a file, or the text of the invitation."""
        if source.strip():
            self._source = source.strip()
            self._unknown = None
            self._read()

    def _read(self, accept_key: str | None = None) -> None:
        source, desk = self._source, self.desk

        def work(ctx: Context) -> Visit:
            return desk.open_invitation(ctx, source, accept_key)

        self.work(work, self._read_it, doing="Reading the invitation")
        self._show()

    def _read_it(self, opened: Visit) -> None:
        if self.visit.installation is not None and self._asks_again:
            visit, desk = self.visit, self.desk

            def work(ctx: Context) -> Visit:
                return desk.with_invitation(ctx, visit, opened)

            self.work(work, self._taken, doing="Comparing it with the installation")
            return
        self._taken(opened)

    def _taken(self, opened: Visit) -> None:
        self._opened, self._unknown, self._asks_again = opened, None, False
        self._show()
        super().take_focus()

    def takes_over(self, error: HouseguestError) -> bool:
        """An unknown vendor is a question to the person, not a failure."""
        if error.code != UNKNOWN_KEY:
            return False
        self._unknown = error  # type: ignore[assignment]
        self._show()
        self.fingerprint_card.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    @Slot()
    def _ask_for_another(self) -> None:
        self.clear_error()
        self._asks_again = self.visit.installation is not None
        self._opened = self._unknown = None
        self._show()
        self.take_focus()
        self.changed.emit()

    @Slot()
    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open an invitation")
        if path:
            self.open(path)

    # Showing

    def _show(self) -> None:
        opened = self._opened or (self.visit if self._is_reopened else None)
        self.source_card.setVisible(opened is None and self._unknown is None)
        self.fingerprint_card.setVisible(self._unknown is not None)
        self.who_card.setVisible(opened is not None or self._unknown is not None)
        self.agreements_card.setVisible(False)
        self.who_card.set_read_only(self.read_only)
        if self._unknown is not None:
            invitation = self._unknown.invitation
            self.set_heading(
                f"Is this really {invitation.vendor.name}?",
                "This computer does not know the vendor yet. Compare its key once; it checks later ones by it.",
            )
            self.fingerprint_card.show_key(invitation.vendor.name, self._unknown.fingerprint)
            self.who_card.show_invitation(invitation, "not compared yet")
        elif opened is not None:
            invitation = opened.settled.invitation
            self.set_heading(
                f"{invitation.vendor.operator} asks for access to your AWS account",
                f"To run {invitation.product.name} {invitation.product.version} for {invitation.customer.name}. "
                "Nothing is created yet.",
            )
            self.who_card.show_invitation(invitation, _whose_key(opened.verified))
            self.agreements_card.show_agreements(invitation)
            self.agreements_card.setVisible(bool(invitation.vendor.agreements))
        elif self._asks_again:
            self.set_heading(
                f"Open the invitation of {self.visit.settled.wishes.name} again",
                "This computer keeps no key for the vendor. The invitation opens the way to it once more.",
            )
        else:
            self.set_heading("Open your invitation", "The vendor sent it to you as a file or as a link.")

    # Dropping a file or a link anywhere on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if not self.read_only and not self.busy and (data.hasUrls() or data.hasText()):
            self.source_card.set_hovered(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.source_card.set_hovered(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.source_card.set_hovered(False)
        data = event.mimeData()
        urls = data.urls()
        if urls:
            self.open(urls[0].toLocalFile() if urls[0].isLocalFile() else urls[0].toString())
        else:
            self.open(data.text())
        event.acceptProposedAction()


def _whose_key(verified: VerifiedInvitation | None) -> str:
    """Why the signature counts."""
    if verified is None:
        return "checked when it was opened"
    whose = {"known": "the key that ships with Houseguest", "confirmed": "the key that you confirmed"}
    return f"signed with {whose[verified.trust.value]}"
