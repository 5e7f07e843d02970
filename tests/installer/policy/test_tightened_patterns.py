"""What is left of an Allow when only some of it is wanted: as much as can be said, and never more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.policy.tightened_patterns import (
    Wanted,
    common_pattern,
    covers,
    covers_action,
    is_about_one_type,
    is_exact,
    narrowed,
)
from tests.support.slow_evaluator import ALLOWED, Request, decide

BUCKET = "arn:aws:s3:::popsql--1"
CLUSTER = "arn:aws:eks:eu-west-1:222222222222:cluster/popsql"
WIDE = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EVERYTHING = {"Version": "2012-10-17", "Statement": [WIDE]}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def left(statement: dict[str, Any], action: str, *resources: str) -> list[dict[str, Any]]:
    return [dict(one) for one in narrowed(statement, [Wanted(action, resources or ("*",))])]


@pytest.mark.parametrize(
    ("wide", "narrow", "wanted"),
    [
        ("*", CLUSTER, True),
        ("arn:aws:eks:*:222222222222:cluster/popsql", CLUSTER, True),
        ("arn:aws:eks:*:222222222222:cluster/*", "arn:aws:eks:*:222222222222:cluster/pop*", True),
        ("arn:aws:eks:*:*:cluster/popsql?", "arn:aws:eks:*:*:cluster/popsql*", False),
        ("arn:aws:eks:*:*:cluster/popsql*", "arn:aws:eks:*:*:cluster/popsql?", True),
        ("arn:aws:eks:*:*:cluster/a*c*e", "arn:aws:eks:*:*:cluster/abcde", True),
        ("arn:aws:eks:*:*:cluster/a*c*e", "arn:aws:eks:*:*:cluster/abcd", False),
        (CLUSTER, "arn:aws:eks:*:222222222222:cluster/popsql", False),
        ("arn:aws:eks:*", CLUSTER, False),  # fewer parts: what IAM makes of it is not guessed
        (f"{BUCKET}/${{aws:username}}/*", f"{BUCKET}/x/1", False),
        (f"{BUCKET}/${{aws:username}}/*", f"{BUCKET}/${{aws:username}}/*", True),
        (f"{BUCKET}/*", BUCKET, False),
    ],
)
def test_one_pattern_covers_another(wide: str, narrow: str, wanted: bool) -> None:
    assert covers(wide, narrow) is wanted


def test_actions_ignore_case() -> None:
    assert covers_action("S3:get*", "s3:GetObject")
    assert not covers_action("s3:Get*", "s3:*")


@pytest.mark.parametrize(
    ("statement", "action", "resources", "wanted"),
    [
        (WIDE, "s3:PutObject", (BUCKET,), [allow("s3:PutObject", BUCKET)]),
        (allow(["ec2:*", "s3:Put*"]), "s3:PutObject", ("*",), [allow("s3:PutObject")]),
        (allow("s3:PutObject"), "s3:*", ("*",), [allow("s3:PutObject")]),  # no more than stood there
        (allow("ec2:*"), "s3:PutObject", ("*",), []),
        (allow("s3:*", f"{BUCKET}/*"), "s3:PutObject", ("*",), [allow("s3:PutObject", f"{BUCKET}/*")]),
        (allow("s3:*", "arn:aws:s3:::acme"), "s3:PutObject", (BUCKET,), []),
        # Neither covers the other: what stood there stays.
        (allow("s3:*", "arn:aws:s3:::*--1"), "s3:PutObject", ("arn:aws:s3:::popsql*",), [
            allow("s3:PutObject", "arn:aws:s3:::*--1")
        ]),
    ],
)  # fmt: skip
def test_what_is_left_of_an_allow(
    statement: dict[str, Any], action: str, resources: tuple[str, ...], wanted: list[dict[str, Any]]
) -> None:
    assert left(statement, action, *resources) == wanted


def test_conditions_stay() -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}}
    assert left(allow("*", Condition=condition), "s3:PutObject") == [allow("s3:PutObject", Condition=condition)]


def test_what_is_allowed_by_exceptions() -> None:
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "ec2:RunInstances"], "NotResource": "arn:aws:s3:::acme/*"}
    assert left(statement, "iam:GetRole") == []
    assert left(statement, "ec2:Run*") == []  # cannot be said without what is excepted
    assert left(statement, "eks:DescribeCluster", CLUSTER) == [allow("eks:DescribeCluster", CLUSTER)]
    kept = {"Effect": "Allow", "Action": "s3:PutObject", "NotResource": "arn:aws:s3:::acme/*"}
    assert left(statement, "s3:PutObject") == [kept]


def test_statements_are_joined() -> None:
    rows = narrowed(WIDE, [Wanted("s3:PutObject", (BUCKET,)), Wanted("s3:PutObject", (f"{BUCKET}/*", BUCKET))])
    assert list(rows) == [allow("s3:PutObject", [BUCKET, f"{BUCKET}/*"])]
    rows = narrowed(WIDE, [Wanted("s3:PutObject", (BUCKET,)), Wanted("s3:PutObject", ("*",))])
    assert list(rows) == [allow("s3:PutObject")]


def test_what_a_pattern_covers_is_not_said_twice() -> None:
    named = (BUCKET, "arn:aws:s3:::popsql--*", "arn:aws:s3:::popsql--**", CLUSTER)
    assert left(WIDE, "s3:PutObject", *named) == [allow("s3:PutObject", [CLUSTER, "arn:aws:s3:::popsql--*"])]


def test_what_names_one_type_or_one_thing() -> None:
    assert is_about_one_type("arn:aws:eks:*:1:cluster/*")
    assert is_about_one_type("arn:aws:s3:::popsql--*")
    assert is_about_one_type("arn:aws:sqs:*:1:popsql-*")
    assert not is_about_one_type("arn:aws:eks:*:1:*/popsql")
    assert not is_about_one_type("arn:aws:rds:*:1:*:popsql")
    assert not is_about_one_type("*")
    assert is_exact("arn:aws:eks:*:1:cluster/popsql")
    assert not is_exact("arn:aws:eks:*:1:cluster/*")


def test_a_common_beginning() -> None:
    assert common_pattern([BUCKET]) == BUCKET
    assert common_pattern([BUCKET, f"{BUCKET}/*"]) == f"{BUCKET}*"
    assert common_pattern(["arn:aws:s3:::popsql--b", "arn:aws:s3:::popsql--a"]) == "arn:aws:s3:::popsql--*"


patterns = st.text("ab*?", min_size=1, max_size=5)
texts = st.text("ab", min_size=1, max_size=5)
arns = st.builds("arn:aws:s3:::{}".format, patterns)


def some(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(values, min_size=1, max_size=2)


allows = st.builds(
    lambda effect, actions, resources: {"Effect": "Allow", effect[0]: actions, effect[1]: resources},
    st.sampled_from(
        [("Action", "Resource"), ("NotAction", "Resource"), ("Action", "NotResource"), ("NotAction", "NotResource")]
    ),
    some(st.builds("s3:{}".format, patterns)),
    some(st.one_of(arns, st.just("*"))),
)
wishes = st.lists(
    st.builds(
        lambda action, resources: Wanted(f"s3:{action}", tuple(resources)),
        patterns,
        some(st.one_of(arns, st.just("*"))),
    ),
    min_size=1,
    max_size=3,
)


@given(allows, wishes, texts, texts)
def test_never_more_than_stood_there(statement: dict[str, Any], wanted: list[Wanted], action: str, name: str) -> None:
    """By an evaluator that shares no code with it: what is allowed after was allowed before."""
    request = Request(f"s3:{action}", f"arn:aws:s3:::{name}")
    found = list(narrowed(statement, wanted))
    if not found or decide([EVERYTHING], {"Version": "2012-10-17", "Statement": found}, request) != ALLOWED:
        return
    assert decide([EVERYTHING], {"Version": "2012-10-17", "Statement": [statement]}, request) == ALLOWED


@given(st.lists(st.builds("s3:{}".format, patterns), min_size=1, max_size=2), st.lists(arns, min_size=1), texts, texts)
def test_what_one_call_needs_is_left(actions: list[str], resources: list[str], action: str, name: str) -> None:
    """One that is written out and was allowed is allowed."""
    statement = allow(actions, resources)
    request = Request(f"s3:{action}", f"arn:aws:s3:::{name}")
    found = list(narrowed(statement, [Wanted(request.action, (request.resource,))]))
    before = decide([EVERYTHING], {"Version": "2012-10-17", "Statement": [statement]}, request)
    after = decide([EVERYTHING], {"Version": "2012-10-17", "Statement": found}, request) if found else ""
    assert (after == ALLOWED) is (before == ALLOWED)
