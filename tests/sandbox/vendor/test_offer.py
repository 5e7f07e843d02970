"""What the invitation asks for, held against itself. Against the calls that are really made: test_end_to_end.py."""

import json
from fnmatch import fnmatchcase

import botocore.session
import pytest

from installer.sandbox.vendor import offer
from installer.sandbox.vendor.deploy.steps import INSTALL_STEPS

CALLS_OF_OTHER_NAME = {"s3:ListBucket", "s3:PutBucketPublicAccessBlock", "iam:PassRole"}
"""Actions that no API call is named after."""


def actions_of(phase: str) -> set[str]:
    return {action for need in offer.NEEDS[phase] for action in (*need.actions, *need.dependent)}


def test_the_minimal_boundary_is_small() -> None:
    assert len(json.dumps(offer.minimal_boundary(), separators=(",", ":"))) <= 1100


def test_the_first_statement_is_the_one_that_survived() -> None:
    assert offer.minimal_boundary()["Statement"][0] == {
        "Sid": "VisualEditor0",
        "Effect": "Allow",
        "Action": "iam:UpdateRole",
        "Resource": "arn:aws:iam::<account_id>:role/release/*",
    }


@pytest.mark.parametrize("phase", ["install", "steady", "update"])
def test_the_minimal_boundary_allows_every_need(phase: str) -> None:
    allowed = offer.minimal_boundary()["Statement"][1]["Action"]
    blocked = {action for action in actions_of(phase) if not any(fnmatchcase(action, pattern) for pattern in allowed)}
    assert blocked == set()


def test_the_minimal_boundary_has_no_iam_wildcard_and_nothing_that_no_phase_needs() -> None:
    needed = set[str]().union(*(actions_of(phase) for phase in offer.NEEDS))
    for pattern in offer.minimal_boundary()["Statement"][1]["Action"]:
        assert not (pattern.startswith("iam:") and "*" in pattern)
        assert any(fnmatchcase(action, pattern) for action in needed), pattern


def test_every_action_is_one_that_aws_has() -> None:
    session = botocore.session.get_session()
    services = {"elasticloadbalancing": "elbv2"}
    for action in set[str]().union(*(actions_of(phase) for phase in offer.NEEDS)) - CALLS_OF_OTHER_NAME:
        service, _, call = action.partition(":")
        model = session.get_service_model(services.get(service, service))
        assert call in model.operation_names, action


def test_needs_are_told_in_sentences_and_no_action_twice() -> None:
    for phase, needs in offer.NEEDS.items():
        for need in needs:
            assert need.why.endswith(".")
            assert need.claim()["actions"]
        everything = [action for need in needs for action in (*need.actions, *need.dependent)]
        assert len(everything) == len(set(everything)), phase


def test_an_install_usually_takes_half_an_hour() -> None:
    assert sum(step.seconds for step in INSTALL_STEPS) == 1800
    assert len({step.id for step in INSTALL_STEPS}) == len(INSTALL_STEPS)
