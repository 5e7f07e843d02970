"""Remove access: the safe order, each step read back, nothing called removed before it is seen to be gone.

    1 cut           Deny everything in the operator boundary: live sessions lose what AWS evaluates per request
    2 close trust   no new sessions
    3 cluster       the role's access entry of the product's cluster, which the boundary does not reach
    4 role stack    the role goes
    5 verify        fresh reads, ways around, and the vendor's own attempts
    6 access stack  the boundaries go, unless the running product needs them: then they are kept, and listed

After every step the vendor's access is a subset of what it was before. A step that fails is told, and the others are
carried out all the same. No step needs the vendor, and the product runs on. What is not this installation's is never
touched, whatever its name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from installer.answers import Answers
from installer.aws import stacks
from installer.aws.clusters import close_cluster
from installer.aws.consistency import until
from installer.aws.regions import regions
from installer.aws.roles import Role, close_trust, put_boundary, read_role, roles_under_path
from installer.context import Context
from installer.errors import (
    AwsUnreachable,
    Cancelled,
    ChangedMeanwhile,
    HouseguestError,
    NotFound,
    PermissionMissing,
    SignInNeeded,
    Throttled,
)
from installer.events import Checked, Notice, StepChanged, StepState
from installer.evidence import Evidence, Source, State
from installer.policy.writer import keep_default_only, write_cut
from installer.role_reading import doors
from installer.tools import Tools
from installer.vendor_replies import Attempt, AttemptKind

# With these, going on would only meet the same again.
_ENDING = (AwsUnreachable, Cancelled, ChangedMeanwhile, SignInNeeded, Throttled)

# What AWS answers to somebody who may not, or whose role is gone.
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "InvalidClientTokenId", "AuthFailure"}
)

NOT_LOOKED_AT = (
    "credentials that the vendor took from another role before the cut: they end by themselves within an hour",
    "resource policies (buckets, keys, queues) that name the vendor or one of its sessions",
    "snapshots, images and keys that were shared with another account",
    "what the product itself does with its own roles",
)
"""Ways that none of this stops and that this version does not look for. They are told with every removal."""


@dataclass(frozen=True)
class Kept:
    """Something that stays in the account, and why."""

    what: str
    why: str

    def to_json(self) -> dict[str, str]:
        return {"what": self.what, "why": self.why}


@dataclass(frozen=True)
class Removal:
    """What came of it. `still_possible` are ways that remain; `problems` are the steps that failed."""

    evidence: tuple[Evidence, ...]
    kept: tuple[Kept, ...]
    still_possible: tuple[str, ...]
    problems: tuple[HouseguestError, ...]
    role_is_gone: bool

    @property
    def removed(self) -> bool:
        """The role is seen to be gone, no step failed, and nothing that was read speaks against it."""
        refuted = any(found.state is State.REFUTED for found in self.evidence)
        return self.role_is_gone and not self.problems and not refuted


def explained(answers: Answers) -> tuple[tuple[str, str], ...]:
    """Each step and what it does, with the real names: what a dry run shows."""
    names = answers.names
    return (
        ("cut", f"Write a deny of everything into {names.operator_boundary_arn}: live sessions can do nothing more."),
        ("close_trust", f"Deny everybody to assume {names.operator_role_arn}: no new sessions."),
        ("cluster", f"Remove the role's access entry from the EKS cluster {names.installation}."),
        ("role_stack", f"Delete the stack {names.role_stack}, and the role with it."),
        ("verify", "Read everything afresh, and ask the vendor to try."),
        ("access_stack", f"Delete the stack {names.access_stack}, unless the running product needs its boundary."),
    )


def remove(answers: Answers, tools: Tools, ctx: Context, *, between: Callable[[], None] = lambda: None) -> Removal:
    """Take the vendor's access away. Safe to repeat: each step first looks whether it is done.

    `between` is called before each step, for a lock that must be renewed.
    """
    work = _Removing(answers, tools, ctx)
    actions: dict[str, Callable[[], Iterator[Evidence]]] = {
        "cut": work.cut,
        "close_trust": work.close_trust,
        "cluster": work.cluster,
        "role_stack": work.role_stack,
        "verify": work.verify,
        "access_stack": work.access_stack,
    }
    for step, act in actions.items():
        ctx.check()
        between()
        ctx.report(StepChanged(step, StepState.STARTED))
        try:
            for found in act():
                work.evidence.append(found)
                ctx.report(Checked(found))
        except _ENDING as error:
            ctx.report(StepChanged(step, StepState.FAILED, error.message))
            raise
        except HouseguestError as error:
            work.problems.append(error)
            ctx.report(StepChanged(step, StepState.FAILED, error.message))
        else:
            ctx.report(StepChanged(step, StepState.DONE))
    done = work.outcome()
    if done.removed:
        tools.journal.settle()
    return done


class _Removing:
    """One removal under way. Each method is a step and yields what it read back."""

    def __init__(self, answers: Answers, tools: Tools, ctx: Context) -> None:
        self.answers = answers
        self.names = answers.names
        self.tools = tools
        self.ctx = ctx
        self.region = answers.wishes.stack_region
        self.evidence: list[Evidence] = []
        self.kept: list[Kept] = []
        self.still_possible: list[str] = []
        self.problems: list[HouseguestError] = []
        self.role_is_gone = False

    def outcome(self) -> Removal:
        return Removal(
            tuple(self.evidence),
            tuple(self.kept),
            tuple(self.still_possible),
            tuple(self.problems),
            self.role_is_gone,
        )

    def cut(self) -> Iterator[Evidence]:
        """First of all, and whether or not the role may be read."""
        aws, journal, ctx, arn = self.tools.aws, self.tools.journal, self.ctx, self.names.operator_boundary_arn
        try:
            yield write_cut(aws, journal, ctx, arn)
        except NotFound:
            yield self._read("The operator boundary is gone already", True, "iam:GetPolicy", arn)
            if self._role() is not None:
                ctx.report(Notice("There is no boundary to cut: sessions that live now end with the role."))
            return
        role = self._role()
        if role is None:
            return
        # A boundary that somebody put in its place would make the cut worthless. Ours denies everything now: putting it
        # back can only narrow.
        if role.boundary_arn != arn:
            put_boundary(aws, journal, ctx, self.names.operator_role, arn)
        role, steady = until(ctx, self._role, lambda r: r is None or r.boundary_arn == arn)
        detail = role.boundary_arn or "no boundary" if role else "the role is gone"
        yield self._read("The role is under the boundary that denies everything", steady, "iam:GetRole", detail)

    def close_trust(self) -> Iterator[Evidence]:
        if self._role() is None:
            yield self._read("The role is gone already", True, "iam:GetRole", self.names.operator_role_arn)
            return
        yield close_trust(self.tools.aws, self.tools.journal, self.ctx, self.names)

    def cluster(self) -> Iterator[Evidence]:
        """In the product's region; in every enabled region of the invitation where this workstation knows none."""
        cluster = f"The cluster {self.names.installation}"
        try:
            known = self._regions()
        except PermissionMissing as error:
            yield self._told("", self._unread(f"{cluster} does not let the role in", error.call, error.message))
            return
        for region in known:
            try:
                found = close_cluster(self.tools.aws, self.tools.journal, self.ctx, self.names, region)
            except _ENDING:
                raise
            except HouseguestError as error:
                claim = f"{cluster} in {region} does not let the role in"
                found = self._unread(claim, "eks:ListAccessEntries", error.message)
            yield self._told(f" in {region}", found)

    def _told(self, where: str, found: Evidence) -> Evidence:
        if found.state is State.NOT_CHECKED:
            self.still_possible.append(f"AWS API closed, cluster API{where} not closed: {found.detail}")
        return found

    def _regions(self) -> tuple[str, ...]:
        if self.answers.network is not None:
            return (self.answers.network.region,)
        enabled = {region.name for region in regions(self.tools.aws, self.ctx) if region.enabled}
        return tuple(name for name in self.answers.invitation.network.allowed_regions if name in enabled)

    def role_stack(self) -> Iterator[Evidence]:
        yield from self._delete(self.names.role_stack)

    def verify(self) -> Iterator[Evidence]:
        # A stack that could not be deleted keeps its role: no use in waiting for it to go.
        attempts = 2 if self.problems else 12
        role, self.role_is_gone = until(self.ctx, self._role, lambda found: found is None, attempts=attempts)
        detail = role.arn if role else "NoSuchEntity"
        yield self._read(f"The role {self.names.operator_role} is gone", self.role_is_gone, "iam:GetRole", detail)
        yield self._doors()
        yield from self._vendors_attempts()

    def _doors(self) -> Evidence:
        """Roles that the vendor made and that trust somebody outside: access that does not need the vendor's role."""
        made = roles_under_path(self.tools.aws, self.ctx, self.names.workload_path)
        found = doors(made)
        self.still_possible += [f"{door}, which the vendor made: delete the role or its trust." for door in found]
        claim = "No role that the vendor made can be assumed from outside"
        return self._read(claim, not found, "iam:GetRole", "; ".join(found) or f"{len(made)} roles")

    def _vendors_attempts(self) -> Iterator[Evidence]:
        claim = f"{self.answers.invitation.vendor.operator} is denied when it tries"
        connection, vendor = self.answers.connection, self.tools.vendor
        if vendor is None or connection is None:
            why = "there was no connection" if vendor else "this workstation cannot speak to the vendor"
            yield self._unread(claim, "vendor:verify", why, Source.VENDOR)
            return
        try:
            tried = vendor.verify(self.ctx, connection.integration_id)
        except Cancelled:
            raise
        except HouseguestError as error:
            yield self._unread(claim, "vendor:verify", error.message, Source.VENDOR)
            return
        for attempt in tried.attempts:
            yield Evidence(
                claim=f"{claim}: {_ATTEMPTS[attempt.kind]}",
                state=_state_of(attempt),
                source=Source.VENDOR,
                at=attempt.at,
                call=attempt.call,
                request_id=attempt.request_id,
                detail=attempt.error_code or "",
            )

    def access_stack(self) -> Iterator[Evidence]:
        names = self.names
        users = self._users()
        # A role that may still be there is not to lose the boundary that denies it everything.
        if users or not self.role_is_gone:
            reason = "the product runs on" if self.role_is_gone else "the vendor's role is not seen to be gone"
            under = [f"{', '.join(users)} {'is' if len(users) == 1 else 'are'} under it"] if users else []
            why = ": ".join([reason, *under])
            self.kept.append(Kept(f"stack {names.access_stack}", why))
            self.kept.append(Kept(f"policy {names.workload_boundary}", why))
            return
        for arn in (names.operator_boundary_arn, names.workload_boundary_arn):
            keep_default_only(self.tools.aws, self.tools.journal, self.ctx, arn)
        yield from self._delete(names.access_stack)

    def _users(self) -> list[str]:
        """Who carries one of the boundaries. IAM may go on for a while naming a role that is gone."""

        def read() -> list[str]:
            arns = (self.names.operator_boundary_arn, self.names.workload_boundary_arn)
            return [user for arn in arns for user in self._users_of(arn)]

        gone = self.names.operator_role if self.role_is_gone else ""
        found, _ = until(self.ctx, read, lambda users: gone not in users)
        return [user for user in found if user != gone]

    def _users_of(self, policy_arn: str) -> Iterator[str]:
        for kind, key in (("PolicyRoles", "RoleName"), ("PolicyUsers", "UserName")):
            try:
                found = self.tools.aws.pages(
                    self.ctx,
                    "iam:ListEntitiesForPolicy",
                    kind,
                    PolicyArn=policy_arn,
                    PolicyUsageFilter="PermissionsBoundary",
                )
            except NotFound:
                return
            yield from (str(item[key]) for item in found)

    def _delete(self, stack_name: str) -> Iterator[Evidence]:
        """Delete a stack of this installation, and see it gone. Somebody else's of that name is left alone."""

        def ours() -> stacks.Stack | None:
            found = stacks.describe(self.tools.aws, self.ctx, stack_name, self.region)
            return found if found and found.exists and found.made_for(self.names.installation) else None

        standing = ours()
        if standing is not None:
            stacks.delete(self.tools.aws, self.tools.journal, self.ctx, standing.stack_id, self.region)
        standing, gone = until(self.ctx, ours, lambda stack: stack is None)
        detail = standing.status if standing else "there is none that Houseguest made"
        yield self._read(f"The stack {stack_name} is gone", gone, "cloudformation:DescribeStacks", detail)

    def _role(self) -> Role | None:
        """The vendor's role. One of that name elsewhere in IAM is somebody else's."""
        role = read_role(self.tools.aws, self.ctx, self.names.operator_role)
        return role if role is not None and role.arn == self.names.operator_role_arn else None

    def _read(self, claim: str, holds: bool, call: str, detail: str) -> Evidence:
        state = State.VERIFIED if holds else State.REFUTED
        return Evidence(claim, state, Source.AWS, self.tools.aws.clock.now(), call=call, detail=detail)

    def _unread(self, claim: str, call: str, why: str, source: Source = Source.AWS) -> Evidence:
        return Evidence(claim, State.NOT_CHECKED, source, self.tools.aws.clock.now(), call=call, detail=why)


def _state_of(attempt: Attempt) -> State:
    """Denied only where AWS denied: a throttled or expired attempt tells nothing."""
    if attempt.allowed:
        return State.REFUTED
    return State.VERIFIED if attempt.error_code in _DENIED else State.NOT_CHECKED


_ATTEMPTS = {
    AttemptKind.WITH_EXTERNAL_ID: "a new session with the external id",
    AttemptKind.WITHOUT_EXTERNAL_ID: "a new session without it",
    AttemptKind.LIVE_SESSION: "a session that it still holds",
}
