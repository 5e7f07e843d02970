"""After a removal: the role and its stack are gone, and what is kept is kept because the running product needs it."""

from __future__ import annotations

import json
from typing import Any

from installer.sandbox.checks.boundary import workload_roles
from installer.sandbox.checks.check import insist
from installer.sandbox.checks.product import WHOLE, stack_states
from installer.sandbox.checks.witness import INSTALLATION_TAG, Installed, Told, Witness


def role_is_gone(witness: Witness, installed: Installed) -> str:
    """In whatever path."""
    roles = witness.admin.pages("iam", "list_roles", "Roles")
    left = [role["Arn"] for role in roles if role["RoleName"] == installed.role_name]
    insist(not left, f"{', '.join(left)} is still there.")
    return f"None of {len(roles)} roles is {installed.role_name}."


def nothing_trusts_the_vendor(witness: Witness, installed: Installed) -> str:
    """No role of any name opens to the vendor's account; those of other installations are not meant."""
    iam, open_roles = witness.admin("iam"), []
    names = [role["RoleName"] for role in witness.admin.pages("iam", "list_roles", "Roles")]
    for name in names:
        role = iam.get_role(RoleName=name)["Role"]
        tags = {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
        foreign = witness.info.vendor_account_id in json.dumps(role["AssumeRolePolicyDocument"])
        if foreign and tags.get(INSTALLATION_TAG, installed.name) == installed.name:
            open_roles.append(role["Arn"])
    insist(not open_roles, f"{', '.join(open_roles)} trusts account {witness.info.vendor_account_id}.")
    return f"None of {len(names)} roles trusts account {witness.info.vendor_account_id}."


def role_stack_is_gone(witness: Witness, installed: Installed) -> str:
    states = stack_states(witness, installed.role_stack)
    insist(not states, f"{installed.role_stack} is still there, in the state {', '.join(states)}.")
    return f"There is no stack {installed.role_stack}."


def keeps_what_the_product_needs(witness: Witness, installed: Installed, removed: Told) -> str:
    """Exactly that is kept, and told with its reason: the workload boundary, which the product's roles are under."""
    roles = workload_roles(witness, installed)
    under = _under(witness, installed.workload_boundary_arn)
    insist(
        bool(roles) and under == roles,
        f"Under the workload boundary: {', '.join(under)}; there are {', '.join(roles)}.",
    )
    states = stack_states(witness, installed.access_stack)
    insist(len(states) == 1 and states[0] in WHOLE, f"{installed.access_stack}: {', '.join(states) or 'not there'}.")
    kept: list[dict[str, Any]] = removed["kept"]
    wanted = [f"stack {installed.access_stack}", f"policy {installed.policy_names[1]}"]
    insist(
        [one["what"] for one in kept] == wanted, f"Told as kept: {', '.join(one['what'] for one in kept) or 'nothing'}."
    )
    unsaid = [role for role in roles for one in kept if role not in one["why"]]
    insist(not unsaid, f"The reason does not name {', '.join(sorted(set(unsaid)))}.")
    return f"Kept: {' and '.join(wanted)}, because of {', '.join(roles)}."


def _under(witness: Witness, boundary_arn: str) -> list[str]:
    found = witness.admin.pages(
        "iam",
        "list_entities_for_policy",
        "PolicyRoles",
        PolicyArn=boundary_arn,
        PolicyUsageFilter="PermissionsBoundary",
    )
    return sorted(role["RoleName"] for role in found)
