"""EKS access entries: who the Kubernetes API lets in. A permissions boundary does not reach it.

https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

from typing import Any

from installer.aws.clients import Aws
from installer.aws.consistency import until
from installer.context import Context
from installer.errors import NotFound
from installer.evidence import Evidence, Source, State
from installer.journal import Journal, Write
from installer.names import Names

_LIST = "eks:ListAccessEntries"


def close_cluster(aws: Aws, journal: Journal, ctx: Context, names: Names, region: str) -> Evidence:
    """Remove the vendor's role from the access entries of the product's cluster, and read them back.

    The cluster is named as the installation is. Where there is none, that is what is verified. A cluster that also
    takes the map `aws-auth`, which is inside Kubernetes, is not checked: nothing of AWS tells what stands there.
    """
    cluster = names.installation
    claim = f"The cluster {cluster} in {region} does not let the role in"

    def entries() -> list[str]:
        try:
            return [str(arn) for arn in aws.pages(ctx, _LIST, "accessEntries", region=region, clusterName=cluster)]
        except NotFound:
            return []

    def delete(_token: str) -> str:
        aws.call(ctx, "eks:DeleteAccessEntry", region=region, clusterName=cluster, principalArn=names.operator_role_arn)
        return cluster

    def deleted() -> str | None:
        return None if names.operator_role_arn in entries() else cluster

    described = _described(aws, ctx, cluster, region)
    if described is None:
        return Evidence(
            claim, State.VERIFIED, Source.AWS, aws.clock.now(), "eks:DescribeCluster", detail="no such cluster"
        )
    mode = str(described.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP"))
    gone = True
    if mode != "CONFIG_MAP":
        target = f"{region}/{cluster}/{names.operator_role_arn}"
        journal.perform(Write("eks:DeleteAccessEntry", target, deleted, delete))
        _, gone = until(ctx, entries, lambda arns: names.operator_role_arn not in arns)
    if gone and mode != "API":
        why = f"it takes the map aws-auth too (authentication mode {mode}), which cannot be read from here"
        return Evidence(claim, State.NOT_CHECKED, Source.AWS, aws.clock.now(), "eks:DescribeCluster", detail=why)
    state = State.VERIFIED if gone else State.REFUTED
    return Evidence(claim, state, Source.AWS, aws.clock.now(), _LIST, detail=f"authentication mode {mode}")


def _described(aws: Aws, ctx: Context, cluster: str, region: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = aws.call(ctx, "eks:DescribeCluster", region=region, name=cluster)["cluster"]
    except NotFound:
        return None
    return found
