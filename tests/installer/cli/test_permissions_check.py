"""`houseguest permissions show` and `check`: whose account, whose word, what is printed, and the exit code."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

import resources
from installer import workstation
from installer.answers import Account
from installer.cli import permissions_asked
from installer.cli.permissions_check import Found, check
from installer.cli.permissions_show import show
from installer.errors import AwsUnreachable, BoundaryError, InvitationError, SignInNeeded, UsageError
from installer.policy.grant import Origin
from installer.sandbox.vendor.invitations import issue
from installer.steps import permissions
from installer.web import FetchError
from tests.installer.policy.test_fears import FEAR, text
from tests.support.role_template import TEMPLATE, managed_policy
from tests.support.signed_in import account

UNUSUAL = "arn:aws:iam::aws:policy/job-function/Billing"


def invitation(folder: Path, overrides: Mapping[str, Any] | None = None) -> str:
    file = folder / "i.houseguest"
    file.write_text(issue(overrides, now=datetime.now(UTC)), "ascii")
    return str(file)


@pytest.fixture(autouse=True)
def signed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is signed in; the template is there."""

    def nobody(*_: object) -> Account:
        raise SignInNeeded("You are not signed in.")

    monkeypatch.setattr(permissions_asked, "whoami", nobody)
    monkeypatch.setattr(workstation, "download", lambda *_, **__: resources.read_bytes(TEMPLATE))


def signed_in(monkeypatch: pytest.MonkeyPatch, account_id: str) -> None:
    monkeypatch.setattr(permissions_asked, "whoami", lambda *_: account(account_id))


def checked(capsys: pytest.CaptureFixture[str], *, code: Found, **options: Any) -> dict[str, Any]:
    with pytest.raises(typer.Exit) as ended:
        check(**options, as_json=True)
    assert ended.value.exit_code == code
    report = json.loads(capsys.readouterr().out)
    assert isinstance(report, dict)
    return report


def denying(folder: Path, *actions: str) -> str:
    """A boundary of one's own that allows everything but these."""
    file = folder / "own.json"
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Mine", "Effect": "Deny", "Action": list(actions), "Resource": "*"},
    ]
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), "utf-8")
    return str(file)


DATA = ("s3:*", "rds:*", "secretsmanager:*", "ssm:*", "dynamodb:*", "logs:*", "ec2:*", "eks:*")


def test_the_exit_code_tells_blocked_needs_and_open_fears_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = invitation(tmp_path)
    report = checked(capsys, code=Found.NOTHING, invitation=source, boundary="guarded")
    assert (report["summary"]["needs"], report["summary"]["blocked"], report["summary"]["open"]) == (22, 0, 0)
    report = checked(capsys, code=Found.OPEN, invitation=source, boundary="vendor")
    assert report["summary"]["open"] == 15
    checked(capsys, code=Found.BLOCKED, invitation=source, boundary=denying(tmp_path, *DATA))
    report = checked(capsys, code=Found.BOTH, invitation=source, boundary=denying(tmp_path, "eks:CreateCluster"))
    (change,) = report["changes"]
    assert (change["need"], change["sentence"]) == (
        "install-6",
        "In BaseMine, except arn:aws:eks:*:222222222222:cluster/popsql.",
    )
    (row,) = (row for row in report["rows"] if row["state"] == "blocked")
    assert row["deciding"]["statement"] == "boundary: BaseMine"
    assert report["source"] == "predicted here"


def test_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        check(invitation=invitation(tmp_path), boundary=denying(tmp_path, "eks:CreateCluster"))
    printed = capsys.readouterr().out
    assert "predicted here, not asked of AWS" in printed
    assert "✗ Runs the product on an EKS cluster, with a role for its pods (boundary: BaseMine)" in printed
    assert "The smallest change: In BaseMine, except arn:aws:eks:*:222222222222:cluster/popsql." in printed
    assert "✗ Read secrets that it did not make" in printed
    assert ":secret:your/secret" in printed
    assert "Secrets are passwords of other systems." in printed
    assert "22 needs: 1 blocked" in printed


def test_no_change_is_offered_where_there_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        check(invitation=invitation(tmp_path), boundary=denying(tmp_path, *DATA))
    assert "No change is offered: Every change that allows it opens a fear" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("account_option", "signed_in_to", "invited", "wanted"),
    [
        (None, "333333333333", None, ("333333333333", "sign_in")),
        ("444444444444", "333333333333", None, ("444444444444", "option")),
        (None, None, "222222222222", ("222222222222", "invitation")),
        (None, None, None, ("000000000000", "placeholder")),
    ],
)
def test_where_the_account_is_from_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    account_option: str | None,
    signed_in_to: str | None,
    invited: str | None,
    wanted: tuple[str, str],
) -> None:
    if signed_in_to:
        signed_in(monkeypatch, signed_in_to)
    source = invitation(tmp_path, {"customer": {"aws_account_id": invited}})
    report = checked(capsys, code=Found.NOTHING, invitation=source, account=account_option)
    assert (report["account_id"], report["account_from"]) == wanted
    assert f":{wanted[0]}:" in json.dumps(report["boundary"]["document"])


def test_another_account_and_an_aws_that_is_away_are_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, "333333333333")
    report = checked(capsys, code=Found.NOTHING, invitation=invitation(tmp_path))
    assert report["notes"] == ["The invitation is for account 222222222222, and you are signed in to another."]

    def away(*_: object) -> Account:
        raise AwsUnreachable("AWS cannot be reached.")

    monkeypatch.setattr(permissions_asked, "whoami", away)
    report = checked(capsys, code=Found.NOTHING, invitation=invitation(tmp_path))
    assert report["account_from"] == "invitation"
    assert "AWS cannot be reached" in report["notes"][0]


def test_a_template_that_cannot_be_fetched_is_noted_and_a_wrong_one_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> bytes:
        raise FetchError("nobody answers.")

    monkeypatch.setattr(workstation, "download", away)
    report = checked(capsys, code=Found.BLOCKED, invitation=invitation(tmp_path))
    assert any("could not be fetched: nobody answers." in note for note in report["notes"])
    assert any("template was not read" in note for note in report["notes"])
    monkeypatch.setattr(workstation, "download", lambda *_, **__: b"Resources: {}")
    with pytest.raises(InvitationError, match="not the one that the invitation was signed for"):
        check(invitation=invitation(tmp_path))


def test_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(invitation=invitation(tmp_path), name="mine")
    printed = capsys.readouterr().out
    assert "PowerUserAccess v12 (as AWS had it on 2026-02-12, shipped with Houseguest)" in printed
    assert "workload-roles (in the vendor's template)" in printed
    assert "create, change, delete and look in part: IAM" in printed
    assert "not ProtectAlways" in printed
    assert "a placeholder" not in printed

    show(invitation=invitation(tmp_path), as_json=True)
    report = json.loads(capsys.readouterr().out)
    assert report["name"] == "popsql"
    assert {one["service"] for one in report["grant"]["services"]} >= {"s3", "iam", "*"}
    assert report["boundary"]["preset"] == "guarded"
    assert report["boundary"]["statements"][0]["effect"] == "allow"


def test_a_policy_that_does_not_ship_is_read_by_whoever_is_signed_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> dict[str, Any]:
        show(invitation=source, as_json=True)
        report = json.loads(capsys.readouterr().out)
        assert isinstance(report, dict)
        return report

    body = resources.read_text(TEMPLATE).replace("PowerUserAccess", "job-function/Billing")
    monkeypatch.setattr(workstation, "download", lambda *_, **__: body.encode())
    source = invitation(tmp_path, {"template": {"sha256": hashlib.sha256(body.encode()).hexdigest()}})
    report = shown()
    assert report["grant"]["policies"][0]["origin"] == Origin.NOT_KNOWN
    assert any(f"What {UNUSUAL} allows is not known here" in note for note in report["notes"])

    signed_in(monkeypatch, "222222222222")
    monkeypatch.setattr(permissions, "managed_policy", lambda *_: ("v30", managed_policy(UNUSUAL)))
    assert shown()["grant"]["policies"][0]["version"] == "v30"

    def refused(*_: object) -> None:
        raise AwsUnreachable("AWS cannot be reached.")

    monkeypatch.setattr(permissions, "managed_policy", refused)
    assert shown()["grant"]["policies"][0]["origin"] == Origin.NOT_KNOWN


def test_fears_of_ones_own_and_the_region_that_was_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "fears.json"
    own.write_text(text(FEAR), "utf-8")
    source = invitation(tmp_path)
    report = checked(capsys, code=Found.OPEN, invitation=source, boundary="none", fears=own, region="eu-west-1")
    (row,) = (row for row in report["rows"] if row["id"] == "payroll")
    assert (row["state"], row["deciding"]["context"]) == ("open", {"aws:RequestedRegion": "eu-west-1"})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"invitation": None}, "There is no invitation"),
        ({"account": "12"}, "no AWS account id"),
        ({"region": "xx-nowhere-1"}, "The invitation is not for xx-nowhere-1"),
        ({"name": "No Name"}, "cannot be the name of an installation"),
    ],
)
def test_wrong_usage(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        check(**{"invitation": invitation(tmp_path), **options})


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"{"])
def test_a_boundary_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "b.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BoundaryError):
        check(invitation=invitation(tmp_path), boundary=str(file))


@pytest.mark.parametrize(("product", "name"), [("PopSQL 7", "popsql-7"), ("7", "product"), ("AWS", "product")])
def test_the_installation_is_named_after_the_product(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], product: str, name: str
) -> None:
    show(invitation=invitation(tmp_path, {"product": {"name": product}}), as_json=True)
    assert json.loads(capsys.readouterr().out)["name"] == name
