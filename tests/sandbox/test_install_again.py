"""Commands over an installation that stands already: installed again under its name, resumed, tried dry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from installer.answers import Answers
from installer.installation import InstallationState
from installer.profiles import ProfileStore
from tests.support.interruptions import Bench
from tests.support.killing import KillPoint, Moment, Record
from tests.support.proxy import Fate, at_write, from_write

FAILED, NOT_FINISHED = 1, 5
SAVED_AT_THE_COMMIT, SAVED_AFTER_CONNECT = 1, 2
PROPOSE = 1
GONE = "DELETE_COMPLETE"
CONNECT_AT_THE_VENDOR = 2  # the write before it opens the session


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench.open(tmp_path_factory.mktemp("homes")) as bench:
        yield bench


@pytest.fixture(scope="module")
def north(bench: Bench) -> str:
    """Stands; each test leaves its product and its boundaries, not always the vendor's access."""
    assert bench.install("north").code == 0
    return "north"


def known(bench: Bench, name: str) -> Answers:
    return ProfileStore(bench.homes / name / "houseguest").load(name).answers


def test_the_region_of_its_stacks_does_not_change(bench: Bench, north: str) -> None:
    before = known(bench, north)
    refused = bench.run(north, *bench.install_arguments(north), "--stack-region", "us-west-2")
    assert refused.code == FAILED
    assert "its stacks are in us-east-1" in refused.error["message"]
    assert bench.aws.writes == ()
    assert known(bench, north) == before


def test_one_that_fails_on_the_way_forgets_nothing(bench: Bench, north: str) -> None:
    before = known(bench, north)
    failed = bench.install(north, vendor=from_write(CONNECT_AT_THE_VENDOR, Fate.REFUSE))
    assert failed.code == NOT_FINISHED, (failed.error, failed.err)
    assert failed.error["fix"] == f"Go on with `houseguest install --resume {north}`."
    assert bench.state(north) is InstallationState.CONNECTING
    after = known(bench, north)
    assert (after.connection, after.network, after.product) == (before.connection, before.network, before.product)
    status = bench.run(north, "status", north, "--json")
    assert [one["state"] for one in status.out["evidence"] if one["claim"] == "The product answers"] == ["verified"]
    removed = bench.remove(north)
    assert removed.code == 0, (removed.error, removed.err)
    assert bench.faults_of_removal(north) == []


def test_one_that_was_killed_before_it_is_connected_connects_anew(bench: Bench, north: str) -> None:
    """Although a connection is still known: it is the earlier one."""
    point = KillPoint(Record.PROFILE, SAVED_AT_THE_COMMIT, Moment.AFTER)
    assert bench.install(north, kill=point).was_killed
    assert known(bench, north).connection is not None
    resumed = bench.resume(north)
    assert resumed.code == 0, (resumed.error, resumed.err)
    assert "vendor:POST /v1/integrations" in [one.asked.call for one in bench.vendor.writes]
    assert bench.faults_of_install(north) == []


def test_a_dry_run_of_one_that_is_connected_begins_no_install(bench: Bench) -> None:
    point = KillPoint(Record.PROFILE, SAVED_AFTER_CONNECT, Moment.AFTER)
    assert bench.install("half", kill=point).was_killed
    assert bench.state("half") is InstallationState.CONNECTED
    again = ("install", "--resume", "half", "--invitation", bench.info.invitation, "--dry-run")
    for _ in range(2):
        dry = bench.run("half", *again, "--json")
        assert dry.code == 0, (dry.error, dry.err)
        assert [plan["changes"] for plan in dry.out["stacks"]] == [[], []]
        assert not [one for one in bench.vendor.writes if "/installs" in one.asked.call]
        assert bench.state("half") is InstallationState.CONNECTED
    assert bench.resume("half").code == 0
    assert bench.faults_of_install("half") == []
    dry = bench.run("half", "install", "--resume", "half", "--dry-run", "--json")
    assert dry.code == 0, (dry.error, dry.err)
    assert bench.faults_of_install("half") == []


def test_a_dry_run_that_was_killed_is_cleared_away_by_the_next(bench: Bench) -> None:
    dry = (*bench.install_arguments("tried"), "--dry-run")
    assert bench.run("tried", *dry, aws=at_write(PROPOSE, Fate.KILL)).was_killed
    [left] = bench.journal("tried").open_intents()
    assert left.action == "cloudformation:CreateChangeSet"
    again = bench.run("tried", *dry)
    assert again.code == 0, (again.error, again.err)
    assert bench.journal("tried").open_intents() == ()
    standing = bench.admin("cloudformation").get_paginator("list_stacks").paginate().search("StackSummaries")
    assert [one for one in standing if one["StackName"].startswith("tried-") and one["StackStatus"] != GONE] == []
    assert not list((bench.homes / "tried").rglob("profile*.json"))
