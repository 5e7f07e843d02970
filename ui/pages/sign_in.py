"""Sign in: which AWS profile, who that is, and the name that the installation shall have.

Who it is, is asked of AWS as soon as a profile is chosen; what is checked of it is in `installer/steps/sign_in.py`.
After a commit one may sign in again, in the same account only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from installer.errors import HouseguestError
from installer.flow import Step
from ui.error_text import error_text
from ui.numbers import grouped
from ui.page import Page
from ui.pages.sign_in_card import AccountFacts
from ui.pages.sign_in_profiles import ProfileCard
from ui.widgets.card import Card
from ui.widgets.fields import TextField
from ui.widgets.states import Loading

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.desk_results import SignedIn
    from ui.memory import Memory
    from ui.tasks import TaskRunner
    from ui.visit import Visit


class SignInPage(Page):
    step = Step.SIGN_IN

    def __init__(
        self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None, *, memory: Memory | None = None
    ) -> None:
        super().__init__(desk, runner, parent)
        self._who: SignedIn | None = None
        self._who_for: str | None = None
        self._named_for: object = None
        self._is_due_again = False
        self.profiles = ProfileCard(memory)
        self.asking = Loading("Asking AWS who you are")
        self.account = AccountFacts()
        self.name_card = Card("Installation")
        self.name = TextField(
            "Name",
            hint="Everything that is made is named after it, so that you find it without this program.",
            mono=True,
        )
        self.name_card.body.addWidget(self.name)
        for part in (self.profiles, self.asking, self.account, self.name_card):
            self.body.addWidget(part)
        self.profiles.again.connect(self._list_again)
        self.profiles.chosen.connect(self._ask)
        self.name.changed.connect(self._name_typed)
        self._show()

    # What the window asks

    @property
    def valid(self) -> bool:
        return self._is_settled or (self._who is not None and bool(self.name.text().strip()))

    @property
    def primary(self) -> str:
        if self._is_settled or self._who is None:
            return "Continue"
        return f"Continue in {grouped(self._who.account.account_id)}"

    @property
    def fact(self) -> str:
        if self._who is None or self.visit.bound_to is not None:
            return ""
        return "Signed in. Nothing is created yet."

    @property
    def _is_settled(self) -> bool:
        """There is nothing to do but to go on."""
        as_before = self._who is None or self._who.profile == self.visit.aws_profile
        return self.read_only and not self._is_due_again and as_before

    def show_visit(self) -> None:
        answers, bound = self.visit.settled, self.visit.bound_to
        self._is_due_again = self.visit.sign_in_due
        if self._is_due_again or self._who_for != self.visit.only_account:
            self._who_for, self._who = self.visit.only_account, None
        named_for = (answers.invitation, answers.wishes.name)
        if named_for != self._named_for:
            self._named_for = named_for
            self.name.set_text(answers.wishes.name)
            self.name.set_problem("")
        self.name.set_read_only(bound is not None)
        self._show()
        if not self.profiles.is_filled:
            self._list_profiles()
        else:
            self._suggest()

    def do_again(self) -> None:
        self._is_due_again, self._who = True, None
        self._show()
        if self.profiles.is_filled:
            self._suggest()
        self.changed.emit()

    def take_focus(self) -> None:
        self.profiles.setFocus()

    def proceed(self) -> None:
        if self._is_settled:
            self.settled.emit(self.visit)
        elif self._who is not None and not self.busy:
            visit, profile, name, desk = self.visit, self._who.profile, self.name.text().strip(), self.desk

            def work(ctx: Context) -> Visit:
                return desk.sign_in(ctx, visit, profile, name)

            self.work(work, self._signed_in, doing="Signing in")

    # Who it is

    def _list_profiles(self) -> None:
        if not self.busy:
            self.work(self.desk.aws_profiles, self._listed, doing="Reading your AWS profiles")

    @Slot()
    def _list_again(self) -> None:
        """Also while AWS is asked, which may take long: who that is, is asked anew afterwards."""
        self.abandon()
        self._list_profiles()

    def _listed(self, profiles: tuple[str, ...]) -> None:
        self.profiles.show_profiles(profiles, self.visit.only_account)
        self._suggest()

    def _suggest(self) -> None:
        """Where it can be known by which profile, and nothing speaks against it yet, ask at once who that is."""
        chosen = self.profiles.suggest(self.visit.aws_profile, self.visit.only_account)
        if chosen and self._who is None and self.error is None and not self._is_settled and not self.busy:
            self._ask(self.profiles.profile)

    @Slot(object)
    def _ask(self, profile: str | None) -> None:
        self._who = None
        visit, desk = self.visit, self.desk

        def work(ctx: Context) -> SignedIn:
            return desk.who_is(ctx, visit, profile)

        self.work(work, self._recognised, doing="Asking AWS who you are")
        self._show(asking=True)

    def _recognised(self, who: SignedIn) -> None:
        self._who = who
        self._show()

    def _signed_in(self, visit: Visit) -> None:
        account = visit.settled.account
        if account is not None:
            self.profiles.remember(account.account_id, visit.aws_profile)
        self._is_due_again = False
        self.settled.emit(visit)

    @property
    def can_retry(self) -> bool:
        return super().can_retry or self.profiles.is_chosen

    def retry(self) -> None:
        """What failed again; before anything was tried here, who the profile of before is."""
        if super().can_retry:
            super().retry()
            self._show(asking=self._who is None)
        else:
            self._ask(self.profiles.profile)

    def takes_over(self, error: HouseguestError) -> bool:
        """What is wrong with the name is said at its field."""
        of_the_name = error.code == "usage" or (error.code == "profile" and "file" not in error.details)
        if self._who is None or not of_the_name or self.visit.bound_to is not None:
            return False
        text = error_text(error)
        self.name.set_problem(f"{text.sentence} {text.fix}".strip())
        self.name.setFocus()
        return True

    def on_failed(self, error: HouseguestError) -> None:
        self._show()

    def on_cancelled(self) -> None:
        self._show()

    @Slot(str)
    def _name_typed(self, _name: str) -> None:
        self.name.set_problem("")
        self.changed.emit()

    # Showing

    def _show(self, *, asking: bool = False) -> None:
        self.set_heading("Sign in to AWS again" if self._is_due_again else "Sign in to AWS", _subheading(self.visit))
        self.asking.setVisible(asking)
        settled = self.visit.answers.account if self.visit.answers is not None else None
        if self._who is not None:
            self.account.show_account(self._who.account, self._who.findings, self.visit.only_account)
        elif settled is not None and self._is_settled and not asking:
            self.account.show_account(settled, (), self.visit.only_account)
        else:
            self.account.clear()


def _subheading(visit: Visit) -> str:
    if visit.bound_to is not None:
        return f"{visit.settled.wishes.name} is in account {grouped(visit.bound_to)}. Only that one will do."
    if visit.only_account is not None:
        vendor = visit.settled.invitation.vendor.name
        return f"{vendor} invited account {grouped(visit.only_account)}. Choose a profile that leads there."
    return "Choose how you sign in, and see in which account you are before anything else happens."
