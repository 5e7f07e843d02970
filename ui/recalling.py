"""Where the person was, when the window is opened again: what of it still holds, and why the rest does not.

How it is kept on disk is in `installer/drafts.py` and, from the first commit on, in `installer/profiles.py`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from installer.context import Context
from installer.errors import Cancelled, HouseguestError, ProfileError
from installer.flow import Step, next_step
from ui.desk_results import Recalled
from ui.visit import Visit

if TYPE_CHECKING:
    from installer.answers import Wishes
    from installer.drafts import Draft
    from installer.installation import Installation
    from installer.invitation import VerifiedInvitation
    from ui.desk import Desk

_BEFORE_COMMIT = frozenset({Step.INVITATION, Step.SIGN_IN, Step.PERMISSIONS, Step.CONNECT})


class Recall:
    """Takes up, by the desk, the visit that a draft describes."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        self._desk, self._draft = desk, draft

    def recalled(self, ctx: Context) -> Recalled:
        """Raises nothing but `Cancelled`: what stands in the way is told."""
        if self._draft.installation is None:
            begun = self._begun()
            return self._unsaved(ctx) if begun is None else self._saved(ctx, begun)
        try:
            saved = self._desk.store.load(*self._draft.installation)
        except ProfileError as problem:
            return Recalled(problem=problem)
        return self._saved(ctx, saved)

    def _begun(self) -> Installation | None:
        """The program was killed while it connected: what the draft wished is a saved installation by now."""
        from installer.installation import InstallationState

        wishes, step = self._draft.wishes, self._draft.step
        under_way = (InstallationState.CONNECTING, InstallationState.CONNECTED)
        if wishes is None or step is not Step.CONNECT:
            return None
        found = [one for one in self._desk.store.list() if one.answers.wishes == wishes and one.state in under_way]
        return found[0] if len(found) == 1 else None

    def _unsaved(self, ctx: Context) -> Recalled:
        draft = self._draft
        if draft.wishes is None:
            return Recalled()
        kept = Visit(invitation_path=draft.invitation_path, aws_profile=draft.aws_profile, kept_wishes=draft.wishes)
        if draft.invitation_path is None:  # a link or a pasted text opens something, and was not kept
            return Recalled(kept, step=Step.INVITATION)
        try:
            opened = self._desk.open_invitation(ctx, draft.invitation_path, wishes=draft.wishes)
        except Cancelled:
            raise
        except HouseguestError as problem:
            return Recalled(kept, problem, Step.INVITATION)
        if draft.step is Step.INVITATION or draft.step is Step.SIGN_IN:
            return Recalled(replace(opened, aws_profile=draft.aws_profile))
        try:
            return Recalled(self._as_far_as_before(ctx, opened, draft.wishes))
        except Cancelled:
            raise
        except HouseguestError as problem:
            return Recalled(replace(opened, aws_profile=draft.aws_profile), problem, Step.SIGN_IN)

    def _as_far_as_before(self, ctx: Context, opened: Visit, wishes: Wishes) -> Visit:
        visit = self._desk.sign_in(ctx, opened, self._draft.aws_profile, wishes.name)
        return self._with_permissions(ctx, visit)

    def _with_permissions(self, ctx: Context, visit: Visit) -> Visit:
        """Making the documents of a choice again needs nobody. Where they cannot be made any more, that is a page's."""
        if self._draft.step is not Step.CONNECT or visit.settled.permissions is not None:
            return visit
        wishes = visit.settled.wishes
        choice = self._desk.choice(ctx, visit, wishes.preset, wishes.own_boundary)
        return replace(visit, answers=replace(visit.settled, permissions=choice.permissions))

    def _saved(self, ctx: Context, saved: Installation) -> Recalled:
        from installer import journey
        from installer.installation import InstallationState

        draft = self._draft
        over = saved.state in (InstallationState.REMOVING, InstallationState.REMOVED)
        if draft.step in _BEFORE_COMMIT and (over or saved.state is InstallationState.INSTALLED):
            saved = replace(saved, state=InstallationState.PLANNED)  # it was begun anew
        elif over:
            return Recalled()
        answers = journey.outset(saved)
        if draft.wishes is not None and _may_take(draft.wishes, saved):
            answers = replace(answers, wishes=draft.wishes)
        visit = Visit(
            answers=answers,
            installation=saved,
            verified=self._verified(ctx, saved),
            invitation_path=draft.invitation_path,
            aws_profile=draft.aws_profile,
            sign_in_due=True,
        )
        visit = self._with_permissions(ctx, visit)
        try:
            return Recalled(self._desk.sign_in_again(ctx, visit, draft.aws_profile))
        except Cancelled:
            raise
        except HouseguestError as problem:
            return Recalled(visit, problem, Step.SIGN_IN)

    def _verified(self, ctx: Context, saved: Installation) -> VerifiedInvitation | None:
        """The invitation, if its file is still there and still good. A saved installation goes on without it."""
        if self._draft.invitation_path is None:
            return None
        try:
            opened = self._desk.open_invitation(ctx, self._draft.invitation_path)
            return self._desk.with_invitation(ctx, Visit(answers=saved.answers), opened).verified
        except Cancelled:
            raise
        except HouseguestError:
            return None


def _may_take(wishes: Wishes, saved: Installation) -> bool:
    """Before a commit, wishes are free; after it, only what is asked for later may differ from what was saved."""
    from installer.installation import InstallationState

    was = saved.answers.wishes
    if saved.state is InstallationState.PLANNED:
        return wishes.name == was.name
    return replace(wishes, region=was.region, cidr=was.cidr, avoid=was.avoid, email=was.email) == was


def draft_of(visit: Visit) -> Draft:
    """What is kept of a visit: no secret, and no invitation, which opens something."""
    from installer.drafts import Draft
    from installer.installation import InstallationState

    known = visit.installation
    # With an invitation, a journey that has not committed begins anew whatever is saved under its name.
    saved = known is not None and (known.state is not InstallationState.PLANNED or visit.verified is None)
    return Draft(
        wishes=visit.answers.wishes if visit.answers is not None else visit.kept_wishes,
        invitation_path=visit.invitation_path,
        aws_profile=visit.aws_profile,
        installation=(known.name, known.answers.names.account_id) if known is not None and saved else None,
        step=next_step(visit.answers),
    )


def path_of_file(source: str) -> str | None:
    """Where the invitation is a file: links and pasted text open the vendor's door, and are not remembered."""
    source = source.strip()
    if len(source) > 1024 or "\n" in source or source.startswith(("eyJ", "http:", "https:", "houseguest:")):
        return None
    path = Path(source).expanduser()
    return str(path.absolute()) if path.is_file() else None
