"""One at a time on one installation: in this program, on this computer, and between computers.

The first two are a lock file. Between computers it is a lease, written as the tag `houseguest:lock` on the operator
boundary: the one thing that exists for as long as there is access to give or take, and that every administrator of
the account sees. IAM has no compare-and-set, so the lease is read, written, and read again after a moment: of two
that write at the same time the later wins and the earlier sees that it lost. What this cannot exclude, and why it is
enough: docs/adr/0005-installation-lock.md.

Before the boundary exists and after it is gone there is nothing to tag: then only the lock file holds.

A command that is killed leaves its lease in the tag. Whoever then holds the lock file on the same computer goes on with
that lease, by the nonce that is kept beside the lock file: nobody waits for a program that is dead.
"""

import getpass
import json
import os
import platform
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from installer.context import Context
from installer.errors import AwsError, ChangedMeanwhile, NotFound, PermissionMissing
from installer.events import Notice
from installer.files import private_folder, write_whole
from installer.names import TAG_LOCK

if TYPE_CHECKING:
    from installer.aws.clients import Aws

LEASE = timedelta(minutes=15)
SETTLE_SECONDS = 2.0
_LEASE_TEXT = re.compile(r"(?P<nonce>[0-9a-f]{32}) (?P<ends>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (?P<owner>.+)")
_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9 _.:/=+@-]")


@dataclass(frozen=True)
class Lease:
    """Who works on the installation, until when (AWS's time). `nonce` tells two of the same owner apart."""

    nonce: str
    ends: datetime
    owner: str

    def to_tag(self) -> str:
        """At most 256 of the characters that IAM allows in a tag's value."""
        return f"{self.nonce} {self.ends:%Y-%m-%dT%H:%M:%SZ} {self.owner}"[:256]

    @classmethod
    def from_tag(cls, value: str) -> "Lease | None":
        """None for a value that is not ours: it then binds nobody."""
        match = _LEASE_TEXT.fullmatch(value)
        if match is None:
            return None
        try:
            ends = datetime.strptime(match["ends"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(match["nonce"], ends, match["owner"])


def this_workstation() -> str:
    """A person at a computer, in characters that a tag may hold."""
    try:
        person = getpass.getuser()
    except (KeyError, OSError):
        person = "somebody"
    return _NOT_IN_TAGS.sub("-", f"{person}@{platform.node() or 'a computer'}")[:120]


class AccountLease:
    """The tag on the operator boundary. `renew` at least every few minutes, and before each write that must not be
    doubled.
    """

    def __init__(
        self,
        aws: "Aws",
        policy_arn: str,
        *,
        owner: str | None = None,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._aws = aws
        self._policy_arn = policy_arn
        self._owner = owner or this_workstation()
        self._nonce = nonce()
        self._settle_seconds = settle_seconds
        self._written: datetime | None = None

    @property
    def held(self) -> bool:
        return self._written is not None

    def go_on_from(self, memory: Path) -> None:
        """Make the lease ours that a command left which was killed here; leave our own in `memory` for the next.

        Only for the holder of the lock file: it alone knows that no such command runs any more. A memory that came here
        with a copied home is of another owner or place, and binds nobody.
        """
        here = {"owner": self._owner, "file": str(memory.resolve())}
        with suppress(OSError, ValueError, TypeError, KeyError):
            left = json.loads(memory.read_bytes())
            if {key: left[key] for key in here} == here:
                self._nonce = str(left["nonce"])
        write_whole(memory, json.dumps({"nonce": self._nonce, **here}).encode())

    def acquire(self, ctx: Context) -> bool:
        """Take the lease; false if there is no boundary to tag. Raises `ChangedMeanwhile` if somebody else has it."""
        try:
            there = self._read(ctx)
            if there is not None and there.nonce != self._nonce and there.ends > self._aws.clock.now():
                raise _somebody_else(there)
            self._write(ctx)
            ctx.sleep(self._settle_seconds)
            self._confirm(ctx)
        except NotFound:
            self._written = None
            return False
        return True

    def renew(self, ctx: Context) -> None:
        """Make sure that it is still ours, and write a new end when half of it is over.

        Takes it if it was not held because the boundary did not exist yet. Raises `ChangedMeanwhile` if it was lost.
        """
        if self._written is None:
            self.acquire(ctx)
            return
        try:
            self._confirm(ctx)
            if self._aws.clock.now() >= self._written + LEASE / 2:
                self._write(ctx)
        except NotFound:
            self._written = None

    def release(self, ctx: Context) -> bool:
        """Give it back, if it is still ours; whether nothing of it is left. Where that fails it ends by itself, and the
        person is told.
        """
        if self._written is None:
            return True
        self._written = None
        try:
            there = self._read(ctx)
            if there is not None and there.nonce == self._nonce:
                self._aws.call(ctx, "iam:UntagPolicy", PolicyArn=self._policy_arn, TagKeys=[TAG_LOCK])
        except NotFound:
            return True
        except AwsError as error:
            minutes = int(LEASE.total_seconds() // 60)
            ctx.report(
                Notice(
                    f"The lock could not be given back ({error.message}) It ends by itself within {minutes} minutes."
                )
            )
            return False
        return True

    def _confirm(self, ctx: Context) -> None:
        there = self._read(ctx)
        if there is None or there.nonce != self._nonce:
            self._written = None
            raise _somebody_else(there)

    def _read(self, ctx: Context) -> Lease | None:
        marker: dict[str, str] = {}
        while True:
            reply = self._aws.call(ctx, "iam:ListPolicyTags", PolicyArn=self._policy_arn, **marker)
            for tag in reply["Tags"]:
                if tag["Key"] == TAG_LOCK:
                    return Lease.from_tag(tag["Value"])
            if not reply.get("IsTruncated"):
                return None
            marker = {"Marker": reply["Marker"]}

    def _write(self, ctx: Context) -> None:
        now = self._aws.clock.now()
        tag = {"Key": TAG_LOCK, "Value": Lease(self._nonce, now + LEASE, self._owner).to_tag()}
        # Before the call: if its reply is lost, the tag may be there all the same and is to be given back.
        self._written = now
        self._aws.call(ctx, "iam:TagPolicy", PolicyArn=self._policy_arn, Tags=[tag])


class InstallationLock:
    """Both locks of one installation.

    `path` is the lock file (`ProfileStore.lock_path`). Without `lease` nothing between computers is held. With `insist`
    false a lease that cannot be had is told and stops nothing: for taking access away, which only ever narrows and must
    not wait for a computer that is gone.
    """

    def __init__(
        self, path: Path, lease: AccountLease | None = None, *, name: str = "the installation", insist: bool = True
    ) -> None:
        self._path = path
        self._lease = lease
        self._name = name
        self._insist = insist

    @contextmanager
    def hold(self, ctx: Context) -> Iterator["InstallationLock"]:
        """Hold both for the time of the block; raise `ChangedMeanwhile` at once if somebody else does."""
        with local_lock(self._path, self._name):
            lease = self._lease
            if lease is None:
                yield self
                return
            memory = self._path.with_name(f"{self._path.name}.lease")
            lease.go_on_from(memory)
            # What was begun is given back even when the person cancels: on a context that is not cancelled.
            giving_back = Context(report=ctx.report, pace=ctx.pace)
            try:
                self._have(ctx, lease.acquire)
                yield self
            finally:
                if lease.release(giving_back):
                    memory.unlink(missing_ok=True)

    def renew(self, ctx: Context) -> None:
        """Call between steps: keeps the lease, takes it once there is a boundary, and notices when it was lost."""
        if self._lease is not None:
            self._have(ctx, self._lease.renew)

    def _have(self, ctx: Context, get: Callable[[Context], object]) -> None:
        try:
            get(ctx)
        except (ChangedMeanwhile, PermissionMissing) as error:
            if self._insist:
                raise
            ctx.report(Notice(f"{error.message} Access is taken away all the same."))
            self._lease = None


@contextmanager
def local_lock(path: Path, name: str = "the installation") -> Iterator[None]:
    """The lock file, not waited for. It holds between programs, and between windows of this one."""
    from filelock import FileLock, Timeout

    private_folder(path.parent)
    lock = FileLock(path, blocking=False, thread_local=False, mode=0o600, is_singleton=False)
    owner_file = path.with_name(f"{path.name}.owner")
    try:
        lock.acquire()
    except Timeout as error:
        raise ChangedMeanwhile(
            f"Another window or command on this computer is working on {name}.",
            fix="Let it finish, or close it.",
            details=_owner(owner_file),
        ) from error
    try:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        write_whole(owner_file, json.dumps({"pid": str(os.getpid()), "started": started}).encode())
        yield
    finally:
        owner_file.unlink(missing_ok=True)
        lock.release()


def _owner(path: Path) -> dict[str, str]:
    """Who holds the lock file, as far as it can be told: it is a help, and may be gone at any moment."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads(path.read_bytes())
        return {"pid": str(told["pid"]), "started": str(told["started"])}
    return {}


def _somebody_else(lease: Lease | None) -> ChangedMeanwhile:
    if lease is None:
        return ChangedMeanwhile(
            "Somebody has taken away the lock under which this installation was being worked on.",
            fix="Look at its state, then go on.",
        )
    return ChangedMeanwhile(
        f"{lease.owner} is working on this installation.",
        fix=f"Wait until it has finished, at the latest until {lease.ends:%H:%M} UTC, then try again.",
        details={"owner": lease.owner, "until": lease.ends.isoformat()},
    )
