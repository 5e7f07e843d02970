"""Conditions against the tables of AWS's reference, and what surrounds an operator: missing keys, sets, negation."""

from typing import Any

import pytest

from installer.errors import PolicyError
from installer.policy.conditions import compiled
from installer.policy.operators import OPERATORS
from installer.policy.request import Request, Value
from installer.policy.truth import Truth, all_of

JOB = {"StringEquals": {"aws:PrincipalTag/job-category": "iamuser-admin"}}
PREFIX = {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}}
TAGS = {
    "StringEqualsIgnoreCase": {"aws:RequestTag/environment": ["preprod", "storage"]},
    "ForAnyValue:StringEquals": {"aws:TagKeys": "environment"},
}
ALL_KEYS = {
    "ForAllValues:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]},
    "Null": {"aws:TagKeys": "false"},
}
ANY_KEY = {"ForAnyValue:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]}}
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
BINARY = {"BinaryEquals": {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}
ADDRESS = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
TOPIC = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"}}
LOGS = {
    "ForAllValues:ArnLike": {
        "logs:LogGeneratingResourceArns": [
            "arn:aws:cloudfront::123456789012:distribution/c*",
            "arn:aws:cloudfront::123456789012:distribution/support*",
        ]
    }
}
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/"


def holds(condition: Any, context: dict[str, Value], *, complete: bool = True, variables: bool = True) -> Truth:
    request = Request("s3:GetObject", "*", context, complete)
    return all_of(test.holds(request) for test in compiled(condition, variables=variables))


@pytest.mark.parametrize(
    ("condition", "context", "matches"),
    [
        (JOB, {"aws:PrincipalTag/job-category": "iamuser-admin"}, True),
        (JOB, {"aws:PrincipalTag/job-category": "dev-ops"}, False),
        (JOB, {}, False),
        (PREFIX, {"aws:username": "martha_rivera", "s3:prefix": "home/martha_rivera/"}, True),
        (PREFIX, {"aws:username": "nikki_wolf", "s3:prefix": "home/martha_rivera/"}, False),
        (PREFIX, {"s3:prefix": "home/nikki_wolf/"}, False),
        (PREFIX, {"s3:prefix": ""}, True),
        (TAGS, {"aws:TagKeys": ("environment",), "aws:RequestTag/environment": "preprod"}, True),
        (TAGS, {"aws:TagKeys": ("environment", "costcenter"), "aws:RequestTag/environment": "PreProd"}, True),
        (TAGS, {"aws:TagKeys": ("Environment",), "aws:RequestTag/Environment": "preprod"}, False),
        (TAGS, {"aws:TagKeys": ("costcenter",), "aws:RequestTag/environment": "preprod"}, False),
        (TAGS, {"aws:RequestTag/environment": "storage"}, False),
        (TAGS, {"aws:TagKeys": ("environment",)}, False),
        (TAGS, {}, False),
        (INSECURE, {"aws:SecureTransport": "false"}, True),
        (INSECURE, {"aws:SecureTransport": "true"}, False),
        (INSECURE, {}, False),
        (BINARY, {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, True),
        (BINARY, {"key": "ASIAIOSFODNN7EXAMPLE"}, False),
        (BINARY, {}, False),
        (ADDRESS, {"aws:SourceIp": "203.0.113.1"}, True),
        (ADDRESS, {"aws:SourceIp": "198.51.100.1"}, False),
        (TOPIC, {"aws:SourceArn": "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"}, True),
        (TOPIC, {"aws:SourceArn": "arn:aws:sns:us-west-2:777788889999:TOPIC-ID"}, False),
        (TOPIC, {}, False),
        (LOGS, {"logs:LogGeneratingResourceArns": (f"{DISTRIBUTION}costcenter",)}, True),
        (LOGS, {"logs:LogGeneratingResourceArns": (f"{DISTRIBUTION}costcenter", f"{DISTRIBUTION}support2025")}, True),
        (LOGS, {"logs:LogGeneratingResourceArns": (f"{DISTRIBUTION}costcenter", f"{DISTRIBUTION}admin")}, False),
        (LOGS, {"logs:LogGeneratingResourceArns": ("arn:aws:cloudfront::777788889999:distribution/c",)}, False),
        (LOGS, {}, True),
        (ALL_KEYS, {"aws:TagKeys": ("environment",)}, True),
        (ALL_KEYS, {"aws:TagKeys": ("environment", "cost-center")}, True),
        (ALL_KEYS, {"aws:TagKeys": ("environment", "dept")}, False),
        (ALL_KEYS, {}, False),
        (ALL_KEYS, {"aws:TagKeys": ()}, False),
        (ANY_KEY, {"aws:TagKeys": ("environment",)}, True),
        (ANY_KEY, {"aws:TagKeys": ("environment", "dept")}, True),
        (ANY_KEY, {"aws:TagKeys": ("dept",)}, False),
        (ANY_KEY, {}, False),
    ],
)
def test_the_tables_of_the_reference(condition: Any, context: dict[str, Value], matches: bool) -> None:
    assert holds(condition, context) is matches


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "matches"),
    [
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "*", "*", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", "Red", "rED", True),
        ("StringNotEqualsIgnoreCase", "RED", "red", False),
        ("StringLike", "t?.*", "t2.large", True),
        ("StringLike", "T2.*", "t2.large", False),
        ("StringNotLike", ["a*", "*b"], "cb", False),
        ("StringNotLike", ["a*", "*b"], "c", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, "1e1", True),
        ("NumericNotEquals", "10", "9", True),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", 9.5, "9.5", True),
        ("NumericGreaterThan", "-1", "0", True),
        ("NumericGreaterThanEquals", ["20", "10"], "10", True),
        ("NumericGreaterThan", "10", "many", False),
        ("NumericNotEquals", "10", "many", True),
        ("NumericEquals", "9007199254740993", "9007199254740992", False),
        ("DateEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", True),
        ("DateEquals", "2024-01-01", "2024-01-01T00:00:00.000Z", True),
        ("DateEquals", "2024-01", "2024-01-01T00:00Z", True),
        ("DateEquals", "1704067200", "2024-01-01T00:00:00Z", True),
        ("DateEquals", 1704067200, "1704067200", True),
        ("DateNotEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.001Z", True),
        ("DateNotEquals", "2024-01-01T00:00:00Z", "soon", True),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", True),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", False),
        ("DateLessThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00-00:30", True),
        ("DateGreaterThanEquals", "2024-02-29", "2024-02-29T00:00:00", True),
        ("DateGreaterThan", "2024-01-01T00:00:00Z", "2024-13-01T00:00:00Z", False),
        ("Bool", True, "true", True),
        ("Bool", "TRUE", "True", True),
        ("Bool", False, "false", True),
        ("Bool", ["true", "false"], "false", True),
        ("Bool", "true", "1", False),
        ("BinaryEquals", "YQ==", "YQ==", True),
        ("BinaryEquals", "YQ==", "not base 64", False),
        ("IpAddress", "10.0.0.7", "10.0.0.7", True),
        ("IpAddress", "10.0.0.7", "10.0.0.8", False),
        ("IpAddress", "10.0.0.7/8", "10.9.9.9", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678:0::1", True),
        ("IpAddress", "2001:db8::1", "2001:db8:0:0::1", True),
        ("IpAddress", "10.0.0.0/8", "cloudformation.amazonaws.com", False),
        ("NotIpAddress", ["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.1", False),
        ("NotIpAddress", ["10.0.0.0/8", "192.0.2.0/24"], "2001:db8::1", True),
        ("NotIpAddress", "10.0.0.0/8", "cloudformation.amazonaws.com", True),
        ("ArnLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::123456789012:role/a/b:c", True),
        ("ArnLike", "arn:aws:sns:*:t", "arn:aws:sns:us-east-1:123456789012:t", False),
        ("ArnLike", "*", "arn:aws:iam::123456789012:role/a", False),  # has not six parts
        ("ArnLike", "arn:aws:iam::*:role/a", "role/a", False),
        ("ArnLike", "arn:aws:iam::*:role/A", "arn:aws:iam::123456789012:role/a", False),
        ("ArnEquals", "arn:aws:iam::?23456789012:role/*", "arn:aws:iam::123456789012:role/a", True),
        ("ArnNotLike", "arn:aws:iam::*:role/a", "arn:aws:iam::123456789012:role/b", True),
        ("ArnNotEquals", ["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/*"], "arn:aws:iam::1:role/b", False),
        ("ArnNotLike", "*", "arn:aws:iam::123456789012:role/a", True),
        ("Null", "true", "a", False),
        ("Null", "false", "a", True),
        ("Null", False, "", True),
        ("Null", ["true", "false"], "a", True),
    ],
)
def test_operators(operator: str, wanted: Any, found: str, matches: bool) -> None:
    assert holds({operator: {"aws:Key": wanted}}, {"AWS:kEY": found}) is matches
    assert holds({operator.lower(): {"aws:Key": wanted}}, {"AWS:kEY": found}) is matches


NEGATED = [name for name, one in OPERATORS.items() if one.negated]
WANTED = {"numeric": "1", "date": "2024-01-01", "bool": "true", "binary": "YQ==", "ip": "10.0.0.0/8", "arn": "arn:*"}


def wanted(operator: str) -> str:
    name = operator.replace("not", "", 1)
    return next((value for begin, value in WANTED.items() if name.startswith(begin)), "a")


@pytest.mark.parametrize("absent", [{}, {"aws:Key": ()}], ids=["absent", "empty"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_a_missing_key(operator: str, absent: dict[str, Value]) -> None:
    """Matches nothing: so a negated operator holds; IfExists and ForAllValues hold; ForAnyValue does not."""
    condition = {"aws:Key": wanted(operator)}
    assert holds({operator: condition}, absent) is (operator in NEGATED)
    assert holds({f"{operator}IfExists": condition}, absent) is True
    for suffix in ("", "IfExists"):
        assert holds({f"ForAllValues:{operator}{suffix}": condition}, absent) is True
        assert holds({f"ForAnyValue:{operator}{suffix}": condition}, absent) is False
    assert holds({"Null": {"aws:Key": "true"}}, absent) is True
    assert holds({"Null": {"aws:Key": "false"}}, absent) is False


def test_the_negated_operators_are_those_of_the_reference() -> None:
    assert len(OPERATORS) == 26
    assert [name for name in OPERATORS if "not" in name] == NEGATED


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "matches"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
        ("ForAllValues:StringNotEquals", ["a"], ("b", "c"), True),
        ("ForAllValues:StringNotEquals", ["a"], ("a", "c"), False),
        ("ForAllValues:StringLike", "a*", ("ab", "ac"), True),
        ("ForAllValues:Bool", "true", ("true", "false"), False),
        ("ForAllValues:NumericLessThan", "10", ("1", "2"), True),
        ("ForAnyValue:StringEquals", ["a", "b"], ("c", "b"), True),
        ("ForAnyValue:StringLike", ["a*"], ("b", "c"), False),
        ("ForAnyValue:StringNotEquals", ["a"], ("a", "b"), True),  # one of them does not match
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), False),
        ("ForAnyValue:StringLikeIfExists", "a", ("a",), True),
        ("ForAnyValue:StringEquals", "a", "a", True),  # a single value is a set of one
        ("ForAllValues:StringEquals", "a", "b", False),
        # "if the context key value resolves to a null dataset, such as an empty string"
        ("ForAllValues:StringEquals", "a", "", True),
        ("ForAllValues:StringEquals", "a", ("",), True),
        ("ForAnyValue:StringNotEquals", "a", "", False),
        ("ForAllValues:StringEquals", "a", ("", "b"), False),
        # "Multivalued context keys require a condition set operator."
        ("StringEquals", "a", ("a",), False),
        ("StringEqualsIfExists", "a", ("a", "b"), False),
        ("StringNotEquals", "c", ("a", "b"), False),
        ("Null", "false", ("a",), True),
    ],
)
def test_several_values_in_the_request(operator: str, wanted: Any, found: Value, matches: bool) -> None:
    assert holds({operator: {"aws:Key": wanted}}, {"aws:Key": found}) is matches


def test_all_keys_of_all_operators_must_hold() -> None:
    condition = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    context: dict[str, Value] = {"a": "1", "b": "2", "c": "true"}
    assert holds(condition, context) is True
    for key in context:
        assert holds(condition, {**context, key: "other"}) is False
    assert holds({}, {}) is True


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "matches"),
    [
        ("StringEquals", "${aws:PrincipalTag/Team}", "red", True),
        ("StringEquals", "x-${aws:PrincipalTag/Team}", "x-red", True),
        ("StringEqualsIgnoreCase", "${aws:PrincipalTag/Team}", "RED", True),
        ("StringNotEquals", "${aws:PrincipalTag/Team}", "red", False),
        ("StringLike", "${aws:PrincipalTag/Team}*", "red/a", True),
        ("ArnLike", "arn:aws:iam::*:role/${aws:PrincipalTag/Team}", "arn:aws:iam::1:role/red", True),
        ("ArnEquals", "${aws:PrincipalArn}", "arn:aws:iam::1:role/a", True),
        ("Bool", "${aws:PrincipalTag/flag}", "TRUE", True),
        ("StringEquals", "${*}", "*", True),
        ("StringLike", "a${*}", "ab", False),
        ("StringEquals", "${aws:PrincipalTag/None, 'red'}", "red", True),
        # Without a value: "There is no equal or like value."
        ("StringEquals", "${aws:PrincipalTag/None}", "red", False),
        ("StringLike", "${aws:PrincipalTag/None}*", "red", False),
        ("StringNotEquals", "${aws:PrincipalTag/None}", "red", True),
        ("StringNotLike", "*${aws:PrincipalTag/None}*", "red", True),
        ("StringNotEquals", ["${aws:PrincipalTag/None}", "red"], "red", False),
        ("Bool", "${aws:PrincipalTag/Team}", "red", False),  # is neither true nor false
    ],
)
def test_variables(operator: str, wanted: Any, found: str, matches: bool) -> None:
    context: dict[str, Value] = {
        "aws:PrincipalTag/team": "red",
        "aws:PrincipalTag/flag": "true",
        "aws:PrincipalArn": "arn:aws:iam::1:role/a",
        "aws:Key": found,
    }
    assert holds({operator: {"aws:Key": wanted}}, context) is matches


def test_version_2008_has_no_variables() -> None:
    condition = {"StringEquals": {"aws:Key": "${aws:username}"}}
    assert holds(condition, {"aws:username": "a", "aws:Key": "a"}, variables=False) is False
    assert holds(condition, {"aws:username": "a", "aws:Key": "${aws:username}"}, variables=False) is True


@pytest.mark.parametrize(
    ("condition", "context", "truth"),
    [
        ({"StringEquals": {"aws:A": "1"}}, {}, {"aws:A"}),
        ({"StringNotEqualsIfExists": {"aws:A": "1"}}, {}, {"aws:A"}),
        ({"ForAllValues:StringEquals": {"aws:A": "1"}}, {}, {"aws:A"}),
        ({"ForAnyValue:StringEquals": {"aws:A": "1"}}, {}, {"aws:A"}),
        ({"Null": {"aws:A": "true"}}, {}, {"aws:A"}),
        ({"Null": {"aws:A": ["true", "false"]}}, {}, True),
        ({"Null": {"aws:A": "true"}}, {"aws:A": ()}, True),
        ({"StringEquals": {"aws:A": "1"}}, {"aws:A": ()}, False),
        ({"StringEquals": {"aws:A": "1", "aws:B": "2"}}, {}, {"aws:A", "aws:B"}),
        ({"StringEquals": {"aws:A": "1", "aws:B": "2"}}, {"aws:B": "3"}, False),
        ({"StringEquals": {"aws:A": "${aws:B}"}}, {"aws:A": "1"}, {"aws:B"}),
        ({"StringEquals": {"aws:A": ["${aws:B}", "1"]}}, {"aws:A": "1"}, True),
        ({"StringNotEquals": {"aws:A": ["${aws:B}", "1"]}}, {"aws:A": "1"}, False),
        ({"StringNotEquals": {"aws:A": ["${aws:B}", "1"]}}, {"aws:A": "2"}, {"aws:B"}),
        ({"ForAllValues:StringEquals": {"aws:A": ["${aws:B}", "1"]}}, {"aws:A": ("1", "2")}, {"aws:B"}),
        ({"ForAnyValue:StringEquals": {"aws:A": ["${aws:B}", "1"]}}, {"aws:A": ("2", "1")}, True),
    ],
)
def test_an_open_context(condition: Any, context: dict[str, Value], truth: Any) -> None:
    assert holds(condition, context, complete=False) == (truth if isinstance(truth, bool) else frozenset(truth))


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"StringMatches": {"a": "b"}}, "'StringMatches' is no condition operator"),
        ({"NullIfExists": {"a": "true"}}, "is no condition operator"),
        ({"ForAllValues:Null": {"a": "true"}}, "is no condition operator"),
        ({"ForSomeValues:StringLike": {"a": "b"}}, "is no condition operator"),
        ({"": {"a": "b"}}, "is no condition operator"),
        ({"Null": {"a": "yes"}}, "is not true or false"),
        ({"Bool": {"a": "yes"}}, "'yes', which is not true or false"),
        ({"NumericLessThan": {"a": "ten"}}, "'ten', which is not a number"),
        ({"NumericEquals": {"a": "NaN"}}, "is not a number"),
        ({"NumericEquals": {"a": "${aws:username}"}}, "is not a number"),
        ({"DateLessThan": {"a": "tomorrow"}}, "'tomorrow', which is not a date"),
        ({"DateLessThan": {"a": "2024-02-30"}}, "is not a date"),
        ({"IpAddress": {"a": "10.0.0/8"}}, "which is not an address"),
        ({"BinaryEquals": {"a": "ab=c"}}, "is not base 64"),
    ],
)
def test_what_iam_does_not_have_is_refused(condition: Any, sentence: str) -> None:
    with pytest.raises(PolicyError, match=sentence):
        holds(condition, {})
