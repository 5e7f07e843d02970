"""`houseguest permissions admin-policy` and `org-policy`: who must run Houseguest, and what an organisation can add.

A policy alone goes to stdout, so that it can be sent on as it is; what there is to know of it goes to stderr.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from installer.cli import output
from installer.cli.options import AcceptKey, AccountIdOption, InvitationOption, Json, NameOption
from installer.cli.workstation import Terminal
from installer.errors import SignInNeeded, UsageError
from installer.invitation import Invitation
from installer.names import Names
from installer.policy.administrator import AdministratorPolicy, Duty, Place, Task, administrator_policy
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document, Statement

if TYPE_CHECKING:
    from installer.policy.organisation import OrganisationPolicies

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]")
_FAILS = "it fails"


class Kind(StrEnum):
    """Of an organisation's policies."""

    SERVICE_CONTROL = "service-control"
    RESOURCE_CONTROL = "resource-control"


def admin_policy(
    task: Annotated[Task, typer.Argument(help="What the person runs.")],
    name: NameOption = None,
    account: AccountIdOption = None,
    invitation: InvitationOption = None,
    stack_region: Annotated[str | None, typer.Option(help="Region of the CloudFormation stacks.")] = None,
    region: Annotated[str | None, typer.Option(help="Region of the product; any if not given.")] = None,
    accept_key: AcceptKey = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each statement is there.")] = False,
    as_json: Json = False,
) -> None:
    """The IAM policy that the person who runs it needs, and no more. Nothing is made."""
    subject = _subject(name, account, invitation, accept_key)
    place = Place(
        names=subject.names,
        grants=subject.invitation.permissions.default_grant,
        stack_region=_region(stack_region) or subject.stack_region,
        region=_region(region) or subject.region,
    )
    policy = administrator_policy(task, place)
    if as_json:
        output.emit(policy.to_json() if explain else policy.document.to_object())
        return
    if explain:
        _explain(policy)
    else:
        output.out.print(policy.document.pretty(), markup=False)
    _say([_size(policy.document.size, MANAGED_POLICY_CHARACTERS), *policy.to_know])


def org_policy(
    name: NameOption = None,
    account: AccountIdOption = None,
    invitation: InvitationOption = None,
    boundary: Annotated[
        str | None, typer.Option(help="none, vendor, guarded, or a file with your own policy; guarded if not given.")
    ] = None,
    only: Annotated[Kind | None, typer.Option(help="This policy alone, to be sent on as it is.")] = None,
    accept_key: AcceptKey = None,
    as_json: Json = False,
) -> None:
    """What an organisation can forbid that a boundary cannot. Nothing is made."""
    from installer.policy.organisation import organisation_policies  # the other commands are not to wait for it

    subject = _subject(name, account, invitation, accept_key)
    vendor = subject.invitation.trust.principal_account_id
    policies = organisation_policies(subject.names, vendor, subject.base(boundary))
    document = None
    if only is not None:
        document = {
            Kind.SERVICE_CONTROL: policies.service_control_policy,
            Kind.RESOURCE_CONTROL: policies.resource_control_policy,
        }[only]
    if as_json:
        output.emit(document or policies.to_json())
    elif document is not None:
        output.out.print(json.dumps(document, indent=2), markup=False)
    else:
        _tell(policies)


@dataclass(frozen=True)
class _Subject:
    """The installation that is asked about: a saved one, or one that an invitation would make."""

    invitation: Invitation
    names: Names
    stack_region: str = "us-east-1"
    region: str = "*"
    boundary: Document | None = None

    def base(self, boundary: str | None) -> Sequence[Statement]:
        """What the chosen boundary allows at most; of a saved installation, what was chosen for it."""
        from installer.cli.permissions_asked import boundary_asked
        from installer.policy.boundary import Layer, OperatorBoundary
        from installer.policy.presets import operator_boundary

        if boundary is None and self.boundary is not None:
            return OperatorBoundary.from_document(self.boundary).layers.get(Layer.BASE, ())
        preset, own = boundary_asked(boundary or "guarded")
        return operator_boundary(preset, self.invitation, self.names, own).layers[Layer.BASE]


def _subject(name: str | None, account: str | None, source: str | None, accept_key: str | None) -> _Subject:
    from installer.cli.permissions_asked import name_from

    station = Terminal()
    if source is not None:
        invitation = station.invitation(source, accept_key).invitation
        # Nobody is trusted across partitions, so the vendor's is the customer's.
        partition = invitation.trust.principal_arn.split(":")[1]
        account_id = account or invitation.customer.aws_account_id or _signed_in(station)
        path = invitation.template.role_path
        return _Subject(invitation, Names(name or name_from(invitation), _account_id(account_id), path, partition))
    if name is None:
        raise UsageError("There is no invitation.", fix="Add --invitation, or --name with a saved installation.")
    answers = station.store.load(name, account).answers
    return _Subject(
        answers.invitation,
        answers.names,
        answers.wishes.stack_region,
        answers.network.region if answers.network else "*",
        answers.permissions.operator_boundary if answers.permissions else None,
    )


def _signed_in(station: Terminal) -> str:
    try:
        return str(station.aws.call(station.ctx, "sts:GetCallerIdentity")["Account"])
    except SignInNeeded as error:
        raise UsageError("The invitation is for any account.", fix="Add --account with the number of yours.") from error


def _account_id(text: str) -> str:
    if not _ACCOUNT.fullmatch(text):
        raise UsageError(f"{text!r} is not the number of an account.", fix="Give its 12 digits.")
    return text


def _region(text: str | None) -> str | None:
    if text is not None and not _REGION.fullmatch(text):
        raise UsageError(f"{text!r} is not a region.", fix="Write it as AWS does, for example eu-west-1.")
    return text


def _explain(policy: AdministratorPolicy) -> None:
    for duty in policy.duties:
        _say_of(duty.sid, {"Why": duty.why, "Allows": _allows(duty), "Without it": duty.without or _FAILS})


def _allows(duty: Duty) -> str:
    through = ", only through CloudFormation" if not duty.calls else ""
    where = [arn.split(":", 5)[-1] if arn != "*" else "everything" for arn in duty.resources]
    return f"{', '.join(duty.actions)} on {', '.join(where)}{through}"


def _tell(policies: "OrganisationPolicies") -> None:
    from installer.policy.organisation import characters

    for title, document, guards in (
        ("Service control policy", policies.service_control_policy, policies.service_control),
        ("Resource control policy", policies.resource_control_policy, policies.resource_control),
    ):
        output.out.print(f"[bold]{title}[/] ({characters(document):,} characters)")
        output.out.print(json.dumps(document, indent=2), markup=False)
        for guard in guards:
            _say_of(guard.sid, {"Stops": guard.stops, "Also forbids": guard.costs})
    for way in policies.not_stopped:
        output.out.print(f"Not stopped: {escape(way)}.")
    _say(policies.to_know)


def _say_of(statement: str, told: Mapping[str, str]) -> None:
    """One below the other: a table of sentences has no room in a terminal."""
    output.out.print(f"[bold]{escape(statement)}[/]")
    for what, words in told.items():
        output.out.print(f"  [dim]{what}:[/] {escape(words)}")


def _size(size: int, limit: int) -> str:
    return f"{size:,} of the {limit:,} characters that AWS takes."


def _say(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        output.err.print(f"[blue]i[/] {escape(sentence)}")
