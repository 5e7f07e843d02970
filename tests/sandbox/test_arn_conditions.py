"""The six parts of an ARN are matched one by one."""

from __future__ import annotations

import os

import pytest

# The layer imports ministack, which reads its settings at that moment; nothing is served here.
os.environ.setdefault("AUTH", "true")

from installer.sandbox.aws.arn_conditions import arn_like

FUNCTION = "arn:aws:lambda:us-east-1:222222222222:function:popsql:1"


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("arn:aws:lambda:*:*:function:*", True),
        ("arn:aws:lambda:us-*:222222222222:function:popsql:?", True),
        ("arn:aws:lambda:*:*:1", False),
        ("arn:aws:lambda:*:*:popsql:1", False),
        ("arn:aws:LAMBDA:*:*:function:*", False),
        ("*", True),
    ],
)
def test_a_wildcard_stays_in_its_part(pattern: str, matches: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN"""
    assert arn_like(FUNCTION, pattern) is matches
