"""What every front end works with: where state is, who is signed in, how to speak to the vendor.

The terminal's is `cli/workstation.py`, the window's is `ui/desk.py`. Nothing is reached before it is needed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO

from installer.answers import Answers
from installer.aws.clients import Aws, CredentialProvider
from installer.aws.identity import IdentityCheck
from installer.context import Context
from installer.errors import VendorError
from installer.events import Notice
from installer.installation import Installation
from installer.invitation import VerifiedInvitation, load
from installer.journal import Journal
from installer.lock import AccountLease, InstallationLock
from installer.places import default_root
from installer.profiles import ProfileStore
from installer.secrets import SecretStore, SharedSecrets
from installer.tools import Tools
from installer.vendor import VendorSession
from installer.vendor_client import VendorClient
from installer.vendor_keys import KnownKeys
from installer.web import download

TEMPLATE_LIMIT = 1 << 20
_PACE_OF_A_SANDBOX = 0.2


class Workstation:
    """One sign-in on this computer. Safe to use from many threads.

    Workstations that exist side by side share `store`, and `secrets` too: where there is no keyring, the vendor's key
    is in memory, and only there.
    """

    def __init__(
        self,
        credentials: CredentialProvider,
        *,
        store: ProfileStore | None = None,
        secrets: SharedSecrets | None = None,
    ) -> None:
        self.store = store or ProfileStore(default_root())
        self.aws = Aws(credentials, same_identity=self._same_account)
        self._secrets = secrets or SharedSecrets()
        self._account: IdentityCheck | None = None

    def keep_to(self, ctx: Context, account_id: str) -> None:
        """Raise `WrongAccount` unless signed in to this account, now and after every new sign-in."""
        self._account = IdentityCheck(account_id)
        self._account(self.aws, ctx)

    def _same_account(self, aws: Aws, ctx: Context) -> None:
        if self._account is not None:
            self._account(aws, ctx)

    def paced(self, ctx: Context) -> Context:
        """The context with shorter waits where AWS is a sandbox on this computer. Cheap after the first time."""
        return replace(ctx, pace=_PACE_OF_A_SANDBOX) if self.aws.is_local else ctx

    def secrets(self, ctx: Context) -> SecretStore:
        """Where keys are kept: probed once."""
        return self._secrets.open(ctx)

    def invitation(
        self, source: str, accept_key: str | None = None, *, stdin: BinaryIO | None = None
    ) -> VerifiedInvitation:
        """Read and verify. An unknown vendor's key is accepted by its fingerprint only; `-` is read from `stdin`."""
        return load(
            source,
            keys=KnownKeys(self.store.root),
            now=datetime.now(UTC),
            accept_key=accept_key,
            stdin=stdin or BytesIO(),  # a window has none
        )

    def vendor(
        self, ctx: Context, answers: Answers, installation_id: str, invitation_token: str | None
    ) -> VendorSession | None:
        """A session with the vendor: opened by the invitation, else by the key in the keyring, else none."""
        client = VendorClient(answers.invitation.control_plane.url)
        session = VendorSession(client, self.secrets(ctx), installation_id)
        if invitation_token is not None:
            session.open(ctx, invitation_token)
            return session
        return session if session.has_key else None

    def tools(
        self, ctx: Context, installation: Installation, invitation_token: str | None, *, vendor_needed: bool = True
    ) -> Tools:
        """Tools for work on one installation. Where the vendor is not needed, its silence is told and stops nothing."""
        try:
            vendor = self.vendor(ctx, installation.answers, installation.id, invitation_token)
        except VendorError as error:
            if vendor_needed:
                raise
            ctx.report(Notice(f"{error.message} What it would say is not checked."))
            vendor = None
        return self._tools(self.store.journal(installation), vendor)

    def looking(self, answers: Answers, journal: Journal) -> Tools:
        """Tools for work that does not speak to the vendor."""
        return self._tools(journal, None)

    def _tools(self, journal: Journal, vendor: VendorSession | None) -> Tools:
        return Tools(aws=self.aws, journal=journal, vendor=vendor, download=partial(download, limit=TEMPLATE_LIMIT))

    @contextmanager
    def locked(self, ctx: Context, installation: Installation, *, insist: bool = True) -> Iterator[InstallationLock]:
        """Nobody else works on this installation: no other window, and no other computer."""
        lease = AccountLease(self.aws, installation.answers.names.operator_boundary_arn)
        lock = InstallationLock(self.store.lock_path(installation), lease, name=installation.name, insist=insist)
        with lock.hold(ctx):
            yield lock
