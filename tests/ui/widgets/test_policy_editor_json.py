"""Brackets that belong together, and the indent of a new line, in text that need not be JSON yet."""

import pytest

from ui.widgets.policy_editor_json import Pair, in_units, indent_after, pair_at


@pytest.mark.parametrize(
    ("text", "position", "pair"),
    [
        ("{}", 0, Pair(0, 1)),
        ("{}", 1, Pair(0, 1)),
        ("{}", 2, Pair(0, 1)),
        ('{"}": ["{"]}', 0, Pair(0, 11)),
        ('{"}": ["{"]}', 11, Pair(6, 10)),
        (r'["\"]", 1]', 0, Pair(0, 9)),
        ("[[1], 2]", 1, Pair(0, 7)),
        ('{"a": "b:c" }', 3, None),
        ("{]", 0, None),
        ("[", 1, None),
        ("", 0, None),
        ('["not closed\n]', 0, Pair(0, 13)),
    ],
)
def test_the_partner_is_found_outside_strings(text: str, position: int, pair: Pair | None) -> None:
    assert pair_at(text, position) == pair


def test_positions_are_those_of_qt() -> None:
    assert pair_at(in_units('["😀"]'), 6) == Pair(0, 5)


def test_a_bracket_before_the_cursor_goes_before_the_one_behind_it() -> None:
    assert pair_at("[]{}", 2) == Pair(0, 1)


@pytest.mark.parametrize(
    ("before", "after", "inserted"),
    [
        ("", "", ("\n", "")),
        ('  "a": 1,', "", ("\n  ", "")),
        ('  "a": {', "", ("\n    ", "")),
        ('  "a": [ ', "", ("\n    ", "")),
        ("  [", "]", ("\n    ", "\n  ")),
        ("  [", "}", ("\n    ", "")),
        ("\t{", "", ("\n\t  ", "")),
    ],
)
def test_a_new_line_is_indented(before: str, after: str, inserted: tuple[str, str]) -> None:
    assert indent_after(before, after) == inserted
