"""IAM Access Analyzer's remarks on a policy: what is asked, and how they are read and ordered."""

from typing import Any

import pytest

from installer.aws.access_analyzer import CALL, Kind, Remark, Validated, validate
from installer.context import Context
from installer.errors import PermissionMissing
from tests.support.fake_aws import Calm, FakeAws


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


def finding(kind: str, code: str, start: tuple[int, int, int] | None = None) -> dict[str, Any]:
    locations = []
    if start is not None:
        line, column, offset = start
        begins = {"line": line, "column": column, "offset": offset}
        locations = [{"path": [], "span": {"start": begins, "end": {**begins, "offset": offset + 5}}}]
    about = {"findingDetails": f"About {code}.", "learnMoreLink": "https://docs.aws.amazon.com/x"}
    return {"findingType": kind, "issueCode": code, "locations": locations, **about}


def test_the_worst_comes_first_and_each_has_its_place(ctx: Context) -> None:
    told = {
        "findings": [
            finding("SUGGESTION", "A", (1, 0, 0)),
            finding("SECURITY_WARNING", "B", (3, 4, 40)),
            finding("ERROR", "C"),
        ]
    }
    remarks = validate(FakeAws({CALL: told}), ctx, "{}", Validated.BOUNDARY)
    assert [remark.kind for remark in remarks] == [Kind.SECURITY_WARNING, Kind.ERROR, Kind.SUGGESTION]
    more = "https://docs.aws.amazon.com/x"
    assert remarks[0] == Remark(Kind.SECURITY_WARNING, "B", "About B.", more, line=3, column=5, start=40, end=45)
    assert remarks[1] == Remark(Kind.ERROR, "C", "About C.", more)


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (Validated.BOUNDARY, {"policyType": "IDENTITY_POLICY"}),
        (Validated.ORGANISATION, {"policyType": "SERVICE_CONTROL_POLICY"}),
        (
            Validated.TRUST,
            {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"},
        ),
    ],
)
def test_it_is_asked_as_what_it_is(ctx: Context, kind: Validated, sent: dict[str, str]) -> None:
    aws = FakeAws({CALL: {"findings": []}})
    assert validate(aws, ctx, "{}", kind) == ()
    [call] = aws.calls
    assert call.parameters == {"locale": "EN", "policyDocument": "{}", **sent}


def test_a_refused_call_is_raised(ctx: Context) -> None:
    with pytest.raises(PermissionMissing):
        validate(FakeAws({CALL: PermissionMissing("Denied.", call=CALL)}), ctx, "{}", Validated.BOUNDARY)
