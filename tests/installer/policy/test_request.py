"""Requests: what is one, and what a key has in it."""

import pytest

from installer.errors import PolicyError
from installer.policy.request import Request, Unknown


def test_the_case_of_keys_and_actions_does_not_matter() -> None:
    request = Request("S3:GetObject", "*", {"AWS:UserName": "Bob"})
    assert request.operation == "s3:getobject"
    assert request.values == {"aws:username": "Bob"}


def test_what_a_missing_key_has() -> None:
    assert Request("s3:GetObject").missing == ()
    assert Request("s3:GetObject", complete=False).missing is Unknown.KEY


@pytest.mark.parametrize(
    "action", ["", "s3", "s3:", ":GetObject", "s3:Get*", "s3:Get?", "*", "s3:Get Object", "s3:a:b"]
)
def test_a_question_is_about_one_operation(action: str) -> None:
    with pytest.raises(PolicyError, match="is not one operation"):
        Request(action)


def test_a_question_is_about_something() -> None:
    with pytest.raises(PolicyError, match="The resource is empty"):
        Request("s3:GetObject", "")


def test_a_key_named_twice_is_refused() -> None:
    with pytest.raises(PolicyError, match="names a key twice"):
        Request("s3:GetObject", "*", {"aws:PrincipalTag/A": "1", "aws:PrincipalTag/a": "2"})
