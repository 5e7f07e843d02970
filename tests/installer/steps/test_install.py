"""Install: what AWS says of what the vendor made. The whole step runs in tests/sandbox/."""

from pathlib import Path

import pytest

from installer.errors import AwsUnreachable, PermissionMissing
from installer.evidence import State
from installer.steps import install
from tests.support.answers import settled
from tests.support.fake_aws import Answer, Calm
from tests.support.steps import tools

CTX = Calm().context()
BOUNDARY = "arn:aws:iam::222222222222:policy/houseguest/popsql-workload-boundary"


def aws(block: str = "10.64.0.0/16", boundary: str = BOUNDARY, **refused: Exception) -> dict[str, Answer]:
    role = {
        "RoleName": "popsql-node",
        "Arn": "arn:aws:iam::222222222222:role/release/popsql/popsql-node",
        "Path": "/release/popsql/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
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
    assert states(tmp_path, aws()) == [State.VERIFIED, State.VERIFIED]


def test_another_network_and_another_boundary_refute(tmp_path: Path) -> None:
    answers = aws(block="10.65.0.0/16", boundary="arn:aws:iam::222222222222:policy/theirs")
    found = list(install.read_back(settled(), tools(tmp_path, answers), CTX))
    assert [each.state for each in found] == [State.REFUTED, State.REFUTED]
    assert [each.detail for each in found] == ["found 10.65.0.0/16", "without it: popsql-node"]


def test_what_may_not_be_read_is_not_checked(tmp_path: Path) -> None:
    """The product runs by then: that somebody may not look at it does not make the install a failure."""
    answers = aws(networks=PermissionMissing("You may not look."), roles=PermissionMissing("Nor here."))
    found = list(install.read_back(settled(), tools(tmp_path, answers), CTX))
    assert [each.state for each in found] == [State.NOT_CHECKED, State.NOT_CHECKED]
    assert [each.detail for each in found] == ["You may not look.", "Nor here."]


def test_where_aws_is_away_it_is_read_later(tmp_path: Path) -> None:
    with pytest.raises(AwsUnreachable):
        states(tmp_path, aws(roles=AwsUnreachable("AWS did not answer.")))
