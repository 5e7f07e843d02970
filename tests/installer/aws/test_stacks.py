"""Stacks: every state that one may be found in, every point at which the program may end, and every refusal."""

import json
from pathlib import Path
from typing import Any

import pytest

from installer.aws import stacks
from installer.aws.stacks import Change, StackPlan
from installer.context import Context
from installer.errors import (
    AlreadyExists,
    AwsUnreachable,
    Cancelled,
    ChangedMeanwhile,
    NameTaken,
    NotFound,
    StackFailed,
    Throttled,
    UsageError,
)
from installer.events import ResourceChanged, Waiting
from installer.journal import Journal, Kind
from installer.names import MADE_BY_US, TAG_INSTALLATION, TAG_MADE_BY
from tests.support.fake_aws import Calm
from tests.support.fake_cloudformation import REGION, FakeCloudFormation

NAME = "popsql-access"
OURS = {TAG_INSTALLATION: "popsql", TAG_MADE_BY: MADE_BY_US}
RESOURCES = {"Boundary": {"Type": "AWS::IAM::ManagedPolicy"}, "Role": {"Type": "AWS::IAM::Role"}}
TEMPLATE = json.dumps({"Parameters": {"Name": {}, "Seconds": {"Default": "3600"}}, "Resources": RESOURCES}, indent=1)
HOLDS = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role")
OTHER_TEMPLATE = json.dumps({"Resources": {"Boundary": {"Type": "AWS::IAM::ManagedPolicy"}}})


def plan(template: str = TEMPLATE, **given: Any) -> StackPlan:
    parameters = {"Name": "popsql"} if template == TEMPLATE else {}
    return StackPlan(NAME, REGION, template, **{"parameters": parameters, "tags": OURS, **given})


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def calm() -> Calm:
    return Calm()


@pytest.fixture
def ctx(calm: Calm) -> Context:
    return calm.context()


def as_planned(cloud: FakeCloudFormation, status: str = "CREATE_COMPLETE", **given: Any) -> None:
    """The stack of `plan()` is there already."""
    held = {"template": TEMPLATE, "parameters": {"Name": "popsql", "Seconds": "3600"}, "tags": dict(OURS)}
    cloud.add_stack(NAME, status, **{**held, **given})


class TestDescribe:
    def test_none(self, ctx: Context) -> None:
        assert stacks.describe(FakeCloudFormation().aws(), ctx, NAME, REGION) is None

    def test_all_that_a_reading_holds(self, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, protected=True)
        stack = stacks.describe(cloud.aws(), ctx, NAME, REGION)
        assert stack is not None
        assert stack.exists
        assert stack.termination_protection
        assert stack.outputs == {"Made": stack.stack_id}
        assert stack.parameters == {"Name": "popsql", "Seconds": "3600"}
        assert stack.made_for("popsql")
        assert not stack.made_for("another")
        assert stack.request_id == "request-1"

    def test_a_stack_in_review_counts_as_not_existing(self, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        cloud.add_stack(NAME, "REVIEW_IN_PROGRESS")
        stack = stacks.describe(cloud.aws(), ctx, NAME, REGION)
        assert stack is not None
        assert stack.in_review
        assert not stack.exists
        assert not stack.in_progress

    def test_a_deleted_stack_is_told_by_its_id_only(self, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        deleted = cloud.add_stack(NAME, "DELETE_COMPLETE")
        by_id = stacks.describe(cloud.aws(), ctx, deleted.id, REGION)
        assert by_id is not None
        assert not by_id.exists
        assert stacks.describe(cloud.aws(), ctx, NAME, REGION) is None


class TestPropose:
    def test_shows_what_would_be_made_and_makes_nothing(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan())
        assert proposal.creates
        assert not proposal.empty
        assert proposal.changes == (
            Change("Add", "Boundary", "AWS::IAM::ManagedPolicy"),
            Change("Add", "Role", "AWS::IAM::Role"),
        )
        assert cloud.executed == []
        assert [entry.kind for entry in journal.entries] == [Kind.INTENT, Kind.DONE]

    def test_is_found_again(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        first = stacks.propose(aws, journal, ctx, plan())
        assert stacks.propose(aws, journal, ctx, plan()) == first
        assert len(aws.named("cloudformation:CreateChangeSet")) == 1

    def test_another_content_is_another_change_set(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        first = stacks.propose(cloud.aws(), journal, ctx, plan())
        second = stacks.propose(cloud.aws(), journal, ctx, plan(parameters={"Name": "other"}))
        assert first.change_set_id != second.change_set_id
        assert first.stack_id == second.stack_id

    def test_a_lost_reply_is_repeated_with_the_same_token(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(lose={"CreateChangeSet"})
        aws = cloud.aws()
        with pytest.raises(AwsUnreachable):
            stacks.propose(aws, journal, ctx, plan())
        proposal = stacks.propose(aws, journal, ctx, plan())
        assert [made.id for made in cloud.change_sets] == [proposal.change_set_id]
        assert {entry.token for entry in journal.entries} == {journal.entries[0].token}

    def test_an_own_repeated_request_finds_its_change_set(self, journal: Journal, ctx: Context) -> None:
        """botocore repeats a request whose connection broke: AWS may then answer that the name exists."""
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        readings = 0

        def nothing_yet(**parameters: Any) -> Any:
            nonlocal readings
            readings += 1
            return described(**parameters) if readings > 2 else NotFound("it does not exist yet")

        stacks.propose(aws, journal, ctx, plan())
        described = cloud.describe_change_set
        aws.answer("cloudformation:DescribeChangeSet", nothing_yet)
        proposal = stacks.propose(aws, journal, ctx, plan())
        assert [made.id for made in cloud.change_sets] == [proposal.change_set_id]
        assert len(aws.named("cloudformation:CreateChangeSet")) == 2

    def test_parameters_defaults_and_tags_of_others(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, tags={**OURS, "cost-center": "7", "aws:reserved": "x"})
        aws = cloud.aws()
        stacks.propose(aws, journal, ctx, plan(OTHER_TEMPLATE))
        sent = aws.named("cloudformation:CreateChangeSet")[0].parameters
        tags = {row["Key"]: row["Value"] for row in sent["Tags"]}
        assert tags == {**OURS, "cost-center": "7"}
        assert sent["ChangeSetType"] == "UPDATE"
        assert sent["Capabilities"] == ["CAPABILITY_NAMED_IAM"]

    def test_a_template_that_was_exchanged_is_refused_and_cleared_away(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(swap_template=OTHER_TEMPLATE)
        with pytest.raises(StackFailed, match=r"^The template in the change set is not the one that was shown\.$"):
            stacks.propose(cloud.aws(), journal, ctx, plan())
        assert cloud.change_sets == []
        assert cloud.live(NAME) is None
        assert cloud.executed == []

    def test_line_ends_are_no_difference(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(swap_template=TEMPLATE)
        assert stacks.propose(cloud.aws(), journal, ctx, plan(TEMPLATE.replace("\n", "\r\n"))).changes

    def test_white_space_is_a_difference(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(swap_template=TEMPLATE + " ")
        with pytest.raises(StackFailed, match="not the one that was shown"):
            stacks.propose(cloud.aws(), journal, ctx, plan())

    def test_what_cloudformation_cannot_keep_is_explained(self, journal: Journal, ctx: Context) -> None:
        template = json.dumps({"Description": "für", "Resources": RESOURCES}, ensure_ascii=False)
        cloud = FakeCloudFormation(swap_template=template.replace("ü", "?"))
        with pytest.raises(StackFailed) as raised:
            stacks.propose(cloud.aws(), journal, ctx, plan(template))
        assert "ASCII" in raised.value.fix

    def test_transforms_are_refused_before_anything_is_made(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(transforms=("AWS::Serverless-2016-10-31", "Mine"))
        with pytest.raises(UsageError, match="by Mine"):
            stacks.propose(cloud.aws(), journal, ctx, plan(approved=frozenset({"AWS::Serverless-2016-10-31"})))
        assert cloud.stacks == []
        approved = frozenset({"AWS::Serverless-2016-10-31", "Mine"})
        assert stacks.propose(cloud.aws(), journal, ctx, plan(approved=approved)).changes

    @pytest.mark.parametrize(
        "resource_type", ["AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource", "Custom::Anything"]
    )
    def test_code_elsewhere_is_refused_unless_approved(
        self, resource_type: str, journal: Journal, ctx: Context
    ) -> None:
        template = json.dumps({"Resources": {**RESOURCES, "Hidden": {"Type": resource_type}}})
        cloud = FakeCloudFormation()
        with pytest.raises(UsageError, match=r"Hidden \("):
            stacks.propose(cloud.aws(), journal, ctx, plan(template))
        assert cloud.live(NAME) is None
        assert stacks.propose(cloud.aws(), journal, ctx, plan(template, approved=frozenset({"Hidden"}))).changes

    @pytest.mark.parametrize(
        "more",
        [
            {"Second": {"Type": "AWS::IAM::Role"}},
            {"Second": {"Type": "AWS::IAM::ManagedPolicy"}},
            {"Second": {"Type": "AWS::EC2::VPC"}},
        ],
    )
    def test_more_than_it_may_hold_is_refused_and_cleared_away(
        self, more: dict[str, Any], journal: Journal, ctx: Context
    ) -> None:
        cloud = FakeCloudFormation()
        template = json.dumps({"Resources": {**RESOURCES, **more}})
        with pytest.raises(UsageError, match=r"other things than agreed: .*Add Second \(AWS::") as raised:
            stacks.propose(cloud.aws(), journal, ctx, plan(template, holds=HOLDS))
        assert "AWS::IAM::ManagedPolicy, AWS::IAM::Role" in raised.value.fix
        assert (cloud.live(NAME), cloud.change_sets, cloud.executed) == (None, [], [])

    def test_less_than_it_shall_hold_is_refused(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        with pytest.raises(UsageError, match="other things than agreed"):
            stacks.propose(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE, holds=HOLDS))
        assert cloud.live(NAME) is None

    def test_exactly_what_it_shall_hold(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        assert stacks.ensure(cloud.aws(), journal, ctx, plan(holds=HOLDS[::-1])).status == "CREATE_COMPLETE"

    @pytest.mark.parametrize(
        ("resources", "named"),
        [
            ({**RESOURCES, "Second": {"Type": "AWS::IAM::Role"}}, r"agreed: Add Second \(AWS::IAM::Role\)\."),
            ({"Boundary": RESOURCES["Boundary"]}, r"agreed: Remove Role \(AWS::IAM::Role\)\."),
            ({**RESOURCES, "Boundary": {"Type": "AWS::IAM::ManagedPolicy"}, "Third": RESOURCES["Role"]}, "Add Third"),
        ],
    )
    def test_an_update_that_adds_or_removes_is_refused(
        self, resources: dict[str, Any], named: str, journal: Journal, ctx: Context
    ) -> None:
        """Also where what it adds, by itself, is what the stack shall hold."""
        cloud = FakeCloudFormation()
        as_planned(cloud)
        for holds in (HOLDS, ("AWS::IAM::Role",)):
            with pytest.raises(UsageError, match=named):
                stacks.propose(cloud.aws(), journal, ctx, plan(json.dumps({"Resources": resources}), holds=holds))
        assert (cloud.change_sets, cloud.executed, cloud.deleted) == ([], [], [])

    def test_an_update_that_only_changes(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        changed = plan(parameters={"Name": "popsql", "Seconds": "7200"}, holds=HOLDS)
        assert stacks.ensure(cloud.aws(), journal, ctx, changed).status == "UPDATE_COMPLETE"

    def test_a_template_that_is_too_long(self, journal: Journal, ctx: Context) -> None:
        with pytest.raises(UsageError, match="51,200"):
            stacks.propose(FakeCloudFormation().aws(), journal, ctx, plan("é" * 25_601))

    def test_no_changes(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan())
        assert proposal.empty
        assert cloud.change_sets == []
        stack = stacks.execute(cloud.aws(), journal, ctx, proposal)
        assert stack.status == "CREATE_COMPLETE"
        assert cloud.executed == []

    def test_a_change_set_that_failed_is_told_and_cleared_away(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(refuse="Parameter Name must match pattern [a-z]+.")
        with pytest.raises(StackFailed, match=r"as planned: Parameter Name must match pattern \[a-z\]\+\.$"):
            stacks.propose(cloud.aws(), journal, ctx, plan())
        assert cloud.live(NAME) is None

    def test_a_failed_change_set_of_an_earlier_try_is_replaced(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(refuse="Not now.")
        aws = cloud.aws()
        aws.answer("cloudformation:DeleteChangeSet", AwsUnreachable("AWS did not answer."))
        with pytest.raises(AwsUnreachable):
            stacks.propose(aws, journal, ctx, plan())
        aws.answer("cloudformation:DeleteChangeSet", cloud.delete_change_set)
        cloud.refuse = ""
        assert stacks.propose(aws, journal, ctx, plan()).changes
        assert len(cloud.change_sets) == 1

    def test_a_stack_of_somebody_else(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        cloud.add_stack(NAME, "CREATE_COMPLETE", tags={TAG_INSTALLATION: "popsql", TAG_MADE_BY: "release.example"})
        with pytest.raises(NameTaken, match=NAME):
            stacks.propose(cloud.aws(), journal, ctx, plan())

    def test_a_change_set_of_somebody_else(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        stacks.propose(cloud.aws(), journal, ctx, plan())
        cloud.change_sets[0].name = "theirs"
        with pytest.raises(NameTaken, match=NAME):
            stacks.propose(cloud.aws(), journal, ctx, plan())

    def test_waits_longer_and_longer(self, journal: Journal, calm: Calm) -> None:
        cloud = FakeCloudFormation()
        ctx = calm.context()
        stacks.propose(cloud.aws(), journal, ctx, plan())
        cloud.change_sets[0].status, cloud.change_sets[0].polls_left = "CREATE_IN_PROGRESS", 12
        calm.waits.clear()
        stacks.propose(cloud.aws(), journal, ctx, plan())
        assert calm.waits[0] == 1.0
        assert calm.waits == sorted(calm.waits)
        assert calm.waits[-1] == 3.0
        assert any(isinstance(event, Waiting) for event in calm.events)

    def test_a_new_change_set_may_be_unknown_for_a_moment(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        unknown = NotFound("it does not exist", aws_code="ChangeSetNotFound")
        aws.answer("cloudformation:DescribeChangeSet", *[unknown] * 5, cloud.describe_change_set)
        assert stacks.propose(aws, journal, ctx, plan()).changes

    @pytest.mark.parametrize("answer", [NotFound("it does not exist"), {"Status": "DELETE_PENDING"}])
    def test_a_change_set_that_somebody_deleted(self, answer: Any, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        unknown = NotFound("it does not exist", aws_code="ChangeSetNotFound")
        aws.answer("cloudformation:DescribeChangeSet", unknown, unknown, answer)
        with pytest.raises(ChangedMeanwhile, match="deleted meanwhile"):
            stacks.propose(aws, journal, ctx, plan())


class TestExecute:
    def test_reports_each_resource_once_and_returns_the_outputs(self, journal: Journal, calm: Calm) -> None:
        cloud = FakeCloudFormation()
        ctx = calm.context()
        stack = stacks.ensure(cloud.aws(), journal, ctx, plan())
        assert stack.status == "CREATE_COMPLETE"
        assert stack.outputs == {"Made": stack.stack_id}
        told = [(event.logical_id, event.status) for event in calm.events if isinstance(event, ResourceChanged)]
        assert told == [
            (NAME, "CREATE_IN_PROGRESS"),
            ("Boundary", "CREATE_IN_PROGRESS"),
            ("Boundary", "CREATE_COMPLETE"),
            ("Role", "CREATE_IN_PROGRESS"),
            ("Role", "CREATE_COMPLETE"),
            (NAME, "CREATE_COMPLETE"),
        ]

    def test_a_status_from_before_is_not_the_end(self, journal: Journal, calm: Calm) -> None:
        """Right after ExecuteChangeSet the stack may still answer that it is complete: with the old template."""
        cloud = FakeCloudFormation()
        as_planned(cloud)
        cloud.lag = 5
        stack = stacks.ensure(cloud.aws(), journal, calm.context(), plan(OTHER_TEMPLATE))
        assert stack.status == "UPDATE_COMPLETE"
        assert next(e.status for e in calm.events if isinstance(e, ResourceChanged)) == "UPDATE_IN_PROGRESS"

    def test_the_last_events_may_come_after_the_status(self, journal: Journal, calm: Calm) -> None:
        cloud = FakeCloudFormation(fails={"Boundary": "Already exists"}, late_events=2)
        with pytest.raises(StackFailed, match="Already exists"):
            stacks.ensure(cloud.aws(), journal, calm.context(), plan())
        assert [e.status for e in calm.events if isinstance(e, ResourceChanged)][-1] == "ROLLBACK_COMPLETE"

    def test_all_root_causes_and_only_those(self, journal: Journal, ctx: Context) -> None:
        template = json.dumps({"Resources": {**RESOURCES, "Second": {"Type": "AWS::IAM::Role"}}})
        wrapped = 'Resource handler returned message: "No. (Service: Iam, Status Code: 403)" (RequestToken: 1, X: Y)'
        cloud = FakeCloudFormation(fails={"Role": wrapped, "Second": "Role with name x already exists."})
        with pytest.raises(StackFailed) as raised:
            stacks.ensure(cloud.aws(), journal, ctx, plan(template))
        assert raised.value.message == (
            "Role (AWS::IAM::Role) could not be created: No. "
            "Second (AWS::IAM::Role) could not be created: Role with name x already exists."
        )
        assert raised.value.details["stack_status"] == "ROLLBACK_COMPLETE"
        assert raised.value.details["cause_1"].endswith(wrapped)
        assert "try again" in raised.value.fix

    def test_an_update_that_failed_says_that_nothing_changed(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        cloud.fails = {"Boundary": "Malformed"}
        with pytest.raises(StackFailed, match=r"could not be updated: Malformed\.$") as raised:
            stacks.ensure(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE))
        assert raised.value.fix.startswith("Nothing changed")

    def test_failures_of_an_earlier_operation_are_not_told(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        cloud.fails = {"Boundary": "The first reason"}
        with pytest.raises(StackFailed):
            stacks.ensure(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE))
        cloud.fails = {"Boundary": "The second reason"}
        with pytest.raises(StackFailed, match=r"^Boundary .*: The second reason\.$"):
            stacks.ensure(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE))

    def test_a_lost_reply_is_not_executed_twice(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(lose={"ExecuteChangeSet"})
        aws = cloud.aws()
        proposal = stacks.propose(aws, journal, ctx, plan())
        with pytest.raises(AwsUnreachable):
            stacks.execute(aws, journal, ctx, proposal)
        assert stacks.execute(aws, journal, ctx, proposal).status == "CREATE_COMPLETE"
        assert len(cloud.executed) == 1
        assert journal.open_intents() == ()

    def test_is_known_as_executed_when_the_change_set_is_cleared_away(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan())
        stacks.execute(cloud.aws(), journal, ctx, proposal)
        cloud.change_sets.clear()
        assert stacks.execute(cloud.aws(), journal, ctx, proposal).status == "CREATE_COMPLETE"
        assert len(cloud.executed) == 1

    def test_a_change_set_that_somebody_overtook(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE))
        cloud.change_sets[0].execution = "OBSOLETE"
        with pytest.raises(ChangedMeanwhile):
            stacks.execute(cloud.aws(), journal, ctx, proposal)

    def test_a_stack_that_was_deleted_meanwhile(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan())
        cloud.stacks.clear()
        with pytest.raises(ChangedMeanwhile):
            stacks.execute(cloud.aws(), journal, ctx, proposal)

    @pytest.mark.parametrize("silence", [AwsUnreachable("AWS did not answer."), Throttled("AWS asks to slow down.")])
    def test_looking_may_fail_for_a_while(self, silence: Exception, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        proposal = stacks.propose(aws, journal, ctx, plan())
        answer = cloud.describe_stack_events
        aws.answer("cloudformation:DescribeStackEvents", answer, *[silence] * 8, answer)
        assert stacks.execute(aws, journal, ctx, proposal).status == "CREATE_COMPLETE"

    def test_looking_is_given_up_in_the_end(self, journal: Journal, calm: Calm) -> None:
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        ctx = calm.context()
        proposal = stacks.propose(aws, journal, ctx, plan())
        silence = AwsUnreachable("AWS did not answer.")
        aws.answer("cloudformation:DescribeStackEvents", cloud.describe_stack_events, silence)
        with pytest.raises(AwsUnreachable):
            stacks.execute(aws, journal, ctx, proposal)
        assert len(calm.waits) >= 8
        told = [event.what for event in calm.events if isinstance(event, Waiting)]
        assert told.count(f"an answer of AWS about the stack {NAME}") == 8

    def test_cancelling_stops_the_watching_only(self, journal: Journal) -> None:
        cloud = FakeCloudFormation()
        with pytest.raises(Cancelled):
            stacks.ensure(cloud.aws(), journal, Calm(cancel_after=4).context(), plan())
        assert len(cloud.executed) == 1
        assert stacks.ensure(cloud.aws(), journal, Calm().context(), plan()).status == "CREATE_COMPLETE"
        assert len(cloud.executed) == 1


class TestEnsure:
    def test_creates(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        assert stacks.ensure(cloud.aws(), journal, ctx, plan()).made_for("popsql")

    def test_as_planned_is_left_alone(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, tags={**OURS, "cost-center": "7"})
        aws = cloud.aws()
        assert stacks.ensure(aws, journal, ctx, plan()).status == "CREATE_COMPLETE"
        assert journal.entries == ()
        assert aws.named("cloudformation:CreateChangeSet") == []

    @pytest.mark.parametrize(
        "other",
        [
            {"parameters": {"Name": "popsql", "Seconds": "7200"}},
            {"tags": {**OURS, "houseguest:invitation": "inv_2"}},
        ],
    )
    def test_another_plan_is_an_update(self, other: dict[str, Any], journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        assert stacks.ensure(cloud.aws(), journal, ctx, plan(**other)).status == "UPDATE_COMPLETE"
        assert len(cloud.stacks) == 1

    def test_there_and_back_again(self, journal: Journal, ctx: Context) -> None:
        """The change set of the first plan must not be taken for that of the third, which has the same content."""
        cloud = FakeCloudFormation()
        for template in (TEMPLATE, OTHER_TEMPLATE, TEMPLATE, OTHER_TEMPLATE):
            stacks.ensure(cloud.aws(), journal, ctx, plan(template))
            live = cloud.live(NAME)
            assert live is not None
            assert live.template == template
        assert len(cloud.executed) == 4

    def test_what_somebody_changed_is_changed_back(self, journal: Journal, ctx: Context) -> None:
        """By a change set of another name: the executed one is AWS's record of what was done, and stays."""
        cloud = FakeCloudFormation()
        aws = cloud.aws()
        stacks.ensure(aws, journal, ctx, plan())
        stacks.ensure(aws, journal, ctx, plan(OTHER_TEMPLATE))
        cloud.stacks[0].template, cloud.stacks[0].updated = TEMPLATE, cloud.stacks[0].created
        assert stacks.ensure(aws, journal, ctx, plan(OTHER_TEMPLATE)).status == "UPDATE_COMPLETE"
        assert cloud.stacks[0].template == OTHER_TEMPLATE
        assert len(cloud.executed) == 3
        assert aws.named("cloudformation:DeleteChangeSet") == []

    def test_a_leftover_in_review_is_used(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        left = cloud.add_stack(NAME, "REVIEW_IN_PROGRESS")
        assert stacks.ensure(cloud.aws(), journal, ctx, plan()).stack_id == left.id

    def test_a_rolled_back_creation_of_ours_is_made_anew(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, "ROLLBACK_COMPLETE")
        stack = stacks.ensure(cloud.aws(), journal, ctx, plan())
        assert stack.status == "CREATE_COMPLETE"
        assert cloud.deleted == [cloud.stacks[0].id]
        assert stack.stack_id != cloud.stacks[0].id

    @pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "DELETE_FAILED"])
    @pytest.mark.parametrize("tags", [{}, {**OURS, TAG_INSTALLATION: "another"}, {**OURS, TAG_MADE_BY: "x"}])
    def test_a_stack_that_is_not_ours_is_never_touched(
        self, status: str, tags: dict[str, str], journal: Journal, ctx: Context
    ) -> None:
        cloud = FakeCloudFormation()
        cloud.add_stack(NAME, status, tags=tags)
        with pytest.raises(NameTaken, match=f"^{REGION} has a CloudFormation stack named {NAME}"):
            stacks.ensure(cloud.aws(), journal, ctx, plan())
        assert journal.entries == ()

    def test_a_running_creation_is_joined(self, journal: Journal, calm: Calm) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, "CREATE_IN_PROGRESS")
        cloud.stacks[0].coming = [("Role", "CREATE_COMPLETE", ""), (None, "CREATE_COMPLETE", "")]
        assert stacks.ensure(cloud.aws(), journal, calm.context(), plan()).status == "CREATE_COMPLETE"
        assert journal.entries == ()
        assert [e.logical_id for e in calm.events if isinstance(e, ResourceChanged)] == [NAME, "Role", NAME]

    def test_a_running_delete_is_waited_for(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, "DELETE_IN_PROGRESS")
        cloud.stacks[0].coming = [("Role", "DELETE_COMPLETE", ""), (None, "DELETE_COMPLETE", "")]
        assert stacks.ensure(cloud.aws(), journal, ctx, plan()).status == "CREATE_COMPLETE"
        assert len(cloud.stacks) == 2

    def test_a_joined_creation_that_rolls_back_is_told_and_the_next_try_makes_it_anew(
        self, journal: Journal, ctx: Context
    ) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, "CREATE_IN_PROGRESS")
        cloud.stacks[0].coming = [
            ("Role", "CREATE_FAILED", "Taken"),
            (None, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Role]."),
            (None, "ROLLBACK_COMPLETE", ""),
        ]
        with pytest.raises(StackFailed, match="Taken"):
            stacks.ensure(cloud.aws(), journal, ctx, plan())
        assert stacks.ensure(cloud.aws(), journal, ctx, plan()).status == "CREATE_COMPLETE"

    @pytest.mark.parametrize(
        "status", ["CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"]
    )
    def test_where_a_person_has_to_act(self, status: str, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, status)
        with pytest.raises(StackFailed, match=status) as raised:
            stacks.ensure(cloud.aws(), journal, ctx, plan())
        assert raised.value.fix
        assert journal.entries == ()

    def test_after_an_update_that_rolled_back_it_can_be_updated(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, "UPDATE_ROLLBACK_COMPLETE")
        assert stacks.ensure(cloud.aws(), journal, ctx, plan()).status == "UPDATE_ROLLBACK_COMPLETE"
        assert stacks.ensure(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE)).status == "UPDATE_COMPLETE"

    def test_somebody_who_works_against_us(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        aws = cloud.aws()

        def always_another(StackName: str) -> Any:
            if cloud.live(NAME) is None:
                as_planned(cloud, "DELETE_IN_PROGRESS")
                cloud.stacks[-1].coming = [("Role", "DELETE_COMPLETE", ""), (None, "DELETE_COMPLETE", "")]
            return cloud.describe_stacks(StackName)

        aws.answer("cloudformation:DescribeStacks", always_another)
        with pytest.raises(ChangedMeanwhile, match="does not come to rest"):
            stacks.ensure(aws, journal, ctx, plan())


class TestDelete:
    def test_to_its_end_by_its_id(self, journal: Journal, calm: Calm) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        deleted = stacks.delete(cloud.aws(), journal, calm.context(), NAME, REGION)
        assert deleted is not None
        assert deleted.status == "DELETE_COMPLETE"
        assert next(e.status for e in calm.events if isinstance(e, ResourceChanged)) == "DELETE_IN_PROGRESS"

    def test_what_is_gone_is_fine(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        assert stacks.delete(cloud.aws(), journal, ctx, NAME, REGION) is None
        gone = cloud.add_stack(NAME, "DELETE_COMPLETE")
        again = stacks.delete(cloud.aws(), journal, ctx, gone.id, REGION)
        assert again is not None
        assert not again.exists
        assert journal.entries == ()

    def test_termination_protection(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, protected=True)
        with pytest.raises(StackFailed, match="Termination protection is on") as raised:
            stacks.delete(cloud.aws(), journal, ctx, NAME, REGION)
        assert "Switch termination protection off" in raised.value.fix
        assert cloud.deleted == []

    def test_the_reasons_for_what_stays_and_the_second_try(self, journal: Journal, ctx: Context) -> None:
        reason = "Cannot delete entity, must delete policies first. (Service: Iam, Status Code: 409)"
        cloud = FakeCloudFormation(fails={"Role": reason})
        as_planned(cloud)
        with pytest.raises(StackFailed, match=r"^Role .* could not be deleted: .* must delete policies first\.$"):
            stacks.delete(cloud.aws(), journal, ctx, NAME, REGION)
        deleted = stacks.delete(cloud.aws(), journal, ctx, NAME, REGION)
        assert deleted is not None
        assert deleted.status == "DELETE_COMPLETE"
        tokens = {entry.token for entry in journal.entries}
        assert len(tokens) == 2

    def test_a_lost_reply_is_joined(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation(lose={"DeleteStack"})
        as_planned(cloud)
        aws = cloud.aws()
        with pytest.raises(AwsUnreachable):
            stacks.delete(aws, journal, ctx, NAME, REGION)
        deleted = stacks.delete(aws, journal, ctx, NAME, REGION)
        assert deleted is not None
        assert not deleted.exists
        assert len(cloud.deleted) == 1

    def test_an_update_that_runs_is_waited_for(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud, "UPDATE_IN_PROGRESS")
        cloud.stacks[0].coming = [("Role", "UPDATE_FAILED", "No."), (None, "UPDATE_ROLLBACK_COMPLETE", "")]
        deleted = stacks.delete(cloud.aws(), journal, ctx, NAME, REGION)
        assert deleted is not None
        assert deleted.status == "DELETE_COMPLETE"

    def test_not_even_the_id_is_known_any_more(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        aws = cloud.aws()
        request = cloud.delete_stack

        def purge(**parameters: Any) -> Any:
            reply = request(**parameters)
            cloud.stacks.clear()
            return reply

        aws.answer("cloudformation:DeleteStack", purge)
        deleted = stacks.delete(aws, journal, ctx, NAME, REGION)
        assert deleted is not None
        assert deleted.status == "DELETE_COMPLETE"


class TestAbandon:
    def test_leaves_nothing(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan())
        stacks.abandon(cloud.aws(), journal, ctx, proposal)
        stacks.abandon(cloud.aws(), journal, ctx, proposal)
        assert cloud.change_sets == []
        assert cloud.live(NAME) is None

    def test_of_an_update_leaves_the_stack(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        as_planned(cloud)
        stacks.abandon(cloud.aws(), journal, ctx, stacks.propose(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE)))
        assert cloud.change_sets == []
        assert cloud.live(NAME) is not None
        assert cloud.deleted == []

    def test_leaves_a_review_that_others_use(self, journal: Journal, ctx: Context) -> None:
        cloud = FakeCloudFormation()
        proposal = stacks.propose(cloud.aws(), journal, ctx, plan())
        stacks.propose(cloud.aws(), journal, ctx, plan(parameters={"Name": "other"}))
        stacks.abandon(cloud.aws(), journal, ctx, proposal)
        assert cloud.live(NAME) is not None
        assert len(cloud.change_sets) == 1


class _Killed(BaseException):
    """The program ended here."""


def test_another_computer_made_the_same_change_set_a_moment_ago_and_uses_it(tmp_path: Path) -> None:
    """It was not there when we looked, there when we asked for it, and executed when we looked again."""
    aws = FakeCloudFormation().aws()
    aws.answer("cloudformation:CreateChangeSet", AlreadyExists("it exists already"))
    journal = Journal(tmp_path / "journal.jsonl")
    with pytest.raises(ChangedMeanwhile, match="Another window or computer is working on the stack"):
        stacks.ensure(aws, journal, Calm().context(), plan())
    assert journal.open_intents() == ()


class _MortalJournal(Journal):
    """Ends the program before or after its nth entry is on disk."""

    def __init__(self, path: Path, nth: int, *, before: bool) -> None:
        super().__init__(path)
        self._left = nth
        self._before = before

    def _append(self, *entry: Any, **more: Any) -> None:
        self._left -= 1
        if self._left == 0 and self._before:
            raise _Killed
        super()._append(*entry, **more)
        if self._left == 0:
            raise _Killed


def _whole_life(cloud: FakeCloudFormation, journal: Journal) -> None:
    ctx = Calm().context()
    as_planned_before = cloud.live(NAME)
    if as_planned_before is None or as_planned_before.template != OTHER_TEMPLATE:
        stacks.ensure(cloud.aws(), journal, ctx, plan())
    stacks.ensure(cloud.aws(), journal, ctx, plan(OTHER_TEMPLATE))


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("nth", range(1, 9))
def test_killed_at_any_entry_and_started_again(tmp_path: Path, nth: int, before: bool) -> None:
    """One stack, one creation, one update: wherever the program ended."""
    path = tmp_path / "journal.jsonl"
    cloud = FakeCloudFormation()
    with pytest.raises(_Killed):
        _whole_life(cloud, _MortalJournal(path, nth, before=before))
    _whole_life(cloud, Journal(path))
    live = cloud.live(NAME)
    assert live is not None
    assert (live.status, live.template) == ("UPDATE_COMPLETE", OTHER_TEMPLATE)
    assert len(cloud.stacks) == 1
    assert len(cloud.executed) == 2
    assert Journal(path).open_intents() == ()
