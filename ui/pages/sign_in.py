"""Sign in: which AWS profile, who that is, and the name that the installation shall have.

Who it is, is asked of AWS as soon as a profile is chosen; what is checked of it is in `installer/steps/sign_in.py`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.flow import Step
from ui.page import Action, Page
from ui.pages.sign_in_card import AccountFacts, grouped
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.fields import Item, Select, TextField
from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk, SignedIn
    from ui.tasks import TaskRunner
    from ui.visit import Visit

_DEFAULT = "\0default"
"""The value of the item that stands for AWS's own choice: no profile's name holds a NUL."""
_NAME_ERRORS = frozenset({"usage", "profile"})


class SignInPage(Page):
    step = Step.SIGN_IN

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(desk, runner, parent)
        self._profiles: tuple[str, ...] | None = None
        self._who: SignedIn | None = None
        self._for_account: str | None = None
        again = Button("Read the profiles again", Kind.LINK, icon="refresh")
        again.clicked.connect(self._list_profiles)
        self._profile_card = Card("AWS profile", again)
        self.profile = Select(
            "Profile of your AWS configuration",
            placeholder="Choose a profile",
            hint="Your credentials stay on this computer. Neither the vendor nor anybody else gets them.",
        )
        self._profile_card.body.addWidget(self.profile)
        self.account = AccountFacts()
        self._name_card = Card("Installation")
        self.name = TextField(
            "Name",
            hint="Everything that is made is named after it, so that you find it without this program.",
            mono=True,
        )
        self._name_card.body.addWidget(self.name)
        for card in (self._profile_card, self.account, self._name_card):
            self.body.addWidget(card)
        self.profile.changed.connect(self._chosen)
        self.name.changed.connect(self._name_typed)
        self._show()

    # What the window asks

    @property
    def valid(self) -> bool:
        return self.read_only or (self._who is not None and bool(self.name.text().strip()))

    @property
    def primary(self) -> str:
        if self.read_only or self._who is None:
            return "Continue"
        return f"Continue in {grouped(self._who.account.account_id)}"

    @property
    def fact(self) -> str:
        return "" if self._who is None else "Signed in. Nothing is created yet."

    def show_visit(self) -> None:
        answers = self.visit.settled
        wanted = answers.invitation.customer.aws_account_id
        if wanted != self._for_account:
            self._for_account, self._who = wanted, None
        self.name.set_text(answers.wishes.name)
        saved = self.visit.verified is None or self.read_only
        self.name.set_read_only(saved)
        self.profile.set_read_only(self.read_only)
        self._show()
        if self._profiles is None:
            self._list_profiles()
        elif self._who is None and not self.read_only:
            self._preselect()

    def take_focus(self) -> None:
        self.profile.setFocus()

    def proceed(self) -> None:
        if self.read_only:
            self.settled.emit(self.visit)
            return
        if self._who is None:
            return
        visit, profile, name, desk = self.visit, self._who.profile, self.name.text().strip(), self.desk

        def work(ctx: Context) -> Visit:
            return desk.sign_in(ctx, visit, profile, name)

        self.work(work, self._signed_in, doing="Signing in")

    # Choosing a profile

    @Slot()
    def _list_profiles(self) -> None:
        if not self.busy:
            self.work(self.desk.aws_profiles, self._listed, doing="Reading your AWS profiles")

    def _listed(self, profiles: tuple[str, ...]) -> None:
        self._profiles = profiles
        items = [Item(name, one_line(name)) for name in profiles]
        items.append(Item(_DEFAULT, "As your AWS tools choose", note="AWS_PROFILE, or the default chain"))
        self.profile.blockSignals(True)
        self.profile.set_items(items)
        self.profile.blockSignals(False)
        self._preselect()

    def _preselect(self) -> None:
        """The profile of before, the one that the environment names, or the only one; else the person chooses."""
        profiles = self._profiles or ()
        named = self.visit.aws_profile or os.environ.get("AWS_PROFILE")
        if named in profiles:
            wanted: str | None = named
        else:
            wanted = profiles[0] if len(profiles) == 1 else None
        if wanted is None:
            return
        if self.profile.value() == wanted:
            self._chosen(wanted)
        else:
            self.profile.set_value(wanted)

    @Slot(object)
    def _chosen(self, value: object) -> None:
        self._who = None
        self._show()
        if value is None:
            return
        profile, visit, desk = None if value == _DEFAULT else str(value), self.visit, self.desk

        def work(ctx: Context) -> SignedIn:
            return desk.who_is(ctx, visit, profile)

        self.work(work, self._recognised, doing="Asking AWS who you are")

    def _recognised(self, who: SignedIn) -> None:
        self._who = who
        self._show()

    def _signed_in(self, visit: Visit) -> None:
        self.settled.emit(visit)

    def takes_over(self, error: HouseguestError) -> bool:
        """What is wrong with the name is said at its field."""
        if self._who is not None and error.code in _NAME_ERRORS:
            self.name.set_problem(f"{error.message} {error.fix}".strip())
            self.name.setFocus()
            return True
        return False

    @Slot(str)
    def _name_typed(self, _name: str) -> None:
        self.name.set_problem("")
        self.changed.emit()

    @property
    def extra(self) -> Action | None:
        return None

    def _show(self) -> None:
        answers = self.visit.answers
        self.set_heading("Sign in to AWS", _subheading(self._for_account))
        if self._who is not None:
            self.account.show_account(self._who.account, self._who.findings, self._for_account)
        elif answers is not None and answers.account is not None and self.read_only:
            self.account.show_account(answers.account, (), self._for_account)
        else:
            self.account.clear()


def _subheading(account: str | None) -> str:
    if account is None:
        return "Choose how you sign in, and see in which account you are before anything else happens."
    return f"The invitation is for account {grouped(account)}. In another one it is refused."
