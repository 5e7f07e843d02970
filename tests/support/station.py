"""A workstation whose AWS answers from a script, for tests of what every front end shares."""

from collections.abc import Mapping
from typing import Any

from installer.answers import Answers
from installer.aws.sign_in.profile import ProfileCredentials
from installer.context import Context
from installer.errors import HouseguestError
from installer.journal import Journal
from installer.tools import Tools
from installer.vendor import VendorSession
from installer.workstation import Workstation
from tests.support.fake_account import ROLE_TEMPLATE, FakeAccount
from tests.support.fake_aws import FakeAws
from tests.support.signed_in import ACCOUNT_ID

SIGNED_IN: Mapping[str, Any] = {
    "sts:GetCallerIdentity": {
        "Account": ACCOUNT_ID,
        "Arn": f"arn:aws:iam::{ACCOUNT_ID}:user/jane",
        "UserId": "AIDA1",
    },
    "iam:ListAccountAliases": {"AccountAliases": ["acme"]},
}


class FakeStation(Workstation):
    """Its vendor is none, or as told; `away` is raised instead. `tokens` are the invitations' that it was opened by."""

    aws: FakeAws

    def __init__(
        self, aws: FakeAws, vendor: VendorSession | None = None, *, away: HouseguestError | None = None
    ) -> None:
        super().__init__(ProfileCredentials())
        self.aws = aws
        self.tokens: list[str | None] = []
        self._vendor, self._away = vendor, away

    @classmethod
    def of(cls, account: FakeAccount, *, away: HouseguestError | None = None) -> "FakeStation":
        aws = account.aws()
        for call, answer in SIGNED_IN.items():
            aws.answer(call, answer)
        return cls(aws, account.vendor.session(), away=away)

    def vendor(
        self, ctx: Context, answers: Answers, installation_id: str, invitation_token: str | None
    ) -> VendorSession | None:
        self.tokens.append(invitation_token)
        if self._away is not None:
            raise self._away
        return self._vendor

    def _tools(self, journal: Journal, vendor: VendorSession | None) -> Tools:
        return Tools(aws=self.aws, journal=journal, vendor=vendor, download=lambda _url: ROLE_TEMPLATE.encode())
