"""What the pages ask of the engine. The one place of the window that puts the engine's parts together.

Every method is work for `ui.tasks`: it is called in a thread of its own with a `Context`, and may take as long as AWS
takes. What a method needs is imported inside it, so that the first picture does not wait for it.

What comes back is in `desk_results.py`, who is signed in in `sign_ins.py`, where the person was in `recalling.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from installer.context import Context
from installer.errors import HouseguestError, ProfileError
from installer.flow import Step
from ui.sign_ins import SignIns
from ui.visit import Visit

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from installer.answers import Answers, Permissions, Wishes
    from installer.installation import Installation
    from installer.manage.status import Status
    from installer.policy.document import Document
    from installer.policy.what_if import Workbench
    from installer.profiles import ProfileStore, Scan
    from installer.steps import Finding
    from installer.steps.connect import Created
    from installer.steps.network import Survey
    from installer.tools import Tools
    from installer.workstation import Workstation
    from ui.desk_results import Choice, Plan, Recalled, SignedIn, TakenBack

DEFAULT_PRESET = "guarded"


class Desk:
    """Remembers who is signed in, between the pieces of work."""

    def __init__(self, root: Path | None = None, sign_ins: SignIns | None = None) -> None:
        self._sign_ins = sign_ins or SignIns(root)

    @property
    def store(self) -> ProfileStore:
        return self._sign_ins.store

    # The journey

    def open_invitation(
        self, ctx: Context, source: str, accept_key: str | None = None, *, wishes: Wishes | None = None
    ) -> Visit:
        """Read and verify; `wishes` are of before, where it is opened again.

        Raises `UnknownVendorKey` where the person must first compare the key's fingerprint.
        """
        from installer.answers import Answers, Wishes
        from ui.recalling import path_of_file

        ctx.check()
        verified = self._sign_ins.new(None).invitation(source, accept_key)
        if wishes is None:
            wishes = Wishes(name=suggested_name(verified.invitation.product.name), preset=DEFAULT_PRESET)
        return Visit(
            answers=Answers(verified.invitation, wishes), verified=verified, invitation_path=path_of_file(source)
        )

    def aws_profiles(self, ctx: Context) -> tuple[str, ...]:
        """Names of the AWS profiles on this computer."""
        from installer.aws.sign_in.profile import profiles

        ctx.check()
        return profiles()

    def who_is(self, ctx: Context, visit: Visit, profile: str | None) -> SignedIn:
        """Sign in by a profile, to see who that is. Raises `WrongAccount` where only another account will do."""
        from installer.steps import sign_in
        from ui.desk_results import SignedIn

        station = self._sign_ins.new(profile)
        if visit.bound_to is not None:
            station.keep_to(ctx, visit.bound_to)
        answers = replace(visit.settled, account=None)
        tools = self._looking(station, answers)
        answers = sign_in.run(answers, tools, ctx)
        if answers.account is None:
            raise AssertionError("signing in settles the account")
        return SignedIn(profile, answers.account, sign_in.check(answers, tools, ctx))

    def sign_in(self, ctx: Context, visit: Visit, profile: str | None, name: str) -> Visit:
        """Settle the account, under the name that the installation shall have."""
        from installer import journey
        from installer.names import check_name
        from installer.opening import begin

        if visit.verified is None or visit.bound_to is not None:
            return self.sign_in_again(ctx, visit, profile)
        before = visit.settled
        wishes = replace(before.wishes, name=check_name(name))
        station = self._sign_ins.new(profile)
        installation = begin(ctx, station, visit.verified, wishes)
        self._sign_ins.keep(profile, installation.answers.names.account_id, station)
        answers = journey.outset(installation)
        if before.account is not None and before.names == answers.names:
            answers = replace(answers, permissions=before.permissions)
        return replace(visit, answers=answers, installation=installation, aws_profile=profile, sign_in_due=False)

    def sign_in_again(self, ctx: Context, visit: Visit, profile: str | None) -> Visit:
        """A saved installation goes on: in its own account only, perhaps as somebody else."""
        from installer.steps import sign_in

        station = self._sign_ins.again(ctx, profile, visit.standing.answers.names.account_id)
        answers = sign_in.run(visit.settled, self._looking(station, visit.settled), ctx)
        return replace(visit, answers=answers, aws_profile=profile, sign_in_due=False)

    def choices(self, ctx: Context, visit: Visit) -> tuple[Choice, ...]:
        """The presets side by side."""
        from installer.policy.presets import Preset

        presets = [preset for preset in Preset if preset is not Preset.OWN]
        return tuple(self.choice(ctx, visit, preset.value, None) for preset in presets)

    def own_choice(self, ctx: Context, visit: Visit, text: str) -> Choice:
        """The person's own boundary, as JSON. Raises `BoundaryError` where it is not a policy document."""
        from installer.policy.document import Document
        from installer.policy.presets import Preset

        return self.choice(ctx, visit, Preset.OWN.value, Document.from_json(text))

    def workbench(self, ctx: Context, visit: Visit) -> Workbench:
        """What every limit can be asked: what the vendor needs, and what one may fear. Its template is fetched."""
        from installer.policy.what_if import workbench
        from installer.steps.permissions import granted

        station, answers = self._signed_in(ctx, visit), visit.settled
        grant = granted(answers, self._looking(station, answers), station.paced(ctx))
        return workbench(answers.invitation, answers.names, grant)

    def own_words(self) -> tuple[str, str]:
        """Title and sentence of a boundary that nobody has brought yet."""
        from installer.policy.presets import Preset
        from installer.policy.words import summary

        return summary(Preset.OWN)

    def choice_made(self, ctx: Context, visit: Visit) -> Choice | None:
        """The choice with its documents as they were settled; None where none is settled yet."""
        ctx.check()
        made, wishes = visit.settled.permissions, visit.settled.wishes
        return self._in_words(visit.settled, made, wishes.own_boundary) if made is not None else None

    def trust_findings(self, ctx: Context, visit: Visit) -> tuple[Finding, ...]:
        """What there is to know of whom the role would trust; nothing in AWS is read."""
        from installer.steps import invitation

        return invitation.check(visit.settled, self._without_aws(visit.settled), ctx)

    def choice(self, ctx: Context, visit: Visit, preset: str, own: Document | None) -> Choice:
        """A preset with its documents; `own` is the person's, for the preset that is their own."""
        from installer.policy.presets import Preset
        from installer.policy.words import summary
        from installer.steps import permissions
        from ui.desk_results import Choice

        ctx.check()
        answers = replace(visit.settled, wishes=replace(visit.settled.wishes, preset=preset, own_boundary=own))
        tools = self._without_aws(answers)
        try:
            made = permissions.run(answers, tools, ctx).permissions
        except HouseguestError as error:
            title, sentence = summary(Preset(preset))
            characters, budget = (int(error.details.get(name, "0")) for name in ("characters", "budget"))
            return Choice(
                preset, title, sentence, problem=error, own_boundary=own, characters=characters, budget=budget
            )
        if made is None:
            raise AssertionError("the step settles the permissions")
        return replace(self._in_words(answers, made, own), findings=permissions.check(answers, tools, ctx))

    def _in_words(self, answers: Answers, made: Permissions, own: Document | None) -> Choice:
        from installer.policy.boundary import BUDGET
        from installer.policy.presets import Preset
        from installer.policy.words import explained, summary
        from ui.desk_results import Choice

        title, sentence = summary(Preset(made.preset))
        operator = answers.invitation.vendor.operator
        return Choice(
            made.preset,
            title,
            sentence,
            permissions=made,
            said=explained(made.operator_boundary, answers.names, operator),
            said_of_workloads=explained(made.workload_boundary, answers.names, operator),
            own_boundary=own,
            characters=made.operator_boundary.size,
            budget=BUDGET,
        )

    def plan(self, ctx: Context, visit: Visit) -> Plan:
        """What Connect would make, and everything that speaks against it; nothing is written."""
        from installer.steps import connect, permissions, sign_in
        from ui.desk_results import Plan

        station = self._signed_in(ctx, visit)
        answers, ctx = visit.settled, station.paced(ctx)
        tools = self._looking(station, answers)
        findings = [found for step in (sign_in, permissions, connect) for found in step.check(answers, tools, ctx)]
        return Plan(connect.what_is_created(answers), tuple(findings))

    def created(self, visit: Visit) -> tuple[Created, ...]:
        """What Connect makes, or made. Quick: nothing is read."""
        from installer.steps.connect import what_is_created

        return what_is_created(visit.settled)

    def connect(self, ctx: Context, visit: Visit) -> Visit:
        """Create the stacks, hand the role over, have it proved. Safe to repeat after an interruption."""
        return self._carry_on(ctx, visit, until=Step.NETWORK)

    def survey(self, ctx: Context, visit: Visit) -> Survey:
        """What every region uses, as far as it may be read."""
        from installer.steps import network

        station = self._signed_in(ctx, visit)
        return network.survey(visit.settled, self._looking(station, visit.settled), station.paced(ctx))

    def settle_network(
        self,
        ctx: Context,
        visit: Visit,
        survey: Survey,
        region: str,
        block: IPv4Network,
        avoid: tuple[IPv4Network, ...] = (),
    ) -> Visit:
        """Raises `NetworkError` where region or block cannot be used."""
        ctx.check()
        wishes = replace(visit.settled.wishes, region=region, cidr=block, avoid=avoid)
        answers = replace(visit.settled, wishes=wishes)
        return self._saved(visit, replace(answers, network=survey.settle(answers)))

    def findings(self, ctx: Context, visit: Visit) -> tuple[Finding, ...]:
        """Everything that any step has to say before Install, read afresh."""
        from installer import journey

        station = self._signed_in(ctx, visit)
        tools = self._looking(station, visit.settled)
        return tuple(journey.findings(visit.settled, tools, station.paced(ctx)))

    def settle_review(self, ctx: Context, visit: Visit, email: str | None) -> Visit:
        """The person has seen one page with everything."""
        from installer.steps import review

        answers = replace(visit.settled, wishes=replace(visit.settled.wishes, email=email or None))
        return replace(visit, answers=review.run(answers, self._looking(self._signed_in(ctx, visit), answers), ctx))

    def install(self, ctx: Context, visit: Visit) -> Visit:
        """Ask the vendor to install, and follow it to the end. Where it installs already, only follow."""
        return self._carry_on(ctx, visit, until=None)

    def _carry_on(self, ctx: Context, visit: Visit, *, until: Step | None) -> Visit:
        from installer.opening import carry_on

        station = self._signed_in(ctx, visit)
        installation, answers = carry_on(
            station.paced(ctx), station, visit.standing, visit.settled, visit.token, until=until
        )
        return replace(visit, installation=installation, answers=answers)

    def _saved(self, visit: Visit, answers: Answers) -> Visit:
        from installer import journey
        from installer.installation import state_of

        known = visit.standing
        kept = journey.keeping(answers, known.answers)
        installation = self.store.save(replace(known, answers=kept, state=state_of(answers)))
        return replace(visit, answers=answers, installation=installation)

    # Coming back

    def installations(self, ctx: Context) -> Scan:
        """All saved installations, and what could not be opened."""
        ctx.check()
        return self.store.scan()

    def reach(self, ctx: Context, installation: Installation, profile: str | None) -> None:
        """Sign in for work on a saved installation; raises `WrongAccount` where the profile is of another account."""
        self._sign_ins.again(ctx, profile, installation.answers.names.account_id)

    def status(self, ctx: Context, installation: Installation, profile: str | None, token: str | None = None) -> Status:
        """What AWS and the vendor answer now."""
        from installer.manage.status import status

        station = self._sign_ins.of(ctx, profile, installation.answers.names.account_id)
        ctx = station.paced(ctx)
        return status(installation.answers, station.tools(ctx, installation, token, vendor_needed=False), ctx)

    def removal_steps(self, installation: Installation) -> tuple[tuple[str, str], ...]:
        """Each step of a removal and what it does, with the real names. Quick: nothing is read."""
        from installer.manage.removal import explained

        return explained(installation.answers)

    def not_looked_at(self) -> tuple[str, ...]:
        """Ways that a removal neither stops nor looks for."""
        from installer.manage.removal import NOT_LOOKED_AT

        return NOT_LOOKED_AT

    def take_back(
        self, ctx: Context, installation: Installation, profile: str | None, token: str | None = None
    ) -> TakenBack:
        """Remove the vendor's access, and verify it. Safe to repeat after an interruption."""
        from installer.manage.taking_back import not_proven, take_back
        from ui.desk_results import TakenBack

        station = self._sign_ins.of(ctx, profile, installation.answers.names.account_id)
        done = take_back(station.paced(ctx), station, installation, token)
        saved = self.store.load(installation.name, installation.answers.names.account_id)
        return TakenBack(saved, done, not_proven(installation.name, done))

    def go_on_with(self, ctx: Context, installation: Installation, profile: str | None) -> Visit:
        """A journey that was interrupted, or, where it had ended, the same one anew: with all answers filled in."""
        from installer import journey
        from installer.installation import InstallationState

        self._sign_ins.of(ctx, profile, installation.answers.names.account_id)
        ended = (InstallationState.INSTALLED, InstallationState.REMOVING, InstallationState.REMOVED)
        if installation.state in ended:
            installation = replace(installation, state=InstallationState.PLANNED)
        return Visit(answers=journey.outset(installation), installation=installation, aws_profile=profile)

    def with_invitation(self, ctx: Context, visit: Visit, opened: Visit) -> Visit:
        """The visit goes on with an invitation that was opened again: of the same vendor, customer and account."""
        ctx.check()
        if opened.verified is None or visit.answers is None:
            return opened
        name, was, now = visit.answers.wishes.name, visit.answers.invitation, opened.verified.invitation
        account, invited = visit.answers.account, now.customer.aws_account_id
        problem = ""
        if (was.iss, was.customer.name) != (now.iss, now.customer.name):
            problem = (
                f"This invitation is from {now.vendor.name} for {now.customer.name}; {name} belongs to "
                f"{was.vendor.name} for {was.customer.name}."
            )
        elif account is not None and invited not in (None, account.account_id):
            problem = f"This invitation is for the account {invited}; {name} is in {account.account_id}."
        if problem:
            raise ProfileError(problem, fix="Open the invitation that this installation was made with.")
        return replace(visit, verified=opened.verified, invitation_path=opened.invitation_path)

    # Where the person was

    def remember(self, ctx: Context, visit: Visit) -> None:
        """So that a program that was killed opens where it was. Holds no secret."""
        from installer.drafts import DraftStore
        from ui.recalling import draft_of

        ctx.check()
        DraftStore(self.store.root).save(draft_of(visit))

    def forget(self, ctx: Context) -> None:
        """The journey has ended, or the person began another."""
        from installer.drafts import DraftStore

        ctx.check()
        DraftStore(self.store.root).clear()

    def recall(self, ctx: Context) -> Recalled:
        """The visit that was left, as far as it can be taken up without asking."""
        from installer.drafts import DraftStore
        from ui.desk_results import Recalled
        from ui.recalling import Recall

        ctx.check()
        drafts = DraftStore(self.store.root)
        draft = drafts.load()
        return Recall(self, draft).recalled(ctx) if draft is not None else Recalled(problem=drafts.problem)

    # Parts

    def _signed_in(self, ctx: Context, visit: Visit) -> Workstation:
        return self._sign_ins.of(ctx, visit.aws_profile, visit.settled.names.account_id)

    def _without_aws(self, answers: Answers) -> Tools:
        """For work that reaches nothing: nobody needs to be signed in."""
        return self._looking(self._sign_ins.new(None), answers)

    def _looking(self, station: Workstation, answers: Answers) -> Tools:
        """For work that writes nothing: a journal is only a name until something is written."""
        from installer.journal import Journal

        return station.looking(answers, Journal(self.store.root / "looking.jsonl"))


def suggested_name(product: str) -> str:
    """A name for the installation, made of the product's: `PopSQL 7` gives `popsql-7`."""
    plain = re.sub(r"[^a-z0-9]+", "-", product.lower()).strip("-")
    name = plain[:20].rstrip("-")
    return name if len(name) > 1 and name[0].isalpha() else "product"
