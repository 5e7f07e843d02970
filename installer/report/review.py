"""The report of a review: from the answers of a journey, settled so far, to what a second reader has to know.

What is not settled yet is said, among what was not checked. Nothing is read here: all that is known was read by the
steps, and their evidence says when.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit, urlunsplit

from installer import __version__
from installer.errors import BoundaryError
from installer.evidence import Evidence, State
from installer.policy.boundary import OperatorBoundary
from installer.report.model import (
    Created,
    Fact,
    Need,
    Permission,
    PolicyText,
    Quotation,
    Report,
    Resource,
    Said,
    Section,
    Unchecked,
)
from installer.steps import Finding

if TYPE_CHECKING:
    from installer.answers import Answers  # brings pydantic along, which a window is not to wait for
    from installer.policy.document import Document

_PRESETS = {
    "none": "Everything that the vendor asks for; only the ways around your boundary are closed",
    "vendor": "What the vendor says it needs",
    "guarded": "What the vendor says it needs, without your data, your machines and your audit trail",
    "own": "Your own document",
}
_PHASES: Final[dict[Literal["install", "steady", "update"], str]] = {
    "install": "To install",
    "steady": "To run",
    "update": "To update",
}


def of_review(
    answers: "Answers",
    findings: Sequence[Finding],
    *,
    at: datetime,
    created: Iterable[Created] = (),
    said: Iterable[Said] = (),
    said_of_workloads: Iterable[Said] = (),
) -> Report:
    """The report on what `answers` hold.

    at                 the time of making it
    created            what connecting makes: `steps.connect.what_is_created`
    said               the operator boundary in words: `policy.words.explained`
    said_of_workloads  the workload boundary in words
    """
    invitation = answers.invitation
    account = answers.account
    evidence = tuple(_evidence(answers))
    return Report(
        title=f"What {invitation.vendor.operator} gets in your account",
        product=invitation.product.name,
        vendor=invitation.vendor.name,
        operator=invitation.vendor.operator,
        customer=invitation.customer.name,
        account=account.account_id if account else "not signed in yet",
        at=at,
        made_by=f"Houseguest {__version__}",
        sections=tuple(_sections(answers)),
        permissions=_permissions(said),
        workload_permissions=_permissions(said_of_workloads),
        needs=tuple(
            Need(_PHASES[phase], need.why, need.actions, need.resources)
            for phase in _PHASES
            for need in invitation.permissions.needs.get(phase, ())
        ),
        resources=tuple(Resource(c.kind, c.name, c.arn, c.why, c.who_can_change, c.stack) for c in created),
        findings=tuple(findings),
        evidence=evidence,
        unchecked=(*_unread(evidence), *_not_yet(answers)),
        boundaries=tuple(_boundaries(answers)),
    )


def _permissions(said: Iterable[Said]) -> tuple[Permission, ...]:
    return tuple(
        Permission(str(one.layer), one.sid, one.effect, one.sentence, tuple(one.actions), tuple(one.resources))
        for one in said
    )


def _sections(answers: "Answers") -> Iterator[Section]:
    yield _who(answers)
    yield _trust(answers)
    yield from _account(answers)
    yield from _limits(answers)
    yield from _network(answers)
    yield _vendors_resources(answers)
    yield from _product(answers)


def _who(answers: "Answers") -> Section:
    said = answers.invitation
    agreements = (Fact("Agreement", f"{agreement.title}: {agreement.url}") for agreement in said.vendor.agreements)
    return Section(
        "Who gets access",
        (
            Fact("Gets access", said.vendor.operator),
            Fact("Vendor", f"{said.vendor.name}, support: {said.vendor.support_url}"),
            Fact("Product", f"{said.product.name} {said.product.version}. {said.product.summary}"),
            *agreements,
            Fact("Invitation", said.jti, exact=True),
            Fact("Issued by", said.iss, exact=True),
            Fact("Valid", f"{_time(said.not_before)} to {_time(said.expires_at)}"),
        ),
        quotation=Quotation(said.vendor.name, said.vendor.access_statement),
    )


def _trust(answers: "Answers") -> Section:
    said, connection = answers.invitation, answers.connection
    whole = "every identity of the vendor's account" if said.trust.is_whole_account else "this role and no other"
    role = [Fact("Role in your account", answers.names.operator_role_arn, exact=True)] if answers.account else []
    stacks = (
        [
            Fact("Your stack", connection.access_stack_id, exact=True),
            Fact("The role's stack", connection.role_stack_id, exact=True),
        ]
        if connection
        else []
    )
    return Section(
        f"How {said.vendor.operator} gets in",
        (
            *role,
            Fact("Trusted principal", said.trust.principal_arn, exact=True),
            Fact("Which is", whole),
            Fact("External ID", said.trust.external_id, exact=True),
            *(Fact("Policy asked for", arn, exact=True) for arn in said.permissions.default_grant),
            Fact("Longest session", f"{said.permissions.max_session_seconds:,} s"),
            Fact("The role's template", _without_query(said.template.url), exact=True),
            Fact("Its SHA-256", said.template.sha256, exact=True),
            *stacks,
        ),
        lead="The external id is no secret: the vendor made it, for you alone. Evidence says if the role asks for it.",
    )


def _account(answers: "Answers") -> Iterator[Section]:
    account = answers.account
    if account is None:
        return
    wanted = answers.invitation.customer.aws_account_id
    yield Section(
        "Your account",
        (
            Fact("Account", account.account_id, exact=True),
            Fact("Alias", account.alias or "none, or not readable"),
            Fact("Partition", account.partition, exact=True),
            Fact("Signed in as", account.arn, exact=True),
            Fact("Root user", "yes" if account.is_root else "no"),
            Fact("Invitation is for", wanted or "any account of yours", exact=wanted is not None),
            Fact("Installation", answers.wishes.name, exact=True),
        ),
    )


def _limits(answers: "Answers") -> Iterator[Section]:
    permissions = answers.permissions
    if permissions is None or answers.account is None:
        return
    yield Section(
        "What caps it",
        (
            Fact("Chosen limit", _PRESETS.get(permissions.preset, permissions.preset)),
            Fact("Caps the vendor's role", answers.names.operator_boundary_arn, exact=True),
            Fact("Caps the roles that it makes", answers.names.workload_boundary_arn, exact=True),
            Fact("Their IAM path", answers.names.workload_path, exact=True),
            Fact("Regions", ", ".join(_regions(permissions.operator_boundary)) or "not limited by the boundary"),
        ),
        lead=f"Both documents {'are' if answers.connection else 'will be'} in your account, and yours to change. "
        "They stand in full at the end.",
    )


def _network(answers: "Answers") -> Iterator[Section]:
    network = answers.network
    if network is None:
        return
    yield Section(
        "The network",
        (
            Fact("Region", network.region, exact=True),
            Fact("Block", str(network.cidr), exact=True),
            Fact("Addresses", f"{network.cidr.num_addresses:,}"),
            *(Fact("Kept free", str(block), exact=True) for block in answers.wishes.avoid),
        ),
    )


def _vendors_resources(answers: "Answers") -> Section:
    said = answers.invitation
    by_service: dict[str, list[str]] = {}
    for made in said.resources:
        service, _, kind = made.type.rpartition("::")
        by_service.setdefault(service, []).append(f"{made.count:,} × {kind}")
    return Section(
        f"What {said.vendor.operator} will make",
        tuple(Fact(service, ", ".join(kinds)) for service, kinds in by_service.items()),
        lead="By the vendor's word in the invitation. What it costs is not checked.",
    )


def _product(answers: "Answers") -> Iterator[Section]:
    product = answers.product
    if product is None:
        return
    yield Section(
        "The product",
        (
            Fact("Version", product.version),
            Fact("Address", product.url, exact=True),
            Fact("Install", product.install_id, exact=True),
            *(Fact("Its traffic comes from", address, exact=True) for address in product.egress_ips),
        ),
    )


def _boundaries(answers: "Answers") -> Iterator[PolicyText]:
    permissions = answers.permissions
    if permissions is None or answers.account is None:
        return
    names, operator = answers.names, permissions.operator_boundary
    note = f"Caps the role of {answers.invitation.vendor.operator}."
    if answers.network is not None and _regions(operator):
        note += f" Before the install begins, its regions are narrowed to {answers.network.region}."
    for name, arn, about, document in (
        (names.operator_boundary, names.operator_boundary_arn, note, operator),
        (
            names.workload_boundary,
            names.workload_boundary_arn,
            f"Caps every role that {answers.invitation.vendor.operator} makes.",
            permissions.workload_boundary,
        ),
    ):
        yield PolicyText(name, arn, about, document.size, document.pretty())


def _regions(document: "Document") -> tuple[str, ...]:
    """The regions that a composed boundary is locked to; none for one that is not locked, or is somebody's own."""
    try:
        return OperatorBoundary.from_document(document).regions
    except (BoundaryError, KeyError):
        return ()


def _evidence(answers: "Answers") -> Iterator[Evidence]:
    for settled in (answers.connection and answers.connection.proof, answers.network and answers.network.evidence):
        yield from settled or ()
    if answers.product is not None:
        yield from answers.product.evidence


def _unread(evidence: Iterable[Evidence]) -> Iterator[Unchecked]:
    for item in evidence:
        if item.state is State.NOT_CHECKED:
            yield Unchecked(item.claim, item.detail or "No reason is given.")


def _not_yet(answers: "Answers") -> Iterator[Unchecked]:
    """What cannot have been checked, because it is not there yet."""
    operator = answers.invitation.vendor.operator
    for settled, claim, why in (
        (answers.account, "The account is the one that the invitation is for", "You are not signed in yet."),
        (answers.permissions, "The boundary is as you want it", "It is not chosen yet."),
        (answers.connection, f"{operator} can use the role with the external id only", "The role does not exist yet."),
        (answers.network, "The block is free", "Region and block are not chosen yet."),
        (answers.product, "The product runs and can be reached", "It is not installed yet."),
    ):
        if settled is None:
            yield Unchecked(claim, why)


def _without_query(url: str) -> str:
    """A link may be signed in its query, and is then as good as a key."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
