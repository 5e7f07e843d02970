"""Two never work on one installation: not two windows, not two programs, not two computers."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from installer.aws.clients import Aws, Reply
from installer.aws.clock import AwsClock
from installer.context import CancelToken, Context
from installer.errors import AwsUnreachable, Cancelled, ChangedMeanwhile, NotFound, PermissionMissing
from installer.events import Event, Notice
from installer.lock import LEASE, AccountLease, InstallationLock, Lease, local_lock, this_workstation

ARN = "arn:aws:iam::222222222222:policy/houseguest/popsql-operator-boundary"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Account:
    """The operator boundary's tags, and AWS's clock. `before` runs ahead of the nth call of an operation: to get in
    between.
    """

    def __init__(self) -> None:
        self.tags: dict[str, str] | None = {"houseguest:installation": "popsql"}
        self.now = START
        self.calls: list[str] = []
        self.before: dict[tuple[str, int], Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}
        self.errors: dict[str, Exception] = {}

    @property
    def lease(self) -> Lease | None:
        value = (self.tags or {}).get("houseguest:lock")
        return None if value is None else Lease.from_tag(value)

    def computer(self) -> Aws:
        return cast(Aws, Computer(self))

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        self.before.pop((operation, self.calls.count(operation)), lambda: None)()
        if operation in self.errors:
            raise self.errors[operation]
        assert parameters.pop("PolicyArn") == ARN
        if self.tags is None:
            raise NotFound("There is no such policy.")
        if operation == "iam:ListPolicyTags":
            return self._page(parameters)
        if operation == "iam:TagPolicy":
            [tag] = parameters["Tags"]
            assert len(self.tags) < 50
            assert re.fullmatch(r"[\w .:/=+@-]{0,256}", tag["Value"], re.ASCII)
            self.tags[tag["Key"]] = tag["Value"]
            self.after.pop(operation, lambda: None)()
            return {}
        assert operation == "iam:UntagPolicy"
        for key in parameters["TagKeys"]:
            self.tags.pop(key, None)
        return {}

    def _page(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """One tag a page, as IAM may answer."""
        assert self.tags is not None
        items = [{"Key": key, "Value": value} for key, value in sorted(self.tags.items())]
        at = int(parameters.get("Marker", 0))
        more = at + 1 < len(items)
        return {"Tags": items[at : at + 1], "IsTruncated": more, **({"Marker": str(at + 1)} if more else {})}


class Computer:
    """What `AccountLease` sees of `Aws`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.clock = AwsClock(workstation=lambda: account.now)

    def call(self, ctx: Context, call: str, *, region: str = "us-east-1", **parameters: Any) -> Reply:
        ctx.check()
        return Reply(call, self._account.call(call, parameters), "r-1", self._account.now)


class Waiting(CancelToken):
    """Waits for nothing; `meanwhile` happens during the nth wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.meanwhile()
        return self.cancelled


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def ctx(waiting: Waiting, events: list[Event]) -> Context:
    return Context(cancel=waiting, report=events.append)


def lease(account: Account, owner: str = "jane@one") -> AccountLease:
    return AccountLease(account.computer(), ARN, owner=owner)


class TestLease:
    def test_taken_and_given_back(self, account: Account, ctx: Context, waiting: Waiting) -> None:
        mine = lease(account)
        assert mine.acquire(ctx)
        assert account.lease is not None
        assert (account.lease.owner, account.lease.ends) == ("jane@one", START + LEASE)
        assert waiting.waits == [2.0]
        mine.release(ctx)
        assert account.tags == {"houseguest:installation": "popsql"}
        assert not mine.held

    def test_another_computer_is_told_who_and_until_when(self, account: Account, ctx: Context) -> None:
        lease(account).acquire(ctx)
        with pytest.raises(ChangedMeanwhile, match="jane@one is working on this") as refusal:
            lease(account, "joe@two").acquire(ctx)
        assert "12:15 UTC" in refusal.value.fix
        assert refusal.value.details["owner"] == "jane@one"
        assert account.calls.count("iam:TagPolicy") == 1

    def test_of_two_that_write_at_once_the_later_wins(self, account: Account, ctx: Context, waiting: Waiting) -> None:
        """Both read a free lock; then one writes, then the other; then both read back."""
        mine, theirs = lease(account), lease(account, "joe@two")
        results: list[bool] = []

        def in_between() -> None:
            # They run from their first read to their end while we are between our write and our reading back.
            waiting.meanwhile = lambda: None
            account.tags = {"houseguest:installation": "popsql"}  # what they had read before we wrote
            results.append(theirs.acquire(ctx))

        waiting.meanwhile = in_between
        with pytest.raises(ChangedMeanwhile, match="joe@two"):
            mine.acquire(ctx)
        assert results == [True]
        assert theirs.held
        assert not mine.held
        mine.release(ctx)
        assert account.lease is not None
        assert account.lease.owner == "joe@two"

    def test_a_slower_one_that_overwrites_is_noticed_at_the_next_renewal(self, account: Account, ctx: Context) -> None:
        """It read before we wrote and writes after we read back: nothing can prevent that, but we stop before the
        next write.
        """
        mine, theirs = lease(account), lease(account, "joe@two")

        def they_are_slow() -> None:
            assert mine.acquire(ctx)

        # Their first read is done; our whole acquisition happens right before their write.
        account.before["iam:TagPolicy", 1] = they_are_slow
        assert theirs.acquire(ctx)
        with pytest.raises(ChangedMeanwhile, match="joe@two"):
            mine.renew(ctx)
        theirs.renew(ctx)
        mine.release(ctx)
        assert account.lease is not None
        assert account.lease.owner == "joe@two"

    def test_an_expired_one_is_taken_over_by_awss_clock(self, account: Account, ctx: Context) -> None:
        dead = lease(account)
        dead.acquire(ctx)
        account.now = START + LEASE - timedelta(seconds=1)
        with pytest.raises(ChangedMeanwhile):
            lease(account, "joe@two").acquire(ctx)
        account.now = START + LEASE
        assert lease(account, "joe@two").acquire(ctx)
        with pytest.raises(ChangedMeanwhile, match="joe@two"):
            dead.renew(ctx)

    def test_giving_back_leaves_what_somebody_else_took(self, account: Account, ctx: Context) -> None:
        mine = lease(account)
        mine.acquire(ctx)
        account.now = START + LEASE
        lease(account, "joe@two").acquire(ctx)
        assert mine.held
        mine.release(ctx)
        assert account.lease is not None
        assert account.lease.owner == "joe@two"

    def test_renewing_writes_only_after_half_the_time(self, account: Account, ctx: Context) -> None:
        mine = lease(account)
        mine.acquire(ctx)
        account.now = START + timedelta(minutes=7)
        mine.renew(ctx)
        assert account.lease is not None
        assert account.lease.ends == START + LEASE
        account.now = START + timedelta(minutes=8)
        mine.renew(ctx)
        assert account.lease is not None
        assert account.lease.ends == START + timedelta(minutes=23)

    def test_taken_away_by_hand_it_is_lost(self, account: Account, ctx: Context) -> None:
        mine = lease(account)
        mine.acquire(ctx)
        account.tags = {}
        with pytest.raises(ChangedMeanwhile, match="taken away"):
            mine.renew(ctx)
        assert not mine.held

    def test_no_boundary_no_lease_until_there_is_one(self, account: Account, ctx: Context) -> None:
        account.tags = None
        mine = lease(account)
        assert not mine.acquire(ctx)
        mine.renew(ctx)
        assert not mine.held
        account.tags = {}
        mine.renew(ctx)
        assert mine.held
        account.tags = None
        mine.renew(ctx)
        assert not mine.held
        mine.release(ctx)

    @pytest.mark.parametrize("value", ["", "x", "0" * 32, f"{'0' * 32} 2026-13-01T00:00:00Z joe", "a" * 256])
    def test_a_tag_that_is_not_ours_binds_nobody(self, account: Account, ctx: Context, value: str) -> None:
        account.tags = {"houseguest:lock": value}
        assert lease(account).acquire(ctx)

    def test_no_permission_is_said(self, account: Account, ctx: Context) -> None:
        account.errors["iam:TagPolicy"] = PermissionMissing("You may not call iam:TagPolicy.")
        with pytest.raises(PermissionMissing):
            lease(account).acquire(ctx)

    def test_giving_back_that_fails_is_told_and_no_failure(
        self, account: Account, ctx: Context, events: list[Event]
    ) -> None:
        mine = lease(account)
        mine.acquire(ctx)
        account.errors["iam:UntagPolicy"] = AwsUnreachable("AWS did not answer.")
        mine.release(ctx)
        [notice] = events
        assert isinstance(notice, Notice)
        assert "15 minutes" in notice.sentence

    def test_a_strange_name_fits_into_a_tag(
        self, account: Account, ctx: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("platform.node", lambda: "Zoë's „Mac“, 東京\n" * 40)
        assert AccountLease(account.computer(), ARN).acquire(ctx)
        assert account.lease is not None
        assert account.lease.owner == this_workstation()


def cancel_and_check(ctx: Context) -> None:
    ctx.cancel.cancel()
    ctx.check()


class TestBoth:
    def lock(self, path: Path, account: Account, owner: str = "jane@one") -> InstallationLock:
        return InstallationLock(path, lease(account, owner), name="popsql")

    def test_held_for_the_block(self, tmp_path: Path, account: Account, ctx: Context) -> None:
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            assert account.lease is not None
            held.renew(ctx)
            with pytest.raises(ChangedMeanwhile, match="on this computer is working on popsql"):
                self.lock(tmp_path / "lock", account).hold(ctx).__enter__()
            with pytest.raises(ChangedMeanwhile, match="jane@one"):
                self.lock(tmp_path / "elsewhere", account, "joe@two").hold(ctx).__enter__()
        assert account.lease is None
        with self.lock(tmp_path / "lock", account).hold(ctx):
            pass

    def test_a_failure_inside_gives_it_back(self, tmp_path: Path, account: Account, ctx: Context) -> None:
        with pytest.raises(RuntimeError, match="inside"), self.lock(tmp_path / "lock", account).hold(ctx):
            raise RuntimeError("inside")
        assert account.lease is None

    @pytest.mark.parametrize("when", ["while waiting", "inside"])
    def test_cancelling_gives_it_back(
        self, tmp_path: Path, account: Account, ctx: Context, waiting: Waiting, when: str
    ) -> None:
        if when == "while waiting":
            waiting.meanwhile = waiting.cancel
        lock = self.lock(tmp_path / "lock", account)
        with pytest.raises(Cancelled), lock.hold(ctx):
            cancel_and_check(ctx)
        assert account.lease is None
        with local_lock(tmp_path / "lock"):
            pass

    def test_losing_the_race_does_not_give_back_what_the_other_has(
        self, tmp_path: Path, account: Account, ctx: Context
    ) -> None:
        lease(account, "joe@two").acquire(ctx)
        with pytest.raises(ChangedMeanwhile), self.lock(tmp_path / "lock", account).hold(ctx):
            raise AssertionError("must not be entered")
        assert account.lease is not None
        assert account.lease.owner == "joe@two"

    def test_a_lost_reply_to_the_tagging_is_cleaned_up(self, tmp_path: Path, account: Account, ctx: Context) -> None:
        def lose() -> None:
            raise AwsUnreachable("AWS did not answer.")

        account.after["iam:TagPolicy"] = lose
        with pytest.raises(AwsUnreachable), self.lock(tmp_path / "lock", account).hold(ctx):
            raise AssertionError("must not be entered")
        assert account.calls[-1] == "iam:UntagPolicy"
        assert account.lease is None

    def killed(self, path: Path, account: Account, ctx: Context) -> None:
        """Somebody took both locks here and was killed: the system took the lock file back, the lease is left."""
        memory = path.with_name("lock.lease")
        with self.lock(path, account).hold(ctx):
            tags, left = dict(account.tags or {}), memory.read_bytes()
        account.tags = tags
        memory.write_bytes(left)

    def test_after_a_kill_the_same_computer_goes_on_at_once(
        self, tmp_path: Path, account: Account, ctx: Context
    ) -> None:
        self.killed(tmp_path / "lock", account, ctx)
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            held.renew(ctx)
            with pytest.raises(ChangedMeanwhile, match="jane@one"):
                lease(account, "joe@two").acquire(ctx)
        assert account.lease is None
        assert sorted(path.name for path in tmp_path.iterdir()) == ["lock"]

    def test_after_a_kill_another_computer_waits_for_the_end_of_the_lease(
        self, tmp_path: Path, account: Account, ctx: Context
    ) -> None:
        self.killed(tmp_path / "lock", account, ctx)
        with pytest.raises(ChangedMeanwhile), self.lock(tmp_path / "elsewhere", account, "joe@two").hold(ctx):
            raise AssertionError("must not be entered")
        # Also where the home was copied from the first computer.
        shutil.copy(tmp_path / "lock.lease", tmp_path / "copied.lease")
        for owner in ("jane@one", "joe@two"):
            with pytest.raises(ChangedMeanwhile), self.lock(tmp_path / "copied", account, owner).hold(ctx):
                raise AssertionError("must not be entered")

    def test_after_a_kill_a_lease_that_somebody_else_has_by_now_is_theirs(
        self, tmp_path: Path, account: Account, ctx: Context
    ) -> None:
        self.killed(tmp_path / "lock", account, ctx)
        account.now = START + LEASE
        lease(account, "joe@two").acquire(ctx)
        with pytest.raises(ChangedMeanwhile, match="joe@two"), self.lock(tmp_path / "lock", account).hold(ctx):
            raise AssertionError("must not be entered")

    @pytest.mark.parametrize("left", [b"", b"[]", b"{", b'{"owner": "jane@one"}', b"\xff"])
    def test_a_damaged_memory_of_a_lease_is_none(
        self, tmp_path: Path, account: Account, ctx: Context, left: bytes
    ) -> None:
        (tmp_path / "lock.lease").write_bytes(left)
        with self.lock(tmp_path / "lock", account).hold(ctx):
            assert account.lease is not None

    def test_what_could_not_be_given_back_is_remembered(self, tmp_path: Path, account: Account, ctx: Context) -> None:
        account.errors["iam:UntagPolicy"] = AwsUnreachable("AWS did not answer.")
        with self.lock(tmp_path / "lock", account).hold(ctx):
            pass
        account.errors.clear()
        with self.lock(tmp_path / "lock", account).hold(ctx):
            pass
        assert account.lease is None

    def test_without_an_account_only_the_file_holds(self, tmp_path: Path, ctx: Context) -> None:
        with InstallationLock(tmp_path / "lock").hold(ctx) as held:
            held.renew(ctx)
            with pytest.raises(ChangedMeanwhile):
                InstallationLock(tmp_path / "lock").hold(ctx).__enter__()


class TestWithoutInsisting:
    """For taking access away: a lease that cannot be had is told once, and stops nothing."""

    def lock(self, path: Path, account: Account) -> InstallationLock:
        return InstallationLock(path, lease(account), name="popsql", insist=False)

    def told(self, events: list[Event]) -> str:
        [notice] = events
        assert isinstance(notice, Notice)
        assert notice.sentence.endswith("Access is taken away all the same.")
        return notice.sentence

    def test_a_free_lease_is_taken_and_given_back(
        self, tmp_path: Path, account: Account, ctx: Context, events: list[Event]
    ) -> None:
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            held.renew(ctx)
            assert account.lease is not None
            with pytest.raises(ChangedMeanwhile, match="jane@one"):
                lease(account, "joe@two").acquire(ctx)
        assert account.lease is None
        assert events == []

    def test_somebody_elses_lease_stays_theirs(
        self, tmp_path: Path, account: Account, ctx: Context, events: list[Event]
    ) -> None:
        theirs = lease(account, "joe@two")
        theirs.acquire(ctx)
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            held.renew(ctx)
        assert "joe@two is working on this installation." in self.told(events)
        theirs.renew(ctx)
        assert theirs.held

    @pytest.mark.parametrize("call", ["iam:TagPolicy", "iam:ListPolicyTags"])
    def test_no_permission_for_it(
        self, tmp_path: Path, account: Account, ctx: Context, events: list[Event], call: str
    ) -> None:
        account.errors[call] = PermissionMissing(f"You may not call {call}.")
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            held.renew(ctx)
        assert f"You may not call {call}." in self.told(events)
        assert account.lease is None

    def test_lost_in_the_middle(self, tmp_path: Path, account: Account, ctx: Context, events: list[Event]) -> None:
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            held.renew(ctx)
            account.tags = {}
            theirs = lease(account, "joe@two")
            theirs.acquire(ctx)
            held.renew(ctx)
            held.renew(ctx)
        assert "joe@two is working on this installation." in self.told(events)
        theirs.renew(ctx)
        assert theirs.held

    def test_the_boundary_goes_in_the_middle(
        self, tmp_path: Path, account: Account, ctx: Context, events: list[Event]
    ) -> None:
        with self.lock(tmp_path / "lock", account).hold(ctx) as held:
            account.tags = None
            held.renew(ctx)
        assert events == []

    def test_the_lock_file_is_insisted_on(self, tmp_path: Path, account: Account, ctx: Context) -> None:
        """Two removals on one computer would write the same journal."""
        with (
            self.lock(tmp_path / "lock", account).hold(ctx),
            pytest.raises(ChangedMeanwhile, match="on this computer"),
        ):
            self.lock(tmp_path / "lock", account).hold(ctx).__enter__()

    @pytest.mark.parametrize("error", [AwsUnreachable("AWS did not answer."), NotFound("No.")])
    def test_silence_is_no_refusal(
        self, tmp_path: Path, account: Account, ctx: Context, events: list[Event], error: Exception
    ) -> None:
        account.errors["iam:ListPolicyTags"] = error
        entered = False
        try:
            with self.lock(tmp_path / "lock", account).hold(ctx):
                entered = True
        except AwsUnreachable:
            pass
        assert entered is isinstance(error, NotFound)
        assert events == []


HOLDER = """
import sys
from pathlib import Path
from installer.lock import local_lock

with local_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_between_programs(tmp_path: Path, end: str) -> None:
    path = tmp_path / "deep" / "lock"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", HOLDER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(ChangedMeanwhile) as refusal:
            local_lock(path).__enter__()
        assert refusal.value.details["pid"] == str(child.pid)
        assert datetime.fromisoformat(refusal.value.details["started"]).tzinfo
        if end == "killed":
            child.kill()
        else:
            child.communicate("\n")
    with local_lock(path):
        pass


@pytest.mark.parametrize("told", [b"", b"[]", b"{", b'{"pid": 1}', b"\xff"])
def test_who_holds_it_may_be_unknown(tmp_path: Path, told: bytes) -> None:
    with local_lock(tmp_path / "lock"):
        (tmp_path / "lock.owner").write_bytes(told)
        with pytest.raises(ChangedMeanwhile) as refusal:
            local_lock(tmp_path / "lock").__enter__()
        assert refusal.value.details == {}
