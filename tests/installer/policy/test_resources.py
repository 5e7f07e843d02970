"""Resource and NotResource: ARNs by their parts, short ones, variables without a value."""

import pytest

from installer.errors import PolicyError
from installer.policy.request import Request
from installer.policy.resources import Resources
from installer.policy.truth import Truth

BUCKET = "amzn-s3-demo-bucket"


def cover(
    patterns: str | list[str],
    resource: str,
    *,
    negated: bool = False,
    denies: bool = False,
    variables: bool = True,
    complete: bool = True,
    **context: str,
) -> Truth:
    listed = [patterns] if isinstance(patterns, str) else patterns
    values = {f"aws:{key}": value for key, value in context.items()}
    request = Request("s3:GetObject", resource, values, complete)
    return Resources(listed, negated=negated, denies=denies, variables=variables).cover(request)


@pytest.mark.parametrize(
    ("key", "matches"),
    [
        ("1/test/object.jpg", True),
        ("1/2/test/object.jpg", True),
        ("1/2/test/3/object.jpg", True),
        ("1/2/3/test/4/object.jpg", True),
        ("1///test///object.jpg", True),
        ("1/test/.jpg", True),
        ("/test/object.jpg", True),
        ("1/test/", True),
        ("1-test/object.jpg", False),
        ("test/object.jpg", False),
        ("1/2/test.jpg", False),
    ],
)
def test_the_example_of_the_reference(key: str, matches: bool) -> None:
    assert cover(f"arn:aws:s3:::{BUCKET}/*/test/*", f"arn:aws:s3:::{BUCKET}/{key}") is matches


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("*", "*", True),
        ("*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::*", "*", False),  # an operation that is about no single resource
        ("arn:aws:iam::123456789012:user/Bob", "arn:aws:iam::123456789012:user/bob", False),
        ("arn:aws:iam::*:role/app-*", "arn:aws:iam::123456789012:role/app-web", True),
        ("arn:aws:sqs:*:*:q", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        ("arn:aws:sqs:eu-*-1:*:q", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        ("arn:aws:sqs:eu-*1:123456789012:q", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        ("arn:aws:sqs:eu-west-?:*:q", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        ("arn:aws:sqs:eu-w*1:123456789012:q", "arn:aws:sqs:eu-west-2:1:123456789012:q", False),  # within its part
        ("arn:aws:sqs:eu?west-1:123456789012:q", "arn:aws:sqs:eu:west-1:123456789012:q", False),
        ("arn:aws:logs:*:*:log-group:a:*", "arn:aws:logs:eu-west-1:123456789012:log-group:a:log-stream:b", True),
        ("arn:aws:rds:*:*:db?x", "arn:aws:rds:eu-west-1:123456789012:db:x", True),  # no parts after the fifth colon
        # Fewer parts go on with *.
        ("arn:aws:sqs", "arn:aws:sqs:eu-west-1:123456789012:q", True),
        ("arn:aws:s3:*", "arn:aws:s3:::b/k", True),
        ("arn:aws:sqs:eu-west-1", "arn:aws:sqs:eu-west-2:123456789012:q", False),
        ("arn:aws:s3:::b/k\nl", "arn:aws:s3:::b/k\nl", True),
    ],
)
def test_parts_of_an_arn(pattern: str, resource: str, matches: bool) -> None:
    assert cover(pattern, resource) is matches
    assert cover(pattern, resource, negated=True) is not matches


def test_a_star_at_the_end_of_a_part_goes_over_colons() -> None:
    """ "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
    boundaries.\""""
    assert cover("arn:aws:logs:*:log-group:a:*", "arn:aws:logs:eu-west-1:123456789012:log-group:a:b") is True
    assert cover("arn:aws:logs:eu-*:log-group:a", "arn:aws:logs:eu-west-1:123456789012:log-group:a") is True
    assert cover("arn:aws:logs:*-1:log-group:a", "arn:aws:logs:eu:west-1:log-group:a") is False


@pytest.mark.parametrize("negated", [False, True])
def test_several(negated: bool) -> None:
    patterns = ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
    assert cover(patterns, "arn:aws:s3:::b/k", negated=negated) is not negated
    assert cover(patterns, "arn:aws:s3:::c/k", negated=negated) is negated
    assert cover([], "arn:aws:s3:::c/k") is False


@pytest.mark.parametrize(
    ("pattern", "resource", "context", "matches"),
    [
        ("arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::123456789012:user/David", {"username": "David"}, True),
        ("arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::123456789012:user/Alice", {"username": "David"}, False),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/x/k", {"username": "*"}, False),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/*/k", {"username": "*"}, True),
        ("arn:aws:s3:::b/${aws:username}*", "arn:aws:s3:::b/any", {}, False),
        ("arn:aws:s3:::b-${aws:PrincipalTag/team, 'all'}", "arn:aws:s3:::b-all", {}, True),
        ("arn:aws:s3:::b-${aws:PrincipalTag/team, 'all'}", "arn:aws:s3:::b-red", {"PrincipalTag/team": "red"}, True),
        ("arn:aws:s3:::b-${aws:PrincipalTag/team, 'all'}", "arn:aws:s3:::b-all", {"PrincipalTag/team": "red"}, False),
        (
            "arn:aws:sns:*:*:${aws:username}-${aws:userid}-*",
            "arn:aws:sns:a:1:x-y-z",
            {"username": "x", "userid": "y"},
            True,
        ),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", {}, True),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/k", {}, False),
        ("arn:aws:s3:::b/${?}${$}", "arn:aws:s3:::b/?$", {}, True),
        # "You can't use a variable to replace parts of the ARN before the fifth colon."
        ("arn:aws:s3:${aws:RequestedRegion}::b", "arn:aws:s3:eu-west-1::b", {"RequestedRegion": "eu-west-1"}, False),
    ],
)
def test_variables(pattern: str, resource: str, context: dict[str, str], matches: bool) -> None:
    assert cover(pattern, resource, **context) is matches


def test_version_2008_has_no_variables() -> None:
    pattern = "arn:aws:s3:::b/${aws:username}"
    assert cover(pattern, "arn:aws:s3:::b/David", variables=False, username="David") is False
    assert cover(pattern, "arn:aws:s3:::b/${aws:username}", variables=False, username="David") is True


@pytest.mark.parametrize("denies", [False, True])
def test_not_resource_with_a_variable_without_a_value_is_taken_for_what_denies(denies: bool) -> None:
    pattern = "arn:aws:s3:::b/${aws:username}"
    assert cover(pattern, "arn:aws:s3:::b/k", negated=True, denies=denies) is denies
    # What no value could name is not named, so there is nothing to take for anything.
    assert cover(pattern, "arn:aws:s3:::c", negated=True, denies=denies) is True
    assert cover([pattern, "arn:aws:s3:::b/k"], "arn:aws:s3:::b/k", negated=True, denies=denies) is False


def test_what_is_not_known() -> None:
    pattern = "arn:aws:s3:::b/${aws:Username}"
    unknown = frozenset({"aws:Username"})
    assert cover(pattern, "arn:aws:s3:::b/k", complete=False) == unknown
    assert cover(pattern, "arn:aws:s3:::b/k", complete=False, negated=True) == unknown
    assert cover(pattern, "arn:aws:s3:::c/k", complete=False) is False  # whatever the name is
    assert cover([pattern, "*"], "arn:aws:s3:::b/k", complete=False) is True


@pytest.mark.parametrize("pattern", ["", "b", "s3:::b", "**", "Arn:aws:s3:::b", "${aws:username}"])
def test_what_is_no_arn_is_refused(pattern: str) -> None:
    with pytest.raises(PolicyError, match="is not an ARN"):
        cover(pattern, "arn:aws:s3:::b")
