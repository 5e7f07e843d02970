"""Taking access away: in an order in which it only shrinks, whatever fails or ends the program on the way, and without
touching what is somebody else's.
"""

import itertools
import json
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from installer.answers import Network
from installer.cli.manage import removal_report
from installer.context import Context
from installer.errors import (
    AwsUnreachable,
    Cancelled,
    ChangedMeanwhile,
    HouseguestError,
    PermissionMissing,
    SignInNeeded,
    Throttled,
    VendorUnreachable,
)
from installer.events import Event, Notice, StepChanged, StepState
from installer.evidence import Source, State
from installer.manage.removal import Removal, explained, remove
from tests.support.fake_account import ELSEWHERE, NAMES, NEW_SESSION, REGION, FakeAccount, FakeCluster, connected
from tests.support.fake_aws import Calm, FakeAws
from tests.support.fake_vendor import attempt

STEPS = ["cut", "close_trust", "cluster", "role_stack", "verify", "access_stack"]
EC2 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}]}
OUTSIDE = "arn:aws:iam::999999999999:root"
OTHERS = {"team": "payroll"}
NETWORK = Network(REGION, IPv4Network("10.64.0.0/16"))
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOT_ALLOWED = PermissionMissing("You may not.", fix="Ask.", aws_code="AccessDenied")


@pytest.fixture
def account(tmp_path: Path) -> FakeAccount:
    """Connected, and nothing installed yet."""
    account = FakeAccount()
    account.install(tmp_path)
    return account


@pytest.fixture
def calm() -> Calm:
    return Calm()


@pytest.fixture
def ctx(calm: Calm) -> Context:
    return calm.context()


def states(done: Removal, word: str) -> list[State]:
    """Of the evidence in whose claim the word is."""
    return [found.state for found in done.evidence if word in found.claim]


def failed_steps(events: list[Event]) -> list[str]:
    return [event.step for event in events if isinstance(event, StepChanged) and event.state is StepState.FAILED]


def exit_code(done: Removal) -> tuple[bool, str]:
    """Whether the report says removed, and the code of its error."""
    told = removal_report("popsql", done)
    return told["removed"], told.get("error", {}).get("code", "")


class TestWhole:
    def test_everything_goes(self, account: FakeAccount, tmp_path: Path, calm: Calm) -> None:
        between: list[str] = []
        tools = account.tools(tmp_path)
        done = remove(connected(), tools, calm.context(), between=lambda: between.append("renewed"))
        assert done.removed
        assert (done.kept, done.still_possible, done.problems) == ((), (), ())
        assert {found.state for found in done.evidence} == {State.VERIFIED}
        assert (account.iam.roles, account.iam.policies) == ({}, {})
        assert [stack.status for stack in account.cloud.stacks] == ["DELETE_COMPLETE"] * 2
        assert between == ["renewed"] * len(STEPS)
        assert tools.journal.open_intents() == ()
        told = [event for event in calm.events if isinstance(event, StepChanged)]
        assert [event.step for event in told if event.state is StepState.DONE] == STEPS
        assert [step for step, _ in explained(connected())] == STEPS

    def test_the_vendor_is_cut_before_anything_else(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        aws = account.aws()
        remove(connected(), account.tools(tmp_path, aws), ctx)
        writes = ("Create", "Update", "Put", "Delete")
        made = [call.name for call in aws.calls if call.name.partition(":")[2].startswith(writes)]
        assert made[:3] == ["iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy", "cloudformation:DeleteStack"]

    def test_again_finds_nothing_and_changes_nothing(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        remove(connected(), account.tools(tmp_path), ctx)
        aws = account.aws()
        tools = account.tools(tmp_path, aws)
        before = tools.journal.entries
        assert remove(connected(), tools, ctx).removed
        assert tools.journal.entries == before

    def test_without_the_vendor(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        done = remove(connected(), replace(account.tools(tmp_path), vendor=None), ctx)
        assert done.removed
        assert states(done, "is denied when it tries") == [State.NOT_CHECKED]

    @pytest.mark.parametrize("gone", ["role", "boundary", "both"])
    def test_what_somebody_took_away_already(self, account: FakeAccount, tmp_path: Path, calm: Calm, gone: str) -> None:
        if gone != "boundary":
            account.cloud.stacks = [s for s in account.cloud.stacks if s.name != NAMES.role_stack]
            account.iam.delete_role(NAMES.operator_role)
        if gone != "role":
            account.cloud.stacks = [s for s in account.cloud.stacks if s.name != NAMES.access_stack]
            for role in account.iam.roles.values():
                role.boundary = None
            for arn in list(account.iam.policies):
                account.iam.delete_policy(arn)
        done = remove(connected(), account.tools(tmp_path), calm.context())
        assert done.removed
        assert (account.iam.roles, account.iam.policies) == ({}, {})
        warned = any(isinstance(event, Notice) for event in calm.events)
        assert warned is (gone == "boundary")

    def test_iam_may_name_the_gone_role_for_a_while(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        account.iam.still_lists[NAMES.operator_role] = 2
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert done.removed
        assert done.kept == ()
        assert account.iam.policies == {}

    def test_all_versions_but_one_go_before_the_policy(
        self, account: FakeAccount, tmp_path: Path, ctx: Context
    ) -> None:
        """IAM does not delete a policy that has more: the fake account refuses to."""
        for arn in account.iam.policies:
            for _ in range(4):
                account.iam.add_version(arn, ANYTHING)
        assert remove(connected(), account.tools(tmp_path), ctx).removed
        assert account.iam.policies == {}

    def test_a_running_product_keeps_its_boundary(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        account.iam.add_role("popsql-node", NAMES.workload_path, EC2, boundary=NAMES.workload_boundary_arn)
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert done.removed
        assert [kept.what for kept in done.kept] == ["stack popsql-access", "policy popsql-workload-boundary"]
        assert {kept.why for kept in done.kept} == {"the product runs on: popsql-node is under it"}
        assert sorted(account.iam.policies) == sorted([NAMES.operator_boundary_arn, NAMES.workload_boundary_arn])
        assert account.is_cut()


class TestForeign:
    """After a removal somebody else may have taken the names."""

    @pytest.mark.parametrize("name", [NAMES.role_stack, NAMES.access_stack])
    def test_a_stack_stays(self, tmp_path: Path, ctx: Context, name: str) -> None:
        account = FakeAccount()
        theirs = account.cloud.add_stack(name, "CREATE_COMPLETE", tags=OTHERS)
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert done.removed
        assert account.cloud.deleted == []
        assert theirs.status == "CREATE_COMPLETE"

    def test_a_stack_of_another_installation_stays(self, tmp_path: Path, ctx: Context) -> None:
        account = FakeAccount()
        tags = {**NAMES.tags("inv_1"), "houseguest:installation": "other"}
        account.cloud.add_stack(NAMES.role_stack, "CREATE_COMPLETE", tags=tags)
        assert remove(connected(), account.tools(tmp_path), ctx).removed
        assert account.cloud.deleted == []

    def test_a_role_in_another_path_stays_as_it_is(self, tmp_path: Path, ctx: Context) -> None:
        account = FakeAccount()
        team = account.iam.add_policy("team", "/", ANYTHING).arn
        theirs = account.iam.add_role(NAMES.operator_role, "/team/", EC2, boundary=team)
        account.iam.add_policy(NAMES.operator_boundary, "/houseguest/", ANYTHING)
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert done.removed
        assert account.iam.roles == {NAMES.operator_role: theirs}
        assert (theirs.trust, theirs.boundary) == (EC2, team)


class TestWaysAround:
    def test_a_role_that_somebody_outside_can_assume(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": OUTSIDE}}}
        door = account.iam.add_role("popsql-door", NAMES.workload_path, trust, boundary=NAMES.workload_boundary_arn)
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert not done.removed
        assert done.role_is_gone
        assert states(done, "assumed from outside") == [State.REFUTED]
        assert len(done.still_possible) == 1
        assert door.arn in done.still_possible[0]
        assert OUTSIDE in done.still_possible[0]
        assert exit_code(done) == (False, "not_finished")

    def test_another_boundary_on_the_role_is_replaced_by_the_one_that_is_cut(
        self, account: FakeAccount, tmp_path: Path, ctx: Context
    ) -> None:
        account.role.boundary = account.iam.add_policy("wide", "/", ANYTHING).arn
        aws = account.aws()
        seen = watch(account, aws)
        done = remove(connected(), account.tools(tmp_path, aws), ctx)
        assert done.removed
        assert_shrinks(seen)
        names = [call.name for call in aws.calls]
        assert names.index("iam:CreatePolicyVersion") < names.index("iam:PutRolePermissionsBoundary")
        [put] = aws.named("iam:PutRolePermissionsBoundary")
        assert put.parameters["PermissionsBoundary"] == NAMES.operator_boundary_arn

    def test_a_cut_that_does_not_reach_the_role_is_not_called_one(
        self, account: FakeAccount, tmp_path: Path, ctx: Context
    ) -> None:
        account.role.boundary = account.iam.add_policy("wide", "/", ANYTHING).arn
        aws = account.aws()
        aws.answer("iam:PutRolePermissionsBoundary", {})  # accepted, and without effect
        done = remove(connected(), account.tools(tmp_path, aws), ctx)
        assert states(done, "under the boundary that denies everything") == [State.REFUTED]
        assert not done.removed


class TestFailures:
    def test_termination_protection(self, account: FakeAccount, tmp_path: Path, calm: Calm) -> None:
        account.cloud.stacks[1].protected = True
        done = remove(connected(), account.tools(tmp_path), calm.context())
        assert not done.removed
        assert [type(problem).__name__ for problem in done.problems] == ["StackFailed"]
        assert failed_steps(calm.events) == ["role_stack"]
        assert states(done, "denies everything") == states(done, "start a session") == [State.VERIFIED]
        assert states(done, "is gone") == [State.REFUTED]
        assert (account.is_cut(), account.is_closed()) == (True, True)
        assert account.access() == frozenset()
        assert [kept.what for kept in done.kept] == ["stack popsql-access", "policy popsql-workload-boundary"]
        assert done.kept[0].why == "the vendor's role is not seen to be gone: popsql-operator is under it"
        told = removal_report("popsql", done)
        assert json.loads(json.dumps(told)) == told
        assert told["error"]["code"] == "not_finished"
        assert "Termination protection is on" in told["error"]["message"]
        assert "houseguest remove popsql" in told["error"]["fix"]

    def test_a_stack_that_stays_under_another_boundary_keeps_ours_too(
        self, account: FakeAccount, tmp_path: Path, ctx: Context
    ) -> None:
        """Nothing is under the access stack's policies then, but the vendor's role is there to be put back under."""
        account.role.boundary = account.iam.add_policy("wide", "/", ANYTHING).arn
        account.cloud.stacks[1].protected = True
        aws = account.aws()
        aws.answer("iam:PutRolePermissionsBoundary", NOT_ALLOWED)
        done = remove(connected(), account.tools(tmp_path, aws), ctx)
        assert not done.removed
        assert NAMES.operator_boundary_arn in account.iam.policies
        assert done.kept[0].why == "the vendor's role is not seen to be gone"

    def test_without_permission_to_cut_the_trust_is_closed_all_the_same(
        self, account: FakeAccount, tmp_path: Path, calm: Calm
    ) -> None:
        aws = account.aws()
        aws.answer("iam:CreatePolicyVersion", NOT_ALLOWED)
        seen = watch(account, aws)
        done = remove(connected(), account.tools(tmp_path, aws), calm.context())
        assert failed_steps(calm.events) == ["cut"]
        assert list(dict.fromkeys(seen)) == [seen[0], seen[0] - {NEW_SESSION}, set()]
        assert done.role_is_gone
        assert not done.removed
        assert exit_code(done) == (False, "permission_missing")

    @pytest.mark.parametrize(
        "unreadable", ["iam:GetRole", "iam:ListEntitiesForPolicy", "cloudformation:DescribeStacks"]
    )
    def test_what_may_not_be_read_keeps_nothing_from_being_cut(
        self, account: FakeAccount, tmp_path: Path, calm: Calm, unreadable: str
    ) -> None:
        aws = account.aws()
        aws.answer(unreadable, NOT_ALLOWED)
        done = remove(connected(), account.tools(tmp_path, aws), calm.context())
        assert account.is_cut()
        assert not done.removed
        assert exit_code(done) == (False, "permission_missing")

    @pytest.mark.parametrize(
        "ending",
        [
            Throttled("AWS asks to slow down."),
            AwsUnreachable("AWS did not answer."),
            SignInNeeded("Your sign-in to AWS has ended."),
            ChangedMeanwhile("Somebody else."),
        ],
    )
    def test_where_going_on_would_meet_the_same(
        self, account: FakeAccount, tmp_path: Path, calm: Calm, ending: HouseguestError
    ) -> None:
        aws = account.aws()
        aws.answer("iam:UpdateAssumeRolePolicy", ending)
        with pytest.raises(type(ending)):
            remove(connected(), account.tools(tmp_path, aws), calm.context())
        assert failed_steps(calm.events) == ["close_trust"]
        assert account.is_cut()
        assert remove(connected(), account.tools(tmp_path), Calm().context()).removed

    def test_cancelled(self, account: FakeAccount, tmp_path: Path) -> None:
        with pytest.raises(Cancelled):
            remove(connected(), account.tools(tmp_path), Calm(cancel_after=3).context())
        assert remove(connected(), account.tools(tmp_path), Calm().context()).removed


class TestCluster:
    def removed(self, account: FakeAccount, place: Path, region: str | None = REGION) -> tuple[Removal, FakeAws]:
        aws = account.aws()
        network = replace(NETWORK, region=region) if region else None
        return remove(connected(network=network), account.tools(place, aws), Calm().context()), aws

    @pytest.mark.parametrize("mode", ["API_AND_CONFIG_MAP", "CONFIG_MAP", None])
    def test_what_a_map_lets_in_is_still_possible(self, account: FakeAccount, tmp_path: Path, mode: str | None) -> None:
        account.cluster = FakeCluster(mode)
        done, _ = self.removed(account, tmp_path)
        assert states(done, "The cluster") == [State.NOT_CHECKED]
        assert done.removed
        assert len(done.still_possible) == 1
        assert f"cluster API in {REGION} not closed" in done.still_possible[0]

    def test_an_entry_goes(self, account: FakeAccount, tmp_path: Path) -> None:
        account.cluster = FakeCluster("API")
        done, _ = self.removed(account, tmp_path)
        assert states(done, "The cluster") == [State.VERIFIED]
        assert account.cluster.entries == []
        assert done.still_possible == ()

    def test_only_the_products_region_is_asked(self, account: FakeAccount, tmp_path: Path) -> None:
        _, aws = self.removed(account, tmp_path, ELSEWHERE)
        assert [call.region for call in aws.named("eks:DescribeCluster")] == [ELSEWHERE]
        assert aws.named("ec2:DescribeRegions") == []

    def test_of_an_unknown_region_all_that_are_allowed_and_enabled(self, account: FakeAccount, tmp_path: Path) -> None:
        account.regions = {REGION: True, ELSEWHERE: False, "ap-south-1": True}
        _, aws = self.removed(account, tmp_path, None)
        assert [call.region for call in aws.named("eks:DescribeCluster")] == [REGION]

    @pytest.mark.parametrize("refused", ["eks:DescribeCluster", "eks:ListAccessEntries", "eks:DeleteAccessEntry"])
    def test_what_may_not_be_read_is_not_checked(self, account: FakeAccount, tmp_path: Path, refused: str) -> None:
        account.cluster = FakeCluster("API")
        aws = account.aws()
        aws.answer(refused, NOT_ALLOWED)
        done = remove(connected(network=NETWORK), account.tools(tmp_path, aws), Calm().context())
        assert states(done, "The cluster") == [State.NOT_CHECKED]
        assert done.removed
        assert done.still_possible == (f"AWS API closed, cluster API in {REGION} not closed: You may not.",)

    def test_regions_that_may_not_be_read_are_not_checked(self, account: FakeAccount, tmp_path: Path) -> None:
        aws = account.aws()
        aws.answer("ec2:DescribeRegions", NOT_ALLOWED)
        done = remove(connected(), account.tools(tmp_path, aws), Calm().context())
        assert states(done, "The cluster") == [State.NOT_CHECKED]
        assert done.removed
        assert len(done.still_possible) == 1


class TestVendorsAttempts:
    @pytest.mark.parametrize(
        ("code", "state"),
        [
            ("AccessDenied", State.VERIFIED),
            ("AccessDeniedException", State.VERIFIED),
            ("UnauthorizedOperation", State.VERIFIED),
            ("InvalidClientTokenId", State.VERIFIED),
            ("Throttling", State.NOT_CHECKED),
            ("ExpiredToken", State.NOT_CHECKED),
            ("ServiceUnavailable", State.NOT_CHECKED),
        ],
    )
    def test_denied_is_what_aws_denied(
        self, account: FakeAccount, tmp_path: Path, ctx: Context, code: str, state: State
    ) -> None:
        tried = {"kind": "live_session", "call": "ec2:DescribeVpcs", **attempt(allowed=False, error_code=code)}
        account.vendor.attempts = [tried]
        done = remove(connected(), account.tools(tmp_path), ctx)
        [found] = [found for found in done.evidence if found.source is Source.VENDOR]
        assert found.state is state
        assert found.detail == code
        assert done.removed

    def test_an_attempt_that_came_through(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        account.vendor.attempts = [
            {"kind": kind, "call": "sts:AssumeRole", **attempt(allowed=kind == "with_external_id")}
            for kind in ("with_external_id", "without_external_id")
        ]
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert states(done, "is denied when it tries") == [State.REFUTED, State.VERIFIED]
        assert not done.removed

    def test_a_vendor_that_is_away(self, account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
        account.vendor.error = VendorUnreachable("The vendor does not answer.")
        done = remove(connected(), account.tools(tmp_path), ctx)
        assert states(done, "is denied when it tries") == [State.NOT_CHECKED]
        assert done.removed


class _Killed(BaseException):
    """The program ended here."""


def watch(
    account: FakeAccount, aws: FakeAws, *, dies_before: int | None = None, dies_after: int | None = None
) -> list[frozenset[str]]:
    """What the vendor can do, before the first call and after each; the program may end before or after one."""
    seen = [account.access()]
    call = aws.call

    def watched(ctx: Context, operation: str, /, **parameters: Any) -> Any:
        nth = len(seen)
        if nth == dies_before:
            raise _Killed
        try:
            reply = call(ctx, operation, **parameters)
        finally:
            seen.append(account.access())
            if nth == dies_after:
                raise _Killed
        return reply

    setattr(aws, "call", watched)  # noqa: B010 - an attribute of this one object
    return seen


def assert_shrinks(seen: list[frozenset[str]]) -> None:
    assert all(later <= earlier for earlier, later in itertools.pairwise(seen))


def furnished(place: Path) -> FakeAccount:
    """With a cluster that lets the vendor in, and another boundary on its role than the one that was agreed."""
    account = FakeAccount(cluster=FakeCluster("API"))
    account.install(place)
    account.role.boundary = account.iam.add_policy("wide", "/", ANYTHING).arn
    return account


def test_access_only_shrinks(account: FakeAccount, tmp_path: Path, ctx: Context) -> None:
    """From all to a new session that can do nothing, and from there to nothing."""
    aws = account.aws()
    seen = watch(account, aws)
    remove(connected(), account.tools(tmp_path, aws), ctx)
    assert_shrinks(seen)
    assert len(seen[0]) > 3
    assert list(dict.fromkeys(seen)) == [seen[0], {NEW_SESSION}, set()]


def test_killed_at_any_call_and_started_again(tmp_path: Path) -> None:
    """Before each call, and after each write whose reply is never seen."""
    rehearsal = furnished(tmp_path / "rehearsal")
    aws = rehearsal.aws()
    assert remove(connected(network=NETWORK), rehearsal.tools(tmp_path / "rehearsal", aws), Calm().context()).removed
    writes = [nth for nth, call in enumerate(aws.calls, 1) if not call.name.partition(":")[2].startswith(READS)]
    assert len(writes) >= 6
    points = [{"dies_before": nth} for nth in range(1, len(aws.calls) + 1)] + [{"dies_after": nth} for nth in writes]
    for number, point in enumerate(points):
        assert_finishes_after(tmp_path / str(number), point)


READS = ("Get", "List", "Describe")


def assert_finishes_after(place: Path, point: dict[str, int]) -> None:
    account = furnished(place)
    first, second = account.aws(), account.aws()
    seen = watch(account, first, **point)
    with pytest.raises(_Killed):
        remove(connected(network=NETWORK), account.tools(place, first), Calm().context())
    later = watch(account, second)
    tools = account.tools(place, second)
    assert remove(connected(network=NETWORK), tools, Calm().context()).removed, point
    assert_shrinks([*seen, *later])
    assert account.access() == frozenset(), point
    assert tools.journal.open_intents() == (), point
    assert account.iam.roles == {}, point
    assert [arn.rpartition("/")[2] for arn in account.iam.policies] == ["wide"], point
    assert account.cluster == FakeCluster("API", []), point
