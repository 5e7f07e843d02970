"""Which installation a command works on, and what it says of those in another account."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer.main
from moto import mock_aws

from installer.cli.app import app
from installer.cli.install import install
from installer.cli.manage import profiles_show, remove, status
from installer.errors import ProfileError, UsageError, WrongAccount
from installer.profiles import ProfileStore
from tests.support.answers import ACCOUNT, installation

SIGNED_IN = "123456789012"  # moto's


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProfileStore:
    """Two of one name: in the account that is signed in to, and in another. Their product cannot be asked."""
    monkeypatch.setenv("HOUSEGUEST_HOME", str(tmp_path))
    store = ProfileStore(tmp_path)
    for number, account_id in enumerate((SIGNED_IN, ACCOUNT)):
        one = installation(account_id=account_id, number=number)
        store.save(replace(one, answers=replace(one.answers, product=None)))
    return store


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def test_of_two_accounts_one_must_be_named() -> None:
    with pytest.raises(ProfileError, match=f"{SIGNED_IN}, {ACCOUNT}") as refused:
        profiles_show("popsql")
    assert "--account" in refused.value.fix


@pytest.mark.parametrize("account_id", [SIGNED_IN, ACCOUNT])
def test_the_account_says_which_is_shown(account_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    profiles_show("popsql", account=account_id, as_json=True)
    assert json.loads(capsys.readouterr().out)["answers"]["account"]["account_id"] == account_id


@pytest.mark.parametrize("account_id", [SIGNED_IN, ACCOUNT])
def test_the_account_says_which_is_removed(account_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    remove("popsql", account=account_id, dry_run=True, as_json=True)
    assert f"arn:aws:iam::{account_id}:policy/" in capsys.readouterr().out


@pytest.mark.usefixtures("aws")
def test_the_account_says_which_is_gone_on_with() -> None:
    with pytest.raises(WrongAccount) as refused:
        install(resume="popsql", account=ACCOUNT)
    assert refused.value.details["expected"] == ACCOUNT


def test_a_new_installation_is_where_the_sign_in_is() -> None:
    with pytest.raises(UsageError, match="--account goes with --resume"):
        install(name="popsql", account=ACCOUNT)


@pytest.mark.usefixtures("aws")
def test_the_account_says_whose_status_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    status("popsql", account=SIGNED_IN, as_json=True)
    report = json.loads(capsys.readouterr().out)
    assert (report["account_id"], report["access"]) == (SIGNED_IN, "none")
    with pytest.raises(WrongAccount):
        status("popsql", account=ACCOUNT, as_json=True)


@pytest.mark.usefixtures("aws")
def test_all_are_told_though_one_is_in_another_account(capsys: pytest.CaptureFixture[str]) -> None:
    status(as_json=True)
    told = {one["account_id"]: one for one in json.loads(capsys.readouterr().out)["installations"]}
    assert set(told) == {SIGNED_IN, ACCOUNT}
    assert told[SIGNED_IN]["access"] == "none"
    assert told[ACCOUNT]["access"] == "unknown"
    assert [(one["state"], one["detail"]) for one in told[ACCOUNT]["evidence"]] == [
        ("not checked", "signed in to another account")
    ]


@pytest.mark.usefixtures("aws")
def test_all_of_one_account(capsys: pytest.CaptureFixture[str]) -> None:
    status(account=SIGNED_IN, as_json=True)
    assert [one["account_id"] for one in json.loads(capsys.readouterr().out)["installations"]] == [SIGNED_IN]


@pytest.mark.parametrize("command", ["install", "status", "remove", "profiles show"])
def test_the_option_is_there(command: str) -> None:
    found: Any = typer.main.get_command(app)
    for word in command.split():
        found = found.commands[word]
    assert "--account" in [option for parameter in found.params for option in parameter.opts]


def test_who_is_not_there_is_told_with_the_account(store: ProfileStore) -> None:
    with pytest.raises(ProfileError, match="no saved installation named popsql in account 444444444444"):
        store.load("popsql", "444444444444")
