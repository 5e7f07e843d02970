"""Making and following stacks in conformance cases."""

from __future__ import annotations

import json
import time
from typing import Any

POLL_SECONDS = 0.01
LIMIT_SECONDS = 20.0
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


def template(**resources: dict[str, Any]) -> str:
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


def resource(kind: str, depends_on: str = "", **properties: Any) -> dict[str, Any]:
    after = {"DependsOn": depends_on} if depends_on else {}
    return {"Type": kind, "Properties": properties, **after}


def statuses(cfn: Any, stack: str) -> list[tuple[str, str]]:
    """(logical id, status) of all events, oldest first."""
    events = cfn.describe_stack_events(StackName=stack)["StackEvents"]
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]


def reasons(cfn: Any, stack: str, status: str) -> str:
    events = cfn.describe_stack_events(StackName=stack)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"] == status)


def settled(cfn: Any, stack: str) -> str:
    """The stack's status once nothing is in progress."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        status = str(cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
            return status
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{stack} is still {status}")


def change_set_ready(cfn: Any, change_set: str) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        found: dict[str, Any] = cfn.describe_change_set(ChangeSetName=change_set)
        if not found["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
            return found
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{change_set} is still {found['Status']}")


def create(cfn: Any, name: str, body: str, **more: Any) -> tuple[str, str]:
    """Create a stack; its id and the status it ends in."""
    stack_id = cfn.create_stack(StackName=name, TemplateBody=body, Capabilities=CAPABILITIES, **more)["StackId"]
    return stack_id, settled(cfn, stack_id)


def update(cfn: Any, name: str, body: str, **more: Any) -> str:
    cfn.update_stack(StackName=name, TemplateBody=body, Capabilities=CAPABILITIES, **more)
    return settled(cfn, name)


def delete(cfn: Any, stack_id: str, **more: Any) -> str:
    cfn.delete_stack(StackName=stack_id, **more)
    return settled(cfn, stack_id)
