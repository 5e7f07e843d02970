"""Tightening after the install: propose, apply, take back, widen for an update.

What a boundary should say is composed in `policy/tightened.py`, what was made is read in `created.py`, and the one
writer is `policy/writer.py`. Everything hangs on the document that stands in AWS and on its earlier versions, so that a
program that was killed, or another computer, goes on from there: a boundary tells by its own Sids that it is tight, and
what it was before stands in the policy's earlier versions, else in the saved profile.

Changes are made under the installation's lock, and only to the document that the person was shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from installer import role_reading
from installer.answers import Answers
from installer.aws.roles import read_role
from installer.context import Context
from installer.errors import Blocked, BoundaryError, ChangedMeanwhile, HouseguestError, NotFinished, NotFound
from installer.events import Checked
from installer.evidence import Evidence, Source, State
from installer.installation import Installation
from installer.manage.created import Created, created
from installer.policy.boundary import Layer, OperatorBoundary
from installer.policy.document import Document, as_list
from installer.policy.tightened import Change, Made, Need, Phase, Proposal, loosened, phase_of, steady_state
from installer.policy.writer import earlier_versions, read_boundary, write_boundary
from installer.tools import Tools
from installer.workstation import Workstation


@dataclass(frozen=True)
class Tightening:
    """A proposal for the boundary that stands, and what it was made from. `standing_phase` is what it is tightened to
    already; None: it is not."""

    proposal: Proposal
    created: Created
    standing_phase: Phase | None


@dataclass(frozen=True)
class Loosening:
    """What taking the tightening back would change, and where it was found what the boundary was before."""

    change: Change
    found: Evidence | None

    @property
    def is_none(self) -> bool:
        """The boundary is not tight."""
        return self.change.is_none


@dataclass(frozen=True)
class Applied:
    """What came of it: whether a new version was written, and what was read back."""

    changed: bool
    document: Document
    evidence: tuple[Evidence, ...]

    @property
    def holds(self) -> bool:
        """Nothing that was read back speaks against it."""
        return not any(found.state is State.REFUTED for found in self.evidence)


def propose(answers: Answers, tools: Tools, ctx: Context, phase: Phase = Phase.STEADY) -> Tightening:
    """What the boundary could be narrowed to, from what AWS and the vendor answer now. Nothing is written.

    `Phase.UPDATE` leaves room for an update too: it widens one that is tight. Raises `NotFinished` where nothing is
    installed, `NotFound` where there is no boundary, and what `steady_state` raises.
    """
    if answers.product is None:
        raise NotFinished(
            f"{answers.wishes.name} is not installed yet: what it needs from then on is not known.",
            fix="Finish the install first.",
        )
    standing = _standing(answers, tools, ctx)
    is_tight = phase_of(standing)
    wide = loosened(standing, _before(answers, tools, ctx)[0]) if is_tight else standing
    made = created(answers, tools, ctx)
    known = made.resources
    if is_tight and not made.complete:
        known = (*known, *_named_in(standing))  # what the vendor listed when it was tightened
    proposal = steady_state(
        wide,
        known,
        needs(answers),
        answers.names,
        phase=phase,
        region=answers.network.region if answers.network else None,
        complete=made.complete,
    )
    change = Change(standing.document(), proposal.document)
    return Tightening(replace(proposal, change=change), made, standing_phase=is_tight)


def _named_in(tight: OperatorBoundary) -> Iterator[Made]:
    for statement in tight.layers.get(Layer.BASE, ()):
        for arn in as_list(statement.get("Resource", ())):
            if "*" not in str(arn) and "?" not in str(arn):
                yield Made(str(arn), "", Source.OURSELVES)


def widen(answers: Answers, tools: Tools, ctx: Context) -> Tightening:
    """The proposal that an update is let in by: what it needs, and what is needed day to day."""
    return propose(answers, tools, ctx, Phase.UPDATE)


def needs(answers: Answers) -> tuple[Need, ...]:
    """What the invitation says that the vendor needs, in every phase."""
    return tuple(
        Need.of(Phase(phase), need.actions, need.resources, need.why, answers.names)
        for phase, listed in answers.invitation.permissions.needs.items()
        for need in listed
    )


def apply(ctx: Context, station: Workstation, installation: Installation, proposal: Proposal) -> Applied:
    """Put the proposal into AWS, once, and read it back. Safe to repeat.

    Raises `Blocked` where it would take away what it should leave room for, and `ChangedMeanwhile` where another
    document stands than the proposal was made from.
    """
    if proposal.blocked:
        first = proposal.blocked[0]
        raise Blocked(
            f"The vendor could no longer call {first.action}, which it needs day to day. Nothing was changed.",
            fix="Leave the boundary as it is, or ask the vendor for a new invitation.",
            details={"resource": first.resource, "statement": str(first.after.statement)},
        )
    claim = f"The boundary leaves room for {_ROOM[proposal.phase]} and nothing else"
    return _write(ctx, station, installation, proposal.change, claim)


def loosening(answers: Answers, tools: Tools, ctx: Context) -> Loosening:
    """What `undo` would write. Raises `BoundaryError` where nothing tells what the boundary was before."""
    standing = _standing(answers, tools, ctx)
    if phase_of(standing) is None:
        return Loosening(Change(standing.document(), standing.document()), None)
    before, found = _before(answers, tools, ctx)
    return Loosening(Change(standing.document(), loosened(standing, before).document()), found)


def undo(ctx: Context, station: Workstation, installation: Installation, shown: Loosening) -> Applied:
    """Put back what the boundary allowed before it was tightened, and read it back. Safe to repeat. What was narrowed
    otherwise since, by a region, a window or a cut, stays."""
    claim = "The boundary allows again what it allowed before it was tightened"
    if shown.is_none:
        claim = "The boundary is not tightened"
    return _write(ctx, station, installation, shown.change, claim)


_ROOM = {Phase.STEADY: "what the vendor needs day to day", Phase.UPDATE: "updates, what is needed day to day,"}


def _write(ctx: Context, station: Workstation, installation: Installation, change: Change, claim: str) -> Applied:
    answers, arn = installation.answers, installation.answers.names.operator_boundary_arn
    with station.locked(ctx, installation) as lock:
        tools = station.looking(answers, station.store.journal(installation))
        standing = read_boundary(tools.aws, ctx, arn)
        stands = standing.same_as(change.document)
        if not stands and not standing.same_as(change.standing):
            raise ChangedMeanwhile(
                "The boundary is not what it was when you looked at it. Nothing was changed.",
                fix="Look again at what would change, then go on.",
            )
        lock.renew(ctx)
        # Also where it stands: what a command that was killed left open in the journal is closed by finding it.
        written = write_boundary(tools.aws, tools.journal, ctx, arn, change.document)
        evidence = (replace(written, claim=claim), *_after(answers, tools, ctx))
    for found in evidence:
        ctx.report(Checked(found))
    return Applied(not stands, change.document, evidence)


def _after(answers: Answers, tools: Tools, ctx: Context) -> Iterator[Evidence]:
    """What must still be so: the role is under this boundary, and the product answers. A reading that fails changes
    nothing of what was written."""
    try:
        role = read_role(tools.aws, ctx, answers.names.operator_role)
    except HouseguestError as error:
        claim = "The role carries your operator boundary"
        yield Evidence(claim, State.NOT_CHECKED, Source.AWS, tools.aws.clock.now(), "iam:GetRole", detail=error.message)
    else:
        if role is not None:
            yield from (
                role_reading.evidence(reading, role)
                for reading in role_reading.of_role(role, answers)
                if "boundary" in reading[0]
            )
    if answers.product is not None:
        yield _health(answers.product.health_url, tools)


def _health(url: str, tools: Tools) -> Evidence:
    try:
        tools.download(url)
        state, detail = State.VERIFIED, url
    except HouseguestError as error:
        state, detail = State.REFUTED, error.message
    return Evidence(
        "The product answers", state, Source.VENDOR, tools.aws.clock.now(), call=f"GET {url}", detail=detail
    )


def _standing(answers: Answers, tools: Tools, ctx: Context) -> OperatorBoundary:
    arn = answers.names.operator_boundary_arn
    try:
        return OperatorBoundary.from_document(read_boundary(tools.aws, ctx, arn))
    except NotFound as error:
        raise NotFound(
            f"{answers.wishes.name} has no operator boundary in this account, so there is nothing to tighten.",
            call=error.call,
            aws_code=error.aws_code,
            fix="Look at its status first.",
        ) from error


def _before(answers: Answers, tools: Tools, ctx: Context) -> tuple[OperatorBoundary, Evidence]:
    """What the boundary was before it was tightened: the newest earlier version in AWS that is not tight, else the one
    that was installed, from the saved profile."""
    at = tools.aws.clock.now
    for version, document in earlier_versions(tools.aws, ctx, answers.names.operator_boundary_arn):
        earlier = _composed(document)
        if earlier is not None and phase_of(earlier) is None:
            claim = "AWS keeps what the boundary was before it was tightened"
            detail = f"version {version} of the policy"
            return earlier, Evidence(claim, State.VERIFIED, Source.AWS, at(), "iam:GetPolicyVersion", detail=detail)
    saved = _composed(answers.permissions.operator_boundary) if answers.permissions else None
    if saved is not None:
        claim = "The saved profile keeps the boundary as it was installed"
        detail = "AWS keeps no version any more from before it was tightened"
        return saved, Evidence(claim, State.VERIFIED, Source.OURSELVES, at(), detail=detail)
    raise BoundaryError(
        "Nothing tells what the boundary was before it was tightened: neither an earlier version in AWS, nor the saved "
        "profile.",
        fix="Use the computer that it was installed from, or remove the access and install again.",
    )


def _composed(document: Document) -> OperatorBoundary | None:
    """The layers, where the document was composed here and allows something; a cut alone does not tell what was."""
    try:
        boundary = OperatorBoundary.from_document(document)
    except BoundaryError:
        return None
    allows = any(one["Effect"] == "Allow" for one in boundary.layers.get(Layer.BASE, ()))
    return boundary if allows else None
