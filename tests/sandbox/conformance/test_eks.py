"""Tags of EKS are authorized on the resource that they are put on.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, Actor, allow

CLUSTER = f"arn:aws:eks:us-east-1:{CUSTOMER}:cluster/own"
OTHER = f"arn:aws:eks:us-east-1:{CUSTOMER}:cluster/other"


def code(actor: Actor, arn: str) -> str:
    """Neither cluster is there: an answer that is no denial is that."""
    try:
        actor("eks").tag_resource(resourceArn=arn, tags={"version": "2"})
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_a_tag_needs_its_cluster(acting: Callable[..., Actor]) -> None:
    actor = acting(allow("eks:TagResource", resource=CLUSTER))
    assert code(actor, OTHER) == "AccessDeniedException"
    assert code(actor, CLUSTER) != "AccessDeniedException"


@pytest.mark.parametrize("resource", ["*", f"arn:aws:eks:*:{CUSTOMER}:cluster/*"])
def test_a_pattern_covers_it(acting: Callable[..., Actor], resource: str) -> None:
    assert code(acting(allow("eks:TagResource", resource=resource)), CLUSTER) != "AccessDeniedException"
