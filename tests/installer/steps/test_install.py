"""Install: nothing is called installed that is not as agreed, by our own reading. What the vendor makes for real is
tested against the sandbox."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from installer.answers import Answers
from installer.errors import AwsUnreachable, InstallFailed, PermissionMissing
from installer.evidence import State
from installer.journal import Journal
from installer.steps import install
from installer.tools import Tools
from installer.web import FetchError
from tests.support.answers import settled
from tests.support.fake_aws import NOW, Answer, Calm, FakeAws
from tests.support.fake_vendor import HEALTH_URL, INSTALL_ID, FakeVendor
from tests.support.steps import tools

CTX = Calm().context()
BOUNDARY = "arn:aws:iam::222222222222:policy/houseguest/popsql-workload-boundary"


EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
OUTSIDE = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}}


def aws(
    block: str = "10.64.0.0/16", boundary: str = BOUNDARY, trusts: Mapping[str, Any] = EC2, **refused: Exception
) -> dict[str, Answer]:
    role = {
        "RoleName": "popsql-node",
        "Arn": "arn:aws:iam::222222222222:role/release/popsql/popsql-node",
        "Path": "/release/popsql/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusts]},
        "PermissionsBoundary": {"PermissionsBoundaryArn": boundary},
    }
    return {
        "ec2:DescribeVpcs": refused.get("networks", {"Vpcs": [{"CidrBlock": block}]}),
        "iam:ListRoles": refused.get("roles", {"Roles": [role]}),
        "iam:GetRole": {"Role": role},
    }


def states(place: Path, answers: dict[str, Answer]) -> list[State]:
    return [found.state for found in install.read_back(settled(), tools(place, answers), CTX)]


def test_all_is_as_it_should_be(tmp_path: Path) -> None:
    assert states(tmp_path, aws()) == [State.VERIFIED] * 3


def test_another_network_another_boundary_and_a_door_refute(tmp_path: Path) -> None:
    answers = aws(block="10.65.0.0/16", boundary="arn:aws:iam::222222222222:policy/theirs", trusts=OUTSIDE)
    found = list(install.read_back(settled(), tools(tmp_path, answers), CTX))
    assert [each.state for each in found] == [State.REFUTED] * 3
    assert [each.detail for each in found] == [
        "found 10.65.0.0/16",
        "without it: popsql-node",
        "999999999999 can assume arn:aws:iam::222222222222:role/release/popsql/popsql-node",
    ]


def test_what_may_not_be_read_is_not_checked(tmp_path: Path) -> None:
    """The product runs by then: that somebody may not look at it does not make the install a failure."""
    answers = aws(networks=PermissionMissing("You may not look."), roles=PermissionMissing("Nor here."))
    found = list(install.read_back(settled(), tools(tmp_path, answers), CTX))
    assert [each.state for each in found] == [State.NOT_CHECKED] * 3
    assert [each.detail for each in found] == ["You may not look.", "Nor here.", "Nor here."]


def test_where_aws_is_away_it_is_read_later(tmp_path: Path) -> None:
    with pytest.raises(AwsUnreachable):
        states(tmp_path, aws(roles=AwsUnreachable("AWS did not answer.")))


class Desk:
    """A person who installs: what AWS answers, the vendor, and how often the product is asked before it is well."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.vendor = FakeVendor()
        self.aws = FakeAws(aws())
        self.silent = 0
        self.asked: list[str] = []
        open_boundary = {"Sid": "BaseAll", "Effect": "Allow", "Action": "*", "Resource": "*"}
        policy = {"Policy": {"DefaultVersionId": "v1"}}
        version = {"PolicyVersion": {"Document": {"Version": "2012-10-17", "Statement": [open_boundary]}}}
        self.aws.answer("iam:GetPolicy", policy)
        self.aws.answer("iam:GetPolicyVersion", version)

    def download(self, url: str) -> bytes:
        self.asked.append(url)
        if len(self.asked) <= self.silent:
            raise FetchError("It does not answer.")
        return b"ok"

    def installs(self) -> Answers:
        return install.run(settled(), self.tools(), Calm().context())

    def tools(self) -> Tools:
        journal = Journal(self.place / "journal.jsonl", now=lambda: NOW)
        return Tools(aws=self.aws, journal=journal, vendor=self.vendor.session(), download=self.download)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_installed(desk: Desk) -> None:
    product = desk.installs().product
    assert product is not None
    assert (product.version, product.egress_ips) == ("2.41.0", ("203.0.113.7",))
    assert [found.state for found in product.evidence] == [State.VERIFIED] * 4
    assert desk.vendor.install_of == {"region": "eu-west-1", "cidr": "10.64.0.0/16"}
    assert desk.vendor.retried == []


def test_the_product_may_need_a_moment(desk: Desk) -> None:
    desk.silent = install.HEALTH_ATTEMPTS - 1
    assert desk.installs().product is not None
    assert desk.asked == [HEALTH_URL] * install.HEALTH_ATTEMPTS


def test_a_product_that_does_not_answer_is_not_installed(desk: Desk) -> None:
    desk.silent = install.HEALTH_ATTEMPTS
    with pytest.raises(InstallFailed, match="does not hold: The product answers"):
        desk.installs()


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        ({"block": "10.65.0.0/16"}, "The product has one network"),
        ({"boundary": "arn:aws:iam::222222222222:policy/theirs"}, "Every role that the vendor made carries"),
        ({"trusts": OUTSIDE}, "No role that the vendor made can be assumed from outside"),
    ],
)
def test_what_is_not_as_agreed_is_not_installed(desk: Desk, wrong: dict[str, Any], claim: str) -> None:
    for call, answer in aws(**wrong).items():
        desk.aws.answer(call, answer)
    with pytest.raises(InstallFailed, match=f"but this does not hold: {claim}"):
        desk.installs()


def test_without_an_address_it_is_not_installed(desk: Desk) -> None:
    desk.vendor.endpoints = None
    with pytest.raises(InstallFailed, match="gives no address"):
        desk.installs()


@pytest.mark.parametrize("stopped", ["failed", "paused", "cancelled"])
def test_what_stopped_is_tried_again(desk: Desk, stopped: str) -> None:
    desk.vendor.states.insert(0, stopped)
    assert desk.installs().product is not None
    assert desk.vendor.retried == [INSTALL_ID]


@pytest.mark.parametrize("stopped", ["failed", "paused", "cancelled"])
def test_what_stops_is_told(desk: Desk, stopped: str) -> None:
    desk.vendor.states = ["installing", stopped]
    with pytest.raises(InstallFailed, match=f"The install is {stopped}"):
        desk.installs()
