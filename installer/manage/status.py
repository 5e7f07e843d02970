"""Status: what AWS and the vendor answer now. Nothing is taken from what this workstation remembers but names."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from installer import role_reading
from installer.answers import Answers
from installer.aws import stacks
from installer.aws.roles import read_role, role_policies, roles_under_path
from installer.context import Context
from installer.errors import HouseguestError, NotFound
from installer.evidence import Evidence, Source, State
from installer.policy import trust
from installer.policy.boundary import denies_everything
from installer.policy.writer import read_boundary
from installer.tools import Tools
from installer.vendor_replies import IntegrationState

_DESCRIBE = "cloudformation:DescribeStacks"


class Access(StrEnum):
    """What the vendor can do by its role, as far as AWS's documents say."""

    OPEN = "open"
    CUT = "cut"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Status:
    access: Access
    evidence: tuple[Evidence, ...]


def status(answers: Answers, tools: Tools, ctx: Context) -> Status:
    """Read everything afresh. What cannot be read is `not checked`; a claim is refuted where AWS says otherwise."""
    reading = _Reading(answers, tools, ctx)
    evidence = tuple(reading.all())
    return Status(reading.access, evidence)


class _Reading:
    def __init__(self, answers: Answers, tools: Tools, ctx: Context) -> None:
        self.answers, self.names, self.tools, self.ctx = answers, answers.names, tools, ctx
        self.access = Access.UNKNOWN
        self._capped = False

    def all(self) -> Iterator[Evidence]:
        for read, claim, call in (
            (self._role, "The vendor's role is as it was made", "iam:GetRole"),
            (self._boundary, "The operator boundary is composed by Houseguest", "iam:GetPolicyVersion"),
            (self._workloads, "Every role that the vendor made is under your workload boundary", "iam:ListRoles"),
            (self._stacks, "The stacks are whole", _DESCRIBE),
        ):
            try:
                yield from read()
            except HouseguestError as error:
                yield self._evidence(claim, State.NOT_CHECKED, call, error.message)
        yield self._vendor()
        yield self._health()

    def _role(self) -> Iterator[Evidence]:
        role = read_role(self.tools.aws, self.ctx, self.names.operator_role)
        if role is None or role.arn != self.names.operator_role_arn:
            self.access = Access.NONE
            detail = f"{role.arn} is somebody else's" if role else "NoSuchEntity"
            yield self._evidence("The vendor has no role in this account", State.VERIFIED, "iam:GetRole", detail)
            return
        self._capped = role.boundary_arn == self.names.operator_boundary_arn
        self.access = Access.UNKNOWN if self._capped else Access.OPEN  # what caps it is read next
        closed = trust.is_closed(role.trust, principal_arn=self.answers.invitation.trust.principal_arn)
        of_trust = ("Nobody can start a session of the vendor's role", "")
        for reading in (
            of_trust if closed else role_reading.of_trust(role, self.answers),
            *role_reading.of_role(role, self.answers),
        ):
            yield role_reading.evidence(reading, role)
        policies = role_policies(self.tools.aws, self.ctx, role.name)
        yield role_reading.evidence(
            role_reading.of_policies(policies, self.answers), role, "iam:ListAttachedRolePolicies"
        )

    def _boundary(self) -> Iterator[Evidence]:
        try:
            document = read_boundary(self.tools.aws, self.ctx, self.names.operator_boundary_arn)
        except NotFound:
            state = State.VERIFIED if self.access is Access.NONE else State.REFUTED
            yield self._evidence("There is no operator boundary", state, "iam:GetPolicy", "NoSuchEntity")
            return
        cut = denies_everything(document)
        if self._capped:
            self.access = Access.CUT if cut else Access.OPEN
        claim = "The boundary denies everything" if cut else "The boundary lets the vendor work"
        yield self._evidence(claim, State.VERIFIED, "iam:GetPolicyVersion", f"{document.size:,} characters")

    def _workloads(self) -> Iterator[Evidence]:
        roles = roles_under_path(self.tools.aws, self.ctx, self.names.workload_path)
        bare = [role.name for role in roles if role.boundary_arn != self.names.workload_boundary_arn]
        yield self._evidence(
            "Every role that the vendor made is under your workload boundary",
            State.REFUTED if bare else State.VERIFIED,
            "iam:ListRoles",
            ", ".join(bare) if bare else f"{len(roles)} roles",
        )
        found = role_reading.doors(roles)
        yield self._evidence(
            "No role that the vendor made can be assumed from outside",
            State.REFUTED if found else State.VERIFIED,
            "iam:GetRole",
            "; ".join(found) or f"{len(roles)} roles",
        )

    def _stacks(self) -> Iterator[Evidence]:
        for name in (self.names.access_stack, self.names.role_stack):
            stack = stacks.describe(self.tools.aws, self.ctx, name, self.answers.wishes.stack_region)
            if stack is None or not stack.exists or not stack.made_for(self.names.installation):
                foreign = stack is not None and stack.exists
                detail = "one of that name is somebody else's" if foreign else "there is none"
                yield self._evidence(f"The stack {name} does not exist", State.VERIFIED, _DESCRIBE, detail)
                continue
            state = State.VERIFIED if stack.is_whole else State.REFUTED
            yield self._evidence(f"The stack {name} is whole", state, _DESCRIBE, stack.status)

    def _vendor(self) -> Evidence:
        claim, call = "The vendor says that it can use the role", "vendor:GET /integrations"
        connection, vendor = self.answers.connection, self.tools.vendor
        if connection is None or vendor is None:
            why = "there is no connection yet" if vendor else "this workstation has no key for the vendor"
            return self._evidence(claim, State.NOT_CHECKED, call, why, Source.VENDOR)
        try:
            integration = vendor.integration(self.ctx, connection.integration_id)
        except HouseguestError as error:
            return self._evidence(claim, State.NOT_CHECKED, call, error.message, Source.VENDOR)
        says = integration.state is IntegrationState.CONNECTED
        # Where there is no role the vendor should know; where it is cut, either is right: it may still be assumed.
        expected = {Access.NONE: False, Access.CUT: says}.get(self.access, True)
        claim = claim if expected else "The vendor says that it cannot use the role"
        state = State.VERIFIED if says is expected else State.REFUTED
        return self._evidence(claim, state, call, integration.state.value, Source.VENDOR)

    def _health(self) -> Evidence:
        claim = "The product answers"
        product = self.answers.product
        if product is None:
            return self._evidence(claim, State.NOT_CHECKED, "", "nothing is installed yet", Source.VENDOR)
        call = f"GET {product.health_url}"
        try:
            self.tools.download(product.health_url)
        except HouseguestError as error:
            return self._evidence(claim, State.REFUTED, call, error.message, Source.VENDOR)
        return self._evidence(claim, State.VERIFIED, call, product.url, Source.VENDOR)

    def _evidence(self, claim: str, state: State, call: str, detail: str, source: Source = Source.AWS) -> Evidence:
        return Evidence(claim, state, source, self.tools.aws.clock.now(), call=call, detail=detail)
