"""`houseguest permissions admin-policy` and `org-policy`: exact documents, and what is said beside them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from installer.cli.permissions_admin import Kind, admin_policy, org_policy
from installer.cli.workstation import Terminal
from installer.errors import ProfileError, UsageError
from installer.policy.administrator import Place, Task, administrator_policy
from installer.policy.document import Document
from installer.sandbox.vendor.invitations import issue
from tests.support.answers import installation, invitation
from tests.support.signed_in import ACCOUNT_ID, NAME, names

TASKS = (Task.INSTALL, Task.CLOSE, Task.REMOVE)


@pytest.fixture
def link(tmp_path: Path) -> str:
    """An invitation for any account."""
    file = tmp_path / "acme.houseguest"
    file.write_text(issue({"customer": {"aws_account_id": None}}, now=datetime.now(UTC)), "ascii")
    return str(file)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[[], Any]:
    """The one JSON document on stdout."""
    return lambda: json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_the_document_alone_is_printed(link: str, printed: Callable[[], Any], task: Task, *, as_json: bool) -> None:
    admin_policy(task, name=NAME, account=ACCOUNT_ID, invitation=link, region="eu-west-1", as_json=as_json)
    place = Place(names(), invitation().permissions.default_grant, region="eu-west-1")
    assert Document.from_object(printed()) == administrator_policy(task, place).document


def test_with_an_explanation_it_is_one_document_too(link: str, printed: Callable[[], Any]) -> None:
    admin_policy(Task.CLOSE, name=NAME, account=ACCOUNT_ID, invitation=link, explain=True, as_json=True)
    told = printed()
    assert told["task"] == "close"
    assert [one["sid"] for one in told["statements"]] == [one["Sid"] for one in told["policy"]["Statement"]]
    assert all(one["why"] and one["without"] for one in told["statements"])


def test_each_statement_is_explained(link: str, capsys: pytest.CaptureFixture[str]) -> None:
    admin_policy(Task.CLOSE, name=NAME, account=ACCOUNT_ID, invitation=link, explain=True)
    told = capsys.readouterr()
    for word in ("Why:", "Allows:", "Without it:", "Boundaries", "iam:CreatePolicyVersion", "role/*/popsql-operator"):
        assert word in told.out
    assert "of the 6,144 characters" in told.err
    assert "not on a real account" in told.err


def test_a_saved_installation_tells_where_it_is(printed: Callable[[], Any]) -> None:
    Terminal().store.save(installation())
    admin_policy(Task.REMOVE, name=NAME, as_json=True)
    cluster = next(one for one in printed()["Statement"] if one["Sid"] == "Cluster")
    assert cluster["Resource"][0] == f"arn:aws:eks:eu-west-1:{ACCOUNT_ID}:cluster/popsql"


def test_the_partition_is_that_of_the_vendor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gov.houseguest"
    trust = {"principal_arn": "arn:aws-us-gov:iam::111111111111:role/release-deploy"}
    file.write_text(issue({"trust": trust}, now=datetime.now(UTC)), "ascii")
    admin_policy(Task.CLOSE, name=NAME, account=ACCOUNT_ID, invitation=str(file), as_json=True)
    assert "arn:aws:" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "message", "fix"),
    [
        ({}, "no invitation", "--name"),
        ({"name": NAME}, "no saved installation", "profiles list"),
        ({"name": NAME, "invitation": "link"}, "for any account", "--account"),
        ({"name": NAME, "invitation": "link", "account": "12"}, "not the number of an account", "12 digits"),
        ({"name": "A", "invitation": "link", "account": ACCOUNT_ID}, "cannot be the name", "small letters"),
        ({"name": NAME, "invitation": "link", "account": ACCOUNT_ID, "region": "*"}, "not a region", "eu-west-1"),
        (
            {"name": NAME, "invitation": "link", "account": ACCOUNT_ID, "stack_region": "x:y"},
            "not a region",
            "eu-west-1",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(link: str, given: dict[str, str], message: str, fix: str) -> None:
    known = {key: link if value == "link" else value for key, value in given.items()}
    with pytest.raises((UsageError, ProfileError), match=message) as refused:
        admin_policy(Task.INSTALL, **known)  # type: ignore[arg-type]
    assert fix in refused.value.fix


def test_the_name_is_the_products_where_none_is_given(link: str, printed: Callable[[], Any]) -> None:
    admin_policy(Task.CLOSE, account=ACCOUNT_ID, invitation=link, as_json=True)
    assert "popsql-operator-boundary" in json.dumps(printed())


def test_offboarding_is_not_there_yet(link: str) -> None:
    with pytest.raises(UsageError, match="cannot offboard yet"):
        admin_policy(Task.OFFBOARD, name=NAME, account=ACCOUNT_ID, invitation=link)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("as_json", [False, True])
def test_one_of_an_organisations_policies_alone(
    link: str, printed: Callable[[], Any], kind: Kind, *, as_json: bool
) -> None:
    org_policy(name=NAME, account=ACCOUNT_ID, invitation=link, only=kind, as_json=as_json)
    statements = printed()["Statement"]
    assert ("Principal" in statements[0]) is (kind is Kind.RESOURCE_CONTROL)


def test_both_with_what_they_do_not_stop(link: str, capsys: pytest.CaptureFixture[str]) -> None:
    org_policy(name=NAME, account=ACCOUNT_ID, invitation=link)
    told = capsys.readouterr()
    assert f"secretsmanager:*:*:secret:{NAME}/*" in told.out, "no emoji in an ARN"
    assert "Not stopped: the Kubernetes API" in told.out
    assert "Not tried on a real account." in told.err


@pytest.mark.parametrize(("boundary", "held"), [("guarded", True), ("vendor", True), ("none", False)])
def test_the_chosen_boundary_decides_what_a_session_is_held_to(
    link: str, printed: Callable[[], Any], boundary: str, *, held: bool
) -> None:
    org_policy(name=NAME, account=ACCOUNT_ID, invitation=link, boundary=boundary, as_json=True)
    told = printed()
    assert ("VendorWithinBoundary" in [one["sid"] for one in told["statements"]]) is held
    assert ("session" in told["not_stopped"][-1]) is not held


def test_the_commands_are_there() -> None:
    from installer.cli.permissions import permissions_app

    shown = CliRunner().invoke(permissions_app, ["--help"])
    assert "admin-policy" in shown.output
    assert "org-policy" in shown.output
