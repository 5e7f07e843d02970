"""What an EKS request needs: tags are authorized on the resource whose ARN is in the path.

ministack looks for a cluster's name only, and checks these on `*`, which no policy for one cluster covers.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
"""

from __future__ import annotations

from urllib.parse import unquote

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

_ON_TAGS = ("ListTagsForResource", "TagResource", "UntagResource")
_TAGS = "/tags/"


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    arn = unquote(request.path.partition(_TAGS)[2])
    return (asked.on(arn),) if request.action in _ON_TAGS and arn else (asked,)
