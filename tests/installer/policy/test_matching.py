"""Wildcards and variables: each way of matching says what the plain walk of the tests says."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.policy.matching import Patterns, Variable, Wild, filled, glob, has_variable, tokens
from installer.policy.request import Request
from tests.support.slow_evaluator import like

LETTERS = st.text("ab:", max_size=8)
PATTERNS = st.text("ab:*?", max_size=8)


def fixed(pattern: str, **options: bool) -> Patterns:
    return Patterns([tokens(pattern, variables=False, **options)])  # type: ignore[list-item]  # no variables


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("", "", True),
        ("", "a", False),
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*", "", True),
        ("**", "anything/at:all\n", True),
        ("?", "", False),
        ("?", "ab", False),
        ("a?c", "abc", True),
        ("a*", "a", True),
        ("*a", "ba", True),
        ("a*a", "a", False),  # the same letter is not both ends
        ("a*b*c", "abbbc", True),
        ("a*bb*c", "abc", False),
        ("*ab*ab*", "abab", True),
        ("*ab*ab*", "abb", False),
        ("?*?", "a", False),
        ("*?b", "ab", True),
        ("*?b", "b", False),
        ("[ab].+", "[ab].+", True),  # nothing else is special
        ("[ab].+", "axx", False),
        ("a.c", "abc", False),
        ("{a}", "{a}", True),
        ("a\\*", "a\\b", True),
        ("iam:*accesskey*", "iam:createaccesskey", True),
    ],
)
def test_wildcards(pattern: str, text: str, matches: bool) -> None:
    assert fixed(pattern)(text) is matches
    assert glob(tokens(pattern, variables=False))(text) is matches  # type: ignore[arg-type]


@given(PATTERNS, LETTERS)
def test_they_match_what_the_plain_walk_matches(pattern: str, text: str) -> None:
    assert glob(tokens(pattern, variables=False))(text) is like(pattern, text)  # type: ignore[arg-type]


@given(st.lists(PATTERNS, max_size=4), LETTERS)
def test_several_match_what_any_of_them_matches(patterns: list[str], text: str) -> None:
    several = Patterns(tokens(pattern, variables=False) for pattern in patterns)  # type: ignore[misc]
    assert several(text) is any(like(pattern, text) for pattern in patterns)


@pytest.mark.parametrize("pattern", ["*a" * 400 + "c", "*?a" * 300 + "*c", "*" * 2_000 + "c"])
def test_no_pattern_takes_long(pattern: str) -> None:
    before = time.perf_counter()
    assert not fixed(pattern)("a" * 2_000 + "b")
    assert time.perf_counter() - before < 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ("plain",)),
        ("${aws:username}", (Variable("aws:username", None),)),
        ("a/${AWS:UserName}/*", ("a/", Variable("AWS:UserName", None), "/", Wild.ANY)),
        ("${aws:userid, 'anonymous'}", (Variable("aws:userid", "anonymous"),)),
        ("${aws:userid,'a, b'}", (Variable("aws:userid", "a, b"),)),
        ("${aws:userid, ''}", (Variable("aws:userid", ""),)),
        ("${aws:userid, anonymous}", (Variable("aws:userid, anonymous", None),)),  # no default without quotes
        ("${*}${?}${$}", ("*?$",)),
        ("a${", ("a${",)),  # never closed: text
        ("$a}", ("$a}",)),
        ("${}", (Variable("", None),)),
    ],
)
def test_variables(text: str, found: tuple[object, ...]) -> None:
    assert tokens(text, variables=True) == found
    assert has_variable(tokens(text, variables=True)) is any(isinstance(piece, Variable) for piece in found)


def test_without_variables_they_are_text() -> None:
    """ "Variables like ${aws:username} are treated as literal strings" in version 2008-10-17; wildcards stay so."""
    assert fixed("a/${aws:username}")("a/${aws:username}")
    assert fixed("a/${*}")("a/${bc}")
    assert fixed("a/${*}", wildcards=False)("a/${*}")


def test_without_wildcards_they_are_text() -> None:
    assert tokens("a*?${*}", variables=True, wildcards=False) == ("a*?*",)


def test_a_value_brings_no_wildcards() -> None:
    request = Request("s3:GetObject", context={"aws:PrincipalTag/team": "a*", "aws:TagKeys": ("a",), "aws:userid": ""})
    assert filled(tokens("${aws:principaltag/TEAM}/*", variables=True), request) == (("a*/", Wild.ANY), True)
    for key in ("aws:username", "aws:TagKeys", "aws:userid"):  # absent, multivalued, empty
        assert filled(tokens(f"b/${{{key}}}", variables=True), request) == (("b/", Wild.ANY), False)
        assert filled(tokens(f"b/${{{key}, 'c'}}", variables=True), request) == (("b/c",), True)


def test_a_value_that_is_not_known() -> None:
    request = Request("s3:GetObject", context={"aws:userid": ()}, complete=False)
    pieces = tokens("${aws:username}-${aws:PrincipalTag/a, 'b'}", variables=True)
    assert filled(pieces, request) == (
        (Wild.ANY, "-", Wild.ANY),
        frozenset({"aws:username", "aws:PrincipalTag/a"}),
    )
    assert filled(tokens("${aws:username}${aws:userid}", variables=True), request)[1] is False
