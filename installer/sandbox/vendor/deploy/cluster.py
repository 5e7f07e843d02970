"""The EKS cluster that runs the product: control plane, nodes, and the product's role for its pods."""

from typing import Any

from installer.sandbox.vendor.deploy.failures import Unsuitable
from installer.sandbox.vendor.deploy.network import Network
from installer.sandbox.vendor.deploy.plan import NAMESPACE, SERVICE_ACCOUNT
from installer.sandbox.vendor.deploy.roles import Roles
from installer.sandbox.vendor.deploy.site import Site

POD_IDENTITY_ADDON = "eks-pod-identity-agent"

_INSTANCE_TYPE = "t3.large"
_NODES = {"minSize": 2, "maxSize": 4, "desiredSize": 2}


def make_cluster(site: Site, network: Network, roles: Roles) -> None:
    with site.step("cluster") as step:
        _cluster(site, network, roles, step.seconds)
    with site.step("node-group") as step:
        _node_group(site, network, roles, step.seconds)
    with site.step("pod-identity"):
        _pod_identity(site, roles)


def _cluster(site: Site, network: Network, roles: Roles, usual_seconds: int) -> None:
    eks, name = site.clients.eks, site.plan.cluster
    try:
        cluster, new = eks.describe_cluster(name=name)["cluster"], False
        site.refuse_foreign(cluster["arn"], cluster.get("tags", {}))
    except eks.exceptions.ResourceNotFoundException:
        cluster, new = (
            site.once_role_is_known(
                lambda: eks.create_cluster(
                    name=name,
                    roleArn=roles.cluster,
                    resourcesVpcConfig={
                        "subnetIds": list(network.private_subnet_ids),
                        "endpointPublicAccess": True,
                        "endpointPrivateAccess": True,
                    },
                    accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
                    tags=site.plan.tags | {"Name": name},
                    clientRequestToken=site.plan.token("cluster"),
                )
            )["cluster"],
            True,
        )
    site.made(cluster["arn"], "AWS::EKS::Cluster", name, new=new)
    site.wait_until(
        lambda: _active(eks.describe_cluster(name=name)["cluster"], cluster["arn"]), "The cluster", usual_seconds
    )


def _node_group(site: Site, network: Network, roles: Roles, usual_seconds: int) -> None:
    eks, cluster_name, name = site.clients.eks, site.plan.cluster, site.plan.name("nodes")
    where = {"clusterName": cluster_name, "nodegroupName": name}
    try:
        group, new = eks.describe_nodegroup(**where)["nodegroup"], False
    except eks.exceptions.ResourceNotFoundException:
        group, new = (
            site.once_role_is_known(
                lambda: eks.create_nodegroup(
                    **where,
                    nodeRole=roles.node,
                    subnets=list(network.private_subnet_ids),
                    scalingConfig=_NODES,
                    instanceTypes=[_INSTANCE_TYPE],
                    tags=site.plan.tags | {"Name": name},
                    clientRequestToken=site.plan.token(name),
                )
            )["nodegroup"],
            True,
        )
    arn = group["nodegroupArn"]
    site.made(arn, "AWS::EKS::Nodegroup", name, new=new)
    site.wait_until(lambda: _active(eks.describe_nodegroup(**where)["nodegroup"], arn), "The node group", usual_seconds)


def _pod_identity(site: Site, roles: Roles) -> None:
    eks, name = site.clients.eks, site.plan.cluster
    try:
        addon, new = eks.describe_addon(clusterName=name, addonName=POD_IDENTITY_ADDON)["addon"], False
    except eks.exceptions.ResourceNotFoundException:
        addon, new = (
            eks.create_addon(
                clusterName=name,
                addonName=POD_IDENTITY_ADDON,
                tags=site.plan.tags,
                clientRequestToken=site.plan.token("addon"),
            )["addon"],
            True,
        )
    site.made(addon["addonArn"], "AWS::EKS::Addon", POD_IDENTITY_ADDON, new=new)
    place = {"clusterName": name, "namespace": NAMESPACE, "serviceAccount": SERVICE_ACCOUNT}
    found = eks.list_pod_identity_associations(**place)["associations"]
    association = (
        found[0]
        if found
        else eks.create_pod_identity_association(
            **place, roleArn=roles.app, tags=site.plan.tags, clientRequestToken=site.plan.token("pod-identity")
        )["association"]
    )
    site.made(association["associationArn"], "AWS::EKS::PodIdentityAssociation", site.plan.name("app"), new=not found)


def _active(described: dict[str, Any], arn: str) -> bool:
    if described["status"] in ("FAILED", "CREATE_FAILED", "DELETING", "DELETE_FAILED"):
        raise Unsuitable(described["status"], arn, f"{arn} is in the state {described['status']}.")
    return bool(described["status"] == "ACTIVE")
