"""The installed product: its stacks and resources whole, each there once, its address and its health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from installer.sandbox.checks.check import Wrong, insist
from installer.sandbox.checks.clients import HOME_REGION, local_http
from installer.sandbox.checks.network import own_vpcs
from installer.sandbox.checks.witness import (
    INSTALLATION_TAG,
    INSTALLER,
    INVITATION_TAG,
    MADE_BY_TAG,
    Installed,
    Witness,
)
from installer.sandbox.vendor import offer

WHOLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


def told_the_truth(witness: Witness, installed: Installed) -> str:
    """What the command told are the names of the contract, in this account, and the stacks that AWS shows."""
    stacks = [_stack(witness, name)["StackId"] for name in (installed.access_stack, installed.role_stack)]
    wanted = {
        "state": "installed",
        "account_id": witness.admin("sts").get_caller_identity()["Account"],
        "role_arn": installed.role_arn,
        "boundary_arn": installed.operator_boundary_arn,
        "workload_boundary_arn": installed.workload_boundary_arn,
        "stack_ids": stacks,
    }
    told = installed.told
    wrong = [f"{key} is {now}, told was {told[key]}" for key, now in wanted.items() if now != told[key]]
    insist(not wrong, f"{'; '.join(wrong)}.")
    return f"As told: {', '.join(wanted)}."


def stacks_are_whole(witness: Witness, installed: Installed) -> str:
    wanted = {INSTALLATION_TAG: installed.name, MADE_BY_TAG: INSTALLER, INVITATION_TAG: witness.invitation.id}
    for name in (installed.access_stack, installed.role_stack):
        stack = _stack(witness, name)
        insist(stack["StackStatus"] in WHOLE, f"{name} is in the state {stack['StackStatus']}.")
        missing = wanted.items() - _tags(stack.get("Tags", [])).items()
        insist(not missing, f"{name} lacks the tags {dict(missing)}.")
    return f"{installed.access_stack} and {installed.role_stack} are complete, with their three tags."


def is_complete(witness: Witness, installed: Installed) -> str:
    """What takes long in an install has come to its end."""
    region, name = installed.region, installed.name
    eks, rds = witness.admin("eks", region), witness.admin("rds", region)
    nodes = eks.describe_nodegroup(clusterName=name, nodegroupName=f"{name}-nodes")["nodegroup"]
    databases = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    balancers = {one["State"]["Code"] for one in _load_balancers(witness, installed, region)}
    states = {
        "cluster": (eks.describe_cluster(name=name)["cluster"]["status"], "ACTIVE"),
        "nodes": (nodes["status"], "ACTIVE"),
        "database": (databases[0]["DBInstanceStatus"], "available"),
        "load balancer": (", ".join(sorted(balancers)) or "not there", "active"),
    }
    wrong = [f"{what}: {state}" for what, (state, ready) in states.items() if state != ready]
    insist(not wrong, f"{'; '.join(wrong)}.")
    return "; ".join(f"{what}: {state}" for what, (state, _) in states.items()) + "."


def is_there_once(witness: Witness, installed: Installed) -> str:
    """By their tags: nothing was made a second time. VPCs are looked for everywhere, the rest where the vendor
    installs."""
    regions = sorted({HOME_REGION, installed.region, *witness.invitation.allowed_regions})
    found = {
        "VPC": [vpc["VpcId"] for region in witness.regions for vpc in own_vpcs(witness, installed, region)],
        "cluster": [name for region in regions for name in _clusters(witness, installed, region)],
        "database": [name for region in regions for name in _databases(witness, installed, region)],
        "load balancer": [
            one["LoadBalancerName"] for region in regions for one in _load_balancers(witness, installed, region)
        ],
        "role": _roles(witness, installed),
        "stack": [name for region in regions for name in _stacks(witness, installed, region)],
    }
    wanted = {"stack": 2}
    wrong = [what for what, names in found.items() if len(names) != wanted.get(what, 1)]
    insist(not wrong, "; ".join(f"{what}: {', '.join(found[what]) or 'none'}" for what in wrong))
    return f"One of each: {', '.join(name for names in found.values() for name in names)}."


def is_healthy(installed: Installed) -> str:
    """The product does its work at this moment, with a role of its own."""
    reply = _get(str(installed.told["health_url"]))
    insist(reply.status_code == httpx.codes.OK, f"It answers {reply.status_code}: {reply.text}")
    return f"It answers {reply.status_code}, after {len(reply.json()['checks'])} checks of its own."


def opens(installed: Installed) -> str:
    """The address shows the product, where it was installed."""
    reply = _get(str(installed.told["endpoint"]))
    insist(reply.status_code == httpx.codes.OK, f"It answers {reply.status_code}.")
    lacking = [
        text for text in (str(offer.PRODUCT["name"]), installed.region, installed.cidr) if text not in reply.text
    ]
    insist(not lacking, f"Its page does not say {', '.join(lacking)}.")
    return f"{installed.told['endpoint']} shows {offer.PRODUCT['name']} in {installed.region} on {installed.cidr}."


def vpc_id(witness: Witness, installed: Installed) -> str:
    """The product's one network. Raises Wrong."""
    own = [vpc["VpcId"] for vpc in own_vpcs(witness, installed, installed.region)]
    insist(len(own) == 1, f"{installed.name} has {len(own)} networks in {installed.region}: {', '.join(own)}.")
    return str(own[0])


def stack_states(witness: Witness, name: str) -> list[str]:
    """Of all stacks of this name that are not deleted, in their own region."""
    stacks = witness.admin.pages("cloudformation", "describe_stacks", "Stacks")
    return [stack["StackStatus"] for stack in stacks if stack["StackName"] == name]


def _get(url: str) -> httpx.Response:
    with local_http() as client:
        return client.get(url)


def _stack(witness: Witness, name: str) -> dict[str, Any]:
    for stack in witness.admin.pages("cloudformation", "describe_stacks", "Stacks"):
        if stack["StackName"] == name:
            found: dict[str, Any] = stack
            return found
    raise Wrong(f"There is no stack {name}.")


def _stacks(witness: Witness, installed: Installed, region: str) -> list[str]:
    stacks = witness.admin.pages("cloudformation", "describe_stacks", "Stacks", region=region)
    return [one["StackName"] for one in stacks if _tags(one.get("Tags", [])).get(INSTALLATION_TAG) == installed.name]


def _clusters(witness: Witness, installed: Installed, region: str) -> list[str]:
    eks = witness.admin("eks", region)
    names = witness.admin.pages("eks", "list_clusters", "clusters", region=region)
    return [name for name in names if installed.owns(eks.describe_cluster(name=name)["cluster"].get("tags", {}))]


def _databases(witness: Witness, installed: Installed, region: str) -> list[str]:
    found = witness.admin.pages("rds", "describe_db_instances", "DBInstances", region=region)
    return [one["DBInstanceIdentifier"] for one in found if installed.owns(one.get("TagList", []))]


def _load_balancers(witness: Witness, installed: Installed, region: str) -> list[dict[str, Any]]:
    elb = witness.admin("elbv2", region)
    found = witness.admin.pages("elbv2", "describe_load_balancers", "LoadBalancers", region=region)
    return [one for one in found if installed.owns(_balancer_tags(elb, one["LoadBalancerArn"]))]


def _balancer_tags(elb: Any, arn: str) -> dict[str, str]:
    return _tags(elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])


def _roles(witness: Witness, installed: Installed) -> list[str]:
    """What the installer made for this installation, wherever it is: the vendor's own roles have another maker."""
    wanted = {INSTALLATION_TAG: installed.name, MADE_BY_TAG: INSTALLER}.items()
    iam = witness.admin("iam")
    names = [role["RoleName"] for role in witness.admin.pages("iam", "list_roles", "Roles")]
    return [name for name in names if wanted <= _tags(iam.get_role(RoleName=name)["Role"].get("Tags", [])).items()]


def _tags(tags: list[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
