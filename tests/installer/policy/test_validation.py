"""All problems of a policy at once: each bad input with its place, and in step with what refuses policies."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from installer.errors import BoundaryError, PolicyError
from installer.policy.document import MAX_TEXT_BYTES, Document
from installer.policy.evaluate import Compiled
from installer.policy.presets import Preset, operator_boundary, workloads
from installer.policy.validation import Problem, Severity, check, problems
from tests.support.signed_in import ACCOUNT_ID, invitation, names

STATEMENT = {"Sid": "One", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
OTHER_ACCOUNT = "111111111111"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def policy(*statements: Any, **others: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **others}, indent=1)


def told(text: str) -> list[tuple[Severity, str, str]]:
    """Severity, code and the text at the place of each problem."""
    found = problems(text, account=ACCOUNT_ID)
    return [(problem.severity, problem.code, at(text, problem)) for problem in found]


def at(text: str, problem: Problem) -> str:
    return text[problem.span.start : problem.span.end]


def with_condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {**STATEMENT, "Condition": {operator: {key: value}}}


def test_a_good_policy_has_no_problems() -> None:
    checked = check(policy(STATEMENT))
    assert checked.problems == checked.errors == checked.warnings == ()
    assert checked.size == Document.from_json(policy(STATEMENT)).size
    assert checked.left == 6_144 - checked.size


@pytest.mark.parametrize("preset", [Preset.NONE, Preset.VENDOR, Preset.GUARDED])
def test_what_we_write_ourselves_has_no_problems(preset: Preset) -> None:
    boundary = operator_boundary(preset, invitation(), names()).document()
    for document in (boundary, workloads(preset, names())):
        assert problems(document.pretty(), account=ACCOUNT_ID) == ()


# What the text is


def test_what_is_cut_off_is_not_missing() -> None:
    text = policy(STATEMENT)
    (first, second) = problems(text[: text.index('"s3:*"') + 3])
    assert (first.code, str(first.start)) == ("string_not_closed", "line 7, column 14")
    assert (second.code, str(second.start)) == ("truncated", "line 7, column 17")


def test_faults_of_the_text_and_of_what_it_says_come_together() -> None:
    text = """{
  // ours
  'Version': "2012-10-17",
  "Statement": [
    {"Effect": "allow", "Action": "s3GetObject", "Resource": "*",},
    {"Effect": "Deny", "Action": "iam:CreatRole", "Resource": "bucket"}
  ]
}"""
    assert told(text) == [
        (ERROR, "comment", "// ours"),
        (ERROR, "quotes", "'Version'"),
        (ERROR, "effect", '"allow"'),
        (ERROR, "malformed_action", '"s3GetObject"'),
        (ERROR, "trailing_comma", ","),
        (WARNING, "unknown_action", '"iam:CreatRole"'),
        (ERROR, "malformed_resource", '"bucket"'),
    ]


def test_a_byte_order_mark_is_a_warning_and_windows_line_ends_are_nothing() -> None:
    text = "\ufeff" + policy(STATEMENT).replace("\n", "\r\n")
    assert told(text) == [(WARNING, "byte_order_mark", "\ufeff")]
    assert told("\ufeffnull") == [(WARNING, "byte_order_mark", "\ufeff"), (ERROR, "not_a_policy", "null")]
    wrong = policy({**STATEMENT, "Action": "s3"}).replace("\n", "\r\n")
    (problem,) = problems(wrong)
    assert str(problem.start) == "line 7, column 14"


def test_a_key_given_twice_is_shown_at_both_places() -> None:
    text = policy(STATEMENT).replace('"Effect"', '"Effect": "Deny",\n   "Effect"')
    (problem,) = problems(text)
    assert problem.code == "twice"
    assert [text[span.start : span.end] for span in problem.also] == ['"Effect"']
    assert problem.also[0].start < problem.span.start


@pytest.mark.parametrize("character", ["x", "ü", "中", "😀", "\ud800"])
@pytest.mark.parametrize("shift", range(4))
def test_what_is_too_large_begins_where_it_is_too_large(character: str, shift: int) -> None:
    text = "x" * shift + character * 300_000
    checked = check(text)
    (problem,) = checked.problems
    assert (problem.severity, problem.code, checked.size) == (ERROR, "too_large", 0)
    assert problem.message == "The policy is larger than 256 KiB."
    fitting = len(text[: problem.span.start].encode("utf-8", "surrogatepass"))
    assert fitting <= MAX_TEXT_BYTES < fitting + len(character.encode("utf-8", "surrogatepass"))


def test_ten_megabytes() -> None:
    (problem,) = problems("x" * 10_000_000)
    assert str(problem.start) == "line 1, column 262145"


def test_too_deep() -> None:
    text = policy(STATEMENT).replace('"s3:*"', "[" * 100_000)
    assert told(text) == [(ERROR, "too_deep", "[")]


# What it says


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", [(ERROR, "version", "{}"), (ERROR, "no_statement", "{}")]),
        ("[1]", [(ERROR, "not_a_policy", "[1]")]),
        ('{"Version": "2008-10-17", "Statement": []}', [(ERROR, "version", '"2008-10-17"'),
                                                        (ERROR, "no_statement", "[]")]),
        (policy(STATEMENT, Statements=1), [(ERROR, "unknown_element", '"Statements"')]),
        (policy(STATEMENT, 5), [(ERROR, "not_a_statement", "5")]),
        (policy({**STATEMENT, "Principal": "*"}), [(ERROR, "unknown_element", '"Principal"')]),
        (policy({**STATEMENT, "Sid": 5}), [(ERROR, "sid", "5")]),
        (policy({"Effect": "Allow"}), [(ERROR, "either_action", "{"), (ERROR, "either_resource", "{")]),
        (policy({**STATEMENT, "NotAction": "s3:*"}), [(ERROR, "either_action", '"NotAction"')]),
        (policy({**STATEMENT, "Action": []}), [(ERROR, "empty_action", "[]")]),
        (policy({**STATEMENT, "Action": ["s3:*", 1, ""]}), [(ERROR, "not_text_action", "1"),
                                                            (ERROR, "not_text_action", '""')]),
        (policy({**STATEMENT, "Resource": {}}), [(ERROR, "not_text_resource", "{}")]),
        (policy({**STATEMENT, "Condition": []}), [(ERROR, "condition", "[]")]),
        (policy({**STATEMENT, "Condition": {"Bool": "true"}}), [(ERROR, "condition", '"true"')]),
        (policy(with_condition("Bool", "aws:SecureTransport", [None])), [(ERROR, "condition_value", "null")]),
        (policy({**STATEMENT, "Resource": "arn:aws:s3:::a\\中"}), [(ERROR, "character", r"\u4e2d")]),
    ],
)  # fmt: skip
def test_what_the_grammar_refuses(text: str, found: list[tuple[Severity, str, str]]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    ("operator", "key", "value", "found"),
    [
        ("StringEqual", "aws:username", "a", [(ERROR, "unknown_operator", '"StringEqual"')]),
        ("NullIfExists", "aws:username", "true", [(ERROR, "unknown_operator", '"NullIfExists"')]),
        ("ForAllValue:StringLike", "aws:TagKeys", "a", [(ERROR, "unknown_operator", '"ForAllValue:StringLike"')]),
        ("Bool", "aws:SecureTransport", "yes", [(ERROR, "wrong_value", '"yes"')]),
        ("DateLessThan", "aws:CurrentTime", ["2026-01-01T00:00:00Z", "soon"], [(ERROR, "wrong_value", '"soon"')]),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/33", [(ERROR, "wrong_value", '"10.0.0.0/33"')]),
        ("Null", "aws:username", 1, [(ERROR, "wrong_value", "1")]),
        ("StringEquals", "aws:username", [], [(ERROR, "no_values", "[]")]),
        ("StringEquals", "aws:userName", "a", []),
        ("StringEquals", "aws:PrincpalArn", "a", [(WARNING, "unknown_global_key", '"aws:PrincpalArn"')]),
        ("StringEquals", "iam:PermissionBoundary", "a", [(WARNING, "unknown_key", '"iam:PermissionBoundary"')]),
        ("StringEquals", "aws:TagKeys", "a", [(WARNING, "set_operator_missing", '"StringEquals"')]),
        ("ForAnyValue:StringEquals", "aws:TagKeys", "a", []),
        ("Null", "aws:TagKeys", "true", []),
        ("StringEquals", "aws:username", ["a*"], [(WARNING, "wildcard_is_text", '"a*"')]),
        ("StringEquals", "aws:username", "${*}", []),
        ("StringLike", "aws:username", "a*", []),
        ("ArnLike", "iam:PermissionsBoundary", f"arn:aws:iam::{OTHER_ACCOUNT}:policy/a",
         [(WARNING, "other_account", f'"arn:aws:iam::{OTHER_ACCOUNT}:policy/a"')]),
    ],
)  # fmt: skip
def test_conditions(operator: str, key: str, value: Any, found: list[tuple[Severity, str, str]]) -> None:
    assert told(policy(with_condition(operator, key, value))) == found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ({"Action": ["foo:Bar", "s3:Gett*", "s3:Get*"]},
         [("unknown_service", '"foo:Bar"'), ("unknown_action", '"s3:Gett*"')]),
        ({"Resource": f"arn:aws:s3:eu-west-1:{OTHER_ACCOUNT}:accesspoint/a"},
         [("other_account", f'"arn:aws:s3:eu-west-1:{OTHER_ACCOUNT}:accesspoint/a"')]),
        ({"Resource": "arn:aws:s3::2222:a"}, [("arn_account", '"arn:aws:s3::2222:a"')]),
        ({"Resource": f"arn:aws:s3:::a-{OTHER_ACCOUNT}"}, []),
        ({"Resource": ["arn:aws:s3", "arn:aws:s3*", "arn:aws:s3::a"]},
         [("arn_short", '"arn:aws:s3"'), ("arn_short", '"arn:aws:s3::a"')]),
        ({"Resource": "arn:aws:s3:::"}, [("arn_incomplete", '"arn:aws:s3:::"')]),
        ({"Resource": "arn:aws::::a"}, [("arn_incomplete", '"arn:aws::::a"')]),
        ({"Resource": "arn:aw:s3:::a"}, [("arn_partition", '"arn:aw:s3:::a"')]),
        ({"Resource": "arn:aws:s3:::a "}, [("arn_space", '"arn:aws:s3:::a "')]),
        ({"Action": "*", "Resource": "arn:aws:s4:::a"}, [("arn_service", '"arn:aws:s4:::a"')]),
        ({"Resource": ["arn:aws:s3:::a", "arn:aws:ec2:*:*:vpc/*"]}, [("other_service", '"arn:aws:ec2:*:*:vpc/*"')]),
        ({"Action": ["s3:*", "ec2:RunInstances"], "Resource": "arn:aws:s3:::a"},
         [("no_resource_of_service", '"ec2:RunInstances"')]),
        ({"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/a"}, []),
        ({"Action": ["ec2:Describe*", "ec2:DescribeInstances"], "Resource": "arn:aws:ec2:*:*:instance/*"},
         [("never_matches", '"ec2:DescribeInstances"')]),
        ({"Action": "ec2:DescribeInstances"}, []),
        ({"Resource": "arn:aws:s3::${aws:PrincipalAccount}:a"},
         [("never_matches", '"arn:aws:s3::${aws:PrincipalAccount}:a"')]),
        ({"Resource": "arn:aws:s3:::${aws:PrincipalTag/a:b}/*"}, []),
        ({"Condition": {}}, [("empty_condition", "{}")]),
        ({"Sid": "My own"}, [("sid_characters", '"My own"')]),
        ({"Effect": "Deny"}, [("only_deny", '"Statement"')]),
    ],
)  # fmt: skip
def test_warnings_of_one_statement(statement: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert told(policy({**STATEMENT, **statement})) == [(WARNING, *one) for one in found]


@pytest.mark.parametrize("element", ["NotAction", "NotResource"])
def test_what_excepts_everything_never_matches(element: str) -> None:
    statement = {key: value for key, value in STATEMENT.items() if key != element.removeprefix("Not")}
    assert told(policy({**statement, element: ["*"]})) == [(WARNING, "never_matches", '"*"')]


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-02"}, "DateLessThan": {"aws:currenttime": "2026-01-01"}},
         '"aws:CurrentTime"'),
        ({"NumericGreaterThanEquals": {"s3:max-keys": [5, 6]}, "NumericLessThan": {"s3:max-keys": 5}}, '"s3:max-keys"'),
        ({"Null": {"aws:username": "true"}, "StringLike": {"aws:username": "a"}}, '"aws:username"'),
        ({"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:username": ["a", "b"]}}, '"aws:username"'),
    ],
)  # fmt: skip
def test_conditions_that_exclude_each_other(condition: Any, key: str) -> None:
    assert told(policy({**STATEMENT, "Condition": condition})) == [(WARNING, "never_matches", key)]


@pytest.mark.parametrize(
    "condition",
    [
        {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}, "DateLessThan": {"aws:CurrentTime": "2026-01-02"}},
        {"NumericGreaterThanEquals": {"s3:max-keys": [4, 6]}, "NumericLessThanEquals": {"s3:max-keys": 4}},
        {"Null": {"aws:username": "true"}, "StringNotLike": {"aws:username": "a"}},
        {"Null": {"aws:username": ["true", "false"]}, "StringLike": {"aws:username": "a"}},
        {"Null": {"aws:username": "true"}, "StringLikeIfExists": {"aws:username": "a"}},
        {"StringEquals": {"aws:username": ["a", "c"]}, "StringNotEquals": {"aws:username": ["a", "b"]}},
        {"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:userid": "a"}},
    ],
)
def test_conditions_that_go_together(condition: Any) -> None:
    assert told(policy({**STATEMENT, "Condition": condition})) == []


def test_a_sid_given_twice_is_shown_at_both_places() -> None:
    text = policy(STATEMENT, {**STATEMENT, "Action": "sns:*"})
    (problem,) = problems(text)
    assert (problem.code, at(text, problem)) == ("sid_twice", '"One"')
    assert [text[span.start : span.end] for span in problem.also] == ['"One"']
    assert problem.also[0].start < problem.span.start


@pytest.mark.parametrize(
    ("statement", "replacement"),
    [
        ({"Action": "iam:CreatRole"}, '"iam:CreateRole"'),
        ({"Condition": {"StringEqual": {"aws:username": "a"}}}, '"StringEquals"'),
        ({"Condition": {"forallvalue:stringlikeifexist": {"aws:TagKeys": "a"}}}, '"ForAllValues:StringLikeIfExists"'),
        ({"Condition": {"StringLike": {"iam:PermissionBoundary": "a"}}}, '"iam:PermissionsBoundary"'),
        ({"Resource": f"arn:aws:s3::{OTHER_ACCOUNT}:a"}, f'"arn:aws:s3::{ACCOUNT_ID}:a"'),
    ],
)
def test_what_may_be_meant_replaces_what_is_written(statement: dict[str, Any], replacement: str) -> None:
    text = policy({**STATEMENT, **statement})
    (problem,) = problems(text, account=ACCOUNT_ID)
    assert problem.replacement == replacement
    mended = text[: problem.span.start] + replacement + text[problem.span.end :]
    assert problems(mended, account=ACCOUNT_ID) == ()


def test_without_an_account_none_is_another() -> None:
    assert problems(policy({**STATEMENT, "Resource": f"arn:aws:s3::{OTHER_ACCOUNT}:a"})) == ()


def test_over_the_limit_begins_at_the_first_character_too_many() -> None:
    statements = [{**STATEMENT, "Sid": f"S{number}"} for number in range(100)]
    text = policy(*statements)
    size = Document.from_json(text).size
    checked = check(text, limit=size - 10)
    (problem,) = checked.problems
    assert (problem.severity, problem.code, checked.size, checked.left) == (ERROR, "over_the_limit", size, -10)
    assert len("".join(text[problem.span.start :].split())) == 10
    assert check(text, limit=size).problems == ()


def test_the_day_of_the_catalogue_is_said() -> None:
    (problem,) = problems(policy({**STATEMENT, "Effect": "Allow", "Action": "s3:Zzz"}))
    assert problem.severity is WARNING
    assert "was not known on 2026-" in problem.message


def test_as_json() -> None:
    (problem,) = problems(policy({**STATEMENT, "Action": ["s3:*", "s3:GetObjects"]}))
    assert problem.to_json() == {
        "severity": "warning",
        "code": "unknown_action",
        "message": problem.message,
        "fix": "Did you mean s3:GetObject?",
        "path": "Statement[0].Action[1]",
        "line": 9,
        "column": 5,
        "end_line": 9,
        "end_column": 20,
    }


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": [f"s3:Zz{number}" for number in range(15_000)]},
        {"Action": ["s3:*", "ec2:RunInstances"], "Resource": [f"arn:aws:s{number}:::a" for number in range(9_000)]},
        {"Condition": {f"Op{number}": {"aws:username": "a"} for number in range(4_000)}},
        {"Condition": {"StringLike": {f"aws:k{number}": "a" for number in range(9_000)}}},
    ],
)
def test_of_very_many_problems_some_are_told_errors_first(statement: dict[str, Any]) -> None:
    text = policy({**STATEMENT, **statement}, {**STATEMENT, "Condition": {"Nonsense": {"aws:username": "a"}}})
    found = problems(text)
    assert 500 <= len(found) <= 502
    assert any(problem.code == "unknown_operator" for problem in found)


# For all texts

NAMES = st.sampled_from(["s3:*", "s3:Get*", "*", "", "iam:CreateRole", "s3", "arn:aws:s3:::b", "arn:", "x", "中", "é"])
VALUES = st.sampled_from(
    ["a", "true", "2026-01-01", "10.0.0.0/8", "", 1, 1.5, True, None, 1e999, "arn:aws:s3:::*", "${a"]
)
OPERATORS = st.sampled_from(
    [
        "StringEquals",
        "StringLikeIfExists",
        "Bool",
        "Null",
        "DateLessThan",
        "ForAllValues:ArnLike",
        "IpAddress",
        "Nonsense",
    ]
)
KEYS = st.sampled_from(["aws:username", "aws:TagKeys", "aws:Nonsense", "s3:prefix", "", "x", "中"])


def one_or_more(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, max_size=3)


STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Allow", "Deny", "allow"])},
    optional={
        "Sid": st.sampled_from(["One", "Two", "", "a b", 5]),
        "Action": one_or_more(NAMES),
        "NotAction": one_or_more(NAMES),
        "Resource": one_or_more(NAMES),
        "NotResource": one_or_more(NAMES),
        "Condition": st.dictionaries(
            OPERATORS, st.dictionaries(KEYS, one_or_more(VALUES), max_size=2) | VALUES, max_size=2
        )
        | VALUES,
        "Principal": VALUES,
    },
)
LIKELY = st.fixed_dictionaries(
    {
        "Effect": st.just("Allow"),
        "Action": st.sampled_from(["s3:*", ["iam:CreateRole", "x:Y"]]),
        "Resource": st.sampled_from(["*", ["arn:aws:s3:::b", "arn:x"]]),
        "Condition": st.dictionaries(OPERATORS, st.dictionaries(KEYS, one_or_more(VALUES), max_size=2), max_size=2),
    }
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "Version": st.sampled_from(["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", 1, None]),
        "Statement": one_or_more(LIKELY | STATEMENTS | VALUES),
    },
    optional={"Id": VALUES, "Other": VALUES},
)


def refused(text: str) -> bool:
    """By what makes a boundary of it, or what evaluates it."""
    try:
        Compiled(Document.from_json(text).to_object())
    except (BoundaryError, PolicyError):
        return True
    return False


@given(
    DOCUMENTS,
    st.sampled_from([None, 2]),
    st.booleans(),
    st.integers(0, 400),
    st.sampled_from(["", "", ",", '"', "\ufeff"]),
)
@settings(deadline=None, max_examples=300)
@example({"Version": "2012-10-17", "Statement": []}, None, True, 0, "\ufeff")
def test_an_error_is_what_is_refused(document: Any, indent: Any, ascii_only: bool, place: int, stray: str) -> None:
    whole = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    text = whole[:place] + stray + whole[place:]
    checked = check(text, account=ACCOUNT_ID)
    assert bool(checked.errors) is refused(text)
    for problem in checked.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.start.offset == problem.span.start
        assert problem.message.endswith((".", "…"))
        assert problem.fix.endswith((".", "?"))
        assert "\n" not in problem.message + problem.fix
        json.dumps(problem.to_json())
    if not checked.errors:
        assert checked.size == Document.from_json(text).size


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_any_text_has_an_error(text: str) -> None:
    assert check(text).errors


@given(DOCUMENTS, st.integers(0, 600))
@settings(deadline=None, max_examples=200)
def test_every_beginning_of_a_policy_has_an_error(document: Any, length: int) -> None:
    text = json.dumps(document)
    if length < len(text):
        assert check(text[:length]).errors
