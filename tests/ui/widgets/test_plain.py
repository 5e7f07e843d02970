"""Text from outside is shown as text, and in one piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.shown import HOSTILE
from ui.widgets.plain import cut, many_lines, one_line, tool_tip


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain – “text” é 漢字 مرحبا", "plain – “text” é 漢字 مرحبا"),
        ("two\r\nlines\tand  blanks ", "two lines and blanks"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x.example\x07link\x1b]8;;\x07", "link"),
        ("exe\u202egnp.txt", "exegnp.txt"),
        ("a\u2066b\u2069c\u200bd\ufeff", "abcd"),
        ("null\x00bell\x07del\x7fc1\x9b", "nullbelldelc1"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("", ""),
    ],
)
def test_one_line(raw: str, clean: str) -> None:
    assert one_line(raw) == clean


def test_lines_and_tabs_stay_in_many_lines() -> None:
    assert many_lines("a\r\nb\rc\u2028d\n\te\x00") == "a\nb\nc\nd\n\te"


def test_a_long_line_says_that_it_is_cut() -> None:
    assert one_line("w" * 100, 10) == "w" * 9 + "…"
    assert cut("short", 10) == "short"


@given(st.text())
def test_nothing_harmful_is_left_of_any_text(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line
    assert line == line.strip()
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 or 0x202A <= ord(sign) <= 0x202E for sign in line)
    line.encode()
    assert one_line(line) == line


def test_a_tool_tip_shows_mark_up_as_text() -> None:
    tip = tool_tip("<b>bold</b> & <img src='x'>\nnext")
    assert tip == "<qt>&lt;b&gt;bold&lt;/b&gt; &amp; &lt;img src=&#x27;x&#x27;&gt;<br>next</qt>"
    assert tool_tip("") == ""
    assert len(tool_tip(HOSTILE)) < 5_000
