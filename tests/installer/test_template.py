"""The vendor's template is the one that was signed for, filled from the invitation; ours holds the two boundaries."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import resources
from installer.answers import Answers, Wishes
from installer.errors import HouseguestError, InvitationError, VendorUnreachable
from installer.sandbox.vendor import offer
from installer.steps import permissions
from installer.template import MAX_TEMPLATE_BYTES, access_template, vendor_template
from tests.support.fake_aws import Calm
from tests.support.signed_in import LONGEST_NAME, answers, names
from tests.support.steps import tools

BODY = resources.read_bytes(offer.TEMPLATE_PATH)
NAMES = names()


def inviting(body: bytes = BODY, **template: Any) -> Answers:
    pinned = {"sha256": hashlib.sha256(body).hexdigest(), "url": "https://release.example/role.yaml", **template}
    return answers(overrides={"template": pinned})


def test_it_is_fetched_from_where_the_invitation_says_and_filled_from_it() -> None:
    asked: list[str] = []

    def download(url: str) -> bytes:
        asked.append(url)
        return BODY

    given = inviting()
    template = vendor_template(given, download)
    assert asked == ["https://release.example/role.yaml"]
    assert template.text.encode() == BODY
    assert template.parameters == {
        "InstallationName": "popsql",
        "RolePath": "/release/",
        "VendorPrincipalArn": "arn:aws:iam::111111111111:role/release-deploy",
        "ExternalId": given.invitation.trust.external_id,
        "OperatorBoundaryArn": NAMES.operator_boundary_arn,
        "WorkloadBoundaryArn": NAMES.workload_boundary_arn,
        "MaxSessionSeconds": "3600",
    }


def test_only_what_the_template_takes_is_given() -> None:
    given = inviting(parameters=["OperatorBoundaryArn", "InstallationName", "AccessNotAfter"])
    assert set(vendor_template(given, lambda _: BODY).parameters) == {"OperatorBoundaryArn", "InstallationName"}


@pytest.mark.parametrize(
    "body",
    [b"", BODY + b"\n", BODY[:-1], BODY.replace(b"\n", b"\r\n"), BODY.replace(b"PowerUser", b"Administrator")],
    ids=["empty", "one more", "one less", "other line ends", "more permissions"],
)
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(InvitationError) as refused:
        vendor_template(inviting(), lambda _: body)
    assert refused.value.message == "The vendor's template is not the one that the invitation was signed for."
    assert refused.value.fix.startswith("Do not go on.")
    assert refused.value.details["wanted_sha256"] == hashlib.sha256(BODY).hexdigest()
    assert refused.value.details["found_sha256"] == hashlib.sha256(body).hexdigest()


def test_the_size_that_cloudformation_takes() -> None:
    largest = BODY.ljust(MAX_TEMPLATE_BYTES, b"\n")
    assert vendor_template(inviting(largest), lambda _: largest).text.encode() == largest
    larger = largest + b"\n"
    with pytest.raises(InvitationError, match=r"larger than 51,200 bytes"):
        vendor_template(inviting(larger), lambda _: larger)


def test_bytes_that_are_no_text_are_refused_though_signed_for() -> None:
    with pytest.raises(InvitationError, match="is not text"):
        vendor_template(inviting(b"\xff\xfe\x00"), lambda _: b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (["OperatorBoundaryArn", "Zone", "BackdoorArn"], "wants BackdoorArn, which Houseguest does not know"),
        (["InstallationName", "ExternalId"], "does not take your boundary"),
    ],
)
def test_a_template_that_cannot_be_filled_or_narrowed(parameters: list[str], sentence: str) -> None:
    with pytest.raises(InvitationError, match=sentence) as refused:
        vendor_template(inviting(parameters=parameters), lambda _: BODY)
    assert "PopSQL" in refused.value.fix


def test_a_fetch_that_fails_is_told_as_it_is() -> None:
    def download(_url: str) -> bytes:
        raise VendorUnreachable("The vendor did not answer.")

    with pytest.raises(HouseguestError, match=r"did not answer"):
        vendor_template(inviting(), download)


@pytest.mark.parametrize("name", ["popsql", LONGEST_NAME])
def test_the_access_stack_holds_the_two_boundaries(name: str, tmp_path: Path) -> None:
    there = names(name)
    settled = permissions.run(answers(wishes=Wishes(name)), tools(tmp_path), Calm().context()).permissions
    assert settled is not None
    text = access_template(there, settled)
    assert len(text.encode()) <= MAX_TEMPLATE_BYTES
    template: Mapping[str, Any] = json.loads(text)
    made = {key: part["Properties"] for key, part in template["Resources"].items()}
    assert {part["Type"] for part in template["Resources"].values()} == {"AWS::IAM::ManagedPolicy"}
    assert {key: (part["ManagedPolicyName"], part["Path"]) for key, part in made.items()} == {
        "OperatorBoundary": (there.operator_boundary, "/houseguest/"),
        "WorkloadBoundary": (there.workload_boundary, "/houseguest/"),
    }
    assert made["OperatorBoundary"]["PolicyDocument"] == settled.operator_boundary.to_object()
    assert made["WorkloadBoundary"]["PolicyDocument"] == settled.workload_boundary.to_object()
    # The same answers give the same bytes, and the file that they are made from stays as it ships.
    assert access_template(there, settled) == text


def test_as_it_ships_the_access_stack_allows_nothing() -> None:
    shipped = resources.read_json("templates/access.json")
    for part in shipped["Resources"].values():
        (statement,) = part["Properties"]["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")
