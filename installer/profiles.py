"""The saved installations of this user, so that every Manage command works weeks later and a reinstall finds its
answers.

    <root>/installations/<account id>.<name>/profile.json    what was chosen and what came of it; no secret
                                             journal.jsonl   the writes (journal.py)
                                             lock            held while somebody works on it (lock.py)

`profile.json` has the shape of `answers.py`, with the verified claims of the invitation instead of its token. A
profile that is damaged is set aside under another name, never deleted and never in the way of the others.
"""

import hashlib
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, StringConstraints, ValidationError

from installer.answers import Answers
from installer.errors import BoundaryError, ChangedMeanwhile, ProfileError
from installer.files import one_at_a_time, private_folder, sync_folder, write_whole
from installer.installation import Installation, InstallationState
from installer.journal import Journal
from installer.outside import OutsideModel, first_problem
from installer.policy.document import Document

VERSION = 1
_MAX_BYTES = 8 * 1024 * 1024


def _documents_hold(answers: Answers) -> Answers:
    """Policy documents from a file pass the same check as those from anywhere else."""
    permissions = answers.permissions
    held = (permissions.operator_boundary, permissions.workload_boundary) if permissions else ()
    try:
        for document in (*held, answers.wishes.own_boundary):
            if document is not None:
                Document.from_object(document.to_object())
    except BoundaryError as error:
        raise ValueError(error.message) from error
    return answers


class _Damaged(Exception):
    """A profile that no version of the program wrote like this. The message says what is wrong."""


class _Head(OutsideModel):
    version: int


class _Profile(OutsideModel):
    version: Literal[1] = 1
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}\z")]
    state: InstallationState
    key_fingerprint: str
    created: AwareDatetime
    updated: AwareDatetime
    answers: Annotated[Answers, AfterValidator(_documents_hold)]

    @classmethod
    def of(cls, installation: Installation) -> "_Profile":
        return cls(
            id=installation.id,
            state=installation.state,
            key_fingerprint=installation.key_fingerprint,
            created=installation.created,
            updated=installation.updated,
            answers=installation.answers,
        )

    def installation(self) -> Installation:
        return Installation(self.id, self.answers, self.state, self.created, self.updated, self.key_fingerprint)


@dataclass(frozen=True)
class Scan:
    """All that is saved: what opens, and why the rest does not."""

    installations: tuple[Installation, ...]
    problems: tuple[ProfileError, ...]


class ProfileStore:
    """Reads and writes profiles. Two programs may use one store: neither overwrites what it has not seen."""

    def __init__(self, root: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.root = root
        self._now = now
        self._installations = root / "installations"
        self._seen: dict[Path, str] = {}

    def folder(self, installation: Installation) -> Path:
        """Where everything of an installation is. It is known only after sign-in, because the account is a part of
        its name.
        """
        names = installation.answers.names
        return self._installations / f"{names.account_id}.{names.installation}"

    def journal(self, installation: Installation) -> Journal:
        return Journal(private_folder(self.folder(installation)) / "journal.jsonl", now=self._now)

    def lock_path(self, installation: Installation) -> Path:
        return self.folder(installation) / "lock"

    def save(self, installation: Installation) -> Installation:
        """Put it on disk; return it as saved, with its new time of change.

        Raises `ChangedMeanwhile` if another program saved it since this store last read it, `ProfileError` if another
        installation has its name.
        """
        path = self.folder(installation) / "profile.json"
        saved = replace(installation, updated=self._now())
        data = _Profile.of(saved).model_dump_json(by_alias=True, indent=2).encode()
        with self._alone():
            self._may_replace(path, installation)
            for left in path.parent.glob(f".{path.name}.*.new"):
                left.unlink()  # a program was killed while it wrote this; under the store's lock nobody else writes
            write_whole(path, data)
            self._seen[path] = _digest(data)
        return saved

    def latest(self, installation: Installation) -> Installation:
        """The same as it was saved last: an attempt that failed may have saved more than its caller knows.

        Raises `ChangedMeanwhile` as `save` does. Itself, where nothing of it can be read.
        """
        path = self.folder(installation) / "profile.json"
        there = _read(path)
        try:
            stored = self._parsed(path, there) if there is not None else None
        except _Damaged:
            stored = None
        if there is None or stored is None or stored.id != installation.id:
            return installation
        self._insist_on_having_seen(path, there)
        return stored

    def _may_replace(self, path: Path, installation: Installation) -> None:
        there = _read(path)
        if there is None:
            return
        try:
            stored = self._parsed(path, there)
        except _Damaged:
            self._set_aside(path)
            return
        if stored.id == installation.id:
            self._insist_on_having_seen(path, there)
        elif stored.state is not InstallationState.REMOVED:
            raise ProfileError(
                f"There is already an installation named {installation.name} in this account.",
                fix=f"Go on with it (--resume {installation.name}), remove it, or choose another name.",
            )

    def _insist_on_having_seen(self, path: Path, there: bytes) -> None:
        if self._seen.get(path) != _digest(there):
            raise ChangedMeanwhile(
                f"Another window or command has changed {_name(path)} in the meantime.",
                fix="Open the installation again and repeat what you did.",
            )

    def load(self, name: str, account_id: str | None = None) -> Installation:
        """The installation of that name; `account_id` is needed where several accounts have one."""
        found = [path for path in self._paths() if _name(path) == name]
        if account_id is not None:
            found = [path for path in found if _account_id(path) == account_id]
        if not found:
            where = f" in account {account_id}" if account_id else ""
            raise ProfileError(
                f"There is no saved installation named {name}{where}.",
                fix="`houseguest profiles list` shows those that are saved on this computer.",
            )
        if len(found) > 1:
            accounts = ", ".join(map(_account_id, found))
            raise ProfileError(
                f"Several accounts have an installation named {name}: {accounts}.",
                fix="Say which is meant with --account.",
            )
        installation = self._open(found[0])
        if installation is None:
            raise ProfileError(f"{name} was deleted just now.", fix="Look at the list again.")
        return installation

    def list(self) -> tuple[Installation, ...]:
        """All installations that can be opened, by name."""
        return self.scan().installations

    def scan(self) -> Scan:
        """As `list`, with the reason for each that cannot be opened."""
        installations, problems = [], []
        for path in self._paths():
            try:
                installation = self._open(path)
            except ProfileError as problem:
                problems.append(problem)
            else:
                installations += [installation] if installation else []
        return Scan(tuple(installations), tuple(problems))

    def delete(self, installation: Installation) -> None:
        """Forget it, with its journal. It changes nothing in AWS. Hold the installation's lock only until then."""
        folder = self.folder(installation)
        with self._alone():
            if not folder.exists():
                return
            doomed = folder.with_name(f".{folder.name}.deleted-{self._stamp()}")
            folder.rename(doomed)
            sync_folder(folder.parent)
            self._seen.pop(folder / "profile.json", None)
        shutil.rmtree(doomed)

    def _paths(self) -> tuple[Path, ...]:
        return tuple(sorted(self._installations.glob("[0-9]*.*/profile.json"), key=lambda path: path.parent.name))

    def _open(self, path: Path) -> Installation | None:
        """Reads need no lock, because a profile is replaced whole. To set one aside does: it may have been repaired."""
        try:
            return self._try_open(path)
        except _Damaged:
            pass
        with self._alone():
            try:
                return self._try_open(path)
            except _Damaged as damage:
                aside = self._set_aside(path)
                raise ProfileError(
                    f"The saved installation {_name(path)} is damaged and was set aside.",
                    fix="AWS is as it was: install again under the same name, and what exists is found and adopted.",
                    details={"file": str(aside), "problem": str(damage)},
                ) from damage

    def _try_open(self, path: Path) -> Installation | None:
        data = _read(path)
        if data is None:
            return None
        installation = self._parsed(path, data)
        self._seen[path] = _digest(data)
        return installation

    def _parsed(self, path: Path, data: bytes) -> Installation:
        try:
            version = _Head.model_validate_json(data).version
            if version > VERSION:
                raise ProfileError(
                    f"{_name(path)} was saved by a newer Houseguest.",
                    fix="Open it with that version, or install the newest one here.",
                    details={"file": str(path), "version": str(version)},
                )
            installation = _Profile.model_validate_json(data).installation()
            if self.folder(installation) != path.parent:
                raise ValueError("it belongs to another folder")
        except ValidationError as error:
            raise _Damaged(first_problem(error)) from error
        except ValueError as error:
            raise _Damaged(str(error)) from error
        return installation

    def _set_aside(self, path: Path) -> Path:
        aside = path.with_name(f"profile.damaged-{self._stamp()}.json")
        path.replace(aside)
        sync_folder(path.parent)
        return aside

    def _alone(self) -> AbstractContextManager[None]:
        return one_at_a_time(self.root / "store.lock")

    def _stamp(self) -> str:
        return f"{self._now():%Y%m%dT%H%M%S%f}"


def _account_id(path: Path) -> str:
    return path.parent.name.partition(".")[0]


def _name(path: Path) -> str:
    return path.parent.name.partition(".")[2]


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProfileError(
            f"{path} cannot be read: {error.strerror}.",
            fix="Check who may read this file.",
            details={"file": str(path)},
        ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
