"""Root causes of real event lists, and reading events as they come."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from installer.aws.stack_events import EventLog, StackEvent, current_operation, last_event_id, plain_reason, root_causes
from tests.support.fake_aws import Calm, FakeAws

CASES = json.loads((Path(__file__).parents[2] / "data" / "stack_event_cases.json").read_text("utf-8"))["cases"]
STACK = "AWS::CloudFormation::Stack"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def events(rows: list[list[str]], stack: str = "popsql-role") -> list[StackEvent]:
    """Oldest first; a row is logical id, type, status, reason. The stack's own rows carry its id as physical id."""
    return [
        StackEvent(
            event_id=f"e{number}",
            stack_id="the-stack",
            stack_name=stack,
            logical_id=logical_id,
            physical_id="the-stack" if logical_id == stack else f"physical-{logical_id}",
            resource_type=resource_type,
            status=status,
            reason=reason,
            at=BEGIN + timedelta(seconds=number),
        )
        for number, (logical_id, resource_type, status, reason) in enumerate(rows)
    ]


def own(status: str, reason: str = "") -> list[str]:
    return ["popsql-role", STACK, status, reason]


def role(status: str, reason: str = "", name: str = "Role") -> list[str]:
    return [name, "AWS::IAM::Role", status, reason]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_root_causes_of_real_failures(case: dict[str, Any]) -> None:
    causes = root_causes(events(case["events"], case["stack"]))
    assert [cause.logical_id for cause in causes] == case["root_causes"]


def test_no_failure_has_no_cause() -> None:
    assert root_causes([]) == ()
    assert root_causes(events([own("CREATE_IN_PROGRESS"), role("CREATE_COMPLETE"), own("CREATE_COMPLETE")])) == ()


def test_the_stack_speaks_where_no_resource_failed() -> None:
    told = events(
        [own("CREATE_IN_PROGRESS"), own("ROLLBACK_IN_PROGRESS", "Transform Mine failed"), own("ROLLBACK_COMPLETE")]
    )
    assert [cause.reason for cause in root_causes(told)] == ["Transform Mine failed"]


def test_a_rollback_that_somebody_wished_for_has_no_cause() -> None:
    told = events([own("UPDATE_IN_PROGRESS"), own("UPDATE_ROLLBACK_IN_PROGRESS", "Rollback requested by user.")])
    assert root_causes(told) == ()


def test_the_same_failure_is_told_once() -> None:
    told = events([own("DELETE_IN_PROGRESS"), *[role("DELETE_FAILED", "Held")] * 3, own("DELETE_FAILED")])
    assert len(root_causes(told)) == 1


def test_a_failed_delete_tells_its_own_causes_and_not_those_of_the_creation() -> None:
    told = events(
        [
            own("CREATE_IN_PROGRESS"),
            role("CREATE_FAILED", "Taken"),
            own("ROLLBACK_COMPLETE"),
            own("DELETE_IN_PROGRESS"),
            role("DELETE_FAILED", "Held"),
            own("DELETE_FAILED"),
        ]
    )
    assert [cause.reason for cause in root_causes(told)] == ["Held"]


def test_a_nested_stack_is_a_resource_and_not_the_stack() -> None:
    told = events(
        [own("CREATE_IN_PROGRESS"), ["Nested", STACK, "CREATE_FAILED", "Embedded stack x was not created: No."]]
    )
    assert [cause.logical_id for cause in root_causes(told)] == ["Nested"]


def test_an_operation_begins_after_the_end_of_the_one_before_where_its_start_is_missing() -> None:
    told = events([own("UPDATE_COMPLETE"), role("UPDATE_IN_PROGRESS"), own("UPDATE_ROLLBACK_COMPLETE")])
    assert [event.logical_id for event in current_operation(told)] == ["Role", "popsql-role"]


def test_an_operation_begins_at_its_start() -> None:
    told = events([own("REVIEW_IN_PROGRESS"), own("CREATE_IN_PROGRESS"), role("CREATE_IN_PROGRESS")])
    assert [event.status for event in current_operation(told)] == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS"]


@pytest.mark.parametrize(
    ("reason", "plain"),
    [
        (
            (
                'Resource handler returned message: "Invalid principal (Service: Iam, Status Code: 400, Request ID: 1)"'
                " (RequestToken: 2, HandlerErrorCode: InvalidRequest)"
            ),
            "Invalid principal",
        ),
        ("Limit reached. (Service: AmazonEC2; Status Code: 400; Request ID: 1; Proxy: null)", "Limit reached."),
        ("Two\n  lines", "Two lines"),
        ("In (brackets) that stay", "In (brackets) that stay"),
        ("", ""),
    ],
)
def test_reasons_are_made_plain(reason: str, plain: str) -> None:
    assert plain_reason(reason) == plain


def row(number: int, status: str = "CREATE_IN_PROGRESS", logical_id: str = "Role") -> dict[str, Any]:
    return {
        "EventId": f"e{number}",
        "StackId": "the-stack",
        "StackName": "popsql-role",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": "the-stack" if logical_id == "popsql-role" else "",
        "ResourceType": STACK if logical_id == "popsql-role" else "AWS::IAM::Role",
        "ResourceStatus": status,
        "Timestamp": BEGIN + timedelta(seconds=number),
    }


def log(aws: FakeAws, after: str | None = None) -> EventLog:
    return EventLog(aws, Calm().context(), "the-stack", "us-east-1", after=after)


def test_reads_every_event_once_and_asks_no_further_than_needed() -> None:
    pages = {
        "": {"StackEvents": [row(4), row(3)], "NextToken": "2"},
        "2": {"StackEvents": [row(2), row(1)], "NextToken": "3"},
        "3": {"StackEvents": [row(0, logical_id="popsql-role")]},
    }
    aws = FakeAws({"cloudformation:DescribeStackEvents": lambda NextToken="", **_: pages[NextToken]})
    reading = log(aws)
    assert [event.event_id for event in reading.read()] == ["e0", "e1", "e2", "e3", "e4"]
    assert len(aws.calls) == 3
    pages[""] = {"StackEvents": [row(5), row(4)], "NextToken": "2"}
    assert [event.event_id for event in reading.read()] == ["e5"]
    assert len(aws.calls) == 4
    assert reading.read() == ()
    assert [event.event_id for event in reading.events] == ["e0", "e1", "e2", "e3", "e4", "e5"]


def test_reads_the_current_operation_only() -> None:
    rows = [row(3), row(2, "UPDATE_IN_PROGRESS", "popsql-role"), row(1, "CREATE_COMPLETE", "popsql-role")]
    aws = FakeAws({"cloudformation:DescribeStackEvents": {"StackEvents": rows}})
    assert [event.event_id for event in log(aws).read()] == ["e2", "e3"]
    assert [event.event_id for event in log(aws, after="e1").read()] == ["e2", "e3"]


def test_knows_the_operations_own_end() -> None:
    rows = [row(2, "CREATE_COMPLETE"), row(1, "CREATE_IN_PROGRESS", "popsql-role")]
    aws = FakeAws({"cloudformation:DescribeStackEvents": lambda **_: {"StackEvents": rows}})
    reading = log(aws)
    reading.read()
    assert not reading.ended_as("CREATE_COMPLETE")
    rows.insert(0, row(3, "CREATE_COMPLETE", "popsql-role"))
    reading.read()
    assert reading.ended_as("CREATE_COMPLETE")


def test_the_mark_before_an_operation() -> None:
    aws = FakeAws({"cloudformation:DescribeStackEvents": [{"StackEvents": [row(7), row(6)]}, {"StackEvents": []}]})
    assert last_event_id(aws, Calm().context(), "the-stack", "us-east-1") == "e7"
    assert last_event_id(aws, Calm().context(), "the-stack", "us-east-1") is None
