"""AWS's policy simulator: what is asked in one call, what is read of the answer, and what one bad action costs."""

from collections.abc import Mapping
from typing import Any

import pytest

from installer.aws.simulator import CALL, Simulated, simulate
from installer.context import Context
from installer.errors import AwsError, PermissionMissing
from installer.policy.evaluate import Outcome
from installer.policy.request import Request
from tests.support.fake_aws import Calm, FakeAws

BUCKET = "arn:aws:s3:::acme-data/x"


@pytest.fixture
def ctx() -> Context:
    return Calm().context()


def result(action: str, decision: str = "allowed", **more: Any) -> Mapping[str, Any]:
    return {"EvalActionName": action, "EvalResourceName": "*", "EvalDecision": decision, **more}


def answering(ActionNames: list[str], **_: Any) -> Mapping[str, Any]:
    return {"EvaluationResults": [result(action) for action in ActionNames], "IsTruncated": False}


def test_one_call_for_all_actions_on_a_resource_in_a_context(ctx: Context) -> None:
    aws = FakeAws({CALL: answering})
    here = {"aws:RequestedRegion": "us-east-1"}
    simulate(
        aws,
        ctx,
        ["{}"],
        None,
        [
            Request("s3:GetObject", BUCKET, here),
            Request("s3:PutObject", BUCKET, {"aws:requestedregion": "us-east-1"}),
            Request("s3:PutObject", BUCKET),
            Request("ec2:DescribeVpcs", context=here),
        ],
    )
    asked = [(call.parameters["ActionNames"], call.parameters.get("ResourceArns")) for call in aws.calls]
    assert asked == [
        (["s3:GetObject", "s3:PutObject"], [BUCKET]),
        (["s3:PutObject"], [BUCKET]),
        (["ec2:DescribeVpcs"], None),
    ]


def test_answers_come_in_the_order_of_the_questions(ctx: Context) -> None:
    def answer(ActionNames: list[str], **_: Any) -> Mapping[str, Any]:
        decisions = {"s3:GetObject": "explicitDeny", "s3:PutObject": "implicitDeny"}
        shown = [result(action.lower(), decisions.get(action, "allowed")) for action in reversed(ActionNames)]
        return {"EvaluationResults": shown, "IsTruncated": False}

    requests = [Request(action, BUCKET) for action in ("s3:ListBucket", "s3:GetObject", "s3:PutObject")]
    found = simulate(FakeAws({CALL: answer}), ctx, ["{}"], None, requests)
    assert [one.outcome for one in found] == [Outcome.ALLOWED, Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY]


def test_the_boundary_and_the_context_are_sent(ctx: Context) -> None:
    aws = FakeAws({CALL: answering})
    context = {
        "aws:TagKeys": ("a", "b"),
        "aws:SourceIp": "10.0.0.1",
        "aws:CurrentTime": "2026-01-01T00:00:00Z",
        "aws:username": "ann",
        "aws:PrincipalTag/team": (),
    }
    simulate(aws, ctx, ["A", "B"], "C", [Request("s3:GetObject", BUCKET, context)])
    [call] = aws.calls
    assert call.parameters["PolicyInputList"] == ["A", "B"]
    assert call.parameters["PermissionsBoundaryPolicyInputList"] == ["C"]
    sent = {
        (entry["ContextKeyName"], entry["ContextKeyType"], *entry["ContextKeyValues"])
        for entry in call.parameters["ContextEntries"]
    }
    assert sent == {
        ("aws:tagkeys", "stringList", "a", "b"),
        ("aws:sourceip", "ip", "10.0.0.1"),
        ("aws:currenttime", "date", "2026-01-01T00:00:00Z"),
        ("aws:username", "string", "ann"),
    }


def test_missing_keys_and_the_request_id_are_told(ctx: Context) -> None:
    told = {"EvaluationResults": [result("s3:GetObject", MissingContextValues=["b", "a"])], "IsTruncated": False}
    [found] = simulate(FakeAws({CALL: told}), ctx, ["{}"], None, [Request("s3:GetObject", BUCKET)])
    assert found == Simulated(Outcome.ALLOWED, "", ("a", "b"), "request-1")


def test_pages_are_read_to_the_end(ctx: Context) -> None:
    pages = [
        {"EvaluationResults": [result("s3:GetObject")], "IsTruncated": True, "Marker": "next"},
        {"EvaluationResults": [result("s3:PutObject", "implicitDeny")], "IsTruncated": False},
    ]
    aws = FakeAws({CALL: pages})
    found = simulate(aws, ctx, ["{}"], None, [Request("s3:GetObject", BUCKET), Request("s3:PutObject", BUCKET)])
    assert [one.outcome for one in found] == [Outcome.ALLOWED, Outcome.IMPLICIT_DENY]
    assert aws.calls[1].parameters["Marker"] == "next"


def test_an_action_that_aws_does_not_know_costs_only_its_own_answer(ctx: Context) -> None:
    def answer(ActionNames: list[str], **_: Any) -> Mapping[str, Any] | Exception:
        if "s3:Nonsense" in ActionNames:
            return AwsError("Invalid action name", call=CALL, aws_code="InvalidInput")
        return answering(ActionNames)

    requests = [Request("s3:GetObject", BUCKET), Request("s3:Nonsense", BUCKET), Request("s3:PutObject", BUCKET)]
    known, unknown, also_known = simulate(FakeAws({CALL: answer}), ctx, ["{}"], None, requests)
    assert known.outcome is also_known.outcome is Outcome.ALLOWED
    assert unknown.outcome is None
    assert "does not simulate it" in unknown.why


@pytest.mark.parametrize("results", [[], [result("s3:GetObject", "perhaps")]])
def test_what_aws_does_not_answer_is_not_made_up(ctx: Context, results: list[Mapping[str, Any]]) -> None:
    aws = FakeAws({CALL: {"EvaluationResults": results, "IsTruncated": False}})
    [found] = simulate(aws, ctx, ["{}"], None, [Request("s3:GetObject", BUCKET)])
    assert found.outcome is None
    assert found.why


def test_a_refused_call_is_raised(ctx: Context) -> None:
    refused = PermissionMissing("Denied.", call=CALL, aws_code="AccessDenied")
    with pytest.raises(PermissionMissing):
        simulate(FakeAws({CALL: refused}), ctx, ["{}"], None, [Request("s3:GetObject", BUCKET)])


def test_many_actions_go_in_several_calls(ctx: Context) -> None:
    aws = FakeAws({CALL: answering})
    found = simulate(aws, ctx, ["{}"], None, [Request(f"s3:Get{number}", BUCKET) for number in range(120)])
    assert [len(call.parameters["ActionNames"]) for call in aws.calls] == [50, 50, 20]
    assert all(one.outcome is Outcome.ALLOWED for one in found)
