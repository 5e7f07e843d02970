"""What a request needs: its own action on the right ARNs, and what AWS asks for along with it.

Resource types and condition keys follow the Service Authorization Reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from installer.sandbox.aws import (
    requirements_cloudformation,
    requirements_ec2,
    requirements_eks,
    requirements_iam,
    requirements_rds,
    requirements_ssm,
)
from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.pass_role import passed_roles
from installer.sandbox.aws.request import Request

_BY_SERVICE = {
    "cloudformation": requirements_cloudformation.of,
    "ec2": requirements_ec2.of,
    "eks": requirements_eks.of,
    "iam": requirements_iam.of,
    "rds": requirements_rds.of,
    "ssm": requirements_ssm.of,
}


def of(request: Request, asked: Check) -> tuple[Check, ...]:
    """Every permission that `request` needs; `asked` is the one that ministack would check."""
    refine = _BY_SERVICE.get(request.service)
    own = refine(request, asked) if refine else (asked,)
    return (*own, *passed_roles(request))
