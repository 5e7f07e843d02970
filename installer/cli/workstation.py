"""The composition root of the command line: where state is, who is signed in, how to speak to the vendor."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial

from rich.prompt import Prompt

from installer.answers import Answers
from installer.aws.clients import Aws
from installer.aws.identity import IdentityCheck
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
    VendorError,
    VendorUnreachable,
)
from installer.events import Event, Notice, StepChanged
from installer.installation import Installation
from installer.invitation import VerifiedInvitation, load
from installer.journal import Journal
from installer.lock import AccountLease, InstallationLock
from installer.profiles import ProfileStore, default_root
from installer.redaction import log
from installer.secrets import SecretStore, probe
from installer.tools import Tools
from installer.vendor import VendorSession
from installer.vendor_client import VendorClient
from installer.vendor_keys import KnownKeys
from installer.web import download

TEMPLATE_LIMIT = 1 << 20


class Workstation:
    """What is the same for every command. Nothing is reached before it is needed."""

    def __init__(self, screen: Screen | None = None) -> None:
        self.store = ProfileStore(default_root())
        self.screen = screen or Screen(err)
        self._account: IdentityCheck | None = None
        self._ctx = Context(report=self._report)

    @cached_property
    def aws(self) -> Aws:
        ask = ask_sign_in if sys.stdin.isatty() else None
        return Aws(ProfileCredentials(ask=ask), same_identity=self._same_account)

    def _report(self, event: Event) -> None:
        if isinstance(event, StepChanged):
            log(f"step.{event.state}", step=event.step)
        self.screen.show(event)

    def keep_to(self, account_id: str) -> None:
        """Raise `WrongAccount` unless signed in to this account, now and after every new sign-in."""
        self._account = IdentityCheck(account_id)
        self._account(self.aws, self.ctx)

    def _same_account(self, aws: Aws, ctx: Context) -> None:
        if self._account is not None:
            self._account(aws, ctx)

    @cached_property
    def ctx(self) -> Context:
        """Waits are shorter where AWS is a sandbox on this computer."""
        return replace(self._ctx, pace=0.2) if self.aws.is_local else self._ctx

    @cached_property
    def secrets(self) -> SecretStore:
        return probe(self._ctx)

    def invitation(self, source: str, accept_key: str | None = None) -> VerifiedInvitation:
        """Read and verify. An unknown vendor's key is accepted by its fingerprint only."""
        return load(
            source,
            keys=KnownKeys(self.store.root),
            now=datetime.now(UTC),
            accept_key=accept_key,
            stdin=sys.stdin.buffer if source == "-" else None,
        )

    def introduction(self, source: str | None, accept_key: str | None = None) -> str | None:
        """The invitation's token, for work that goes on without it: one that is no longer good stops nothing."""
        if source is None:
            return None
        try:
            return self.invitation(source, accept_key).token
        except HouseguestError as error:
            self.screen.show(Notice(f"{error.message} What the vendor would say is not checked."))
            return None

    def vendor(self, answers: Answers, installation_id: str, invitation_token: str | None) -> VendorSession | None:
        """A session with the vendor: opened by the invitation, else by the key in the keyring, else none."""
        client = VendorClient(answers.invitation.control_plane.url)
        session = VendorSession(client, self.secrets, installation_id)
        if invitation_token is not None:
            session.open(self.ctx, invitation_token)
            return session
        return session if session.has_key else None

    def tools(self, installation: Installation, invitation_token: str | None, *, vendor_needed: bool = True) -> Tools:
        """Tools for work on one installation. Where the vendor is not needed, its silence stops nothing."""
        try:
            vendor = self.vendor(installation.answers, installation.id, invitation_token)
        except VendorError as error:
            if vendor_needed:
                raise
            self.screen.show(Notice(f"{error.message} What it would say is not checked."))
            vendor = None
        return Tools(
            aws=self.aws,
            journal=self.store.journal(installation),
            vendor=vendor,
            download=partial(download, limit=TEMPLATE_LIMIT),
        )

    def looking(self, answers: Answers, journal: Journal) -> Tools:
        """Tools for work that does not speak to the vendor."""
        return Tools(aws=self.aws, journal=journal, vendor=None, download=partial(download, limit=TEMPLATE_LIMIT))

    @contextmanager
    def locked(self, installation: Installation, *, insist: bool = True) -> Iterator[InstallationLock]:
        """Nobody else works on this installation: no other window, and no other computer."""
        lease = AccountLease(self.aws, installation.answers.names.operator_boundary_arn)
        lock = InstallationLock(self.store.lock_path(installation), lease, name=installation.name, insist=insist)
        with lock.hold(self.ctx):
            yield lock


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
    """Pause until the person has signed in again, in another terminal."""
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
