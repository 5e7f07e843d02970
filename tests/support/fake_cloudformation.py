"""A CloudFormation with a memory, for the engine's own tests: slow, eventually consistent, and able to fail where told.

It plays what AWS documents of change sets and stack operations. It is no proof of how AWS behaves: that is what the
sandbox's conformance cases are for.
"""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from installer.errors import AlreadyExists, AwsError, AwsUnreachable, NotFound
from tests.support.fake_aws import Answer, FakeAws

ACCOUNT = "222222222222"
REGION = "us-east-1"
BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@dataclass
class FakeChangeSet:
    id: str
    name: str
    stack_id: str
    kind: str
    template: str
    parameters: dict[str, str]
    tags: dict[str, str]
    token: str
    changes: list[dict[str, Any]]
    status: str = "CREATE_IN_PROGRESS"
    reason: str = ""
    execution: str = "UNAVAILABLE"
    polls_left: int = 1


@dataclass
class FakeStack:
    id: str
    name: str
    status: str
    created: datetime
    template: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    updated: datetime | None = None
    protected: bool = False
    change_set_id: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    # What is still to happen: an event of the stack itself (logical id None) also becomes its status.
    coming: list[tuple[str | None, str, str]] = field(default_factory=list)


def _nothing_else(_stack: FakeStack, _logical_id: str, _status: str) -> None:
    """No resource is really made or deleted."""


@dataclass
class FakeCloudFormation:
    """Set what shall go wrong; make the `Aws` with `aws()`.

    fails          logical id -> reason, for the next operation
    lag            readings of a stack that still answer the old status after an operation began
    late_events    readings of the events that miss what came last
    lose           calls that take effect but whose reply is lost, each once
    swap_template  what the change set holds instead of what was sent
    refuse         why the change set fails
    acts           called with the stack, the logical id and the status of every event of a resource
    """

    fails: dict[str, str] = field(default_factory=dict)
    lag: int = 0
    late_events: int = 0
    lose: set[str] = field(default_factory=set)
    swap_template: str | None = None
    refuse: str = ""
    transforms: tuple[str, ...] = ()
    stacks: list[FakeStack] = field(default_factory=list)
    change_sets: list[FakeChangeSet] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    acts: Callable[[FakeStack, str, str], None] = _nothing_else
    _count: Any = field(default_factory=lambda: itertools.count(1))

    def aws(self) -> FakeAws:
        operations = {
            "DescribeStacks": self.describe_stacks,
            "DescribeStackEvents": self.describe_stack_events,
            "DescribeStackResources": self.describe_stack_resources,
            "GetTemplate": self.get_template,
            "GetTemplateSummary": self.get_template_summary,
            "CreateChangeSet": self.create_change_set,
            "DescribeChangeSet": self.describe_change_set,
            "ListChangeSets": self.list_change_sets,
            "ExecuteChangeSet": self.execute_change_set,
            "DeleteChangeSet": self.delete_change_set,
            "DeleteStack": self.delete_stack,
        }
        answers: dict[str, Answer] = {
            f"cloudformation:{name}": self._losing(name, operation) for name, operation in operations.items()
        }
        return FakeAws(answers)

    def add_stack(self, name: str, status: str, **given: Any) -> FakeStack:
        """A stack that is there already, with one event that says how it came to its status."""
        number = next(self._count)
        stack_id = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{number}"
        stack = FakeStack(id=stack_id, name=name, status="", created=self._now(), **given)
        self.stacks.append(stack)
        self._tell(stack, None, status)
        return stack

    def live(self, name: str) -> FakeStack | None:
        """The stack of that name that is not deleted."""
        found = [s for s in self.stacks if s.name == name and s.status != "DELETE_COMPLETE"]
        assert len(found) <= 1, "two stacks of one name"
        return found[0] if found else None

    def _losing(self, name: str, operation: Any) -> Answer:
        def answer(**parameters: Any) -> Mapping[str, Any] | Exception:
            reply: Mapping[str, Any] | Exception = operation(**parameters)
            if name in self.lose:
                self.lose.discard(name)
                return AwsUnreachable("AWS did not answer.", call=f"cloudformation:{name}")
            return reply

        return answer

    def describe_stacks(self, StackName: str) -> Mapping[str, Any] | Exception:
        stack = self._find(StackName)
        if stack is None:
            return NotFound("cloudformation:DescribeStacks: it does not exist.")
        if self.lag:
            self.lag -= 1
        elif stack.coming:
            # Several events may come between two polls, and the status with the last of them.
            self._tell(stack, *stack.coming.pop(0))
        row = {
            "StackId": stack.id,
            "StackName": stack.name,
            "StackStatus": stack.status,
            "StackStatusReason": stack.reason,
            "CreationTime": stack.created,
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in stack.parameters.items()],
            "Tags": [{"Key": k, "Value": v} for k, v in stack.tags.items()],
            "EnableTerminationProtection": stack.protected,
            "ChangeSetId": stack.change_set_id,
            "Outputs": [{"OutputKey": "Made", "OutputValue": stack.id}] if stack.status.endswith("COMPLETE") else [],
        }
        return {"Stacks": [row | ({"LastUpdatedTime": stack.updated} if stack.updated else {})]}

    def describe_stack_events(self, StackName: str, NextToken: str = "0") -> Mapping[str, Any] | Exception:
        stack = self._find(StackName)
        if stack is None:
            return NotFound("cloudformation:DescribeStackEvents: it does not exist.")
        newest_first = stack.events[::-1]
        if self.late_events and not stack.coming:
            self.late_events -= 1
            newest_first = newest_first[1:]
        page = int(NextToken)
        more = {"NextToken": str(page + 1)} if len(newest_first) > 3 * (page + 1) else {}
        return {"StackEvents": newest_first[3 * page : 3 * page + 3], **more}

    def describe_stack_resources(self, StackName: str) -> Mapping[str, Any] | Exception:
        stack = self._find(StackName)
        assert stack is not None
        return {"StackResources": [] if stack.status == "REVIEW_IN_PROGRESS" else [{"LogicalResourceId": "Any"}]}

    def get_template(
        self, TemplateStage: str, StackName: str = "", ChangeSetName: str = ""
    ) -> Mapping[str, Any] | Exception:
        assert TemplateStage == "Original"
        if ChangeSetName:
            change_set = self._change_set(ChangeSetName)
            assert change_set is not None
            return {"TemplateBody": change_set.template if self.swap_template is None else self.swap_template}
        stack = self._find(StackName)
        assert stack is not None
        return {"TemplateBody": stack.template}

    def get_template_summary(self, TemplateBody: str) -> Mapping[str, Any]:
        declared = json.loads(TemplateBody).get("Parameters", {})
        rows = [{"ParameterKey": key, "DefaultValue": value.get("Default", "")} for key, value in declared.items()]
        return {"Parameters": rows} | ({"DeclaredTransforms": list(self.transforms)} if self.transforms else {})

    def create_change_set(self, **given: Any) -> Mapping[str, Any] | Exception:
        name, stack_name, kind = given["ChangeSetName"], given["StackName"], given["ChangeSetType"]
        stack = self.live(stack_name)
        for made in self.change_sets:
            if stack is not None and (made.name, made.stack_id) == (name, stack.id):
                if made.token == given["ClientToken"]:
                    return {"Id": made.id, "StackId": made.stack_id}
                return AlreadyExists("it exists already", aws_code="AlreadyExistsException")
        if (kind == "CREATE") != (stack is None or stack.status == "REVIEW_IN_PROGRESS"):
            return AwsError("wrong type of change set", aws_code="ValidationError")
        if stack is None:
            stack = self.add_stack(stack_name, "REVIEW_IN_PROGRESS")
        template = given["TemplateBody"]
        declared = json.loads(template).get("Parameters", {})
        parameters = {key: value.get("Default", "") for key, value in declared.items()}
        parameters |= {row["ParameterKey"]: row["ParameterValue"] for row in given["Parameters"]}
        tags = {row["Key"]: row["Value"] for row in given["Tags"]}
        change_set = FakeChangeSet(
            id=f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/{name}/{next(self._count)}",
            name=name,
            stack_id=stack.id,
            kind=kind,
            template=template,
            parameters=parameters,
            tags=tags,
            token=given["ClientToken"],
            changes=_changes(template, stack.template if kind == "UPDATE" else ""),
        )
        if self.refuse:
            change_set.reason = self.refuse
        elif kind == "UPDATE" and (stack.template, stack.parameters, stack.tags) == (template, parameters, tags):
            change_set.reason = "The submitted information didn't contain changes. Submit different information."
        self.change_sets.append(change_set)
        return {"Id": change_set.id, "StackId": stack.id}

    def describe_change_set(self, ChangeSetName: str, StackName: str = "") -> Mapping[str, Any] | Exception:
        change_set = self._change_set(ChangeSetName, StackName)
        if change_set is None:
            return NotFound("it does not exist", aws_code="ChangeSetNotFound")
        if change_set.status == "CREATE_IN_PROGRESS":
            if change_set.polls_left:
                change_set.polls_left -= 1
            elif change_set.reason:
                change_set.status = "FAILED"
            else:
                change_set.status, change_set.execution = "CREATE_COMPLETE", "AVAILABLE"
        return {
            "ChangeSetId": change_set.id,
            "ChangeSetName": change_set.name,
            "StackId": change_set.stack_id,
            "Status": change_set.status,
            "StatusReason": change_set.reason,
            "ExecutionStatus": change_set.execution,
            "Changes": change_set.changes,
        }

    def list_change_sets(self, StackName: str) -> Mapping[str, Any]:
        held = [c for c in self.change_sets if c.stack_id == StackName]
        return {"Summaries": [{"ChangeSetId": c.id, "ChangeSetName": c.name} for c in held]}

    def execute_change_set(self, ChangeSetName: str, ClientRequestToken: str) -> Mapping[str, Any] | Exception:
        change_set = self._change_set(ChangeSetName)
        if change_set is None:
            return NotFound("it does not exist", aws_code="ChangeSetNotFound")
        if change_set.execution != "AVAILABLE":
            return AwsError("wrong status", aws_code="InvalidChangeSetStatus")
        stack = self._find(change_set.stack_id)
        assert stack is not None
        change_set.execution = "EXECUTE_IN_PROGRESS"
        self.executed.append(change_set.id)
        self.change_sets = [c for c in self.change_sets if c.stack_id != stack.id or c is change_set]
        before = (stack.template, stack.parameters, stack.tags)
        stack.template, stack.parameters, stack.tags = change_set.template, change_set.parameters, change_set.tags
        stack.change_set_id = change_set.id
        stack.updated = self._now()
        stack.coming = _operation(change_set.kind, _resources(change_set.template), self.fails)
        if self.fails and change_set.kind == "UPDATE":
            stack.template, stack.parameters, stack.tags = before
        self.fails = {}
        if not self.lag:
            self._tell(stack, *stack.coming.pop(0))
        return {}

    def delete_change_set(self, ChangeSetName: str) -> Mapping[str, Any]:
        self.change_sets = [c for c in self.change_sets if c.id != ChangeSetName]
        return {}

    def delete_stack(self, StackName: str, ClientRequestToken: str) -> Mapping[str, Any] | Exception:
        stack = self._find(StackName)
        assert stack is not None
        assert not stack.protected
        self.deleted.append(stack.id)
        stack.coming = _operation("DELETE", _resources(stack.template), self.fails)
        self.fails = {}
        if not self.lag:
            self._tell(stack, *stack.coming.pop(0))
        return {}

    def _find(self, name_or_id: str) -> FakeStack | None:
        return next((s for s in self.stacks if s.id == name_or_id), None) or self.live(name_or_id)

    def _change_set(self, name_or_id: str, stack_name: str = "") -> FakeChangeSet | None:
        stack = self.live(stack_name) if stack_name else None
        for change_set in self.change_sets:
            if change_set.id == name_or_id:
                return change_set
            if stack is not None and (change_set.name, change_set.stack_id) == (name_or_id, stack.id):
                return change_set
        return None

    def _tell(self, stack: FakeStack, logical_id: str | None, status: str, reason: str = "") -> None:
        own = logical_id is None
        stack.events.append(
            {
                "EventId": f"event-{next(self._count)}",
                "StackId": stack.id,
                "StackName": stack.name,
                "LogicalResourceId": stack.name if own else logical_id,
                "PhysicalResourceId": stack.id if own else f"physical-{logical_id}",
                "ResourceType": "AWS::CloudFormation::Stack" if own else _resources(stack.template)[str(logical_id)],
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "Timestamp": self._now(),
            }
        )
        if own:
            stack.status, stack.reason = status, reason
        else:
            self.acts(stack, str(logical_id), status)

    def _now(self) -> datetime:
        return BEGIN + timedelta(seconds=next(self._count))


def _operation(kind: str, resources: Mapping[str, str], fails: Mapping[str, str]) -> list[tuple[str | None, str, str]]:
    steps: list[tuple[str | None, str, str]] = [(None, f"{kind}_IN_PROGRESS", "User Initiated")]
    for logical_id in resources:
        steps.append((logical_id, f"{kind}_IN_PROGRESS", ""))
        failed = logical_id in fails
        reason = fails.get(logical_id, f"Resource {_NOUNS[kind]} cancelled" if fails and kind != "DELETE" else "")
        steps.append((logical_id, f"{kind}_FAILED" if failed or reason else f"{kind}_COMPLETE", reason))
    if not fails:
        return [*steps, (None, f"{kind}_COMPLETE", "")]
    named = f"The following resource(s) failed to {kind.lower()}: [{', '.join(fails)}]. Rollback requested by user."
    if kind == "DELETE":
        return [*steps, (None, "DELETE_FAILED", named)]
    rollback = "ROLLBACK" if kind == "CREATE" else "UPDATE_ROLLBACK"
    undone = [(logical_id, "DELETE_COMPLETE", "") for logical_id in resources if kind == "CREATE"]
    return [*steps, (None, f"{rollback}_IN_PROGRESS", named), *undone, (None, f"{rollback}_COMPLETE", "")]


_NOUNS = {"CREATE": "creation", "UPDATE": "update"}


def _resources(template: str) -> dict[str, str]:
    held = json.loads(template).get("Resources", {}) if template else {}
    return {logical_id: resource["Type"] for logical_id, resource in held.items()}


def _changes(template: str, before: str) -> list[dict[str, Any]]:
    """Every resource of both is told, also where it stays as it is."""
    new, old = _resources(template), _resources(before)
    rows = [("Modify" if logical_id in old else "Add", logical_id, kind) for logical_id, kind in new.items()]
    rows += [("Remove", logical_id, kind) for logical_id, kind in old.items() if logical_id not in new]
    return [
        {
            "Type": "Resource",
            "ResourceChange": {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind},
        }
        for action, logical_id, kind in rows
    ]
