"""The evaluator against 121 decisions with known answers: all the cases at hand that are about identity policies and a
boundary, without policy variables and with operators that it knows. Each names AWS's documentation."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.slow_evaluator import IMPLICIT_DENY, Request, Unsupported, decide, like

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/policy_cases_sample.jsonl").read_text("utf-8").splitlines()
]


def test_the_sample_is_whole() -> None:
    assert len(CASES) == 121
    assert sum(case["boundary"] is not None for case in CASES) == 25
    assert {case["expected"] for case in CASES} == {"allowed", "explicit_deny", "implicit_deny"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_decisions_with_known_answers(case: dict[str, Any]) -> None:
    asked = Request(case["request"]["action"], case["request"]["resource"], case["request"]["context"])
    assert decide(case["identity"], case["boundary"], asked) == case["expected"], case["why"]


@pytest.mark.parametrize(
    "statement",
    [
        {"Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Resource": "arn:aws:s3:::${aws:username}"},
        {"Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "a"}}},
    ],
    ids=["operator", "variable", "list under a plain operator"],
)
def test_it_refuses_instead_of_guessing(statement: dict[str, Any]) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "s3:*", **statement}]}
    with pytest.raises(Unsupported):
        decide([policy], None, Request("s3:GetObject", context={"aws:TagKeys": ["a", "b"]}))


def test_a_boundary_grants_nothing() -> None:
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    assert decide([], everything, Request("s3:GetObject")) == IMPLICIT_DENY


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [("", "", True), ("*", "", True), ("?", "", False), ("a*b*c", "abbbc", True), ("a*b?c", "abc", False)],
)
def test_wildcards(pattern: str, text: str, matches: bool) -> None:
    assert like(pattern, text) is matches
