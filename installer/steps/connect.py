"""Connect: the customer's boundaries, then the vendor's role under them, then the vendor's proof that it can use the
role with the external id and cannot without it.

What was made is read back before the vendor is told of it; a role that is not exactly what was shown is never handed
over (`installer/handover.py`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from installer import role_reading
from installer.answers import Answers, Connection, Permissions
from installer.aws import stacks
from installer.aws.consistency import until
from installer.aws.name_owners import name_owners
from installer.aws.policies import policies_named, tag_policy
from installer.aws.regions import regions
from installer.aws.roles import Role, close_trust, has_closing, open_trust, read_role, role_policies
from installer.context import Context
from installer.errors import BoundaryError, InvitationError, NotFound, StackFailed
from installer.events import Checked
from installer.evidence import Evidence, State
from installer.handover import introduce, vendors_word
from installer.policy.boundary import OperatorBoundary, denies_everything
from installer.policy.document import Document
from installer.policy.writer import confirm_boundary, read_boundary, write_boundary, write_cut
from installer.steps import Finding, Severity
from installer.template import access_template, vendor_template
from installer.tools import Tools


def check(answers: Answers, tools: Tools, ctx: Context) -> tuple[Finding, ...]:
    """What stands in the way of the two stacks, without making anything: the vendor's template is not what was signed
    for, or somebody else has the name of a stack, or of what a stack is still to make."""
    names = answers.names
    boundaries = (names.operator_boundary, names.workload_boundary)
    return (
        *_template_problems(answers, tools),
        *_taken(answers, tools, ctx, names.access_stack, lambda: policies_named(tools.aws, ctx, boundaries)),
        *_taken(answers, tools, ctx, names.role_stack, lambda: _role_named(tools, ctx, names.operator_role)),
        *_of_others(answers, tools, ctx),
        *_was_cut(answers, tools, ctx),
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


def _of_others(answers: Answers, tools: Tools, ctx: Context) -> Iterator[Finding]:
    """On a first install: things of the customer's under names that the boundary would take for the vendor's."""
    standing = stacks.describe(tools.aws, ctx, answers.names.access_stack, answers.wishes.stack_region)
    if standing is not None and not standing.holds_nothing:
        return
    offered = answers.invitation.network.allowed_regions
    enabled = [region.name for region in regions(tools.aws, ctx) if region.enabled and region.name in offered]
    found = name_owners(tools.aws, ctx, answers.names, enabled)
    for arn in found.arns:
        yield Finding(
            "connect",
            Severity.BLOCKER,
            f"{arn} exists already. By its name the vendor could take it for its own.",
            fix="Choose another name for the installation.",
        )
    for sentence in found.unread:
        yield Finding(
            "connect",
            Severity.CAUTION,
            f"Not checked whether something has the vendor's names: {sentence}",
            fix=f"Make sure yourself that nothing of yours is named {answers.names.installation}.",
        )


def _was_cut(answers: Answers, tools: Tools, ctx: Context) -> Iterator[Finding]:
    """Installing again gives back what was taken away; the person should know that before they confirm."""
    try:
        standing = read_boundary(tools.aws, ctx, answers.names.operator_boundary_arn)
    except (NotFound, BoundaryError):
        return
    if denies_everything(standing):
        yield Finding(
            "connect",
            Severity.CAUTION,
            f"The access of {answers.invitation.vendor.operator} to {answers.names.installation} was taken away. "
            "Going on gives it back.",
        )


def _role_named(tools: Tools, ctx: Context, name: str) -> tuple[str, ...]:
    role = read_role(tools.aws, ctx, name)
    return (role.arn,) if role else ()


def run(answers: Answers, tools: Tools, ctx: Context) -> Answers:
    """Settle `answers.connection`. Safe to repeat after an interruption: what exists is found and joined.

    What stands is opened last, when the role was read and is what was agreed: a connect that fails opens nothing.
    """
    tools.speak()
    access, role_stack = plans(answers, tools)
    access_stack, stood = _access_stack(answers, tools, ctx, access)
    standing = stacks.ensure(tools.aws, tools.journal, ctx, role_stack)
    evidence = _read_back(answers, tools, ctx)
    _open(answers, tools, ctx, stood=stood)
    integration = introduce(answers, tools, ctx, standing.stack_id)
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
            proof=(*evidence, *vendors_word(answers, tools, ctx, integration)),
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
        stacks.StackPlan(
            names.access_stack,
            region,
            access_template(names, _settled(answers)),
            {},
            tags,
            holds=("AWS::IAM::ManagedPolicy", "AWS::IAM::ManagedPolicy"),
        ),
        stacks.StackPlan(names.role_stack, region, template.text, template.parameters, tags, holds=("AWS::IAM::Role",)),
    )


@dataclass(frozen=True)
class Created:
    """One thing that connecting makes: what it is for, and who can change it afterwards.

    arn    empty for a stack that does not exist yet: CloudFormation chooses a part of it
    stack  the CloudFormation stack that holds it; a stack is in none
    """

    kind: str
    name: str
    arn: str
    why: str
    who_can_change: str
    stack: str = ""


def what_is_created(answers: Answers) -> tuple[Created, ...]:
    """Exactly what the two stacks make: a change set with anything else is refused (`StackPlan.holds`)."""
    names, operator, made = answers.names, answers.invitation.vendor.operator, answers.connection
    access, role_stack = (made.access_stack_id, made.role_stack_id) if made else ("", "")
    yours, theirs = "only you", f"you; {operator} may not"
    policy, role, stack = "IAM managed policy", "IAM role", "CloudFormation stack"
    return (
        Created(stack, names.access_stack, access, f"Holds the two limits; nothing of {operator} is in it.", yours),
        Created(
            policy,
            names.operator_boundary,
            names.operator_boundary_arn,
            f"Caps what {operator} can do here. Its access is narrowed and ended in it.",
            yours,
            names.access_stack,
        ),
        Created(
            policy,
            names.workload_boundary,
            names.workload_boundary_arn,
            f"Caps every role that {operator} makes, so that none of them leads around the first limit.",
            yours,
            names.access_stack,
        ),
        Created(stack, names.role_stack, role_stack, f"Holds the role of {operator}, from its own template.", theirs),
        Created(
            role,
            names.operator_role,
            names.operator_role_arn,
            f"{operator} assumes it to install and look after the product, with your external id only.",
            theirs,
            names.role_stack,
        ),
    )


def _settled(answers: Answers) -> Permissions:
    if answers.permissions is None:
        raise ValueError("the boundaries come before the stacks")
    return answers.permissions


def _access_stack(answers: Answers, tools: Tools, ctx: Context, plan: stacks.StackPlan) -> tuple[stacks.Stack, bool]:
    """The access stack, and whether it stood already.

    One that stands is never updated: since it was made, its boundary was narrowed, paused or cut by direct writes, and
    a stack update would undo that unseen. What was chosen now is written the same way.
    """
    names, permissions = answers.names, _settled(answers)
    operator, workload = names.operator_boundary_arn, names.workload_boundary_arn
    standing = stacks.describe(tools.aws, ctx, plan.stack_name, plan.region)
    stood = standing is not None and standing.is_whole and standing.made_for(names.installation)
    if standing is None or not stood:
        standing = stacks.ensure(tools.aws, tools.journal, ctx, plan)
        evidence = [
            confirm_boundary(tools.aws, ctx, operator, permissions.operator_boundary),
            confirm_boundary(tools.aws, ctx, workload, permissions.workload_boundary),
        ]
    else:
        evidence = [write_boundary(tools.aws, tools.journal, ctx, workload, permissions.workload_boundary)]
    _insist(evidence, ctx)
    for arn in (operator, workload):
        tag_policy(tools.aws, tools.journal, ctx, arn, plan.tags)
    return standing, stood


def _open(answers: Answers, tools: Tools, ctx: Context, *, stood: bool) -> None:
    """Take back what an earlier removal closed, in the order in which the vendor can do something only at the end."""
    role = read_role(tools.aws, ctx, answers.names.operator_role)
    if role is not None and has_closing(role.trust):
        _insist([open_trust(tools.aws, tools.journal, ctx, answers.names)], ctx)
    if stood:
        arn = answers.names.operator_boundary_arn
        _insist([write_boundary(tools.aws, tools.journal, ctx, arn, _chosen_now(answers, tools, ctx))], ctx)


def _chosen_now(answers: Answers, tools: Tools, ctx: Context) -> Document:
    """The operator boundary as chosen, but in no more regions than the one that stands."""
    chosen = _settled(answers).operator_boundary
    try:
        standing = read_boundary(tools.aws, ctx, answers.names.operator_boundary_arn)
    except BoundaryError:
        return chosen  # somebody else wrote what stands there
    return OperatorBoundary.from_document(chosen).no_wider_than(standing).document()


def _read_back(answers: Answers, tools: Tools, ctx: Context) -> tuple[Evidence, ...]:
    """Our own reading of the role, until it is steady. One that is not what was agreed is cut before anything else."""
    name = answers.names.operator_role

    def read() -> tuple[Role | None, tuple[role_reading.Reading, ...]]:
        role = read_role(tools.aws, ctx, name)
        if role is None:  # IAM may not know yet what CloudFormation has just made
            return None, (("The role is there", "it is not"),)
        policies = role_policies(tools.aws, ctx, name)
        return role, (
            role_reading.of_trust(role, answers),
            *role_reading.of_role(role, answers),
            role_reading.of_policies(policies, answers),
        )

    (role, readings), _ = until(ctx, read, lambda found: not any(problem for _, problem in found[1]))
    if role is None:
        raise StackFailed(f"The role {name} is not there.", fix="Remove the access, then install again.")
    evidence = [role_reading.evidence(reading, role) for reading in readings]
    try:
        _insist(evidence, ctx)
    except StackFailed:
        _withdraw(answers, tools, ctx, role)
        raise
    return tuple(evidence)


def _withdraw(answers: Answers, tools: Tools, ctx: Context, role: Role) -> None:
    """Cut it, and let nobody in: the cut does not reach a role that is under another boundary than it should be."""
    names = answers.names
    ctx.report(Checked(write_cut(tools.aws, tools.journal, ctx, names.operator_boundary_arn)))
    if role.arn == names.operator_role_arn:
        ctx.report(Checked(close_trust(tools.aws, tools.journal, ctx, names)))


def _insist(evidence: list[Evidence], ctx: Context) -> None:
    """Report; stop where AWS answers otherwise than what was made."""
    for found in evidence:
        ctx.report(Checked(found))
    for found in evidence:
        if found.state is State.REFUTED:
            raise StackFailed(
                f"What AWS answers is not what was made. Expected: {found.claim}; {found.detail}.",
                call=found.call,
                fix="Somebody or something else changed it. Remove the access, then set it up again.",
            )
