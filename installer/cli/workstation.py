"""The command line's workstation: progress on the screen, questions on the terminal. What it shares with the window is
`installer/workstation.py`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import BinaryIO

from rich.prompt import Prompt

from installer.aws.sign_in.profile import ProfileCredentials
from installer.cli.output import err
from installer.cli.screen import Screen
from installer.context import Context
from installer.errors import (
    AwsUnreachable,
    HouseguestError,
    NotFinished,
    SignInNeeded,
    Throttled,
    UsageError,
    VendorUnreachable,
)
from installer.events import Event, Notice, StepChanged
from installer.invitation import VerifiedInvitation
from installer.redaction import log
from installer.workstation import Workstation


class Terminal(Workstation):
    """A workstation whose person sits at a terminal, or is a script."""

    def __init__(self, screen: Screen | None = None) -> None:
        super().__init__(ProfileCredentials(ask=ask_sign_in))
        self.screen = screen or Screen(err)
        self.unpaced = Context(report=self._report)
        """For what is not to fail where AWS's settings do."""

    def _report(self, event: Event) -> None:
        if isinstance(event, StepChanged):
            log(f"step.{event.state}", step=event.step)
        self.screen.show(event)

    @cached_property
    def ctx(self) -> Context:
        return self.paced(self.unpaced)

    def invitation(
        self, source: str, accept_key: str | None = None, *, stdin: BinaryIO | None = None
    ) -> VerifiedInvitation:
        if stdin is None and source.strip() == "-":
            stdin = sys.stdin.buffer
        return super().invitation(source, accept_key, stdin=stdin)

    def introduction(self, source: str | None, accept_key: str | None = None) -> str | None:
        """The invitation's token, for work that goes on without it: one that is no longer good stops nothing."""
        if source is None:
            return None
        try:
            return self.invitation(source, accept_key).token
        except HouseguestError as error:
            self.screen.show(Notice(f"{error.message} What the vendor would say is not checked."))
            return None


@contextmanager
def resumable(how: Callable[[], str]) -> Iterator[None]:
    """Work that can be gone on with, as `how` says, where AWS or the vendor is away: nothing has failed for good."""
    try:
        yield
    except (AwsUnreachable, Throttled, VendorUnreachable) as error:
        raise NotFinished(
            f"{error.message} Nothing is lost.", fix=how(), details={"cause": error.code, **error.details}
        ) from error


def ask_sign_in(_ctx: Context, ended: SignInNeeded) -> bool:
    """Pause until the person has signed in again, in another terminal; false where there is nobody to ask."""
    if not sys.stdin.isatty():
        return False
    err.print(f"[yellow]![/] {ended.message} Sign in again in another window, for example with `aws sso login`.")
    return Prompt.ask("Then press Enter, or type q to stop", console=err, default="", show_default=False) != "q"


def confirm(question: str, *, yes: bool) -> None:
    """The person's yes before something is made. Where nobody can be asked, the answer must be given as --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("Nothing was done: it has not been confirmed.", fix="Add --yes.")
    if Prompt.ask(f"{question} Type yes to go on", console=err, default="no") != "yes":
        raise UsageError("Nothing was done.", fix="Run it again when you are ready.")


def confirm_name(question: str, name: str, *, yes: bool) -> None:
    """The person types the name of what they are about to take away."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("Nothing was done: it has not been confirmed.", fix="Add --yes.")
    if Prompt.ask(f"{question} Type {name} to go on", console=err) != name:
        raise UsageError("Nothing was done: that is not the name.", fix="Run it again.")
