"""EKS access entries: who the Kubernetes API lets in. A permissions boundary does not reach it.

https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

from collections.abc import Iterator

from installer.aws.clients import Aws
from installer.aws.consistency import until
from installer.context import Context
from installer.errors import NotFound
from installer.evidence import Evidence, Source, State
from installer.journal import Journal, Write
from installer.names import Names

_LIST = "eks:ListAccessEntries"


def close_cluster(aws: Aws, journal: Journal, ctx: Context, names: Names, region: str) -> Iterator[Evidence]:
    """Remove the vendor's role from the access entries of the product's cluster, and read them back.

    The cluster is named as the installation is. Where there is none, that is what is verified.
    """
    cluster = names.installation

    def entries() -> list[str] | None:
        try:
            return [str(arn) for arn in aws.pages(ctx, _LIST, "accessEntries", region=region, clusterName=cluster)]
        except NotFound:
            return None

    def delete(_token: str) -> str:
        aws.call(
            ctx,
            "eks:DeleteAccessEntry",
            region=region,
            clusterName=cluster,
            principalArn=names.operator_role_arn,
        )
        return cluster

    def deleted() -> str | None:
        return None if names.operator_role_arn in (entries() or []) else cluster

    journal.perform(Write("eks:DeleteAccessEntry", f"{cluster}/{names.operator_role_arn}", deleted, delete))
    found, gone = until(ctx, entries, lambda arns: names.operator_role_arn not in (arns or []))
    yield Evidence(
        claim=f"The cluster {cluster} does not let the role in",
        state=State.VERIFIED if gone else State.REFUTED,
        source=Source.AWS,
        at=aws.clock.now(),
        call=_LIST,
        detail="there is no such cluster" if found is None else f"{len(found)} access entries, none of the role",
    )
