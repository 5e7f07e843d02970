"""Two texts line by line: every line once, statements with their own, and folds that hide no change."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.widgets.diff_view_lines import (
    Change,
    Comparison,
    Fold,
    Row,
    Statement,
    compare,
    in_one_column,
    statements,
)

LINES = st.lists(st.sampled_from(["{", "}", "[", "]", '"Statement": [', '"Sid": "A",', "a", "b", ""]), max_size=30)


def policy(*names: str, **changed: Any) -> str:
    made = [{"Sid": name, "Effect": "Deny", "Action": changed.get(name, "iam:*"), "Resource": "*"} for name in names]
    return json.dumps({"Version": "2012-10-17", "Statement": made}, indent=2)


def shown(comparison: Comparison) -> list[str]:
    return [
        entry.words if isinstance(entry, Fold) else f"{entry.change} {entry.line.text.strip()}"
        for entry in comparison.folded()
    ]


def test_a_changed_line_stands_beside_the_old_one_with_what_differs() -> None:
    row = next(row for row in compare('"a:one",', '"a:two",').rows)
    assert row.change is Change.CHANGED
    assert row.before is not None
    assert row.after is not None
    assert [line.text[slice(*line.marked)] for line in (row.before, row.after)] == ["one", "two"]


def test_lines_that_have_nothing_in_common_have_no_part_marked() -> None:
    row = compare("alpha", "beta").rows[0]
    assert row.line.marked == (0, 0)


def test_a_statement_is_compared_with_the_one_of_its_name() -> None:
    comparison = compare(policy("A", "B"), policy("A", "New", "B"))
    assert (comparison.added, comparison.removed) == (6, 0)
    first = next(row for row in comparison.rows if row.change is not Change.SAME)
    assert first.line.text == "    {"


def test_whole_statements_are_folded_and_named() -> None:
    old = policy("A", "B", "C", "D", "E")
    comparison = compare(old, policy("A", "B", "C", "D", "E", D="s3:*"))
    words = shown(comparison)
    assert "3 statements, 21 lines unchanged: A, B, C" in words
    assert 'changed "Action": "s3:*",' in words
    assert 'unchanged "Sid": "D",' in words
    assert len(words) < 14


def test_the_head_of_a_long_statement_stays_in_sight() -> None:
    actions = [f"ec2:Action{number}" for number in range(30)]
    old = policy("Long", Long=actions)
    new = policy("Long", Long=[*actions[:-1], "ec2:Other"])
    words = shown(compare(old, new))
    assert 'unchanged "Sid": "Long",' in words
    assert any(line.endswith("lines unchanged") for line in words)


def test_nothing_is_folded_for_a_few_lines() -> None:
    assert not any(isinstance(entry, Fold) for entry in compare("a\nb\nc\nd", "a\nb\nc\ne").folded())


@pytest.mark.parametrize("text", ['{"Statement": {\n"Sid": "A"}}', '{"Statement": [{\n"Sid": "A"}]}'])
def test_statements_are_found_alone_and_in_a_list(text: str) -> None:
    assert statements(text) == (Statement(1, 2, "A"),)


@pytest.mark.parametrize(
    "text", ["", "{", "}}}", '{"Statement": [{', '[{"Sid": "A"}]', '{"Other": [{"Sid": "A"}]}', '"Statement": [{}']
)
def test_what_is_no_policy_has_no_statements(text: str) -> None:
    assert statements(text) == ()


def test_a_condition_is_no_statement() -> None:
    text = '{"Statement": [{"Condition": {"StringEquals": {"Sid": "X"}}, "Sid": "A"}]}'
    assert statements(text) == (Statement(1, 1, "A"),)


def test_in_one_column_the_old_lines_come_first() -> None:
    rows = list(in_one_column(compare("a\nb\nz", "c\nd\ne\nz").rows))
    assert [(row.change, row.line.text) for row in rows if isinstance(row, Row)] == [
        (Change.REMOVED, "a"),
        (Change.REMOVED, "b"),
        (Change.ADDED, "c"),
        (Change.ADDED, "d"),
        (Change.ADDED, "e"),
        (Change.SAME, "z"),
    ]


@settings(max_examples=60)
@given(LINES, LINES)
def test_every_line_is_there_once_and_no_change_is_folded(old: list[str], new: list[str]) -> None:
    comparison = compare("\n".join(old), "\n".join(new))
    before = [row.before for row in comparison.rows if row.before is not None]
    after = [row.after for row in comparison.rows if row.after is not None]
    assert [line.text for line in before] == (old or [""])
    assert [line.text for line in after] == (new or [""])
    assert [line.number for line in after] == list(range(1, len(after) + 1))
    assert comparison.differs == (old != new and "\n".join(old) != "\n".join(new))
    folded = comparison.folded()
    unfolded = [row for entry in folded for row in (entry.rows if isinstance(entry, Fold) else (entry,))]
    assert tuple(unfolded) == comparison.rows
    assert all(row.change is Change.SAME for entry in folded if isinstance(entry, Fold) for row in entry.rows)
