"""The operator boundary: attached, whole, and felt by a live session of the vendor. And the one of the workload roles.

A denial counts only if AWS says that the permissions boundary made it: the role's own policies refuse some of these
calls as well, and would hide a boundary that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from installer.sandbox import seed
from installer.sandbox.checks.check import Wrong, insist
from installer.sandbox.checks.clients import DENIALS, Clients, code_of
from installer.sandbox.checks.witness import Installed, Witness

_FEWEST_WORKLOAD_ROLES = 3
_NOBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}


def attached(witness: Witness, installed: Installed) -> str:
    found = boundary_of(witness, installed.role_name)
    insist(found == installed.operator_boundary_arn, f"The role carries {found or 'no boundary'}.")
    return f"The role carries {found}."


def holds_itself(witness: Witness, installed: Installed) -> str:
    """The default version denies every way out of itself, and is not cut."""
    document = default_document(witness, installed.operator_boundary_arn)
    denies = list(_denies(document))
    insist(not any(_covers(one, "any:Call", "arn:any") for one in denies), "The boundary is cut: it denies everything.")
    role, policy = installed.role_arn, installed.operator_boundary_arn
    ways_out = {
        "iam:DeleteRolePermissionsBoundary": role,
        "iam:PutRolePermissionsBoundary": role,
        "iam:UpdateAssumeRolePolicy": role,
        "iam:CreatePolicyVersion": policy,
        "iam:SetDefaultPolicyVersion": policy,
        "iam:DeletePolicyVersion": policy,
        "iam:DeletePolicy": policy,
    }
    left = [action for action, arn in ways_out.items() if not any(_covers(one, action, arn) for one in denies)]
    insist(not left, f"The boundary does not deny {', '.join(left)}.")
    return f"Its default version denies {', '.join(ways_out)}."


def lets_work(installed: Installed, live: Clients) -> str:
    """What the product needs is allowed."""
    own = live.pages("ec2", "describe_vpcs", "Vpcs", region=installed.region)
    return f"ec2:DescribeVpcs in {installed.region} is allowed: {len(own)} networks."


def keeps_from_customers_data(witness: Witness, installed: Installed, live: Clients) -> str:
    place = {"Bucket": seed.CUSTOMER_BUCKET, "Key": seed.CUSTOMER_OBJECT}
    witness.admin("s3", installed.region).get_object(**place)  # it is there: a denial is not for lack of it
    return _denied(lambda: live("s3", installed.region).get_object(**place))


def keeps_from_the_other(other: Installed, live: Clients) -> str:
    """A session of one installation has no way to the files of another."""
    bucket = f"{other.name}--{other.account_id}-{other.region}"
    return _denied(lambda: live("s3", other.region).get_object(Bucket=bucket, Key="health/last-check.json"))


def keeps_itself_attached(witness: Witness, installed: Installed, live: Clients) -> str:
    role = {"RoleName": installed.role_name}
    standing = boundary_of(witness, installed.role_name)

    def put_back() -> None:
        if standing:
            witness.admin("iam").put_role_permissions_boundary(**role, PermissionsBoundary=standing)

    return _denied(lambda: live("iam").delete_role_permissions_boundary(**role), put_back)


def keeps_to_the_region(witness: Witness, installed: Installed, live: Clients) -> str:
    elsewhere = next(region for region in witness.regions if region != installed.region)
    return _denied(lambda: live("ec2", elsewhere).describe_vpcs())


def keeps_roles_under_the_workload_boundary(witness: Witness, installed: Installed, live: Clients) -> str:
    name = f"{installed.name}-check"
    return _denied(
        lambda: live("iam").create_role(
            RoleName=name, Path=installed.workload_path, AssumeRolePolicyDocument=json.dumps(_NOBODY)
        ),
        lambda: witness.admin("iam").delete_role(RoleName=name),
    )


def workload_roles_bounded(witness: Witness, installed: Installed) -> str:
    names = workload_roles(witness, installed)
    bare = [name for name in names if boundary_of(witness, name) != installed.workload_boundary_arn]
    insist(not bare, f"Not under the workload boundary: {', '.join(bare)}.")
    insist(len(names) >= _FEWEST_WORKLOAD_ROLES, f"There are only {len(names)} workload roles: {', '.join(names)}.")
    return f"Under the workload boundary: {', '.join(names)}."


def cut_off(installed: Installed, live: Clients) -> str:
    """The call that `lets_work` made is denied now."""
    try:
        live("ec2", installed.region).describe_vpcs()
    except ClientError as error:
        insist(code_of(error) in DENIALS, f"It failed, but was not denied: {error}")
        return f"AWS answers {code_of(error)} to ec2:DescribeVpcs in {installed.region}."
    raise Wrong(f"ec2:DescribeVpcs in {installed.region} is still allowed.")


def workload_roles(witness: Witness, installed: Installed) -> list[str]:
    found = witness.admin.pages("iam", "list_roles", "Roles", PathPrefix=installed.workload_path)
    return sorted(role["RoleName"] for role in found)


def boundary_of(witness: Witness, role_name: str) -> str | None:
    """Its ARN. Of one role at a time: ListRoles leaves it out."""
    role = witness.admin("iam").get_role(RoleName=role_name)["Role"]
    arn = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return None if arn is None else str(arn)


def default_document(witness: Witness, policy_arn: str) -> dict[str, Any]:
    iam = witness.admin("iam")
    version = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]
    document: dict[str, Any] = found
    return document


def _denied(call: Callable[[], object], undo: Callable[[], object] = lambda: None) -> str:
    """Denied by the permissions boundary. If it is allowed, what was done is undone."""
    try:
        call()
    except ClientError as error:
        said = f"{code_of(error)}: {error.response['Error']['Message']}"
        insist(code_of(error) in DENIALS, f"It failed, but was not denied: {said}")
        insist("permissions boundary" in said, f"It is denied, but not by the boundary: {said}")
        return said
    undo()
    raise Wrong("It was allowed.")


def _denies(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those that hold whatever the request."""
    return (one for one in document["Statement"] if one["Effect"] == "Deny" and not one.get("Condition"))


def _covers(deny: dict[str, Any], action: str, arn: str) -> bool:
    return _matches(deny, "Action", action.lower(), str.lower) and _matches(deny, "Resource", arn, str)


def _matches(statement: dict[str, Any], element: str, value: str, normal: Callable[[str], str]) -> bool:
    negated = f"Not{element}" in statement
    given = statement[f"Not{element}" if negated else element]
    patterns = [given] if isinstance(given, str) else given
    return negated != any(fnmatchcase(value, normal(pattern)) for pattern in patterns)
