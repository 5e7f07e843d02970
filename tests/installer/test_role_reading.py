"""Our reading of the vendor's role: each way in which it may differ from the invitation is a claim that is refuted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from installer import role_reading
from installer.aws.roles import Role, RolePolicies
from installer.evidence import Source, State
from tests.support.fake_account import EXTERNAL_ID, NAMES, answers
from tests.support.fake_aws import NOW

ASKED = answers()
VENDOR = ASKED.invitation.trust.principal_arn
STATEMENT: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": VENDOR},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
}


def trusting(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


AGREED = Role(
    name=NAMES.operator_role,
    arn=NAMES.operator_role_arn,
    path="/release/",
    trust=trusting(STATEMENT),
    boundary_arn=NAMES.operator_boundary_arn,
    max_session_seconds=3_600,
    tags={},
    last_used=None,
    read_at=NOW,
    request_id="request-1",
)


def against(role: Role) -> list[str]:
    """What speaks against it, in the order of the claims; empty texts where nothing does."""
    readings = (role_reading.of_trust(role, ASKED), *role_reading.of_role(role, ASKED))
    return [problem for _, problem in readings]


def test_as_agreed() -> None:
    assert against(AGREED) == ["", "", "", ""]


def test_a_shorter_session_is_as_agreed() -> None:
    assert against(replace(AGREED, max_session_seconds=900)) == ["", "", "", ""]


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (
            lambda role: replace(role, trust=trusting({**STATEMENT, "Principal": {"AWS": "999999999999"}})),
            ["it trusts 999999999999", "", "", ""],
        ),
        (
            lambda role: replace(role, trust=trusting({**STATEMENT, "Condition": {}})),
            ["it does not require your external id", "", "", ""],
        ),
        (
            lambda role: replace(
                role,
                trust=trusting({**STATEMENT, "Condition": {"StringEqualsIfExists": {"sts:ExternalId": EXTERNAL_ID}}}),
            ),
            ["it does not require your external id", "", "", ""],
        ),
        (lambda role: replace(role, trust=trusting()), ["nobody can assume the role", "", "", ""]),
        (
            lambda role: replace(role, arn="arn:aws:iam::222222222222:role/popsql-operator"),
            ["", "it is arn:aws:iam::222222222222:role/popsql-operator", "", ""],
        ),
        (lambda role: replace(role, boundary_arn=None), ["", "", "it carries none", ""]),
        (lambda role: replace(role, boundary_arn="arn:theirs"), ["", "", "it carries arn:theirs", ""]),
        (lambda role: replace(role, max_session_seconds=43_200), ["", "", "", "it lasts 43200 s"]),
    ],
)
def test_not_as_agreed(change: Callable[[Role], Role], problems: list[str]) -> None:
    assert against(change(AGREED)) == problems


@pytest.mark.parametrize(
    ("attached", "problem"),
    [
        ((), ""),
        (("arn:aws:iam::aws:policy/PowerUserAccess",), ""),
        (("arn:aws:iam::aws:policy/PowerUserAccess", "arn:b", "arn:a"), "attached is arn:a, arn:b"),
    ],
)
def test_policies(attached: tuple[str, ...], problem: str) -> None:
    assert role_reading.of_policies(RolePolicies(attached, inline=("any",)), ASKED)[1] == problem


def test_doors() -> None:
    own = replace(AGREED, trust=trusting({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}}))
    assert role_reading.doors([own]) == ()
    assert role_reading.doors([own, AGREED]) == (f"{VENDOR} can assume {AGREED.arn}",)


def test_a_claim_becomes_evidence() -> None:
    holds = role_reading.evidence(("It is so", ""), AGREED)
    assert (holds.state, holds.source, holds.call) == (State.VERIFIED, Source.AWS, "iam:GetRole")
    assert (holds.at, holds.request_id, holds.detail) == (NOW, "request-1", AGREED.arn)
    refuted = role_reading.evidence(("It is so", "it is not"), AGREED, "iam:ListAttachedRolePolicies")
    assert (refuted.state, refuted.detail, refuted.call) == (
        State.REFUTED,
        "it is not",
        "iam:ListAttachedRolePolicies",
    )
