"""Where the person was before anything was saved as an installation, so that a program that was killed opens there
again.

    <root>/draft.json     what was chosen, and where; no secret

There is one draft, because there is one window. What comes after the first commit is in `profiles.py`; the draft then
says only which installation it was. A draft is a convenience: one that cannot be read is as good as none, is kept for
support, and is never in the way.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints, ValidationError

from installer.answers import Wishes
from installer.errors import BoundaryError, ProfileError
from installer.files import one_at_a_time, sync_folder, write_whole
from installer.flow import Step
from installer.names import NAME_PATTERN
from installer.outside import AccountId, Label, OutsideModel, first_problem, is_plain
from installer.policy.document import Document

VERSION = 1
_MAX_BYTES = 1024 * 1024
_MAX_TEXT = 1024
_MAX_PATH = 4096


@dataclass(frozen=True)
class Draft:
    """What a new start needs to come back to `step`; None is what was not settled, and at `step` the end.

    invitation_path  the file that the invitation came from; a link or a token opens something, and is not kept
    aws_profile      the AWS profile that was signed in
    installation     the name and the account of the installation, once that is saved
    """

    wishes: Wishes | None = None
    invitation_path: str | None = None
    aws_profile: str | None = None
    installation: tuple[str, str] | None = None
    step: Step | None = None


class DraftStore:
    """Keeps the draft of one state folder."""

    def __init__(self, root: Path) -> None:
        self._path = root / "draft.json"
        self._lock = root / "store.lock"
        self.problem: ProfileError | None = None
        """Why the last `load` brought nothing, where there was something."""

    def load(self) -> Draft | None:
        """The draft that was kept. Raises nothing: `problem` says why one that is there could not be read."""
        self.problem = None
        try:
            with self._path.open("rb") as file:
                return _parsed(file.read(_MAX_BYTES + 1))
        except FileNotFoundError:
            return None
        except OSError as error:
            self.problem = self._failed("read", error)
        except _Newer as error:
            self.problem = ProfileError(
                "Where you were was saved by a newer Houseguest.",
                fix="Open it with that version, or begin again here.",
                details={"file": str(self._path), "version": str(error)},
            )
        except _Damaged as error:
            self.problem = self._set_aside(error)
        return None

    def save(self, draft: Draft) -> None:
        """Keep it, in place of the one before. Raises `ProfileError` where that is not possible."""
        try:
            data = _Draft.of(draft).model_dump_json(by_alias=True, indent=2).encode()
        except ValidationError as error:
            raise ProfileError(
                f"Where you are cannot be saved: {first_problem(error)}.",
                fix="Go on: only a new start would begin at the beginning.",
            ) from error
        try:
            with self._alone():
                for left in self._path.parent.glob(f".{self._path.name}.*.new"):
                    left.unlink()  # a program was killed while it wrote this
                write_whole(self._path, data)
        except OSError as error:
            raise self._failed("saved", error) from error

    def clear(self) -> None:
        """Forget it: the journey has ended, or another begins. Raises `ProfileError` where that is not possible."""
        try:
            if self._path.exists():
                with self._alone():
                    self._path.unlink(missing_ok=True)
                    sync_folder(self._path.parent)
        except OSError as error:
            raise self._failed("deleted", error) from error

    def _set_aside(self, damage: "_Damaged") -> ProfileError:
        aside = self._path.with_name("draft.damaged.json")
        try:
            with self._alone():
                self._path.replace(aside)
        except FileNotFoundError:
            pass  # another program did so
        except OSError as error:
            return self._failed("set aside", error)
        except ProfileError as error:
            return error
        return ProfileError(
            "Where you were cannot be read any more.",
            fix="Begin again. What is installed is not affected.",
            details={"file": str(aside), "problem": str(damage)},
        )

    def _failed(self, done: str, error: OSError) -> ProfileError:
        return ProfileError(
            f"{self._path} cannot be {done}: {error.strerror}.",
            fix="Check who may change this file, and whether the disk is full.",
            details={"file": str(self._path)},
        )

    def _alone(self) -> AbstractContextManager[None]:
        return one_at_a_time(self._lock)


class _Damaged(Exception):
    """No version of the program wrote it like this. The message says what is wrong."""


class _Newer(Exception):
    """A later version wrote it; the message is that version."""


def _wishes_hold(wishes: Wishes) -> Wishes:
    """What is read is shown, and written into policies: it passes the checks that it passed when it was typed."""
    texts = (wishes.name, wishes.preset, wishes.stack_region, wishes.region or "", wishes.email or "")
    if not all(is_plain(text) and len(text) <= _MAX_TEXT for text in texts):
        raise ValueError("must be short and without control characters")
    if wishes.own_boundary is not None:
        try:
            Document.from_object(wishes.own_boundary.to_object())
        except BoundaryError as error:
            raise ValueError(error.message) from error
    return wishes


def _is_file_path(text: str) -> str:
    if not Path(text).is_absolute() or not is_plain(text):
        raise ValueError("must be the whole path of a file")
    return text


def _is_name(text: str) -> str:
    if not NAME_PATTERN.fullmatch(text):
        raise ValueError("must be the name of an installation")
    return text


class _Head(OutsideModel):
    version: int


class _Draft(OutsideModel):
    version: Literal[1] = 1
    wishes: Annotated[Wishes, AfterValidator(_wishes_hold)] | None
    invitation_path: (
        Annotated[str, StringConstraints(min_length=1, max_length=_MAX_PATH), AfterValidator(_is_file_path)] | None
    )
    aws_profile: Label | None
    installation: tuple[Annotated[str, AfterValidator(_is_name)], AccountId] | None
    step: Step | None

    @classmethod
    def of(cls, draft: Draft) -> "_Draft":
        return cls(
            wishes=draft.wishes,
            invitation_path=_kept(draft.invitation_path),
            aws_profile=draft.aws_profile,
            installation=draft.installation,
            step=draft.step,
        )

    def draft(self) -> Draft:
        return Draft(self.wishes, self.invitation_path, self.aws_profile, self.installation, self.step)


def _kept(source: str | None) -> str | None:
    """The path of a file, whole; None for a link or a token, which are never the path of a file that is there."""
    try:
        path = Path(source).absolute() if source and Path(source).is_file() else None
    except (OSError, ValueError):
        return None
    return str(path) if path and is_plain(str(path)) and len(str(path)) <= _MAX_PATH else None


def _parsed(data: bytes) -> Draft:
    if len(data) > _MAX_BYTES:
        raise _Damaged("it is too long")
    try:
        version = _Head.model_validate_json(data).version
        if version > VERSION:
            raise _Newer(str(version))
        return _Draft.model_validate_json(data).draft()
    except ValidationError as error:
        raise _Damaged(first_problem(error)) from error
    except ValueError as error:  # a number too long to be written down
        raise _Damaged(str(error)) from error
