"""Handing the role over: the vendor is told of it, tries it with the external id and without, and its word is judged.

What is handed over was made and read back by `steps/connect.py`.
"""

from collections.abc import Iterator

from installer.answers import Answers
from installer.context import Context
from installer.errors import VendorError
from installer.events import Checked, Waiting
from installer.evidence import Evidence, Source, State
from installer.journal import Write, bound_to
from installer.policy.writer import write_cut
from installer.tools import Tools
from installer.vendor_replies import Answer, Integration, IntegrationState


def introduce(answers: Answers, tools: Tools, ctx: Context, stack_id: str) -> Integration:
    """Tell the vendor of the role, and wait until it has tried it."""
    names = answers.names
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


def vendors_word(answers: Answers, tools: Tools, ctx: Context, integration: Integration) -> Iterator[Evidence]:
    """What the vendor says of its two attempts, as its word. Where that speaks against the connection, it is cut."""
    operator, proof = answers.invitation.vendor.operator, integration.proof
    if proof is None or not proof.holds or integration.role_arn != answers.names.operator_role_arn:
        ctx.report(Checked(write_cut(tools.aws, tools.journal, ctx, answers.names.operator_boundary_arn)))
        raise VendorError(
            f"{operator} did not prove that it can use the role with your external id, and only with it.",
            fix="Access is cut. Tell the vendor, then try again.",
            details={"vendor_says": proof.model_dump_json() if proof else "nothing", "role": integration.role_arn},
        )
    attempts: tuple[tuple[str, Answer], ...] = (
        (f"{operator} can assume the role with the external id", proof.with_external_id),
        (f"{operator} cannot assume the role without it", proof.without_external_id),
    )
    for claim, attempt in attempts:
        evidence = Evidence(
            claim=claim,
            state=State.VERIFIED,
            source=Source.VENDOR,
            at=attempt.at,
            call="sts:AssumeRole",
            request_id=attempt.request_id,
            detail=attempt.error_code or "",
        )
        ctx.report(Checked(evidence))
        yield evidence
