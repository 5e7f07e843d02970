"""What `permissions show` and `check` are asked about: the invitation, the account, the grant, the boundary.

Nothing of it needs a sign-in. Where there is none, the account id is the one that is given, that of the invitation, or
a placeholder, and the answer says which; what AWS alone could tell is said to be unknown.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer.answers import Account, Answers, Wishes
from installer.aws.identity import whoami
from installer.cli.workstation import Terminal
from installer.errors import BoundaryError, HouseguestError, SignInNeeded, UsageError
from installer.invitation import Invitation
from installer.journal import Journal
from installer.names import NAME_PATTERN, RESERVED, Names, check_name
from installer.policy.boundary import OperatorBoundary
from installer.policy.document import MAX_TEXT_BYTES, Document
from installer.policy.grant import Grant
from installer.policy.presets import Preset, operator_boundary
from installer.steps.permissions import granted

PLACEHOLDER_ACCOUNT = "000000000000"
_FROM = {
    "option": "as given",
    "sign_in": "you are signed in to it",
    "invitation": "from the invitation; you are not signed in",
    "placeholder": "a placeholder: you are not signed in, and the invitation names no account",
}


@dataclass(frozen=True)
class Asked:
    """`account_from` is a key of `_FROM`. `boundary` is composed: what always stays is in it."""

    invitation: Invitation
    names: Names
    account_from: str
    grant: Grant
    preset: Preset
    boundary: OperatorBoundary
    notes: tuple[str, ...]

    @property
    def document(self) -> Document:
        return self.boundary.document()

    def to_json(self) -> dict[str, Any]:
        """What both commands tell first."""
        return {
            "name": self.names.installation,
            "account_id": self.names.account_id,
            "account_from": self.account_from,
            "vendor": self.invitation.vendor.operator,
            "boundary": {
                "preset": self.preset.value,
                "characters": self.document.size,
                "document": self.document.to_object(),
            },
            "notes": list(self.notes),
        }

    def facts(self) -> dict[str, object]:
        """The same for a person."""
        return {
            "installation": self.names.installation,
            "account": f"{self.names.account_id} ({_FROM[self.account_from]})",
            "role of": self.invitation.vendor.operator,
            "boundary": f"{self.preset.value}, {self.document.size:,} characters",
        }


def asked(
    station: Terminal,
    source: str | None,
    boundary: str,
    *,
    name: str | None = None,
    account: str | None = None,
    accept_key: str | None = None,
) -> Asked:
    """Read all of it; nothing is made."""
    if source is None:
        raise UsageError("There is no invitation.", fix="Add --invitation with the link or the file.")
    invitation = station.invitation(source, accept_key).invitation
    identity, account_from, told = _account(station, invitation, account)
    wishes = Wishes(name=check_name(name) if name else name_from(invitation))
    answers = Answers(invitation, wishes, account=identity)
    preset, own = boundary_asked(boundary)
    composed = operator_boundary(preset, invitation, answers.names, own)
    tools = station.looking(answers, Journal(station.store.root / "looking.jsonl"))
    signed_in = account_from == "sign_in"
    grant = granted(answers, tools, station.ctx if signed_in else station.unpaced, signed_in=signed_in)
    return Asked(invitation, answers.names, account_from, grant, preset, composed, (*told, *grant.notes))


def boundary_asked(text: str) -> tuple[Preset, Document | None]:
    """A preset by its name, or the policy in a file."""
    if text in (Preset.NONE, Preset.VENDOR, Preset.GUARDED):
        return Preset(text), None
    try:
        with Path(text).open("rb") as file:
            return Preset.OWN, Document.from_json(file.read(MAX_TEXT_BYTES + 1).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BoundaryError(
            f"{text!r} is neither a preset nor a file that can be read.",
            fix="Use none, vendor, guarded, or the path of a policy document.",
            details={"problem": str(error)},
        ) from error


def _account(station: Terminal, invitation: Invitation, given: str | None) -> tuple[Account, str, tuple[str, ...]]:
    """The account, where it is from, and what is to be said of it."""
    if given is not None:
        if not re.fullmatch(r"[0-9]{12}", given):
            raise UsageError(f"{given!r} is no AWS account id.", fix="An account id has twelve digits.")
        return _stand_in(given), "option", ()
    invited = invitation.customer.aws_account_id
    try:
        account = whoami(station.aws, station.ctx)
    except SignInNeeded:
        return _stand_in(invited or PLACEHOLDER_ACCOUNT), "invitation" if invited else "placeholder", ()
    except HouseguestError as error:
        note = f"Who is signed in could not be asked: {error.message}"
        return _stand_in(invited or PLACEHOLDER_ACCOUNT), "invitation" if invited else "placeholder", (note,)
    if invited and invited != account.account_id:
        return account, "sign_in", (f"The invitation is for account {invited}, and you are signed in to another.",)
    return account, "sign_in", ()


def _stand_in(account_id: str) -> Account:
    return Account(account_id, "", "", "aws", alias=None, is_root=False)


def name_from(invitation: Invitation) -> str:
    """A name for the installation where none is given: the product's."""
    slug = re.sub(r"[^a-z0-9]+", "-", invitation.product.name.lower()).strip("-")[:20].strip("-")
    return slug if NAME_PATTERN.fullmatch(slug) and slug not in RESERVED else "product"
