"""What comes from outside is fit to be edited: nothing hidden in it, nothing that can be seen lost."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.widgets.plain import many_lines
from ui.widgets.policy_editor_paste import cleaned

HIDDEN = "\u202e\u2066\u200b\ufeff\u2028\u00ad\ufdd0\U000e0041"


def test_a_policy_stays_as_it_is() -> None:
    text = '{\n\t"Sid": "Größe – 日本語 😀"\n}'
    assert cleaned(text).text == text
    assert cleaned(text).sentence == ""


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_hidden_is_shown_and_means_the_same(hidden: str) -> None:
    text = json.dumps(f"a{hidden}b", ensure_ascii=False)
    made = cleaned(f"[{text}]")
    assert json.loads(made.text) == [f"a{hidden}b"]
    assert many_lines(made.text) == made.text
    assert made.sentence == "1 hidden character is now shown as its code."


def test_half_a_character_is_shown() -> None:
    assert cleaned('"\ud83d"').text == '"\\ud83d"'


def test_controls_go_and_special_blanks_become_plain() -> None:
    made = cleaned("\x1b[31m{\u00a0\x00}\u3000")
    assert made.text == "[31m{ } "
    assert made.sentence == "2 control characters were taken out. 2 special blanks became plain ones."


def test_line_ends_and_the_mark_at_the_start_go_without_a_word() -> None:
    made = cleaned("\ufeff{\r\n}\r\x0b\x85")
    assert made.text == "{\n}\n\n\n"
    assert made.sentence == ""


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_nothing_hidden_is_left_and_it_is_stable(text: str) -> None:
    made = cleaned(text).text
    assert cleaned(made).text == made
    assert many_lines(made) == made
