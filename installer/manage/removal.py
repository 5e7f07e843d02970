"""Remove access: the safe order, each step read back, nothing called removed before it is seen to be gone.

    1 cut           Deny everything in the operator boundary: live sessions lose what AWS evaluates per request
    2 close trust   no new sessions
    3 cluster       the role's access entry of the product's cluster, which the boundary does not reach
    4 role stack    the role goes
    5 verify        fresh reads, and the vendor's own attempts
    6 access stack  the boundaries go, unless the running product needs them: then they are kept, and listed

After every step the vendor's access is a subset of what it was before. No step needs the vendor, and the product runs
on. Emergency: the same order by hand is what the steps' calls say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from installer.answers import Answers
from installer.aws import stacks
from installer.aws.clusters import close_cluster
from installer.aws.consistency import until
from installer.aws.roles import close_trust, foreign_trust, put_boundary, read_role, roles_under_path
from installer.context import Context
from installer.errors import HouseguestError, NotFound
from installer.events import Checked, Notice, StepChanged, StepState
from installer.evidence import Evidence, Source, State
from installer.policy.writer import write_cut
from installer.tools import Tools
from installer.vendor_replies import AttemptKind


@dataclass(frozen=True)
class Kept:
    """Something that stays in the account, and why."""

    what: str
    why: str

    def to_json(self) -> dict[str, str]:
        return {"what": self.what, "why": self.why}


@dataclass(frozen=True)
class Removal:
    """What came of it. `still_possible` are ways that remain and that the person must know."""

    evidence: tuple[Evidence, ...]
    kept: tuple[Kept, ...]
    still_possible: tuple[str, ...]

    @property
    def removed(self) -> bool:
        """Every one of our own reads shows it gone, and nothing refutes it. What was not checked does not count as
        gone."""
        ours = [found for found in self.evidence if found.source is Source.AWS]
        return (
            bool(ours)
            and all(found.state is State.VERIFIED for found in ours)
            and not any(found.state is State.REFUTED for found in self.evidence)
        )


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
        except HouseguestError as error:
            ctx.report(StepChanged(step, StepState.FAILED, error.message))
            raise
        ctx.report(StepChanged(step, StepState.DONE))
    done = Removal(tuple(work.evidence), tuple(work.kept), tuple(work.still_possible))
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

    def cut(self) -> Iterator[Evidence]:
        aws, journal, ctx, arn = self.tools.aws, self.tools.journal, self.ctx, self.names.operator_boundary_arn
        role = read_role(aws, ctx, self.names.operator_role)
        try:
            yield write_cut(aws, journal, ctx, arn)
        except NotFound:
            yield self._read("The operator boundary is gone already", True, "iam:GetPolicy", arn)
            if role is not None:
                ctx.report(Notice("There is no boundary to cut: sessions that live now end with the role."))
            return
        # A boundary that somebody put in its place would make the cut worthless. Ours denies everything now: putting it
        # back can only narrow.
        if role is not None and role.boundary_arn != arn:
            put_boundary(aws, journal, ctx, self.names.operator_role, arn)
        if role is not None:
            role, steady = until(
                ctx, lambda: read_role(aws, ctx, self.names.operator_role), lambda r: r is None or r.boundary_arn == arn
            )
            detail = role.boundary_arn or "no boundary" if role else "the role is gone"
            yield self._read("The role is under the boundary that denies everything", steady, "iam:GetRole", detail)

    def close_trust(self) -> Iterator[Evidence]:
        if read_role(self.tools.aws, self.ctx, self.names.operator_role) is None:
            yield self._read("The role is gone already", True, "iam:GetRole", self.names.operator_role_arn)
            return
        yield close_trust(self.tools.aws, self.tools.journal, self.ctx, self.names)

    def cluster(self) -> Iterator[Evidence]:
        """In the product's region; in every region of the invitation where this workstation does not know it."""
        network = self.answers.network
        regions = (network.region,) if network else self.answers.invitation.network.allowed_regions
        for region in regions:
            try:
                yield from close_cluster(self.tools.aws, self.tools.journal, self.ctx, self.names, region)
            except HouseguestError as error:
                claim = f"The product's cluster in {region} does not let the role in"
                yield self._unread(claim, "eks:ListAccessEntries", error.message)
                self.still_possible.append(f"The Kubernetes API of the cluster in {region} could not be checked.")

    def role_stack(self) -> Iterator[Evidence]:
        aws, journal, ctx = self.tools.aws, self.tools.journal, self.ctx
        stacks.delete(aws, journal, ctx, self.names.role_stack, self.region)
        standing, gone = until(
            ctx, lambda: stacks.describe(aws, ctx, self.names.role_stack, self.region), lambda stack: stack is None
        )
        detail = standing.status if standing else "it does not exist"
        yield self._read(f"The stack {self.names.role_stack} is gone", gone, "cloudformation:DescribeStacks", detail)

    def verify(self) -> Iterator[Evidence]:
        role, gone = until(
            self.ctx, lambda: read_role(self.tools.aws, self.ctx, self.names.operator_role), lambda role: role is None
        )
        detail = role.arn if role else "NoSuchEntity"
        yield self._read(f"The role {self.names.operator_role} is gone", gone, "iam:GetRole", detail)
        for left in roles_under_path(self.tools.aws, self.ctx, self.names.workload_path):
            for principal in foreign_trust(left):
                self.still_possible.append(f"{principal} can assume {left.arn}, which the vendor made.")
        yield from self._vendors_attempts()

    def _vendors_attempts(self) -> Iterator[Evidence]:
        claim = f"{self.answers.invitation.vendor.operator} is denied when it tries"
        connection, vendor = self.answers.connection, self.tools.vendor
        if vendor is None or connection is None:
            yield self._unread(claim, "vendor:verify", "this workstation cannot speak to the vendor", Source.VENDOR)
            return
        try:
            tried = vendor.verify(self.ctx, connection.integration_id)
        except HouseguestError as error:
            yield self._unread(claim, "vendor:verify", error.message, Source.VENDOR)
            return
        for attempt in tried.attempts:
            yield Evidence(
                claim=f"{claim}: {_ATTEMPTS[attempt.kind]}",
                state=State.REFUTED if attempt.allowed else State.VERIFIED,
                source=Source.VENDOR,
                at=attempt.at,
                call=attempt.call,
                request_id=attempt.request_id,
                detail=attempt.error_code or "",
            )

    def access_stack(self) -> Iterator[Evidence]:
        aws, ctx, names = self.tools.aws, self.ctx, self.names
        users = [
            user for arn in (names.operator_boundary_arn, names.workload_boundary_arn) for user in self._users_of(arn)
        ]
        if users:
            why = f"{', '.join(users)} of the running product {'is' if len(users) == 1 else 'are'} under it"
            self.kept.append(Kept(f"stack {names.access_stack}", why))
            self.kept.append(Kept(f"policy {names.workload_boundary}", why))
            return
        stacks.delete(aws, self.tools.journal, ctx, names.access_stack, self.region)
        standing, gone = until(
            ctx, lambda: stacks.describe(aws, ctx, names.access_stack, self.region), lambda stack: stack is None
        )
        detail = standing.status if standing else "it does not exist"
        yield self._read(f"The stack {names.access_stack} is gone", gone, "cloudformation:DescribeStacks", detail)

    def _users_of(self, policy_arn: str) -> Iterator[str]:
        """Names of the roles and users that carry the policy as their boundary."""
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

    def _read(self, claim: str, holds: bool, call: str, detail: str) -> Evidence:
        state = State.VERIFIED if holds else State.REFUTED
        return Evidence(claim, state, Source.AWS, self.tools.aws.clock.now(), call=call, detail=detail)

    def _unread(self, claim: str, call: str, why: str, source: Source = Source.AWS) -> Evidence:
        return Evidence(claim, State.NOT_CHECKED, source, self.tools.aws.clock.now(), call=call, detail=why)


_ATTEMPTS = {
    AttemptKind.WITH_EXTERNAL_ID: "a new session with the external id",
    AttemptKind.WITHOUT_EXTERNAL_ID: "a new session without it",
    AttemptKind.LIVE_SESSION: "a session that it still holds",
}
