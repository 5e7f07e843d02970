"""Connect: the customer's boundaries, then the vendor's role under them, then the vendor's proof that it can use the
role with the external id and cannot without it.

What was made is read back before the vendor is told of it; a role that is not exactly what was shown is never handed
over.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from installer.answers import Answers, Connection, Permissions
from installer.aws import stacks
from installer.aws.consistency import until
from installer.aws.policies import policies_named, tag_policy
from installer.aws.roles import Role, open_trust, read_role
from installer.context import Context
from installer.errors import BoundaryError, InvitationError, StackFailed, VendorError
from installer.events import Checked, Waiting
from installer.evidence import Evidence, Source, State
from installer.journal import Write, bound_to
from installer.names import Names
from installer.policy import trust
from installer.policy.boundary import OperatorBoundary
from installer.policy.document import Document
from installer.policy.writer import confirm_boundary, read_boundary, write_boundary
from installer.steps import Finding, Severity
from installer.template import access_template, vendor_template
from installer.tools import Tools
from installer.vendor_replies import Answer, Integration, IntegrationState


def check(answers: Answers, tools: Tools, ctx: Context) -> tuple[Finding, ...]:
    """What stands in the way of the two stacks, without making anything: the vendor's template is not what was signed
    for, or somebody else has the name of a stack, or of what a stack is still to make."""
    names = answers.names
    boundaries = (names.operator_boundary, names.workload_boundary)
    return (
        *_template_problems(answers, tools),
        *_taken(answers, tools, ctx, names.access_stack, lambda: policies_named(tools.aws, ctx, boundaries)),
        *_taken(answers, tools, ctx, names.role_stack, lambda: _role_named(tools, ctx, names.operator_role)),
    )


def _template_problems(answers: Answers, tools: Tools) -> Iterator[Finding]:
    if answers.connection is not None:
        return
    try:
        vendor_template(answers, tools.download)
    except InvitationError as error:
        yield Finding("connect", Severity.BLOCKER, error.message, error.fix)


def _taken(
    answers: Answers, tools: Tools, ctx: Context, stack_name: str, named: Callable[[], tuple[str, ...]]
) -> Iterator[Finding]:
    """`named` gives the ARNs of what has the names that the stack will use. What a stack holds is its own."""
    standing = stacks.describe(tools.aws, ctx, stack_name, answers.wishes.stack_region)
    found: tuple[str, ...] = ()
    if standing is not None and standing.exists and not standing.made_for(answers.names.installation):
        found = (f"A stack named {stack_name} exists already, and Houseguest did not make it.",)
    elif standing is None or standing.holds_nothing:
        found = tuple(f"{arn} exists already, outside the stack {stack_name}." for arn in named())
    for sentence in found:
        yield Finding("connect", Severity.BLOCKER, sentence, fix="Choose another name for the installation.")


def _role_named(tools: Tools, ctx: Context, name: str) -> tuple[str, ...]:
    role = read_role(tools.aws, ctx, name)
    return (role.arn,) if role else ()


def run(answers: Answers, tools: Tools, ctx: Context) -> Answers:
    """Settle `answers.connection`. Safe to repeat after an interruption: what exists is found and joined."""
    tools.speak()
    access, role_stack = plans(answers, tools)
    access_stack = _boundaries(answers, tools, ctx, access)
    standing = stacks.ensure(tools.aws, tools.journal, ctx, role_stack)
    evidence = tuple(_read_back(answers, tools, ctx))
    integration = _introduce(answers, tools, ctx, standing.stack_id)
    names = answers.names
    return replace(
        answers,
        connection=Connection(
            access_stack_id=access_stack.stack_id,
            role_stack_id=standing.stack_id,
            role_arn=names.operator_role_arn,
            operator_boundary_arn=names.operator_boundary_arn,
            workload_boundary_arn=names.workload_boundary_arn,
            integration_id=integration.id,
            proof=(*evidence, *_vendors_word(answers, integration, ctx)),
            existing_install_id=integration.install_id,
        ),
    )


def plans(answers: Answers, tools: Tools) -> tuple[stacks.StackPlan, stacks.StackPlan]:
    """The two stacks as they would be made: the customer's boundaries, and the vendor's role."""
    template = vendor_template(answers, tools.download)
    names = answers.names
    tags = names.tags(answers.invitation.jti)
    region = answers.wishes.stack_region
    return (
        stacks.StackPlan(names.access_stack, region, access_template(names, _settled(answers)), {}, tags),
        stacks.StackPlan(names.role_stack, region, template.text, template.parameters, tags),
    )


def _settled(answers: Answers) -> Permissions:
    if answers.permissions is None:
        raise ValueError("the boundaries come before the stacks")
    return answers.permissions


def _boundaries(answers: Answers, tools: Tools, ctx: Context, plan: stacks.StackPlan) -> stacks.Stack:
    """The access stack with the boundaries as chosen.

    One that stands is never updated: since it was made, its boundary was narrowed, paused or cut by direct writes, and
    a stack update would undo that unseen. What was chosen now is written the same way.
    """
    names, permissions = answers.names, _settled(answers)
    standing = stacks.describe(tools.aws, ctx, plan.stack_name, plan.region)
    operator, workload = names.operator_boundary_arn, names.workload_boundary_arn
    if standing is not None and standing.is_whole and standing.made_for(names.installation):
        wanted = ((workload, permissions.workload_boundary), (operator, _chosen_now(answers, tools, ctx)))
        evidence = [write_boundary(tools.aws, tools.journal, ctx, arn, document) for arn, document in wanted]
    else:
        standing = stacks.ensure(tools.aws, tools.journal, ctx, plan)
        wanted = ((workload, permissions.workload_boundary), (operator, permissions.operator_boundary))
        evidence = [confirm_boundary(tools.aws, ctx, arn, document) for arn, document in wanted]
    _insist(evidence, ctx)
    for arn, _ in wanted:
        tag_policy(tools.aws, tools.journal, ctx, arn, plan.tags)
    return standing


def _chosen_now(answers: Answers, tools: Tools, ctx: Context) -> Document:
    """The operator boundary as chosen, but in no more regions than the one that stands."""
    chosen = _settled(answers).operator_boundary
    try:
        standing = read_boundary(tools.aws, ctx, answers.names.operator_boundary_arn)
    except BoundaryError:
        return chosen  # somebody else wrote what stands there
    return OperatorBoundary.from_document(chosen).no_wider_than(standing).document()


def _read_back(answers: Answers, tools: Tools, ctx: Context) -> Iterator[Evidence]:
    """Our own reading of the role, until it is steady. A closed trust of an earlier removal is opened first."""
    names, wanted = answers.names, answers.invitation.trust

    def read() -> Role:
        role = read_role(tools.aws, ctx, names.operator_role)
        if role is None:
            raise StackFailed(
                f"The role {names.operator_role} is not there.", fix="Delete the role stack, then try again."
            )
        return role

    if trust.is_closed(read().trust, principal_arn=wanted.principal_arn):
        open_trust(tools.aws, tools.journal, ctx, names)

    claims: tuple[tuple[str, Callable[[Role], str]], ...] = (
        (
            f"Only {wanted.principal_arn} can assume the role, and only with your external id",
            lambda role: "; ".join(
                trust.problems(role.trust, principal_arn=wanted.principal_arn, external_id=wanted.external_id)
            ),
        ),
        (
            "The role carries your operator boundary",
            lambda role: "" if role.boundary_arn == names.operator_boundary_arn else f"it carries {role.boundary_arn}",
        ),
        (
            f"A session lasts at most {answers.invitation.permissions.max_session_seconds} s",
            lambda role: (
                ""
                if role.max_session_seconds <= answers.invitation.permissions.max_session_seconds
                else f"it lasts {role.max_session_seconds} s"
            ),
        ),
    )
    role, _ = until(ctx, read, lambda role: not any(problem(role) for _, problem in claims))
    evidence = [
        Evidence(
            claim=claim,
            state=State.REFUTED if problem(role) else State.VERIFIED,
            source=Source.AWS,
            at=role.read_at,
            call="iam:GetRole",
            request_id=role.request_id,
            detail=problem(role) or role.arn,
        )
        for claim, problem in claims
    ]
    _insist(evidence, ctx)
    yield from evidence


def _insist(evidence: list[Evidence], ctx: Context) -> None:
    """Report; stop where AWS answers otherwise than what was made."""
    for found in evidence:
        ctx.report(Checked(found))
    for found in evidence:
        if found.state is State.REFUTED:
            raise StackFailed(
                f"What AWS answers is not what was made. Expected: {found.claim}; {found.detail}.",
                call=found.call,
                fix="Somebody or something changed it meanwhile. Remove the access, then set it up again.",
            )


def _introduce(answers: Answers, tools: Tools, ctx: Context, stack_id: str) -> Integration:
    """Tell the vendor of the role, and wait until it has tried it."""
    names: Names = answers.names
    vendor = tools.speak()
    role = {
        "invitation_id": answers.invitation.jti,
        "installation_name": names.installation,
        "account_id": names.account_id,
        "role_arn": names.operator_role_arn,
        "boundary_arn": names.operator_boundary_arn,
        "workload_boundary_arn": names.workload_boundary_arn,
        "stack_id": stack_id,
    }
    integration = tools.journal.perform(
        Write(
            action="vendor:POST /integrations",
            target=bound_to(names.installation, *role.values()),
            find=lambda: None,  # the vendor finds its own integration by account and name, and tries the role anew
            do=lambda token: vendor.connect(ctx, idempotency_key=token, **role),
            describe=lambda made: made.id,
        )
    )
    while integration.state is IntegrationState.PENDING:
        ctx.report(Waiting("the vendor tries the role", tools.aws.clock.now()))
        ctx.sleep(1.0)
        integration = vendor.integration(ctx, integration.id)
    if integration.state is not IntegrationState.CONNECTED:
        raise VendorError(
            f"{answers.invitation.vendor.operator} could not use the role.",
            fix="Try again in a minute: IAM needs time to spread. If it goes on, tell the vendor.",
            details={"state": integration.state, "vendor_says": integration.reason or ""},
        )
    return integration


def _vendors_word(answers: Answers, integration: Integration, ctx: Context) -> Iterator[Evidence]:
    """What the vendor says of its two attempts, as its word."""
    if integration.proof is None:
        return
    operator = answers.invitation.vendor.operator
    attempts: tuple[tuple[str, Answer, bool], ...] = (
        (f"{operator} can assume the role with the external id", integration.proof.with_external_id, True),
        (f"{operator} cannot assume the role without it", integration.proof.without_external_id, False),
    )
    for claim, attempt, wanted in attempts:
        evidence = Evidence(
            claim=claim,
            state=State.VERIFIED if attempt.allowed is wanted else State.REFUTED,
            source=Source.VENDOR,
            at=attempt.at,
            call="sts:AssumeRole",
            request_id=attempt.request_id,
            detail=attempt.error_code or "",
        )
        ctx.report(Checked(evidence))
        yield evidence
