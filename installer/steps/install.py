"""Install: narrow the boundary to the chosen region, ask the vendor to install, follow it, read back what came of it.

The vendor installs whether anybody watches or not. Following again later shows every event from the first.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from installer.answers import Answers, Connection, Network, Product
from installer.aws.consistency import until
from installer.aws.roles import roles_under_path
from installer.context import Context
from installer.errors import HouseguestError, InstallFailed, PermissionMissing
from installer.events import Checked, Waiting
from installer.evidence import Evidence, Source, State
from installer.journal import Write, bound_to
from installer.names import TAG_INSTALLATION
from installer.policy.boundary import Layer, OperatorBoundary
from installer.policy.writer import read_boundary, write_boundary
from installer.role_reading import doors
from installer.steps import Finding
from installer.tools import Tools
from installer.vendor import VendorSession
from installer.vendor_replies import Install, InstallState

WAIT_SECONDS = 1  # Cancel takes effect when the vendor's answer is here
_STOPPED = frozenset({InstallState.FAILED, InstallState.PAUSED, InstallState.CANCELLED})
ENDED = _STOPPED | {InstallState.INSTALLED}
HEALTH_ATTEMPTS = 6
NO_DOORS = "No role that the vendor made can be assumed from outside"


def check(_answers: Answers, _tools: Tools, _ctx: Context) -> tuple[Finding, ...]:
    """Nothing of its own: what an install needs is checked by the steps before."""
    return ()


def run(answers: Answers, tools: Tools, ctx: Context) -> Answers:
    """Settle `answers.product`; raise `InstallFailed` where the vendor stopped at an error."""
    connection, network = _settled(answers)
    narrowed = _narrow(answers, tools, ctx, connection, network)
    vendor = tools.speak()
    cidr, email = str(network.cidr), answers.wishes.email
    install = tools.journal.perform(
        Write(
            action="vendor:POST /installs",
            target=bound_to(answers.wishes.name, connection.integration_id, network.region, cidr, email),
            find=lambda: None,  # the vendor returns the install that it has, for the same region and block
            do=lambda token: vendor.start_install(
                ctx,
                idempotency_key=token,
                integration_id=connection.integration_id,
                region=network.region,
                cidr=cidr,
                contact_email=email,
            ),
            describe=lambda made: made.id,
        )
    )
    if install.state in _STOPPED:
        install = _again(vendor, install.id, tools, ctx)
    install = _follow(vendor, install, tools, ctx)
    return replace(answers, product=_product(answers, tools, ctx, install, narrowed))


def _again(vendor: VendorSession, install_id: str, tools: Tools, ctx: Context) -> Install:
    return tools.journal.perform(
        Write(
            action="vendor:POST /installs/retry",
            target=install_id,
            find=lambda: None,  # what was made is found by the vendor: an install that goes on already goes on
            do=lambda _token: vendor.retry(ctx, install_id),
            describe=lambda made: made.id,
        )
    )


def _settled(answers: Answers) -> tuple[Connection, Network]:
    if answers.connection is None or answers.network is None:
        raise ValueError("the connection and the network come before the install")
    return answers.connection, answers.network


def _narrow(
    answers: Answers, tools: Tools, ctx: Context, connection: Connection, network: Network
) -> tuple[Evidence, ...]:
    """Where the boundary is locked to regions, lock it to this one. Before Install, because from now on the vendor
    acts."""
    standing = OperatorBoundary.from_document(read_boundary(tools.aws, ctx, connection.operator_boundary_arn))
    if not standing.layers.get(Layer.REGION):
        return ()
    document = standing.in_regions([network.region]).document()
    evidence = write_boundary(tools.aws, tools.journal, ctx, connection.operator_boundary_arn, document)
    evidence = replace(evidence, claim=f"{answers.invitation.vendor.operator} can act in {network.region} only")
    ctx.report(Checked(evidence))
    return (evidence,)


def _follow(vendor: VendorSession, install: Install, tools: Tools, ctx: Context) -> Install:
    """Report the vendor's events until the install has ended and none is left."""
    seen = 0
    while True:
        news = vendor.events(ctx, install.id, after=seen, wait=WAIT_SECONDS)
        for event in news.events:
            seen = event.seq
            ctx.report(event.progress())
        if not news.events:
            if (news.state or vendor.install(ctx, install.id).state) in ENDED:
                break
            ctx.report(Waiting("the vendor installs", tools.aws.clock.now()))
    install = vendor.install(ctx, install.id)
    if install.state is not InstallState.INSTALLED:
        raise _failure(install)
    return install


def _failure(install: Install) -> InstallFailed:
    problem = install.error
    if problem is None:
        return InstallFailed(f"The install is {install.state}.", fix="Resume it when you want it to go on.")
    return InstallFailed(
        f"The install stopped: {problem.action} was refused.",
        fix="If your boundary is too tight for it, allow the call and resume. If not, tell the vendor.",
        details={
            "action": problem.action,
            "aws_code": problem.code,
            "resource": problem.resource or "",
            "vendor_says": problem.message,
            "install_id": install.id,
        },
    )


def _product(answers: Answers, tools: Tools, ctx: Context, install: Install, narrowed: tuple[Evidence, ...]) -> Product:
    if install.endpoints is None:
        raise InstallFailed(
            "The vendor says that it is installed, but gives no address.",
            fix="Tell the vendor.",
            details={"id": install.id},
        )
    evidence = (*narrowed, *read_back(answers, tools, ctx), _health(tools, ctx, install.endpoints.health_url))
    for found in evidence[len(narrowed) :]:
        ctx.report(Checked(found))
    for found in evidence:
        if found.state is State.REFUTED:
            raise InstallFailed(
                f"The vendor says that it is installed, but this does not hold: {found.claim}. {found.detail}",
                fix="Tell the vendor, and resume when it is put right. To be safe, remove the access.",
                details={"call": found.call, "install_id": install.id},
            )
    return Product(
        install_id=install.id,
        version=install.product_version,
        url=install.endpoints.url,
        health_url=install.endpoints.health_url,
        egress_ips=tuple(install.endpoints.egress_ips),
        evidence=evidence,
    )


def read_back(answers: Answers, tools: Tools, ctx: Context) -> Iterator[Evidence]:
    """What the vendor made, read from AWS by us. What this sign-in may not read is not checked, and stops nothing."""
    _, network = _settled(answers)
    readings: tuple[tuple[str, str, Callable[[Answers, Tools, Context], tuple[bool, str]]], ...] = (
        (f"The product has one network, on {network.cidr}", "ec2:DescribeVpcs", _one_network),
        ("Every role that the vendor made carries your workload boundary", "iam:ListRoles", _workload_roles),
        (NO_DOORS, "iam:GetRole", _no_doors),
    )
    for claim, call, read in readings:
        try:
            holds, detail = read(answers, tools, ctx)
            state = State.VERIFIED if holds else State.REFUTED
        except PermissionMissing as error:
            state, detail = State.NOT_CHECKED, error.message
        yield Evidence(claim, state, Source.AWS, tools.aws.clock.now(), call=call, detail=detail)


def _one_network(answers: Answers, tools: Tools, ctx: Context) -> tuple[bool, str]:
    _, network = _settled(answers)
    tagged = {"Name": f"tag:{TAG_INSTALLATION}", "Values": [answers.wishes.name]}
    vpcs = tools.aws.pages(ctx, "ec2:DescribeVpcs", "Vpcs", region=network.region, Filters=[tagged])
    blocks = [str(vpc["CidrBlock"]) for vpc in vpcs]
    return blocks == [str(network.cidr)], f"found {', '.join(blocks) or 'none'}"


def _workload_roles(answers: Answers, tools: Tools, ctx: Context) -> tuple[bool, str]:
    names = answers.names
    roles = roles_under_path(tools.aws, ctx, names.workload_path)
    bare = [role.name for role in roles if role.boundary_arn != names.workload_boundary_arn]
    if bare:
        return False, f"without it: {', '.join(bare)}"
    return bool(roles), ", ".join(role.name for role in roles) or "no roles found"


def _no_doors(answers: Answers, tools: Tools, ctx: Context) -> tuple[bool, str]:
    roles = roles_under_path(tools.aws, ctx, answers.names.workload_path)
    found = doors(roles)
    return not found, "; ".join(found) or f"{len(roles)} roles"


def _health(tools: Tools, ctx: Context, url: str) -> Evidence:
    """Whether the product answers at its own address, soon. Its word is the vendor's."""
    problem, answered = until(
        ctx, lambda: _problem(tools, url), lambda found: not found, in_a_row=1, attempts=HEALTH_ATTEMPTS
    )
    return Evidence(
        "The product answers",
        State.VERIFIED if answered else State.REFUTED,
        Source.VENDOR,
        tools.aws.clock.now(),
        call=f"GET {url}",
        detail=problem or url,
    )


def _problem(tools: Tools, url: str) -> str:
    try:
        tools.download(url)
    except HouseguestError as error:
        return error.message
    return ""
