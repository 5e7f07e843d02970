"""Policies of an account: read leniently where IAM is lenient, refused where their meaning would be a guess."""

from typing import Any

import pytest

from installer.errors import PolicyError
from installer.policy.evaluate import Compiled
from installer.policy.reading import read_policy

STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def test_what_iam_takes_is_taken() -> None:
    policy = read_policy(
        {
            "Id": "x",
            "Statement": {
                "Sid": "One",
                "Effect": "Deny",
                "Principal": "*",
                "NotAction": "s3:*",
                "NotResource": ["*"],
                "Condition": {"NumericEquals": {"a": 1}, "Bool": {"b": [True, "false"]}},
            },
        }
    )
    (statement,) = policy.statements
    assert not policy.variables
    assert (statement.number, statement.sid, statement.denies) == (1, "One", True)
    assert (statement.actions, statement.not_actions) == (("s3:*",), True)
    assert (statement.resources, statement.not_resources) == (("*",), True)


@pytest.mark.parametrize(
    ("version", "variables"),
    [({"Version": "2012-10-17"}, True), ({"Version": "2008-10-17"}, False), ({}, False)],
)
def test_variables_came_with_version_2012(version: dict[str, str], variables: bool) -> None:
    assert read_policy({**version, "Statement": []}).variables is variables


def test_a_statement_that_names_nothing_does_nothing() -> None:
    policy = Compiled({"Statement": [{**STATEMENT, "Action": []}, {**STATEMENT, "Resource": []}]})
    assert policy.about("s3:getobject")[1] != ()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "The policy is not a JSON object"),
        ([], "The policy is not a JSON object"),
        ("{}", "The policy is not a JSON object"),
        ({}, "The policy has no Statement"),
        ({"Statement": "x"}, "The policy has no Statement"),
        ({"Statements": []}, "The policy has 'Statements', which no policy has"),
        ({"Version": "2012-10-18", "Statement": []}, "The policy's Version is '2012-10-18'"),
        ({"Version": None, "Statement": []}, "The policy's Version is 'None'"),
        ({"Version": ["2012-10-17"], "Statement": []}, "The policy's Version is"),
        ({"Statement": [1]}, "Statement 1 is not a JSON object"),
        ({"Statement": [STATEMENT, {}]}, "Statement 2 has no Effect"),
        ({"Statement": {**STATEMENT, "Effect": "allow"}}, "no Effect of Allow or Deny"),
        ({"Statement": {**STATEMENT, "Effect": ["Allow"]}}, "no Effect of Allow or Deny"),
        ({"Statement": {**STATEMENT, "Conditions": {}}}, "Statement 1 has 'Conditions', which no policy has"),
        ({"Statement": {**STATEMENT, "Sid": 1}}, "Sid in Statement 1 is not text"),
        ({"Statement": {**STATEMENT, "NotAction": "s3:*"}}, "needs either Action or NotAction"),
        ({"Statement": {"Effect": "Deny", "Action": "*"}}, "needs either Resource or NotResource"),
        ({"Statement": {**STATEMENT, "Action": None}}, "Action in Statement 1 is not text"),
        ({"Statement": {**STATEMENT, "Action": ["s3:*", 1]}}, "Action in Statement 1 is not text"),
        ({"Statement": {**STATEMENT, "Action": "GetObject"}}, "'GetObject', which names no service"),
        ({"Statement": {**STATEMENT, "Action": ""}}, "'', which names no service"),
        ({"Statement": {**STATEMENT, "Action": "s3:a:b"}}, "which names no service"),
        ({"Statement": {"Effect": "Deny", "NotAction": [], "Resource": "*"}}, "NotAction in Statement 1 is empty"),
        ({"Statement": {"Effect": "Deny", "Action": "*", "NotResource": []}}, "NotResource in Statement 1 is empty"),
        ({"Statement": {**STATEMENT, "Resource": "bucket"}}, "'bucket' is not an ARN"),
        ({"Statement": {**STATEMENT, "Condition": []}}, "Condition in Statement 1 is not a JSON object"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": "a"}}}, "Condition in Statement 1 is not a JSON object"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": {"a": None}}}}, "'a' in the Condition of Statement 1"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": {"a": []}}}}, "'a' in the Condition of Statement 1"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": {"a": [["b"]]}}}}, "'a' in the Condition of Statement 1"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": {"a": float("inf")}}}}, "'a' in the Condition"),
    ],
)
def test_what_would_be_a_guess_is_refused(data: Any, sentence: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Compiled(data)
    assert sentence in refused.value.message
    assert refused.value.fix
