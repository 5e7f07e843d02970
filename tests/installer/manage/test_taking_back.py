"""A removal as every front end runs it: what is saved of it, what it does not wait for, and what it says at the end."""

from dataclasses import replace

import pytest

from installer.errors import NotFinished, PermissionMissing, StackFailed, VendorUnreachable
from installer.events import Notice
from installer.evidence import Evidence, Source, State
from installer.installation import Installation, InstallationState
from installer.manage.removal import Removal
from installer.manage.taking_back import not_proven, take_back
from tests.support import fake_account
from tests.support.answers import installation
from tests.support.fake_account import FakeAccount
from tests.support.fake_aws import NOW, Calm
from tests.support.station import FakeStation


@pytest.fixture
def account(tmp_path_factory: pytest.TempPathFactory) -> FakeAccount:
    account = FakeAccount()
    account.install(tmp_path_factory.mktemp("journal"))
    return account


@pytest.fixture
def station(account: FakeAccount) -> FakeStation:
    return FakeStation.of(account)


@pytest.fixture
def standing(station: FakeStation) -> Installation:
    return station.store.save(replace(installation(), answers=fake_account.connected()))


def test_what_was_taken_back_is_saved_so(station: FakeStation, standing: Installation, account: FakeAccount) -> None:
    done = take_back(Calm().context(), station, standing, "token")
    assert done.removed
    assert account.access() == frozenset()
    assert station.store.load("popsql").state is InstallationState.REMOVED
    assert station.tokens == ["token"]


def test_what_is_not_proven_stays_under_removal(
    station: FakeStation, standing: Installation, account: FakeAccount
) -> None:
    account.cloud.stacks[1].protected = True
    done = take_back(Calm().context(), station, standing, None)
    assert not done.removed
    assert station.store.load("popsql").state is InstallationState.REMOVING

    account.cloud.stacks[1].protected = False
    assert take_back(Calm().context(), station, standing, None).removed
    assert station.store.load("popsql").state is InstallationState.REMOVED


@pytest.mark.usefixtures("standing")
def test_a_vendor_that_is_away_stops_nothing(account: FakeAccount) -> None:
    calm = Calm()
    station = FakeStation.of(account, away=VendorUnreachable("Release did not answer."))
    standing = station.store.load("popsql")
    assert take_back(calm.context(), station, standing, None).removed
    assert Notice("Release did not answer. What it would say is not checked.") in calm.events


def test_a_lock_that_somebody_else_has_stops_nothing(
    account: FakeAccount, station: FakeStation, standing: Installation
) -> None:
    calm = Calm()
    arn = fake_account.NAMES.operator_boundary_arn
    account.iam.policies[arn].tags["houseguest:lock"] = f"{'0' * 32} 2099-01-01T00:00:00Z jane@elsewhere"
    assert take_back(calm.context(), station, standing, None).removed
    told = [event.sentence for event in calm.events if isinstance(event, Notice)]
    assert told == ["jane@elsewhere is working on this installation. Access is taken away all the same."]


def removal(state: State = State.VERIFIED, **differently: object) -> Removal:
    found = Evidence("The role is gone", state, Source.AWS, NOW)
    whole = Removal((found,), kept=(), still_possible=(), problems=(), role_is_gone=True)
    return replace(whole, **differently)  # type: ignore[arg-type]


def test_what_is_proven_is_no_problem() -> None:
    assert not_proven("popsql", removal()) is None


def test_what_is_refuted_is_named() -> None:
    problem = not_proven("popsql", removal(State.REFUTED))
    assert isinstance(problem, NotFinished)
    assert problem.message == "Access to popsql is not proven to be removed: see what is refuted."


@pytest.mark.parametrize(("first", "kind"), [(StackFailed, NotFinished), (PermissionMissing, PermissionMissing)])
def test_the_first_problem_says_why(first: type[StackFailed], kind: type[NotFinished]) -> None:
    problems = (first("It cannot be deleted.", fix="Do this.", details={"a": "b"}), StackFailed("Nor this."))
    problem = not_proven("popsql", removal(problems=problems))
    assert type(problem) is kind
    assert problem.message == "Access to popsql is not proven to be removed. It cannot be deleted."
    assert (problem.fix, problem.details) == ("Do this.", {"a": "b"})
    assert "houseguest remove" not in problem.message + problem.fix
