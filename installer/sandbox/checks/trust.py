"""Who can assume the vendor's role: as its trust policy says, and as AWS answers the vendor."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from installer.sandbox.checks.check import Wrong, insist
from installer.sandbox.checks.clients import DENIALS, code_of
from installer.sandbox.checks.witness import Installed, Witness
from installer.sandbox.vendor import offer


def names_only_the_vendor(witness: Witness, installed: Installed) -> str:
    """Every Allow names the one principal of the invitation, and only for AssumeRole."""
    for statement in _allows(witness, installed):
        named = statement.get("Principal", {"NotPrincipal": statement.get("NotPrincipal")})
        insist(named == {"AWS": offer.PRINCIPAL_ARN}, f"The trust names {named}.")
        insist(statement.get("Action") == "sts:AssumeRole", f"The trust allows {statement.get('Action')}.")
    return f"The trust names {offer.PRINCIPAL_ARN} and nobody else."


def requires_the_external_id(witness: Witness, installed: Installed) -> str:
    external_id = witness.invitation.external_id
    for statement in _allows(witness, installed):
        asked = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
        insist(asked in (external_id, [external_id]), f"The trust asks for the external id {asked}.")
    return "The trust asks for the external id of the invitation, by StringEquals."


def opens_with_the_external_id(witness: Witness, installed: Installed) -> str:
    try:
        live = witness.assume(installed, ExternalId=witness.invitation.external_id)
    except ClientError as error:
        raise Wrong(f"The vendor is refused: {error}") from error
    return f"The vendor is {live('sts').get_caller_identity()['Arn']}."


def closed_without(witness: Witness, installed: Installed) -> str:
    return _refused(witness, installed)


def closed_with_a_wrong_one(witness: Witness, installed: Installed) -> str:
    return _refused(witness, installed, ExternalId=f"{witness.invitation.external_id}-of-another-customer")


def closed_altogether(witness: Witness, installed: Installed) -> str:
    """Also the right external id opens nothing."""
    return _refused(witness, installed, ExternalId=witness.invitation.external_id)


def _refused(witness: Witness, installed: Installed, **external_id: str) -> str:
    try:
        witness.assume(installed, **external_id)
    except ClientError as error:
        insist(code_of(error) in DENIALS, f"It failed, but was not denied: {error}")
        return f"AWS answers {code_of(error)}."
    raise Wrong(f"The vendor got a session of {installed.role_arn}.")


def _allows(witness: Witness, installed: Installed) -> list[dict[str, Any]]:
    role = witness.admin("iam").get_role(RoleName=installed.role_name)["Role"]
    allows = [one for one in role["AssumeRolePolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    insist(bool(allows), "The trust allows nobody.")
    return allows
