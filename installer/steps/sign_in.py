"""Sign in: who you are in AWS, and whether this is the account that the invitation is for."""

from dataclasses import replace
from datetime import timedelta

from installer.answers import Account, Answers
from installer.aws.identity import whoami
from installer.context import Context
from installer.errors import WrongAccount
from installer.steps import Finding, Severity
from installer.tools import Tools

SKEW_THAT_BREAKS_SIGNATURES = timedelta(minutes=5)


def check(answers: Answers, tools: Tools, _ctx: Context) -> tuple[Finding, ...]:
    """Root, and a clock that is wrong."""
    findings: list[Finding] = []
    if answers.account is not None and answers.account.is_root:
        findings.append(
            Finding(
                "sign_in",
                Severity.CAUTION,
                "You are signed in as the root user, who can do everything and cannot be limited.",
                fix="Sign in as an administrator or, better, with the policy that this needs.",
            )
        )
    skew = tools.aws.clock.skew
    if skew is not None and abs(skew) > SKEW_THAT_BREAKS_SIGNATURES:
        minutes = round(abs(skew).total_seconds() / 60)
        findings.append(
            Finding(
                "sign_in",
                Severity.CAUTION,
                f"The clock of this computer is {minutes} minutes {_direction(skew)} AWS's.",
                fix="Set the clock. Houseguest goes by AWS's time.",
            )
        )
    return tuple(findings)


def run(answers: Answers, tools: Tools, ctx: Context) -> Answers:
    """Settle `answers.account`; raise `WrongAccount` where the invitation is for another."""
    account = whoami(tools.aws, ctx)
    wanted = answers.invitation.customer.aws_account_id
    if wanted is not None and wanted != account.account_id:
        raise WrongAccount(
            f"You are signed in to account {account.account_id}; the invitation is for {wanted}.",
            fix=f"Sign in to {wanted}, or ask {answers.invitation.vendor.name} for an invitation for your account.",
            details={"signed_in": account.account_id, "invited": wanted, "identity": account.arn},
        )
    if answers.account is not None and answers.account.account_id != account.account_id:
        answers = _moved(answers, account)
    return replace(answers, account=account)


def _moved(answers: Answers, account: Account) -> Answers:
    """The answers without what was settled for the account of an earlier sign-in."""
    if answers.connection is not None and answers.account is not None:
        raise WrongAccount(
            f"You are signed in to account {account.account_id}; {answers.wishes.name} is in "
            f"{answers.account.account_id}.",
            fix=f"Sign in to {answers.account.account_id}, or begin another installation.",
            details={"signed_in": account.account_id, "expected": answers.account.account_id, "identity": account.arn},
        )
    return replace(answers, permissions=None, network=None, review=None)


def _direction(skew: timedelta) -> str:
    return "ahead of" if skew > timedelta() else "behind"
