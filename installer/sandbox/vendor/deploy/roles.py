"""The workload roles: cluster, nodes and product. Each in the installation's path, each under the workload boundary.

Making comes before looking here: IAM knows the path of a role only once there is one, so that permission to read roles
of one path is refused for a role that does not exist.
"""

import json
from dataclasses import dataclass
from typing import Any

from installer.sandbox.vendor.deploy.failures import Unsuitable
from installer.sandbox.vendor.deploy.plan import Plan
from installer.sandbox.vendor.deploy.site import Site

_MANAGED = "arn:aws:iam::aws:policy/"
_CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy")
_PULL_IMAGES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": "*",
        }
    ],
}


@dataclass(frozen=True)
class Roles:
    """ARNs."""

    cluster: str
    node: str
    app: str


def make_roles(site: Site) -> Roles:
    with site.step("cluster-role"):
        cluster = _role(site, "cluster", "eks.amazonaws.com", _CLUSTER_POLICIES)
    with site.step("node-role"):
        node = _role(site, "node", "ec2.amazonaws.com", _NODE_POLICIES)
        _put_policy(site, "node", "pull-images", _PULL_IMAGES)
    with site.step("app-role"):
        app = _role(site, "app", "pods.eks.amazonaws.com", ())
        _put_policy(site, "app", "product", app_policy(site.plan))
    with site.step("instance-profile"):
        _instance_profile(site)
    return Roles(cluster, node, app)


def app_policy(plan: Plan) -> dict[str, Any]:
    """What the running product may do: its own bucket, its own secret, and see that its cluster and address exist."""
    regional = f"{plan.region}:{plan.account_id}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OwnObjects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{plan.bucket}/*",
            },
            {
                "Sid": "OwnSecret",
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": f"arn:aws:secretsmanager:{regional}:secret:{plan.secret}-*",
            },
            {
                "Sid": "OwnCluster",
                "Effect": "Allow",
                "Action": "eks:DescribeCluster",
                "Resource": f"arn:aws:eks:{regional}:cluster/{plan.cluster}",
            },
            {
                "Sid": "OwnAddress",
                "Effect": "Allow",
                "Action": "elasticloadbalancing:DescribeLoadBalancers",
                "Resource": "*",
            },
        ],
    }


def _role(site: Site, suffix: str, service: str, managed_policies: tuple[str, ...]) -> str:
    plan, iam = site.plan, site.clients.iam
    name = plan.name(suffix)
    try:
        role, new = (
            iam.create_role(
                RoleName=name,
                Path=plan.workload_path,
                AssumeRolePolicyDocument=json.dumps(_trust(service)),
                Description=f"Workload role of {plan.installation_name}, used by {service}",
                PermissionsBoundary=plan.workload_boundary_arn,
                Tags=plan.tag_list(name),
            )["Role"],
            True,
        )
    except iam.exceptions.EntityAlreadyExistsException:
        role, new = iam.get_role(RoleName=name)["Role"], False
    if not new:
        _refuse_other(role, plan, suffix)
    site.made(role["Arn"], "AWS::IAM::Role", name, new=new)
    for policy in managed_policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=_MANAGED + policy)
    return str(role["Arn"])


def _put_policy(site: Site, suffix: str, name: str, document: dict[str, Any]) -> None:
    site.clients.iam.put_role_policy(
        RoleName=site.plan.name(suffix), PolicyName=name, PolicyDocument=json.dumps(document)
    )


def _refuse_other(role: dict[str, Any], plan: Plan, suffix: str) -> None:
    if role["Arn"] != plan.role_arn(suffix):
        raise Unsuitable("EntityAlreadyExists", role["Arn"], "A role of this name is there already, in another path.")
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    if boundary != plan.workload_boundary_arn:
        raise Unsuitable(
            "WrongBoundary", role["Arn"], "The role is there already, but not under the workload boundary."
        )


def _instance_profile(site: Site) -> None:
    plan, iam = site.plan, site.clients.iam
    name = plan.name("node")
    try:
        profile, new = (
            iam.create_instance_profile(InstanceProfileName=name, Path=plan.workload_path, Tags=plan.tag_list(name))[
                "InstanceProfile"
            ],
            True,
        )
    except iam.exceptions.EntityAlreadyExistsException:
        profile, new = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"], False
    site.made(profile["Arn"], "AWS::IAM::InstanceProfile", name, new=new)
    if name not in [role["RoleName"] for role in profile["Roles"]]:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def _trust(service: str) -> dict[str, Any]:
    """EKS Pod Identity also tags the sessions that it makes."""
    actions = ["sts:AssumeRole", "sts:TagSession"] if service.startswith("pods.") else ["sts:AssumeRole"]
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return {"Version": "2012-10-17", "Statement": [statement]}
