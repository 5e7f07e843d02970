"""The evaluator against all the decisions with known answers at hand. Each names AWS's documentation."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.slow_evaluator import IMPLICIT_DENY, Request, Unsupported, decide, like

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data/policy_cases.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_decisions_with_known_answers(case: dict[str, Any]) -> None:
    asked = Request(case["request"]["action"], case["request"]["resource"], case["request"]["context"])
    answer = decide(case["identity"], case["boundary"], asked, scp=case["scp"], session=case["session"])
    assert answer == case["expected"], case["why"]


@pytest.mark.parametrize("operator", ["StringMatches", "ForSomeValues:StringLike", "BinaryNotEquals"])
def test_it_refuses_instead_of_guessing(operator: str) -> None:
    condition = {operator: {"aws:TagKeys": "a"}}
    policy = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}]}
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
