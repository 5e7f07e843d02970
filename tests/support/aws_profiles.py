"""The AWS profiles of a computer, each of which leads to an account or nowhere: for tests of who is signed in."""

from collections.abc import Callable

from installer.aws.sign_in.profile import ProfileCredentials
from installer.errors import AwsError
from installer.profiles import ProfileStore
from installer.secrets import SharedSecrets
from installer.workstation import Workstation
from tests.support.fake_aws import FakeAws
from tests.support.signed_in import ACCOUNT_ID


class AwsProfiles:
    """`accounts` says where each profile leads, `failing` what comes instead; `asked` is every sign-in, in order."""

    def __init__(self) -> None:
        self.accounts: dict[str | None, str] = {"admin": ACCOUNT_ID, "audit": ACCOUNT_ID, "other": "333333333333"}
        self.failing: dict[str | None, AwsError] = {}
        self.asked: list[str | None] = []
        self.ended: dict[str | None, Callable[[], None]] = {}
        """Tells that the credentials of a profile have ended."""

    def new(
        self, profile: str | None, store: ProfileStore, secrets: SharedSecrets, ended: Callable[[], None]
    ) -> Workstation:
        self.ended[profile] = ended
        station = Workstation(ProfileCredentials(profile), store=store, secrets=secrets)
        aws = FakeAws({"iam:ListAccountAliases": {"AccountAliases": ["acme"]}})
        aws.answer("sts:GetCallerIdentity", lambda: self._identity(profile))
        station.aws = aws
        return station

    def _identity(self, profile: str | None) -> dict[str, str] | AwsError:
        self.asked.append(profile)
        if profile in self.failing:
            return self.failing[profile]
        account = self.accounts[profile]
        return {"Account": account, "Arn": f"arn:aws:iam::{account}:user/{profile}", "UserId": "AIDA1"}
