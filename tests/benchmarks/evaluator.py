"""How long decisions take: one, against the plain evaluator of the tests, and a whole what-if matrix after an edit.

Both are asked of a policy that is as long as AWS lets it be: the guarded boundary, filled up with windows. The matrix
is 60 questions to four boundaries, one of which was just edited, so is compiled anew.
"""

import statistics
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document
from installer.policy.evaluate import Compiled, Policies, evaluate
from installer.policy.presets import Preset, operator_boundary
from installer.policy.request import Request
from tests.benchmarks._ratio import Ratio, medians, report, seconds
from tests.support import slow_evaluator
from tests.support.role_template import managed_policy
from tests.support.signed_in import ACCOUNT_ID, invitation, names

PER_SECOND = 20_000
MATRIX_MS = 16
BUDGET = 0.1
"""Of the plain evaluator's time."""

IDENTITY = managed_policy("AdministratorAccess")
REGIONAL = f"eu-west-1:{ACCOUNT_ID}"
ACTIONS = {
    "ec2": (("RunInstances", "TerminateInstances", "CreateVpc", "CreateTags"), f"arn:aws:ec2:{REGIONAL}:instance/i-0a"),
    "eks": (("CreateCluster", "CreateAccessEntry", "UpdateClusterConfig"), f"arn:aws:eks:{REGIONAL}:cluster/release-a"),
    "iam": (("CreateRole", "PassRole", "PutRolePolicy", "GetRole"), f"arn:aws:iam::{ACCOUNT_ID}:role/release/a"),
    "s3": (("GetObject", "PutObject", "DeleteBucket"), "arn:aws:s3:::release-a/k"),
    "ssm": (("SendCommand", "StartSession", "GetParameter"), f"arn:aws:ssm:{REGIONAL}:document/a"),
    "sts": (("AssumeRole", "GetCallerIdentity", "TagSession"), f"arn:aws:iam::{ACCOUNT_ID}:role/release/b"),
}
CONTEXTS: tuple[dict[str, str], ...] = (
    {"aws:RequestedRegion": "eu-west-1", "aws:CurrentTime": "2026-01-01T00:00:00Z"},
    {"aws:RequestedRegion": "us-east-1", "aws:CurrentTime": "2031-01-01T00:00:00Z", "aws:ResourceTag/a": "b"},
    {},
)
QUESTIONS = [
    (f"{service}:{name}", resource, context)
    for (service, (operations, resource)), context in product(ACTIONS.items(), CONTEXTS)
    for name in operations
]


def longest() -> dict[str, Any]:
    """The guarded boundary, and as many windows behind it as there is room for."""
    document = operator_boundary(Preset.GUARDED, invitation(), names()).document()
    while True:
        begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=len(document.statements))
        gap = {
            "DateGreaterThan": {"aws:CurrentTime": f"{begin:%Y-%m-%dT%H:%M:%SZ}"},
            "DateLessThan": {"aws:CurrentTime": f"{begin + timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}"},
        }
        window = {"Sid": f"Gap{begin:%j}", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": gap}
        longer = Document((*document.statements, window))
        if longer.size > MANAGED_POLICY_CHARACTERS:
            return document.to_object()
        document = longer


def decide_all(policies: Policies, requests: list[Request]) -> None:
    for request in requests:
        evaluate(policies, request)


def matrix(standing: list[Policies], edited: dict[str, Any], requests: list[Request]) -> None:
    """All of it again, where one boundary was edited."""
    for policies in (replace(standing[0], boundary=Compiled(edited)), *standing[1:]):
        decide_all(policies, requests)


def kept(name: str, measured: float, budget: str, *, is_kept: bool) -> int:
    print(f"  {name}: {measured:,.0f} (budget {budget}, {'kept' if is_kept else 'EXCEEDED'})", flush=True)
    return int(not is_kept)


def main() -> int:
    boundary = longest()
    requests = [Request(action, resource, context) for action, resource, context in QUESTIONS]
    plain = [slow_evaluator.Request(action, resource, context) for action, resource, context in QUESTIONS]
    policies = Policies(identity=(Compiled(IDENTITY),), boundary=Compiled(boundary))
    ours, floor = medians(
        lambda: decide_all(policies, requests),
        lambda: [slow_evaluator.decide([IDENTITY], boundary, request) for request in plain],
    )
    standing = [replace(policies, boundary=Compiled(boundary)) for _ in range(4)]
    edits = [Document((*Document.from_object(boundary).statements[:-1], _edited(number))) for number in range(9)]
    matrices = [seconds(lambda edit=edit: matrix(standing, edit.to_object(), requests)) for edit in edits]
    milliseconds = statistics.median(matrices) * 1000
    rate = len(requests) / ours
    asked = len(requests) * len(standing)
    return max(
        report(Ratio(f"{len(requests)} decisions", ours, floor, BUDGET)),
        kept("decisions a second", rate, f"at least {PER_SECOND:,}", is_kept=rate >= PER_SECOND),
        kept(
            f"ms for {asked} decisions after an edit", milliseconds, f"{MATRIX_MS}", is_kept=milliseconds <= MATRIX_MS
        ),
    )


def _edited(number: int) -> dict[str, Any]:
    """A statement that was never compiled before."""
    bucket = f"arn:aws:s3:::edited-{number}"
    return {"Sid": f"Edit{number}", "Effect": "Deny", "Action": f"s3:Put{number}*", "Resource": [bucket, f"{bucket}/*"]}


if __name__ == "__main__":
    sys.exit(main())
