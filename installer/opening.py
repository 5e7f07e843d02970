"""How an installation begins, and how it is carried on: for every front end the same. What its steps do is in `steps/`,
their order in `flow.py`; taking the access back is `manage/taking_back.py`."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from installer import journey
from installer.answers import Answers, Wishes
from installer.aws import stacks
from installer.context import Context
from installer.errors import ProfileError
from installer.flow import Step
from installer.installation import Installation, InstallationState, state_of
from installer.invitation import VerifiedInvitation
from installer.journal import Journal
from installer.lock import InstallationLock
from installer.steps import sign_in
from installer.tools import Tools
from installer.workstation import Workstation

# In these states the profile says that no stack was made, or that all of them were taken back.
_WITHOUT_STACKS = (InstallationState.PLANNED, InstallationState.REMOVED)


def begin(ctx: Context, station: Workstation, verified: VerifiedInvitation, wishes: Wishes) -> Installation:
    """Signed in: a new installation, or the one of that name in this account with new wishes. What exists is found
    again, and stays known until it is. Nothing is saved yet."""
    answers = Answers(verified.invitation, wishes)
    now = datetime.now(UTC)
    with TemporaryDirectory() as nowhere:  # signing in writes nothing
        tools = station.looking(answers, Journal(Path(nowhere) / "journal.jsonl"))
        answers = sign_in.run(answers, tools, ctx)
    station.keep_to(ctx, answers.names.account_id)
    known = next((one for one in station.store.list() if _is_same(one.answers, answers)), None)
    if known is not None:
        _refuse_another(ctx, station, known, answers)
    if known is None or known.answers.names != answers.names:
        return Installation(str(uuid.uuid4()), answers, InstallationState.PLANNED, now, now, verified.key_fingerprint)
    answers = journey.keeping(answers, known.answers)
    return replace(known, answers=answers, state=InstallationState.PLANNED, key_fingerprint=verified.key_fingerprint)


def resume(ctx: Context, station: Workstation, name: str, account_id: str | None) -> Installation:
    """A saved installation, in its own account, to be carried on from where it stopped."""
    installation = station.store.load(name, account_id)
    station.keep_to(ctx, installation.answers.names.account_id)
    if installation.state in (InstallationState.REMOVING, InstallationState.REMOVED):
        raise ProfileError(
            f"{name} is {installation.state}.",
            fix=f"Finish removing it (`houseguest remove {name}`), or install it again with its invitation.",
        )
    return installation


def carry_on(
    ctx: Context,
    station: Workstation,
    installation: Installation,
    answers: Answers,
    invitation_token: str | None,
    *,
    until: Step | None = None,
) -> tuple[Installation, Answers]:
    """Save, and run every step that is not settled, up to and without `until`; save what each settled.

    Gives the installation as it is saved, and the answers of this journey. Raises what a step raised: safe to repeat
    with the same arguments after that, and after a kill.
    """
    under_way = UnderWay(ctx, station, installation)
    with under_way.locked():
        answers = under_way.walk(answers, station.tools(ctx, installation, invitation_token), until=until)
    return under_way.installation, answers


class UnderWay:
    """An installation that is being made: walked under its lock, and saved after each step.

    `installation` is what is saved of it by now, or what it was at first where nothing has been saved.
    """

    def __init__(self, ctx: Context, station: Workstation, installation: Installation) -> None:
        self.installation = installation
        self._ctx = ctx
        self._station = station
        self._known = installation.answers
        self._lock: InstallationLock | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else works on it; what an earlier attempt has saved of it is known."""
        with self._station.locked(self._ctx, self.installation) as lock:
            self._known = self._station.store.latest(self.installation).answers
            self._lock = lock
            yield

    def walk(self, answers: Answers, tools: Tools, *, until: Step | None = None) -> Answers:
        """As `journey.walk`, with everything saved that is settled, also before the first step."""
        self._save(answers)
        return journey.walk(answers, tools, self._ctx, save=self._save, until=until)

    def _save(self, answers: Answers) -> None:
        if self._lock is None:
            raise ValueError("saved without the lock")
        self._known = journey.keeping(answers, self._known)
        changed = replace(self.installation, answers=self._known, state=state_of(answers))
        self.installation = self._station.store.save(changed)
        self._lock.renew(self._ctx)


def _is_same(one: Answers, other: Answers) -> bool:
    """Of the same name, in the same account."""
    return (one.wishes.name, one.names.account_id) == (other.wishes.name, other.names.account_id)


def _refuse_another(ctx: Context, station: Workstation, known: Installation, answers: Answers) -> None:
    """Raise `ProfileError` for what a standing installation cannot become: another vendor's, or one in another place.

    With the new place saved, a removal would look there only, and what stands would be out of its sight.
    """
    was, name = known.answers, known.name
    if was.names == answers.names and was.invitation.iss != answers.invitation.iss:
        raise ProfileError(f"{name} is an installation of {was.invitation.vendor.name}.", fix="Choose another name.")
    region, role_path = was.wishes.stack_region, was.names.role_path
    moved = (region, role_path) != (answers.wishes.stack_region, answers.names.role_path)
    if not moved or (known.state in _WITHOUT_STACKS and not _stacks_left(ctx, station, was)):
        return
    if region != answers.wishes.stack_region:
        raise ProfileError(
            f"{name} exists already, and its stacks are in {region}.",
            fix=f"Keep them there (--stack-region {region}), or choose another name.",
        )
    raise ProfileError(
        f"{name} exists already, and its role is under the path {role_path}, not {answers.names.role_path}.",
        fix="Choose another name.",
    )


def _stacks_left(ctx: Context, station: Workstation, answers: Answers) -> bool:
    """Whether something stands even so: a removal keeps the boundaries of a product that runs on."""
    names, region = answers.names, answers.wishes.stack_region
    found = (stacks.describe(station.aws, ctx, name, region) for name in (names.access_stack, names.role_stack))
    return any(stack is not None and stack.exists for stack in found)
