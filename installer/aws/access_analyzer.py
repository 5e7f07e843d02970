"""AWS's own check of a policy's text: `access-analyzer:ValidatePolicy`. It costs nothing and changes nothing.

The checks that cost money, `CheckNoNewAccess` and `CheckAccessNotGranted`, are not made.
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from installer.aws.clients import HOME_REGION, Aws
from installer.context import Context

CALL = "accessanalyzer:ValidatePolicy"


class Kind(StrEnum):
    """How AWS rates what it found, the worst first."""

    SECURITY_WARNING = "SECURITY_WARNING"
    ERROR = "ERROR"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"


class Validated(StrEnum):
    """What kind of policy it is. A boundary is written like an identity policy."""

    BOUNDARY = "IDENTITY_POLICY"
    TRUST = "RESOURCE_POLICY"
    ORGANISATION = "SERVICE_CONTROL_POLICY"


@dataclass(frozen=True)
class Remark:
    """What AWS says of one place. `start` and `end` are offsets in characters, where it names a place; lines and
    columns count from 1. `text` is AWS's own sentence."""

    kind: Kind
    code: str
    text: str
    more: str
    line: int | None = None
    column: int | None = None
    start: int | None = None
    end: int | None = None


def validate(aws: Aws, ctx: Context, policy: str, kind: Validated, *, region: str = HOME_REGION) -> tuple[Remark, ...]:
    """What AWS remarks of a policy as JSON text, the worst first; raises an `AwsError`."""
    more = {"validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"} if kind is Validated.TRUST else {}
    found = aws.pages(
        ctx, CALL, "findings", region=region, locale="EN", policyDocument=policy, policyType=kind.value, **more
    )
    remarks = [_read(finding) for finding in found]
    order = list(Kind)
    return tuple(sorted(remarks, key=lambda remark: (order.index(remark.kind), remark.start or 0)))


def _read(finding: Mapping[str, Any]) -> Remark:
    spans = [location["span"] for location in finding.get("locations", ()) if "span" in location]
    place: dict[str, int] = {}
    if spans:
        start, end = spans[0]["start"], spans[0]["end"]
        # AWS counts columns from 0.
        place = {"line": start["line"], "column": start["column"] + 1, "start": start["offset"], "end": end["offset"]}
    return Remark(
        kind=Kind(finding["findingType"]),
        code=str(finding["issueCode"]),
        text=str(finding["findingDetails"]),
        more=str(finding["learnMoreLink"]),
        **place,
    )
