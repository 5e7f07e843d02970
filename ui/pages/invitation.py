"""Invitation: open what the vendor sent, and see who asks for what before anything else happens.

The cards of an open invitation are in `invitation_card.py`, what the page says of itself is in `invitation_words.py`.
What an invitation must be is in `installer/invitation.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QUrl, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from installer.errors import HouseguestError
from installer.flow import Step
from ui.page import Action, Page
from ui.pages.invitation_card import AgreementsCard, FingerprintCard, OfferCard, WhoCard
from ui.pages.invitation_source import SourceCard
from ui.pages.invitation_words import of_open, of_source, of_stranger, signature

if TYPE_CHECKING:
    from installer.context import Context
    from installer.invitation import UnknownVendorKey
    from ui.desk import Desk
    from ui.tasks import TaskRunner
    from ui.visit import Visit

UNKNOWN_KEY = "unknown_vendor_key"


class InvitationPage(Page):
    """`_opened` is the invitation that is shown, settled or not; `_before` is open while another one is asked for."""

    step = Step.INVITATION

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._source = ""
        self._unknown: UnknownVendorKey | None = None
        self._opened: Visit | None = None
        self._before: Visit | None = None
        self._is_due_again = False
        self.source_card = SourceCard()
        self.fingerprint_card = FingerprintCard()
        self.who_card = WhoCard()
        self.offer_card = OfferCard()
        self.agreements_card = AgreementsCard()
        cards = (self.source_card, self.fingerprint_card, self.who_card, self.offer_card, self.agreements_card)
        for card in cards:
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
        return self._opened is not None or bool(self.source_card.text)

    @property
    def primary(self) -> str:
        if self._unknown is not None:
            return "Trust this key and open"
        return "Continue" if self._opened is not None else "Open the invitation"

    @property
    def extra(self) -> Action | None:
        return Action("Keep the one before", self._keep) if self._before is not None else None

    @property
    def fact(self) -> str:
        return "" if self._opened is not None else "Opening an invitation gives nothing away."

    def show_visit(self) -> None:
        self._opened = self.visit if self.visit.answers is not None else None
        self._before = self._unknown = None
        self._is_due_again = False
        self._source = self.visit.invitation_path or ""
        self._show()

    def do_again(self) -> None:
        """The vendor's half needs the invitation of an installation that goes on without it."""
        self._is_due_again = True
        self._ask_for_another()

    def take_focus(self) -> None:
        if self._unknown is not None:
            self.fingerprint_card.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._opened is None:
            self.source_card.setFocus(Qt.FocusReason.OtherFocusReason)

    def proceed(self) -> None:
        if self._unknown is not None:
            self._read(accept_key=self._unknown.fingerprint)
        elif self._opened is not None:
            self.settled.emit(self._opened)
        else:
            self.open(self.source_card.text)

    # Opening

    @Slot(str)
    def open(self, source: str) -> None:
        """`source`: an https link, a `houseguest://` link, a file, or the text of the invitation."""
        source = source.strip()
        if source.startswith("file:"):
            source = QUrl(source).toLocalFile()
        if source:
            self._source = source
            self._unknown = None
            self.source_card.set_problem("")
            self._read()

    def _read(self, accept_key: str | None = None) -> None:
        source, visit, desk, again = self._source, self.visit, self.desk, self._is_due_again

        def work(ctx: Context) -> Visit:
            opened = desk.open_invitation(ctx, source, accept_key, wishes=visit.kept_wishes)
            if again:
                return desk.with_invitation(ctx, visit, opened)
            return replace(opened, aws_profile=visit.aws_profile) if visit.kept_wishes is not None else opened

        self.work(work, self._taken, doing="Reading the invitation")
        self._show()

    def _taken(self, opened: Visit) -> None:
        self._opened = _with_choices_of(self.visit, opened)
        self._before = self._unknown = None
        self._source = ""
        self.source_card.set_text("")
        self._show()

    def takes_over(self, error: HouseguestError) -> bool:
        """An unknown vendor is a question to the person, not a failure."""
        if error.code != UNKNOWN_KEY:
            return False
        self._unknown = error  # type: ignore[assignment]
        self._show()
        self.take_focus()
        return True

    @property
    def can_retry(self) -> bool:
        return super().can_retry or bool(self._source)

    def retry(self) -> None:
        """Read the same again: the file may be there now, or the vendor answer."""
        self._read()

    @Slot()
    def _ask_for_another(self) -> None:
        self.abandon()  # the one that is still being read is not wanted any more
        self.clear_error()
        self._before = None if self._is_due_again else self._before or self._opened
        self._opened = self._unknown = None
        self._show()
        self.take_focus()
        self.changed.emit()

    @Slot()
    def _keep(self) -> None:
        self.clear_error()
        self._opened, self._before, self._unknown = self._before, None, None
        self._show()
        self.changed.emit()

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Open an invitation")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    # Showing

    def _show(self) -> None:
        opened, unknown = self._opened, self._unknown
        invitation = unknown.invitation if unknown is not None else opened.settled.invitation if opened else None
        self.source_card.setVisible(invitation is None)
        self.fingerprint_card.setVisible(unknown is not None)
        self.who_card.setVisible(invitation is not None)
        self.offer_card.setVisible(invitation is not None)
        self.agreements_card.setVisible(invitation is not None and bool(invitation.vendor.agreements))
        if invitation is None:
            self.set_heading(*of_source(self.visit, again=self._is_due_again))
            return
        self.who_card.set_read_only(self.read_only)
        self.who_card.show_invitation(invitation)
        self.agreements_card.show_agreements(invitation)
        if unknown is not None:
            self.set_heading(*of_stranger(invitation))
            self.fingerprint_card.show_key(invitation.vendor.name, unknown.fingerprint)
            self.offer_card.show_invitation(invitation, "By a key that is not compared yet")
        elif opened is not None:
            self.set_heading(*of_open(opened))
            self.offer_card.show_invitation(invitation, signature(opened.verified))

    # Dropping a file or a link anywhere on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        takes = not self.busy and (not self.read_only or self._is_due_again)
        if takes and (data.hasUrls() or data.hasText()):
            self.source_card.set_hovered(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.source_card.set_hovered(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.source_card.set_hovered(False)
        event.acceptProposedAction()
        sources = _dropped(event.mimeData())
        if len(sources) == 1 and sources[0].strip():
            self.open(sources[0])
            return
        if self._opened is not None:
            self._ask_for_another()
        what = "Several files were dropped" if len(sources) > 1 else "What was dropped is empty"
        self.source_card.set_problem(f"{what}. An invitation is one file, one link or one text.")


def _dropped(data: QMimeData) -> list[str]:
    """Files and addresses, else the text."""
    urls = [url.toLocalFile() if url.isLocalFile() else url.toString() for url in data.urls()]
    return urls or [data.text()]


def _with_choices_of(visit: Visit, opened: Visit) -> Visit:
    """The same offer opened again: what was chosen for it stays."""
    if visit.answers is None or opened is visit or opened.answers is None:
        return opened
    was, now = visit.answers.invitation, opened.answers.invitation
    if (was.iss, was.product.name, was.customer) != (now.iss, now.product.name, now.customer):
        return opened
    return replace(opened, answers=replace(opened.answers, wishes=visit.answers.wishes), aws_profile=visit.aws_profile)
