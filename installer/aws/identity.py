"""Who is signed in, and that it stays the same account when a sign-in is renewed in the middle of the work."""

from dataclasses import dataclass

from installer.answers import Account
from installer.aws.clients import Aws
from installer.context import Context
from installer.errors import PermissionMissing, WrongAccount


def whoami(aws: Aws, ctx: Context) -> Account:
    """The signed-in identity. Only the alias needs a permission: it is None if there is none or it may not be read."""
    caller = aws.call(ctx, "sts:GetCallerIdentity")
    arn = str(caller["Arn"])
    return Account(
        account_id=caller["Account"],
        arn=arn,
        user_id=caller["UserId"],
        partition=arn.split(":")[1],
        alias=_alias(aws, ctx),
        is_root=arn.endswith(":root"),
    )


@dataclass(frozen=True)
class IdentityCheck:
    """`Aws(same_identity=IdentityCheck(account_id))`: no call goes out with a renewed sign-in to another account."""

    account_id: str

    def __call__(self, aws: Aws, ctx: Context) -> None:
        caller = aws.call(ctx, "sts:GetCallerIdentity")
        if caller["Account"] != self.account_id:
            raise WrongAccount(
                f"You signed in to account {caller['Account']}, but the work was begun in {self.account_id}.",
                fix=f"Sign in to {self.account_id}, then go on.",
                details={"signed_in": caller["Account"], "expected": self.account_id, "identity": caller["Arn"]},
            )


def _alias(aws: Aws, ctx: Context) -> str | None:
    try:
        aliases = aws.call(ctx, "iam:ListAccountAliases")["AccountAliases"]
    except PermissionMissing:
        return None
    return str(aliases[0]) if aliases else None
