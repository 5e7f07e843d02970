"""Answers of a person who has just signed in with the reference vendor's invitation. Those of a whole journey are in
`answers.py`."""

import json
from collections.abc import Mapping
from typing import Any

from installer.answers import Account, Answers, Wishes
from installer.claims import Invitation
from installer.names import Names
from tests.support.invitations import claims

ACCOUNT_ID = "222222222222"
NAME = "popsql"
LONGEST_NAME = "a" * 20


def invitation(overrides: Mapping[str, Any] | None = None) -> Invitation:
    return Invitation.model_validate_json(json.dumps(claims(overrides)))


def names(name: str = NAME) -> Names:
    return Names(name, ACCOUNT_ID, "/release/")


def account(account_id: str = ACCOUNT_ID, *, is_root: bool = False) -> Account:
    who = "root" if is_root else "user/alice"
    arn = f"arn:aws:iam::{account_id}:{who}"
    return Account(account_id, arn, "AIDAEXAMPLE", "aws", alias="acme-prod", is_root=is_root)


def answers(*, overrides: Mapping[str, Any] | None = None, **sections: Any) -> Answers:
    """`overrides` are of the invitation's claims; `sections` stand in the place of the ordinary ones."""
    return Answers(invitation(overrides), **{"wishes": Wishes(name=NAME), "account": account(), **sections})
