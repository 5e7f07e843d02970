"""What a stack shall be, and what makes CloudFormation's understanding of it unacceptable.

Nothing here changes anything in AWS. The plan is carried out by `change_sets.py`.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from installer.aws.clients import Aws, Reply
from installer.context import Context
from installer.errors import StackFailed, UsageError
from installer.names import TAG_INSTALLATION

TEMPLATE_BODY_LIMIT = 51_200
NAMED_IAM = "CAPABILITY_NAMED_IAM"
_NESTED_STACK = "AWS::CloudFormation::Stack"
_CUSTOM_RESOURCES = ("Custom::", "AWS::CloudFormation::CustomResource")


@dataclass(frozen=True)
class StackPlan:
    """What a stack shall be. `template_body` is the exact text that the person was shown.

    `tags` must hold the installation's (`names.Names.tags`). `approved` names what would otherwise be refused because
    it runs code that the template does not show: transforms, and logical ids of nested stacks and custom resources.
    `holds` are the types of the resources that it shall have, one for each; a template with others is refused.
    """

    stack_name: str
    region: str
    template_body: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...] = (NAMED_IAM,)
    approved: frozenset[str] = field(default_factory=frozenset)
    holds: tuple[str, ...] = ()

    @property
    def installation(self) -> str:
        return self.tags[TAG_INSTALLATION]

    @property
    def journal_prefix(self) -> str:
        """What the targets of this stack's writes begin with."""
        return f"{self.region}/{self.stack_name}/"


@dataclass(frozen=True)
class Change:
    """One row of a change set, in CloudFormation's words: action `Add`, `Modify`, `Remove`; replacement `True`, …"""

    action: str
    logical_id: str
    resource_type: str
    physical_id: str = ""
    replacement: str = ""


def template_summary(aws: Aws, ctx: Context, plan: StackPlan) -> Reply:
    """What CloudFormation reads in the template: parameters with their defaults, declared transforms."""
    return aws.call(ctx, "cloudformation:GetTemplateSummary", region=plan.region, TemplateBody=plan.template_body)


def same_text(one: str, other: str) -> bool:
    """Equal but for the ends of lines, which are lost on the way: replies are XML, and XML has but one kind."""
    return one.replace("\r\n", "\n") == other.replace("\r\n", "\n")


def refuse_unusable(aws: Aws, ctx: Context, plan: StackPlan) -> None:
    """Raise `UsageError` for a template that must not even become a change set: too long, or rewritten by a macro."""
    size = len(plan.template_body.encode())
    if size > TEMPLATE_BODY_LIMIT:
        raise UsageError(
            f"The template of {plan.stack_name} has {size:,} bytes; CloudFormation takes {TEMPLATE_BODY_LIMIT:,}.",
            fix="Ask for a shorter template.",
        )
    # Before there is a change set, because making one already runs the macros.
    transforms = template_summary(aws, ctx, plan).get("DeclaredTransforms", ())
    unapproved = [name for name in transforms if name not in plan.approved]
    if unapproved:
        raise UsageError(
            f"The template of {plan.stack_name} is rewritten before it is used, by {', '.join(unapproved)}.",
            fix="Nothing was made. Ask for the template as it is after that, or approve the transform by name.",
        )


def unlike_shown(plan: StackPlan, held: str) -> StackFailed | None:
    """The error for a change set that holds another template than the person was shown."""
    if same_text(held, plan.template_body):
        return None
    fix = "Do not go on before you know what changes requests between this computer and AWS."
    if not plan.template_body.isascii():
        fix = "CloudFormation does not keep characters outside ASCII: ask for a template without them."
    return StackFailed(
        "The template in the change set is not the one that was shown.",
        call="cloudformation:GetTemplate",
        fix=f"Nothing was made. {fix}",
        details={"shown_sha256": _sha256(plan.template_body), "held_sha256": _sha256(held)},
    )


def unapproved_code(plan: StackPlan, changes: Sequence[Change]) -> UsageError | None:
    """The error for changes that run code elsewhere: nested stacks and custom resources that nobody approved."""
    hidden = [change for change in changes if _runs_other_code(change) and change.logical_id not in plan.approved]
    if not hidden:
        return None
    named = ", ".join(f"{change.logical_id} ({change.resource_type})" for change in hidden)
    return UsageError(
        f"The template of {plan.stack_name} runs code that it does not show: {named}.",
        fix="Nothing was made. Read what it runs, and approve it by name if you want it.",
    )


def unexpected(plan: StackPlan, changes: Sequence[Change], *, creates: bool) -> UsageError | None:
    """The error for a change set that does other things than the person agreed to: a creation adds what the stack shall
    hold, an update adds and removes nothing."""
    if not plan.holds:
        return None
    if creates:
        made = Counter((change.action, change.resource_type) for change in changes)
        others = () if made == Counter(("Add", held) for held in plan.holds) else changes
    else:
        others = [change for change in changes if change.action != "Modify"]
    if not others:
        return None
    named = ", ".join(f"{change.action} {change.logical_id} ({change.resource_type})" for change in others)
    return UsageError(
        f"The template of {plan.stack_name} would do other things than agreed: {named}.",
        fix=f"Nothing was made. It may hold exactly: {', '.join(plan.holds)}. Tell the vendor.",
    )


def _runs_other_code(change: Change) -> bool:
    return change.resource_type == _NESTED_STACK or change.resource_type.startswith(_CUSTOM_RESOURCES)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
